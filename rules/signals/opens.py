"""An open beyond a moving average that the close before had not passed."""

from rules.formulas.relative import constant
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Phrase, Priced, Unit, in_currency

NO_OPEN = Absent("the open is not known")


@SIGNALS.add("opens")
class Opens(Priced):
    """The open beyond ma(n), itself as today's close; yesterday's at its own average or on the other side."""

    summary = "open beyond ma(n), the close before at its average or on the other side"
    summary_zh = "开盘越过 n 日均线，昨收在均线另一侧"
    unit = Unit.NONE
    parameters = (Parameter("n", ParameterKind.COUNT, 2, 500),)
    phrases = (
        Phrase("over", "opens over ma({n})", "高开{n}日线", Form.STATE, Direction.UP),
        Phrase("under", "opens under ma({n})", "低开{n}日线", Form.STATE, Direction.DOWN),
    )
    resets = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """Yesterday's average takes all n."""
        return int(str(args[0]))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Everywhere or nowhere: the price of now has no part in it."""
        days, bars = self.need(leaf.args), inputs.history
        if bars is None:
            return Absent(inputs.stale)
        if len(bars) < days:
            return Absent(f"{days} daily bars needed, {len(bars)} known")
        if not inputs.open:
            return NO_OPEN
        sign = 1 if leaf.verb == "over" else -1
        total, close = bars.total(days - 1), bars.last()
        was_beyond = sign * (close * days - bars.total(days)) > 0
        is_beyond = sign * (inputs.open * (days - 1) - total) > 0
        average = (total + inputs.open) / days
        evidence = {"open": in_currency(inputs, inputs.open), "average": in_currency(inputs, average)}
        return constant(evidence, holds=is_beyond and not was_beyond)
