"""The envelope: levels that the day's high or low passed while the last price did not."""

from decimal import Decimal

import pytest

from rules.model import And, Leaf
from tests.rules.world import SYMBOL, World, history, leaf, q

NONE = list[str]()


@pytest.fixture
def world() -> World:
    """One instrument whose first quote of the session was taken."""
    return World({SYMBOL: history(["100"] * 10)}, prev_close="100")


def start(world: World) -> None:
    """The first quote: high and low at the price."""
    world.see("09:30:00", "100", high="100", low="100")


def test_a_level_inside_the_new_high_is_touched(world: World) -> None:
    """The high passed 105 between two quotes; the last price is beneath it again."""
    world.add(leaf("price", ">=", "105"))
    start(world)
    assert world.see("09:30:03", "104.9", high="105", low="100") == ["fired"]
    (event,) = world.events
    assert (event.touched, event.value, event.price) == (True, 105.0, q("104.9"))


def test_a_low_touches_falling_levels(world: World) -> None:
    """The low passed 95."""
    world.add(leaf("price", "<", "95"))
    start(world)
    assert world.see("09:30:03", "96", high="100", low="95") == NONE
    assert world.see("09:30:06", "96", high="100", low="94.999") == ["fired"]
    assert world.events[0].value == 94.999


def test_a_touched_ring_is_no_second_ring(world: World) -> None:
    """It rang; the price itself passing the level afterwards is the same ring."""
    world.add(leaf("price", ">=", "105"))
    start(world)
    world.see("09:30:03", "104.9", high="105", low="100")
    assert world.see("09:30:06", "105", high="105", low="100") == NONE


def test_a_touch_that_fell_back_far_is_armed_again_at_once(world: World) -> None:
    """The last price is back by the hysteresis already."""
    world.add(leaf("price", ">=", "105"))
    start(world)
    world.see("09:30:03", "101", high="105", low="100")
    assert [row.ring for row in world.steps[-1].armed] == [1]
    assert world.see("09:30:06", "105", high="105", low="100") == ["fired"]


@pytest.mark.parametrize("clock", ["09:30:00", "10:00:00"])
def test_never_on_the_first_quote(world: World, clock: str) -> None:
    """Neither at the open nor when joined in mid-session: who knows when the high was."""
    world.add(leaf("price", ">=", "105"))
    assert world.see(clock, "100", high="106", low="100") == NONE
    assert world.see("10:00:03", "100", high="106", low="100") == NONE


def test_never_on_the_first_quote_of_a_rule(world: World) -> None:
    """The rule did not exist while the price was there."""
    start(world)
    world.add(leaf("price", ">=", "105"))
    assert world.see("09:30:03", "100", high="106", low="100") == NONE


def test_never_on_the_first_quote_after_a_reconnect(world: World) -> None:
    """The feed was away; the high may be of that time."""
    world.add(leaf("price", ">=", "105"))
    start(world)
    world.engine.reconnected("SH")
    world.engine.reconnected("SZ")
    assert world.see("09:30:03", "100", high="106", low="100") == NONE
    assert world.see("09:30:06", "100", high="107", low="100") == NONE


def test_a_feed_that_begins_to_state_highs_touches_nothing_first(world: World) -> None:
    """A high without an earlier one to compare says nothing of the time between."""
    world.add(leaf("price", ">=", "105"))
    world.add(leaf("price", "<", "95"))
    world.walk(["100", "100.5"])
    assert world.see("09:31:00", "100", high="106", low="94") == NONE
    assert world.see("09:31:03", "100", high="106", low="94") == NONE


def test_levels_the_day_has_passed_before_are_not_touched(world: World) -> None:
    """A second high above 105 is no news of 105 by itself."""
    world.see("09:30:00", "106", high="106", low="106")
    world.add(leaf("price", "crosses above", "105"))
    world.see("09:30:03", "104", high="106", low="104")
    assert world.see("09:30:06", "104", high="107", low="104") == NONE


def test_a_touched_average_is_provisional_and_withdrawn_at_once(world: World) -> None:
    """The last price is what the bar has, so the touch does not stand."""
    world.add(leaf("ma", "crosses above", None, 5))
    world.see("09:30:00", "99", high="99", low="99")
    assert world.see("09:30:03", "99.99", high="100.5", low="99") == ["provisional", "withdrawn"]
    assert [event.touched for event in world.events] == [True, False]
    assert world.see("09:30:06", "100.1", high="100.5", low="99") == ["provisional"]


def test_parts_of_composites_are_never_touched(world: World) -> None:
    """Two parts touched at different moments would be true at none."""
    world.add(And((leaf("price", ">=", "105"), leaf("price", ">", "1"))))
    start(world)
    assert world.see("09:30:03", "100", high="106", low="100") == NONE


def test_crosses_both_ways_is_never_touched(world: World) -> None:
    """It has two boundaries."""
    world.add(leaf("price", "crosses", "105"))
    start(world)
    assert world.see("09:30:03", "100", high="106", low="100") == NONE


