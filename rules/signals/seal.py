"""The orders that hold a seal: their worth, their part of the float, and whether half of them left."""

from decimal import Decimal

from rules.formulas.orders import Halved, Part, Worth
from rules.limits import Side
from rules.meter import AMOUNT_SCALE, COUNT_SCALE, PERCENT_SCALE, beyond
from rules.model import Direction, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit


class SealAmount(Priced):
    """What the orders at a sealed limit are worth."""

    unit = Unit.AMOUNT
    resets = True
    side = Side.UP

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The amount, or whether it halved."""
        del inputs
        side = self.side
        if leaf.verb == "halved":
            return Own(
                f"seal {side.value} halved", (), COUNT_SCALE, percent=False, meter=lambda: Halved(side)
            )
        return Own(f"seal {side.value}", (), AMOUNT_SCALE, percent=False, meter=lambda: Worth(side))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself; 1 against 0."""
        del inputs
        if leaf.verb == "halved":
            return beyond(">=", Decimal(1), COUNT_SCALE)
        return beyond(leaf.verb, leaf.level or Decimal(), AMOUNT_SCALE)


class SealRatio(Priced):
    """Those orders' part of the float."""

    unit = Unit.PERCENT
    resets = True
    side = Side.UP

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The part."""
        del leaf, inputs
        side = self.side
        return Own(f"seal_ratio {side.value}", (), PERCENT_SCALE, percent=True, meter=lambda: Part(side))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)


@SIGNALS.add("seal")
class SealUp(SealAmount):
    """At the upper limit."""

    summary = "worth of the orders that seal the upper limit; halved within three minutes"
    summary_zh = "涨停封单金额；三分钟内减半"
    phrases = (
        Phrase("", "seal {op} {level}", "涨停封单 {op} {level}", Form.STATE),
        Phrase("halved", "seal halved", "涨停封单减半", Form.CROSSING, Direction.DOWN),
    )


@SIGNALS.add("seal down")
class SealDown(SealAmount):
    """At the lower limit."""

    summary = "worth of the orders that seal the lower limit; halved within three minutes"
    summary_zh = "跌停封单金额；三分钟内减半"
    phrases = (
        Phrase("", "seal down {op} {level}", "跌停封单 {op} {level}", Form.STATE),
        Phrase("halved", "seal down halved", "跌停封单减半", Form.CROSSING, Direction.UP),
    )
    side = Side.DOWN


@SIGNALS.add("seal_ratio")
class SealRatioUp(SealRatio):
    """At the upper limit."""

    summary = "orders that seal the upper limit / float shares"
    summary_zh = "涨停封单占流通股比例"
    phrases = (Phrase("", "seal_ratio {op} {level}", "涨停封单占比 {op} {level}", Form.STATE),)


@SIGNALS.add("seal_ratio down")
class SealRatioDown(SealRatio):
    """At the lower limit."""

    summary = "orders that seal the lower limit / float shares"
    summary_zh = "跌停封单占流通股比例"
    phrases = (Phrase("", "seal_ratio down {op} {level}", "跌停封单占比 {op} {level}", Form.STATE),)
    side = Side.DOWN
