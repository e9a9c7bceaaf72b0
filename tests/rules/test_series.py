"""Where a series begins: bars known outside, feeds that were away, rules made late, restarts."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from rules.engine import Engine
from rules.explain import Explanation
from rules.model import Condition, Minutes
from rules.series import Series
from rules.table import KEPT, gathered
from tests.rules.world import CLOSE, DAY, HOURS, OPEN, SYMBOL, World, at, history, leaf, q

P, C, W, NONE = ["provisional"], ["confirmed"], ["withdrawn"], list[str]()
FIVE, HOUR, MINUTE = timedelta(minutes=5), timedelta(hours=1), timedelta(minutes=1)
ABOVE = leaf("ma", "above", None, 2, FIVE)  # above the close of the bar before
WIDE = leaf("ma", "above", None, 3, FIVE)
YESTERDAY = date(2025, 11, 25)


@pytest.fixture
def world() -> World:
    """One instrument that closed at 100 yesterday."""
    return World(prev_close="100")


def minutes(*rows: tuple[str, float], day: date = DAY, symbol: str = SYMBOL) -> Minutes:
    """One-minute bars at these beginnings, an eighth wide."""
    close = np.array([q(price, symbol) for _, price in rows], np.int64)
    begins = [round(at(clock, day).timestamp() * 1e6) for clock, _ in rows]
    return Minutes(
        symbol=symbol, begins=np.array(begins, np.int64), open=close, high=close + 125, low=close - 125,
        close=close, volume=np.ones(len(rows)),
    )  # fmt: skip


def joined(*parts: Minutes) -> Minutes:
    """One after the other."""
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("begins", "open", "high", "low", "close", "volume")
    }
    return Minutes(symbol=SYMBOL, **columns)


def evening(close: float = 100, day: date = YESTERDAY) -> Minutes:
    """A session's last ten minutes."""
    return minutes(*((f"14:{minute}", close) for minute in range(50, 60)), day=day)


def known(world: World, *parts: Minutes) -> Engine:
    """The world's engine, which knows these minutes."""
    world.minutes[SYMBOL] = joined(*parts)
    world.engine = world.fresh()
    return world.engine


def series_of(world: World, size: timedelta = FIVE) -> Series:
    """The instrument's bars of a size."""
    series = world.engine._market.by_symbol[SYMBOL].series
    assert series is not None
    return series[size]


def told(world: World, made: Condition) -> Explanation:
    """What the engine says of a condition."""
    found = world.engine.explain(made.id)
    assert found is not None
    return found


# From outside


def test_a_series_begins_from_minutes_known_outside(world: World) -> None:
    """Yesterday's last bars are the level of the first; no factor has changed since, so prices stay whole."""
    world.histories[SYMBOL] = history(["100", "101"])
    known(world, evening(101))
    made = world.add(ABOVE)
    assert world.see("09:30:00", "100.5", prev_close="101") == NONE
    assert told(world, made).level == 101.0
    assert len(series_of(world)) == 2
    assert series_of(world).daily().close.dtype == np.int64
    assert world.see("09:30:03", "101.001", prev_close="101") == P


def test_an_open_bar_whose_beginning_is_known_outside_is_whole(world: World) -> None:
    """The engine starts within the bar: high and low so far are the minutes', and it enters the history."""
    known(world, evening(), minutes(("09:30", 100), ("09:31", 103), ("09:32", 99)))
    world.add(ABOVE)
    assert world.see("09:33:00", "100.5") == P
    series = series_of(world)
    assert (series.open, series.high, series.low) == (100_000, 103_125, 98_875)
    world.see("09:35:00", "100.5")
    assert len(series) == 3
    assert series.daily().high[-1] == 103_125


def test_minutes_after_the_first_quote_are_not_seen(world: World) -> None:
    """A replayed day knows neither the minute that runs nor later ones."""
    known(world, evening(), minutes(("09:30", 101), ("09:31", 102), ("09:40", 500)))
    made = world.add(ABOVE)
    world.see("09:31:30", "100")
    assert told(world, made).level == 100.0
    assert series_of(world).high == 101_125


