"""How far the price is beneath the record high (highest adjusted intraday high of all history)."""

from decimal import Decimal

from rules.formulas.relative import Base, points, risen
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Phrase, Priced, Unit, in_currency

# The distance grows where the price falls.
PRICE_VERBS = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "near": ">"}


@SIGNALS.add("record_gap")
class RecordGap(Priced):
    """1 - price / record high: the record of the days before; beyond it the distance is negative.

    `near record x%` is a distance under x, coming from outside; it stays near while the record is broken.
    """

    summary = "1 - price / record high of the days before: the distance to it"
    summary_zh = "距历史最高价"
    unit = Unit.PERCENT
    phrases = (
        Phrase("", "record_gap {op} {level}", "距历史新高 {op} {level}", Form.STATE, Direction.UP),
        Phrase("near", "near record {level}", "接近历史新高 {level}", Form.CROSSING, Direction.UP),
    )

    def need(self, args: tuple[Argument, ...]) -> int:
        """Whatever there is, at least one bar."""
        del args
        return 1

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Record x (1 - level)."""
        record = highest(inputs)
        if isinstance(record, Absent):
            return record
        base = Base(record, {"extreme": in_currency(inputs, record)})
        return risen(PRICE_VERBS[leaf.verb], base, -(leaf.level or Decimal()))

    def value(self, inputs: Inputs, price: int) -> float:
        """Percent points beneath the record."""
        record = highest(inputs)
        return 0.0 if isinstance(record, Absent) else -points(record, price)


def highest(inputs: Inputs) -> float | Absent:
    """The record high of the days before."""
    bars = inputs.history
    if bars is None or not len(bars):
        return Absent(inputs.stale)
    if "record" not in bars.memo:
        bars.memo["record"] = bars.high.max().item()
    record: float = bars.memo["record"]
    return record
