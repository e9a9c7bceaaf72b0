"""Market value: shares x price."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from rules.line import Line
from rules.meter import AMOUNT_SCALE, Moment, beyond, encode
from rules.model import Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Straight, Unit, in_currency


class FedCap:
    """The market value a feed sends, where nobody knows the shares."""

    def read(self, moment: Moment) -> int | None:
        """The quote's own figure."""
        if moment.quote is None or not moment.quote.market_cap:
            return None
        return encode(*moment.quote.market_cap.as_integer_ratio(), AMOUNT_SCALE)

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


class FloatCap:
    """Tradable shares x price, with the newest count the feed sent."""

    def __init__(self, decimals: int) -> None:
        self._one = 10**decimals
        self._shares: int | None = None

    def read(self, moment: Moment) -> int | None:
        """Exact; None until a quote says how many shares float."""
        if moment.quote is not None and moment.quote.float_shares:
            self._shares = moment.quote.float_shares
        return None if not self._shares else encode(moment.price * self._shares, self._one, AMOUNT_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """The count."""
        return {} if self._shares is None else {"float shares": self._shares}

    def restart(self) -> None:
        """The count holds until the feed says another."""


@SIGNALS.add("market_cap")
class MarketCap(Straight):
    """Shares x price; the evidence says of which day the share count is, where anybody stated it."""

    summary = "shares x price"
    summary_zh = "总市值"
    unit = Unit.AMOUNT
    phrases = (Phrase("", "market_cap {op} {level}", "市值 {op} {level}", Form.STATE),)

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The price where the shares are known, else the feed's figure."""
        if inputs.shares:
            return None
        return Own("market_cap", leaf.args, AMOUNT_SCALE, percent=False, meter=FedCap)

    def line(self, leaf: Leaf, inputs: Inputs) -> Line | Absent:
        """Level / shares."""
        del leaf
        if not inputs.shares:
            return Line(slope=AMOUNT_SCALE, coded=True)
        evidence: dict[str, str | float] = {"shares": inputs.shares}
        if inputs.shares_as_of is not None:
            evidence["shares as of"] = str(inputs.shares_as_of)
        return Line(0, 10**inputs.instrument.decimals, inputs.shares, evidence=evidence)

    def value(self, inputs: Inputs, price: int) -> float:
        """Currency."""
        return in_currency(inputs, price) * (inputs.shares or 0)


@SIGNALS.add("float_cap")
class FloatMarketCap(Priced):
    """Tradable shares x price; the feed says how many shares float, so it has an axis of its own."""

    summary = "tradable shares x price"
    summary_zh = "流通市值"
    unit = Unit.AMOUNT
    phrases = (Phrase("", "float_cap {op} {level}", "流通市值 {op} {level}", Form.STATE),)

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The amount."""
        meter = partial(FloatCap, inputs.instrument.decimals)
        return Own("float_cap", leaf.args, AMOUNT_SCALE, percent=False, meter=meter)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), AMOUNT_SCALE)