@pytest.mark.parametrize(
    ("parts", "first", "bars"),
    [
        ([evening()], "09:36:00", 0),  # the bar of 09:30 is missing
        ([evening(), minutes(("09:31", 100))], "09:36:00", 3),
        ([evening(), minutes(("09:31", 100))], "09:41:00", 0),
        ([minutes(("14:00", 100), day=YESTERDAY)], "09:30:00", 1),  # thin, but closed at the previous close
        ([minutes(("14:00", 99), day=YESTERDAY)], "09:30:00", 0),
        ([evening(day=date(2025, 11, 24))], "09:30:00", 2),
        ([evening(99, day=date(2025, 11, 24))], "09:30:00", 0),
        ([minutes(("08:00", 100))], "09:30:00", 0),  # of no session
    ],
)
def test_bars_known_outside_must_reach_up_to_now(
    world: World, parts: Sequence[Minutes], first: str, bars: int
) -> None:
    """The newest is the one just before, or the session begins where it closed; else nothing is known."""
    known(world, *parts)
    made = world.add(ABOVE)
    world.see(first, "100")
    assert len(series_of(world)) == bars
    assert told(world, made).reason == ("" if bars else "1 5m bars needed, 0 known")


def test_a_bar_not_watched_is_asked_for_outside(world: World) -> None:
    """A rule made within a bar: at its end whoever watched it tells it, else the series begins after it."""
    known(world, evening())
    world.see("09:31:00", "100")
    world.add(ABOVE)
    world.see("09:32:00", "100")
    assert (len(series_of(world)), series_of(world).is_whole) == (2, False)
    world.minutes[SYMBOL] = joined(evening(), minutes(("09:30", 100), ("09:34", 104)))
    world.see("09:35:00", "100")
    assert len(series_of(world)) == 3
    assert series_of(world).daily().last() == 104_000
    world.see("09:40:00", "100")
    assert len(series_of(world)) == 4


def test_of_many_bars_the_newest_are_kept(world: World) -> None:
    """Whether they come from outside or grow: recursions begin with the first of them."""
    day, parts = date(2025, 11, 14), list[Minutes]()
    while day < DAY:
        if day.weekday() < 5:
            clocks = [f"{hour:02}:{minute:02}" for hour in range(9, 15) for minute in range(60)]
            parts.append(minutes(*((clock, 100) for clock in clocks), day=day))
        day += timedelta(days=1)
    known(world, *parts)
    world.add(leaf("ma", "above", None, 2, MINUTE))
    world.see("09:30:00", "100")
    series = series_of(world, MINUTE)
    assert len(series) == series.older == KEPT
    world.see("09:31:00", "100")
    assert (len(series), series.older) == (KEPT, KEPT - 1)


def test_minutes_over_an_ex_date_follow_the_dated_factors(world: World) -> None:
    """Raw minutes of 400 and 200 before two splits are 100 today; exact where the previous close says so."""
    bars = history(["400", "200"], last=YESTERDAY, factor=[1, 2])
    world.histories[SYMBOL] = bars
    known(world, evening(400, date(2025, 11, 24)), evening(200))
    world.add(leaf("ma", "above", None, 4, FIVE))
    world.see("09:30:00", "100", prev_close="100")
    daily = series_of(world).daily()
    assert daily.close.tolist() == [100_000.0] * 4
    assert daily.close.dtype == np.float64
    assert world.see("09:30:03", "100", prev_close="100") == NONE
    assert world.see("09:30:06", "100.001", prev_close="100") == P


def test_bars_from_outside_have_their_envelope_and_volume() -> None:
    """Open of the first minute, extremes of all, close of the last, volumes; prints after a run are in it."""
    day = minutes(
        ("11:25", 100), ("11:27", 103), ("11:29", 98), ("11:30", 99), ("13:00", 101), ("13:04", 102)
    )
    table = gathered(day, HOURS, FIVE, CLOSE)
    assert table.prices.tolist() == [
        [100_000, 101_000],
        [103_125, 102_125],
        [97_875, 100_875],
        [99_000, 102_000],
    ]
    assert table.volume.tolist() == [4.0, 2.0]
    assert not len(gathered(day, HOURS, FIVE, OPEN))
    assert [len(gathered(day, HOURS, HOUR, at(clock))) for clock in ("11:26", "13:01", "15:00")] == [1, 2, 2]


