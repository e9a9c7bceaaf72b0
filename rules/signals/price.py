"""The last trade against a price or a channel of prices the user typed."""

from decimal import Decimal
from functools import lru_cache

from rules.line import Line
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region, threshold
from rules.signal import SIGNALS, Follows, Form, Parameter, ParameterKind, Phrase, Straight, Unit

in_quanta = lru_cache(lambda decimals: Line(slope=10**decimals))
INSIDE = frozenset({"inside", "enters"})  # the ends belong to the channel


@SIGNALS.add("price")
class Price(Straight):
    """Last trade."""

    summary = "last trade"
    summary_zh = "最新价"
    unit = Unit.PRICE
    parameters = (Parameter("low", ParameterKind.PRICE, 0, 0), Parameter("high", ParameterKind.PRICE, 0, 0))
    phrases = (
        Phrase("", "price {op} {level}", "价格 {op} {level}", Form.STATE),
        Phrase("crosses", "price crosses {level}", "价格穿越 {level}", Form.CROSSING),
        Phrase(
            "crosses above", "price crosses above {level}", "价格上穿 {level}", Form.CROSSING, Direction.UP
        ),
        Phrase(
            "crosses below", "price crosses below {level}", "价格下穿 {level}", Form.CROSSING, Direction.DOWN
        ),
        Phrase("outside", "price outside ({low}, {high})", "价格在{low}到{high}之外", Form.STATE),
        Phrase("inside", "price inside ({low}, {high})", "价格在{low}到{high}之内", Form.STATE),
        Phrase("enters", "price enters ({low}, {high})", "价格进入{low}到{high}", Form.CROSSING),
        Phrase("leaves", "price leaves ({low}, {high})", "价格离开{low}到{high}", Form.CROSSING),
    )

    def follows(self, args: tuple[Argument, ...]) -> Follows:
        """The user's number alone; a channel has two and is compiled with the rest."""
        return Follows.SESSION if args else Follows.LEVEL

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level in quanta; for `crosses` the band of neither side; a channel's ends."""
        if leaf.args:
            return self._channel(leaf, inputs)
        found = self.line(leaf, inputs).region(leaf)
        if leaf.verb == "crosses":
            (ratio,) = found.ratios
            (below,), (above,) = threshold(">=", ratio).boundaries, threshold(">", ratio).boundaries
            return Region((below, above), first=False, ratios=(ratio, ratio))
        return found

    def line(self, leaf: Leaf, inputs: Inputs) -> Line:
        """Currency -> quanta."""
        del leaf
        return in_quanta(inputs.instrument.decimals)

    @staticmethod
    def _channel(leaf: Leaf, inputs: Inputs) -> Region:
        low, high = (
            (numerator * 10**inputs.instrument.decimals, denominator)
            for end in leaf.args
            for numerator, denominator in (Decimal(str(end)).as_integer_ratio(),)
        )
        (inside,), (above,) = threshold(">=", low).boundaries, threshold(">", high).boundaries
        return Region((inside, above), first=leaf.verb not in INSIDE, ratios=(low, high))
