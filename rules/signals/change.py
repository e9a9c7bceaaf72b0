"""The day's change: price / previous close - 1; of a group, the mean of its members' changes."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from rules.meter import PERCENT_SCALE, Moment, beyond, encode
from rules.model import Kind, Leaf
from rules.region import Absent, Inputs, Region, threshold
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit


class MeanChange:
    """The mean of the members' changes, over those that have traded and have a previous close."""

    def read(self, moment: Moment) -> int | None:
        """Integers decide: the sum of the floors and of the ceilings must agree, else fractions do."""
        changes = [
            (member.price - member.prev_close, member.prev_close)
            for member in moment.members
            if member.price is not None and member.prev_close
        ]
        return _mean(changes) if changes else None

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


def _mean(changes: Sequence[tuple[int, int]]) -> int:
    fine, count = 10**18, len(changes)
    floors = sum(up * fine // base for up, base in changes)
    low = encode(floors, fine * count, PERCENT_SCALE)
    if low == encode(floors + count, fine * count, PERCENT_SCALE):
        return low
    mean = sum((Fraction(up, base) for up, base in changes), Fraction()) / count
    return encode(mean.numerator, mean.denominator, PERCENT_SCALE)


@SIGNALS.add("change")
class Change(Priced):
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

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Previous close x (1 + level)."""
        if inputs.instrument.kind is Kind.GROUP:
            return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)
        if not inputs.prev_close:
            return Absent("no previous close")
        numerator, denominator = (leaf.level or Decimal()).as_integer_ratio()
        return threshold(leaf.verb, (inputs.prev_close * (numerator + denominator), denominator))

    def value(self, inputs: Inputs, price: int) -> float:
        """Percent points."""
        return 100 * (price / (inputs.prev_close or price) - 1)
