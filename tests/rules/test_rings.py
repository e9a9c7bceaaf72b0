"""Arming, ringing, re-arming; crossing forms; gaps; what a ring says."""

from datetime import date
from decimal import Decimal

import pytest

from rules.model import Condition, Direction, Instrument, Leaf, SessionKind
from tests.rules.world import SYMBOL, World, condition, history, leaf, q

FIRED, NONE = ["fired"], list[str]()


@pytest.fixture
def world() -> World:
    """One instrument that closed at 100.00 yesterday."""
    return World(prev_close="100.00")


@pytest.mark.parametrize(
    ("verb", "tie", "beyond", "other"),
    [
        (">", NONE, FIRED, NONE),
        (">=", FIRED, NONE, NONE),
        ("<", NONE, NONE, FIRED),
        ("<=", FIRED, NONE, NONE),
    ],
)
def test_operators_are_strict_or_inclusive(
    world: World, verb: str, tie: list[str], beyond: list[str], other: list[str]
) -> None:
    """A tie rings for >= and <= alone; the first quantum beyond rings where it did not ring yet."""
    start = "104.999" if verb[0] == ">" else "105.001"
    world.add(leaf("price", verb, "105"))
    assert world.walk([start, "105.000", "105.001", "104.999"]) == [
        NONE,
        tie,
        beyond if verb != "<=" else NONE,
        other if verb != ">=" else NONE,
    ]


def test_a_state_form_true_at_creation_rings_at_once(world: World) -> None:
    """`price > 90` rings on the first quote it sees."""
    world.add(leaf("price", ">", "90"))
    assert world.see("10:00:00", "100") == FIRED


def test_a_crossing_form_true_at_creation_waits_to_be_seen_false(world: World) -> None:
    """`crosses above` added above its level rings only after the price was at or below it."""
    world.see("10:00:00", "100")
    world.add(leaf("price", "crosses above", "90"))
    assert world.walk(["101", "90.001", "90", "90.001"], "10:01") == [NONE, NONE, NONE, FIRED]


def test_a_crossing_form_needs_no_hysteresis_before_its_first_ring(world: World) -> None:
    """Seen false by one quantum is enough."""
    world.see("10:00:00", "100")
    world.add(leaf("price", "crosses below", "101"))
    assert world.walk(["100", "101", "100.999"], "10:01") == [NONE, NONE, FIRED]


def test_rearms_only_when_back_by_the_hysteresis(world: World) -> None:
    """0.2 % of the level on the price axis: 104.79 for a level of 105."""
    world.add(leaf("price", ">", "105"))
    found = world.walk(["104", "105.01", "104.791", "105.01", "104.790", "105.01"])
    assert found == [NONE, FIRED, NONE, NONE, NONE, FIRED]
    assert [row.ring for step in world.steps for row in step.armed] == [1]
    assert [event.ring for event in world.events] == [1, 2]


def test_falling_forms_rearm_above(world: World) -> None:
    """0.2 % above 95 is 95.19."""
    world.add(leaf("price", "<", "95"))
    found = world.walk(["96", "94.99", "95.189", "94.99", "95.190", "94.99"])
    assert found == [NONE, FIRED, NONE, NONE, NONE, FIRED]


@pytest.mark.parametrize(
    ("verb", "path"), [(">=", ["104", "105", "104.999", "105"]), ("<=", ["106", "105", "105.001", "105"])]
)
def test_without_hysteresis_false_alone_rearms(world: World, verb: str, path: list[str]) -> None:
    """A hysteresis of nothing still wants the condition to have been false."""
    world.add(leaf("price", verb, "105"), hysteresis="0")
    assert world.walk(path) == [NONE, FIRED, NONE, FIRED]


def test_change_has_the_hysteresis_of_its_price_level(world: World) -> None:
    """5 % above 100.00 is 105.00, so it re-arms at 104.79."""
    world.add(leaf("change", ">=", "0.05"))
    assert world.walk(["105", "104.791", "105", "104.79", "105"]) == [FIRED, NONE, NONE, NONE, FIRED]


def test_a_gap_rings_a_crossing_that_existed_before_the_session(world: World) -> None:
    """Yesterday's close counts as seen: opening above rings, although no quote beneath was taken."""
    world.add(leaf("price", "crosses above", "101"))
    world.add(leaf("price", "crosses above", "99"))
    assert world.see("09:30:00", "102") == FIRED
    assert world.events[0].level == 101.0


def test_a_crossing_added_after_the_open_does_not_ring_on_the_gap(world: World) -> None:
    """A rule made after the session's first quote waits to be seen false."""
    world.see("09:30:00", "102")
    world.add(leaf("price", "crosses above", "101"))
    assert world.see("09:30:03", "102") == NONE


