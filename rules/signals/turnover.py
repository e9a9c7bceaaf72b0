"""What changed hands today: in currency, and as a part of the shares that float, or that float free."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from rules.formulas.flow import Cumulative
from rules.meter import AMOUNT_SCALE, PERCENT_SCALE, Moment, beyond, encode
from rules.model import Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit


class Amount:
    """The day's amount as fed."""

    def __init__(self) -> None:
        self._amount = Cumulative()

    def read(self, moment: Moment) -> int | None:
        """Encoded currency."""
        quote = moment.quote
        amount = self._amount.read(None if quote is None else quote.amount, moment)
        return None if amount is None else encode(*amount.as_integer_ratio(), AMOUNT_SCALE)

    def restart(self) -> None:
        """The running figure knows its day."""


class Rate:
    """The day's volume / the shares the feed stated last: those that float, or that float free."""

    def __init__(self, *, is_free: bool = False) -> None:
        self._volume = Cumulative()
        self._is_free = is_free
        self._shares: int | None = None

    def read(self, moment: Moment) -> int | None:
        """Encoded; None where nobody knows the float."""
        quote = moment.quote
        if quote is None:
            return None
        volume = self._volume.read(quote.volume, moment)
        self._shares = (quote.free_float_shares if self._is_free else quote.float_shares) or self._shares
        if volume is None or not self._shares:
            return None
        return encode(*(volume / self._shares).as_integer_ratio(), PERCENT_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """The shares stated last."""
        return {} if self._shares is None else {"float shares": self._shares}

    def restart(self) -> None:
        """The running figure knows its day; shares stay."""


@SIGNALS.add("turnover")
class Turnover(Priced):
    """The day's amount."""

    summary = "the day's amount"
    summary_zh = "成交额"
    unit = Unit.AMOUNT
    phrases = (Phrase("", "turnover {op} {level}", "成交额 {op} {level}", Form.STATE),)
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The amount."""
        del inputs
        return Own("turnover", leaf.args, AMOUNT_SCALE, percent=False, meter=Amount)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), AMOUNT_SCALE)


@SIGNALS.add("turnover_rate")
class TurnoverRate(Priced):
    """The day's volume / float shares."""

    summary = "the day's volume / float shares"
    summary_zh = "换手率"
    unit = Unit.PERCENT
    phrases = (Phrase("", "turnover_rate {op} {level}", "换手率 {op} {level}", Form.STATE),)
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The rate, in points."""
        del inputs
        return Own("turnover_rate", leaf.args, PERCENT_SCALE, percent=True, meter=Rate)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)


@SIGNALS.add("free turnover")
class FreeTurnoverRate(TurnoverRate):
    """The day's volume / the shares that float free: without those of holders who never sell."""

    summary = "the day's volume / free-float shares, where the feed states these"
    summary_zh = "实际换手率（自由流通股）"
    phrases = (Phrase("", "turnover_rate(free) {op} {level}", "实际换手率 {op} {level}", Form.STATE),)

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The rate, in points."""
        del inputs
        meter = partial(Rate, is_free=True)
        return Own("free turnover", leaf.args, PERCENT_SCALE, percent=True, meter=meter)
