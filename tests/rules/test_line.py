"""Many numbers on one line: each has the boundary that its own region has."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.line import Line, Shape, stepped, stepped_alike
from rules.model import Leaf

VERBS = (">", ">=", "<", "<=", "crosses above", "crosses below")
MANTISSAS = st.integers(-(10**17), 10**17) | st.integers(-1000, 1000)


@given(
    shape=st.tuples(
        st.integers(0, 10**7), st.integers(1, 10**10), st.sampled_from((1, 3, 1000, 10**9)), st.booleans()
    ),
    power=st.integers(-12, 8),
    verb=st.sampled_from(VERBS),
    mantissas=st.lists(MANTISSAS, min_size=1, max_size=5),
)
def test_many_numbers_have_the_boundaries_of_each(
    shape: Shape, power: int, verb: str, mantissas: list[int]
) -> None:
    """Of any line and number, near or beyond all that a boundary holds; alone, together, and as regions."""
    line = Line(*shape)
    steps = stepped(line.shape, power, verb)
    assert stepped_alike(shape, power, verb) == steps
    levels = [Decimal(mantissa).scaleb(power) for mantissa in mantissas]
    regions = [line.region(Leaf("toy", (), verb, level)) for level in levels]
    found = steps.boundaries(mantissas)
    assert [(boundary,) for boundary in found] == [region.boundaries for region in regions]
    assert found == [steps.boundary(mantissa) for mantissa in mantissas]
    assert {steps.beneath} == {region.first for region in regions}


@pytest.mark.parametrize(("verb", "boundary"), [(">", 1_112), (">=", 1_112), ("<", 1_112), ("<=", 1_112)])
def test_a_part_of_a_quantum_rounds_up(verb: str, boundary: int) -> None:
    """11.115 % above 1000.5 quanta is no whole price: the first one beyond it decides for all operators."""
    assert stepped((10_005, 10_005, 10, False), -5, verb).boundaries([11_115]) == [boundary]


@pytest.mark.parametrize(("verb", "boundary"), [(">", 1_051), (">=", 1_050), ("<", 1_050), ("<=", 1_051)])
def test_a_whole_quantum_belongs_to_one_side(verb: str, boundary: int) -> None:
    """5 % above 1000 quanta is 1050: at the level, or one beyond it."""
    assert stepped((1_000, 1_000, 1, False), -2, verb).boundaries([5]) == [boundary]
