"""Rows of the store put back: after a start, after a resume, after an absence."""

from datetime import date, timedelta

import pytest

from rules.model import And, Condition, Frame, Leaf, Or
from rules.region import Absent
from rules.rings import Row
from tests.rules.world import CLOSE, DAY, OPEN, SYMBOL, World, condition, history, leaf, q

FIRED, NONE = ["fired"], list[str]()
LEVEL = leaf("price", ">", "105")
CROSS = leaf("price", "crosses above", "105")
AVERAGE = leaf("ma", "above", None, 5)
YESTERDAY = date(2025, 11, 25)


@pytest.fixture
def world() -> World:
    """One instrument with a flat history."""
    return World({SYMBOL: history(["100"] * 10)}, prev_close="100")


def row(made: Condition, state: str, ring: int = 1, session: date = DAY) -> Row:
    """A stored row whose ring was at the open."""
    return Row(condition=made.id, ring=ring, state=state, time=OPEN, session=session)


@pytest.mark.parametrize(
    ("root", "state", "expected"),
    [
        (LEVEL, "fired", NONE),
        (LEVEL, "armed", FIRED),
        (LEVEL, "idle", FIRED),
        (CROSS, "fired", NONE),
        (CROSS, "armed", FIRED),
        (CROSS, "idle", NONE),
        (AVERAGE, "withdrawn", ["provisional"]),
        (AVERAGE, "confirmed", NONE),
    ],
)
def test_a_stored_state_wins(world: World, root: Leaf, state: str, expected: list[str]) -> None:
    """The first quote finds it true: what rang stays, what was armed rings with the next number."""
    made = condition(root)
    world.engine.add(made, row=row(made, state, ring=7), seen=True)
    assert world.see("10:00:00", "106") == expected
    assert [event.ring for event in world.events] == [8] * len(expected)


@pytest.mark.parametrize(("root", "away"), [(LEVEL, True), (CROSS, False)])
def test_seen_but_never_rung(world: World, root: Leaf, away: bool) -> None:  # noqa: FBT001 - table
    """A state form rings while away; a crossing without a row waits to be seen false."""
    made = condition(root)
    world.engine.add(made, seen=True)
    assert world.see("10:00:00", "106") == (FIRED if away else NONE)
    assert [event.away for event in world.events] == [True] * len(world.events)
    assert not any(step.seen for step in world.steps)


def test_only_the_first_quote_rings_away(world: World) -> None:
    """What becomes true later is no ring of the absence."""
    made = condition(LEVEL)
    world.engine.add(made, seen=True)
    assert world.walk(["100", "106"], "10:00") == [NONE, FIRED]
    assert not world.events[0].away


def test_a_first_quote_not_newer_changes_nothing(world: World) -> None:
    """The store told that quote already; the next one is judged in full."""
    made = condition(LEVEL)
    world.engine.add(made, row=row(made, "fired"), seen=True)
    assert world.see("09:30:00", "100") == NONE
    assert not world.steps[-1].armed
    world.see("09:30:03", "100")
    assert [(found.ring, found.time) for found in world.steps[-1].armed] == [(1, OPEN)]


def test_yesterdays_ring_of_a_daily_signal_is_over(world: World) -> None:
    """`change > 5%` rang yesterday; today starts armed, and says so in the store."""
    made = condition(leaf("change", ">", "0.05"))
    stored = Row(condition=made.id, ring=4, state="fired", time=OPEN - timedelta(days=1), session=YESTERDAY)
    world.engine.add(made, row=stored, seen=True)
    assert world.see("10:00:00", "106") == FIRED
    assert [found.ring for found in world.steps[-1].armed] == [4]


def test_todays_ring_of_a_daily_signal_stands(world: World) -> None:
    """Restarted in the session in which it rang."""
    made = condition(leaf("change", ">", "0.05"))
    world.engine.add(made, row=row(made, "fired"), seen=True)
    assert world.see("10:00:00", "106") == NONE


