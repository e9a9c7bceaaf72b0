"""A restart with crossings that never rang: the last quote before it is the side they were left on."""

import pytest

from rules.model import Instrument, Kind, Leaf
from tests.rules.world import SYMBOL, World, condition, history, leaf

FIRED, NONE = ["fired"], list[str]()
CROSS = leaf("price", "crosses above", "105")
BOTH = leaf("price", "crosses", "105")


@pytest.fixture
def world() -> World:
    """One instrument with a flat history."""
    return World({SYMBOL: history(["100"] * 10)}, prev_close="100")


@pytest.mark.parametrize(
    ("root", "clock", "price", "now", "rings"),
    [
        (CROSS, "09:59:00", "104", "106", True),  # left beneath, found above
        (CROSS, "09:59:00", "106", "107", False),  # left above: it waits to be seen beneath
        (CROSS, "09:59:00", "104", "104.5", False),
        (BOTH, "09:59:00", "104", "106", True),
        (BOTH, "09:59:00", "106", "104", True),
        (BOTH, "09:59:00", "106", "107", False),
        (leaf("ma", "crosses above", None, 3), "09:59:00", "99", "106", True),
        (leaf("ma", "crosses above", None, 3), "09:59:00", "104", "106", False),
        (CROSS, "09:20:00", "104", "106", False),  # an auction's price is no side of a regular rule
    ],
)
def test_a_crossing_is_compared_with_the_side_it_was_left_on(
    world: World, root: Leaf, clock: str, price: str, now: str, *, rings: bool
) -> None:
    """A process before saw the condition and left this last quote: what it crossed since rings, once."""
    made = condition(root)
    world.engine.add(made, seen=True)
    world.engine.recall([world.quote(clock, price), world.quote(clock, price, "000001.SZ")])
    found = [event for event in world.take(world.quote("10:00:00", now)) if event.ring == 1]
    assert [event.away for event in found] == [True] * rings
    assert world.see("10:00:03", now) == NONE


def test_a_side_of_another_day_is_none(world: World) -> None:
    """Yesterday's last bar speaks at the open; in mid-session it is not known what was seen."""
    made = condition(CROSS)
    world.engine.add(made, seen=True)
    world.engine.recall([world.quote("14:59:00", "104", day="2025-11-25")])
    assert world.see("10:00:00", "106") == NONE


def test_a_coin_was_left_whenever_it_was() -> None:
    """Round the clock there is no open: the last quote is the side, of whatever day."""
    coin = "BTCUSDT.BINANCE"
    world = World(instruments=[Instrument(symbol=coin, kind=Kind.COIN, decimals=8)])
    made = condition(CROSS, coin)
    world.engine.add(made, seen=True)
    world.engine.recall([world.quote("09:59:00", "104", coin, day="2025-11-24")])
    assert world.see("10:00:00", "106", coin) == FIRED


def test_what_nobody_saw_was_left_nowhere(world: World) -> None:
    """A rule made while the program was away has no side."""
    world.engine.add(condition(CROSS))
    world.engine.recall([world.quote("09:59:00", "100")])
    assert world.see("10:00:00", "106") == NONE
