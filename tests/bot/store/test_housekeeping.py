"""What may be forgotten, and what never."""

from datetime import timedelta

import pytest

from bot.store.client import Store
from bot.store.housekeeping import trim_changes, trim_events
from bot.store.keys import PARTITIONS, c_key, i_key

KEY = i_key(2, "events")
MINUTE = 60_000


async def fill(store: Store, count: int = 10) -> int:
    """Events a minute apart, the newest now; answers the ms of the first."""
    now = round((await store.time()).timestamp() * 1000)
    first = now - (count - 1) * MINUTE
    await store.calls(
        [("XADD", KEY, f"{first + index * MINUTE}-1", "e", str(index)) for index in range(count)]
    )
    return first


async def read(store: Store, group: int, *, acknowledged: int) -> None:
    """A chat partition's group that has read everything and acknowledged some of it."""
    await store.call("XGROUP", "CREATE", KEY, f"c{group}", "0")
    answer = await store.call("XREADGROUP", "GROUP", f"c{group}", "one", "COUNT", 100, "STREAMS", KEY, ">")
    entries = [entry for entry, _ in answer[0][1]]
    if acknowledged:
        await store.call("XACK", KEY, f"c{group}", *entries[:acknowledged])


async def left(store: Store) -> list[str]:
    """What the stream still holds."""
    return [fields[b"e"].decode() for _, fields in await store.call("XRANGE", KEY, "-", "+")]


async def test_events_stay_a_minute_beyond_the_slowest_reader(store: Store) -> None:
    """One of all readers stopped at the sixth: its pending work and the minute before it stay."""
    await fill(store)
    for group in range(PARTITIONS):
        await read(store, group, acknowledged=5 if group == 7 else 10)
    assert await trim_events(store) == 4
    assert await left(store) == ["4", "5", "6", "7", "8", "9"]
    assert await trim_events(store) == 0


async def test_nothing_goes_before_every_reader_is_there(store: Store) -> None:
    """A chat partition without a group has read nothing yet; neither has one that never read."""
    await fill(store)
    for group in range(PARTITIONS - 1):
        await read(store, group, acknowledged=10)
    assert await trim_events(store) == 0
    await store.call("XGROUP", "CREATE", KEY, "late", "0")
    assert await trim_events(store) == 0
    assert len(await left(store)) == 10


async def test_change_lines_live_an_hour(store: Store) -> None:
    """Older ones go, also in partitions where nothing happens any more."""
    now = await store.time()
    for minutes in (90, 61, 59, 0):
        ms = round((now - timedelta(minutes=minutes)).timestamp() * 1000)
        await store.call("XADD", c_key(9, "changes"), f"{ms}-1", "c", str(minutes))
    assert await trim_changes(store) == 2
    assert await store.call("XLEN", c_key(9, "changes")) == 2


@pytest.mark.parametrize("job", [trim_events, trim_changes])
async def test_an_empty_store_has_nothing_to_forget(store: Store, job: "object") -> None:
    """The first minute of a first run."""
    assert callable(job)
    assert await job(store) == 0
