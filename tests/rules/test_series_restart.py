"""Minute bars after a restart: rings of bars that ended meanwhile, that run still, that nobody knows."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from rules.model import And, Condition, Frame, Minutes, Node, Not
from rules.rings import Row, Step
from tests.rules.test_series import (
    ABOVE,
    FIVE,
    MINUTE,
    WIDE,
    YESTERDAY,
    evening,
    known,
    minutes,
    series_of,
    told,
)
from tests.rules.world import CLOSE, DAY, World, at, condition, leaf

P, C, W, NONE = ["provisional"], ["confirmed"], ["withdrawn"], list[str]()
QUARTER = timedelta(minutes=15)


@pytest.fixture
def world() -> World:
    """One instrument that closed at 100 yesterday."""
    return World(prev_close="100")


def row(made: Condition, clock: str, state: str = "provisional", day: date = DAY) -> Row:
    """A stored ring."""
    return Row(condition=made.id, ring=3, state=state, time=at(clock, day), session=day)


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ([minutes(("09:40", 100), ("09:45", 101), ("09:49", 102))], C),
        ([minutes(("09:40", 100), ("09:45", 101), ("09:49", 99))], W),
        ([minutes(("09:40", 100))], W),
        ([], W),
    ],
)
@pytest.mark.parametrize("composite", [False, True])
def test_a_bar_that_ended_meanwhile_is_decided_by_what_is_known_of_it(
    world: World, parts: Sequence[Minutes], state: list[str], *, composite: bool
) -> None:
    """By its close in the bars known outside, at once; else withdrawn as not known."""
    if parts:
        known(world, *parts)
    root: Node = And((ABOVE, Not(leaf("price", ">", "500")))) if composite else ABOVE
    made = condition(root, text="c")
    world.engine.add(made, row=row(made, "09:46"), seen=True)
    assert world.see("09:52", "90") == state
    (event,) = world.events
    assert (event.ring, event.time, event.session) == (3, at("09:50"), DAY)
    is_known = bool(parts) and len(parts[0].begins) > 1
    assert ("not known" in str(event.evidence.get("reason"))) is not is_known


def test_a_part_on_smaller_bars_is_judged_by_the_one_that_ended_with_the_larger(world: World) -> None:
    """Fifteen minutes closed at 102, its last five too; where these had no quote nothing is known."""
    parts = (ABOVE, leaf("ma", "above", None, 2, QUARTER))
    made = condition(And(parts), text="c")
    for last, said in (("09:59", C), ("09:50", W)):
        known(world, minutes(("09:30", 100), ("09:45", 101), ("09:54", 101), (last, 102)))
        world.engine.add(made, row=row(made, "09:46"), seen=True)
        assert world.see("10:02", "90") == said
        assert world.events[-1].time == at("10:00")


def test_a_resumed_bar_that_is_over_is_decided_by_the_bars_of_the_stream(world: World) -> None:
    """The word of its end did not reach the store before the break."""
    made = world.add(ABOVE)
    world.see("09:30", "100")
    world.see("09:36", "101")
    world.see("09:40", "99")
    world.engine.restore([row(made, "09:36")], [made.id])
    assert world.see("09:41", "99") == C
    assert (world.events[-1].time, world.events[-1].ring) == (at("09:40"), 3)


def test_a_restart_in_the_next_session_knows_nothing_of_yesterdays_figures(world: World) -> None:
    """A part on day bars of another day cannot be judged; one on minutes can."""
    bars = minutes(("14:50", 100), ("14:55", 101), ("14:59", 102), day=YESTERDAY)
    known(world, bars)
    parts = (ABOVE, leaf("change", ">", "0.01"))
    made = [condition(ABOVE), condition(And(parts), text="c")]
    for one in made:
        world.engine.add(one, row=row(one, "14:56", day=YESTERDAY), seen=True)
    assert world.pass_time("09:20") == NONE
    assert world.see("09:30", "90") == C + W
    assert {event.time for event in world.events} == {CLOSE - timedelta(days=1)}


def test_without_a_quote_market_time_decides(world: World) -> None:
    """The instrument is halted: time itself says that the bar is over."""
    made = condition(ABOVE)
    world.engine.add(made, row=row(made, "09:46"), seen=True)
    assert world.pass_time("09:50:59") == NONE
    assert world.pass_time("09:51:00") == NONE
    assert world.pass_time("09:51:01") == W


def test_a_bar_that_runs_is_awaited(world: World) -> None:
    """Restarted within it: truth at its end decides."""
    known(world, minutes(("09:40", 100), ("09:45", 101)))
    made = condition(ABOVE)
    world.engine.add(made, row=row(made, "09:46"), seen=True)
    assert world.see("09:47", "101") == NONE
    assert told(world, made).state == "provisional"
    assert world.see("09:50", "101") == C
    assert world.events[-1].ring == 3


def test_a_bar_that_runs_and_nobody_knows_is_withdrawn_at_its_end() -> None:
    """Neither its history nor, in the second world, a quote of it."""
    for clocks in (["09:47", "09:50"], ["09:50"]):
        fresh = World(prev_close="100")
        made = condition(ABOVE)
        fresh.see("09:46:30", "100")
        fresh.engine.add(made, row=row(made, "09:46"), seen=True)
        said = [fresh.see(clock, "101") for clock in clocks]
        assert said[-1] == W
        assert fresh.events[-1].evidence["reason"] == "1 5m bars needed, 0 known"


def test_a_bar_awaited_between_two_others_leaves_the_scale_alone() -> None:
    """Another rule's bars are of this session already: an ex-date has scaled what is older, once."""
    fresh = World(prev_close="50")
    fresh.add(WIDE)
    for clock in ("14:50", "14:55"):
        fresh.see(clock, "100", day="2025-11-25", prev_close="100")
    for clock in ("09:30", "09:35"):
        fresh.see(clock, "50")
    fresh.pass_time("09:41")
    made = condition(ABOVE)
    fresh.engine.add(made, row=row(made, "09:40:30"), seen=True)
    assert fresh.pass_time("09:46") == W  # nobody quoted, so there is no bar
    fresh.see("09:47", "50")
    assert series_of(fresh).daily().close.tolist() == [50_000.0] * 4


