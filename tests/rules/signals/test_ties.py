"""Oscillators at levels their numbers are exactly at: what is told agrees with what is true."""

from decimal import Decimal

import pytest

from rules.levels import compiled
from rules.measured import number_of
from rules.model import Leaf
from rules.region import Region
from tests.rules.signals.test_oscillators import COMPARE, COUNTS, inputs_of, made
from tests.rules.world import leaf


@pytest.mark.parametrize("signal", ["cci", "kdj d", "kdj j", "kdj k", "macd bar", "macd dif", "rsi"])
def test_a_level_the_number_is_exactly_at(signal: str) -> None:
    """A level that equals the number at a price: what is told there and beside it agrees with the truth."""
    for seed in range(40):
        bars = made(seed)
        known, last = inputs_of(bars), int(bars.close[-1])
        for n in COUNTS.get(signal, (0,)):
            args = (n,) if n else ()
            for price in (last - 330, last, last + 170):
                number = number_of(Leaf(signal, args, ">", Decimal(0)), known, price)
                assert number is not None
                for verb, compare in COMPARE.items():
                    level = Decimal(repr(number)) if signal != "cci" else Decimal(round(number))
                    one = Leaf(signal, args, verb, level)
                    region = compiled(one, known)
                    assert isinstance(region, Region)
                    for place in (price - 1, price, price + 1):
                        told = number_of(one, known, place)
                        assert told is not None
                        assert region.truth(place) is compare(told, float(level)), (one, place)


def test_cci_at_the_most_it_can_be() -> None:
    """Beyond all other typical prices CCI(3) is 100 at every price, exactly: reached, and never passed."""
    known = inputs_of(made(2))
    for verb, holds in ((">=", True), (">", False), ("<", False), ("<=", True)):
        region = compiled(leaf("cci", verb, "100", 3), known)
        assert isinstance(region, Region)
        assert [region.truth(price) for price in (40_000, 40_001, 77_777)] == [holds] * 3