def test_resume_equals_an_uninterrupted_run(world: World) -> None:
    """Advance to the cursor, restore the stored states, go on: the same events as without the break."""
    roots = [LEVEL, CROSS, AVERAGE, leaf("change", "<", "-0.01"), leaf("new high", "is", None, "day")]
    made = [condition(root) for root in roots]
    made.append(condition(And((LEVEL, leaf("price", "<", "107"))), text="both"))
    prices = (100, 99.9, 105.5, 106, 104, 98, 99.5, 105.2, 107.5, 106.5, 104.9, 98.7, 100.2, 105.1, 108)
    quotes = [
        world.quote(f"09:31:{index * 3:02}", price, high="108", low="98")
        for index, price in enumerate(prices)
    ]
    for cut in range(1, len(quotes)):
        whole, first = world.fresh(), world.fresh()
        for one in made:
            whole.add(one)
            first.add(one)
        frames = [Frame(market="SZ", received=quote.time, quotes=(quote,)) for quote in quotes]
        steps = [whole.take(frame) for frame in frames]
        rows = {}
        seen: set[str] = set()
        for step in steps[:cut]:
            seen.update(step.seen)
            told = [
                Row(condition=e.condition, ring=e.ring, state=e.state, time=e.time, session=e.session)
                for e in step.events
            ]
            rows.update({stored.condition: stored for stored in (*told, *step.armed)})
        for frame in frames[:cut]:
            first.advance(frame)
        first.restore(rows.values(), [*seen, "ffffffffffffffff"])
        again = [first.take(frame) for frame in frames[cut:]]
        expected = [[event.id for event in step.events] for step in steps[cut:]]
        assert [[event.id for event in step.events] for step in again] == expected, cut


def test_restore_forgets_what_the_advance_rang(world: World) -> None:
    """No row: the store never heard of a ring, so it is told now, while away."""
    made = world.add(LEVEL)
    world.see("10:00:00", "106")
    world.engine.restore((), [made.id])
    assert world.engine.last_ring(made.id) is None
    assert world.see("10:00:03", "106") == FIRED
    assert (world.events[-1].ring, world.events[-1].away) == (1, True)


def test_restore_arms_a_crossing_by_where_it_stands(world: World) -> None:
    """Without a row a crossing is armed if false now, else it waits."""
    false, true = world.add(leaf("price", "crosses above", "107")), world.add(CROSS)
    both = world.add(leaf("price", "crosses", "106.5"))
    world.walk(["100", "106"])
    world.engine.restore((), [false.id, true.id, both.id])
    assert world.see("10:00:00", "107.1") == FIRED * 2
    assert {event.condition for event in world.events[-2:]} == {false.id, both.id}


@pytest.mark.parametrize(
    ("verb", "expected"), [("crosses above", [NONE, NONE, FIRED]), ("crosses", [NONE, FIRED, NONE])]
)
def test_restore_of_a_composite_that_came_too_late_for_its_crossing(
    world: World, verb: str, expected: list[list[str]]
) -> None:
    """Made after the open it was seen and did not ring; walked over again it was there before the gap."""
    made = condition(Or((leaf("price", verb, "105"), leaf("price", "<", "99"))))
    world.pass_time("09:30:01")
    world.engine.add(made)
    assert world.walk(["106", "106.5"]) == [NONE, NONE]
    again = World(world.histories, prev_close="100")
    again.engine.add(made)
    for quote in (world.quote("09:30:00", "106"), world.quote("09:30:03", "106.5")):
        again.engine.advance(Frame(market="SZ", received=quote.time, quotes=(quote,)))
    again.engine.restore((), [made.id])
    assert again.walk(["106", "104", "106"], "09:31") == expected


def test_restore_keeps_provisional_rings_of_the_session(world: World) -> None:
    """A provisional ring of today awaits today's close."""
    made = world.add(AVERAGE)
    world.walk(["100", "101"])
    world.engine.restore([row(made, "provisional")], [made.id])
    assert world.pass_time("15:01") == ["confirmed"]


def test_a_provisional_of_today_met_after_a_restart(world: World) -> None:
    """The engine starts in the session of the ring: the close decides."""
    made = condition(AVERAGE)
    world.engine.add(made, row=row(made, "provisional"), seen=True)
    assert world.see("10:00:00", "101") == NONE
    assert world.pass_time("15:01") == ["confirmed"]
    assert world.events[0].ring == 1


def test_a_provisional_added_while_its_session_runs(world: World) -> None:
    """The instrument is known already when the condition is loaded."""
    world.see("09:30:00", "101")
    made = condition(AVERAGE)
    world.engine.add(made, row=row(made, "provisional"), seen=True)
    world.see("10:00:00", "99")
    assert [event.state.value for event in world.events] == ["withdrawn"]


