"""Bollinger bands of 20 closes and two deviations, the live price being the newest close."""

from dataclasses import replace
from math import sqrt

from rules.formulas.smoothing import numbers
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region, checked, never, threshold
from rules.signal import SIGNALS, Form, Phrase, Priced, Unit, in_currency
from rules.timeframe import BAR, barred, conventional, enough, line

SPAN, WIDTH = 20, 2
PART = (SPAN - 1) / SPAN  # of a price's distance from the other closes is left from the mean with it
BANDS = {"upper": ("布林上轨", 1), "mid": ("布林中轨", 0), "lower": ("布林下轨", -1)}
RISING = ("above", "crosses above", "reclaim", "break upper")


def _phrases() -> tuple[Phrase, ...]:
    up, down = Direction.UP, Direction.DOWN
    breaks = (
        Phrase("break upper", "boll break upper", "突破布林上轨", Form.CROSSING, up, bars=True),
        Phrase("break lower", "boll break lower", "击穿布林下轨", Form.CROSSING, down, bars=True),
    )
    lines = tuple(
        replace(phrase, verb=f"{phrase.verb} {band}")
        for band, (zh, _) in BANDS.items()
        for phrase in line("boll", f"boll {band}", zh)
    )
    return barred("boll", breaks) + lines


@SIGNALS.add("boll")
class Bollinger(Priced):
    """Mid = ma(20), upper and lower two standard deviations off; TDX's STD divides by n - 1."""

    summary = "Bollinger bands (20, 2): mid = ma(20), upper and lower two deviations off"
    summary_zh = "布林带（20,2）"
    unit = Unit.NONE
    parameters = (BAR,)
    phrases = _phrases()
    unfinished = True
    divisor = SPAN - 1

    def need(self, args: tuple[Argument, ...]) -> int:
        """Yesterday's bands take twenty, today's one less."""
        del args
        return SPAN

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """P at mid + 2 s where y^2 (0.95^2 - 3.8 / d) = 4 S / d (performance.md 1.8).

        y = P - the mean of the last 19 closes, S the sum of their squared distances from it, d the divisor.
        """
        bars = enough(leaf, inputs, SPAN)
        if isinstance(bars, Absent):
            return bars
        closes, verb = numbers(bars.close[-SPAN:]), leaf.verb
        rest = closes[1:]
        band = verb.rpartition(" ")[2]
        mean = sum(rest) / len(rest)
        squares = sum((close - mean) ** 2 for close in rest)
        reach = WIDTH * sqrt(squares / (self.divisor * PART**2 - WIDTH**2 * PART))
        root = mean + BANDS[band][1] * reach
        figures = {"mean of 19": mean, "deviation of 19": sqrt(squares / len(rest)), band: root}
        evidence = {name: in_currency(inputs, number) for name, number in figures.items()}
        rising = verb == "break upper" or verb.rpartition(" ")[0] in RISING
        if verb.split()[0] in ("break", "reclaim", "lose") and not inputs.held:
            was = self.distance(closes, band)
            if was > 0 if rising else was < 0:
                return never(evidence)

        def definition(price: int) -> bool:
            distance = self.distance([*rest, price], band)
            return distance > 0 if rising else distance < 0

        return checked(threshold(">" if rising else "<", root.as_integer_ratio(), evidence), definition)

    def distance(self, closes: list[float], band: str) -> float:
        """The newest close less the band of these twenty."""
        mean = sum(closes) / SPAN
        deviation = sqrt(sum((close - mean) ** 2 for close in closes) / self.divisor)
        return closes[-1] - mean - BANDS[band][1] * WIDTH * deviation


@SIGNALS.add("boll talib")
class BollingerTalib(Bollinger):
    """The same with TA-Lib's deviation, which divides by n."""

    summary = "the same with TA-Lib's deviation, which divides by n"
    summary_zh = "布林带（TA-Lib 口径）"
    phrases = conventional("boll", Bollinger.phrases)
    divisor = SPAN
