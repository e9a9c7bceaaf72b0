"""How far the day swung: its amplitude, the pull-back from its high, the rebound from its low.

All three are parts of the previous close, as every percentage is that does not say otherwise. The high and
the low are the regular session's, this quote's own price and the feed's figures in it included.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import TypeAlias

from rules.formulas.named import Start, is_regular, start
from rules.meter import PERCENT_SCALE, Moment, beyond, encode
from rules.model import Direction, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit

Measure: TypeAlias = Callable[[int, int, int], int]  # of high, low and price


class Swing:
    """Follows the day's high and low from those known where the axis began."""

    def __init__(self, measure: Measure, start: Start) -> None:
        self._measure = measure
        self._day, self._high, self._low = start.day, start.high, start.low

    def read(self, moment: Moment) -> int | None:
        """The measure as a part of the previous close; None until the regular session has a price."""
        quote, session = moment.quote, moment.session
        if session is not None and session.date != self._day:
            self._day, self._high, self._low = session.date, None, None
        if quote is not None and is_regular(moment):
            self._high = max(filter(None, (self._high, quote.high, moment.price)))
            self._low = min(filter(None, (self._low, quote.low, moment.price)))
        base = prev_close(moment)
        if not base or self._high is None or self._low is None:
            return None
        return encode(self._measure(self._high, self._low, moment.price), base, PERCENT_SCALE)

    def restart(self) -> None:
        """The new session's date says so."""


def prev_close(moment: Moment) -> int | None:
    """The instrument's; a stored quote looked at alone has its own."""
    if moment.own is not None:
        return moment.own.prev_close
    return None if moment.quote is None else moment.quote.prev_close


class Swung(Priced):
    """A measure of the day's high, low and price."""

    unit = Unit.PERCENT
    resets = True
    name = "amplitude"

    def measure(self, high: int, low: int, price: int) -> int:
        """In quanta."""
        del price
        return high - low

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """Its own: the price alone does not decide it."""
        return Own(
            self.name,
            leaf.args,
            PERCENT_SCALE,
            percent=True,
            meter=partial(Swing, self.measure, start(inputs)),
        )

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)


@SIGNALS.add("amplitude")
class Amplitude(Swung):
    """(High - low) / previous close."""

    summary = "(high - low) / previous close"
    summary_zh = "振幅（最高减最低，对昨收）"
    phrases = (Phrase("", "amplitude {op} {level}", "振幅 {op} {level}", Form.STATE),)


@SIGNALS.add("from_high")
class FromHigh(Swung):
    """(The day's high - price) / previous close: the pull-back."""

    summary = "pull-back: (the day's high - price) / previous close"
    summary_zh = "自日内最高回落（对昨收）"
    phrases = (Phrase("", "from_high {op} {level}", "自最高回落 {op} {level}", Form.STATE, Direction.DOWN),)
    name = "from_high"

    def measure(self, high: int, low: int, price: int) -> int:
        """In quanta."""
        del low
        return high - price


@SIGNALS.add("from_low")
class FromLow(Swung):
    """(Price - the day's low) / previous close: the rebound."""

    summary = "rebound: (price - the day's low) / previous close"
    summary_zh = "自日内最低反弹（对昨收）"
    phrases = (Phrase("", "from_low {op} {level}", "自最低反弹 {op} {level}", Form.STATE, Direction.UP),)
    name = "from_low"

    def measure(self, high: int, low: int, price: int) -> int:
        """In quanta."""
        del high
        return price - low
