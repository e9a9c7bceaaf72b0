"""Rules on minute bars through the engine role and a real store: rings, their ends, armed again, restarts."""

import numpy as np

from bot.clock import MarketClock
from bot.master.world import World
from bot.roles.engine import Watcher
from bot.store.client import Store
from rules.model import Minutes
from rules.sessions import default_hours
from tests.bot.rig import COIN, START, Rig, entries, master, rig_on, rung

ABOVE = f"{COIN} price > ma(2, 5m) | daily"
RECLAIM = f"{COIN} reclaim ma(2, 5m) | daily"


def known(close: float) -> Minutes:
    """The five minutes before the start, at one price."""
    price = np.full(5, round(close * 10**8), np.int64)
    begins = round(START.timestamp() * 1e6) + np.arange(-5, 0) * 60_000_000
    return Minutes(
        symbol=COIN, begins=begins, open=price, high=price, low=price, close=price, volume=np.ones(5)
    )


async def test_a_ring_of_a_bar_is_stored_with_its_end(store: Store) -> None:
    """Provisional, confirmed at the bar's end by whatever comes next, each once and with its bar."""
    rig = await rig_on(store, ABOVE)
    await rig.prices(100, 100, since=-300)
    await rig.prices(100.5, 101, since=1)
    await rig.prices(101, since=300)
    assert await rung(store) == [
        ("price > ma(2, 5m)", 1, "provisional"),
        ("price > ma(2, 5m)", 1, "confirmed"),
    ]
    events = [event for event, _ in await entries(store)]
    assert {event.evidence["bar"] for event in events} == {START.isoformat()}
    assert events[-1].time == events[0].time.replace(minute=5, second=0)


async def test_a_cross_may_be_heard_in_bar_after_bar(store: Store) -> None:
    """Confirmed and armed in one step, rung again later: the store has every number."""
    rig = await rig_on(store, RECLAIM)
    for bar, price in enumerate((100, 99, 101, 99, 98, 102)):
        await rig.prices(price, since=300 * bar)
    await rig.prices(102, since=1800)
    assert await rung(store) == [
        ("reclaim ma(2, 5m)", 1, "provisional"),
        ("reclaim ma(2, 5m)", 1, "confirmed"),
        ("reclaim ma(2, 5m)", 2, "provisional"),
        ("reclaim ma(2, 5m)", 2, "confirmed"),
    ]


async def test_a_restart_decides_what_ended_meanwhile(store: Store) -> None:
    """Nobody knows the bar, so the ring is withdrawn with that reason, once."""
    rig = await rig_on(store, ABOVE)
    await rig.prices(100, since=-300)
    await rig.prices(101, since=1)
    again = rig.next()
    await again.watcher.start()
    await again.prices(101, 101, since=400)
    assert [state for _, _, state in await rung(store)] == ["provisional", "withdrawn"]
    event, _ = (await entries(store))[-1]
    assert "not known" in str(event.evidence["reason"])


async def test_bars_known_outside_reach_the_engine(store: Store) -> None:
    """A world that knows minutes begins a rule's bars with them."""
    world = World(
        hours=default_hours(),
        master=master(),
        history=lambda _: None,
        clock=MarketClock(START),
        minutes={COIN: known(100)}.get,
    )
    rig = Rig(store, Watcher(store, world))
    await rig.rule(ABOVE)
    await rig.watcher.start()
    await rig.prices(100.5, since=1)
    ((event, _),) = await entries(store)
    assert (event.state, event.level) == ("provisional", 100.0)
