"""Strength: the day's change minus that of an index, a group or another instrument."""

from decimal import Decimal

from rules.groups import change_of
from rules.meter import PERCENT_SCALE, Moment, beyond
from rules.model import Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Priced, Unit


class Difference:
    """The change here minus the change there, as of the end of a frame."""

    def read(self, moment: Moment) -> int | None:
        """None until both have traded today."""
        other = moment.others[0] if moment.others else None
        if moment.own is None or other is None:
            return None
        mine, theirs = change_of(moment.own), change_of(other)
        return None if mine is None or theirs is None else mine.minus(theirs).code(PERCENT_SCALE)

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


@SIGNALS.add("strength")
class Strength(Priced):
    """The day's change minus another instrument's."""

    summary = "the day's change minus that of an index, a group or another instrument"
    summary_zh = "相对强弱：涨跌幅减去指数、板块或另一标的的涨跌幅"
    unit = Unit.PERCENT
    parameters = (Parameter("other", ParameterKind.SYMBOL, 0, 0),)
    phrases = (Phrase("", "strength({other}) {op} {level}", "相对 {other} 强弱 {op} {level}", Form.STATE),)
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The difference, in points."""
        del inputs
        others = (str(leaf.args[0]),)
        return Own("strength", leaf.args, PERCENT_SCALE, percent=True, meter=Difference, others=others)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)
