"""The usual day's range: how far the instrument goes in a day."""

from rules.formulas.ranges import adr
from rules.formulas.relative import constant
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region, threshold
from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Phrase, Priced, Unit


@SIGNALS.add("adr")
class AverageRange(Priced):
    """Mean true range of the last n finished days in percent: true or false for the whole session."""

    summary = "mean true range of the last n days, in percent of each day's previous close"
    summary_zh = "n 日平均真实波幅（百分比）"
    unit = Unit.PERCENT
    parameters: tuple[Parameter, ...] = (Parameter("n", ParameterKind.COUNT, 1, 250),)
    phrases = (Phrase("", "adr({n}) {op} {level}", "{n}日平均真实波幅 {op} {level}", Form.STATE),)

    def need(self, args: tuple[Argument, ...]) -> int:
        """N true ranges and the close before them."""
        return int(str(args[0])) + 1

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Everywhere or nowhere: the price of now has no part in it."""
        days, bars = int(str(leaf.args[0])), inputs.history
        if bars is None:
            return Absent(inputs.stale)
        found = adr(bars, days)
        if found is None:
            return Absent(f"{days + 1} daily bars needed, {len(bars)} known")
        # Both in parts of the level's own denominator, so that a tie is one.
        numerator, denominator = (leaf.level or 0).as_integer_ratio()
        level = threshold(leaf.verb, (numerator * found.denominator, denominator))
        return constant({f"ADR{days} %": float(100 * found)}, holds=level.truth(found.numerator))

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """Percent points."""
        del price
        found = None if inputs.history is None else adr(inputs.history, int(str(leaf.args[0])))
        return None if found is None else float(100 * found)
