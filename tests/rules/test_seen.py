"""Seen false first: what counts as seen, when a rule is late, and what becomes known within the session."""

from datetime import date, timedelta

import pytest

from rules.model import And, Condition, Leaf, Or, SessionKind
from rules.rings import Row
from tests.rules.world import OPEN, SYMBOL, World, condition, history, leaf

FIRED, NONE, P = ["fired"], list[str](), ["provisional"]
TOMORROW = "2025-11-27"


@pytest.fixture
def world() -> World:
    """One instrument that closed at 100.00 for ten days."""
    return World({SYMBOL: history(["100"] * 10)}, prev_close="100")


def other(world: World, clock: str) -> None:
    """Another instrument of the market is quoted, so its time moves."""
    world.see(clock, "10", "000001.SZ", prev_close="10")


def test_a_late_rule_is_late_today_alone(world: World) -> None:
    """Made in mid-session while its share was suspended: tomorrow's gap rings, yesterday's close was seen."""
    other(world, "09:30:00")
    other(world, "10:00:00")
    world.add(leaf("price", "crosses above", "101"))
    assert world.see("09:30:00", "102", day=TOMORROW) == FIRED


def test_a_late_rule_without_history_is_late_today_alone() -> None:
    """Absent for the rest of the day it was made on; the next session's gap over its average rings."""
    world = World(prev_close="100")
    world.walk(["100", "100"], "10:00")
    world.add(leaf("ma", "crosses above", None, 3))
    assert world.see("10:01:00", "100") == NONE
    world.histories[SYMBOL] = history(["100"] * 10, last=date(2025, 11, 26))
    assert world.see("09:30:00", "102", day=TOMORROW) == P


def test_a_rule_made_today_is_late_for_a_share_that_opens_late(world: World) -> None:
    """Made at ten, the share's first quote of the day comes after: it waits; an older rule rings."""
    world.add(leaf("price", "crosses above", "101"))
    other(world, "09:30:00")
    other(world, "10:00:00")
    world.add(leaf("price", "crosses above", "101.5"))
    assert world.see("10:00:03", "102") == FIRED
    assert world.events[0].level == 101.0
    assert world.walk(["101", "102"], "10:01") == [NONE, FIRED]


@pytest.mark.parametrize("signal", ["prev high", "prev low", "prev close", "record_gap"])
def test_one_bar_of_history_has_no_yesterday(signal: str) -> None:
    """A new listing's second day: the bar before its only one is unknown, so the first quote arms."""
    world = World({SYMBOL: history(["100"])}, prev_close="100")
    world.add(leaf(signal, "near", "0.01") if signal == "record_gap" else leaf(signal, "crosses above"))
    assert world.see("09:30:00", "101") == FIRED


@pytest.mark.parametrize(("high", "expected"), [("100", NONE), ("140", P)])
def test_yesterday_has_its_own_high_and_low(high: str, expected: list[str]) -> None:
    """Closed at its high, K stood above 60 yesterday; far beneath it, it did not, so today's gap rings."""
    closes = [f"{90 + day % 3}" for day in range(28)] + ["92", "100"]
    world = World({SYMBOL: history(closes, highs={29: high})}, prev_close="100")
    world.add(leaf("kdj k", "crosses above", "60"))
    assert world.see("09:30:00", "140") == expected


@pytest.mark.parametrize("early", [True, False])
def test_an_open_that_becomes_known_is_judged(world: World, *, early: bool) -> None:
    """First looked at in the auction, or joined late without a feed's open: absent, then it gaps."""
    kinds = frozenset(SessionKind)
    for root in (leaf("gap", ">", "0.01"), leaf("change_open", ">=", "0"), leaf("open", "below")):
        world.engine.add(Condition(symbol=SYMBOL, root=root, text=root.signal, sessions=kinds))
    clocks = ("09:20:00", "09:30:00") if early else ("10:00:00", "10:00:03")
    assert world.see(clocks[0], "102") == NONE
    assert world.see(clocks[1], "102", open="102") == FIRED * 2
    assert world.see("10:01:00", "101.9", open="102") == FIRED


