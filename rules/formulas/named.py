"""Levels with a name, instead of a price: how one stands against them, and those a part of the day makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.meter import PERCENT_SCALE, Moment, beyond, encode
from rules.model import Direction, Leaf, Phase, Quote, SessionKind
from rules.region import Absent, Inputs, Region
from rules.sessions import KINDS
from rules.signal import Form, Phrase, Priced, Unit


def comparisons(en: str, zh: str) -> tuple[Phrase, ...]:
    """The four ways a price stands against a level with a name; all strict, so a tie is neither."""
    return (
        Phrase("above", f"price > {en}", f"价格 > {zh}", Form.STATE, Direction.UP),
        Phrase("below", f"price < {en}", f"价格 < {zh}", Form.STATE, Direction.DOWN),
        Phrase("crosses above", f"price crosses above {en}", f"价格上穿 {zh}", Form.CROSSING, Direction.UP),
        Phrase("crosses below", f"price crosses below {en}", f"价格下穿 {zh}", Form.CROSSING, Direction.DOWN),
    )


def side(leaf: Leaf) -> str:
    """The operator behind `above`, `crosses above` and their opposites."""
    return ">" if leaf.verb.endswith("above") else "<"


@dataclass(frozen=True, slots=True)
class Start:
    """What of the day was known when an axis began, and the scale of prices."""

    day: date | None
    high: int | None
    low: int | None
    decimals: int


def start(inputs: Inputs) -> Start:
    """Of these inputs, without holding on to their history."""
    return Start(inputs.session, inputs.day_high, inputs.day_low, inputs.instrument.decimals)


def phase_of(moment: Moment) -> Phase | None:
    """The phase of a moment's quote, by the timetable where the quote does not say; else None."""
    quote, session = moment.quote, moment.session
    if quote is None or quote.phase is not None:
        return None if quote is None else quote.phase
    return None if session is None else session.phase(quote.time)


def is_regular(moment: Moment) -> bool:
    """Whether a moment's quote belongs to the regular session; one without a phase was taken for such."""
    phase = phase_of(moment)
    return moment.quote is not None and (phase is None or KINDS.get(phase) is SessionKind.REGULAR)


class Span:
    """The extreme of a part of the day, and how far the price is from it afterwards."""

    def __init__(self, start: Start, *, high: bool) -> None:
        self.start, self.high = start, high
        self.day: date | None = None
        self._level: int | None = None

    def read(self, moment: Moment) -> int | None:
        """Price / level - 1; None while the part lasts, and where it was not watched."""
        quote, session = moment.quote, moment.session
        if session is not None and session.date != self.day:
            self.day, self._level = session.date, None
        if quote is None:
            return None
        if self.is_within(moment, quote):
            self.note(moment, quote)
            return None
        if self._level is None or not is_regular(moment):
            return None
        return encode(moment.price - self._level, self._level, PERCENT_SCALE)

    def is_within(self, moment: Moment, quote: Quote) -> bool:
        """Whether the part of the day still lasts."""
        raise NotImplementedError

    def note(self, moment: Moment, quote: Quote) -> None:
        """A quote of it."""
        raise NotImplementedError

    def extend(self, price: int | None) -> None:
        """The level, where a price is beyond it."""
        if price and (self._level is None or (price > self._level) is self.high):
            self._level = price

    def evidence(self) -> Mapping[str, str | float]:
        """The level."""
        return {} if self._level is None else {"bound": self._level / 10**self.start.decimals}

    def restart(self) -> None:
        """The new session's date says so."""


class DayLevel(Priced):
    """The price against a level that the day itself made."""

    unit = Unit.NONE
    resets = True
    high = True

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Where price / level - 1 changes its sign; strict."""
        del inputs
        return beyond(side(leaf), Decimal(), PERCENT_SCALE)
