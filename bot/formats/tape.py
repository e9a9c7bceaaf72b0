"""New York's consolidated tape: which prints make a price, and the day of a stock out of bars and snapshots.

Sale conditions by the tapes' specifications (CTA for listings of New York and its neighbours, UTP for
Nasdaq's): odd lots, average, derived, late and contingent prices move neither the last price nor the day's
high and low. What is printed outside regular hours (Form T) is a price of the extended session alone.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.errors import FeedError
from bot.formats.numeral import NumeralError, price
from bot.master.calendar import hours
from bot.master.listing import symbol_of
from rules.making import made
from rules.model import OffGridError, Phase, Quote

ZONE = ZoneInfo("America/New_York")
DECIMALS = 4
# Cash, average or bunched late, price variation, odd lot, official close and open, next day, prior reference,
# seller, late outside hours, contingent, out of sequence, derivatively priced, qualified contingent.
UNPRICED = frozenset("CGHIMNPQRUVWZ47")
AVERAGE = "B"  # an average price on the CTA tapes, a bunched trade on UTP's
EXTENDED = "T"
TURNS = (time(4, 0, 5), time(9, 30, 5))  # the previous close is final; the open is known
YEARS = range(1990, 2200)
MOST_SIZE = 1e15
HOURS = hours()


def is_price(conditions: Collection[str], tape: str, moment: datetime) -> bool:
    """Whether a print of these conditions, on tape A, B or C, moves the last price."""
    if not UNPRICED.isdisjoint(conditions) or (AVERAGE in conditions and tape in {"A", "B"}):
        return False
    if EXTENDED not in conditions:
        return True
    return moment.year in YEARS and HOURS.phase("US", moment) is not Phase.CONTINUOUS


def exact(value: float, decimals: int = DECIMALS) -> int | None:
    """A price that came as a number, in quanta: as short as it reads, so 126.55 is no 126.5499999."""
    return price(repr(value), decimals)


def trade(symbol: str, value: float, moment: datetime, size: float | None, source: str) -> Quote:
    """A price as a quote, flawed where it cannot be read."""
    flaw = "unreadable"
    try:
        traded = size if size is None or 0 <= size < MOST_SIZE else None
        return made(symbol=symbol, time=moment, price=exact(value), traded=traded, source=source)
    except OffGridError:
        flaw = "off grid"
    except NumeralError:
        pass
    return flawed(symbol, moment, source, flaw)


def flawed(symbol: str, moment: datetime, source: str, flaw: str) -> Quote:
    """What the gate refuses, and says why."""
    return made(symbol=symbol, time=moment, price=None, source=source, flaw=flaw)


@lru_cache(maxsize=10_000)
def stock(ticker: str, source: str) -> str:
    """The full symbol of a ticker; FeedError for what is none."""
    found = symbol_of(f"{ticker}.US")
    if found is None or not found.endswith(".US"):
        raise FeedError(f"{source}: no stock is called {ticker[:40]!r}")
    return found


def day_of(moment: datetime) -> date:
    """New York's date."""
    return moment.astimezone(ZONE).date()


def turn(now: datetime) -> datetime:
    """When the day's figures change next."""
    local = now.astimezone(ZONE)
    for ahead in range(2):
        for clock in TURNS:
            found = datetime.combine(local.date() + timedelta(days=ahead), clock, ZONE)
            if found > local:
                return found.astimezone(UTC)
    raise AssertionError(now)
