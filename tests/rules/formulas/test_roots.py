"""Truth that turns at several prices: however inexact the roots are, whole prices decide."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.formulas.roots import HIGHEST, pieces

TURNS = st.lists(st.integers(2, 10_000), min_size=1, max_size=3, unique=True).map(sorted)


@given(TURNS, st.lists(st.floats(-1, 1), min_size=3, max_size=3), st.booleans())
def test_roots_beside_the_turns(turns: list[int], off: list[float], first: bool) -> None:  # noqa: FBT001 - drawn
    """Off by up to one quantum: the boundaries are the definition's all the same, where they lie apart."""
    apart = [turn for at, turn in enumerate(turns) if not at or turn - turns[at - 1] > 12]

    def definition(price: int) -> bool:
        return first is not (sum(turn <= price for turn in apart) % 2 == 1)

    found = pieces(definition, [turn + by for turn, by in zip(apart, off, strict=False)])
    assert (found.boundaries, found.first) == (tuple(apart), first)


@pytest.mark.parametrize("root", [1000.0, Fraction(2000, 3), 1.5])
def test_a_root_far_off_is_halved_away(root: float | Fraction) -> None:
    """Between two judged prices that differ the turn is searched for."""
    assert pieces(lambda price: price >= 137, [2, root]).boundaries == ((137,) if root > 137 else ())


@pytest.mark.parametrize("root", [float("nan"), float("inf"), -5.0, 0.25, HIGHEST, 2.0 * HIGHEST])
def test_roots_that_are_no_prices(root: float) -> None:
    """They turn nothing."""
    found = pieces(lambda _: True, [root])
    assert (found.boundaries, found.first) == ((), True)
