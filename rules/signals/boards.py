"""How a market's limit-ups hold: the share of them that opened, and the longest streak."""

from decimal import Decimal

from rules.groups import NOTHING, Part, highest_streak, sums_of
from rules.meter import COUNT_SCALE, PERCENT_SCALE, Moment, beyond, encode
from rules.model import Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit


class Opened:
    """Members that touched their upper limit and left it / members that touched it."""

    def read(self, moment: Moment) -> int | None:
        """None until one has touched it."""
        sums = NOTHING if moment.own is None else sums_of(moment.own)
        touched = sums[Part.TOUCHED_UPS]
        return encode(touched - sums[Part.LIMIT_UPS], touched, PERCENT_SCALE) if touched else None

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


class Highest:
    """The longest streak of limit-ups among the members."""

    def read(self, moment: Moment) -> int | None:
        """None until one member has traded."""
        if moment.own is None or not sums_of(moment.own)[Part.PRICED]:
            return None
        return encode(highest_streak(moment.own), 1, COUNT_SCALE)

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


@SIGNALS.add("opened_share")
class OpenedShare(Priced):
    """Of the members that reached their upper limit today, the part that is not at it now."""

    summary = "of the members that reached their upper limit today, the part that is not at it now"
    summary_zh = "炸板率：今日触及涨停的成员中现未封住的占比"
    unit = Unit.PERCENT
    groups_only = True
    resets = True
    phrases = (Phrase("", "opened_share {op} {level}", "炸板率 {op} {level}", Form.STATE),)

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The share, in points."""
        del inputs
        return Own("opened_share", leaf.args, PERCENT_SCALE, percent=True, meter=Opened)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)


@SIGNALS.add("highest_streak")
class HighestStreak(Priced):
    """Closes at the upper limit in a row, today counting while the member stands at it; the longest."""

    summary = "the longest streak of limit-ups among the members; today counts while at the limit"
    summary_zh = "最高连板（今日在涨停价才算）"
    unit = Unit.COUNT
    groups_only = True
    resets = True
    phrases = (Phrase("", "highest_streak {op} {level}", "最高连板 {op} {level}", Form.STATE),)

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The count."""
        del inputs
        return Own("highest_streak", leaf.args, COUNT_SCALE, percent=False, meter=Highest)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), COUNT_SCALE)
