"""The quotes that nothing can be said against, told in one look: the gate's usual answer, without its reasons.

A stock's snapshot in the midst of trading, complete and within its limits, whose instrument was believed a
moment ago near the same price. Whatever is unusual in any way is left to the gate, which would decide alike.
"""

from datetime import date, datetime, timedelta

from bot.sketch import Sketch, restamped
from rules.making import changed
from rules.model import Frame, Phase, Quote
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


def is_plain(quote: Quote, last: Quote, scale: int) -> bool:
    """Whether a quote of a plain moment may pass as it is after the one believed last, which is not newer.

    `scale` is what a whole price is in quanta.
    """
    price, before = quote.price, last.price
    return bool(
        price
        and before
        and quote.phase is None
        and last.phase is CONTINUOUS
        and not (quote.flaw or quote.status)
        and quote.open
        and (high := quote.high)
        and (low := quote.low)
        and (up := quote.limit_up)
        and (down := quote.limit_down)
        and 0 < down <= price <= up
        and (volume := quote.volume)
        and (amount := quote.amount)
        and low * LEAST <= amount / volume * scale <= high * MOST
        and abs(price - before) <= JUMP * before
        # What it lacks the one before has not either, so nothing is to be completed.
        and (quote.prev_close or quote.prev_close is last.prev_close)
        and (quote.shares or quote.shares is last.shares)
        and (quote.float_shares or quote.float_shares is last.float_shares)
    )


def stamped(quote: Quote) -> Quote:
    """The quote in continuous trading."""
    if quote.__class__ is Sketch:
        return restamped(quote, CONTINUOUS)
    return changed(quote, phase=CONTINUOUS)
