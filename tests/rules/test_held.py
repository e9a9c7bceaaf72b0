"""`X for w`: true where X is, and was on every quote since one at least w of trading before."""

from datetime import date, timedelta

import pytest

from rules.model import Frame
from rules.rings import Row
from tests.rules.spoken import listen, spoken
from tests.rules.world import OPEN, SYMBOL, World, at, history, q

FIRED, NONE = ["fired"], list[str]()
NEXT = "2025-11-27"


@pytest.fixture
def world() -> World:
    """One instrument with a flat history; previous close 100."""
    return World({SYMBOL: history(["100"] * 10)}, prev_close="100")


@pytest.mark.parametrize(("clock", "expected"), [("09:35:00", FIRED), ("09:34:59", NONE)])
def test_it_rings_on_the_first_quote_that_completes_the_span(
    world: World, clock: str, expected: list[str]
) -> None:
    """Five minutes to the second are enough; a quote later than that does as well."""
    listen(world, "price > 105 for 5m")
    assert world.see("09:30:00", "106") == NONE
    assert world.see(clock, "106") == expected
    assert world.see("09:50:00", "106") == (NONE if expected else FIRED)


def test_the_span_begins_with_a_quote(world: World) -> None:
    """Nobody knows what the price was before it."""
    listen(world, "price > 105 for 5m")
    world.see("09:30:00", "100")
    world.see("09:37:00", "106")
    assert world.see("09:41:59", "106") == NONE
    assert world.see("09:42:00", "106") == FIRED
    assert world.events[0].evidence == {"held": "5m", "since": "09:37:00"}


def test_a_quote_on_which_it_is_false_ends_it(world: World) -> None:
    """Then it has to hold anew."""
    listen(world, "price > 105 for 5m")
    world.see("09:30:00", "106")
    world.see("09:34:00", "105")
    world.see("09:34:03", "106")
    assert world.see("09:39:00", "106") == NONE
    assert world.see("09:39:03", "106") == FIRED


def test_quiet_quotes_are_passed_over_until_the_moment(world: World) -> None:
    """Nothing is looked at in between; the first quote from then on is, whatever its price."""
    listen(world, "price > 105 for 5m")
    world.see("09:30:00", "106", high="106", low="106")
    assert world.engine.waits(SYMBOL) == at("09:35:00")
    floor, ceiling = world.engine.quiet(SYMBOL)
    assert floor <= q("106") < ceiling
    assert world.see("09:35:00", "106", high="106", low="106") == FIRED
    assert world.engine.waits(SYMBOL) == at("15:01:00")


@pytest.mark.parametrize(
    ("first", "moment", "fields"),
    [
        ("11:28:00", "13:03:00", {}),
        ("11:25:00", "11:30:00", {}),
        ("14:58:00", "09:33:00", {"day": NEXT}),
        ("09:20:00", "09:35:00", {}),
    ],
)
def test_spans_count_trading_minutes(world: World, first: str, moment: str, fields: dict[str, str]) -> None:
    """Over the break, to its edge, over night, and from before the open."""
    listen(world, "price > 105 for 5m" + (" | session auction,regular" if first < "09:30" else ""))
    world.see(first, "106")
    late = (timedelta(seconds=-1) + at(moment) + timedelta(hours=8)).strftime("%H:%M:%S")
    assert world.see(late, "106", **fields) == NONE
    assert world.see(moment, "106", **fields) == FIRED


def test_it_rings_again_after_it_was_back_by_the_hysteresis(world: World) -> None:
    """False within it is not back, though the span begins anew."""
    listen(world, "price > 105 for 1m")
    times = ("09:30:00", "09:31:00", "09:32:00", "09:33:00", "09:34:00", "09:35:00", "09:36:00", "09:37:00")
    prices = ("106", "106", "104.9", "106", "106", "104.7", "106", "106")
    found = [world.see(time, price) for time, price in zip(times, prices, strict=True)]
    assert [index for index, states in enumerate(found) if states] == [1, 7]
    assert [len(step.armed) for step in world.steps] == [0, 0, 0, 0, 0, 1, 0, 0]


def test_a_crossing_holds_from_its_ring_on(world: World) -> None:
    """Until it goes back or the session ends."""
    listen(world, "price crosses above 105 for 5m")
    world.see("09:30:00", "106")
    assert world.see("09:36:00", "106") == FIRED
    world.see("14:59:00", "100")
    world.see("14:59:30", "106")
    assert world.see("09:36:00", "106", day=NEXT, prev_close="106") == NONE


def test_a_crossing_seen_false_first(world: World) -> None:
    """Made above its level it is not true, so it does not hold."""
    world.see("09:30:00", "106")
    listen(world, "price crosses above 105 for 5m")
    world.see("09:31:00", "106")
    assert world.see("09:40:00", "106") == NONE
    world.see("09:41:00", "104")
    world.see("09:42:00", "106")
    assert world.see("09:47:00", "106") == FIRED


