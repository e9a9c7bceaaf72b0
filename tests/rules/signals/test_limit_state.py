"""Limit states through the engine: rings, returns, evidence, streaks, the orders behind a seal."""

from datetime import timedelta
from typing import Any

import pytest

from rules.limits import NO_LIMIT
from rules.model import Instrument
from rules.region import Inputs
from rules.signals.first_seal import FirstUp
from rules.signals.limit_streak import AmongUp, StreakUp
from tests.rules.world import World, history, leaf, q

FIRED, NONE = ["fired"], list[str]()
CODE = "600000.SH"
SEALED, OPENED = leaf("limit up", "sealed"), leaf("limit up", "opened")


def at_limit(size: float | None = 1e6, **fields: Any) -> dict[str, Any]:
    """A book with buyers at 11.00 alone."""
    return {"bid": q("11", CODE), "ask": None, "bid_size": size, **fields}


def off(**fields: Any) -> dict[str, Any]:
    """A book about 10.95."""
    return {"bid": q("10.94", CODE), "ask": q("10.96", CODE), "bid_size": 100.0, "ask_size": 100.0, **fields}


@pytest.fixture
def world() -> World:
    """Previous close 10.00, so limits 11.00 and 9.00."""
    return World(prev_close="10")


def test_sealed_in_two_snapshots(world: World) -> None:
    """The second of two rings, and says when the seal began; opened it is armed again."""
    world.add(SEALED, CODE)
    assert world.see("09:31:00", "11", CODE, **at_limit()) == NONE
    assert world.see("09:31:03", "11", CODE, **at_limit()) == FIRED
    (event,) = world.events
    assert event.evidence == {"limit": 11.0, "first_seal": "2025-11-26T01:31:00+00:00", "openings": 0.0}
    assert event.direction.value == "up"
    assert world.see("09:31:06", "10.95", CODE, **off()) == NONE
    assert world.steps[-1].armed == ()
    assert world.see("09:31:09", "10.95", CODE, **off()) == NONE
    assert len(world.steps[-1].armed) == 1


def test_no_book_no_seal(world: World) -> None:
    """A feed without bids and offers cannot say so."""
    world.add(SEALED, CODE)
    for second in range(5):
        assert world.see(f"09:31:0{second}", "11", CODE) == NONE


def test_opened_and_sealed_again(world: World) -> None:
    """A seal of a minute that is left for two snapshots was opened; a new seal is one sealed again."""
    again, often = leaf("limit up", "resealed"), leaf("limit openings", ">=", "2")
    for one in (OPENED, again, often):
        world.add(one, CODE)
    world.see("09:30:00", "10.5", CODE, **off())
    world.see("09:31:00", "11", CODE, **at_limit())
    world.see("09:31:03", "11", CODE, **at_limit())
    assert world.see("09:32:00", "10.95", CODE, **off()) == NONE
    assert world.see("09:32:03", "10.95", CODE, **off()) == FIRED
    assert world.events[-1].signal == "limit up"
    assert world.events[-1].direction.value == "down"
    assert world.see("09:33:00", "11", CODE, **at_limit()) == NONE
    assert world.see("09:33:03", "11", CODE, **at_limit()) == FIRED
    assert world.see("09:35:00", "10.95", CODE, **off()) == NONE
    assert sorted(world.see("09:35:03", "10.95", CODE, **off())) == ["fired", "fired"]
    assert {event.text for event in world.events[-2:]} == {repr(OPENED), repr(often)}
    assert world.events[-1].evidence["openings"] == 2.0


def test_the_first_seal_is_once_a_day_and_has_a_time(world: World) -> None:
    """Ten minutes after the open to the second; what opens and is sealed again is no first seal."""
    ten, nine = timedelta(minutes=10), timedelta(minutes=9)
    for one in (
        leaf("first seal", "is"),
        leaf("first seal", "is", None, ten),
        leaf("first seal", "is", None, nine),
    ):
        world.add(one, CODE)
    assert world.see("09:30:00", "10.5", CODE, **off()) == NONE
    assert world.see("09:40:00", "11", CODE, **at_limit()) == NONE
    assert world.see("09:40:03", "11", CODE, **at_limit()) == FIRED * 2
    assert {event.text for event in world.events} == {
        repr(leaf("first seal", "is")),
        repr(leaf("first seal", "is", None, ten)),
    }
    assert world.events[0].evidence["first_seal"] == "2025-11-26T01:40:00+00:00"
    world.see("09:45:00", "10.95", CODE, **off())
    world.see("09:45:03", "10.95", CODE, **off())
    world.see("09:50:00", "11", CODE, **at_limit())
    assert world.see("09:50:03", "11", CODE, **at_limit()) == NONE
    book = {"bid": q("12.1", CODE), "bid_size": 1e5, "day": "2025-11-27", "prev_close": "11"}
    world.see("09:31:00", "12.1", CODE, **book)
    assert world.see("09:31:03", "12.1", CODE, **book) == FIRED * 3


