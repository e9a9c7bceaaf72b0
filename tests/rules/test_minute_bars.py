"""Minute bars: what rings on an unfinished one is decided at its end; breaks, nights, late quotes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rules.events import Turn
from rules.explain import PROVISIONAL
from rules.model import And, Condition, Frame, Leaf, Phase, Quote, SessionKind
from rules.series import Series
from tests.rules.world import DAY, SYMBOL, World, history, leaf, q

P, C, W, F, NONE = ["provisional"], ["confirmed"], ["withdrawn"], ["fired"], list[str]()
FIVE, QUARTER = timedelta(minutes=5), timedelta(minutes=15)
ABOVE = leaf("ma", "above", None, 2, FIVE)  # above the close of the bar before
CROSS = leaf("ma", "crosses above", None, 2, FIVE)
RECLAIM = leaf("ma", "reclaim", None, 2, FIVE)


@pytest.fixture
def world() -> World:
    """One instrument that closed at 100 yesterday."""
    return World(prev_close="100")


def begun(world: World, root: Leaf | And = ABOVE) -> Condition:
    """A condition, and one finished bar that closed at 100."""
    made = world.add(root)
    world.walk(["100", "100"])
    return made


def test_a_bar_of_five_minutes_decides_its_ring(world: World) -> None:
    """Provisional from the first quote above; not decided a microsecond before the end, confirmed at it."""
    made = begun(world)
    assert world.see("09:35:00", "100.001") == P
    assert world.see("09:39:59.999999", "101") == NONE
    explained = world.engine.explain(made.id)
    assert explained is not None
    assert (explained.state, explained.level) == (PROVISIONAL, 100.0)
    assert world.see("09:40:00", "101") == C
    rang, confirmed = world.events
    assert (rang.signal, rang.level, rang.value) == ("ma(2, 5m)", 100.0, 100.001)
    assert rang.evidence == {
        "average": 100.0, "bars": 2, "bar": "2025-11-26T01:35:00+00:00", "minutes": 5.0,
    }  # fmt: skip
    assert (confirmed.time, confirmed.ring, confirmed.price) == (
        datetime(2025, 11, 26, 1, 40, tzinfo=UTC), 1, q("101"),
    )  # fmt: skip
    assert confirmed.evidence["bar"] == rang.evidence["bar"]
    assert confirmed.session == DAY


def test_false_and_back_is_withdrawn_within_the_bar(world: World) -> None:
    """0.2 % beneath the level; the next ring of the same bar is another one."""
    begun(world, CROSS)
    assert world.walk(["100", "100.1", "99.9", "99.8", "100.1"], "09:35") == [NONE, P, NONE, W, P]
    assert world.see("09:40:00", "100.1") == C
    assert [event.ring for event in world.events] == [1, 1, 2, 2]


def test_at_the_end_of_a_bar_truth_alone_decides(world: World) -> None:
    """A quantum beneath, not back by the hysteresis: withdrawn, and armed for the next bar."""
    begun(world)
    assert world.walk(["101", "99.999"], "09:35") == [P, NONE]
    assert world.see("09:40:00", "99.999") == W
    assert world.see("09:40:03", "100") == P


def test_a_boundary_that_moves_rings_nothing_by_itself(world: World) -> None:
    """The next quote compares its truth with the state held: a state that lasts is one ring."""
    begun(world)
    assert world.see("09:35:00", "101") == P
    assert world.walk(["101.5", "101.5"], "09:40") == [C, NONE]
    assert world.see("09:45:00", "102") == NONE
    assert world.see("09:50:00", "101.9") == NONE  # false, not back
    assert world.see("09:50:03", "102.5") == NONE
    assert world.see("09:50:06", "101") == NONE  # back: armed without a word
    assert [row.ring for row in world.steps[-1].armed] == [1]


def test_any_quote_of_the_market_ends_a_bar_and_waiting_does_a_minute_later(world: World) -> None:
    """Market time is the market's; an empty frame counts as a minute earlier than it came."""
    begun(world)
    world.see("09:35:00", "101")
    assert world.see("09:39:59.999999", "9", "000001.SZ") == NONE
    assert world.see("09:40:00", "9", "000001.SZ") == C
    assert world.see("09:41:00", "102") == NONE
    assert world.see("09:45:00", "103") == NONE
    world.see("09:50:00", "99", "000001.SZ")
    world.see("09:50:01", "104")
    world.see("09:50:04", "90")  # armed
    assert world.see("09:50:07", "105") == P
    assert world.pass_time("09:55:59.999999") == NONE
    assert world.pass_time("09:56:00", market="SH") == NONE
    assert world.pass_time("09:56:00") == C


