"""The fan-out: every event reaches every partition's listeners once, whatever fails in between."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.delivery import fanout
from bot.delivery.counters import Counters
from bot.delivery.episodes import Row
from bot.delivery.fanout import fan_out
from bot.store.chats import Chats
from bot.store.client import Store
from bot.store.events import Events
from bot.store.keys import PARTITIONS, c_key, i_key, partition
from bot.store.rows import Rows
from handlers.command import AddRule
from rules.model import Event, State
from tests.bot.delivery.values import DAY, SYMBOL, event, fields_of, row, rule
from tests.fakes.proxy import proxied

HOME = partition(SYMBOL)


async def write(store: Store, *events: Event, announce: bool = True, stream: int = HOME) -> None:
    """What the ring script does."""
    for one in events:
        flat = [part for pair in fields_of(one, t=str(2**44)).items() for part in pair]
        await store.call("XADD", i_key(stream, "events"), "*", *flat)
    if announce:
        await store.call("PUBLISH", "rings", f"{stream:02}")


@asynccontextmanager
async def running(store: Store, counters: Counters) -> AsyncIterator[None]:
    """A fan-out of all partitions."""
    stopping = asyncio.Event()
    task = asyncio.create_task(fan_out(store, range(PARTITIONS), stopping, counters), name="fan-out")
    try:
        yield
    finally:
        stopping.set()
        await task


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until the counters say so."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 -- counters announce nothing
            await asyncio.sleep(0.01)


async def present(store: Store, chat: str = "1") -> list[str]:
    """The alerts of a chat's row."""
    found = await Rows(store).read(chat, row().id.replace("1|", f"{chat}|", 1))
    return [one.triple for one in found.alerts] if isinstance(found, Row) else []


async def test_an_announced_event_reaches_all_chats(store: Store) -> None:
    """Chats of several partitions hear one ring, well before any sweep would find it."""
    for chat in ("1", "2", "3"):
        await Chats(store).apply(chat, 1, [AddRule(rule=rule(f"r{chat}", chat))], None)
    counters = Counters()
    async with running(store, counters):
        await write(store, event())
        await until(lambda: counters.claims["claimed"] == 3)
    for chat in ("1", "2", "3"):
        assert await present(store, chat) == [f"r{chat}:1:fired"]


async def test_what_nobody_announced_is_found_by_the_sweep(store: Store) -> None:
    """A lost PUBLISH costs a second, nothing else."""
    await Chats(store).apply("1", 1, [AddRule(rule=rule())], None)
    counters = Counters()
    async with running(store, counters):
        await write(store, event(ring=1), announce=False)
        await until(lambda: counters.claims["claimed"] == 1)
        await write(store, event(ring=2), announce=False)
        await until(lambda: counters.claims["taken"] == 1)


async def test_events_of_one_stream_are_handled_in_order(store: Store) -> None:
    """Two hundred states, provisional and withdrawn in turn, end in the last one."""
    await Chats(store).apply("1", 1, [AddRule(rule=rule())], None)
    story = [
        event(ring=ring, state=state)
        for ring in range(1, 101)
        for state in (State.PROVISIONAL, State.WITHDRAWN)
    ]
    await write(store, *story)
    counters = Counters()
    async with running(store, counters):
        await until(lambda: counters.events == 200)
    assert await present(store) == ["r1:100:withdrawn"]
    assert counters.claims == {"claimed": 1, "moved": 99, "told": 100}


async def test_own_pending_entries_come_before_new_ones(store: Store) -> None:
    """A fan-out killed between reading and acknowledging handles what it had first."""
    home = partition("1")
    await Chats(store).apply("1", 1, [AddRule(rule=rule())], None)
    await write(store, event(state=State.PROVISIONAL))
    assert await Events(store, home).read(HOME) is not None
    await write(store, event(state=State.CONFIRMED))
    counters = Counters()
    async with running(store, counters):
        await until(lambda: counters.claims["told"] == 1)
    assert counters.claims == {"claimed": 1, "told": 1}
    pending = await store.call(
        "XREADGROUP", "GROUP", f"c:{home:02}", "fanout", "STREAMS", i_key(HOME, "events"), "0"
    )
    assert pending[0][1] == []


async def test_a_restarted_fan_out_goes_on_where_it_was(store: Store) -> None:
    """Nothing twice, nothing left out."""
    await Chats(store).apply("1", 1, [AddRule(rule=rule())], None)
    counters = Counters()
    async with running(store, counters):
        await write(store, event())
        await until(lambda: counters.events == 1)
    await write(store, event(ring=2))
    again = Counters()
    async with running(store, again):
        await until(lambda: again.events == 1)
    assert again.claims == {"taken": 1}


