"""What is not there: halted shares, new listings, hours nobody watched; nothing is made up in between."""

from datetime import date

import pytest

from rules.language import parse
from rules.model import Instrument, Leaf, Phase
from rules.rings import Row
from tests.rules.world import DAY, SYMBOL, World, at, condition, history, leaf

FIRED, NONE = ["fired"], list[str]()
LEVEL = leaf("price", ">", "105")
EVE = date(2025, 11, 25)
FIRST = (LEVEL, leaf("record high", "is"), leaf("ma", "above", None, 5))


@pytest.mark.parametrize(
    "root",
    [
        LEVEL,
        leaf("change", ">", "0.05"),
        leaf("price", "crosses above", "105"),
        leaf("new high", "is", None, "day"),
    ],
)
def test_a_halted_quote_neither_rings_nor_rearms(root: Leaf) -> None:
    """Whatever price it carries; the first trade after the halt is judged against what was true before."""
    world = World({SYMBOL: history(["100"])}, prev_close="100")
    world.add(root)
    world.see("10:00:00", "104")
    assert world.see("10:00:03", "107", phase=Phase.HALTED, status="halted") == NONE
    assert world.see("10:30:00", "107") == FIRED
    assert world.see("10:30:03", "90", phase=Phase.HALTED) == NONE
    assert world.see("10:30:06", None) == NONE
    assert world.see("11:00:00", "107") == NONE  # a halt is no way back
    assert world.steps[-1].armed == ()


def test_a_share_halted_all_day_keeps_its_day_open() -> None:
    """No bar, no session, no word; the next day goes on from the last close that there was."""
    world = World({SYMBOL: history(["100"])}, prev_close="100")
    world.add(leaf("record high", "is"))
    world.see("10:00:00", "100", phase=Phase.HALTED)
    world.pass_time("15:05:00")
    assert world.see("10:00:00", "100", day="2025-11-27", phase=Phase.HALTED) == NONE
    assert world.see("10:00:00", "100.5", day="2025-11-28") == FIRED
    assert world.events[0].session == date(2025, 11, 28)


def test_a_new_listing_has_what_its_first_day_gives_it() -> None:
    """No history: records and averages are absent, prices and the day's extremes are not."""
    world = World(instruments=[Instrument(symbol=SYMBOL, listed=DAY)])
    names = {world.add(root).id: root.signal for root in FIRST}
    extreme = world.add(leaf("new high", "is", None, "day"))
    assert world.see("10:00:00", "104") == NONE
    assert world.see("10:00:03", "106") == ["fired", "fired"]
    assert {event.condition for event in world.events} == {
        extreme.id,
        *(n for n, s in names.items() if s == "price"),
    }
    reasons = {names[n]: found.reason for n in names if (found := world.engine.explain(n))}
    assert reasons == {"price": "", "record high": "no history", "ma": "no history"}
    world.see("15:00:00", "105.5")
    world.pass_time("15:05:00")
    morning = {"day": "2025-11-27", "prev_close": "105.5"}
    assert world.see("10:00:00", "106.5", **morning) == FIRED  # the stream's first bar is a history of one
    assert world.events[-1].signal == "record high"
    late = world.engine.explain(next(n for n, s in names.items() if s == "ma"))
    assert late is not None
    assert late.reason == "4 daily bars needed, 1 known"


@pytest.mark.parametrize(("price", "states", "away"), [("106", FIRED, True), ("104", NONE, None)])
def test_a_crossing_that_was_armed_is_compared_with_that_side(
    price: str, states: list[str], *, away: bool | None
) -> None:
    """The store says it was armed, so it was beneath: above now, it crossed while nobody watched."""
    world = World({SYMBOL: history(["100"])}, prev_close="100")
    made = condition(leaf("price", "crosses above", "105"))
    row = Row(condition=made.id, ring=1, state="armed", time=at("09:31"), session=DAY)
    world.engine.add(made, row=row, seen=True)
    assert world.see("10:00:00", price) == states
    assert [event.away for event in world.events] == ([] if away is None else [away])


def test_an_ex_date_while_nobody_watched_is_no_crossing() -> None:
    """The stored side was beneath 560, which is 400 today: 405 is above it, 395 is still beneath."""
    resolve = {SYMBOL: Instrument(symbol=SYMBOL)}.get
    made = parse(f"{SYMBOL} price > 560 | as of 2025-11-25", resolve).condition
    for price, states in (("405", FIRED), ("395", NONE)):
        world = World({SYMBOL: history(["500", "560"])}, prev_close="400")
        row = Row(
            condition=made.id,
            ring=1,
            state="armed",
            time=at("14:00", date(2025, 11, 25)),
            session=date(2025, 11, 25),
        )
        world.engine.add(made, row=row, seen=True)
        assert world.see("10:00:00", price) == states
        assert all(event.away for event in world.events)
        assert len([notice for step in world.steps for notice in step.notices]) == 1


def test_after_a_gap_in_the_feed_the_first_quote_touches_nothing() -> None:
    """Its extremes may be of the time nobody saw; its price is judged."""
    world = World({SYMBOL: history(["100"])}, prev_close="100")
    world.add(LEVEL)
    beyond = world.add(leaf("price", ">", "106.5"))
    world.see("10:00:00", "104", high="104", low="100")
    world.engine.reconnected("SZ")
    assert world.see("10:05:00", "104", high="106", low="100") == NONE
    assert world.see("10:05:03", "104", high="107", low="100") == FIRED
    assert [(event.condition, event.touched) for event in world.events] == [(beyond.id, True)]