def test_a_quiet_instrument_of_the_market_ends_a_bar_in_time(world: World) -> None:
    """Its quotes are waved through between bars' ends, and never over one."""
    world.add(leaf("price", ">", "10"), "000001.SZ")
    span = {"high": "9.1", "low": "8.9", "prev_close": "9"}
    begun(world)
    world.see("09:35:00", "9", "000001.SZ", **span)
    world.see("09:35:01", "101")
    assert world.see("09:39:59.999999", "9", "000001.SZ", **span) == NONE
    assert world.see("09:40:00", "9.05", "000001.SZ", **span) == C
    assert world.see("09:45:00", "9.05", "000001.SZ", **span) == NONE


def test_the_morning_ends_with_the_prints_of_its_last_minute(world: World) -> None:
    """11:30:59 belongs to the bar of 11:25, which closes at 11:31; the next bar begins at 13:00."""
    begun(world)
    world.see("11:20:00", "100")
    assert world.see("11:29:00", "99") == NONE
    assert world.see("11:30:59", "101") == P
    assert world.pass_time("11:31:59.999999") == NONE
    assert world.pass_time("11:32:00") == C
    assert world.events[-1].time == datetime(2025, 11, 26, 3, 30, tzinfo=UTC)
    world.see("13:00:00", "102")
    assert world.events[-1].level == 100.0
    assert world.see("13:04:00", "100.5") == NONE  # back: armed
    assert world.see("13:05:00", "103") == P
    assert world.events[-1].level == 100.5


@pytest.mark.parametrize(("clock", "said"), [("12:59:59", C), ("13:00:00", C)])
def test_the_next_quote_of_the_market_ends_the_morning(world: World, clock: str, said: list[str]) -> None:
    """Whatever comes first: a time beyond the minute after the run, or the next run's quote."""
    begun(world)
    world.see("11:29:00", "101")
    world.see("11:29:03", "101")
    assert world.events[-1].state == "provisional"
    assert world.see(clock, "101") == said


def test_the_last_bar_ends_with_the_day(world: World) -> None:
    """A print of 15:00:59 belongs to it; minute bars are told before the day's."""
    world.histories[SYMBOL] = history(["100"] * 9)
    world.engine = world.fresh()
    world.add(leaf("ma", "above", None, 5))
    begun(world)
    world.see("14:54:00", "99")
    assert world.see("15:00:59", "101") == P * 2
    assert world.pass_time("15:00:59") == NONE
    assert world.pass_time("15:01:00") == C * 2
    assert [event.signal for event in world.events[-2:]] == ["ma(2, 5m)", "ma(5)"]
    assert {event.time for event in world.events[-2:]} == {datetime(2025, 11, 26, 7, tzinfo=UTC)}


def test_bars_carry_over_to_the_next_day(world: World) -> None:
    """The level of 09:30 is the close of 14:55; the first quote of the day may ring on it."""
    begun(world, CROSS)
    assert world.see("14:59:00", "99") == NONE
    assert world.see("09:30:00", "99.001", day="2025-11-27", prev_close="99") == P
    assert world.events[-1].level == 99.0


def test_on_an_ex_date_older_bars_are_scaled(world: World) -> None:
    """Two for one: the close of 101 is 50.5 today."""
    begun(world)
    world.see("14:59:00", "99")
    assert world.see("09:30:00", "49.5", day="2025-11-27", prev_close="49.5") == NONE
    assert world.see("09:30:03", "49.501", day="2025-11-27", prev_close="49.5") == P
    assert world.events[-1].level == 49.5


