"""The distance from a moving average: bias(n), and coming near it from outside."""

from fractions import Fraction

from rules.formulas.roots import COMPARED, pieces
from rules.formulas.smoothing import snapped
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Phrase, Priced, Unit, in_currency
from rules.timeframe import BAR, N, barred, counts, enough, figure, operator, span


@SIGNALS.add("bias")
class Bias(Priced):
    """Price / ma(n) - 1, the live price being the newest of the n closes (TDX's BIAS, in percent)."""

    summary = "price / ma(n) - 1"
    summary_zh = "n 日乖离率"
    unit = Unit.PERCENT
    parameters = (N, BAR)
    phrases = figure("bias", "bias({n})", "{n}日乖离率")
    unfinished = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """As many bars as today's average takes."""
        return counts(args)[0] - 1

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """P = (1 + x) S / (n - 1 - x), S the sum of the last n - 1 closes."""
        (days,), level = counts(leaf.args), Fraction(leaf.level or 0)
        bars = enough(leaf, inputs, days - 1)
        if isinstance(bars, Absent):
            return bars
        total = Fraction(snapped(bars.total(days - 1)))
        evidence = {"average": in_currency(inputs, float(total / (days - 1))), span(inputs): days}

        def definition(price: int) -> bool:
            return self.holds(leaf.verb, days * price / (total + price) - 1, level)

        edges = [edge for edge in self.edges(level) if edge < days - 1]
        return pieces(definition, [(1 + edge) * total / (days - 1 - edge) for edge in edges], evidence)

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """Percent points."""
        (days,) = counts(leaf.args)
        bars = enough(leaf, inputs, days - 1)
        if isinstance(bars, Absent):
            return None
        return 100 * (days * price / (bars.total(days - 1) + price) - 1)

    def holds(self, verb: str, bias: Fraction, level: Fraction) -> bool:
        """The comparison."""
        return COMPARED[operator(verb)](bias, level)

    def edges(self, level: Fraction) -> tuple[Fraction, ...]:
        """Where on its scale the comparison turns."""
        return (level,)


@SIGNALS.add("near ma")
class Near(Bias):
    """The bias, either way, less than the level: the average is near."""

    summary = "price within a percentage of ma(n), coming from outside"
    summary_zh = "临近 n 日均线"
    phrases = barred("ma", (Phrase("near", "near ma({n}) {level}", "临近{n}日线 {level}", Form.CROSSING),))

    def holds(self, verb: str, bias: Fraction, level: Fraction) -> bool:
        """Strictly within."""
        del verb
        return abs(bias) < level

    def edges(self, level: Fraction) -> tuple[Fraction, ...]:
        """Both sides."""
        return (-level, level)
