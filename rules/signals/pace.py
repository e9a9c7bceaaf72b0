"""Turnover against the same time yesterday: of a market by its index or group, of any instrument."""

from decimal import Decimal

from rules.formulas.pace import Pace
from rules.meter import RATIO_SCALE, beyond
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit


@SIGNALS.add("turnover_pace")
class TurnoverPace(Priced):
    """The day's amount so far / the amount of the session before by the same trading time."""

    summary = "the day's amount / yesterday's by the same minute, of a market, a group or an instrument"
    summary_zh = "成交额对昨日同一时刻的倍数"
    unit = Unit.TIMES
    phrases = (Phrase("", "turnover_pace {op} {level}", "成交额较昨日同期 {op} {level}", Form.STATE),)
    resets = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """Yesterday's bar, where yesterday was not watched."""
        del args
        return 1

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The multiple."""
        del inputs
        return Own("turnover_pace", leaf.args, RATIO_SCALE, percent=False, meter=Pace)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), RATIO_SCALE)
