"""A fund's price against its indicative value."""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial

from rules.meter import PERCENT_SCALE, Moment, beyond, encode
from rules.model import Instrument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit

# Funds of other countries' shares by Shanghai's code range, and by what their names say.
OVERSEAS = re.compile(r"513\d{3}\.SH")
ABROAD = re.compile(
    r"QDII|纳指|纳斯达克|标普|道琼斯|美国|日经|日本|德国|法国|亚太|东南亚|沙特|恒生|港股|中概|海外|全球"
)
LATE = "assets abroad: the value is of their markets' last close"


class Distance:
    """Price / indicative value - 1."""

    def __init__(self, instrument: Instrument) -> None:
        self._unit = 10**instrument.decimals
        self._is_late = bool(OVERSEAS.fullmatch(instrument.symbol) or ABROAD.search(instrument.name))
        self._value: Decimal | None = None

    def read(self, moment: Moment) -> int | None:
        """Encoded; None where the feed has no indicative value."""
        value = self._value = None if moment.quote is None else moment.quote.indicative
        if not value or value < 0:
            return None
        ratio = Fraction(moment.price, self._unit) / Fraction(value) - 1
        return encode(*ratio.as_integer_ratio(), PERCENT_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """The value, and that it is stale where the fund holds shares abroad."""
        if self._value is None:
            return {}
        return {"indicative value": float(self._value), **({"stale": LATE} if self._is_late else {})}

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
        meter = partial(Distance, inputs.instrument)
        return Own("premium", leaf.args, PERCENT_SCALE, percent=True, meter=meter)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)
