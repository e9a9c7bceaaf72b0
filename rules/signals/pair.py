"""A short average against a long one, the live price being the newest close of both."""

from typing import NamedTuple

from rules.adjust import Daily
from rules.formulas.smoothing import Convention, ema, tied
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region, checked, never, threshold
from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Phrase, Priced, Unit, in_currency
from rules.timeframe import BAR, N, barred, conventional, counts, enough


class Straight(NamedTuple):
    """An average as a straight line over the price: (constant + weight x price) / whole."""

    constant: float
    weight: int
    whole: int
    past: float  # the average as of the last finished bar, x whole


def _phrases(name: str, zh: str) -> tuple[Phrase, ...]:
    up, down = Direction.UP, Direction.DOWN
    first, second, one, other = f"{name}({{n}})", f"{name}({{m}})", f"{{n}}{zh}", f"{{m}}{zh}"
    above, below = f"{first} crosses above {second}", f"{first} crosses below {second}"
    return barred(
        name,
        (
            Phrase("above", f"{first} > {second}", f"{one} > {other}", Form.STATE, up),
            Phrase("below", f"{first} < {second}", f"{one} < {other}", Form.STATE, down),
            Phrase("crosses above", above, f"{one}上穿{other}", Form.CROSSING, up, bars=True),
            Phrase("crosses below", below, f"{one}下穿{other}", Form.CROSSING, down, bars=True),
        ),
    )


@SIGNALS.add("ma pair")
class Averages(Priced):
    """Two moving averages; a cross is CROSS on bars: at or on the other side before, across now."""

    summary = "average of n closes against that of m closes"
    summary_zh = "n 日均线与 m 日均线"
    unit = Unit.NONE
    parameters = (N, Parameter("m", ParameterKind.COUNT, 2, 500), BAR)
    phrases = _phrases("ma", "日线")
    unfinished = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """The longer one's."""
        return max(counts(args))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Where two straight lines over the price meet (performance.md 1.8)."""
        spans = counts(leaf.args)
        bars = enough(leaf, inputs, max(spans) + 1)
        if isinstance(bars, Absent):
            return bars
        short, long = self.straight(bars, spans[0]), self.straight(bars, spans[1])
        evidence = {
            f"average {spans[0]}": in_currency(inputs, short.past / short.whole),
            f"average {spans[1]}": in_currency(inputs, long.past / long.whole),
            f"rest {spans[0]}": in_currency(inputs, short.constant / (short.whole - short.weight)),
            f"rest {spans[1]}": in_currency(inputs, long.constant / (long.whole - long.weight)),
        }
        rising = leaf.verb in ("above", "crosses above")
        was = tied(short.past * long.whole - long.past * short.whole, short.past * long.whole)
        slope = short.weight * long.whole - long.weight * short.whole
        gone = leaf.verb.startswith("crosses") and (was > 0 if rising else was < 0)
        if (gone and not inputs.held) or not slope:
            return never(evidence)
        constant = short.constant * long.whole - long.constant * short.whole

        def definition(price: int) -> bool:
            difference = tied(constant + slope * price, price * short.whole * long.whole)
            return difference > 0 if rising else difference < 0

        numerator, denominator = constant.as_integer_ratio()
        sign = 1 if slope < 0 else -1
        root = (sign * numerator, sign * -slope * denominator)
        return checked(threshold(">" if rising is (slope > 0) else "<", root, evidence), definition)

    def straight(self, bars: Daily, span: int) -> Straight:
        """Sum of the last n - 1 closes and the price, through n."""
        return Straight(bars.total(span - 1), 1, span, bars.total(span))


@SIGNALS.add("ema pair")
class Exponentials(Averages):
    """Two exponential averages, begun with the first close (TDX)."""

    summary = "exponential average of n closes against that of m closes"
    summary_zh = "n 日与 m 日指数均线"
    phrases = _phrases("ema", "日EMA")
    convention = Convention.TDX

    def need(self, args: tuple[Argument, ...]) -> int:
        """Bars after which the seeds no longer decide."""
        return 10 * max(counts(args))

    def straight(self, bars: Daily, span: int) -> Straight:
        """(2 x price + (n - 1) x yesterday's) / (n + 1)."""
        last = ema(bars, span, self.convention)
        return Straight((span - 1) * last, 2, span + 1, (span + 1) * last)


@SIGNALS.add("ema pair talib")
class ExponentialsTalib(Exponentials):
    """The same, begun with the mean of the first n closes (TA-Lib)."""

    summary = "the same pair as TA-Lib begins it"
    summary_zh = "n 日与 m 日指数均线（TA-Lib 口径）"
    phrases = conventional("ema", Exponentials.phrases)
    convention = Convention.TALIB
