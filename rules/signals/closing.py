"""The move of the closing auction against the last price of continuous trading, in Shanghai that of 14:57."""

from decimal import Decimal

from rules.formulas.auction import Closing
from rules.meter import PERCENT_SCALE, beyond
from rules.model import Instrument, Kind, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit

MARKETS = frozenset({"SH", "SZ", "BJ", "HK"})


@SIGNALS.add("closing move")
class ClosingMove(Priced):
    """Price in the closing auction / the last one before it - 1."""

    summary = "closing auction: price / the last price before it (14:57) - 1"
    summary_zh = "收盘竞价涨跌幅（对 14:57 价）"
    unit = Unit.PERCENT
    phrases = (Phrase("", "closing move {op} {level}", "尾盘竞价涨跌幅 {op} {level}", Form.STATE),)
    resets = True

    def exists(self, instrument: Instrument) -> bool:
        """Where the close is an auction of the instrument's own."""
        return instrument.market in MARKETS and instrument.kind is not Kind.GROUP

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The move, in points."""
        decimals = inputs.instrument.decimals
        return Own("closing move", leaf.args, PERCENT_SCALE, percent=True, meter=lambda: Closing(decimals))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)
