"""The day's change: price / previous close - 1; of a group, the mean of its members' changes."""

from types import MappingProxyType

from rules.groups import mean_change
from rules.line import Line, quick_line
from rules.meter import PERCENT_SCALE, Moment
from rules.model import Kind, Leaf
from rules.region import NO_EVIDENCE, Absent, Inputs
from rules.signal import SIGNALS, Form, Own, Phrase, Straight, Unit

AROUND = MappingProxyType({"since": "00:00 UTC"})  # a coin's day; whoever reads the change should know


class MeanChange:
    """The mean of the members' changes, over those that have traded and have a previous close."""

    def read(self, moment: Moment) -> int | None:
        """None until one member has traded."""
        mean = None if moment.own is None else mean_change(moment.own)
        return None if mean is None else mean.code(PERCENT_SCALE)

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


@SIGNALS.add("change")
class Change(Straight):
    """Price / previous close - 1."""

    summary = "price / previous close - 1"
    summary_zh = "涨跌幅（对昨收）"
    unit = Unit.PERCENT
    phrases = (Phrase("", "change {op} {level}", "涨跌幅 {op} {level}", Form.STATE),)
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The price; a group has a mean instead."""
        if inputs.instrument.kind is not Kind.GROUP:
            return None
        return Own("change", leaf.args, PERCENT_SCALE, percent=True, meter=MeanChange)

    def line(self, leaf: Leaf, inputs: Inputs) -> Line | Absent:
        """Previous close x (1 + level)."""
        del leaf
        if inputs.instrument.kind is Kind.GROUP:
            return Line(slope=PERCENT_SCALE, coded=True)
        if not inputs.prev_close:
            return Absent("no previous close")
        evidence = AROUND if inputs.instrument.kind is Kind.COIN else NO_EVIDENCE
        return quick_line(offset=inputs.prev_close, slope=inputs.prev_close, evidence=evidence)

    def value(self, inputs: Inputs, price: int) -> float:
        """Percent points."""
        return 100 * (price / (inputs.prev_close or price) - 1)
