"""Deviation: the return over n days minus the base index's, the exchanges' measure of abnormal moves."""

from decimal import Decimal

from rules.formulas.abnormal import Deviation, benchmark
from rules.meter import PERCENT_SCALE, beyond
from rules.model import Argument, Instrument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Priced, Unit


@SIGNALS.add("deviation")
class IndexDeviation(Priced):
    """Price / close n days before - 1, minus the same of the base index, both live.

    Base indices: 000002 of Shanghai, 399107 of Shenzhen, 399102 ChiNext, 000688 STAR, 899050 Beijing.
    Decided on today's unfinished bar; while the index stands still it inverts to a price, told by events.
    """

    summary = "return over n days minus that of the exchange's base index: its measure of abnormal moves"
    summary_zh = "n 日涨跌幅偏离值（减去对应基准指数）"
    unit = Unit.PERCENT
    parameters: tuple[Parameter, ...] = (Parameter("span", ParameterKind.SPAN, 1, 60),)
    phrases = (Phrase("", "deviation({span}) {op} {level}", "{span}偏离值 {op} {level}", Form.STATE),)
    unfinished = True

    def exists(self, instrument: Instrument) -> bool:
        """Stocks of Shanghai, Shenzhen and Beijing."""
        return benchmark(instrument) is not None

    def need(self, args: tuple[Argument, ...]) -> int:
        """The close before the first day."""
        return _days(args)

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The deviation, in points; it reads the base index."""
        index, days = benchmark(inputs.instrument), _days(leaf.args)
        decimals = inputs.instrument.decimals
        return Own(
            "deviation",
            leaf.args,
            PERCENT_SCALE,
            percent=True,
            meter=lambda: Deviation(days, decimals),
            others=() if index is None else (index,),
        )

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself, where today's interval is known to begin."""
        days = _days(leaf.args)
        if benchmark(inputs.instrument) is None:
            return Absent("no base index")
        if inputs.history is None:
            return Absent(inputs.stale)
        if len(inputs.history) < days:
            return Absent(f"{days} daily bars needed, {len(inputs.history)} known")
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)


def _days(args: tuple[Argument, ...]) -> int:
    """`day` is one day."""
    return 1 if args == ("day",) else int(str(args[0]).removesuffix("d"))
