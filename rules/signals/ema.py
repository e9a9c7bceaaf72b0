"""The exponential average with the live price as the open bar's close."""

from rules.formulas.smoothing import Convention, ema, snapped, tied
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region, never, threshold
from rules.signal import SIGNALS, Priced, Unit, in_currency
from rules.timeframe import BAR, N, conventional, counts, enough, line, span

RISING = ("above", "crosses above", "reclaim")


@SIGNALS.add("ema")
class Exponential(Priced):
    """EMA(n) = 2/(n+1) x price + (n-1)/(n+1) x yesterday's, begun with the first close (TDX)."""

    summary = "exponential average of n closes with the live price as today's"
    summary_zh = "n 日指数均线（含现价）"
    unit = Unit.NONE
    parameters = (N, BAR)
    phrases = line("ema", "ema({n})", "{n}日EMA")
    unfinished = True
    convention = Convention.TDX

    def need(self, args: tuple[Argument, ...]) -> int:
        """Bars after which the seed no longer decides."""
        return 10 * counts(args)[0]

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """P > w P + (1 - w) E where P > E, E yesterday's average (performance.md 1.8)."""
        (days,) = counts(leaf.args)
        bars = enough(leaf, inputs, days + 1)
        if isinstance(bars, Absent):
            return bars
        last = snapped(ema(bars, days, self.convention))
        evidence = {"average": in_currency(inputs, last), span(inputs): days}
        rising = leaf.verb in RISING
        was = tied(bars.last() - last, last)
        gone = was > 0 if rising else was < 0
        if leaf.verb in ("reclaim", "lose") and gone and not inputs.held:
            return never(evidence)
        return threshold(">" if rising else "<", last.as_integer_ratio(), evidence)


@SIGNALS.add("ema talib")
class ExponentialTalib(Exponential):
    """The same, begun with the mean of the first n closes (TA-Lib)."""

    summary = "the same average as TA-Lib begins it: with the mean of the first n closes"
    summary_zh = "n 日指数均线（TA-Lib 口径）"
    phrases = conventional("ema", Exponential.phrases)
    convention = Convention.TALIB