def test_known_from_the_first_quote_on_nothing_is_judged_twice(world: World) -> None:
    """The usual day: the open comes with the session's first quote, and each rule is placed once."""
    made = world.add(leaf("gap", ">", "0.01"))
    assert world.see("09:30:00", "102", open="102") == FIRED
    found = world.engine.explain(made.id)
    assert found is not None
    assert found.value == pytest.approx(2.0)


def test_an_unstamped_quote_has_the_timetables_phase(world: World) -> None:
    """Whoever feeds the engine without a gate: an auction's price is none of the day's range."""
    world.is_stamped = False
    kinds = frozenset({SessionKind.REGULAR, SessionKind.AUCTION, SessionKind.EXTENDED})
    for root in (leaf("amplitude", "<", "0.01"), leaf("premarket high", "above")):
        world.engine.add(Condition(symbol=SYMBOL, root=root, text=root.signal, sessions=kinds))
    assert world.see("09:20:00", "102") == NONE
    assert world.see("09:26:00", "103") == NONE
    assert world.walk(["100", "103.1"]) == [FIRED, FIRED]


FIVE = timedelta(minutes=5)


@pytest.mark.parametrize("signal", ["move", "rise", "sigma"])
def test_a_window_made_in_mid_session_is_absent_until_it_was_watched(signal: str) -> None:
    """Three percent above the open, flat since: the move of five minutes is not that since the open."""
    closes = [f"{100 + day % 2}" for day in range(30)]
    world = World({SYMBOL: history(closes)}, prev_close="101")
    world.walk(["100", "103"])
    world.see("10:00:00", "103")
    world.add(leaf(signal, ">", "1" if signal == "sigma" else "0.02", FIVE))
    assert world.walk(["103", "103"], "10:01") == [NONE, NONE]
    assert world.walk(["103", "106"], "10:07") == [NONE, FIRED]


def test_a_window_made_before_the_first_quote_counts_from_the_open(world: World) -> None:
    """While five minutes have not passed, and where no trade is that old."""
    world.add(leaf("move", ">", "0.02", FIVE))
    world.add(leaf("rise", ">", "0.02", FIVE))
    assert world.walk(["100", "102.1"]) == [NONE, FIRED * 2]


VOLUME = leaf("volume_ratio", ">", "1")


def test_a_part_that_is_absent_is_unknown() -> None:
    """A quote without volume: the volume's part is unknown, so the whole is, whatever it was before."""
    world = World({SYMBOL: history(["100"] * 10)}, prev_close="100")
    world.add(And((VOLUME, leaf("price", ">", "105"))), text="and")
    world.add(Or((VOLUME, leaf("price", ">", "105"))), text="or")
    assert world.see("09:31:00", "100", volume=1e9) == FIRED
    assert world.see("09:31:03", "106", volume=None) == NONE
    assert world.see("09:31:06", "104.9", volume=None) == NONE
    assert world.see("09:31:09", "106", volume=2e9) == FIRED
    assert not [row for step in world.steps for row in step.armed]


def test_a_single_condition_keeps_its_state_while_absent() -> None:
    """Armed, absent, true: a ring; rang, absent, true: the same ring."""
    world = World({SYMBOL: history(["100"] * 10)}, prev_close="100")
    world.add(VOLUME)
    assert world.see("09:31:00", "100", volume=0.0) == NONE
    assert world.see("09:31:03", "100", volume=None) == NONE
    assert world.see("09:31:06", "100", volume=1e9) == FIRED
    assert world.see("09:31:09", "100", volume=None) == NONE
    assert world.see("09:31:12", "100", volume=1e9) == NONE