def test_the_first_seal_below(world: World) -> None:
    """At the lower limit; where no limit is known nothing is."""
    down = {"bid": None, "ask": q("9", CODE), "ask_size": 5e5}
    world.add(leaf("first seal down", "is"), CODE)
    world.see("09:31:00", "9", CODE, **down)
    assert world.see("09:31:03", "9", CODE, **down) == FIRED
    assert world.events[0].direction.value == "down"
    assert (
        FirstUp().boundaries(leaf("first seal", "is"), Inputs(instrument=Instrument(symbol=CODE))) is NO_LIMIT
    )


def test_a_short_seal_opens_nothing(world: World) -> None:
    """59 seconds are no minute."""
    world.add(OPENED, CODE)
    world.see("09:31:00", "11", CODE, **at_limit())
    world.see("09:31:03", "11", CODE, **at_limit())
    world.see("09:31:59", "10.95", CODE, **off())
    assert world.see("09:32:02", "10.95", CODE, **off()) == NONE


def test_opened_must_be_seen_closed_first(world: World) -> None:
    """A rule made after the opening waits for the next one; a state rings at once."""
    world.see("09:31:00", "11", CODE, **at_limit())
    world.add(SEALED, CODE)
    world.see("09:31:03", "11", CODE, **at_limit())
    assert world.see("09:31:06", "11", CODE, **at_limit()) == FIRED


def test_lower_limit(world: World) -> None:
    """Sellers at 9.00 and no buyers."""
    down = {"bid": None, "ask": q("9", CODE), "ask_size": 5e5}
    world.add(leaf("limit down", "sealed"), CODE)
    world.add(leaf("seal down", ">=", "4500000"), CODE)
    world.add(leaf("limit_streak down", ">=", "1"), CODE)
    assert world.see("09:31:00", "9", CODE, **down) == NONE
    assert world.see("09:31:03", "9", CODE, **down) == ["fired", "fired"]
    assert next(event.evidence for event in world.events)["limit"] == 9.0


def test_one_price(world: World) -> None:
    """At the limit from the open on; one other trade and it is no such board for the day."""
    world.add(leaf("limit up", "one price"), CODE)
    assert world.see("09:30:00", "11", CODE, **at_limit()) == FIRED
    assert world.see("09:40:00", "10.99", CODE, **off()) == NONE
    assert len(world.steps[-1].armed) == 1
    assert world.see("09:41:00", "11", CODE, **at_limit()) == NONE
    assert world.see("09:30:00", "12.1", CODE, day="2025-11-27", prev_close="11") == FIRED


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"low": "10.99", "high": "11", "open": "11"}, NONE),
        ({"low": "11", "high": "11", "open": "11"}, FIRED),
        ({}, NONE),
    ],
)
def test_one_price_joined_late(world: World, fields: dict[str, str], wanted: list[str]) -> None:
    """The day's low tells what came before; without one nobody knows."""
    world.add(leaf("limit up", "one price"), CODE)
    world.pass_time("10:00", market="SH")
    assert world.see("10:00:03", "11", CODE, **fields) == wanted


def test_one_price_below(world: World) -> None:
    """At the lower limit the day's high tells."""
    world.add(leaf("limit down", "one price"), CODE)
    assert world.see("10:00:00", "9", CODE, open="9", low="9", high="9.01") == NONE


