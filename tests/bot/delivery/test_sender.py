"""The sender: what is due goes out once, outcomes are recorded, every failure does what the table says."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from time import monotonic

import pytest

from bot.delivery import sender as sending
from bot.delivery.episodes import Row
from bot.delivery.limiter import Limiter, Permit
from bot.delivery.stages import STAGES, Job
from bot.store.chatkeys import chat_key, home_key
from bot.store.client import Store
from bot.store.keys import PARTITIONS, bot_key
from bot.store.rows import Rows
from handlers.command import Button, DeleteRule, Language, Reply, SetLanguage
from rules.model import Loudness, State
from tests.bot.delivery.conftest import Post
from tests.bot.delivery.values import entry, event, row, rule
from tests.fakes.proxy import proxied


async def test_an_alert_goes_out_once_and_its_row_settles(post: Post) -> None:
    """One claim is one message, name and number first; nothing waits afterwards."""
    await post.arm(rule())
    assert await post.ring(entry(event())) == ("claimed",)
    assert await post.ring(entry(event())) == ("mine",)
    async with post.sending():
        await post.settled()
    (message,) = post.chat.sent
    assert message.html.startswith("<b>Innolight +10% 527.70")
    assert message.alerts == ("r1:1:fired",)
    assert not message.silent
    assert post.counters.sent == 1
    assert [shown.number for shown in post.seen] == [1]


async def test_a_new_ring_sends_a_card_and_shrinks_the_old_one(post: Post) -> None:
    """The second ring is a message of its own; the first becomes one line that still names its alert."""
    await post.arm(rule("r1"), rule("r2"))
    await post.ring(entry(event()))
    async with post.sending():
        await post.until(lambda: len(post.chat.sent) == 1)
        second = event(ring=2, session=date(2025, 11, 26), level=15.0, value=15.1, price=551_700)
        await post.store.call("DEL", chat_key("1", "claims"))
        await post.ring(entry(second))
        await post.settled()
    assert [message.alerts for message in post.chat.sent][1] == ("r1:2:fired", "r2:2:fired")
    ((number, line),) = post.chat.edits
    assert number == 1
    assert "\n" not in line.html
    assert line.alerts == ("r1:1:fired", "r2:1:fired")


async def test_a_withdrawal_edits_the_message_and_says_so_silently(post: Post) -> None:
    """A provisional posted as its own message becomes VOID in place, and a silent message says it too."""
    await post.arm(rule())
    macd = event(state=State.PROVISIONAL, signal="macd", text="macd golden cross", value=None, level=None)
    await post.ring(entry(macd))
    async with post.sending():
        await post.until(lambda: len(post.chat.sent) == 1)
        assert "provisional" in post.chat.sent[0].html
        await post.ring(entry(event(state=State.WITHDRAWN, signal="macd", text="macd golden cross")))
        await post.settled()
    assert [message.silent for message in post.chat.sent] == [False, True]
    assert all(
        message.html.removeprefix("<b>").startswith("VOID Innolight") for message in post.chat.texts.values()
    )
    assert post.chat.shown == {"r1:1:withdrawn"}


async def test_an_edit_only_withdrawal_only_edits(post: Post) -> None:
    """Where the signal was an edit, its end is an edit."""
    await post.arm(rule(loudness=Loudness.EDIT))
    await post.ring(entry(event(state=State.PROVISIONAL)))
    async with post.sending():
        await post.until(lambda: len(post.chat.sent) == 1)
        await post.ring(entry(event(state=State.WITHDRAWN)))
        await post.settled()
    assert post.chat.sent[0].silent
    assert len(post.chat.sent) == 1
    assert [number for number, _ in post.chat.edits] == [1]
    assert post.chat.shown == {"r1:1:withdrawn"}


async def test_replies_leave_before_alerts_and_in_order(post: Post) -> None:
    """Both wait for one chat: the answer goes first, then the next answer, then the alert."""
    await post.arm(rule())
    await post.ring(entry(event()))
    await post.chats.apply("1", 50, [], Reply(text="first"))
    await post.chats.apply("1", 51, [], Reply(text="second"))
    async with post.sending():
        await post.settled()
    assert [message.html for message in post.chat.sent][:2] == ["first", "second"]
    assert len(post.chat.sent) == 3


async def test_a_reply_may_edit_and_answer_a_button(post: Post) -> None:
    """A callback is answered with its toast, the message edited, buttons included."""
    button = Button(text="undo", data="u")
    await post.chats.apply(
        "1", 1, [], Reply(text="ok", edits=4, callback="q", toast="done", buttons=((button,),))
    )
    await post.chats.apply("1", 2, [], Reply(text="", callback="q2"))
    async with post.sending():
        await post.settled()
    assert post.chat.answers == [("q", "done"), ("q2", "")]
    ((number, message),) = post.chat.edits
    assert (number, message.html, message.buttons) == (4, "ok", ((("undo", "u"),),))
    assert not post.chat.sent


async def test_the_chats_language_is_used(post: Post) -> None:
    """A chat that chose Chinese reads Chinese."""
    await post.chats.apply("1", 99, [SetLanguage(language=Language.ZH)], None)
    await post.arm(rule())
    await post.ring(entry(event()))
    async with post.sending():
        await post.settled()
    assert post.chat.sent[0].html.startswith("<b>中际旭创 +10% 527.70")


async def test_a_killed_senders_message_is_repeated_and_marked(post: Post) -> None:
    """Accepted, never recorded: the next sender cannot know, repeats it, and says so."""
    await post.arm(rule())
    await post.ring(entry(event()))
    rows = Rows(post.store)
    await rows.open([*range(16)])
    looked = await rows.take("1", 1, row().id)
    assert isinstance(looked.row, Row)
    await rows.take("1", 1, row().id, looked.row.version, "post")
    async with post.sending():
        await post.settled()
    assert "(repeat)" in post.chat.sent[0].html


async def test_a_stop_lets_the_message_under_way_be_recorded(post: Post) -> None:
    """The channel answers after the stop; the next sender has nothing to do."""
    await post.chats.apply("1", 1, [], Reply(text="a"))
    post.chat.gate = asyncio.Event()
    async with post.sending():
        await post.until(lambda: len(post.chat.sent) == 1)
        asyncio.get_running_loop().call_later(0.2, post.chat.gate.set)
    async with post.sending():
        await post.settled()
    assert len(post.chat.sent) == 1


async def test_an_older_sender_is_refused(post: Post) -> None:
    """A second sender takes the partitions over; the first leaves them."""
    async with post.sending():
        async with post.sending():
            await post.chats.apply("1", 1, [], Reply(text="a"))
            await post.settled()
        assert len(post.chat.sent) == 1


async def test_a_row_that_cannot_be_read_holds_up_nobody(post: Post) -> None:
    """It is set aside and counted; the chat's next answer goes out."""
    await post.chats.apply("1", 1, [], Reply(text="a"))
    await post.store.call("HSET", chat_key("1", "row") + "|reply|000000000001", "reply", "{broken")
    await post.chats.apply("1", 2, [], Reply(text="b"))
    async with post.sending():
        await post.settled()
    assert [message.html for message in post.chat.sent] == ["b"]
    assert post.counters.failed == {"unreadable": 1}