@pytest.mark.parametrize(("close", "state"), [("101", "confirmed"), ("99", "withdrawn")])
@pytest.mark.parametrize("composite", [False, True])
def test_an_overdue_bar_is_decided_by_the_history(close: str, state: str, *, composite: bool) -> None:
    """The bar of the ring is in the history: decided at the first frame, by its close."""
    world = World({SYMBOL: history([*["100"] * 10, close])}, prev_close=close)
    root = And((AVERAGE, leaf("change", ">", "0.005"))) if composite else AVERAGE
    made = condition(root, text="x" if composite else "")
    stored = Row(
        condition=made.id, ring=2, state="provisional", time=OPEN - timedelta(days=1), session=YESTERDAY
    )
    world.engine.add(made, row=stored, seen=True)
    assert world.pass_time("09:00") == [state]
    (event,) = world.events
    assert (event.ring, event.session, event.time) == (2, YESTERDAY, CLOSE - timedelta(days=1))
    assert event.evidence == {"history": str(YESTERDAY)}
    assert world.pass_time("09:01") == NONE


def test_an_overdue_bar_nobody_knows_is_withdrawn() -> None:
    """The next session begins and no history has the bar."""
    world = World({}, prev_close="100")
    made, move = condition(AVERAGE), condition(leaf("move", ">", "0.02", timedelta(minutes=5)))
    for one in (made, move):
        stored = Row(condition=one.id, ring=2, state="provisional", time=OPEN, session=YESTERDAY)
        world.engine.add(one, row=stored, seen=True)
    assert world.pass_time("09:00") == NONE
    assert world.see("09:20:00", "9", "000001.SZ") == NONE
    assert world.see("09:31:00", "100") == ["withdrawn"] * 2
    assert "not known" in str(world.events[0].evidence["reason"])


def test_another_instruments_session_decides_nothing_here() -> None:
    """Two provisional rings of two instruments: each waits for its own session."""
    world = World({}, prev_close="100")
    made = [condition(AVERAGE), condition(AVERAGE, "000001.SZ")]
    for one in made:
        stored = Row(condition=one.id, ring=2, state="provisional", time=OPEN, session=YESTERDAY)
        world.engine.add(one, row=stored, seen=True)
    world.see("09:31:00", "100", "000001.SZ")
    assert [event.symbol for event in world.events] == ["000001.SZ"]
    world.see("09:31:03", "100")
    assert [event.symbol for event in world.events] == ["000001.SZ", SYMBOL]


def test_an_overdue_bar_of_a_signal_the_history_cannot_judge() -> None:
    """A window's move is in no day bar: unknown until the next session, then withdrawn."""
    world = World({SYMBOL: history(["100"] * 10)}, prev_close="100")
    made = condition(leaf("ma", "above", None, 60))
    stored = Row(condition=made.id, ring=2, state="provisional", time=OPEN, session=YESTERDAY)
    world.engine.add(made, row=stored, seen=True)
    assert world.pass_time("09:00") == NONE
    assert world.see("09:31:00", "100") == ["withdrawn"]


def test_an_overdue_bar_without_a_time_is_let_go(world: World) -> None:
    """A row that does not say when: nothing to tell, and armed."""
    made = condition(AVERAGE)
    world.engine.add(made, row=Row(condition=made.id, ring=2, state="provisional"), seen=True)
    assert world.see("09:31:00", "101") == ["provisional"]
    assert world.events[0].ring == 3


def test_a_removed_overdue_ring_is_forgotten(world: World) -> None:
    """Its condition is gone."""
    made = condition(AVERAGE)
    stored = Row(condition=made.id, ring=2, state="provisional", time=OPEN, session=YESTERDAY)
    world.engine.add(made, row=stored, seen=True)
    world.engine.remove(made.id)
    assert world.pass_time("09:00") == NONE


def test_rejoin_arms_what_is_false_now(world: World) -> None:
    """A rule joined a condition that rang: the hysteresis is not its own."""
    made = world.add(LEVEL)
    world.walk(["106", "104.9"])
    world.engine.rejoin(made.id)
    assert world.see("10:00:00", "105.1") == FIRED
    assert [found.ring for found in world.steps[-1].armed] == [1]
    world.engine.rejoin(made.id)
    world.engine.rejoin("ffffffffffffffff")
    assert world.see("10:00:03", "105.1") == NONE


