"""The thirteen operators of the best-known alert page, each in the language, on a walk it rings on."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from rules.language import canonical, parse
from rules.model import Instrument, Mode
from tests.rules.world import SYMBOL, World

STOCK = Instrument(symbol=SYMBOL)


@dataclass(frozen=True)
class Operator:
    """What the page calls it, how it is said here, and which quotes of a walk ring."""

    name: str
    text: str
    walk: tuple[str, ...]
    rings: tuple[int, ...]


# Quotes a minute apart from the open; re-arming takes 0.2 % of a price, 0.2 points, 2 % of an amount.
OPERATORS = (
    Operator("Crossing", "price crosses 100", ("99", "100", "101", "100.5", "98"), (2, 4)),
    Operator("Crossing Up", "price crosses above 100", ("101", "99", "100", "100.01", "99", "101"), (3, 5)),
    Operator("Crossing Down", "price crosses below 100", ("99", "101", "100", "99.99", "101", "99"), (3, 5)),
    Operator("Greater Than", "price > 100", ("101", "100", "99", "100", "100.01"), (0, 4)),
    Operator("Less Than", "price < 100", ("99", "100", "101", "100", "99.99"), (0, 4)),
    Operator("Entering Channel", "price enters (95, 105)", ("100", "106", "105", "90", "100"), (2, 4)),
    Operator("Exiting Channel", "price leaves (95, 105)", ("100", "105.01", "100", "94"), (1, 3)),
    Operator("Inside Channel", "price inside (95, 105)", ("100", "106", "105", "94", "95"), (0, 2, 4)),
    Operator(
        "Outside Channel", "price outside (95, 105)", ("106", "100", "105", "105.01", "100", "94"), (0, 3, 5)
    ),
    Operator(
        "Moving Up", "move_by(5m) >= 2.5", ("100", "101", "102.49", "102.5", "102.6", "101", "103.5"), (3, 6)
    ),
    Operator(
        "Moving Down", "move_by(5m) <= -2.5", ("100", "99", "97.51", "97.5", "97", "99.9", "96.4"), (3, 6)
    ),
    Operator(
        "Moving Up %", "move(5m) >= 2%", ("100", "101", "101.99", "102", "102.5", "101", "103.5"), (3, 6)
    ),
    Operator("Moving Down %", "move(5m) <= -2%", ("100", "99", "98.01", "98", "97.5", "99", "96.5"), (3, 6)),
)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_an_operator_rings_where_it_should(operator: Operator) -> None:
    """Crossings are seen on the other side first, states ring at once; back and again rings again."""
    world = World(prev_close=operator.walk[0])  # yesterday's close was on the walk's first side
    line = parse(f"{SYMBOL} {operator.text}", {SYMBOL: STOCK}.get)
    assert canonical(line) == f"{SYMBOL} {operator.text}"
    world.engine.add(line.condition)
    rang = [
        at
        for at, price in enumerate(operator.walk)
        if world.see(f"09:{30 + at}:00", price, open=operator.walk[0])
    ]
    assert tuple(rang) == operator.rings


def test_there_are_thirteen() -> None:
    """None is left out, none twice."""
    assert len({operator.name for operator in OPERATORS}) == len(OPERATORS) == 13


@pytest.mark.parametrize(
    ("said", "mode", "every"),
    [
        ("once", Mode.ONCE, None),
        ("every 1m", Mode.EVERY, timedelta(minutes=1)),
        ("daily", Mode.DAILY, None),
    ],
)
def test_its_modes(said: str, mode: Mode, every: timedelta | None) -> None:
    """Only once, once per minute; an expiry beside any of them."""
    line = parse(f"{SYMBOL} price > 100 | {said} until 2026-12-31", {SYMBOL: STOCK}.get)
    assert (line.mode, line.options.every, str(line.options.until)) == (mode, every, "2026-12-31")
