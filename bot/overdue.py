"""A provisional ring whose bar ended while the engine was away: decided by that bar, else withdrawn."""

from dataclasses import replace
from datetime import datetime

import numpy as np

from rules.levels import inputs_of, outlook
from rules.model import Condition, Event, History, Instrument, Quote, State
from rules.sessions import Hours, Session

REASON = "reason"
UNKNOWN = "not known"  # in the event's evidence, for whoever words the withdrawal


def decided(
    condition: Condition,
    event: Event,
    now: datetime,
    *,
    hours: Hours,
    instrument: Instrument,
    history: History | None,
) -> Event | None:
    """Confirmed or withdrawn; None while the bar of the provisional `event` is open at `now`.

    At the bar's close truth alone decides (design 4.4), so its close is put to the condition as a quote.
    Where the history does not have the bar, or does not suffice, the ring is withdrawn as not known.
    """
    session = hours.session(instrument.market, event.time)
    if session is None or now < session.due:
        return None
    quote, earlier = _bar(event, session, history)
    if quote is not None:
        seen = outlook(condition, inputs_of(quote, earlier, instrument, hours), quote)
        if seen.truth is not None:
            state = State.CONFIRMED if seen.truth else State.WITHDRAWN
            return replace(event, state=state, time=session.close, price=quote.price, value=seen.value)
    return replace(
        event,
        state=State.WITHDRAWN,
        time=session.close,
        price=None,
        value=None,
        evidence={**event.evidence, REASON: UNKNOWN},
    )


def _bar(event: Event, session: Session, history: History | None) -> tuple[Quote | None, History | None]:
    """The session's bar as its last quote, and the history before it."""
    if history is None:
        return None, None
    index = int(np.searchsorted(history.dates, np.datetime64(event.session)))
    if index == 0 or index == len(history.dates) or history.dates[index] != np.datetime64(event.session):
        return None, None
    # The previous close on this day's footing, as the exchange publishes it after a split or dividend.
    footing = history.factor[index - 1] / history.factor[index]
    quote = Quote(
        symbol=event.symbol,
        time=session.close,
        price=int(history.close[index]),
        open=int(history.open[index]),
        high=int(history.high[index]),
        low=int(history.low[index]),
        prev_close=round(float(history.close[index - 1] * footing)),
        volume=float(history.volume[index]),
    )
    columns = {
        name: getattr(history, name)[:index]
        for name in ("dates", "open", "high", "low", "close", "volume", "factor")
    }
    return quote, History(symbol=history.symbol, **columns)