async def test_a_lost_group_is_made_anew_from_the_position_at_home(store: Store) -> None:
    """NOGROUP while running: the group begins at the id kept with the chats, not at the stream's end."""
    home = partition("1")
    await Chats(store).apply("1", 1, [AddRule(rule=rule())], None)
    counters = Counters()
    async with running(store, counters):
        await write(store, event())
        await until(lambda: counters.events == 1)
        await store.call("XGROUP", "DESTROY", i_key(HOME, "events"), f"c:{home:02}")
        await write(store, event(ring=2))
        await until(lambda: counters.events == 2)
    assert counters.claims == {"claimed": 1, "taken": 1}


async def test_chats_that_were_rolled_back_hear_the_last_ten_seconds_again(store: Store) -> None:
    """Acknowledged at the engine's, forgotten at home: read again, claimed again."""
    home = partition("1")
    await Chats(store).apply("1", 1, [AddRule(rule=rule())], None)
    counters = Counters()
    async with running(store, counters):
        await write(store, event())
        await until(lambda: counters.events == 1)
    for name in ("claims:1", "positions"):
        await store.call("DEL", c_key(home, name))
    again = Counters()
    async with running(store, again):
        await until(lambda: again.events == 1)
    assert again.claims == {"claimed": 1}


async def test_an_entry_that_cannot_be_read_is_counted_and_passed_by(store: Store) -> None:
    """A poisoned entry stops neither its stream nor the program."""
    await Chats(store).apply("1", 1, [AddRule(rule=rule())], None)
    await store.call("XADD", i_key(HOME, "events"), "*", "e", "{broken")
    await store.call("XADD", i_key(HOME, "events"), "*", "x", "y")
    counters = Counters()
    async with running(store, counters):
        await write(store, event())
        await until(lambda: counters.claims["claimed"] == 1)
        await until(lambda: counters.failed["unreadable"] == 2 * PARTITIONS)


async def test_an_entry_trimmed_while_pending_is_passed_by(store: Store) -> None:
    """Its fields are gone; it is acknowledged and counted."""
    home = partition("1")
    await write(store, event())
    await Events(store, home).read(HOME)
    await store.call("XTRIM", i_key(HOME, "events"), "MAXLEN", "0")
    counters = Counters()
    async with running(store, counters):
        await until(lambda: counters.failed["trimmed"] == 1)


async def test_a_store_that_is_away_is_waited_for(store_url: str, store: Store) -> None:
    """Cut off in the middle: pending entries are read again, and nothing is claimed twice."""
    await Chats(store).apply("1", 1, [AddRule(rule=rule())], None)
    counters = Counters()
    async with proxied(store_url) as proxy:
        broken = Store.connect(proxy.url, patience=timedelta(seconds=0.2))
        async with running(broken, counters):
            await write(store, event())
            await until(lambda: counters.claims["claimed"] == 1)
            proxy.down()
            await write(store, event(ring=2))
            await asyncio.sleep(1.5)
            proxy.up()
            await until(lambda: counters.claims["taken"] == 1)
        await broken.close()
    assert counters.claims - Counter({"mine": 9}) == {"claimed": 1, "taken": 1}


async def test_a_lost_read_is_found_in_the_pending_list(store_url: str, store: Store) -> None:
    """XREADGROUP delivered, the network ate it: the entries are ours already and come first."""
    await Chats(store).apply("1", 1, [AddRule(rule=rule())], None)
    home, counters = partition("1"), Counters()
    async with proxied(store_url) as proxy:
        broken = Store.connect(proxy.url, patience=timedelta(seconds=2))
        async with running(broken, counters):
            await asyncio.sleep(0.5)
            proxy.set(f"c:{home:02}".encode())
            await write(store, event())
            await until(lambda: counters.claims["claimed"] == 1)
        await broken.close()
        assert proxy.sprung == 1
    assert counters.claims["claimed"] == 1


async def test_a_damaged_chat_holds_up_nobody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rule is refused after three tries; a neighbour of the same batch hears, and the stream goes on."""
    monkeypatch.setattr(fanout, "AWAY", 0.01)
    twin = next(str(n) for n in range(2, 400) if partition(str(n)) == partition("1"))
    await Chats(store).apply("1", 1, [AddRule(rule=rule("r1"))], None)
    await Chats(store).apply(twin, 1, [AddRule(rule=rule("r2", twin))], None)
    await store.call("SET", c_key(partition("1"), f"row:{row().id}"), "damaged")
    counters = Counters()
    async with running(store, counters):
        await write(store, event(), event(ring=2, session=DAY + timedelta(1)))
        await until(lambda: counters.events == 2)
    assert counters.failed == {"refused": 1}
    assert await present(store, twin) == ["r2:1:fired"]
    assert counters.claims["refused"] == 1
    assert counters.claims["claimed"] == 3