def test_a_previous_close_told_late_scales_too(world: World) -> None:
    """The first quotes of the ex-date did not say it."""
    world.prev_close = None
    begun(world)
    world.see("14:59:00", "100")
    assert world.see("09:30:00", "60", day="2025-11-27") == NONE
    assert world.see("09:30:03", "60", day="2025-11-27", prev_close="50") == P


def test_a_cross_is_decided_anew_on_each_bar(world: World) -> None:
    """Reclaimed, confirmed and armed; impossible in the next bar; a first quote of a bar may ring."""
    begun(world, RECLAIM)
    assert world.walk(["100", "99"], "09:35") == [NONE, NONE]
    assert world.see("09:40:00", "101") == P  # 99 closed beneath its average of 99.5
    assert world.see("09:45:00", "102") == C
    assert [row.state for row in world.steps[-1].armed] == ["armed"]
    assert world.walk(["98", "110"], "09:45:03") == [NONE, NONE]  # 101 closed above its average
    assert world.walk(["100", "90"], "09:50") == [NONE, NONE]
    assert world.see("09:55:00", "100") == P
    assert [event.ring for event in world.events] == [1, 1, 2]


def test_a_cross_made_while_it_is_true_waits_for_the_next_bar(world: World) -> None:
    """It must be seen false first; the next bar decides anew."""
    world.add(leaf("price", ">", "1000"))
    begun(world)
    world.walk(["99", "99"], "09:35")
    world.see("09:40:00", "100")
    world.add(RECLAIM)
    assert world.walk(["100", "101"], "09:41") == [NONE, NONE]
    assert world.see("09:44:00", "90") == W  # of the rule that was there before
    assert world.see("09:45:00", "99") == P * 2


def test_the_range_of_a_bar_is_measured_anew(world: World) -> None:
    """It fires, for a wide bar stays wide, and once a bar."""
    world.add(leaf("range", ">=", "2", 2, FIVE))
    world.walk(["100", "101"], "09:30")
    world.walk(["101", "100"], "09:35")
    world.walk(["100", "101"], "09:40")
    assert world.walk(["100", "101", "102", "101", "103"], "09:45") == [NONE, NONE, F, NONE, NONE]
    assert world.see("09:50:00", "103") == NONE
    assert [row.ring for row in world.steps[-1].armed] == [1]
    assert world.walk(["106.999", "107"], "09:50:03") == [NONE, F]  # twice the mean of 1 and 3
    assert world.events[-1].evidence["bar"] == "2025-11-26T01:50:00+00:00"


def test_extremes_are_those_of_the_open_bar(world: World) -> None:
    """A high of the day before this bar is not in its range; one between two of its quotes is."""
    world.add(leaf("range", ">", "2", 1, FIVE))
    world.see("09:30:00", "100", high="100", low="100")
    world.see("09:34:00", "100", high="109", low="100")  # a range of 9
    world.see("09:35:00", "100", high="110", low="100")  # made who knows when: no range
    world.see("09:39:00", "101", high="110", low="100")  # a range of 1
    assert world.see("09:40:00", "101", high="110", low="100") == NONE
    assert world.see("09:40:03", "101", high="110", low="99") == NONE  # exactly two
    assert world.see("09:40:06", "101", high="110", low="98.9") == NONE  # two levels: none is touched
    assert world.see("09:40:09", "101", high="110", low="98.9") == F


@pytest.mark.parametrize(("first", "said"), [("103", NONE), ("100", P + W)])
def test_levels_of_a_bar_are_touched_where_it_made_the_extreme(
    world: World, first: str, said: list[str]
) -> None:
    """Never by a high made before its first quote; provisional and withdrawn at once, as on days."""
    made = world.add(leaf("bias", ">", "0.01", 2, FIVE))  # from 102.021 on
    world.walk(["100", "100"], high="100", low="100")
    assert world.see("09:35:00", "99", high=first, low="99") == NONE
    assert world.see("09:35:03", "99.9", high="103", low="99") == said
    assert [event.touched for event in world.events] == [True, False][: len(said)]
    assert world.engine.last_ring(made.id) is None


