"""Daily price limits of China's exchanges: a dated table of bands, and how each exchange rounds them.

Feeds that say the day's limit prices come first (`Live.now`); this table answers for the others, and for days
past. Sources: the exchanges' trading rules as conditions.md section 1 has them; ChiNext kept 10 % until its
reform of 2020-08-24. A name is that of today: whether a stock was under special treatment (ST) on a day long
past nobody here knows.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction

import numpy as np

from rules.adjust import Daily
from rules.model import Instrument, Kind
from rules.region import Absent, Inputs

MARKETS = frozenset({"SH", "SZ", "BJ"})
KINDS = frozenset({Kind.STOCK, Kind.FUND})
TEN, TWENTY, THIRTY, FIVE = Fraction(1, 10), Fraction(1, 5), Fraction(3, 10), Fraction(1, 20)
SPECIAL = re.compile(r"S?\*?ST")  # ST, *ST, SST, S*ST at the head of a name
SPECIAL_WIDE = date(2026, 7, 6)  # from here on special treatment has the main board's band
CHINEXT_WIDE = date(2020, 8, 24)
CHINEXT = re.compile(r"30[012]\d{3}\.SZ")
STAR = re.compile(r"68[89]\d{3}\.SH")
BOND = re.compile(r"(?:11\d{4}\.SH|12\d{4}\.SZ)")
# A new listing's sessions without limits.
FREE, FREE_BEIJING = 5, 1
NEW = "new"  # what feeds call an instrument in them, by the letter before its name
# What rounding a limit to the tick can move it by, in ticks, and a little for floats.
ROUNDED_HALF, ROUNDED_DOWN = 0.501, 0.999


class Side(Enum):
    """Which of the two limits is meant."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Limits:
    """The day's limit prices in quanta, None where there is none or nobody said it."""

    up: int | None = None
    down: int | None = None

    def of(self, side: Side) -> int | None:
        """The one of a side."""
        return self.up if side is Side.UP else self.down


NO_LIMITS = Limits()


def has_limits(instrument: Instrument) -> bool:
    """Whether its exchange knows daily limits for what it is: stocks and funds in China, no indices."""
    return instrument.market in MARKETS and instrument.kind in KINDS


def band(instrument: Instrument, day: date) -> Fraction | None:
    """The limit of a day as a fraction of the previous close, None where there is none."""
    if not has_limits(instrument):
        return None
    symbol = instrument.symbol
    if BOND.fullmatch(symbol):
        return TWENTY
    if instrument.kind is Kind.FUND:
        return TEN if instrument.limit is None else Fraction(instrument.limit)
    if instrument.market == "BJ":
        return THIRTY
    if STAR.fullmatch(symbol) or (CHINEXT.fullmatch(symbol) and day >= CHINEXT_WIDE):
        return TWENTY
    return FIVE if SPECIAL.match(instrument.name) and day < SPECIAL_WIDE else TEN


def limits(instrument: Instrument, prev_close: int, day: date) -> Limits:
    """Limit prices on the exchange's tick: half up; Beijing rounds both towards the previous close."""
    share = band(instrument, day)
    if share is None:
        return NO_LIMITS
    tick, (part, whole) = instrument.tick, share.as_integer_ratio()
    up, down, unit = prev_close * (whole + part), prev_close * (whole - part), whole * tick
    if instrument.symbol.endswith(".BJ"):
        return Limits(up // unit * tick, -(-down // unit) * tick)
    return Limits((2 * up + unit) // (2 * unit) * tick, (2 * down + unit) // (2 * unit) * tick)


def is_free(instrument: Instrument, day: date, previous: Callable[[date], date]) -> bool:
    """Whether a day is among a new listing's first ones, without limits; `previous` is the session before."""
    listed = instrument.listed
    if listed is None or instrument.kind is not Kind.STOCK:
        return False
    for _ in range(_free_days(instrument) - 1):
        day = previous(day)
    return day <= listed


def streak(instrument: Instrument, daily: Daily, side: Side) -> int:
    """How many of the newest finished days in a row closed at the limit."""
    key = ("limit streak", side)
    if key not in daily.memo:
        days = 0
        while days < len(daily) and closed_at(instrument, daily, len(daily) - 1 - days, side):
            days += 1
        daily.memo[key] = days
    found: int = daily.memo[key]
    return found


def closed_at(instrument: Instrument, daily: Daily, at: int, side: Side) -> bool:
    """Whether the bar at a place closed at its limit; the first bar has no previous close to say so."""
    day: date = daily.dates[at].astype(object)
    if at == 0 or _is_young(instrument, daily, at):
        return False
    before, close = daily.close[at - 1].item(), daily.close[at].item()
    if float(before).is_integer() and float(close).is_integer():
        return bool(close == limits(instrument, int(before), day).of(side))
    return _is_near(instrument, before, close, (band(instrument, day), side))


def _is_near(
    instrument: Instrument, before: float, close: float, asked: tuple[Fraction | None, Side]
) -> bool:
    """On a scale that a factor changed the tick is lost: as near as rounding to a tick leaves it."""
    share, side = asked
    if share is None:
        return False
    sign = 1 if side is Side.UP else -1
    slack = (ROUNDED_DOWN if instrument.market == "BJ" else ROUNDED_HALF) * instrument.tick
    return abs(close - before * (1 + sign * float(share))) < slack


def _is_young(instrument: Instrument, daily: Daily, at: int) -> bool:
    """Whether a bar is of the new listing's first days; a history that begins later holds none of them."""
    if instrument.listed is None or instrument.kind is not Kind.STOCK:
        return False
    listed = np.datetime64(instrument.listed, "D")
    first = int(np.searchsorted(daily.dates, listed))
    is_whole = first < len(daily) and bool(daily.dates[first] == listed)
    return is_whole and at - first < _free_days(instrument)


def _free_days(instrument: Instrument) -> int:
    return FREE_BEIJING if instrument.market == "BJ" else FREE


def near(limit: int, share: Decimal, side: Side) -> tuple[int, int]:
    """The price within a share of a limit, as numerator and denominator."""
    numerator, denominator = share.as_integer_ratio()
    sign = -1 if side is Side.UP else 1
    return limit * (denominator + sign * numerator), denominator


NO_LIMIT = Absent("no price limit is known for the day")


def limit_of(inputs: Inputs, side: Side) -> int | None:
    """The limit price of a side in quanta."""
    return inputs.limit_up if side is Side.UP else inputs.limit_down
