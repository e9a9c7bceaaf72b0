"""And, or, not: three-valued, evaluated once a quote, with crossings that last until they go back."""

import pytest

from rules.composite import Formula, grow, truth
from rules.model import And, Condition, Leaf, Not, Or, SessionKind
from rules.rings import Row
from tests.rules.world import OPEN, SYMBOL, World, condition, history, leaf

FIRED, NONE = ["fired"], list[str]()
ABOVE, BELOW = leaf("price", ">", "105"), leaf("price", "<", "110")
UP5 = leaf("change", ">", "0.05")
CROSS = leaf("price", "crosses above", "105")
AVERAGE = leaf("ma", "above", None, 5)


@pytest.fixture
def world() -> World:
    """One instrument with a flat history."""
    return World({SYMBOL: history(["100"] * 10)}, prev_close="100")


@pytest.mark.parametrize(
    ("every", "values", "expected"),
    [
        (True, (True, True), True),
        (True, (True, None), None),
        (True, (False, None), False),
        (False, (False, False), False),
        (False, (False, None), None),
        (False, (True, None), True),
    ],
)
def test_kleene(every: bool, values: tuple[bool | None, ...], expected: bool | None) -> None:  # noqa: FBT001 - table
    """Unknown only where what is known does not decide."""
    assert truth((every, (0, 1)), lambda at: values[at]) is expected


def test_not_moves_to_the_leaves() -> None:
    """`not (A and B)` is `not A or not B`; two of them are none."""
    seen: list[tuple[Leaf, bool]] = []

    def part(found: Leaf, negated: bool) -> int:  # noqa: FBT001 - called by position
        seen.append((found, negated))
        return len(seen) - 1

    formula: Formula = grow(Not(And((ABOVE, Not(Or((BELOW, UP5)))))), part)
    assert formula == (False, (0, (False, (1, 2))))
    assert [negated for _, negated in seen] == [True, False, False]


def test_and_rings_when_both_are_true(world: World) -> None:
    """Once, on the quote that completes it; the deciding leaf is the one that became true."""
    world.add(And((BELOW, ABOVE)))
    assert world.walk(["100", "104", "106", "107"]) == [NONE, NONE, FIRED, NONE]
    assert (world.events[0].signal, world.events[0].level) == ("price", 105.0)


def test_or_rings_once_while_any_is_true(world: World) -> None:
    """The second part becoming true is no second ring."""
    world.add(Or((ABOVE, leaf("price", "<", "95"))))
    assert world.walk(["100", "106", "90", "100", "90"]) == [NONE, FIRED, NONE, NONE, FIRED]


def test_a_composite_true_at_creation_rings_at_once(world: World) -> None:
    """A composite is a state form."""
    world.add(And((ABOVE, BELOW)))
    assert world.see("10:00:00", "106") == FIRED
    assert world.steps[-1].seen


def test_a_composite_rearms_when_its_leaves_are_back(world: World) -> None:
    """False by one leaf within its hysteresis is not back."""
    world.add(And((ABOVE, BELOW)))
    path = ["100", "106", "104.9", "106", "104.79", "106", "110.1", "106", "110.3", "106"]
    found = world.walk(path)
    assert [index for index, states in enumerate(found) if states] == [1, 5, 9]
    assert [len(step.armed) for step in world.steps] == [0, 0, 0, 0, 1, 0, 0, 0, 1, 0]


def test_not_has_the_hysteresis_of_the_opposite(world: World) -> None:
    """`not price > 105` is `price <= 105`, and re-arms 0.2 % above."""
    world.add(And((leaf("price", ">", "1"), Not(ABOVE))))
    assert world.walk(["106", "105", "105.1", "105", "105.21", "105"]) == [
        NONE,
        FIRED,
        NONE,
        NONE,
        NONE,
        FIRED,
    ]
    assert world.events[0].direction.value == "up"


def test_direction_of_a_negated_leaf_is_turned(world: World) -> None:
    """The first leaf that points anywhere decides; `not price > 105` points down."""
    world.add(Or((Not(ABOVE), Not(BELOW))))
    world.see("10:00:00", "100")
    assert world.events[0].direction.value == "down"


def test_direction_without_any_is_that_of_the_day(world: World) -> None:
    """A phrase without a direction: `price crosses` alone, down by 1 % today."""
    world.add(And((leaf("price", "crosses", "99.5"), leaf("price", "crosses", "99.5"))))
    world.walk(["100", "99"])
    assert world.events[0].direction.value == "down"


def test_a_crossing_inside_lasts_until_it_goes_back(world: World) -> None:
    """It crossed, then the other part becomes true: a ring. Back and the other part: none."""
    world.add(And((CROSS, leaf("price", ">", "107"))))
    assert world.walk(["100", "106", "107.1"]) == [NONE, NONE, FIRED]
    assert world.walk(["104", "108"], "10:00") == [NONE, FIRED]


def test_a_crossing_inside_waits_to_be_seen_false(world: World) -> None:
    """Above its level when the rule was made, it did not cross."""
    world.see("10:00:00", "106")
    world.add(And((CROSS, ABOVE)))
    assert world.walk(["106", "107", "105", "106"], "10:01") == [NONE, NONE, NONE, FIRED]