def test_a_composite_is_decided_by_the_largest_bars_of_its_parts(world: World) -> None:
    """Five and fifteen minutes: at the quarter's end, although the smaller one ended before."""
    begun(world, And((ABOVE, leaf("ma", "above", None, 2, QUARTER))))
    world.see("09:44:00", "100")
    assert world.see("09:46:00", "101") == P
    assert world.see("09:51:00", "102") == NONE
    assert world.see("09:59:59", "103") == NONE
    assert world.see("10:00:00", "104") == C
    assert world.events[-1].evidence["minutes"] == 15.0


def test_a_composite_with_a_part_on_days_is_decided_by_the_day(world: World) -> None:
    """A day is larger than any number of minutes."""
    world.histories[SYMBOL] = history(["100"] * 9)
    world.engine = world.fresh()
    begun(world, And((ABOVE, leaf("ma", "above", None, 5))))
    assert world.see("14:56:00", "101") == P
    assert world.events[-1].evidence.keys() >= {"average"}
    assert "bar" not in world.events[-1].evidence
    assert world.pass_time("15:01") == C


def test_inside_a_composite_a_cross_stands_until_it_goes_back(world: World) -> None:
    """Reclaimed in one bar, the price level passed in the next: both hold; beneath the average not."""
    both = And((RECLAIM, leaf("price", ">", "105")))
    begun(world, both)
    world.see("09:35:00", "99")
    assert world.walk(["101", "104"], "09:40") == [NONE, NONE]
    assert world.see("09:45:00", "105.5") == P
    assert world.see("09:50:00", "106") == C
    assert world.see("09:50:03", "103") == NONE  # beneath its average, and not anew above it
    assert world.see("09:50:06", "107") == NONE
    assert world.see("09:55:00", "99") == NONE
    assert world.see("10:00:00", "106") == P


def test_inside_a_composite_a_cross_ends_with_the_session(world: World) -> None:
    """What yesterday crossed is over, whatever stands."""
    begun(world, And((RECLAIM, leaf("price", ">", "105"))))
    world.see("14:51:00", "99")
    world.see("14:56:00", "101")
    assert world.walk(["102", "106"], day="2025-11-27", prev_close="101") == [NONE, NONE]


def test_extended_hours_see_the_bars_of_regular_ones(world: World) -> None:
    """No bar is made of them; what rings before the open is decided by the first bar."""
    world = World(prev_close="100")
    kinds = frozenset({SessionKind.EXTENDED, SessionKind.REGULAR})
    world.engine.add(Condition(symbol=SYMBOL, root=ABOVE, text="a", sessions=kinds))
    world.walk(["100", "101"])
    world.see("14:59:00", "100")
    pre = {"day": "2025-11-27", "prev_close": "100", "phase": Phase.PRE_OPEN}
    assert world.see("09:26:00", "100.5", **pre) == P
    assert world.see("09:30:00", "101", day="2025-11-27", prev_close="100") == NONE
    assert world.see("09:35:00", "101", day="2025-11-27", prev_close="100") == C


def test_a_replay_ends_the_bars_that_have_ended(world: World) -> None:
    """As day bars: an end the last time has reached confirms, one it has not confirms nothing."""
    begun(world)
    world.see("14:56:00", "101")
    assert world.engine.finish().events == ()
    world.see("15:00:00", "101")
    assert [event.state.value for event in world.engine.finish().events] == C


