"""Numbers as feeds write them: exact prices on a grid, plain figures, and nothing that only looks like one.

Python's own readers take NaN, Infinity, 1e400, underscores and other scripts' digits; markets send none.
"""

from functools import lru_cache
from math import isfinite

from rules.model import OffGridError

DIGITS = 18  # what a 64-bit count of quanta holds
FIGURE = 32  # characters of the longest figure worth reading
KNOWN = 1 << 15  # texts remembered: a day's prices and sizes come again and again
ABSENT = frozenset({"", "-", "--"})


class NumeralError(ValueError):
    """Text that stands where a number should and is none."""


@lru_cache(maxsize=KNOWN)
def price(text: str, decimals: int) -> int | None:
    """A price in whole quanta, None where absent, 0 where the source wrote zero; no price is negative.

    OffGridError where it is finer than the grid, NumeralError where it is no number.
    """
    if text in ABSENT:
        return None
    whole, _, fraction = text.partition(".")
    if len(fraction) > decimals:
        if fraction[decimals:].strip("0"):
            raise OffGridError(text[:FIGURE])
        fraction = fraction[:decimals]
    digits = whole + fraction.ljust(decimals, "0")
    if whole.startswith("-"):
        return None
    if not (whole and digits.isascii() and digits.isdigit() and len(digits) <= DIGITS):
        raise NumeralError(text[:FIGURE])
    return int(digits)


@lru_cache(maxsize=KNOWN)
def figure(text: str) -> float | None:
    """A non-negative count or amount, None where absent or negative; NumeralError where it is no number."""
    if text in ABSENT:
        return None
    try:
        number = float(text) if len(text) <= FIGURE and text.isascii() and "_" not in text else float("nan")
    except ValueError:
        raise NumeralError(text[:FIGURE]) from None
    if not isfinite(number):
        raise NumeralError(text[:FIGURE])
    return number if number >= 0 else None