def test_streaks() -> None:
    """Two closes at the limit and today's seal are three; n days m limits need no row."""
    past = history(["8", "8.80", "8.80", "9.68", "10.65"], CODE)
    world = World({CODE: past}, prev_close="10.65")
    for one in (
        leaf("limit_streak", ">=", "3"),
        leaf("limits", ">=", "4", "5d"),
        leaf("limits", ">=", "3", "3d"),
        leaf("limits", ">=", "1", "6d"),
    ):
        world.add(one, CODE)
    book = {"bid": q("11.72", CODE), "bid_size": 1.0}
    assert world.see("09:31:00", "11.72", CODE, **book) == NONE
    assert world.see("09:31:03", "11.72", CODE, **book) == ["fired"] * 3
    assert {(event.signal, event.value) for event in world.events} == {
        ("limit_streak", 3.0),
        ("limits(5d)", 4.0),
        ("limits(3d)", 3.0),
    }


def test_streaks_need_history(world: World) -> None:
    """Without bars nothing is known; what they want is said."""
    world.add(leaf("limits", ">=", "0", "5d"), CODE)
    world.add(leaf("limit_streak", ">=", "0"), CODE)
    assert world.see("09:31:00", "10", CODE, **off()) == NONE
    assert (StreakUp().need(()), AmongUp().need(("5d",))) == (30, 5)


def test_the_orders_behind_a_seal() -> None:
    """Worth, part of the float, and half of them gone within three minutes."""
    world = World(instruments=[Instrument(symbol=CODE)], prev_close="10")
    for one in (
        leaf("seal", ">", "11000000"),
        leaf("seal_ratio", ">=", "0.01"),
        leaf("seal", "halved"),
    ):
        world.add(one, CODE)
    float_shares = {"float_shares": 100_000_000}
    world.see("09:31:00", "11", CODE, **at_limit(1e6, **float_shares))
    assert world.see("09:31:03", "11", CODE, **at_limit(1e6, **float_shares)) == FIRED  # 1 % sharp
    assert world.see("09:31:06", "11", CODE, **at_limit(1_000_001.0, **float_shares)) == FIRED
    assert world.events[-1].value == pytest.approx(11_000_011)
    assert world.see("09:34:00", "11", CODE, **at_limit(600_000.0, **float_shares)) == NONE
    assert world.see("09:34:06", "11", CODE, **at_limit(500_000.0, **float_shares)) == FIRED
    assert world.events[-1].evidence == {"most": 1_000_001.0, "shares": 500_000.0}
    assert world.see("09:34:09", "11", CODE, **at_limit(500_000.0, **float_shares)) == NONE
    assert len(world.steps[-1].armed) == 1  # 600,000 is the most of three minutes now


def test_orders_that_nobody_can_tell(world: World) -> None:
    """No size, no float, an auction's print: absent, neither true nor false."""
    world.add(leaf("seal", "<", "1"), CODE)
    world.add(leaf("seal_ratio", "<", "1"), CODE)
    world.add(leaf("seal", "halved"), CODE)
    assert world.see("09:31:00", "11", CODE, **at_limit(None)) == FIRED  # not sealed yet: nothing
    assert world.see("09:31:03", "11", CODE, **at_limit(None)) == NONE
    world.engine = world.fresh()
    world.add(leaf("seal", "<", "1"), CODE)
    assert world.see("14:58:00", "11", CODE, **at_limit(1.0, ask=q("11", CODE))) == NONE


def test_an_opening_is_no_halving(world: World) -> None:
    """The first snapshot off the limit empties what was counted."""
    world.add(leaf("seal", "halved"), CODE)
    world.see("09:31:00", "11", CODE, **at_limit(1e6))
    world.see("09:31:03", "11", CODE, **at_limit(1e6))
    assert world.see("09:31:06", "10.95", CODE, **off()) == NONE
    assert world.see("09:31:09", "11", CODE, **at_limit(1e5)) == NONE
    assert world.see("09:31:12", "11", CODE, **at_limit(4e4)) == FIRED


def test_each_day_has_its_own_seals(world: World) -> None:
    """A stock sealed two days running rings on both, from its second snapshot of the day."""
    world.add(SEALED, CODE)
    world.add(leaf("seal", "halved"), CODE)
    world.see("14:50:00", "11", CODE, **at_limit())
    assert world.see("14:50:03", "11", CODE, **at_limit()) == FIRED
    book = {"bid": q("12.1", CODE), "bid_size": 1e5, "day": "2025-11-27", "prev_close": "11"}
    assert world.see("09:30:00", "12.1", CODE, **book) == NONE
    assert world.see("09:30:03", "12.1", CODE, **book) == FIRED
    assert world.events[-1].evidence["first_seal"] == "2025-11-27T01:30:00+00:00"