async def test_a_deleted_rules_unsent_alert_is_never_sent(post: Post) -> None:
    """Deleted between ring and send: no message, and the row is done."""
    await post.arm(rule("r1"), rule("r2"))
    await post.ring(entry(event()))
    await post.chats.apply("1", 70, [DeleteRule(rule="r1")], None)
    async with post.sending():
        await post.settled()
    assert post.chat.shown == {"r2:1:fired"}


async def test_what_comes_late_says_so(post: Post) -> None:
    """Twelve seconds between receiving and sending stand on the first line, and in the counters."""
    await post.arm(rule())
    now = int((await post.store.time()).timestamp() * 1000)
    await post.ring(entry(event(), written=now + 1, delay=12_300))
    async with post.sending():
        await post.settled()
    assert "12 s late" in post.chat.sent[0].html.split("\n")[0]
    assert 12 < post.counters.latest < 20
    assert post.counters.as_dict()["sent"] == 1


async def test_a_press_is_answered_at_once_and_once(post: Post) -> None:
    """The message waits for its second, the toast does not, and the wait does not answer it again."""
    await post.chats.apply("1", 1, [], Reply(text="first"))
    await post.chats.apply("1", 2, [], Reply(text="second", callback="q", toast="t"))
    async with post.sending():
        await post.until(lambda: len(post.chat.answers) == 1)
        assert len(post.chat.sent) == 1
        await post.settled()
    assert post.chat.answers == [("q", "t")]
    assert [message.html for message in post.chat.sent] == ["first", "second"]


