"""`A then B within w`: B's ring counts where A rang on an earlier quote, at most w of trading before."""

import pytest

from rules.rings import Row
from tests.rules.spoken import listen, spoken
from tests.rules.world import OPEN, SYMBOL, World, history

FIRED, NONE = ["fired"], list[str]()
NEXT = "2025-11-27"
MONDAY = "2025-12-01"


@pytest.fixture
def world() -> World:
    """One instrument with a flat history; previous close 100."""
    return World({SYMBOL: history(["100"] * 10)}, prev_close="100")


def test_it_rings_when_b_follows_a(world: World) -> None:
    """On B's quote, with B's signal, level and direction, and the time at which A rang."""
    listen(world, "change > 5% then price < 104 within 30m")
    assert world.walk(["100", "106", "105", "103.9"]) == [NONE, NONE, NONE, FIRED]
    (event,) = world.events
    assert (event.signal, event.level, event.direction.value) == ("price", 104.0, "down")
    assert event.evidence["first"] == "09:30:03"
    assert event.text == "change > 5% then price < 104 within 30m"


def test_b_alone_or_before_a_is_nothing(world: World) -> None:
    """The order decides."""
    listen(world, "price > 105 then price < 95 within 30m")
    assert world.walk(["100", "94", "106", "100"]) == [NONE] * 4


@pytest.mark.parametrize(("second", "expected"), [("10:00:00", FIRED), ("10:00:01", NONE)])
def test_the_window_includes_its_end(world: World, second: str, expected: list[str]) -> None:
    """Thirty minutes after A's quote, and a second more."""
    listen(world, "price > 105 then price < 95 within 30m")
    world.see("09:29:59", "100")
    world.see("09:30:00", "106")
    assert world.see(second, "94") == expected


@pytest.mark.parametrize(
    ("first", "second", "fields", "expected"),
    [
        ("11:20:00", "13:20:00", {}, FIRED),
        ("11:20:00", "13:20:01", {}, NONE),
        ("14:40:00", "09:40:00", {"day": NEXT}, FIRED),
        ("14:40:00", "09:40:01", {"day": NEXT}, NONE),
    ],
)
def test_the_window_counts_trading_minutes(
    world: World, first: str, second: str, fields: dict[str, str], expected: list[str]
) -> None:
    """Neither the break nor the night counts."""
    listen(world, "price > 105 then price < 95 within 30m")
    world.see("09:30:00", "100")
    world.see(first, "106")
    assert world.see(second, "94", **fields) == expected


def test_weekends_do_not_count(world: World) -> None:
    """Friday evening to Monday morning."""
    listen(world, "price > 105 then price < 95 within 30m")
    world.see("14:50:00", "106", day="2025-11-28")
    assert world.see("09:50:00", "94", day=MONDAY) == FIRED


def test_one_quote_is_no_sequence(world: World) -> None:
    """Both become true at once: B did not come later; a leap back and forth does."""
    listen(world, "price > 105 then change > 5% within 30m")
    assert world.walk(["100", "106", "100", "106"]) == [NONE, NONE, NONE, FIRED]


def test_b_true_before_a_rang_must_come_again(world: World) -> None:
    """True all the while it does not ring."""
    listen(world, "price > 105 then price > 102 within 30m")
    assert world.walk(["103", "106", "107", "101", "103"]) == [NONE, NONE, NONE, NONE, FIRED]


def test_a_true_when_the_rule_is_made_has_rung(world: World) -> None:
    """A is a state form: true at creation is a ring."""
    world.see("09:30:00", "106")
    listen(world, "price > 105 then price < 95 within 30m")
    assert world.see("09:31:00", "106") == NONE
    assert world.see("09:32:00", "94") == FIRED


def test_b_may_ring_again_without_a(world: World) -> None:
    """After it went back by its hysteresis, within w of A's latest ring."""
    listen(world, "price > 105 then price < 95 within 30m")
    prices = ["100", "106", "94", "95.1", "94", "95.2", "94"]
    assert world.walk(prices) == [NONE, NONE, FIRED, NONE, NONE, NONE, FIRED]
    assert [row.ring for step in world.steps for row in step.armed] == [1]
    world.see("10:00:04", "96")
    assert world.see("10:00:05", "94") == NONE


def test_the_latest_ring_of_a_counts(world: World) -> None:
    """A rings once more, so the window begins anew."""
    listen(world, "price > 105 then price < 95 within 10m")
    world.see("09:30:00", "106")
    world.see("09:35:00", "100")
    world.see("09:39:00", "106")
    assert world.see("09:48:00", "94") == FIRED


