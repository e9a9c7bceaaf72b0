"""High and low of the trading before the open, as levels.

They are known once the session opens. Only a condition with `session regular,extended` hears that trading, so
under any other it stays unknown.
"""

from functools import partial

from rules.meter import PERCENT_SCALE, Moment
from rules.model import Leaf, Phase, Quote
from rules.named import DayLevel, Span, comparisons, phase_of, start
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

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """Its own: the level is made within the session."""
        high = self.high
        name = "premarket high" if high else "premarket low"
        return Own(
            name, leaf.args, PERCENT_SCALE, percent=True, meter=partial(Before, start(inputs), high=high)
        )


@SIGNALS.add("premarket high")
class PremarketHigh(BeforeOpen):
    """The high of the trading before the open; heard with `session regular,extended` alone."""

    summary = "the high before the open, as a level (needs `session regular,extended`)"
    summary_zh = "盘前最高价（须加 时段 盘中,盘外）"
    phrases = comparisons("premarket high", "盘前高点")


@SIGNALS.add("premarket low")
class PremarketLow(BeforeOpen):
    """The low of the trading before the open; heard with `session regular,extended` alone."""

    summary = "the low before the open, as a level (needs `session regular,extended`)"
    summary_zh = "盘前最低价（须加 时段 盘中,盘外）"
    phrases = comparisons("premarket low", "盘前低点")
    high = False
