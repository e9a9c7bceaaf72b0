"""Market value: shares x price."""

from decimal import Decimal

from rules.meter import AMOUNT_SCALE, Moment, beyond, encode
from rules.model import Leaf
from rules.region import Absent, Inputs, Region, threshold
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit, in_currency


class FedCap:
    """The market value a feed sends, where nobody knows the shares."""

    def read(self, moment: Moment) -> int | None:
        """The quote's own figure."""
        if moment.quote is None or not moment.quote.market_cap:
            return None
        return encode(*moment.quote.market_cap.as_integer_ratio(), AMOUNT_SCALE)

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


@SIGNALS.add("market_cap")
class MarketCap(Priced):
    """Shares x price."""

    summary = "shares x price"
    summary_zh = "总市值"
    unit = Unit.AMOUNT
    phrases = (Phrase("", "market_cap {op} {level}", "市值 {op} {level}", Form.STATE),)

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The price where the shares are known, else the feed's figure."""
        if inputs.shares:
            return None
        return Own("market_cap", leaf.args, AMOUNT_SCALE, percent=False, meter=FedCap)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Level / shares."""
        if not inputs.shares:
            return beyond(leaf.verb, leaf.level or Decimal(), AMOUNT_SCALE)
        numerator, denominator = (leaf.level or Decimal()).as_integer_ratio()
        ratio = (numerator * 10**inputs.instrument.decimals, denominator * inputs.shares)
        return threshold(leaf.verb, ratio, {"shares": inputs.shares})

    def value(self, inputs: Inputs, price: int) -> float:
        """Currency."""
        return in_currency(inputs, price) * (inputs.shares or 0)
