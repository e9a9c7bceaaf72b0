"""MACD on closes with the live price as the open bar's (terminals' convention; TA-Lib's as an option)."""

from rules.formulas.convergence import ENOUGH, SLOW, C, State, state
from rules.formulas.smoothing import Convention, snapped, tied
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region, checked, never, threshold
from rules.signal import SIGNALS, Form, Phrase, Priced, Unit, in_currency
from rules.timeframe import BAR, barred, conventional, enough, figure, operator


class Crossed(Priced):
    """What all of MACD shares: 12, 26, 9, and the bars they want."""

    parameters = (BAR,)
    unfinished = True
    convention = Convention.TDX

    def need(self, args: tuple[Argument, ...]) -> int:
        """Bars after which the seeds no longer decide."""
        del args
        return 10 * SLOW

    def past(self, leaf: Leaf, inputs: Inputs) -> State | Absent:
        """The state as of the last finished bar."""
        bars = enough(leaf, inputs, ENOUGH)
        return bars if isinstance(bars, Absent) else state(bars, self.convention)


def past_figures(past: State, inputs: Inputs) -> dict[str, float]:
    """What the finished bars leave, as evidence; `dif` and `dea` of the newest one."""
    numbers = {"dif": past.dif, "dea": past.dea, "ema 12": past.fast, "ema 26": past.slow}
    return {name: in_currency(inputs, number) for name, number in numbers.items()}


@SIGNALS.add("macd")
class Macd(Crossed):
    """DIF = EMA12 - EMA26 against DEA = EMA9(DIF)."""

    summary = "DIF = EMA12 - EMA26 against DEA = EMA9(DIF)"
    summary_zh = "MACD（12,26,9）"
    unit = Unit.NONE
    phrases = barred(
        "macd",
        (
            Phrase("golden cross", "macd golden cross", "MACD金叉", Form.CROSSING, Direction.UP, bars=True),
            Phrase("death cross", "macd death cross", "MACD死叉", Form.CROSSING, Direction.DOWN, bars=True),
        ),
    )

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """DIF(P) > DEA today where DIF(P) > yesterday's DEA, solved for P (performance.md 1.8)."""
        past, golden = self.past(leaf, inputs), leaf.verb == "golden cross"
        if isinstance(past, Absent):
            return past
        evidence, sign = past_figures(past, inputs), 1 if golden else -1
        if not inputs.held and sign * tied(past.dif - past.dea, past.slow) > 0:
            return never(evidence)

        def definition(price: int) -> bool:
            return sign * tied(*past.gap(price)) > 0

        level = past.price(past.dea).as_integer_ratio()
        return checked(threshold(">" if golden else "<", level, evidence), definition)


@SIGNALS.add("macd talib")
class MacdTalib(Macd):
    """The same with TA-Lib's beginnings."""

    summary = "the same as TA-Lib begins it"
    summary_zh = "MACD（TA-Lib 口径）"
    phrases = conventional("macd", Macd.phrases)
    convention = Convention.TALIB


@SIGNALS.add("macd dif")
class Dif(Crossed):
    """DIF = EMA12 - EMA26 in currency: its sign is the zero line."""

    summary = "MACD's DIF = EMA12 - EMA26, in currency"
    summary_zh = "MACD 的 DIF"
    unit = Unit.NUMBER
    phrases = figure("macd", "macd dif", "DIF")

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """A straight line over the price, solved for P."""
        past = self.past(leaf, inputs)
        if isinstance(past, Absent):
            return past
        verb, level = operator(leaf.verb), float(leaf.level or 0)
        root = snapped(self.root(past, level * 10**inputs.instrument.decimals))
        return threshold(verb, root.as_integer_ratio(), past_figures(past, inputs))

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """The number at a price, in currency."""
        past = self.past(leaf, inputs)
        return None if isinstance(past, Absent) else in_currency(inputs, self.figure(past.then(price)))

    def root(self, past: State, level: float) -> float:
        """The price at which the number is the level, quanta."""
        return past.price(level)

    def figure(self, today: State) -> float:
        """The number, quanta."""
        return today.dif


@SIGNALS.add("macd bar")
class Histogram(Dif):
    """Bar = 2 x (DIF - DEA) in currency, as terminals draw it (TA-Lib's histogram is half of it)."""

    summary = "MACD's bar = 2 x (DIF - DEA), in currency"
    summary_zh = "MACD 柱"
    phrases = figure("macd", "macd bar", "MACD柱")

    def root(self, past: State, level: float) -> float:
        """2 (1 - C) (DIF - yesterday's DEA) = level."""
        return past.price(past.dea + level / (2 * (1 - C)))

    def figure(self, today: State) -> float:
        """The number, quanta."""
        return 2 * (today.dif - today.dea)
