"""RSI of closes with the live price as the open bar's: rises as a share of all change, smoothed."""

from rules.formulas.roots import COMPARED, pieces
from rules.formulas.smoothing import POINTS, Convention, swings
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Priced, Unit, in_currency
from rules.timeframe import BAR, N, conventional, counts, enough, figure, operator

MOST = 100


@SIGNALS.add("rsi")
class Rsi(Priced):
    """RSI(n) = 100 x SMA(max(C - C', 0), n, 1) / SMA(|C - C'|, n, 1), begun with the first change (TDX)."""

    summary = "relative strength: 100 x smoothed rises / smoothed changes"
    summary_zh = "相对强弱指标 RSI"
    unit = Unit.NUMBER
    parameters = (N, BAR)
    phrases = figure("rsi", "rsi({n})", "RSI({n})")
    unfinished = True
    convention = Convention.TDX
    still = 50.0  # where nothing ever moved: neither strong nor weak

    def need(self, args: tuple[Argument, ...]) -> int:
        """Bars after which the seed no longer decides."""
        return 10 * counts(args)[0]

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Two straight pieces that meet at yesterday's close (performance.md 1.8)."""
        (days,), level = counts(leaf.args), float(leaf.level or 0)
        bars = enough(leaf, inputs, days + 1)
        if isinstance(bars, Absent):
            return bars
        rises, falls = swings(bars, days, self.convention)
        close, holds = bars.last(), COMPARED[operator(leaf.verb)]
        roots = [close]
        if 0 < level < MOST:
            odds = level / (MOST - level)
            roots.append(close + (days - 1) * (odds * falls - rises))
            roots.append(close + (days - 1) * (falls - rises / odds))
        evidence = {"rises": in_currency(inputs, rises), "falls": in_currency(inputs, falls)}
        return pieces(
            lambda price: holds(self.index(days, (rises, falls), price - close), level), roots, evidence
        )

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """Between 0 and 100."""
        (days,) = counts(leaf.args)
        bars = enough(leaf, inputs, days + 1)
        if isinstance(bars, Absent):
            return None
        return self.index(days, swings(bars, days, self.convention), price - bars.last())

    def index(self, days: int, past: tuple[float, float], change: float) -> float:
        """RSI after one more change; what the smoothing divides by cancels out."""
        rises = (days - 1) * past[0] + max(change, 0)
        falls = (days - 1) * past[1] + max(-change, 0)
        return round(MOST * rises / (rises + falls), POINTS) if rises + falls else self.still


@SIGNALS.add("rsi talib")
class RsiTalib(Rsi):
    """The same, begun with the means of the first n changes (Wilder, TA-Lib); 0 where nothing moved."""

    summary = "the same as TA-Lib begins it: with the means of the first n changes"
    summary_zh = "相对强弱指标 RSI（TA-Lib 口径）"
    phrases = conventional("rsi", Rsi.phrases)
    convention = Convention.TALIB
    still = 0.0
