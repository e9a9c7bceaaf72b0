"""Each script's reply lost once: nothing lost, nothing doubled."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.delivery.episodes import Row
from bot.delivery.limiter import Limiter
from bot.store.chatkeys import chat_key, home_key, queue_key
from bot.store.chats import Chats
from bot.store.client import Store, source
from bot.store.keys import PARTITIONS
from bot.store.rows import Outcome, Record, Rows, Word
from handlers.command import AddRule, Reply
from tests.bot.delivery.conftest import Post
from tests.bot.delivery.values import entry, event, row, rule
from tests.fakes.proxy import Fault, Proxy, proxied

NAMES = ("change", "claim", "fence", "take", "limit", "record", "pause", "migrate")


def losing(proxy: Proxy, name: str) -> None:
    """The next call of a script loses its reply, carried out or, on first use, sent in full."""
    proxy.set(source(name)[1].encode())


async def story(store: Store, post: Post, lose: Callable[[], None] = lambda: None) -> None:
    """A rule, a reply, a ring, their messages, a pause and a move, all through one store."""
    await _warm(store)
    lose()
    await Chats(store).apply("1", 1, [AddRule(rule=rule())], Reply(text="ok"))
    through = Post(store, chat=post.chat, counters=post.counters)
    await through.ring(entry(event()))
    async with through.sending():
        await through.settled()
    await Limiter(store).pause((await Limiter(store).permit("9", 0)).wait)
    await Chats(store).migrate("5", "50")


async def _warm(store: Store) -> None:
    """Let the server know every script, so that a planted fault meets EVALSHA."""
    for name in NAMES:
        await store.redis.script_load(source(name)[0])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", [Fault.LOSE, Fault.RESET])
async def test_a_lost_reply_neither_loses_nor_doubles(
    store_url: str, store: Store, post: Post, name: str, fault: Fault
) -> None:
    """One card, one answer, one line of change, one count, whichever script's reply the network ate."""
    async with proxied(store_url) as proxy:
        broken = Store.connect(proxy.url)
        await story(broken, post, lambda: proxy.set(source(name)[1].encode(), fault))
        await broken.close()
        assert proxy.sprung == 1
    assert sorted(message.html.split(" ")[0] for message in post.chat.sent) == ["<b>Innolight", "ok"]
    assert post.counters.repeated == 0
    assert await store.call("XLEN", home_key("1", "changes")) == 1
    assert await Chats(store).address("5") == "50"


async def test_the_channel_accepted_and_the_store_went_away(store_url: str, store: Store, post: Post) -> None:
    """The outcome waits until the store is back; the message is not sent again."""
    async with proxied(store_url) as proxy:
        broken = Store.connect(proxy.url)
        through = Post(broken, chat=post.chat, counters=post.counters)
        await Chats(store).apply("1", 1, [], Reply(text="ok"))
        post.chat.gate = asyncio.Event()
        async with through.sending():
            await post.until(lambda: len(post.chat.sent) == 1)
            proxy.down()
            post.chat.gate.set()
            await asyncio.sleep(0.3)
            proxy.up()
            await post.settled()
        await broken.close()
    assert len(post.chat.sent) == 1


async def test_an_outcome_recorded_twice_is_recorded_once(post: Post) -> None:
    """The second call of the script finds the attempt closed, also where the row was taken again."""
    await post.arm(rule())
    await post.ring(entry(event()))
    rows = Rows(post.store)
    await rows.open(range(PARTITIONS))
    looked = await rows.take("1", 1, row().id)
    assert isinstance(looked.row, Row)
    taken = await rows.take("1", 1, row().id, looked.row.version, "post")
    assert taken.word is Word.TAKEN
    assert (await rows.take("1", 1, row().id, looked.row.version, "post")).word is Word.BUSY
    done = Record(outcome=Outcome.SENT, keys=("r1:1",))
    assert await rows.record(looked.row, 1, taken.attempt, done)
    assert not await rows.record(looked.row, 1, taken.attempt, done)
    assert await post.store.call("ZCARD", queue_key("1", 1)) == 0


async def test_an_old_senders_outcome_is_refused(post: Post) -> None:
    """Another sender took the row over: the loser's record changes nothing, its next look is told so."""
    await post.arm(rule())
    await post.ring(entry(event()))
    old, new = Rows(post.store), Rows(post.store)
    await old.open(range(PARTITIONS))
    looked = await old.take("1", 1, row().id)
    assert isinstance(looked.row, Row)
    taken = await old.take("1", 1, row().id, looked.row.version, "post")
    await new.open(range(PARTITIONS))
    seen = await new.take("1", 1, row().id)
    assert isinstance(seen.row, Row)
    assert seen.row.in_doubt
    assert not await old.record(looked.row, 1, taken.attempt, Record(outcome=Outcome.SENT))
    assert (await old.take("1", 1, row().id)).word is Word.FENCED


async def test_a_lease_that_ran_out_is_a_doubt(post: Post) -> None:
    """A sender that forgot its attempt finds it again as one of unknown outcome."""
    await post.arm(rule())
    await post.ring(entry(event()))
    rows = Rows(post.store, lease=timedelta(0))
    await rows.open(range(PARTITIONS))
    looked = await rows.take("1", 1, row().id)
    assert isinstance(looked.row, Row)
    assert not looked.row.in_doubt
    await rows.take("1", 1, row().id, looked.row.version, "post")
    again = await rows.take("1", 1, row().id)
    assert isinstance(again.row, Row)
    assert again.row.in_doubt


async def test_a_row_that_is_gone_leaves_its_queue(post: Post) -> None:
    """Rows live 30 days; a queue that outlived its row is cleaned."""
    await post.arm(rule())
    await post.ring(entry(event()))
    await post.store.call("DEL", home_key("1", f"row:{row().id}"))
    async with post.sending():
        await post.settled()
    assert not post.chat.sent
    assert await post.store.call("EXISTS", chat_key("1", "queue:1")) == 0