@pytest.mark.parametrize(
    ("one", "high", "low"),
    [
        (Leaf("price", (Decimal(103), Decimal(106)), "inside"), "104", "100"),
        (Leaf("price", (Decimal(95), Decimal(104)), "outside"), "105", "100"),
        (leaf("near ma", "near", "0.01", 5), "100", "98.5"),
        (leaf("range", ">", "2", 5), "109", "100"),
    ],
)
def test_what_has_two_levels_is_never_touched(world: World, one: Leaf, high: str, low: str) -> None:
    """A channel, nearness, a range: between two levels nobody knows what the price did."""
    price = "103" if one.signal == "near ma" else "100"
    world.histories[SYMBOL] = history(["100", "99"] * 5)
    world.add(one)
    world.see("09:30:00", price, high=price, low=price)
    assert world.see("09:30:03", price, high=max(high, price), low=min(low, price)) == NONE


def test_what_rang_until_now_is_not_touched(world: World) -> None:
    """It rings since 102, the high went on to 103 before it fell: the same ring, which is over."""
    world.add(leaf("new high", "is", None, "day"))
    start(world)
    assert world.see("09:30:03", "102", high="102", low="100") == ["fired"]
    assert world.see("09:30:06", "101", high="103", low="100") == NONE
    assert [row.ring for row in world.steps[-1].armed] == [1]


def test_a_level_that_is_its_own_extreme_is_not_touched_by_the_way_back(world: World) -> None:
    """Touched at 100.2, which is the level since; higher and back at once: one ring, armed again."""
    world.add(leaf("new high", "is", None, "day"))
    start(world)
    assert world.see("09:30:03", "100.1", high="100.2", low="100") == ["fired"]
    assert world.see("09:30:06", "100.15", high="100.2", low="100") == NONE
    assert world.see("09:30:09", "99.9", high="100.3", low="99.9") == NONE
    assert [row.ring for row in world.steps[-1].armed] == [1]


def test_a_crossing_that_was_not_seen_false_is_not_touched(world: World) -> None:
    """Absent until now: its first look finds it false, which arms it for what comes."""
    world.prev_close = None
    world.histories.clear()
    world.add(leaf("prev close", "crosses above"))
    world.see("09:30:00", "100", high="100", low="100")
    seen = {"prev_close": "101", "low": "100"}
    assert world.see("09:30:03", "100", high="102", **seen) == NONE
    assert world.see("09:30:06", "100", high="103", **seen) == NONE
    assert world.see("09:30:09", "103.5", high="103.5", **seen) == ["fired"]


def test_change_and_records_are_touched(world: World) -> None:
    """Whatever compiles to one price boundary."""
    world.add(leaf("change", ">", "0.05"))
    world.add(leaf("record high", "is"))
    start(world)
    assert world.see("09:30:03", "100", high="106", low="100") == ["fired", "fired"]
    assert [event.value for event in world.events] == [pytest.approx(6.0), 106.0]


def test_a_high_made_by_the_price_is_a_plain_ring(world: World) -> None:
    """The last price itself is beyond the level."""
    world.add(leaf("price", ">=", "105"))
    start(world)
    world.see("09:30:03", "106", high="106", low="100")
    assert [event.touched for event in world.events] == [False]


def test_quiet_quotes_keep_the_envelope(world: World) -> None:
    """Highs that passed nothing are remembered: only what is newer touches."""
    world.add(leaf("price", ">=", "105"))
    world.add(leaf("price", "<=", "95"))
    start(world)
    assert world.see("09:30:03", "100", high="104.999", low="95.001") == NONE
    assert world.see("09:30:06", "100", high="105", low="95") == ["fired", "fired"]


def test_new_high_of_the_day(world: World) -> None:
    """Absent before the first trade; each ring waits for 0.2 % back from the high."""
    world.add(leaf("new high", "is", None, "day"))
    world.add(leaf("new low", "is", None, "day"))
    path = ["100", "100.1", "100.2", "100.0", "100.3", "99.9", "99.8", "100.1", "99.7"]
    found = world.walk(path)
    assert [bool(states) for states in found] == [False, True, False, False, False, True, False, False, True]


def test_new_high_of_the_day_by_the_feeds_high(world: World) -> None:
    """A high that the feed alone saw is the one to beat and a touch; 0.2 % back arms again."""
    world.add(leaf("new high", "is", None, "day"))
    start(world)
    assert world.see("09:30:03", "100", high="102", low="100") == ["fired"]
    assert world.events[0].touched
    assert world.see("09:30:06", "101.7", high="102", low="100") == NONE
    assert world.see("09:30:09", "102.1", high="102.1", low="100") == ["fired"]


def test_new_high_of_the_day_starts_anew_each_session(world: World) -> None:
    """Yesterday's high is no high of today."""
    world.add(leaf("new high", "is", None, "day"))
    assert world.walk(["100", "105"]) == [NONE, ["fired"]]
    assert world.walk(["90", "90.5"], day="2025-11-27", prev_close="105") == [NONE, ["fired"]]


def test_new_high_of_days_carries_over(world: World) -> None:
    """A 60-day high rings once while it lasts, whatever sessions pass."""
    world.add(leaf("new high", "is", None, "5d"))
    world.add(leaf("new low", "is", None, "5d"))
    world.add(leaf("record low", "is"))
    assert world.walk(["100", "101", "99"]) == [NONE, ["fired"], ["fired", "fired"]]
