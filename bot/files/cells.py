"""Cells of files that people write: prices, amounts, times; CellError says what is wrong with one."""

import math
import re
from datetime import UTC, date, datetime
from functools import lru_cache

from bot.files.table import CellError, short
from rules.model import Instrument, Phase

MOST_QUANTA = 10**16  # sums of 500 prices stay in 64 bits
FIRST_YEAR, LAST_YEAR = 1800, 2200  # of times and dates; room for every recording, none for typing errors
MOST_AMOUNT = 1e20
_NUMBER = re.compile(r"(-?\d{1,20})(?:\.(\d{1,20}))?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def price(cell: str, instrument: Instrument) -> int:
    """Whole quanta by digits alone: a file has millions of prices, and Decimal takes three times as long."""
    if (number := _NUMBER.fullmatch(cell)) is None:
        raise CellError(f"{short(cell)} is not a price")
    whole, fraction = number[1], (number[2] or "").rstrip("0")
    if whole.startswith("-"):
        raise CellError(f"{short(cell)} is negative")
    if len(fraction) > instrument.decimals:
        raise CellError(
            f"{short(cell)} is off the grid: {instrument.symbol} has {instrument.decimals} decimals"
        )
    if (quanta := int(whole + fraction.ljust(instrument.decimals, "0"))) > MOST_QUANTA:
        raise CellError(f"{short(cell)} is too large")
    return quanta


def amount(cell: str) -> float:
    """A number of 0 or more."""
    number = float(cell) if _SCIENTIFIC.fullmatch(cell) else math.nan
    if not 0 <= number <= MOST_AMOUNT:  # a NaN is in no interval
        raise CellError(f"{short(cell)} is not an amount of 0 or more")
    return number


def signed(cell: str) -> float:
    """An amount that may be below zero."""
    return -amount(cell[1:]) if cell.startswith("-") else amount(cell)


def count(cell: str) -> int:
    """A whole number of 0 or more."""
    number = amount(cell)
    if not number.is_integer():
        raise CellError(f"{short(cell)} is not a whole number")
    return int(number)


@lru_cache(maxsize=16)  # rows of one frame carry the same text
def time(cell: str) -> datetime:
    """A moment with its offset, in UTC."""
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        raise CellError(f"{short(cell)} is not an ISO 8601 time such as 2025-11-26T09:30:00+08:00") from None
    if moment.tzinfo is None:
        raise CellError(f"{short(cell)} has no offset; write one such as +08:00 or Z")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise CellError(f"{short(cell)} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return moment.astimezone(UTC)


def day(cell: str) -> date:
    """A date."""
    try:
        found = date.fromisoformat(cell if _DAY.fullmatch(cell) else "")
    except ValueError:
        raise CellError(f"{short(cell)} is not a date such as 2025-11-26") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CellError(f"{short(cell)} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return found


def phase(cell: str) -> Phase:
    """A phase of a session by its name."""
    try:
        return Phase(cell)
    except ValueError:
        raise CellError(f"{short(cell)} is no phase; one of: {', '.join(Phase)}") from None
