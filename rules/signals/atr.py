"""Today's true range against the usual one: `range > 2x atr(14)`."""

from fractions import Fraction
from itertools import pairwise

from rules.adjust import Daily
from rules.formulas.recursion import carried
from rules.formulas.roots import COMPARED, pieces
from rules.formulas.smoothing import kept, smooth
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Follows, Form, Phrase, Priced, Unit, in_currency
from rules.timeframe import BAR, N, barred, conventional, counts, enough, span


@SIGNALS.add("range")
class TrueRange(Priced):
    """The open bar's true range in times of ATR(n) as of the last finished bar.

    True range = the largest of high - low, |high - C'| and |low - C'|, C' the close before; TDX's
    ATR = MA(TR, n). The open bar's own range is left out of the mean it is measured by.
    """

    summary = "the open bar's true range in times of atr(n), the mean one of n finished bars"
    summary_zh = "真实波幅相对 n 日 ATR"
    unit = Unit.TIMES
    parameters = (N, BAR)
    phrases = barred(
        "atr", (Phrase("", "range {op} {level} atr({n})", "真实波幅 {op} {level} ATR({n})", Form.STATE),)
    )
    resets = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """The first true range wants the close before."""
        return counts(args)[0] + 1

    def follows(self, args: tuple[Argument, ...]) -> Follows:
        """The open bar's high and low."""
        del args
        return Follows.EXTREMES

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Reached above by low + x ATR, beneath by high - x ATR; for good once it is that wide."""
        bars = enough(leaf, inputs, self.need(leaf.args))
        if isinstance(bars, Absent):
            return bars
        (days,), holds, level = counts(leaf.args), COMPARED[leaf.verb], Fraction(leaf.level or 0)
        usual = self.usual(bars, days)
        wide, low, high = level * usual, *self.extremes(bars, inputs)
        return pieces(
            lambda price: holds(Fraction(max(high, price)) - min(low, price), wide),
            [low + wide, high - wide],
            {"atr": in_currency(inputs, float(usual)), span(inputs): days},
        )

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """Times."""
        bars = enough(leaf, inputs, self.need(leaf.args))
        if isinstance(bars, Absent) or not (usual := self.usual(bars, counts(leaf.args)[0])):
            return None
        low, high = self.extremes(bars, inputs)
        return float((max(high, price) - min(low, price)) / usual)

    def extremes(self, bars: Daily, inputs: Inputs) -> tuple[float, float]:
        """Of the close before and the open bar so far."""
        close = bars.last()
        low = close if inputs.day_low is None else min(close, inputs.day_low)
        high = close if inputs.day_high is None else max(close, inputs.day_high)
        return low, high

    def usual(self, bars: Daily, days: int) -> Fraction:
        """ATR as of the last finished bar: the mean of n true ranges, exact on raw prices."""
        count = len(bars)
        return kept(
            bars, ("atr", days), lambda: sum(ranges(bars, count - days - 1, count), Fraction()) / days
        )


@SIGNALS.add("range talib")
class TrueRangeTalib(TrueRange):
    """The same with Wilder's ATR (TA-Lib): smoothed by 1/n, begun with the mean of the first n."""

    summary = "the same with Wilder's ATR, as TA-Lib computes it"
    summary_zh = "真实波幅相对 ATR（TA-Lib 口径）"
    phrases = conventional("atr", TrueRange.phrases)

    def usual(self, bars: Daily, days: int) -> Fraction:
        """ATR as of the last finished bar."""

        def advance(now: float | None, bars: Daily, start: int, stop: int) -> float:
            every = [float(one) for one in ranges(bars, max(0, start - 1), stop)]
            return smooth(now, every, 1 / days, days)

        return Fraction(carried(bars, ("atr talib", days), advance, days + 1))


def ranges(bars: Daily, start: int, stop: int) -> list[Fraction]:
    """The true ranges of bars[start + 1:stop]."""
    span = slice(start, stop)
    rows = zip(bars.high[span].tolist(), bars.low[span].tolist(), bars.close[span].tolist(), strict=True)
    return [
        Fraction(max(high, before)) - Fraction(min(low, before))
        for (_, _, before), (high, low, _) in pairwise(rows)
    ]
