"""The engine says of each condition what it is doing, on what figures, and why it is silent."""

from datetime import timedelta

import pytest

from rules.explain import ABSENT, ARMED, PROVISIONAL, RETURNING, RINGING, UNSEEN, Explanation
from rules.model import And, Leaf
from tests.rules.world import SYMBOL, World, history, leaf


def told(world: World, identity: str) -> Explanation:
    """What the engine says of a condition it has."""
    found = world.engine.explain(identity)
    assert found is not None
    return found


def test_a_life_of_a_price_level_in_its_own_words() -> None:
    """Absent before a quote, armed with its distance, ringing, waiting to come back, armed again."""
    world = World(prev_close="100")
    rule = world.add(leaf("price", ">", "101"), text="price > 101")
    first = told(world, rule.id)
    assert (first.state, first.reason, first.truth, first.ring) == (ABSENT, "no quote yet", None, 0)
    seen = {}
    for clock, price in (("09:30", "100"), ("09:31", "101.5"), ("09:32", "100.99"), ("09:33", "100")):
        world.see(clock, price)
        seen[clock] = told(world, rule.id)
    assert [one.state for one in seen.values()] == [ARMED, RINGING, RETURNING, ARMED]
    assert [one.truth for one in seen.values()] == [False, True, False, False]
    assert [one.ring for one in seen.values()] == [0, 1, 1, 1]
    armed = seen["09:30"]
    assert (armed.text, armed.symbol, armed.value, armed.level) == ("price > 101", SYMBOL, 100.0, 101.0)
    assert armed.level_price == 101.0
    assert armed.distance == pytest.approx(0.01)


def test_a_crossing_that_was_true_at_the_start_says_so() -> None:
    """It must be seen false first."""
    world = World(prev_close="100")
    world.see("09:30", "102")
    rule = world.add(leaf("price", "crosses above", "101"))
    world.see("09:31", "102")
    assert told(world, rule.id).state == UNSEEN


def test_an_average_carries_its_figures_and_is_provisional() -> None:
    """The level is the one the closed form found; the evidence says from what."""
    world = World({SYMBOL: history([100, 101, 99, 98, 97])}, prev_close="97")
    rule = world.add(leaf("ma", "reclaim", None, 5))
    world.see("09:30", "97")
    before = told(world, rule.id)
    assert before.level == before.level_price == pytest.approx(98.75)
    assert before.evidence["average"] == pytest.approx(98.75)
    world.see("09:31", "99")
    assert told(world, rule.id).state == PROVISIONAL


@pytest.mark.parametrize(
    ("root", "reason"),
    [
        (leaf("ma", "reclaim", None, 60), "no history"),
        (leaf("leaders", ">=", "3"), "leaders exists on groups alone"),
        (leaf("move", ">", "0.01", timedelta(minutes=5)), "no value yet"),
    ],
)
def test_what_is_absent_says_why(root: Leaf, reason: str) -> None:
    """No history, not for this instrument, or a window that is not whole."""
    world = World(prev_close="100")
    rule = world.add(root)
    if root.signal != "move":
        world.see("09:30", "100")
    found = told(world, rule.id)
    assert (found.state, found.reason, found.value is None) == (ABSENT, reason, root.signal != "ma")


def test_a_composite_explains_its_parts() -> None:
    """The parts in the order written, each with its own truth; what is unknown is named once."""
    world = World(prev_close="100")
    rule = world.add(And((leaf("price", ">", "99"), leaf("ma", "above", None, 60))))
    world.see("09:30", "100")
    found = told(world, rule.id)
    assert (found.state, found.truth, found.reason) == (ABSENT, None, "no history")
    assert [(part.text, part.truth) for part in found.parts] == [("price", True), ("ma(60)", None)]
    fine = world.add(And((leaf("price", ">", "99"), leaf("price", ">", "105"))))
    world.see("09:31", "100")
    assert (told(world, fine.id).state, told(world, fine.id).reason) == (ARMED, "")


def test_own_axes_have_a_value_and_no_price() -> None:
    """A move in five minutes has no price at which it is true."""
    world = World(prev_close="100")
    rule = world.add(leaf("move", ">", "0.01", timedelta(minutes=5)))
    world.see("09:30", "100", open="100")
    world.see("09:31", "102", open="100")
    found = told(world, rule.id)
    assert found.value == pytest.approx(2.0)
    assert (found.level, found.level_price, found.distance) == (1.0, None, None)


def test_an_unknown_condition_is_none_and_refusals_are_passed_on() -> None:
    """The gate's words come from whoever owns the gate."""
    world = World(prev_close="100")
    rule = world.add(leaf("price", ">", "101"))
    assert world.engine.explain("0" * 16) is None
    found = world.engine.explain(rule.id, ("stale",))
    assert found is not None
    assert found.refusals == ("stale",)
