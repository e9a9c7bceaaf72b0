"""The last trade against a price the user typed."""

from decimal import Decimal

from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region, threshold
from rules.signal import SIGNALS, Follows, Form, Phrase, Priced, Unit

OPERATORS = {"crosses above": ">", "crosses below": "<"}


@SIGNALS.add("price")
class Price(Priced):
    """Last trade."""

    summary = "last trade"
    summary_zh = "最新价"
    unit = Unit.PRICE
    phrases = (
        Phrase("", "price {op} {level}", "价格 {op} {level}", Form.STATE),
        Phrase("crosses", "price crosses {level}", "价格穿越 {level}", Form.CROSSING),
        Phrase(
            "crosses above", "price crosses above {level}", "价格上穿 {level}", Form.CROSSING, Direction.UP
        ),
        Phrase(
            "crosses below", "price crosses below {level}", "价格下穿 {level}", Form.CROSSING, Direction.DOWN
        ),
    )

    def follows(self, args: tuple[Argument, ...]) -> Follows:
        """The user's number alone."""
        del args
        return Follows.LEVEL

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level in quanta; for `crosses` the band where the price is on neither side."""
        numerator, denominator = (leaf.level or Decimal()).as_integer_ratio()
        ratio = (numerator * 10**inputs.instrument.decimals, denominator)
        if leaf.verb == "crosses":
            (below,), (above,) = threshold(">=", ratio).boundaries, threshold(">", ratio).boundaries
            return Region((below, above), first=False, ratios=(ratio, ratio))
        return threshold(OPERATORS.get(leaf.verb, leaf.verb), ratio)
