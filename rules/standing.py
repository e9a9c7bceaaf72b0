"""Instruments as stored quotes show them: what groups, pairs and prices that move an own axis are told from.

Whoever answers chats cannot ask the engine; it has the last quotes. A stand is what the engine would know of
an instrument from its quote alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rules.adjust import Daily
from rules.groups import Tally, figure_of
from rules.model import Instrument, Quote
from rules.region import Inputs, Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """One instrument at its stored quote; satisfies `rules.meter.Standing`."""

    instrument: Instrument
    quote: Quote | None
    inputs: Inputs
    tally: Tally | None = None  # a group's sums
    members: "tuple[Stand, ...]" = ()  # a group's that have traded on its day

    @property
    def price(self) -> int | None:
        """The quote's, quanta."""
        return None if self.quote is None else self.quote.price

    @property
    def prev_close(self) -> int | None:
        """In quanta."""
        return self.inputs.prev_close

    @property
    def daily(self) -> Daily | None:
        """Its finished daily bars."""
        return self.inputs.history

    @property
    def shares(self) -> int | None:
        """As the feed or the master say."""
        return self.inputs.shares

    def now(self) -> Inputs:
        """The inputs of closed forms."""
        return self.inputs

    def top(self) -> int | None:
        """The day's high as the quote has it."""
        return self.inputs.day_high

    def standing(self) -> "Sequence[Stand]":
        """A group's members that have traded on its day."""
        return self.members

    def at(self, price: int) -> "Stand":
        """The same at another price."""
        return self if self.quote is None else replace(self, quote=moved(self.quote, price))


def gathered(instrument: Instrument, members: Iterable[Stand], fed: Quote | None) -> Stand:
    """A group as its members' quotes show it, those of the newest day; `fed` is its own quote of that day."""
    quoted = [one for one in members if one.price is not None and one.inputs.session is not None]
    day = max((one.inputs.session for one in quoted if one.inputs.session), default=None)
    today = tuple(one for one in quoted if one.inputs.session == day)
    tally = Tally()
    if day is not None:
        tally.begin(day, (figure_of(one, day) for one in today))
    tally.fed = fed
    inputs = Inputs(instrument=instrument, session=day)
    return Stand(instrument=instrument, quote=None, inputs=inputs, tally=tally, members=today)


def moved(quote: Quote, price: int) -> Quote:
    """The quote with another last price, which the day's high and low then include."""
    high = None if quote.high is None else max(quote.high, price)
    low = None if quote.low is None else min(quote.low, price)
    return replace(quote, price=price, high=high, low=low)


def edges(truth: Callable[[int], bool | None], price: int, reach: tuple[int, int]) -> Region | None:
    """Where a truth changes as the price alone moves, nearest on each side; None where it does not.

    `truth` may change once each way within `reach`, its lowest and highest price.
    """
    now = truth(price)

    def flip(far: int) -> int | None:
        near, found = price, truth(far)
        if found is None or found is now:
            return None
        while abs(far - near) > 1:
            middle = (near + far) // 2
            near, far = (middle, far) if truth(middle) is now else (near, middle)
        return far

    down, up = flip(reach[0]), flip(reach[1])
    found = [at for at in (None if down is None else down + 1, up) if at is not None]
    if not found:
        return None
    return Region(tuple(found), bool(now) is (down is None), tuple((at, 1) for at in found))
