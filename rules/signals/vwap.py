"""The price against the day's average price, day amount / day volume."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from rules.formulas.flow import Cumulative
from rules.meter import PERCENT_SCALE, Moment, beyond, encode
from rules.model import Direction, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit

OPERATOR = {"crosses above": ">", "crosses below": "<"}


class Above:
    """Price / vwap - 1."""

    def __init__(self, decimals: int) -> None:
        self._unit = 10**decimals
        self._volume, self._amount = Cumulative(), Cumulative()
        self._vwap: float | None = None

    def read(self, moment: Moment) -> int | None:
        """Encoded; None until something was traded, or where volume or amount is not known."""
        self._vwap = None
        if moment.quote is None:
            return None
        volume = self._volume.read(moment.quote.volume, moment)
        amount = self._amount.read(moment.quote.amount, moment)
        if not volume or not amount:
            return None
        self._vwap = float(amount / volume)
        ratio = Fraction(moment.price, self._unit) * volume / amount - 1
        return encode(*ratio.as_integer_ratio(), PERCENT_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """The average price itself."""
        return {} if self._vwap is None else {"vwap": self._vwap}

    def restart(self) -> None:
        """The running figures know their day."""


@SIGNALS.add("vwap")
class Vwap(Priced):
    """Price above or below the day's volume-weighted average price; its number is the distance from it."""

    summary = "price against the day's average price, amount / volume"
    summary_zh = "现价与当日均价（成交额 / 成交量）"
    unit = Unit.NONE
    phrases = (
        Phrase("", "price {op} vwap", "价格 {op} 均价", Form.STATE),
        Phrase("crosses above", "price crosses above vwap", "价格上穿均价", Form.CROSSING, Direction.UP),
        Phrase("crosses below", "price crosses below vwap", "价格下穿均价", Form.CROSSING, Direction.DOWN),
    )
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The distance, in points."""
        decimals = inputs.instrument.decimals
        return Own("vwap", leaf.args, PERCENT_SCALE, percent=True, meter=lambda: Above(decimals))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Nought."""
        del inputs
        return beyond(OPERATOR.get(leaf.verb, leaf.verb), Decimal(), PERCENT_SCALE)
