"""Numbers as feeds write them."""

import pytest

from bot.formats.numeral import NumeralError, figure, price
from rules.model import OffGridError


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("1285.57", 1285570),
        ("44.200", 44200),
        ("44.2000000", 44200),
        ("10", 10000),
        ("10.", 10000),
        ("0.00", 0),
        ("", None),
        ("-", None),
        ("-1", None),
    ],
)
def test_prices_are_exact(text: str, whole: int | None) -> None:
    """Whole quanta of 0.001; nothing and negatives are absent."""
    assert price(text, 3) == whole


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "1e5", "1_0", " 10", "+1", "١٢", "1.2.3", ".5", "9" * 19, "x"]
)
def test_what_only_looks_like_a_price_is_none(text: str) -> None:
    """Python's own readers would take most of these."""
    with pytest.raises(NumeralError):
        price(text, 3)


def test_a_finer_price_is_off_the_grid() -> None:
    """A digit beyond the grid is refused, zeros are not."""
    with pytest.raises(OffGridError):
        price("1.0001", 3)
    assert price("0.00000638", 8) == 638


@pytest.mark.parametrize(("text", "number"), [("12.5", 12.5), ("1e3", 1000.0), ("-5", None), ("--", None)])
def test_figures_are_finite_and_not_negative(text: str, number: float | None) -> None:
    """Counts and amounts."""
    assert figure(text) == number


@pytest.mark.parametrize("text", ["NaN", "inf", "1e999", "1_000", "٣", "x", "9" * 33])
def test_what_only_looks_like_a_figure_is_none(text: str) -> None:
    """Infinity, NaN and other scripts are refused."""
    with pytest.raises(NumeralError):
        figure(text)
