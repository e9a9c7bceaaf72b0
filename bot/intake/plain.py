"""The quotes that nothing can be said against, told in one look: the usual answer, without the reasons.

A stock's snapshot in the midst of trading, complete and within its limits, whose instrument was believed a
moment ago near the same price. Whatever is unusual in any way is left to the gate, which would decide alike.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.formats.sketch import Sketch, stamped
from rules.making import changed
from rules.model import Frame, Instrument, Phase, Quote
from rules.sessions import Hours

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

    def __post_init__(self) -> None:
        self.scale = 10**self.instrument.decimals


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
    is_sketch = isinstance(quote, Sketch)
    found = stamped(quote, CONTINUOUS) if is_sketch else changed(quote, phase=CONTINUOUS)
    past.seen, past.last, past.waiting = quote, found, None
    return found