def test_what_each_bar_decides_anew_is_armed_after_a_restart(world: World) -> None:
    """A range that rang in an earlier bar can ring in this one, one of this bar cannot."""
    known(world, minutes(("09:30", 100), ("09:35", 100), ("09:40", 100), ("09:45", 100), ("09:50", 100)))
    wide, now = (condition(leaf("range", ">=", level, 1, FIVE)) for level in ("2", "3"))
    world.engine.add(wide, row=row(wide, "09:46", "fired"), seen=True)
    world.engine.add(now, row=row(now, "09:51", "fired"), seen=True)
    assert world.see("09:51:03", "101") == ["fired"]
    assert world.see("09:51:06", "101.5") == NONE
    assert (world.events[-1].condition, world.events[-1].ring) == (wide.id, 4)


def test_only_the_first_bar_after_a_start_rings_while_away(world: World) -> None:
    """A condition seen before that has bars enough an hour later became true then."""
    made = condition(ABOVE)
    world.engine.add(made, seen=True)
    world.see("09:31", "100")
    world.see("09:35", "100")
    assert world.see("09:40", "101") == P
    assert not world.events[-1].away
    known(world, evening())
    world.engine.add(made, seen=True)
    assert world.see("09:30", "101") == P
    assert world.events[-1].away


ROOTS: tuple[Node, ...] = (
    ABOVE, WIDE, leaf("ma", "reclaim", None, 2, MINUTE), leaf("range", ">", "1.5", 1, MINUTE),
    leaf("ma", "crosses below", None, 2, MINUTE), leaf("rsi", ">", "60", 2, MINUTE),
    And((ABOVE, leaf("price", ">", "100.5"))),
)  # fmt: skip
PRICES = (100, 99.9, 101, 100.4, 99, 100.2, 101.5, 100.1, 99.5, 102, 100.6, 99.9, 101.2, 98, 100.3, 103, 99)


def stored(steps: Sequence[Step]) -> tuple[list[Row], set[str]]:
    """The rows and marks that these steps leave in the store: a lower ring never over a higher one."""
    rows: dict[str, Row] = {}
    for step in steps:
        said = [
            Row(condition=e.condition, ring=e.ring, state=e.state, time=e.time, session=e.session)
            for e in step.events
        ]
        for one in (*said, *step.armed):
            if one.ring >= rows.get(one.condition, one).ring:
                rows[one.condition] = one
    return list(rows.values()), {name for step in steps for name in step.seen}


def test_resume_equals_an_uninterrupted_run(world: World) -> None:
    """Advance to the cursor, restore the stored states, go on: the same events as without the break."""
    made = [condition(root, text=str(at)) for at, root in enumerate(ROOTS)]
    quotes = [world.quote(f"09:{30 + at // 2}:{at % 2 * 25:02}", price) for at, price in enumerate(PRICES)]
    frames = [Frame(market="SZ", received=quote.time, quotes=(quote,)) for quote in quotes]
    for cut in range(1, len(quotes)):
        whole, first = world.fresh(), world.fresh()
        for one in made:
            whole.add(one)
            first.add(one)
        steps = [whole.take(frame) for frame in frames]
        for frame in frames[:cut]:
            first.advance(frame)
        first.restore(*stored(steps[:cut]))
        again = [first.take(frame) for frame in frames[cut:]]
        expected = [[event.id for event in step.events] for step in steps[cut:]]
        assert [[event.id for event in step.events] for step in again] == expected, cut