def test_a_crossing_inside_ends_with_the_session(world: World) -> None:
    """Crossed yesterday, still above: not crossed today."""
    world.add(And((CROSS, leaf("price", ">", "107"))))
    world.add(And((leaf("price", "crosses", "105"), leaf("price", ">", "107.1"))))
    world.walk(["100", "106"])
    assert world.walk(["108"], day="2025-11-27", prev_close="106") == [NONE]
    assert world.walk(["105", "100", "108"], "10:00", day="2025-11-27", prev_close="106")[-1] == FIRED * 2


def test_crosses_both_ways_inside(world: World) -> None:
    """True from its ring until the price is on the other side again without one."""
    world.add(And((leaf("price", "crosses", "105"), leaf("price", ">", "1"))))
    assert world.walk(["104", "105.1", "104.9", "105.1", "104.7", "105.1"]) == [
        NONE,
        FIRED,
        NONE,
        NONE,
        NONE,
        FIRED,
    ]


def test_absent_parts_are_unknown(world: World) -> None:
    """And is unknown, or decides by the known part; unknown neither rings nor re-arms."""
    long = leaf("ma", "above", None, 60)
    world.add(And((long, ABOVE)))
    world.add(Or((long, ABOVE)))
    assert world.walk(["100", "106", "100", "106"]) == [NONE, ["provisional"], NONE, NONE]


def test_an_unfinished_leaf_makes_the_composite_provisional(world: World) -> None:
    """Confirmed or withdrawn by the truth of the whole at the close."""
    world.add(And((AVERAGE, UP5)))
    world.add(And((AVERAGE, BELOW)))
    assert world.walk(["100", "106", "104.9"]) == [NONE, ["provisional"] * 2, NONE]
    assert world.pass_time("15:01") == ["withdrawn", "confirmed"]
    assert [event.signal for event in world.events[-2:]] == ["change", "ma(5)"]


def test_parts_measured_in_the_session_arm_the_composite_anew(world: World) -> None:
    """`change > 5% and price > 1` rings each day; `or price > 1` keeps on ringing."""
    world.add(And((UP5, leaf("price", ">", "1"))))
    world.add(Or((UP5, leaf("price", ">", "1"))))
    assert world.see("09:30:00", "106") == FIRED * 2
    assert world.see("09:30:00", "120", day="2025-11-27", prev_close="110") == FIRED
    assert [row.ring for row in world.steps[-1].armed] == [1]


def test_one_evaluation_a_quote(world: World) -> None:
    """A leap that makes one part false and the other true at once is no moment of both."""
    world.add(And((leaf("price", "<", "102"), leaf("price", ">", "101"))))
    assert world.walk(["100", "103", "100"]) == [NONE, NONE, NONE]


def test_removing_a_composite(world: World) -> None:
    """Its leaves go with it; another condition takes their numbers."""
    made = world.add(And((AVERAGE, ABOVE)))
    world.see("10:00:00", "106")
    world.engine.remove(made.id)
    assert made.id not in world.engine
    assert world.pass_time("15:01") == NONE
    world.add(Or((UP5, ABOVE)))
    assert len(list(world.engine.conditions())) == 1
    assert world.see("09:30:00", "120", day="2025-11-27", prev_close="110") == FIRED


def test_composites_come_back_as_they_were_added(world: World) -> None:
    """They are kept whole."""
    made = world.add(Not(And((ABOVE, Not(BELOW)))))
    assert list(world.engine.conditions()) == [made]


def test_a_restored_composite_rings_away_at_its_first_quote(world: World) -> None:
    """Armed before the restart and true at the first quote after it."""
    made = condition(And((ABOVE, BELOW)))
    world.engine.add(made, seen=True)
    assert world.see("10:00:00", "106") == FIRED
    assert world.events[0].away


def test_a_restored_composite_ignores_quotes_it_knows(world: World) -> None:
    """A quote not newer than the stored ring changes nothing; the next one does."""
    made = condition(And((ABOVE, BELOW)))
    row = Row(condition=made.id, ring=3, state="fired", time=OPEN, session=OPEN.date())
    world.engine.add(made, row=row, seen=True)
    assert world.see("09:30:00", "100") == NONE
    assert not world.steps[-1].armed
    assert world.see("09:30:03", "100") == NONE
    assert [found.ring for found in world.steps[-1].armed] == [3]


def test_a_restored_composite_waits_for_its_own_kind_of_quote(world: World) -> None:
    """An auction quote says nothing to a composite of regular hours."""
    made = condition(And((ABOVE, BELOW)))
    world.engine.add(made, seen=True)
    kinds = frozenset({SessionKind.AUCTION})
    world.engine.add(Condition(symbol=SYMBOL, root=leaf("price", ">", "1000"), text="a", sessions=kinds))
    assert world.see("09:20:00", "106") == NONE
    assert world.see("10:00:00", "106") == FIRED


def test_a_removed_composite_is_not_followed_again(world: World) -> None:
    """Removed before its first quote after a restart."""
    made = condition(And((ABOVE, BELOW)))
    world.engine.add(made, seen=True)
    world.engine.remove(made.id)
    assert world.see("10:00:00", "106") == NONE