async def test_a_press_that_cannot_be_answered_holds_up_nothing(post: Post) -> None:
    """The toast is best effort; the message goes out."""
    post.chat.deaf = True
    await post.chats.apply("1", 1, [], Reply(text="a", callback="q"))
    async with post.sending():
        await post.settled()
    assert [message.html for message in post.chat.sent] == ["a"]
    assert post.counters.answered == 0


async def test_an_alert_that_comes_between_plan_and_send_is_in_the_card(post: Post) -> None:
    """The version taken is the one rendered, though it was planned before: one card, both alerts."""
    await post.arm(rule("r1"), rule("r2", condition="other"))
    await post.ring(entry(event()))
    tools = post.tools()

    class Late(Limiter):
        """A limiter during whose call another ring arrives."""

        async def permit(self, chat: str, lane: int) -> Permit:
            """Let the second ring in, then grant."""
            await post.ring(entry(event(condition="other", level=15.0, value=15.2)))
            return await super().permit(chat, lane)

    await tools.rows.open(range(PARTITIONS))
    job = Job(chat="1", lane=1, now=await post.store.time())
    job.now += timedelta(seconds=1)
    for stage in STAGES:
        assert await stage(replace(tools, limiter=Late(post.store)), job)
    assert [message.alerts for message in post.chat.sent] == [("r2:1:fired", "r1:1:fired")]


async def test_what_has_nothing_to_say_settles_without_a_token(post: Post) -> None:
    """An end that nobody was shown anything of raises the row's version, and no more."""
    await post.arm(rule())
    await post.ring(entry(event(state=State.PROVISIONAL)))
    await post.store.call("HSET", home_key("1", f"row:{row().id}"), "h:r1:1", "x")
    async with post.sending():
        await post.settled()
    assert not post.chat.sent
    assert await post.store.call("EXISTS", bot_key("bucket:1")) == 0


async def test_a_store_that_is_away_is_waited_for(store_url: str, post: Post) -> None:
    """At the start, and in between: nothing is asked in a loop, everything goes out in the end."""
    async with proxied(store_url) as proxy:
        proxy.down()
        broken = Store.connect(proxy.url, patience=timedelta(seconds=0.2))
        through = Post(broken, chat=post.chat, counters=post.counters)
        async with through.sending():
            await asyncio.sleep(0.5)
            proxy.up()
            await post.chats.apply("1", 1, [], Reply(text="a"))
            await post.settled()
            proxy.down()
            await post.chats.apply("1", 2, [], Reply(text="b"))
            await asyncio.sleep(1.5)
            proxy.up()
            await post.settled(20)
        await broken.close()
    assert [message.html for message in post.chat.sent] == ["a", "b"]
    assert proxy.requests < 400


async def test_a_stop_while_the_store_is_away_ends_the_sender(store_url: str) -> None:
    """A sender that never got hold of its partitions stops as well."""
    async with proxied(store_url) as proxy:
        proxy.down()
        broken = Store.connect(proxy.url, patience=timedelta(seconds=0.1))
        async with Post(broken).sending():
            await asyncio.sleep(0.2)
        await broken.close()


async def test_what_does_not_end_is_cut_off(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that hangs beyond the drain is cancelled; the next sender repeats it, marked."""
    monkeypatch.setattr(sending, "DRAIN", 0.1)
    await post.arm(rule())
    await post.ring(entry(event()))
    post.chat.gate = asyncio.Event()
    async with post.sending():
        await post.until(lambda: len(post.chat.sent) == 1)
    post.chat.gate = None
    async with post.sending():
        await post.settled()
    assert "(repeat)" in post.chat.sent[1].html


async def test_the_listener_wakes_the_sender(post: Post) -> None:
    """What is published goes out well before a sweep would find it."""
    async with post.sending():
        await asyncio.sleep(0.3)
        begun = monotonic()
        await post.chats.apply("1", 1, [], Reply(text="a"))
        await post.until(lambda: len(post.chat.sent) == 1)
    assert monotonic() - begun < 0.9


async def test_an_unknown_language_falls_back(post: Post) -> None:
    """A stored word that is no language of ours does not stop a message."""
    await post.arm(rule())
    await post.store.call("HSET", chat_key("1", "chat"), "language", "xx")
    await post.ring(entry(event()))
    async with post.sending():
        await post.settled()
    assert post.chat.sent[0].html.startswith("<b>Innolight")
