"""Limit prices as levels: how near the price is to one, and whether it was touched."""

from decimal import Decimal

from rules.limits import NO_LIMIT, Side, limit_of, near
from rules.model import Direction, Leaf
from rules.region import Absent, Inputs, Region, threshold
from rules.signal import SIGNALS, Form, Phrase, Priced, Unit, in_currency


class Near(Priced):
    """Within a share of the limit price; at the limit it is near too."""

    unit = Unit.PERCENT
    resets = True
    side = Side.UP

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Limit x (1 - x), or (1 + x) for the lower one."""
        limit = limit_of(inputs, self.side)
        if not limit:
            return NO_LIMIT
        verb = ">=" if self.side is Side.UP else "<="
        ratio = near(limit, leaf.level or Decimal(), self.side)
        return threshold(verb, ratio, {"limit": in_currency(inputs, limit)})

    def value(self, inputs: Inputs, price: int) -> float:
        """How far the price is from the limit, percent points of the limit."""
        limit = limit_of(inputs, self.side) or price
        distance = limit - price if self.side is Side.UP else price - limit
        return 100 * distance / limit


@SIGNALS.add("limit up near")
class NearUp(Near):
    """Within x of the upper limit."""

    summary = "within x of the upper price limit"
    summary_zh = "距涨停价 x 以内"
    phrases = (Phrase("near", "limit up near {level}", "临近涨停 {level}", Form.CROSSING, Direction.UP),)


@SIGNALS.add("limit down near")
class NearDown(Near):
    """Within x of the lower limit."""

    summary = "within x of the lower price limit"
    summary_zh = "距跌停价 x 以内"
    phrases = (Phrase("near", "limit down near {level}", "临近跌停 {level}", Form.CROSSING, Direction.DOWN),)
    side = Side.DOWN


class Touch(Priced):
    """At the limit price; the day's high or low between two quotes counts (touched)."""

    unit = Unit.NONE
    resets = True
    side = Side.UP

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The limit itself."""
        del leaf
        limit = limit_of(inputs, self.side)
        if not limit:
            return NO_LIMIT
        verb = ">=" if self.side is Side.UP else "<="
        return threshold(verb, (limit, 1), {"limit": in_currency(inputs, limit)})


@SIGNALS.add("limit up touched")
class TouchUp(Touch):
    """At the upper limit."""

    summary = "at the upper price limit"
    summary_zh = "触及涨停"
    phrases = (Phrase("is", "limit up touched", "触及涨停", Form.STATE, Direction.UP),)


@SIGNALS.add("limit down touched")
class TouchDown(Touch):
    """At the lower limit."""

    summary = "at the lower price limit"
    summary_zh = "触及跌停"
    phrases = (Phrase("is", "limit down touched", "触及跌停", Form.STATE, Direction.DOWN),)
    side = Side.DOWN
