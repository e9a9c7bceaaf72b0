"""Numbered rings: compare and set, fenced, safe to call again."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from bot.errors import AwayError, FencedError
from bot.store.client import Store, source
from bot.store.keys import i_key
from bot.store.rings import Operation, Outcome, Rings, evaluated, joined, left, rang, rearmed
from rules.model import Direction, Event, State
from tests.fakes.proxy import Fault, proxied

NUMBER = 7
CONDITION = "00000000000000aa"
TIME = datetime(2025, 11, 26, 2, 0, tzinfo=UTC)


def event(ring: int, state: State = State.FIRED, condition: str = CONDITION) -> Event:
    """An event of one state of one ring."""
    return Event(
        condition=condition,
        ring=ring,
        state=state,
        symbol="300308.SZ",
        text="change > 5%",
        time=TIME + timedelta(minutes=ring),
        session=date(2025, 11, 26),
        direction=Direction.UP,
        signal="change",
        value=5.01,
        level=5.0,
        price=532_000,
        decimals=3,
        evidence={"prev_close": 506.6, "why": "测试"},
    )


def ring(number: int, state: State = State.FIRED) -> Operation:
    """The operation that writes such an event."""
    return rang(event(number, state), timedelta(milliseconds=3))


async def rings_on(store: Store, owner: str = "a") -> Rings:
    """Rings under an epoch of their own."""
    rings = Rings(store, [NUMBER])
    await rings.take_over(owner)
    return rings


async def write(rings: Rings, *operations: Operation, again: bool = False) -> list[str]:
    """The store's words for some operations."""
    outcome = await rings.write({NUMBER: operations}, again=again)
    return [verdict.word for verdict in outcome.verdicts]


async def entries(store: Store) -> list[dict[bytes, bytes]]:
    """The partition's events."""
    return [fields for _, fields in await store.call("XRANGE", i_key(NUMBER, "events"), "-", "+")]


async def identities(store: Store) -> list[tuple[int, str]]:
    """(ring, state) of the partition's events, in order."""
    events = [msgspec.json.decode(fields[b"e"], type=Event) for fields in await entries(store)]
    return [(one.ring, one.state.value) for one in events]


async def test_a_ring_is_written_over_the_one_before_it(store: Store) -> None:
    """Ring n goes over n-1 and nothing else; the stream has what the rows had."""
    rings = await rings_on(store)
    assert await write(rings, ring(1)) == ["written"]
    assert await write(rings, ring(1)) == ["same"]
    assert await write(rings, ring(3)) == ["gap"]
    assert await write(rings, ring(2), ring(3)) == ["written", "written"]
    assert await write(rings, ring(1)) == ["ahead"]
    assert await identities(store) == [(1, "fired"), (2, "fired"), (3, "fired")]


async def test_an_event_comes_back_as_it_was_written(store: Store) -> None:
    """Event, the store's time, the engine's delay and the mark of a first evaluation are in the stream."""
    rings = await rings_on(store)
    before = await store.time()
    await rings.write({NUMBER: [rang(event(1), timedelta(milliseconds=42), first=True)]})
    (fields,) = await entries(store)
    assert msgspec.json.decode(fields[b"e"], type=Event) == event(1)
    assert fields[b"d"] == b"42"
    assert fields[b"f"] == b"1"
    written = datetime.fromtimestamp(int(fields[b"t"]) / 1000, UTC)
    assert timedelta(milliseconds=-1) <= written - before < timedelta(seconds=5)
    rows, _ = await rings.load({NUMBER: [CONDITION, "missing"]})
    assert set(rows) == {CONDITION}
    assert (rows[CONDITION].event, rows[CONDITION].written) == (event(1), written)
    assert (rows[CONDITION].row.ring, rows[CONDITION].row.state) == (1, "fired")
    assert rows[CONDITION].row.time == event(1).time