def test_an_earlier_ring_of_a_counts_where_both_ring_again_at_once(world: World) -> None:
    """A's ring on B's own quote takes nothing from the one before."""
    listen(world, "price > 105 then price > 104 within 10m")
    assert world.walk(["106", "100", "106"]) == [NONE, NONE, FIRED]


def test_crossings_ring_when_they_cross(world: World) -> None:
    """Made above its level, a crossing waits to be seen below it."""
    world.see("09:30:00", "106")
    listen(world, "price crosses above 105 then price crosses below 104 within 30m")
    prices = ["106", "103", "106", "103", "103.5", "106", "103"]
    found = world.walk(prices, "09:31")
    assert found == [NONE, NONE, NONE, FIRED, NONE, NONE, FIRED]


def test_each_crossing_of_a_level_both_ways_is_a_ring(world: World) -> None:
    """Down through it is a ring of its own, though it had crossed it upwards before."""
    listen(world, "price > 108 then price crosses 105 within 30m")
    prices = ["100", "106", "109", "104"]
    assert world.walk(prices) == [NONE, NONE, NONE, FIRED]
    listen(world, "price crosses 105 then price < 95 within 30m")
    assert world.walk(["104", "106", "94"], "09:40") == [NONE, NONE, FIRED]


def test_an_unfinished_part_makes_it_provisional(world: World) -> None:
    """Withdrawn when B goes back, confirmed by the close."""
    listen(world, "price > 106 then price > ma(5) within 30m")
    assert world.walk(["99", "107", "99", "101"]) == [NONE, NONE, NONE, ["provisional"]]
    assert world.walk(["99", "107", "99", "101"], "10:01") == [["withdrawn"], NONE, NONE, ["provisional"]]
    assert world.pass_time("15:01") == ["confirmed"]


def test_the_close_withdraws_what_has_gone_back(world: World) -> None:
    """False within the hysteresis is false at the close."""
    listen(world, "price > 106 then price > ma(5) within 30m")
    world.walk(["99", "107", "99", "101", "99.9"])
    assert world.pass_time("15:01") == ["withdrawn"]


def test_it_joins_with_and_and_or(world: World) -> None:
    """Inside a composite it is true from its ring until B goes back."""
    listen(world, "(price > 105 then price < 95 within 30m) and change < -6%")
    listen(world, "(price > 105 then price < 95 within 30m) or price > 120")
    assert world.walk(["106", "94.5", "93", "93.9"]) == [NONE, FIRED, FIRED, NONE]
    assert world.walk(["100", "121"], "10:01") == [NONE, FIRED]


def test_chains_stand_in_brackets(world: World) -> None:
    """The inner one's ring is A of the outer one."""
    listen(world, "(price > 105 then price < 95 within 30m) then price > 100 within 10m")
    assert world.walk(["106", "94", "101"]) == [NONE, NONE, FIRED]
    assert world.walk(["99", "101"], "09:41") == [NONE, NONE]


def test_what_a_session_measures_starts_armed_in_each(world: World) -> None:
    """Up 5 % at yesterday's close and at today's open: B rings at the open, A's window runs on."""
    listen(world, "price > 108 then change > 5% within 30m")
    world.walk(["100", "106"], "14:40")
    world.see("14:45:00", "109")
    assert world.see("09:30:00", "120", day=NEXT, prev_close="110") == FIRED
    assert world.see("09:31:00", "121", day=NEXT, prev_close="110") == NONE


def test_a_measured_in_the_session_rings_in_each(world: World) -> None:
    """Up 5 % all afternoon and at the open again: the window runs from the open."""
    listen(world, "change > 5% then price < 100 within 30m")
    world.see("13:30:00", "106")
    world.see("14:59:00", "106")
    world.see("09:30:00", "113", day=NEXT, prev_close="106")
    assert world.see("09:50:00", "99", day=NEXT, prev_close="106") == FIRED


def test_an_inner_sequence_rings_anew_in_the_next_session(world: World) -> None:
    """Its B is measured in the session, so it rings once more at the open: the outer window runs on."""
    listen(world, "(price > 108 then change > 5% within 30m) then price < 100 within 10m")
    for clock, price in (("14:40:00", "100"), ("14:45:00", "109"), ("14:50:00", "104"), ("14:52:00", "106")):
        assert world.see(clock, price) == NONE
    world.see("09:30:00", "113", day=NEXT, prev_close="106")
    assert world.see("09:39:00", "99", day=NEXT, prev_close="106") == FIRED