def test_a_crossing_on_an_unquoted_instrument_waits_too(world: World) -> None:
    """The market was open when the rule was made, although its instrument had no quote yet."""
    world.see("09:30:00", "10", "000001.SZ", prev_close="10")
    world.see("10:00:00", "10", "000001.SZ", prev_close="10")
    world.add(leaf("price", "crosses above", "101"))
    assert world.see("10:00:03", "102") == NONE
    assert world.walk(["101", "102"], "10:01") == [NONE, FIRED]


def test_a_crossing_first_seen_in_mid_session_waits(world: World) -> None:
    """A stream that begins at ten says nothing of what was seen before."""
    world.add(leaf("price", "crosses above", "101"))
    assert world.see("10:00:00", "102") == NONE


def test_nothing_is_known_of_yesterday_without_a_previous_close() -> None:
    """Then a crossing is as one made late: it has to be seen false, and rings at the real one."""
    world = World()
    world.add(leaf("price", "crosses above", "101"))
    world.add(leaf("price", "crosses below", "103"))
    assert world.walk(["102", "102.5", "101.2"]) == [NONE, NONE, NONE]
    assert world.walk(["100", "102"], "09:31:00") == [NONE, FIRED]


def test_crosses_both_ways(world: World) -> None:
    """Rings where the price is strictly on the other side; ties keep it; 0.2 % beyond either re-arms."""
    world.add(leaf("price", "crosses", "100"))
    path = ["99", "100", "100.001", "99.999", "99.8", "100", "100.1", "100.3", "99.9"]
    assert world.walk(path) == [NONE, NONE, FIRED, NONE, NONE, NONE, FIRED, NONE, FIRED]
    assert [event.direction for event in world.events] == [Direction.UP, Direction.UP, Direction.DOWN]


def test_a_leap_across_both_ways_rearms_at_once(world: World) -> None:
    """A pass that ends beyond the hysteresis is armed again for the way back."""
    world.add(leaf("price", "crosses", "100"))
    assert world.walk(["99", "101", "99.9"]) == [NONE, FIRED, FIRED]
    assert [row.state for row in world.steps[1].armed] == ["armed"]


def test_crosses_between_two_quanta(world: World) -> None:
    """A level finer than the grid has two sides and no tie."""
    world.add(leaf("price", "crosses", "100.0005"))
    assert world.walk(["100", "100.001"]) == [NONE, FIRED]


def test_crosses_from_the_level_itself_takes_the_first_side(world: World) -> None:
    """On the level at creation there is no side to come from."""
    world.see("10:00:00", "100")
    world.add(leaf("price", "crosses", "100"))
    assert world.walk(["100", "100.5", "99.5"], "10:01") == [NONE, NONE, FIRED]


def test_a_gap_rings_crosses(world: World) -> None:
    """Yesterday's close is the side it comes from."""
    world.add(leaf("price", "crosses", "101"))
    assert world.see("09:30:00", "102") == FIRED


def test_resets_are_armed_each_session(world: World) -> None:
    """`change > 5%` rings each day; a price level carries over."""
    world.add(leaf("change", ">", "0.05"))
    world.add(leaf("price", ">", "103"))
    assert world.see("10:00:00", "106") == ["fired", "fired"]
    assert world.see("09:30:00", "120", day="2025-11-27", prev_close="110") == FIRED
    assert world.events[-1].signal == "change"
    assert [row.ring for row in world.steps[-1].armed] == [1]


def test_out_of_session_quotes_neither_ring_nor_rearm(world: World) -> None:
    """Auction, lunch and evening prices do not exist for a regular condition."""
    world.add(leaf("price", ">", "105"))
    for clock in ("09:20:00", "12:00:00", "15:01:00"):
        assert world.see(clock, "110") == NONE
    assert world.engine.last(SYMBOL) == world.quote("15:01:00", "110")


def test_the_closing_print_belongs_to_the_session(world: World) -> None:
    """A print stamped 15:00:03 is the last bar's."""
    world.add(leaf("price", ">", "105"))
    assert world.see("15:00:03", "110") == FIRED


def test_other_kinds_of_session(world: World) -> None:
    """A condition on the auction listens there alone, and keeps its own axis."""
    root = leaf("price", ">", "105")
    made = Condition(symbol=SYMBOL, root=root, text="a", sessions=frozenset({SessionKind.AUCTION}))
    world.engine.add(made)
    assert world.see("09:20:00", "106") == FIRED
    assert world.walk(["104", "106"]) == [NONE, NONE]