def test_unknown_interrupts() -> None:
    """While the daily bars are not believed the average is unknown; then the span begins anew."""
    world = World({SYMBOL: history(["100"] * 10, last=date(2025, 11, 24))}, prev_close="100")
    made = listen(world, "price > ma(5) for 5m")
    world.see("09:30:00", "106")
    world.see("09:33:00", "106", prev_close="99")
    found = world.engine.explain(made.id)
    assert found is not None
    assert found.truth is None
    world.see("09:34:00", "106")
    assert world.see("09:38:59", "106") == NONE
    assert world.see("09:39:00", "106") == ["provisional"]


def test_an_unfinished_part_is_provisional(world: World) -> None:
    """Withdrawn by going back, decided by the truth at the close: the last five minutes count."""
    listen(world, "price > ma(5) for 5m")
    world.see("10:00:00", "106")
    assert world.see("10:05:00", "106") == ["provisional"]
    assert world.see("10:06:00", "99") == ["withdrawn"]
    world.see("10:07:00", "106")
    assert world.see("10:12:00", "106") == ["provisional"]
    world.see("14:56:00", "99.9")
    world.see("14:58:00", "106")
    assert world.pass_time("15:01") == ["withdrawn"]


def test_the_close_confirms(world: World) -> None:
    """It held to the end."""
    listen(world, "price > ma(5) for 5m")
    world.see("10:00:00", "106")
    world.see("10:05:00", "106")
    assert world.pass_time("15:01") == ["confirmed"]


def test_it_qualifies_a_whole_condition_or_one_term(world: World) -> None:
    """Both held together, or one held while the other is true now."""
    both = listen(world, "price > 105 and change < 8% for 5m")
    one = listen(world, "(price > 105 for 5m) and change < 8%")
    world.see("09:30:00", "106")
    world.see("09:34:00", "109")
    assert world.see("09:35:00", "107") == FIRED
    assert world.events[0].condition == one.id
    assert world.see("09:40:00", "107") == FIRED
    assert world.events[1].condition == both.id


def test_its_opposite_is_true_until_the_span_is_full(world: World) -> None:
    """`not (X for 5m)` rings at once and is armed when X has held."""
    listen(world, "not (price > 105 for 5m) and price > 100")
    assert world.see("09:30:00", "106") == FIRED
    world.see("09:35:00", "106")
    assert [row.ring for row in world.steps[-1].armed] == [1]
    assert world.see("09:35:03", "104") == FIRED


def test_a_rule_made_late_counts_from_its_first_quote(world: World) -> None:
    """It had been true for an hour before."""
    world.see("09:30:00", "106")
    listen(world, "price > 105 for 5m")
    assert world.see("10:30:00", "106") == NONE
    assert world.see("10:35:00", "106") == FIRED


def test_after_a_restart_a_run_of_unknown_start_is_absent(world: World) -> None:
    """Neither rings again nor is armed; once seen whole it is known, and true as it was."""
    made = spoken("price > 105 for 5m")
    row = Row(condition=made.id, ring=2, state="fired", time=OPEN, session=OPEN.date())
    world.engine.add(made, row=row, seen=True)
    truths = []
    for clock in ("09:40:00", "09:44:59", "09:45:00"):
        assert world.see(clock, "106") == NONE
        found = world.engine.explain(made.id)
        assert found is not None
        truths.append(found.truth)
    assert truths == [None, None, True]
    assert not any(step.armed for step in world.steps)


def test_after_a_restart_false_is_known(world: World) -> None:
    """What is false does not hold, whatever it was before."""
    made = spoken("price > 105 for 5m")
    row = Row(condition=made.id, ring=2, state="fired", time=OPEN, session=OPEN.date())
    world.engine.add(made, row=row, seen=True)
    world.see("09:40:00", "104")
    assert [found.ring for found in world.steps[-1].armed] == [2]
    world.see("09:41:00", "106")
    assert world.see("09:46:00", "106") == FIRED


def test_a_restored_engine_keeps_what_it_has_seen(world: World) -> None:
    """Advanced over the past with its rings mute, it remembers that past."""
    made = spoken("price > 105 for 5m")
    world.engine.add(made)
    for clock in ("09:30:00", "09:33:00"):
        quote = world.quote(clock, "106")
        world.engine.advance(Frame(market="SZ", received=quote.time, quotes=(quote,)))
    world.engine.restore((), (made.id,))
    assert world.see("09:35:00", "106") == FIRED


def test_a_condition_removed_while_it_waits_is_gone(world: World) -> None:
    """Its moment comes and nothing happens; another condition takes its numbers."""
    made = listen(world, "price > 105 for 5m")
    listen(world, "price > 105 for 30m")
    world.see("09:30:00", "106")
    world.engine.remove(made.id)
    assert world.engine.waits(SYMBOL) == at("10:00:00")
    assert world.see("09:35:00", "106") == NONE
    listen(world, "price > 104 for 10s")
    world.see("09:36:00", "106")
    assert world.see("09:36:10", "106") == FIRED


def test_the_last_one_removed_leaves_nothing_to_wait_for(world: World) -> None:
    """Only the bar's end."""
    made = listen(world, "price > 105 for 5m")
    world.see("09:30:00", "106")
    world.engine.remove(made.id)
    assert world.engine.waits(SYMBOL) == at("15:01:00")
    assert world.engine.waits("AAPL.US") < OPEN