def test_rejoin_withdraws_a_provisional(world: World) -> None:
    """False now: the ring is over, and its listeners are told."""
    made = world.add(AVERAGE)
    world.walk(["100", "101", "99.9"])
    world.engine.rejoin(made.id)
    assert world.see("10:00:00", "99.9") == ["withdrawn"]


def test_last_ring(world: World) -> None:
    """The event of the ring it is in, for whoever joins; none where it is armed or unknown."""
    made = world.add(LEVEL)
    assert world.engine.last_ring(made.id) is None
    assert world.engine.last_ring("ffffffffffffffff") is None
    world.walk(["100", "106"])
    assert world.engine.last_ring(made.id) == world.events[0]


@pytest.mark.parametrize(("root", "state"), [(LEVEL, "fired"), (AVERAGE, "provisional")])
def test_last_ring_of_a_restored_condition(world: World, root: Leaf, state: str) -> None:
    """Told again under its old number and quote time, with today's figures."""
    made = condition(root)
    world.engine.add(made, row=row(made, state, ring=5), seen=True)
    assert world.engine.last_ring(made.id) is None
    world.see("10:00:00", "106")
    event = world.engine.last_ring(made.id)
    assert event is not None
    assert (event.id, event.time, event.session) == (f"{made.id}:5:{state}", OPEN, DAY)
    assert (event.price, event.value) == (q("106"), 106.0)


def test_last_ring_where_the_history_is_gone() -> None:
    """Today's level is unknown; the ring is told all the same."""
    world = World({}, prev_close="100")
    made = condition(AVERAGE)
    world.engine.add(made, row=row(made, "confirmed"), seen=True)
    world.see("10:00:00", "106")
    event = world.engine.last_ring(made.id)
    assert event is not None
    assert (event.level, event.level_price, event.value) == (None, None, 106.0)
    lane = world.engine._placement.lane(0)
    assert world.engine._placement.ways(0, Absent("no history"), lane) == (None, None)


def test_last_ring_of_a_composite(world: World) -> None:
    """With the leaf that decided."""
    made = world.add(And((LEVEL, leaf("change", "<", "0.09"))), text="both")
    world.walk(["100", "106"])
    event = world.engine.last_ring(made.id)
    assert event is not None
    assert event.signal == "price"


def test_last_quote(world: World) -> None:
    """The newest, in or out of session; none for what was never quoted."""
    world.add(LEVEL)
    assert world.engine.last(SYMBOL) is None
    assert world.engine.last("000001.SZ") is None
    world.see("11:29:59", "106")
    world.see("12:00:00", "107")
    assert world.engine.last(SYMBOL) == world.quote("12:00:00", "107")
    world.see("13:00:00", "105")
    assert world.engine.last(SYMBOL) == world.quote("13:00:00", "105")


def test_what_is_held_is_counted(world: World) -> None:
    """Bytes of columns and of instruments."""
    before = world.engine.bytes_held()
    for level in range(100, 200):
        world.add(leaf("price", ">", str(level)))
    world.see("10:00:00", "50")
    after = world.engine.bytes_held()
    assert after[0] - before[0] > 100 * 40
    assert after[1] > before[1]


def test_a_restored_crossing_that_rings_is_confirmed(world: World) -> None:
    """Walked over again it looks as if it had waited; the stored row says that it rang."""
    made = world.add(leaf("ma", "crosses above", None, 5))
    world.walk(["100", "101"])
    rows = [row(made, "provisional", ring=3)]
    world.engine.restore(rows, [made.id])
    assert world.see("10:00:00", "101") == NONE
    assert world.pass_time("15:01") == ["confirmed"]


def test_what_a_joining_rearmed_is_forgotten_with_its_condition(world: World) -> None:
    """The next frame says nothing about what nobody has any more; others keep their words."""
    made, kept = world.add(LEVEL), world.add(AVERAGE)
    world.walk(["106", "99.9"])
    for one in (made, kept):
        world.engine.rejoin(one.id)
    world.engine.remove(made.id)
    assert world.pass_time("10:00") == ["withdrawn"]
    assert world.events[-1].condition == kept.id
    assert not world.steps[-1].armed