def test_a_price_of_nought_is_no_quiet_price(world: World) -> None:
    """Not even where no boundary lies beneath."""
    world.add(leaf("price", ">", "105"))
    world.walk(["100", "100"], high="100", low="100")
    world.see("10:00:00", "0", high="100", low="100")
    assert world.steps[-1].events == ()
    assert world.see("10:00:03", "106", high="106", low="100") == FIRED
    assert world.engine.last(SYMBOL) == world.quote("10:00:03", "106", high="106", low="100")


@pytest.mark.parametrize("price", [None, "0"])
def test_an_absent_price_neither_rings_nor_rearms(world: World, price: str | None) -> None:
    """No price and price nought are no prices."""
    world.add(leaf("price", "<", "105"))
    assert world.see("10:00:00", price) == NONE
    assert world.see("10:00:03", "104") == FIRED


def test_no_session_no_ring(world: World) -> None:
    """A Sunday's quote changes nothing."""
    world.add(leaf("price", ">", "1"))
    assert world.see("10:00:00", "104", day="2025-11-23") == NONE


def test_what_a_ring_says(world: World) -> None:
    """Value, level, unrounded level price, change and the quote's time and session."""
    made = world.add(leaf("change", ">", "0.0333"), text="change > 3.33%")
    world.see("10:00:00", "103.34")
    (event,) = world.events
    assert (event.condition, event.text, event.signal, event.ring) == (made.id, made.text, "change", 1)
    assert event.value == pytest.approx(3.34)
    assert event.level == 3.33
    assert event.level_price == pytest.approx(103.33)
    assert event.change == pytest.approx(0.0334)
    assert (event.session, event.direction, event.price) == (date(2025, 11, 26), Direction.UP, q("103.34"))
    assert event.id == f"{made.id}:1:fired"


@pytest.mark.parametrize(("verb", "price", "direction"), [("<=", "95", "down"), (">", "106", "up")])
def test_direction_by_operator(world: World, verb: str, price: str, direction: str) -> None:
    """The operator points the way."""
    world.add(leaf("price", verb, "95" if verb == "<=" else "105"))
    world.see("10:00:00", price)
    assert world.events[0].direction.value == direction


def test_a_level_that_is_not_on_its_text_is_kept_whole(world: World) -> None:
    """A condition whose text cannot be made from its columns rings with its own words all the same."""
    world.add(leaf("price", ">", "105"), text="a hundred and five")
    world.see("10:00:00", "106")
    assert (world.events[0].text, world.events[0].level) == ("a hundred and five", 105.0)


def test_adding_twice_is_once(world: World) -> None:
    """The same condition rings once a quote."""
    made = world.add(leaf("price", ">", "105"))
    world.engine.add(made)
    assert world.see("10:00:00", "106") == FIRED
    assert len(world.engine) == 1
    assert made.id in world.engine
    assert "ffffffffffffffff" not in world.engine
    assert 5 not in world.engine


def test_conditions_come_back_as_they_were_added(world: World) -> None:
    """The columns hold all that a condition is."""
    roots: list[tuple[Leaf, str]] = [
        (leaf("price", ">", "105"), "price > 105"),
        (leaf("price", ">", "105.25"), "price > 105.25"),
        (leaf("price", ">", "0.005"), "price > 0.005"),
        (leaf("change", "<", "-0.03"), "change < -3%"),
        (leaf("change", "<", "-0.035"), "change < -3.5%"),
        (leaf("change", ">", "0"), "change > 0%"),
        (leaf("market_cap", ">", "610000000000"), "market_cap > 610B"),
        (leaf("record high", "is"), "record high"),
        (leaf("ma", "above", None, 20), "price > ma(20)"),
        (leaf("price", ">", "7"), "seven"),
    ]
    made = [world.add(root, text=text) for root, text in roots]
    assert list(world.engine.conditions()) == made


def test_removing(world: World) -> None:
    """A removed condition is silent, whatever state it was in; its number serves the next one."""
    first = world.add(leaf("price", ">", "105"))
    second = world.add(leaf("price", ">", "106"))
    third = world.add(leaf("price", ">", "107"))
    world.see("10:00:00", "105.5")
    for made in (first, second):
        world.engine.remove(made.id)
    world.engine.remove(first.id)
    world.add(leaf("price", ">", "106.5"))
    assert world.walk(["106.4", "106.6", "107.1"], "10:01") == [NONE, FIRED, FIRED]
    assert list(world.engine.conditions())[-1] == third


