"""Ratio: the price over another instrument's, both in currency."""

from decimal import Decimal

from rules.meter import Moment, beyond, encode
from rules.model import Direction, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Priced, Unit

RATIO_SCALE = 10**12  # levels carry at most twelve decimals
SIDES = {"crosses above": ">", "crosses below": "<"}


class Quotient:
    """The last price here over the last price there, as of the end of a frame."""

    def read(self, moment: Moment) -> int | None:
        """None until both have traded today; groups have no price."""
        own, other = moment.own, moment.others[0] if moment.others else None
        if own is None or other is None or not own.price or not other.price:
            return None
        mine = own.price * 10**other.instrument.decimals
        return encode(mine, other.price * 10**own.instrument.decimals, RATIO_SCALE)

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


@SIGNALS.add("ratio")
class PriceRatio(Priced):
    """Price / another instrument's price."""

    summary = "price / another instrument's price"
    summary_zh = "比价：价格除以另一标的的价格"
    unit = Unit.NUMBER
    parameters = (Parameter("other", ParameterKind.SYMBOL, 0, 0),)
    phrases = (
        Phrase("", "ratio({other}) {op} {level}", "对 {other} 比价 {op} {level}", Form.STATE),
        Phrase(
            "crosses above",
            "ratio({other}) crosses above {level}",
            "对 {other} 比价上穿 {level}",
            Form.CROSSING,
            Direction.UP,
        ),
        Phrase(
            "crosses below",
            "ratio({other}) crosses below {level}",
            "对 {other} 比价下穿 {level}",
            Form.CROSSING,
            Direction.DOWN,
        ),
    )

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The quotient."""
        del inputs
        others = (str(leaf.args[0]),)
        return Own("ratio", leaf.args, RATIO_SCALE, percent=False, meter=Quotient, others=others)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself; a cross is strict."""
        del inputs
        return beyond(SIDES.get(leaf.verb, leaf.verb), leaf.level or Decimal(), RATIO_SCALE)
