"""The engine role while the store is away, full, rolled back or killed: nothing lost, nothing doubled."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import AwayError
from bot.roles.outbox import CURSOR
from bot.store import embedded
from bot.store.client import Store, source
from bot.store.embedded import serve
from bot.store.keys import PARTITIONS, c_key, i_key, partition
from bot.store.last import Last
from bot.store.rings import Outcome
from rules.model import Frame
from tests.bot.rig import COIN, OTHER, Rig, connected, entries, frame, make, moment, rig_on, rung, texts
from tests.fakes.proxy import Fault, proxied

UP = f"{COIN} price > 101 | daily"
HOME = partition(COIN)
TWO = [(1, "fired"), (2, "fired")]


async def kill(url: str) -> None:
    """SIGKILL of the server behind a URL."""
    async with connected(url) as store:
        info = await store.call("INFO", "server")
        os.kill(int(info["process_id"]), signal.SIGKILL)


@pytest.mark.parametrize("fault", list(Fault))
async def test_the_reply_of_a_ring_is_lost(store: Store, store_url: str, fault: Fault) -> None:
    """The call is made again and what is stored is taken for the answer; the next ring goes on from there."""
    await rig_on(store, UP)
    async with proxied(store_url) as proxy, connected(proxy.url, patience=5) as weak:
        rig = Rig(weak, make(weak))
        await rig.watcher.start()
        await rig.prices(100)
        proxy.set(source("ring")[1].encode(), fault)
        await rig.prices(102, 100, 103, since=1)
        assert proxy.sprung == 1
        assert rig.watcher.counters()["repeated"] == 1
        assert rig.watcher.counters()["conflicts"] == 0
    assert texts(await rung(store)) == TWO


async def test_every_call_of_a_life_loses_its_reply_once(store: Store, store_url: str) -> None:
    """Start, rings, sweeps: wherever the reply is lost, the streams end the same."""
    await rig_on(store, UP)
    async with proxied(store_url) as proxy:
        await _life(proxy.url)
        count = proxy.requests
    expected = texts(await rung(store))
    assert expected == TWO
    for skip in range(count):
        for number in range(PARTITIONS):
            await store.call("DEL", *(i_key(number, name) for name in ("rings", "events", "seen")))
        async with proxied(store_url) as proxy:
            proxy.set(b"*", Fault.LOSE, skip=skip)
            await _life(proxy.url)
        assert texts(await rung(store)) == expected, f"the reply to request {skip} was lost"


async def _life(url: str) -> None:
    """A role that starts, rings twice, sweeps and stops."""
    async with connected(url, patience=5) as store:
        rig = Rig(store, make(store))
        await rig.watcher.start()
        await rig.prices(100, 102)
        await rig.follow()
        await rig.prices(100, 103, since=5)
        await rig.follow()


async def test_rings_wait_while_the_store_is_away(
    store: Store, store_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Quotes go on being taken; when the store is back everything is written, in order, in two log lines."""
    await rig_on(store, UP)
    async with proxied(store_url) as proxy, connected(proxy.url) as weak:
        rig = Rig(weak, make(weak))
        await rig.watcher.start()
        await rig.prices(100)
        proxy.down()
        with caplog.at_level(logging.WARNING):
            await rig.prices(102, 100, 103, 100, since=1)
            await rig.follow()
        shown = rig.watcher.counters()
        assert shown["trouble"]
        assert shown["waiting"] == 4
        assert await rung(store) == []
        proxy.up()
        with caplog.at_level(logging.WARNING):
            await rig.follow()
        assert rig.watcher.counters()["trouble"] == ""
        assert rig.watcher.counters()["waiting"] == 0
        assert rig.watcher.counters()["outages"] == 1
        assert [record.getMessage()[:16] for record in caplog.records] == [
            "rings wait: the ",
            "the store takes ",
        ]
    assert texts(await rung(store)) == TWO
    delays = [int(fields[b"d"]) for _, fields in await entries(store)]
    assert delays[0] >= delays[1] > 0


