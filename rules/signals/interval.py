"""The change over some trading days: price / the adjusted close so many sessions before today - 1."""

from rules.formulas.relative import Base, points, risen
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Phrase, Priced, Unit, in_currency


@SIGNALS.add("interval change")
class IntervalChange(Priced):
    """Price / close n sessions ago - 1; today is the last of the n days."""

    summary = "price / the adjusted close n sessions ago - 1"
    summary_zh = "n 日涨跌幅（复权）"
    unit = Unit.PERCENT
    parameters = (Parameter("span", ParameterKind.SPAN, 2, 1000),)
    phrases = (Phrase("", "change({span}) {op} {level}", "{span}涨跌幅 {op} {level}", Form.STATE),)

    def need(self, args: tuple[Argument, ...]) -> int:
        """The close before the first day."""
        return int(str(args[0]).removesuffix("d"))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """That close x (1 + level)."""
        found = self.base(leaf.args, inputs)
        return found if isinstance(found, Absent) else risen(leaf.verb, found, leaf.level)

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """Percent points since then."""
        found = self.base(leaf.args, inputs)
        return None if isinstance(found, Absent) else points(found.price, price)

    def base(self, args: tuple[Argument, ...], inputs: Inputs) -> Base | Absent:
        """The close it counts from, on the session's scale."""
        days, bars = self.need(args), inputs.history
        if bars is None:
            return Absent(inputs.stale)
        if len(bars) < days:
            return Absent(f"{days} daily bars needed, {len(bars)} known")
        price: float = bars.close[-days].item()
        return Base(price, {"base": in_currency(inputs, price), "as of": str(bars.dates[-days])})