def test_order_within_a_quote_is_that_of_adding(world: World) -> None:
    """One leap through three levels rings in the order the conditions were added."""
    for level in ("105", "103", "104"):
        world.add(leaf("price", ">", level))
    world.see("09:30:00", "100")
    world.see("09:30:03", "106")
    assert [event.level for event in world.events] == [105.0, 103.0, 104.0]


def test_two_quotes_of_one_instrument_in_a_frame(world: World) -> None:
    """They are taken one after the other."""
    world.add(leaf("price", "crosses above", "105"))
    world.see("09:30:00", "100")
    events = world.take(
        world.quote("09:30:03", "106"), world.quote("09:30:04", "104"), world.quote("09:30:05", "106")
    )
    assert [event.ring for event in events] == [1, 2]


def test_more_than_65535_rings_and_patterns_fit(world: World) -> None:
    """Columns widen when two bytes are not enough."""
    made = world.add(leaf("price", ">", "105"), hysteresis="0")
    number = world.engine._columns.find(made.id)
    assert number is not None
    world.engine._columns.set_ring(number, 70_000)
    world.see("10:00:00", "106")
    assert world.events[0].ring == 70_001


def test_a_thousand_levels_are_passed_exactly(world: World) -> None:
    """A move rings exactly the levels it passes, in both directions, however many there are."""
    for step in range(1000):
        world.add(leaf("price", "crosses above", f"{100 + step / 100:.2f}"), hysteresis="0")
        world.add(leaf("price", "crosses below", f"{100 + step / 100:.2f}"), hysteresis="0")
    counts = [len(states) for states in world.walk(["100", "105", "103", "109.99", "100"])]
    assert counts == [0, 500, 199 + 1, 699, 999]


def test_prev_close_that_comes_late(world: World) -> None:
    """`change` is absent until the previous close is known, and follows it when it changes."""
    world.prev_close = None
    world.add(leaf("change", ">", "0.05"))
    assert world.see("10:00:00", "106") == NONE
    assert world.see("10:00:03", "106", prev_close="100") == FIRED
    assert world.see("10:00:06", "106", prev_close="104") == NONE
    assert [row.ring for row in world.steps[-1].armed] == [1]


def test_previous_close_from_the_stream() -> None:
    """Without a feed's figure or history, the previous session's last price serves."""
    world = World()
    world.add(leaf("change", ">", "0.05"))
    assert world.see("14:59:00", "100") == NONE
    assert world.see("09:30:00", "106", day="2025-11-27") == FIRED


def test_previous_close_from_history() -> None:
    """Without a feed's figure the last close of the previous session serves."""
    world = World({SYMBOL: history(["90", "100"])})
    world.add(leaf("change", ">", "0.05"))
    assert world.see("09:30:00", "106") == FIRED


def test_shares_from_a_quote_win(world: World) -> None:
    """market_cap moves from the feed's figure to the price axis when the shares become known."""
    world.add(leaf("market_cap", ">=", "1e9"))
    assert world.see("10:00:00", "100", market_cap=9.9e8) == NONE
    assert world.see("10:00:03", "100", market_cap=1e9) == FIRED
    assert world.events[0].value == 1e9
    assert world.see("10:00:06", "100", shares=9_000_000) == NONE
    assert world.walk(["111.111", "111.112"], "10:01", shares=9_000_000) == [NONE, FIRED]


def test_the_first_cent_of_610_billion() -> None:
    """With 1,111,117,000 shares it is 549.00."""
    world = World(instruments=[Instrument(symbol=SYMBOL, shares=1_111_117_000)], prev_close="479.66")
    world.add(leaf("market_cap", ">=", "610e9"))
    assert world.walk(["548.99", "549.00"]) == [NONE, FIRED]
    assert world.events[0].value == pytest.approx(610_003_233_000.0)
    assert world.events[0].level == 610e9


def test_seen_is_told_once(world: World) -> None:
    """A condition is reported at its first evaluation and never again."""
    made = world.add(leaf("price", ">", "105"))
    world.see("09:20:00", "100")
    assert not world.steps[-1].seen
    world.see("09:30:00", "100")
    assert [step.seen for step in world.steps] == [(), (made.id,)]
    world.see("09:30:03", "101")
    assert not world.steps[-1].seen


def test_identity_needs_no_level() -> None:
    """Two conditions of one text and different hysteresis are two."""
    one = condition(leaf("price", ">", "1"), text="price > 1")
    other = condition(leaf("price", ">", "1"), text="price > 1", hysteresis="0.01")
    world = World()
    world.engine.add(one)
    world.engine.add(other)
    assert [found.hysteresis for found in world.engine.conditions()] == [None, Decimal("0.01")]
