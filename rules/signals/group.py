"""What a group says of its members by counting them (its percentages are in breadth.py and change.py)."""

from decimal import Decimal

from rules.groups import NOTHING, Part, sums_of
from rules.meter import COUNT_SCALE, Moment, beyond, encode
from rules.model import Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit


class Count:
    """How many members are so, by one of the group's sums."""

    def __init__(self, part: Part) -> None:
        self._part = part

    def read(self, moment: Moment) -> int | None:
        """None until one member has traded."""
        sums = NOTHING if moment.own is None else sums_of(moment.own)
        return encode(sums[self._part], 1, COUNT_SCALE) if sums[Part.PRICED] else None

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


class Counted(Priced):
    """A count of members: what the signals of this file share."""

    part: Part
    unit = Unit.COUNT
    groups_only = True
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The count."""
        del inputs
        return Own(leaf.signal, leaf.args, COUNT_SCALE, percent=False, meter=lambda: Count(self.part))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), COUNT_SCALE)


@SIGNALS.add("leaders")
class Leaders(Counted):
    """Members at 45 % or more of their own limit band with 500 M traded."""

    part = Part.LEADERS
    summary = "members at 45 % or more of their own limit band with 500 M traded, new listings left out"
    summary_zh = "领涨家数"
    phrases = (Phrase("", "leaders {op} {level}", "领涨家数 {op} {level}", Form.STATE),)


@SIGNALS.add("advancers")
class Advancers(Counted):
    """Members above their previous close."""

    part = Part.ADVANCERS
    summary = "members above their previous close"
    summary_zh = "上涨家数"
    phrases = (Phrase("", "advancers {op} {level}", "上涨家数 {op} {level}", Form.STATE),)


@SIGNALS.add("decliners")
class Decliners(Counted):
    """Members below their previous close."""

    part = Part.DECLINERS
    summary = "members below their previous close"
    summary_zh = "下跌家数"
    phrases = (Phrase("", "decliners {op} {level}", "下跌家数 {op} {level}", Form.STATE),)


@SIGNALS.add("limit_ups")
class LimitUps(Counted):
    """Members at their upper limit price."""

    part = Part.LIMIT_UPS
    summary = "members at their upper limit price"
    summary_zh = "涨停家数"
    phrases = (Phrase("", "limit_ups {op} {level}", "涨停家数 {op} {level}", Form.STATE),)


@SIGNALS.add("limit_downs")
class LimitDowns(Counted):
    """Members at their lower limit price."""

    part = Part.LIMIT_DOWNS
    summary = "members at their lower limit price"
    summary_zh = "跌停家数"
    phrases = (Phrase("", "limit_downs {op} {level}", "跌停家数 {op} {level}", Form.STATE),)
