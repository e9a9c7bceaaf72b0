"""The opening range: high and low of the session's first minutes, as levels.

They are known once these minutes are over, so nothing is true or false before. The axis is price / level - 1.
"""

from datetime import timedelta
from functools import partial

from rules.formulas.named import DayLevel, Span, Start, comparisons, is_regular, start
from rules.formulas.windows import width
from rules.meter import PERCENT_SCALE, Moment
from rules.model import Leaf, Quote
from rules.region import Inputs
from rules.signal import SIGNALS, Own, Parameter, ParameterKind

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1) // MICROSECOND


class FirstMinutes(Span):
    """The extreme of the session's first w minutes, the feed's own high and low included.

    It takes a quote of these minutes, and either a feed that states them or a watch from the open on.
    """

    def __init__(self, start: Start, window: timedelta, *, high: bool) -> None:
        super().__init__(start, high=high)
        self._window = window // MICROSECOND

    def is_within(self, moment: Moment, quote: Quote) -> bool:
        """The first minutes of the session, of the UTC day round the clock."""
        del quote
        return is_regular(moment) and moment.elapsed % DAY < self._window

    def note(self, moment: Moment, quote: Quote) -> None:
        """The price, and what the feed says of the day so far."""
        known = self.start
        fed, before = (quote.high, known.high) if self.high else (quote.low, known.low)
        if not moment.early and fed is None:
            return
        if known.day == self.day:
            self.extend(before)  # what was seen before the axis began
        self.extend(fed)
        self.extend(moment.price)


class Opening(DayLevel):
    """An extreme of the first w minutes."""

    parameters: tuple[Parameter, ...] = (Parameter("w", ParameterKind.WINDOW, 60, 7200),)

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """Its own: the level is made within the session."""
        window, high = width(leaf), self.high
        meter = partial(FirstMinutes, start(inputs), window, high=high)
        return Own(
            "opening high" if high else "opening low", leaf.args, PERCENT_SCALE, percent=True, meter=meter
        )


@SIGNALS.add("opening high")
class OpeningHigh(Opening):
    """The high of the first w minutes."""

    summary = "the opening range: the high of the first w minutes, as a level once they are over"
    summary_zh = "开盘区间高点"
    phrases = comparisons("opening high({w})", "开盘{w}高点")


@SIGNALS.add("opening low")
class OpeningLow(Opening):
    """The low of the first w minutes."""

    summary = "the opening range: the low of the first w minutes, as a level once they are over"
    summary_zh = "开盘区间低点"
    phrases = comparisons("opening low({w})", "开盘{w}低点")
    high = False
