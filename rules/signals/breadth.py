"""Percentages of a group beside its mean change: how much of it advances, and its change by market value."""

from decimal import Decimal

from rules.groups import NOTHING, Part, cap_change, sums_of
from rules.meter import PERCENT_SCALE, Moment, beyond, encode
from rules.model import Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit


class Share:
    """Which part of the members that trade advances."""

    def read(self, moment: Moment) -> int | None:
        """None until one member with a previous close has traded."""
        sums = NOTHING if moment.own is None else sums_of(moment.own)
        traded = sums[Part.TRADED]
        return encode(sums[Part.ADVANCERS], traded, PERCENT_SCALE) if traded else None

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


class CapMean:
    """The members' changes, each weighing as much as it was worth at the previous close."""

    def read(self, moment: Moment) -> int | None:
        """None until one member with a known share count has traded."""
        mean = None if moment.own is None else cap_change(moment.own)
        return None if mean is None else mean.code(PERCENT_SCALE)

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


class Measured(Priced):
    """A percentage of a group: what the signals of this file share."""

    measure: type[Share] | type[CapMean]
    unit = Unit.PERCENT
    groups_only = True
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The percentage."""
        del inputs
        return Own(leaf.signal, leaf.args, PERCENT_SCALE, percent=True, meter=self.measure)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)


@SIGNALS.add("breadth")
class Breadth(Measured):
    """Advancers / members that trade."""

    measure = Share

    summary = "part of the members that trade which is above its previous close"
    summary_zh = "上涨占比：上涨家数占已成交家数"
    phrases = (Phrase("", "breadth {op} {level}", "上涨占比 {op} {level}", Form.STATE),)


@SIGNALS.add("cap_change")
class CapChange(Measured):
    """The change of all members' market value together."""

    measure = CapMean
    summary = "the members' change weighted by market value, over those whose share count is known"
    summary_zh = "市值加权涨跌幅"
    phrases = (Phrase("", "cap_change {op} {level}", "加权涨跌幅 {op} {level}", Form.STATE),)