def test_the_day_bar_says_what_the_previous_close_is_compared_with(world: World) -> None:
    """The official close of 101 is no last print; half of it is an ex-date for bars that closed at 100."""
    world.add(ABOVE)
    for price in ("50.5", "101"):
        fresh = World(prev_close="100")
        fresh.add(ABOVE)
        fresh.see("14:50:00", "100")
        fresh.see("14:55:00", "100")
        fresh.histories[SYMBOL] = history(["100", "101"], last=DAY)
        fresh.see("09:30:00", "40", day="2025-11-27", prev_close=price)
        assert series_of(fresh).daily().close.tolist() == [100_000 * float(price) / 101] * 2


def test_a_series_without_an_open_bar_has_no_quiet_prices(world: World) -> None:
    """The next quote opens one."""
    world.add(ABOVE)
    floor, ceiling = series_of(world).quiet()
    assert floor > ceiling


# Away


@pytest.mark.parametrize(
    ("lost", "bars"),
    [
        ("09:41:00", (2, 3, 4, 5)),  # within the bar that was seen
        ("09:45:00", (0, 0, 1, 2)),  # a bar began
        ("09:52:00", (0, 0, 0, 1)),  # in the middle of one
    ],
)
def test_a_feed_that_was_away_while_a_bar_began_loses_the_series(
    world: World, lost: str, bars: tuple[int, ...]
) -> None:
    """What happened within one bar is a hole in it alone; over its end nothing before is known."""
    made = world.add(ABOVE)
    for clock in ("09:30", "09:35", "09:40"):
        world.see(clock, "100")
    world.see(lost, "9", "000001.SZ")
    world.engine.reconnected("SZ")
    found = [len(series_of(world))]
    for clock in ("09:53", "09:55", "10:00"):
        world.see(clock, "100")
        found.append(len(series_of(world)))
    assert tuple(found) == bars
    assert told(world, made).truth is False


@pytest.mark.parametrize(
    ("last", "lost", "day", "kept"),
    [
        ("11:29", "12:40", DAY, True),  # the break
        ("11:24", "12:40", DAY, False),
        ("14:59", "20:00", DAY, True),  # the night
        ("14:59", "09:29:59", date(2025, 11, 27), True),
        ("14:59", "09:30:30", date(2025, 11, 27), True),  # as the day's open is believed to have been watched
        ("14:59", "09:31:00", date(2025, 11, 27), False),
    ],
)
def test_a_feed_may_be_away_while_nothing_trades(
    world: World, last: str, lost: str, day: date, *, kept: bool
) -> None:
    """Where no bar began nothing was missed."""
    world.add(ABOVE)
    world.see("09:30", "100")
    world.see(last, "100")
    world.pass_time(lost, day=day)
    before = len(series_of(world))
    world.engine.reconnected("SZ")
    assert len(series_of(world)) == (before if kept else 0)
    assert before > 0


def test_a_feed_away_before_anything_was_seen_loses_nothing(world: World) -> None:
    """No market time, or no quote."""
    world.add(ABOVE)
    world.engine.reconnected("SZ")
    world.pass_time("09:00")
    world.engine.reconnected("SZ")
    world.see("09:30", "100")
    world.see("09:35", "100")
    assert len(series_of(world)) == 1


def test_a_ring_of_a_lost_bar_ends_with_what_was_seen_last(world: World) -> None:
    """Nobody knows how the bar went on; then the rule is absent with its reason, and begins again."""
    made = world.add(ABOVE)
    world.see("09:30", "100")
    assert world.see("09:36", "101") == P
    world.pass_time("09:40:30")
    world.engine.reconnected("SZ")
    assert world.see("09:40:31", "102") == C
    assert world.events[-1].evidence["reason"] == "1 5m bars needed, 0 known"
    assert told(world, made).reason == "1 5m bars needed, 0 known"


def test_a_feed_back_within_the_bar_asks_outside_at_once(world: World) -> None:
    """The minutes it missed are known there by now: no rule is absent for long."""
    world.add(ABOVE)
    world.see("09:30", "100")
    world.pass_time("09:37")
    world.engine.reconnected("SZ")
    world.minutes[SYMBOL] = joined(evening(), minutes(("09:31", 100), ("09:35", 102), ("09:36", 103)))
    world.see("09:37:30", "101")
    assert len(series_of(world)) == 3
    assert series_of(world).is_whole
