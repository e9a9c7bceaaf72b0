"""The fixed curve of a usual day's volume in whole numbers, and what becomes usual ahead."""

from fractions import Fraction
from itertools import pairwise

import pytest

from rules.formulas.curves import KNOTS, MINUTES, WHOLE, parts, share
from rules.formulas.flow import Cumulative, exact, ratio
from rules.meter import Moment
from rules.sessions import Session
from tests.rules.world import DAY, HOURS

MICROSECONDS = 1_000_000
CHECKED = 500


def drawn(length: int, elapsed: int) -> Fraction:
    """The published points joined by straight lines, stretched to a session's length."""
    minute = min(Fraction(elapsed * MINUTES, length), Fraction(MINUTES))
    (start, low), (end, high) = next(pair for pair in pairwise(KNOTS) if minute <= pair[1][0])
    return (low + (high - low) * (minute - start) / (end - start)) / WHOLE


def session(market: str) -> Session:
    """Its usual one."""
    found = HOURS.on(market, DAY)
    assert found is not None
    return found


@pytest.mark.parametrize("market", ["SZ", "HK", "US"])
def test_whole_numbers_say_what_the_drawn_curve_says(market: str) -> None:
    """At every knot, just before and after it, in between, and after the close."""
    usual = session(market)
    length = round(usual.length.total_seconds()) * MICROSECONDS
    knots = [minute * length // MINUTES for minute, _ in KNOTS]
    evenly = [length * step // CHECKED for step in range(CHECKED + 2)]
    for elapsed in [*evenly, *(knot + step for knot in knots for step in (-1, 0, 1))]:
        assert share(usual, elapsed) == Fraction(*parts(usual, elapsed)) == drawn(length, elapsed)


@pytest.mark.parametrize("figure", [0.0, 3.0, 0.1, 1234.5678, 2.0**53, 1e22, 123_456_789.01])
def test_a_figure_is_the_decimal_it_was_written_as(figure: float) -> None:
    """Not the binary fraction next to it."""
    assert Fraction(*ratio(figure)) == exact(figure) == Fraction(repr(figure))


def test_a_figure_that_falls_is_another_count() -> None:
    """It is unknown once, and counts from there."""
    figure, moment = Cumulative(), Moment(None, 100, 0, 100, early=True, session=session("SZ"))
    assert figure.read(5.5, moment) == Fraction(11, 2)
    assert figure.read(5.4, moment) is None
    assert figure.is_broken
    assert figure.read(5.4, moment) == Fraction(27, 5)
    assert not figure.is_broken
    assert figure.read(None, moment) is None