async def test_a_later_state_is_written_only_over_an_earlier_one(store: Store) -> None:
    """Provisional, then withdrawn; confirmed comes too late, and so does provisional."""
    rings = await rings_on(store)
    words = await write(
        rings,
        ring(1, State.PROVISIONAL),
        ring(1, State.WITHDRAWN),
        ring(1, State.CONFIRMED),
        ring(1, State.PROVISIONAL),
    )
    assert words == ["written", "written", "same", "same"]
    assert await identities(store) == [(1, "provisional"), (1, "withdrawn")]


async def test_armed_is_a_state_of_the_ring_too(store: Store) -> None:
    """(n, armed) is written over the states of n alone, and keeps n and the ring's time."""
    rings = await rings_on(store)
    assert await write(rings, rearmed(CONDITION, 1)) == ["gap"]
    assert await write(rings, ring(1), rearmed(CONDITION, 1), rearmed(CONDITION, 1)) == [
        "written",
        "written",
        "same",
    ]
    rows, _ = await rings.load({NUMBER: [CONDITION]})
    assert (rows[CONDITION].ring, rows[CONDITION].state, rows[CONDITION].event) == (1, "armed", None)
    assert rows[CONDITION].time == event(1).time
    assert await write(rings, ring(1, State.CONFIRMED), ring(2), rearmed(CONDITION, 1)) == [
        "same",
        "written",
        "ahead",
    ]
    assert await identities(store) == [(1, "fired"), (2, "fired")]


async def test_a_deleted_condition_keeps_its_number(store: Store) -> None:
    """The row turns idle and is never removed; the seen mark goes, so that a new rule is evaluated as new."""
    rings = await rings_on(store)
    await write(rings, evaluated(CONDITION), ring(1), left(CONDITION), left("unknown"))
    rows, seen = await rings.load({NUMBER: [CONDITION, "unknown"]})
    assert (rows[CONDITION].ring, rows[CONDITION].state) == (1, "idle")
    assert set(rows) == {CONDITION}
    assert not seen
    assert await write(rings, ring(1), ring(2)) == ["same", "written"]


async def test_seen_is_stored_once(store: Store) -> None:
    """The second word about a first evaluation changes nothing."""
    rings = await rings_on(store)
    assert await write(rings, evaluated(CONDITION), evaluated(CONDITION)) == ["written", "same"]
    assert (await rings.load({NUMBER: [CONDITION, "b"]}))[1] == {CONDITION}


async def test_a_joining_rule_has_the_ring_appended_again(store: Store) -> None:
    """Under its old id, quote time and writing time, and only while the ring lasts."""
    rings = await rings_on(store)
    assert await write(rings, joined(CONDITION)) == ["same"]
    assert await write(rings, ring(1), joined(CONDITION)) == ["written", "written"]
    first, second = await entries(store)
    assert second == first | {b"d": b"0", b"j": b"1"}
    assert await write(rings, rearmed(CONDITION, 1), joined(CONDITION)) == ["written", "same"]
    assert len(await entries(store)) == 2


async def test_an_older_engine_is_refused(store: Store) -> None:
    """The second engine raises the epoch; whatever the first still writes changes nothing."""
    first = await rings_on(store, "first")
    await write(first, ring(1))
    second = await rings_on(store, "second")
    with pytest.raises(FencedError, match="newer engine"):
        await write(first, ring(2))
    assert await write(second, ring(2)) == ["written"]
    assert await identities(store) == [(1, "fired"), (2, "fired")]


async def test_raising_an_epoch_twice_is_raising_it_once(store: Store) -> None:
    """The owner's token makes the call safe to repeat."""
    rings = await rings_on(store, "first")
    await rings.take_over("first")
    await write(rings, ring(1))
    assert await store.call("HGET", i_key(NUMBER, "epoch"), "n") == b"1"


async def test_a_frame_that_rang_is_announced(store: Store) -> None:
    """The fan-out hears the partition's digits; a call that appends nothing is silent."""
    rings = await rings_on(store)
    async with store.listen("rings") as listener:
        await listener.next(timedelta(seconds=0.1))
        await write(rings, ring(1))
        await write(rings, ring(1))
        await write(rings, rearmed(CONDITION, 1))
        assert await listener.next(timedelta(seconds=5)) == ("rings", "07")
        assert await listener.next(timedelta(seconds=0.1)) is None


