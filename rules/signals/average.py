"""The moving average of closes with the live price as today's."""

from rules.adjust import Daily
from rules.formulas.smoothing import tied
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region, checked, never, threshold
from rules.signal import SIGNALS, Parameter, Priced, Unit, in_currency
from rules.timeframe import BAR, N, counts, enough, line, span

RISING = ("above", "crosses above", "reclaim")


@SIGNALS.add("ma")
class Average(Priced):
    """Mean of the last n closes with the live price as today's."""

    summary = "mean of the last n closes with the live price as today's"
    summary_zh = "n 日均线（含现价）"
    unit = Unit.NONE
    parameters: tuple[Parameter, ...] = (N, BAR)
    phrases = line("ma", "ma({n})", "{n}日线")
    unfinished = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """As many bars as days: today's average takes one less, yesterday's all."""
        return sum(counts(args)[:1])

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """P > (S + P) / n where P > S / (n - 1), S the sum of the last n - 1 closes (performance.md 1.8)."""
        days = counts(leaf.args)[0]
        wanted = days if leaf.verb in ("reclaim", "lose") else days - 1
        bars = enough(leaf, inputs, wanted)
        if isinstance(bars, Absent):
            return bars
        total = bars.total(days - 1)
        numerator, denominator = total.as_integer_ratio()
        evidence = {"average": in_currency(inputs, total / (days - 1)), span(inputs): days}
        rising = leaf.verb in RISING
        if wanted == days and not inputs.held and not _was_beneath(bars, days, rising=rising):
            return never(evidence)
        region = threshold(">" if rising else "<", (numerator, denominator * (days - 1)), evidence)
        if isinstance(total, int):
            return region  # whole numbers are exact

        def definition(price: int) -> bool:
            gap = tied((days - 1) * price - total, total)
            return gap > 0 if rising else gap < 0

        return checked(region, definition)


def _was_beneath(bars: Daily, days: int, *, rising: bool) -> bool:
    """CROSS: yesterday's close at its own average or on the side it comes from."""
    close, total = bars.last() * days, bars.total(days)
    gap = tied(close - total, total)
    return gap <= 0 if rising else gap >= 0
