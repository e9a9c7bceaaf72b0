"""Minutes as kept: longer bars under shorter ones, whole at both ends, and series begun again from them."""

from datetime import date, timedelta

import numpy as np
import pytest

from rules.kept import MINUTE, Kept, inserted, joined
from rules.model import Minutes
from rules.rings import Row
from rules.table import gathered, micros
from tests.rules.test_series import ABOVE, FIVE, WIDE, YESTERDAY, evening, series_of, told
from tests.rules.test_series import joined as chained
from tests.rules.test_series import minutes as minutes_of
from tests.rules.world import DAY, HOURS, SYMBOL, World, at, condition, q

P, NONE = ["provisional"], list[str]()
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


@pytest.fixture
def world() -> World:
    """One instrument that closed at 100 yesterday."""
    return World(prev_close="100")


def kept(*rows: tuple[str, int, float], until: str, day: date = DAY) -> Kept:
    """Bars at these beginnings, so many minutes long, an eighth wide."""
    close = np.array([q(price) for *_, price in rows], np.int64)
    return Kept(
        symbol=SYMBOL, begins=np.array([micros(at(clock, day)) for clock, *_ in rows], np.int64),
        open=close, high=close + 125, low=close - 125, close=close, volume=np.ones(len(rows)),
        spans=np.array([span for _, span, _ in rows], np.int64), until=micros(at(until, day)),
    )  # fmt: skip


def made(minutes: Minutes, until: str, day: date = DAY) -> Kept:
    """Single minutes, none missing up to a moment."""
    names = ("begins", "open", "high", "low", "close", "volume")
    columns = {name: getattr(minutes, name) for name in names}
    spans = np.ones(len(minutes.begins), np.int64)
    return Kept(symbol=SYMBOL, spans=spans, until=micros(at(until, day)), **columns)