async def test_a_full_buffer_stops_quotes_and_keeps_their_envelope(store: Store, store_url: str) -> None:
    """What came meanwhile is one quote when the store is back: the last price, the day's extremes."""
    await rig_on(store, UP, f"{COIN} price > 104 | daily")
    async with proxied(store_url) as proxy, connected(proxy.url) as weak:
        rig = Rig(weak, make(weak))
        rig.watcher._outbox._room = 2
        await rig.watcher.start()
        await rig.prices(100)
        proxy.down()
        await rig.prices(102, 100, since=1)
        assert rig.watcher._outbox.is_full
        await rig.prices(103, 104.5, 103, since=5)
        assert rig.watcher.counters()["held"] == 3
        last = rig.watcher.engine.last(COIN)
        assert last is not None
        assert last.time == moment(2)
        proxy.up()
        await rig.follow()
        await rig.prices(103.5, since=9)
        assert not rig.watcher._held
    assert await rung(store) == [("price > 101", 1, "fired"), ("price > 101", 2, "fired")]


async def test_a_rule_made_during_an_outage_is_followed_after_it(store: Store, store_url: str) -> None:
    """The role looks at everything anew when the store is back."""
    await rig_on(store, UP)
    async with proxied(store_url) as proxy, connected(proxy.url) as weak:
        rig = Rig(weak, make(weak))
        await rig.watcher.start()
        proxy.down()
        await rig.follow()
        rule = await Rig(store, rig.watcher, [50]).rule(f"{COIN} price < 99 | daily")
        proxy.up()
        await rig.follow()
        assert rule.condition in rig.watcher.engine


async def test_a_full_store_refuses_visibly_and_is_written_to_later(tmp_path: Path) -> None:
    """Memory at its limit: the page says so, rings wait, and room lets them through."""
    async with serve(tmp_path) as url, connected(url) as store:
        rig = await rig_on(store, UP)
        await rig.prices(100)
        await store.call("CONFIG", "SET", "maxmemory", "1")
        await rig.prices(102, since=1)
        await rig.follow()
        assert "refuses writes" in rig.watcher.counters()["trouble"]
        assert rig.watcher.counters()["outages"] == 1
        await store.call("CONFIG", "SET", "maxmemory", "0")
        await rig.follow()
        assert rig.watcher.counters()["trouble"] == ""
        assert await rung(store) == [("price > 101", 1, "fired")]


async def test_a_killed_server_comes_back_with_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL between rings, restart on the same folder: each event is there once, also those that waited."""
    monkeypatch.setattr(embedded, "WATCH", 60.0)  # the outage lasts until we end it
    async with serve(tmp_path) as url:
        store = Store.connect(url, timeout=timedelta(seconds=0.3), patience=timedelta(seconds=0.2))
        rig = await rig_on(store, UP)
        await rig.prices(100, 102)
        await rig.follow()
        await kill(url)
        await rig.prices(100, 103, since=5)
        assert rig.watcher.counters()["trouble"]
    async with serve(tmp_path):
        await rig.follow()
        await rig.prices(100, since=10)
        assert texts(await rung(store)) == TWO
        assert rig.watcher.counters()["rewritten"] == 1
        await store.close()


async def test_a_rolled_back_store_gets_the_last_seconds_again(store: Store) -> None:
    """The tail of its log was lost: rings, seen marks and arming are written again over the gap."""
    rig = await rig_on(store, UP)
    await rig.prices(100, 102, 100)
    await store.call("FLUSHALL")
    await rig.follow()
    assert rig.watcher.counters()["rewritten"] == 1
    assert texts(await rung(store)) == [(1, "fired")]
    assert await store.call("SCARD", i_key(HOME, "seen")) == 1
    rows = await store.call("HVALS", i_key(HOME, "rings"))
    assert rows[0].startswith(b"1 armed ")


async def test_a_ring_meets_the_roll_back_first(store: Store) -> None:
    """Before any sweep notices, ring 2 finds no ring 1: both are written."""
    rig = await rig_on(store, UP)
    await rig.prices(100, 102, 100)
    await store.call("FLUSHALL")
    await rig.prices(103, since=5)
    assert texts(await rung(store)) == TWO
    assert rig.watcher.counters()["rewritten"] == 1


async def test_a_newer_ring_in_the_store_is_adopted(store: Store) -> None:
    """Whatever put it there, the engine goes on from the stored number instead of being refused for ever."""
    rig = await rig_on(store, UP)
    await rig.prices(100, 102, 100)
    key, condition = i_key(HOME, "rings"), next(rig.watcher.engine.conditions()).id
    row = await store.call("HGET", key, condition)
    await store.call("HSET", key, condition, row.replace(b"1 armed", b"5 armed"))
    await rig.prices(103, since=5)
    assert rig.watcher.counters()["conflicts"] == 1
    await rig.prices(100, 104, since=10)
    assert texts(await rung(store)) == [(1, "fired"), (6, "fired")]


async def test_the_role_stops_soon_when_the_store_is_away(store: Store, store_url: str) -> None:
    """A stop does not wait for the patience of calls."""
    await rig_on(store, UP)
    async with proxied(store_url) as proxy, connected(proxy.url, patience=60) as weak:
        watcher, stopping = make(weak), asyncio.Event()
        await watcher.start()
        async with asyncio.TaskGroup() as group:
            role = group.create_task(watcher.run(stopping), name="engine")
            await asyncio.sleep(0)
            proxy.down()
            stopping.set()
            async with asyncio.timeout(4):
                await role


async def test_a_broken_key_is_told_and_the_rest_goes_on(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Rule changes or last quotes that cannot be read or written do not end the role; both come later."""
    rig = await rig_on(store, UP)
    await store.call("SET", i_key(HOME, "last"), "no hash")
    await store.call("SET", c_key(5, "changes"), "no stream")
    stopping = asyncio.Event()
    with caplog.at_level(logging.WARNING):
        async with asyncio.TaskGroup() as group:
            group.create_task(rig.watcher.run(stopping), name="engine")
            await rig.prices(100, 102)
            while not caplog.records:  # noqa: ASYNC110 - the log is what is waited for
                await asyncio.sleep(0.002)
            stopping.set()
    assert "WRONGTYPE" in caplog.records[0].getMessage()
    assert texts(await rung(store)) == [(1, "fired")]
    await store.calls([("DEL", i_key(HOME, "last")), ("DEL", c_key(5, "changes"))])
    await rig.follow()
    last = await Last(store).last(COIN)
    assert last is not None
    assert last.time == moment(1)