def test_a_part_that_is_back_is_judged_although_nothing_was_passed() -> None:
    """Absent and then at the number it had: known again, and the whole with it."""
    world = World({SYMBOL: history(["100"] * 10)}, prev_close="100")
    world.add(And((VOLUME, leaf("price", ">", "105"))), text="and")
    world.see("09:31:00", "100", volume=1e9, volume_ratio=2.0)
    assert world.see("09:31:03", "106", volume=1e9) == FIRED  # by its own count
    world.see("09:31:06", "100", volume=1e9, volume_ratio=2.0)
    world.see("09:31:09", "100", volume=None)
    assert world.see("09:31:12", "106", volume=1e9, volume_ratio=2.0) == FIRED


def test_crosses_of_day_bars_inside_a_composite_end_with_the_session() -> None:
    """Confirmed yesterday by one cross; today the other one is a ring of its own."""
    closes = ["100"] * 9 + ["99"]
    world = World({SYMBOL: history(closes)}, prev_close="99")
    world.add(Or((leaf("ma", "reclaim", None, 5), leaf("ma", "lose", None, 5))), text="either")
    assert world.walk(["99", "101"]) == [NONE, P]
    assert world.pass_time("15:01") == ["confirmed"]
    assert world.see("09:30:00", "90", day=TOMORROW, prev_close="101") == P
    assert [row.ring for row in world.steps[-1].armed] == [1]


CLIMB = [f"{90 + day % 3}" for day in range(30)]


@pytest.mark.parametrize(("high", "state"), [("100", "confirmed"), ("140", "withdrawn")])
@pytest.mark.parametrize("composite", [False, True])
def test_the_finished_bar_decides_with_its_own_high(high: str, state: str, *, composite: bool) -> None:
    """The last quote brought a high that nobody saw: K on the finished bar is beneath the level."""
    world = World({SYMBOL: history(CLIMB)}, prev_close="91")
    root: Leaf = leaf("kdj k", ">", "60")
    world.add(And((root, leaf("price", ">", "1"))) if composite else root, text="k")
    assert world.see("14:59:00", "100", high="100", low="91") == P
    assert world.see("14:59:03", "100", high=high, low="91") == NONE
    assert world.pass_time("15:01") == [state]


@pytest.mark.parametrize(("high", "state"), [("100", "confirmed"), ("140", "withdrawn")])
def test_an_overdue_bar_has_its_own_high(high: str, state: str) -> None:
    """Decided at the start by the bar in the history, its high and low in it."""
    world = World({SYMBOL: history([*CLIMB, "100"], highs={30: high})}, prev_close="100")
    made = condition(leaf("kdj k", ">", "60"))
    day = timedelta(days=1)
    row = Row(condition=made.id, ring=1, state="provisional", time=OPEN - day, session=(OPEN - day).date())
    world.engine.add(made, row=row, seen=True)
    assert world.pass_time("09:00") == [state]


def test_a_finished_bar_whose_history_is_gone_confirms_nothing(world: World) -> None:
    """The previous close was corrected in the last quotes, so the history is not believed any more."""
    world.prev_close = "92"
    world.histories[SYMBOL] = history([*CLIMB, "92"], last=date(2025, 11, 20))
    world.add(leaf("kdj k", ">", "60"))
    assert world.see("14:59:00", "100") == P
    assert world.see("14:59:03", "100", prev_close="80") == NONE
    assert world.pass_time("15:01") == ["withdrawn"]


@pytest.mark.parametrize("closed", [True, False])
def test_a_crossing_added_in_the_evening_rings_on_the_next_gap(world: World, *, closed: bool) -> None:
    """It existed before that session's first quote, whether the day's bar had closed or not."""
    world.walk(["100", "100"])
    world.see("14:59:59", "100")
    world.pass_time("15:01" if closed else "15:00:30")
    world.add(leaf("price", "crosses above", "101"))
    assert world.see("09:30:00", "102", day=TOMORROW) == FIRED


def test_the_own_last_session_counts_where_the_feed_says_no_close() -> None:
    """The price that the engine saw last is what a gap of the next session compares with."""
    world = World()
    world.add(leaf("price", "crosses above", "101"))
    assert world.walk(["100", "100.5"]) == [[], []]
    assert world.see("09:30:00", "102", day="2025-11-27") == FIRED
