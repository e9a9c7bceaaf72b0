"""What happened to one instrument: days, bars, and the quote that is looked at. No engine code."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from rules.model import Instrument, Phase, Quote
from tests.brute.clock import GRACE, Calendar, Session, micros

STATED = ("SH", "SZ", "BJ")  # whose previous close is the reference price of an ex-date
JUMP = 0.1  # elsewhere only a split makes it differ by more
Number: TypeAlias = int | float  # quanta; float where a factor scaled it


@dataclass(frozen=True)
class Bar:
    """One finished day on the scale of the day that looks at it."""

    date: date
    open: Number
    high: Number
    low: Number
    close: Number
    volume: float
    factor: float = 1.0


Provider: TypeAlias = Callable[[], Sequence[Bar]]  # raw bars, oldest first


@dataclass(eq=False)
class Day:
    """One session of one instrument, as known before the quote that is looked at."""

    session: Session
    early: bool  # watched from the open on
    bars: list[Bar] | None = None
    stale: str = "no history"
    step: float = 1.0  # what an ex-date today multiplies older prices by
    fed_close: int | None = None
    prev_close: int | None = None
    open: int | None = None
    first: int | None = None
    high: int | None = None
    low: int | None = None
    fed_limits: tuple[int | None, int | None] = (None, None)
    limits: tuple[int | None, int | None] = (None, None)
    last: Quote | None = None  # the last regular one
    looked: bool = False  # a regular quote was taken
    closed: bool = False
    version: int = 0  # of everything but the extremes
    extremes: int = 0  # of these

    @property
    def date(self) -> date:
        """The trading day."""
        return self.session.date


@dataclass(frozen=True, eq=False)
class Look:
    """One quote that is looked at, with what was known before it."""

    quote: Quote
    price: int
    now: int
    elapsed: int
    day: Day
    tape: "Tape"
    regular: bool


@dataclass(eq=False)
class Tape:
    """An instrument's past."""

    instrument: Instrument
    calendar: Calendar
    given: Provider
    market: str
    table: Callable[[int, date], tuple[int | None, int | None]]  # limit prices of a previous close
    shares: int | None = None
    grown: list[Bar] = field(default_factory=list)
    day: Day | None = None
    last_price: int | None = None  # of the session before
    gap: bool = False  # the feed was away
    unended: bool = False  # the close of the newest grown bar may not have been seen

    @property
    def unit(self) -> int:
        """Quanta of a unit of currency."""
        return int(10**self.instrument.decimals)

    def history(self) -> Sequence[Bar]:
        """The provider's bars unless those of the stream are newer."""
        given = self.given()
        return given if not self.grown or (given and given[-1].date >= self.grown[-1].date) else self.grown

    def believed(self, day: date, prev_close: int | None) -> tuple[list[Bar] | None, str]:
        """Bars before a day on its scale, or why they are not believed."""
        history = self.history()
        raw = history[: bisect_left(history, day, key=lambda bar: bar.date)]
        if not raw:
            return None, "no history"
        newest = raw[-1]
        if newest.date != self.calendar.previous(self.market, day) and newest.close != prev_close:
            return None, "stale history"
        base = int(newest.close) if prev_close is None else prev_close
        if newest.close == base and all(bar.factor == newest.factor for bar in raw):
            return list(raw), ""
        found = []
        for bar in raw:
            scale = bar.factor * base / (newest.factor * int(newest.close))
            prices = (bar.open * scale, bar.high * scale, bar.low * scale, bar.close * scale)
            found.append(Bar(bar.date, *prices, bar.volume))
        last = found[-1]
        found[-1] = Bar(last.date, last.open, last.high, last.low, float(base), last.volume)
        return found, ""

    def roll(self, session: Session, quote: Quote, now: int, market_first: int) -> Day:
        """A session begins with its first quote."""
        if self.day is not None and self.day.last is not None:
            self.last_price = self.day.last.price
        early = min(now, market_first) <= session.start + GRACE
        self.day = Day(session, early, fed_close=quote.prev_close)
        self.day.fed_limits = (quote.limit_up, quote.limit_down)
        self.refresh()
        return self.day

    def refresh(self) -> None:
        """The previous close and what depends on it."""
        day = self.day
        assert day is not None
        self.mend(day)
        day.step = self.step(day)
        day.bars, day.stale = self.believed(day.date, day.fed_close)
        day.prev_close = day.fed_close
        if day.prev_close is None and day.bars is not None:
            day.prev_close = int(day.bars[-1].close)
        if day.prev_close is None:
            day.prev_close = self.last_price
        table = self.table(day.prev_close, day.date) if day.prev_close else (None, None)
        day.limits = (day.fed_limits[0] or table[0], day.fed_limits[1] or table[1])
        day.version += 1

    def mend(self, day: Day) -> None:
        """The feed's previous close is the close that yesterday's bar missed, unless a split lies between."""
        close, history = day.fed_close, self.history()
        if history is not self.grown or not self.unended or not close:
            return
        self.unended, newest = False, history[-1]
        is_yesterday = newest.date == self.calendar.previous(self.market, day.date)
        if is_yesterday and abs(close / newest.close - 1) <= JUMP:
            high, low = max(newest.high, close), min(newest.low, close)
            self.grown = [*history[:-1], replace(newest, high=high, low=low, close=close)]

    def step(self, day: Day) -> float:
        """What the previous close says of an ex-date today."""
        past = [bar for bar in self.history() if bar.date < day.date]
        if not past or not day.fed_close or past[-1].date != self.calendar.previous(self.market, day.date):
            return 1.0
        found = day.fed_close / past[-1].close
        return found if self.market in STATED or abs(found - 1) > JUMP else 1.0

    def note(self, quote: Quote, price: int, *, regular: bool) -> None:
        """Figures of a quote that levels are made of, before it is judged."""
        day = self.day
        assert day is not None
        if quote.prev_close is not None and quote.prev_close != day.fed_close:
            day.fed_close = quote.prev_close
            self.refresh()
        if quote.shares and quote.shares != self.shares:
            self.shares = quote.shares
            day.version += 1
        fed = (quote.limit_up or day.fed_limits[0], quote.limit_down or day.fed_limits[1])
        if fed != day.fed_limits:
            day.fed_limits = fed
            self.refresh()
        if day.open is None and (quote.open or (regular and day.early)):
            day.open = quote.open or price
            day.version += 1
        if day.first is None and regular:
            day.first = price

    def extend(self, quote: Quote, price: int) -> None:
        """The regular session's extremes, once the quote was judged."""
        day = self.day
        assert day is not None
        top = max(value for value in (day.high, quote.high, price) if value is not None)
        bottom = min(value for value in (day.low, quote.low, price) if value is not None)
        if (top, bottom) != (day.high, day.low):
            day.high, day.low = top, bottom
            day.extremes += 1
        day.last, day.looked, self.gap = quote, True, False

    def close(self) -> None:
        """The day's bar joins the bars of the stream, unless the provider has it."""
        day = self.day
        assert day is not None
        day.closed = True
        if day.last is None or day.last.price is None:
            return
        given, price = self.given(), day.last.price
        if given and given[-1].date >= day.date:
            return
        past = [bar for bar in self.history() if bar.date < day.date]
        factor = past[-1].factor / day.step if past else 1.0
        self.unended = micros(day.last.time) < day.session.close
        opened = day.open or day.first or price
        volume = day.last.volume or 0.0
        self.grown = [
            *past, Bar(day.date, opened, day.high or price, day.low or price, price, volume, factor)
        ]  # fmt: skip


def look(tape: Tape, quote: Quote, price: int, *, regular: bool) -> Look:
    """A quote of the tape's present day."""
    assert tape.day is not None
    now = micros(quote.time)
    session = tape.day.session
    elapsed = now if session.always else session.elapsed(now)
    return Look(quote, price, now, elapsed, tape.day, tape, regular)


def phase_of(quote: Quote, session: Session) -> Phase:
    """As the quote says, else by the timetable."""
    return session.phase(micros(quote.time)) if quote.phase is None else quote.phase


def decimal(figure: float) -> Fraction:
    """A fed float as the decimal it was written as."""
    return Fraction(repr(float(figure)))