def clocks(bars: Kept) -> list[str]:
    """When each began and how long it is: 10:00+5."""
    opening = micros(at("00:00", DAY))
    found = []
    for begin, span in zip(bars.begins.tolist(), bars.spans.tolist(), strict=True):
        hour, minute = divmod((begin - opening) // MINUTE, 60)
        found.append(f"{hour:02}:{minute:02}+{span}")
    return found


MIXED = (
    ("09:30", 60, 100.0),
    ("10:30", 5, 101.0),
    ("10:35", 5, 102.0),
    ("10:40", 1, 103.0),
    ("10:41", 1, 104.0),
)


@pytest.mark.parametrize(
    ("size", "upto", "begins"),
    [
        (timedelta(minutes=1), "10:42", ["10:40", "10:41"]),
        (timedelta(minutes=1), "10:41", ["10:40"]),
        (FIVE, "10:42", ["10:30", "10:35", "10:40"]),
        (HOUR, "10:42", ["09:30", "10:30"]),
        (HOUR, "10:20", []),
        (QUARTER, "10:42", ["10:30"]),
    ],
)
def test_a_bar_is_made_of_what_is_no_longer_than_it(size: timedelta, upto: str, begins: list[str]) -> None:
    """Longer ones serve nothing shorter, and what is before them is out of reach."""
    table = gathered(kept(*MIXED, until="10:42"), HOURS, size, at(upto))
    assert table.begins.tolist() == [micros(at(begin)) for begin in begins]


def test_bars_that_are_not_known_whole_are_none() -> None:
    """The first without its beginning, the last that has ended without its end; the open one stays."""
    rows = [(f"09:{minute}", 1, 100.0) for minute in range(32, 53)]
    bars = kept(*rows, until="09:53")
    open_one = gathered(bars, HOURS, FIVE, at("09:54"))
    assert [open_one.begins[0], open_one.begins[-1]] == [micros(at("09:35")), micros(at("09:50"))]
    ended = gathered(bars, HOURS, FIVE, at("09:56"))
    assert ended.begins[-1] == micros(at("09:45"))
    assert not len(gathered(bars, HOURS, FIVE, at("09:00")))


def test_newer_bars_stand_before_older_ones() -> None:
    """Each minute once; a longer bar that reaches beyond their beginning stays."""
    older = kept(("09:30", 60, 100.0), ("10:30", 1, 101.0), ("10:31", 1, 101.0), until="10:32")
    newer = kept(("10:31", 1, 102.0), ("10:32", 1, 103.0), until="10:33")
    found = joined(older, newer, micros(at("10:31")))
    assert clocks(found) == ["09:30+60", "10:30+1", "10:31+1", "10:32+1"]
    assert found.close.tolist() == [100_000, 101_000, 102_000, 103_000]
    assert found.until == newer.until
    within = kept(("10:10", 1, 99.0), ("10:30", 1, 98.0), until="10:40")
    assert clocks(joined(older, within, micros(at("10:10")))) == ["09:30+60", "10:30+1"]
    assert joined(newer, older, older.until) is newer, "an older answer changes nothing"
    assert clocks(joined(older.rows(slice(0)), newer, micros(at("10:31")))) == ["10:31+1", "10:32+1"]


def test_a_layer_lies_between_longer_and_shorter_bars() -> None:
    """Fives over the hours from where they begin, under the minutes."""
    bars = kept(("09:30", 60, 1.0), ("11:01", 1, 3.0), ("11:05", 1, 4.0), until="11:06")
    layer = kept(*((f"{10 + n // 60}:{n % 60:02}", 5, 5.0) for n in range(20, 70, 5)), until="11:10")
    found = inserted(bars, layer, int(layer.begins[0]), 5)
    fives = [f"10:{minute}+5" for minute in range(30, 60, 5)]
    assert clocks(found) == ["09:30+60", *fives, "11:00+5", "11:05+1"]
    assert found.until == bars.until
    assert inserted(bars, layer.rows(slice(0)), int(bars.begins[1]), 5) is bars
    alone = inserted(bars.rows(slice(0)), layer, int(layer.begins[0]), 5)
    assert clocks(alone) == clocks(layer)


# In the engine


def test_minutes_that_reach_up_to_a_bar_are_believed_however_thin(world: World) -> None:
    """A quarter without a trade is none, where nothing is missing up to the bar's begin."""
    world.minutes[SYMBOL] = made(minutes_of(("09:30", 101)), until="09:50")
    rule = world.add(ABOVE)
    world.see("09:50:05", "101.5")
    assert told(world, rule).level == 101.0
    assert len(series_of(world)) == 1


def test_minutes_that_end_before_a_bar_are_not(world: World) -> None:
    """Trading between what is known and the bar's begin: nothing is known."""
    world.minutes[SYMBOL] = made(minutes_of(("09:30", 101), ("09:46", 102)), until="09:47")
    rule = world.add(ABOVE)
    world.see("09:50:05", "101.5")
    assert told(world, rule).reason == "1 5m bars needed, 0 known"


def test_a_night_between_is_no_gap(world: World) -> None:
    """Known up to last evening, the session's first bar has a history."""
    world.minutes[SYMBOL] = made(evening(101), until="15:10", day=YESTERDAY)
    rule = world.add(ABOVE)
    world.see("09:30:03", "100", prev_close="101")
    assert told(world, rule).level == 101.0


def test_minutes_that_come_late_begin_the_open_bar_again(world: World) -> None:
    """What the engine saw and what is told of the time before are one bar; nothing rings before a quote."""
    rule = world.add(WIDE)
    world.see("09:41:10", "100.5")
    world.see("09:41:20", "104")
    assert told(world, rule).reason == "2 5m bars needed, 0 known"
    world.minutes[SYMBOL] = made(
        minutes_of(("09:30", 100), ("09:35", 101), ("09:39", 102), ("09:40", 103)), until="09:41"
    )
    world.engine.refilled(SYMBOL)
    series = series_of(world)
    assert (series.open, series.high, series.low) == (103_000, 104_000, 100_500)
    assert (len(series), series.is_whole) == (2, True)
    assert world.see("09:41:30", "101.001", volume=7) == P
    world.see("09:45:01", "101.001", volume=7)
    assert len(series_of(world)) == 3
    assert series_of(world).daily().volume.tolist() == [1, 2, 4], "the day's seven without those before"
    assert series_of(world).daily().low[-1] == 100_500


def test_they_say_nothing_of_an_open_bar_that_began_after_them(world: World) -> None:
    """Bars before it are known, itself is not whole; a bar without a quote yet takes what is known."""
    world.add(ABOVE)
    world.see("09:41:10", "100.5")
    world.minutes[SYMBOL] = made(minutes_of(("09:35", 101), ("09:39", 102)), until="09:40")
    world.engine.refilled(SYMBOL)
    assert (len(series_of(world)), series_of(world).is_whole) == (1, False)
    world.see("09:41:12", "100.5")
    assert series_of(world).daily().last() == 102_000


def test_what_is_known_better_is_kept(world: World) -> None:
    """Fewer bars, or some that do not reach up to now, take nothing away."""
    world.minutes[SYMBOL] = made(chained(evening(), minutes_of(("09:30", 101))), until="09:31")
    world.add(ABOVE)
    world.see("09:31:05", "100.5")
    world.see("09:35:05", "100.5")
    assert len(series_of(world)) == 3
    world.minutes[SYMBOL] = made(minutes_of(("09:31", 101)), until="09:40")
    world.engine.refilled(SYMBOL)
    assert len(series_of(world)) == 3
    world.minutes[SYMBOL] = made(evening(), until="14:59", day=YESTERDAY)
    world.engine.refilled(SYMBOL)
    assert len(series_of(world)) == 3


def test_an_instrument_without_a_quote_is_left_alone(world: World) -> None:
    """It asks by itself when a bar of it opens."""
    world.engine.refilled(SYMBOL)
    world.add(ABOVE)
    world.engine.refilled(SYMBOL)
    world.see("09:41:10", "100.5")
    world.see("11:30:50", "100.5")
    world.see("11:31:10", "100.5")
    world.engine.refilled(SYMBOL)
    world.engine.refilled("600519.SH")
    assert world.engine.barred() == {SYMBOL: frozenset({5})}


def test_a_bar_that_nobody_quoted_takes_its_prices_from_outside(world: World) -> None:
    """A stored ring waits for a bar that runs: the first quote comes later."""
    world.add(ABOVE)
    world.see("09:41:10", "100.5")
    series = series_of(world)
    series.open = series.high = series.low = None
    series.mend((1, 3, 0))
    assert [series.open, series.high, series.low, series.is_whole] == [1, 3, 0, True]


def test_a_stored_ring_waits_for_the_minutes_of_its_end(world: World) -> None:
    """Undecided until market time is beyond its bar; where the minutes do not reach its end, not known."""
    made_rule = condition(ABOVE, text="c")
    stored = Row(condition=made_rule.id, ring=3, state="provisional", time=at("09:46"), session=DAY)
    for until, known in (("09:50", True), ("09:48", False)):
        world.engine = world.fresh()
        assert world.engine.undecided() == frozenset()
        world.engine.add(made_rule, row=stored, seen=True)
        assert world.engine.undecided() == {SYMBOL}
        rows = [(f"09:{minute}", 100.0 + minute) for minute in range(30, 48)]
        world.minutes[SYMBOL] = made(minutes_of(*rows), until=until)
        world.see("09:52", "90")
        reason = str(world.events[-1].evidence.get("reason"))
        assert (world.events[-1].state.value, "not known" in reason) == (
            ("confirmed", False) if known else ("withdrawn", True)
        )
        assert world.engine.undecided() == frozenset()