async def test_many_operations_are_split_and_keep_their_order(store: Store) -> None:
    """A frame of thousands of rings does not hold the server for one long call."""
    rings = await rings_on(store)
    operations = [ring(number) for number in range(1, 4502)]
    assert set(await write(rings, *operations)) == {"written"}
    assert await identities(store) == [(number, "fired") for number in range(1, 4502)]


SCRIPTS: list[tuple[str, Callable[[Rings], Awaitable[Any]]]] = [
    ("epoch", lambda rings: rings.take_over("a")),
    ("ring", lambda rings: rings.write({NUMBER: [evaluated(CONDITION), ring(1)]})),
]


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize(("script", "call"), SCRIPTS)
async def test_a_lost_reply_loses_and_doubles_nothing(
    store: Store, store_url: str, script: str, call: Callable[[Rings], Awaitable[Any]], fault: Fault
) -> None:
    """Each script's reply is lost once; the store repeats the call, and what is stored is there once."""
    await write(await rings_on(store), joined("warm up: the server knows every script"))
    async with proxied(store_url) as proxy:
        weak = Store.connect(proxy.url, timeout=timedelta(seconds=0.3))
        rings = Rings(weak, [NUMBER])
        await rings.take_over("a")
        proxy.set(source(script)[1].encode(), fault)
        answer = await call(rings)
        assert proxy.sprung == 1
        if isinstance(answer, Outcome):
            assert answer.repeated
            assert answer.verdicts[1].word == ("written" if fault is Fault.RESET else "same")
        assert await write(rings, ring(1)) == ["same" if script == "ring" else "written"]
        await weak.close()
    assert await identities(store) == [(1, "fired")]
    assert await store.call("HGET", i_key(NUMBER, "epoch"), "n") == b"1"


async def test_patience_ends(store: Store, store_url: str) -> None:
    """A store that stays away is said to be away, within the patience given."""
    async with proxied(store_url) as proxy:
        weak = Store.connect(proxy.url, timeout=timedelta(seconds=0.2), patience=timedelta(seconds=0.3))
        rings = await rings_on(weak)
        proxy.down()
        with pytest.raises(AwayError):
            await write(rings, ring(1))
        proxy.up()
        assert await write(rings, ring(1)) == ["written"]
        await weak.close()
    assert await identities(store) == [(1, "fired")]


async def test_after_a_roll_back_the_last_rings_are_written_over_the_gap(store: Store) -> None:
    """The write counter fell: the caller is told, and writing again closes the gap without a second event."""
    rings = await rings_on(store)
    await write(rings, ring(1), ring(2))
    await write(rings, ring(3))
    await store.call("FLUSHALL")  # harsher than any log's lost tail
    assert await rings.lost() == (NUMBER,)
    assert await rings.lost() == ()
    assert await write(rings, ring(3)) == ["gap"]
    assert await write(rings, ring(2), ring(3), again=True) == ["written", "written"]
    assert await write(rings, ring(2), ring(3), again=True) == ["ahead", "same"]
    assert await identities(store) == [(2, "fired"), (3, "fired")]
    assert await store.call("HGET", i_key(NUMBER, "epoch"), "n") == b"1"


async def test_a_write_tells_of_the_roll_back_it_meets(store: Store) -> None:
    """Nobody has to ask first: the counter travels with each answer."""
    rings = await rings_on(store)
    for number in (1, 2, 3):
        await write(rings, ring(number))
    await store.call("FLUSHALL")
    outcome = await rings.write({NUMBER: [ring(4)]})
    assert outcome.lost == (NUMBER,)
    assert [(verdict.word, verdict.ring, verdict.state) for verdict in outcome.verdicts] == [
        ("gap", 0, "none")
    ]
