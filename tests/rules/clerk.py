"""The lives of conditions on bars by the book: bars formed quote by quote, rings armed, decided, taken back.

Written apart from `rules/`: everything is looked up anew at every quote, nothing is skipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from rules.model import Leaf
from tests.rules.book import (
    EXTREMES,
    Candle,
    Open,
    Past,
    is_cross,
    is_crossing,
    is_known,
    size_of,
    stands,
    stood,
    turns,
)

# Regular trading in minutes of the local day, and the zone.
RUNS = {
    "SZ": (((570, 690), (780, 900)), "Asia/Shanghai"),
    "SH": (((570, 690), (780, 900)), "Asia/Shanghai"),
    "HK": (((570, 720), (780, 970)), "Asia/Hong_Kong"),
    "US": (((570, 960),), "America/New_York"),
    "BINANCE": (((0, 1440),), "UTC"),
}
MINUTE = timedelta(minutes=1)
H = Fraction(2, 1000)


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


@dataclass
class Sight:
    """What a leaf is judged by at one quote."""

    past: Past
    bar: Open
    price: int
    before: int | None  # the price of the quote before
    opening: bool  # the first quote of its bar, or session
    grid: Sequence[int]
    touched: tuple[tuple[int, int], ...] = ()  # (above, upto) that the day's new extremes passed


@dataclass
class Life:
    """One leaf's state; of a composite's part `owner` is set."""

    one: Leaf
    key: str
    part: bool = False
    negated: bool = False
    late: bool = False
    ring: int = 0
    known: bool = False
    holds: bool = False
    rang: bool = False
    waiting: bool = False
    provisional: bool = False
    moved: bool = True  # its boundaries are new
    met: bool = False

    @property
    def size(self) -> timedelta | None:
        """Of its bars."""
        return size_of(self.one)

    @property
    def anew(self) -> bool:
        """Decided anew on each bar."""
        return is_cross(self.one) or self.one.signal == "range"

    def truth(self, sight: Sight, price: Fraction | float) -> bool:
        """What the definition says at a price."""
        return self._says(sight.past, sight.bar, price)

    def _says(self, past: Past, bar: Open, price: Fraction | float) -> bool:
        held = self.part and self.rang and self.size is not None
        came = (
            not is_cross(self.one)
            or held
            or not past.kept(("stood", self.one), lambda: stood(self.one, past))
        )
        return (came and stands(self.one, past, bar, price)) is not self.negated

    def edges(self, sight: Sight) -> list[tuple[int, Fraction]]:
        """Where its truth turns."""
        key = ("turns", self.one, sight.bar, self.negated, self.part and self.rang)
        past, bar = sight.past, sight.bar
        found: list[tuple[int, Fraction]] = past.kept(
            key,
            lambda: turns(
                lambda price: self._says(past, bar, price),
                lambda price: self._says(past.rough, bar.rough(), price),
                sight.grid,
            ),
        )
        return found

    def calm(self, sight: Sight) -> list[tuple[int, int]]:
        """Spans of prices where it is false and 0.2 % from its levels."""
        edges, spans, truth = self.edges(sight), [], self.truth(sight, sight.grid[0])
        ends = [(sight.grid[0], None), *edges, (sight.grid[-1] + 1, None)]
        for (low, level), (high, other) in pairwise(ends):
            if not truth:
                first = low if level is None else max(low, -(-level * (1 + H) // 1))
                last = high - 1 if other is None else min(high - 1, other * (1 - H) // 1)
                spans.append((int(first), int(last)))
            truth = not truth
        return [(low, high) for low, high in spans if low <= high]

    def see(self, sight: Sight) -> list[str]:
        """One quote; the words it brings."""
        if not is_known(self.one, sight.past):
            self.known, self.moved, self.met = False, False, True
            return []
        armed = self.met and not (self.rang or self.waiting) and (self.known or not self.is_crossing)
        said: list[str] = []
        rung = self._judge(sight, said)
        self.moved, self.known, self.met = False, True, True
        if armed and not self.part:
            said += self._touch(sight)
        if rung and not self.part:
            said.append(self._ring(fired=not self.unfinished))
        return said

    @property
    def unfinished(self) -> bool:
        """Provisional until its bar closes."""
        return self.one.signal not in ("range", "price")

    def _judge(self, sight: Sight, said: list[str]) -> bool:
        """Truth where the price is, whatever it passed on its way; armed where that is false and back."""
        if not self.known:
            self._first(sight)
        rang, self.late = self.rang, False
        rung = self._turn(to=self.truth(sight, sight.price))
        if rang and any(low <= sight.price <= high for low, high in self.calm(sight)):
            said += self.rearm()
        return rung

    def _turn(self, *, to: bool) -> bool:
        """The truth now; whether it rings."""
        self.holds, rung = to, to and not (self.rang or self.waiting)
        self.waiting, self.rang = self.waiting and to, self.rang or rung
        return rung

    def _first(self, sight: Sight) -> None:
        if not self.is_crossing or self.rang:
            return
        if not sight.opening or self.late:
            self.waiting = self.waiting or self.truth(sight, sight.price)
        elif not self.anew:
            before = Past(sight.past.bars[:-1], sight.past.scale)
            if sight.past.bars and is_known(self.one, before):
                self.waiting = self.waiting or stands(self.one, before, Open(), sight.past.closes[-1])

    @property
    def is_crossing(self) -> bool:
        """Must be seen false first."""
        return is_crossing(self.one) and not self.negated

    def _touch(self, sight: Sight) -> list[str]:
        """The day's new high touches, then the new low; what is not true at the price is taken back."""
        said: list[str] = []
        for above, upto in sight.touched:
            is_armed = not (self.holds or self.rang or self.waiting)
            if not is_armed or not self._is_single(sight):
                continue
            if not any(above < edge <= upto for edge, _ in self.edges(sight)):
                continue
            said.append(self._ring(fired=not self.unfinished))
            if self.unfinished or any(low <= sight.price <= high for low, high in self.calm(sight)):
                said += self.rearm()
        return said

    def _is_single(self, sight: Sight) -> bool:
        """One level from the least price to the greatest: between two nobody knows what the price did."""
        grid, far = sight.grid, (Fraction(1), Fraction(sight.grid[-1] * 1000))
        ends = [
            self.truth(sight, price) != self.truth(sight, grid[at])
            for at, price in zip((0, -1), far, strict=True)
        ]
        return len(self.edges(sight)) + sum(ends) == 1

    def _ring(self, *, fired: bool) -> str:
        self.ring, self.rang, self.provisional = self.ring + 1, True, not fired
        return f"{self.ring}:{'fired' if fired else 'provisional'}"

    def rearm(self) -> list[str]:
        """Back."""
        self.rang, told, self.provisional = False, self.provisional, False
        if self.part and self.anew and self.size is not None:
            self.moved = True
        return [f"{self.ring}:withdrawn"] if told else []

    def finished(self, sight: Sight) -> bool | None:
        """By the finished bar: the last quote may have moved its high and low after it was judged."""
        found = self.literal()
        if found is None or self.one.signal not in EXTREMES:
            return found
        return not self.waiting and is_known(self.one, sight.past) and self.truth(sight, sight.price)

    def close(self, *, to: bool | None = None) -> list[str]:
        """Its bar closes: truth alone decides a provisional ring; a cross is one of its bar alone."""
        said: list[str] = []
        if self.provisional:
            is_true = bool(to)
            self.provisional = False
            self.rang = is_true
            said = [f"{self.ring}:{'confirmed' if is_true else 'withdrawn'}"]
        self.moved, self.late = True, False
        if self.anew and not (self.part and self.is_crossing and self.rang and self.holds):
            self.rang = self.waiting = self.holds = False
            self.known = self.known and not self.part
        return said

    def literal(self) -> bool | None:
        """Inside a composite: a crossing from its ring until it goes back."""
        return (self.holds and not self.waiting) if self.known else None

    def sticky(self) -> bool | None:
        """The same, held until it is back by the hysteresis."""
        found = self.literal()
        return True if found is False and self.rang else found

    def begin(self) -> None:
        """A session begins: inside a composite a crossing ends."""
        self.moved = True
        if self.part and self.is_crossing:
            self.rang, self.waiting = False, self.waiting or self.holds
        if self.part and self.anew and self.size is not None:
            self.known = self.waiting = self.holds = False
