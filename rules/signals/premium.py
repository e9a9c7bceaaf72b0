"""A fund's price against its indicative value."""

from decimal import Decimal
from fractions import Fraction

from rules.meter import PERCENT_SCALE, Moment, beyond, encode
from rules.model import Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit


class Distance:
    """Price / indicative value - 1."""

    def __init__(self, decimals: int) -> None:
        self._unit = 10**decimals

    def read(self, moment: Moment) -> int | None:
        """Encoded; None where the feed has no indicative value."""
        value = None if moment.quote is None else moment.quote.indicative
        if not value or value < 0:
            return None
        ratio = Fraction(moment.price, self._unit) / Fraction(value) - 1
        return encode(*ratio.as_integer_ratio(), PERCENT_SCALE)

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


@SIGNALS.add("premium")
class Premium(Priced):
    """Fund price / indicative value - 1; negative at a discount."""

    summary = "fund price / indicative value - 1, where the feed has it"
    summary_zh = "基金溢价率（价格对参考净值）"
    unit = Unit.PERCENT
    phrases = (Phrase("", "premium {op} {level}", "溢价率 {op} {level}", Form.STATE),)
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The premium, in points."""
        decimals = inputs.instrument.decimals
        return Own("premium", leaf.args, PERCENT_SCALE, percent=True, meter=lambda: Distance(decimals))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)
