"""High and low of the trading before the open, as levels.

They are known once the session opens, from quotes before it; a rule on regular hours alone hears none.
"""

from functools import partial

from rules.formulas.named import DayLevel, Span, comparisons, phase_of, start
from rules.meter import PERCENT_SCALE, Moment
from rules.model import Leaf, Phase, Quote, SessionKind
from rules.region import Inputs
from rules.signal import SIGNALS, Own


class Before(Span):
    """The extreme of the prices seen before the open: a feed's own high and low are the regular session's."""

    def is_within(self, moment: Moment, quote: Quote) -> bool:
        """Before the open."""
        del quote
        return phase_of(moment) is Phase.PRE_OPEN

    def note(self, moment: Moment, quote: Quote) -> None:
        """Its price."""
        del quote
        self.extend(moment.price)


class BeforeOpen(DayLevel):
    """An extreme of the trading before the open."""

    sessions = frozenset({SessionKind.REGULAR, SessionKind.EXTENDED})

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """Its own: the level is made within the session."""
        high = self.high
        name = "premarket high" if high else "premarket low"
        return Own(
            name, leaf.args, PERCENT_SCALE, percent=True, meter=partial(Before, start(inputs), high=high)
        )


@SIGNALS.add("premarket high")
class PremarketHigh(BeforeOpen):
    """The high of the trading before the open."""

    summary = "the high of the trading before the open, as a level"
    summary_zh = "盘前最高价"
    phrases = comparisons("premarket high", "盘前高点")


@SIGNALS.add("premarket low")
class PremarketLow(BeforeOpen):
    """The low of the trading before the open."""

    summary = "the low of the trading before the open, as a level"
    summary_zh = "盘前最低价"
    phrases = comparisons("premarket low", "盘前低点")
    high = False
