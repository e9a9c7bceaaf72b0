"""The trading at the closing price: who takes part, and which rules hear it."""

from dataclasses import replace

import pytest

from rules.fixed import phase_of
from rules.model import Condition, Phase, SessionKind
from tests.rules.world import World, leaf


@pytest.mark.parametrize(
    ("symbol", "after"),
    [
        ("688256.SH", Phase.AFTER_HOURS),
        ("689009.SH", Phase.AFTER_HOURS),
        ("300308.SZ", Phase.AFTER_HOURS),
        ("301269.SZ", Phase.AFTER_HOURS),
        ("600036.SH", Phase.CLOSED),
        ("000001.SZ", Phase.CLOSED),
        ("588330.SH", Phase.CLOSED),
        ("920002.BJ", Phase.CLOSED),
        ("AAPL.US", Phase.AFTER_HOURS),
    ],
)
def test_star_and_chinext_alone_trade_after_chinas_close(symbol: str, after: Phase) -> None:
    """Other phases are everybody's, and New York's evening is its own."""
    assert phase_of(symbol, Phase.AFTER_HOURS) is after
    assert phase_of(symbol, Phase.CONTINUOUS) is Phase.CONTINUOUS


def test_regular_rules_never_hear_it() -> None:
    """The extended rule rings on it; a regular one of the same level neither rings nor is armed by it."""
    world = World(prev_close="100")
    regular = world.add(leaf("price", ">", "101"), text="price > 101")
    heard = replace(regular, sessions=frozenset({SessionKind.EXTENDED}))
    world.engine.add(heard)
    for clock, price in (("14:56:00", "101.2"), ("15:00:00", "101.2")):
        world.see(clock, price)
    assert ring_of(world, regular) == 1
    assert ring_of(world, heard) == 0
    world.pass_time("15:01:00")
    world.see("15:04:00", "102")
    world.see("15:05:03", "100")
    world.see("15:06:03", "102")
    assert ring_of(world, heard) == 1
    world.see("15:31:00", "100")
    world.see("15:32:00", "102")
    assert (ring_of(world, regular), ring_of(world, heard)) == (1, 1)
    found = world.engine.explain(regular.id)
    assert found is not None
    assert found.truth, "as the close left it"


def ring_of(world: World, condition: Condition) -> int:
    """The number of a condition's newest ring."""
    found = world.engine.explain(condition.id)
    assert found is not None
    return found.ring