FRAMES = tuple(
    one
    for second, price in enumerate(
        (100, 102, 102, 100, 100, 101.5, 103, 104.2, 103, 100, 98.5, 98.5, 101.5, 98.9)
    )
    for one in (
        frame(second, price),
        Frame(market="OKX", received=moment(second)),
        frame(second, 100 + second / 2, symbol=OTHER),
    )
)
RULES = (
    UP,
    f"{COIN} price < 99 | daily",
    f"{COIN} price crosses 104 | daily",
    f"{OTHER} price > 103 | daily",
)


async def killed_behind(store: Store, cut: int) -> None:
    """A run that died behind its `cut`-th frame."""
    rig = await rig_on(store, *RULES, keeps_cursor=True)
    await rig.take(FRAMES[:cut])
    await rig.follow()


async def killed_before_the_cursor(store: Store, cut: int) -> None:
    """A run that died when its last frame's rings were written and its cursor was not."""
    rig = await rig_on(store, *RULES, keeps_cursor=True)
    await rig.take(FRAMES[: cut - 1])
    await rig.follow()
    cursor = await store.call("GET", CURSOR)
    await rig.take(FRAMES[cut - 1 : cut])
    await store.call("SET", CURSOR, cursor) if cursor else await store.call("DEL", CURSOR)


async def killed_before_the_rings(store: Store, cut: int) -> None:
    """A run that died when its last frame's intent was noted and nothing was done."""
    rig = await rig_on(store, *RULES, keeps_cursor=True)
    await rig.take(FRAMES[: cut - 1])
    await rig.follow()

    async def died(*_: object, **__: object) -> Outcome:
        raise AwayError("the process is gone")

    rig.watcher._rings.write = died  # type: ignore[method-assign] # where the process ends
    await rig.take(FRAMES[cut - 1 : cut])


@pytest.mark.parametrize("killed", [killed_behind, killed_before_the_cursor, killed_before_the_rings])
async def test_a_day_resumed_at_any_frame_ends_like_one_that_ran_through(
    store: Store, killed: Callable[[Store, int], Awaitable[None]]
) -> None:
    """Killed at every frame and at every step of it: the same events, once each."""
    rig = await rig_on(store, *RULES, keeps_cursor=True)
    await rig.take(FRAMES)
    expected = await rung(store)
    assert len(expected) == 7
    for cut in range(1, len(FRAMES)):
        await store.call("FLUSHALL")
        await killed(store, cut)
        rig = rig.next(keeps_cursor=True)
        await rig.watcher.start(FRAMES)
        await rig.take(one for one in FRAMES if one.received.isoformat() > rig.watcher.after)
        assert await rung(store) == expected, f"killed at frame {cut}"