def test_round_the_clock_the_day_takes_its_last_bar_with_it() -> None:
    """An empty frame at midnight closes the day, so the bar too, although prints may come."""
    symbol = "BTCUSDT.BINANCE"
    world = World()
    world.add(ABOVE, symbol)

    def see(clock: str, price: int) -> list[str]:
        time = datetime.fromisoformat(f"2025-11-{clock}+00:00")
        quote = Quote(symbol=symbol, time=time, price=price * 10**8, phase=Phase.CONTINUOUS)
        frame = Frame(market="BINANCE", received=time, quotes=(quote,))
        return [event.state.value for event in world.engine.take(frame).events]

    see("26T23:49:00", 100)
    see("26T23:50:00", 100)
    assert see("26T23:55:00", 101) == P
    step = world.engine.take(Frame(market="BINANCE", received=datetime(2025, 11, 27, tzinfo=UTC)))
    assert [event.state.value for event in step.events] == C
    assert see("27T00:00:01", 102) == NONE
    assert see("27T00:05:00", 90) == NONE
    assert see("27T00:05:01", 103) == P


def test_a_quote_of_a_bar_that_is_closed_counts_in_the_next(world: World) -> None:
    """Another instrument's time has ended it; its price is seen all the same."""
    begun(world)
    world.see("09:36:00", "99")
    world.see("09:40:00", "9", "000001.SZ")
    assert world.see("09:39:59", "101") == P
    assert world.events[-1].evidence["bar"] == "2025-11-26T01:40:00+00:00"
    assert world.see("09:45:00", "9", "000001.SZ") == C


def test_a_bar_whose_only_quote_comes_late_ends_with_the_next(world: World) -> None:
    """Market time has passed its end already."""
    begun(world)
    world.see("09:40:00", "9", "000001.SZ")
    assert world.see("09:39:59", "101") == P
    assert world.events[-1].evidence["bar"] == "2025-11-26T01:35:00+00:00"
    assert world.see("09:40:01", "9", "000001.SZ") == C


def test_nobody_pays_for_bars_that_nobody_asks_for(world: World) -> None:
    """The last rule goes, and its bars with it; the market's other quotes are waved through again."""
    made, other = begun(world), world.add(leaf("rsi", ">", "50", 2, FIVE))
    live = world.engine._market.by_symbol[SYMBOL]
    assert world.engine.quiet(SYMBOL) == (0, 0)
    world.engine.remove(made.id)
    assert live.series is not None
    world.engine.remove(other.id)
    assert live.series is None
    world.see("09:35:00", "101")
    assert live.clock.next is None
    again = world.add(ABOVE)
    world.see("09:36:00", "100")
    world.see("09:40:00", "101")
    told = world.engine.explain(again.id)
    assert told is not None
    assert told.reason == "1 5m bars needed, 0 known"


def test_the_end_of_a_bar_calls_whoever_hangs_on_it(world: World) -> None:
    """After rings are decided, before the bar enters the history."""
    calls: list[tuple[timedelta, datetime, int | None, int]] = []

    def note(turn: Turn, series: Series) -> None:
        calls.append((series.size, turn.time, turn.price, len(series)))

    world.engine._turns.bars.closers.append(note)
    begun(world)
    world.see("09:36:00", "101")
    world.see("09:41:00", "102")
    assert calls == [
        (FIVE, datetime(2025, 11, 26, 1, 35, tzinfo=UTC), q("100"), 0),
        (FIVE, datetime(2025, 11, 26, 1, 40, tzinfo=UTC), q("101"), 1),
    ]


def test_the_history_of_a_session_bar_by_bar(world: World) -> None:
    """Open, high, low, close and volume of each, in the columns signals read."""
    begun(world)
    for clock, price, volume in (
        ("09:36", "101", 50),
        ("09:37", "103", 60),
        ("09:39", "99", 90),
        ("09:41", "100", 95),
    ):
        world.see(clock, price, volume=float(volume))
    series = (world.engine._market.by_symbol[SYMBOL].series or {})[FIVE]
    daily = series.daily()
    rows = list(zip(daily.open, daily.high, daily.low, daily.close, daily.volume, strict=True))
    assert rows == [(100_000,) * 4 + (0.0,), (101_000, 103_000, 99_000, 99_000, 90.0)]
    assert [str(begin)[11:16] for begin in daily.dates] == ["01:30", "01:35"]
    assert date.fromisoformat(str(daily.dates[0])[:10]) == DAY
