"""Minute bars formed quote by quote, by plain minutes of the local day; apart from `rules/`."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

from tests.rules.book import Candle, Open, Past

# Regular trading in minutes of the local day, and the zone.
RUNS = {
    "SZ": (((570, 690), (780, 900)), "Asia/Shanghai"),
    "SH": (((570, 690), (780, 900)), "Asia/Shanghai"),
    "HK": (((570, 720), (780, 970)), "Asia/Hong_Kong"),
    "US": (((570, 960),), "America/New_York"),
    "BINANCE": (((0, 1440),), "UTC"),
}
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Slot:
    """A bar's place in time."""

    start: datetime
    end: datetime
    due: datetime
    opens: bool  # the session


def bars(market: str, size: timedelta, day: datetime) -> tuple[Slot, ...]:
    """All bars of a day, one after the other."""
    return _bars(market, size, day.astimezone(ZoneInfo(RUNS[market][1])).date())


@cache
def _bars(market: str, size: timedelta, day: date) -> tuple[Slot, ...]:
    runs, found = RUNS[market][0], []
    midnight = datetime.combine(day, time(), ZoneInfo(RUNS[market][1]))
    for at, (first, last) in enumerate(runs):
        begin = first
        while begin < last:
            end = min(begin + size // MINUTE, last)
            late = 1 if end == last and market != "BINANCE" else 0
            start, stop = ((midnight + minute * MINUTE).astimezone(UTC) for minute in (begin, end))
            found.append(Slot(start, stop, stop + late * MINUTE, opens=not at and begin == first))
            begin = end
    return tuple(found)


@dataclass
class Bar:
    """An open bar."""

    slot: Slot
    whole: bool
    fresh: bool = True  # without a quote yet
    high: int = 0
    low: int = 0

    def take(self, high: int, low: int) -> bool:
        """One quote more; True where an extreme moved."""
        was, self.fresh = (self.high, self.low, self.fresh), False
        self.high, self.low = (high, low) if was[2] else (max(was[0], high), min(was[1], low))
        return was != (self.high, self.low, False)

    def extremes(self) -> Open:
        """Before the next quote."""
        return Open() if self.fresh else Open(Fraction(self.high), Fraction(self.low))


@dataclass
class Shelf:
    """The bars of one size of one instrument."""

    market: str
    size: timedelta
    scale: int
    since: datetime | None = None
    done: list[Candle] = field(default_factory=list)
    bar: Bar | None = None
    ended: datetime | None = None
    memo: Past | None = None

    def past(self) -> Past:
        """The finished bars."""
        if self.memo is None or len(self.memo.bars) != len(self.done):
            self.memo = Past(tuple(self.done), self.scale)
        return self.memo

    def open(self, moment: datetime) -> None:
        """The bar a quote counts in."""
        assert self.since is not None
        if self.bar is not None:
            return
        day = bars(self.market, self.size, moment)
        found = [one for one in day if one.start <= moment][-1:] or day[:1]
        if self.ended is not None and found[0].start < self.ended:
            found = [one for one in day if one.start >= self.ended][:1]
        if found:
            self.bar = Bar(found[0], whole=self.since <= found[0].start)

    def close(self, price: int) -> None:
        """The bar ends."""
        bar = self.bar
        assert bar is not None
        self.bar, self.ended = None, bar.slot.end
        if bar.whole:
            self.done.append(Candle(Fraction(bar.high), Fraction(bar.low), Fraction(price)))
        else:
            self.done, self.memo = [], None
