"""Levels one can say instead of a price: the previous day's high, low and close, and today's open."""

from rules.formulas.named import comparisons, side
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region, threshold
from rules.signal import SIGNALS, Priced, Unit, in_currency


class Bound(Priced):
    """The price against a level with a name."""

    unit = Unit.NONE

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself; the ratio of an adjusted float is that float exactly."""
        found = self.level(inputs)
        if isinstance(found, Absent):
            return found
        return threshold(side(leaf), found.as_integer_ratio(), {"bound": in_currency(inputs, found)})

    def level(self, inputs: Inputs) -> float | Absent:
        """The named price, in quanta."""
        raise NotImplementedError


class Yesterday(Bound):
    """A price of the previous day's bar."""

    column = "close"

    def need(self, args: tuple[Argument, ...]) -> int:
        """That bar."""
        del args
        return 1

    def level(self, inputs: Inputs) -> float | Absent:
        """Of the newest finished bar, on the session's scale."""
        if inputs.history is None:
            return Absent(inputs.stale)
        found: float = getattr(inputs.history, self.column)[-1].item()
        return found


@SIGNALS.add("prev high")
class PrevHigh(Yesterday):
    """The previous day's high."""

    summary = "the previous day's high, as a level"
    summary_zh = "昨日最高价"
    phrases = comparisons("prev high", "昨高")
    column = "high"


@SIGNALS.add("prev low")
class PrevLow(Yesterday):
    """The previous day's low."""

    summary = "the previous day's low, as a level"
    summary_zh = "昨日最低价"
    phrases = comparisons("prev low", "昨低")
    column = "low"


@SIGNALS.add("prev close")
class PrevClose(Yesterday):
    """The previous close: the feed's, on an ex-date the exchange's reference price; else the bar's."""

    summary = "the previous close, as a level"
    summary_zh = "昨收价"
    phrases = comparisons("prev close", "昨收")

    def level(self, inputs: Inputs) -> float | Absent:
        """The session's where it is known; what an earlier session saw is in its bars."""
        return inputs.prev_close or super().level(inputs)


@SIGNALS.add("open")
class Open(Bound):
    """Today's open."""

    summary = "today's open, as a level"
    summary_zh = "今开价"
    phrases = comparisons("open", "今开")
    resets = True

    def level(self, inputs: Inputs) -> float | Absent:
        """The session's."""
        return inputs.open or Absent("the open is not known")
