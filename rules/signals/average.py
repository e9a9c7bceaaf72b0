"""The moving average of daily closes with the live price as today's."""

from rules.adjust import Daily
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region, checked, never, threshold
from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Phrase, Priced, Unit, in_currency

RISING = ("above", "crosses above", "reclaim")


@SIGNALS.add("ma")
class Average(Priced):
    """Mean of the last n closes with the live price as today's."""

    summary = "mean of the last n closes with the live price as today's"
    summary_zh = "n 日均线（含现价）"
    unit = Unit.NONE
    parameters: tuple[Parameter, ...] = (Parameter("n", ParameterKind.COUNT, 2, 500),)
    phrases = (
        Phrase("above", "price > ma({n})", "价格 > {n}日线", Form.STATE, Direction.UP),
        Phrase("below", "price < ma({n})", "价格 < {n}日线", Form.STATE, Direction.DOWN),
        Phrase(
            "crosses above", "price crosses above ma({n})", "价格上穿{n}日线", Form.CROSSING, Direction.UP
        ),
        Phrase(
            "crosses below", "price crosses below ma({n})", "价格下穿{n}日线", Form.CROSSING, Direction.DOWN
        ),
        Phrase("reclaim", "reclaim ma({n})", "站上{n}日线", Form.CROSSING, Direction.UP, bars=True),
        Phrase("lose", "lose ma({n})", "跌破{n}日线", Form.CROSSING, Direction.DOWN, bars=True),
    )
    unfinished = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """As many bars as days: today's average takes one less, yesterday's all."""
        (days,) = args
        return days if isinstance(days, int) else 0

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """P > (S + P) / n where P > S / (n - 1), S the sum of the last n - 1 closes (performance.md 1.8)."""
        bars, days = inputs.history, self.need(leaf.args)
        if bars is None:
            return Absent(inputs.stale)
        wanted = days if leaf.verb in ("reclaim", "lose") else days - 1
        if len(bars) < wanted:
            return Absent(f"{wanted} daily bars needed, {len(bars)} known")
        total = bars.total(days - 1)
        numerator, denominator = total.as_integer_ratio()
        evidence = {"average": in_currency(inputs, total / (days - 1)), "days": days}
        rising = leaf.verb in RISING
        if wanted == days and not _was_beneath(bars, days, rising=rising):
            return never(evidence)
        region = threshold(">" if rising else "<", (numerator, denominator * (days - 1)), evidence)
        if isinstance(total, int):
            return region

        def definition(price: int) -> bool:
            average = (total + price) / days
            return price > average if rising else price < average

        return checked(region, definition)


def _was_beneath(bars: Daily, days: int, *, rising: bool) -> bool:
    """CROSS: yesterday's close at its own average or on the side it comes from."""
    close, total = bars.last() * days, bars.total(days)
    return close <= total if rising else close >= total