def test_a_window_of_the_day_rings_anew_each_day(world: World) -> None:
    """Above 105 at yesterday's close and at the open: A rings at the open."""
    listen(world, "(price > 105 between 09:30 and 15:00) then price < 100 within 10m")
    world.see("14:00:00", "106")
    world.see("15:00:00", "106")
    world.see("09:30:00", "106", day=NEXT, prev_close="106")
    assert world.see("09:39:00", "99", day=NEXT, prev_close="106") == FIRED


def test_a_crossing_ends_with_the_session(world: World) -> None:
    """Held at yesterday's close, armed again this morning, and not rung by standing there."""
    listen(world, "price > 106 then price crosses below 105 within 30m")
    world.walk(["107", "104"], "14:50")
    assert world.see("09:30:00", "104", day=NEXT) == NONE
    assert [row.ring for row in world.steps[-1].armed] == [1]


def test_a_level_held_over_night_rings_no_more(world: World) -> None:
    """A price level stays true over night, so the ring lasts."""
    listen(world, "price > 106 then price < 105 within 30m")
    world.walk(["107", "104"], "14:50")
    assert world.see("09:30:00", "104", day=NEXT) == NONE
    assert not world.steps[-1].armed
    assert world.see("09:30:03", "105.3", day=NEXT) == NONE
    assert [row.ring for row in world.steps[-1].armed] == [1]


def test_an_unknown_part_neither_rings_nor_rearms(world: World) -> None:
    """B without history is unknown, and so is the whole."""
    made = listen(world, "price > 105 then price > ma(60) within 30m")
    assert world.walk(["106", "107"]) == [NONE, NONE]
    found = world.engine.explain(made.id)
    assert found is not None
    assert (found.truth, found.memory) == (None, {"first": "09:30:00"})


def test_it_counts_as_seen_from_its_first_quote(world: World) -> None:
    """Though unknown: after a restart it has a past."""
    made = listen(world, "price > 105 then price > ma(60) within 30m")
    world.see("09:30:00", "106")
    assert world.steps[-1].seen == (made.id,)


def test_memory_is_absent_after_a_restart(world: World) -> None:
    """What A did before nobody knows: for thirty minutes of trading B's ring says nothing."""
    made = spoken("price > 105 then price < 95 within 30m")
    world.engine.add(made, seen=True)
    assert world.walk(["100", "94"]) == [NONE, NONE]
    assert truth_of(world, made.id) is None
    assert world.see("09:40:00", "96") == NONE
    assert truth_of(world, made.id) is False
    assert world.see("10:00:00", "94") == NONE
    assert truth_of(world, made.id) is None
    world.see("10:00:01", "96")
    assert world.see("10:00:02", "94") == NONE
    assert truth_of(world, made.id) is False


def test_a_ring_before_a_restart_lasts_until_b_goes_back(world: World) -> None:
    """B is true still: whether it counts is unknown, so nothing rings and nothing is armed."""
    made = spoken("price > 105 then price < 95 within 30m")
    row = Row(condition=made.id, ring=3, state="fired", time=OPEN, session=OPEN.date())
    world.engine.add(made, row=row, seen=True)
    assert world.see("09:31:00", "94") == NONE
    assert not world.steps[-1].armed
    assert world.see("09:32:00", "96") == NONE
    assert [found.ring for found in world.steps[-1].armed] == [3]
    world.see("09:33:00", "106")
    assert world.see("09:34:00", "94") == FIRED
    assert world.events[-1].ring == 4


def test_what_is_seen_after_a_restart_counts(world: World) -> None:
    """A rings anew, then B."""
    world.engine.add(spoken("price > 105 then price < 95 within 30m"), seen=True)
    assert world.walk(["100", "106", "94"]) == [NONE, NONE, FIRED]


def test_a_true_at_a_restart_rang_before(world: World) -> None:
    """Nobody knows when, so B's ring says nothing."""
    world.engine.add(spoken("price > 105 then price < 95 within 30m"), seen=True)
    assert world.walk(["106", "94"]) == [NONE, NONE]


def test_a_rule_made_again_from_an_idle_row_has_no_past(world: World) -> None:
    """Somebody else's rule of long ago left its number alone."""
    made = spoken("price > 105 then price < 95 within 30m")
    world.engine.add(made, row=Row(condition=made.id, ring=7, state="idle"))
    assert world.walk(["106", "94"]) == [NONE, FIRED]
    assert world.events[-1].ring == 8


def truth_of(world: World, condition: str) -> bool | None:
    """The engine's word."""
    found = world.engine.explain(condition)
    assert found is not None
    return found.truth
