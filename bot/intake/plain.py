"""The quotes that nothing can be said against, told in one look: the usual answer, without the reasons.

A stock's snapshot in the midst of trading, complete and within its limits, whose instrument was believed a
moment ago near the same price. Whatever is unusual in any way is left to the gate, which would decide alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from bot.formats.sketch import Sketch, stamped
from rules.making import changed
from rules.model import Frame, Instrument, Phase, Quote
from rules.sessions import Hours
from rules.sheet import Book, Mask, Sheet, Whole
from rules.table import micros

FUTURE = timedelta(seconds=5)  # recorded frames arrive up to 1.3 s before their event time: clocks differ
STALE = timedelta(seconds=120)  # of trading time; covers the 15-minute delayed feeds, spares thin books
JUMP = 0.05
UNIT_TOLERANCE = 0.01
LEAST, MOST = 1 - UNIT_TOLERANCE, 1 + UNIT_TOLERANCE
NO_DAY = date.min
CONTINUOUS = Phase.CONTINUOUS


class Moments(dict[datetime, date]):
    """Exchange times of one frame: the session in which one is in order and within continuous trading."""

    def __init__(self, hours: Hours, frame: Frame) -> None:
        super().__init__()
        self._hours, self._frame = hours, frame

    def __missing__(self, time: datetime) -> date:
        """A page has a few; NO_DAY where there is anything to be said about one."""
        hours, market, received = self._hours, self._frame.market, self._frame.received
        session = hours.session(market, time)
        is_plain = (
            session is not None
            and session.phase(time) is CONTINUOUS
            and -FUTURE <= received - time <= STALE
            and session == hours.session(market, received)
        )
        found = self[time] = session.date if session is not None and is_plain else NO_DAY
        return found


@dataclass(slots=True)
class Past:
    """What the gate remembers of one instrument to judge its next quote by."""

    instrument: Instrument
    seen: Quote | None = None  # the newest quote that was in order, believed or waiting
    last: Quote | None = None  # the newest believed quote of `session`, as it was passed on
    session: date | None = None
    waiting: int | None = None  # an unconfirmed jump's price
    split: tuple[int, datetime] | None = None  # a price that looks unadjusted, and since when it stands
    scale: int = field(init=False)  # what a whole price is in quanta
    book: "Ledger | None" = field(init=False, default=None)  # where what passed in large pages waits
    row: int = field(init=False, default=0)  # there

    def __post_init__(self) -> None:
        self.scale = 10**self.instrument.decimals

    def leave(self) -> None:
        """Remember without the book, where there is one, what passed in it."""
        if self.book is not None and (quote := self.book.leave(self.row)) is not None:
            self.seen, self.last, self.waiting = quote, continuous(quote), None
        self.book = None


def passed(quote: Quote, past: Past, moments: Moments) -> Quote | None:
    """A quote that passes as it is, stamped and remembered; None for those that the gate has to look at."""
    last, seen, price = past.last, past.seen, quote.price
    if (
        last is None
        or seen is None
        or not price
        or not (before := last.price)
        or not -JUMP * before <= price - before <= JUMP * before
        or moments[quote.time] != past.session
        or quote.time < seen.time
        or quote.phase is not None
        or quote.flaw
        or quote.status
        or past.split
        or not quote.open
        or not (high := quote.high)
        or not (low := quote.low)
        or not (up := quote.limit_up)
        or not (down := quote.limit_down)
        or not 0 < down <= price <= up
        or not (volume := quote.volume)
        or not (amount := quote.amount)
        or not low * LEAST <= amount / volume * past.scale <= high * MOST
        # What it lacks the one before has not either, or it would be completed.
        or not (quote.prev_close or quote.prev_close is last.prev_close)
        or not (quote.shares or quote.shares is last.shares)
        or not (quote.float_shares or quote.float_shares is last.float_shares)
    ):
        return None
    found = continuous(quote)
    past.seen, past.last, past.waiting = quote, found, None
    return found


def continuous(quote: Quote) -> Quote:
    """The quote, stamped."""
    return stamped(quote, CONTINUOUS) if isinstance(quote, Sketch) else changed(quote, phase=CONTINUOUS)


class Ledger(Book[Past]):
    """What the gate remembers of each instrument of a roster, in columns, to judge a page at once."""

    def __init__(self, roster: tuple[str, ...], tracks: Sequence[Past]) -> None:
        super().__init__(roster, tracks)
        count = len(roster)
        self._price, self._time, self._day = (np.zeros(count, np.int64) for _ in range(3))
        self._lacks = np.zeros(count, np.int64)
        self._scale = np.array([track.scale for track in tracks], np.float64)

    def passed(self, sheet: Sheet, moments: Moments) -> Mask:
        """The rows that pass as they are, by the rule of `passed`; they wait in the page from now on."""
        days = np.array([moments[moment].toordinal() for moment in sheet.moments])[sheet.which]
        price, before, times = sheet.price, self._price, sheet.times()
        found: Mask = sheet.usual & self.ready & (np.abs(price - before) <= JUMP * before)
        found &= (days == self._day) & (times >= self._time)
        found &= (
            (sheet.open > 0) & (sheet.high > 0) & (sheet.low > 0) & (sheet.volume > 0) & (sheet.amount > 0)
        )
        found &= (sheet.limit_down > 0) & (sheet.limit_down <= price) & (price <= sheet.limit_up)
        mean = sheet.amount / np.where(found, sheet.volume, 1.0) * self._scale
        found &= (sheet.low * LEAST <= mean) & (mean <= sheet.high * MOST)
        lacking = lacks(sheet)
        found &= (lacking & ~self._lacks) == 0
        for row in np.flatnonzero(self.ready & ~found).tolist():
            self.owners[row].leave()
        self._price, self._time = np.where(found, price, before), np.where(found, times, self._time)
        self._lacks = np.where(found, lacking, self._lacks)
        self.sheet, self.pending = sheet, found.copy()
        return found

    def learn(self, rows: Sequence[int]) -> None:
        """Rows that were judged one by one are in the columns from the next page on, where that can be."""
        for row in rows:
            track = self.owners[row]
            last, seen, session = track.last, track.seen, track.session
            if not (last and seen and session and last.price and track.split is None and track.book is None):
                continue
            track.book, track.row = self, row
            self._price[row], self._time[row] = last.price, micros(seen.time)
            self._day[row] = session.toordinal()
            self._lacks[row] = sum(bit for bit, name in LACKS if not getattr(last, name))
            self.ready[row] = True


LACKS = ((1, "prev_close"), (2, "shares"), (4, "float_shares"))


def lacks(sheet: Sheet) -> Whole:
    """Which of these figures each row lacks, as bits."""
    return sum(
        (bit * (getattr(sheet, name) == 0) for bit, name in LACKS), np.zeros(len(sheet.price), np.int64)
    )
