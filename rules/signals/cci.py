"""CCI: the typical price's distance from its mean, in mean distances of n bars."""

from itertools import pairwise

from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region
from rules.roots import COMPARED, pieces
from rules.signal import SIGNALS, Follows, Priced, Unit, in_currency
from rules.smoothing import POINTS, kept, numbers, tied
from rules.timeframe import BAR, N, counts, enough, figure, operator

PART = 0.015  # Lambert's constant, the same in TDX and TA-Lib


@SIGNALS.add("cci")
class Cci(Priced):
    """CCI(n) = (TYP - MA(TYP, n)) / (0.015 x AVEDEV(TYP, n)), TYP = (H + L + C) / 3; else 0."""

    summary = "distance of (high + low + close) / 3 from its mean, in 0.015 mean distances"
    summary_zh = "顺势指标 CCI"
    unit = Unit.NUMBER
    parameters = (N, BAR)
    phrases = figure("cci", "cci({n})", "CCI({n})")
    unfinished = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """One less than n: the open bar is one of them."""
        return counts(args)[0] - 1

    def follows(self, args: tuple[Argument, ...]) -> Follows:
        """The open bar's high and low are in its typical price."""
        del args
        return Follows.EXTREMES

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """TYP - mean = level x 0.015 x AVEDEV, straight between AVEDEV's kinks; then solved for P."""
        past, level = self.past(leaf, inputs), float(leaf.level or 0)
        if isinstance(past, Absent):
            return past
        holds = COMPARED[operator(leaf.verb)]
        roots = [price_of(inputs, root) for root in typicals(past, level)]
        evidence = {"mean": in_currency(inputs, sum(past) / len(past))}
        return pieces(lambda price: holds(index(past, typical(inputs, price)), level), roots, evidence)

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """CCI at a price."""
        past = self.past(leaf, inputs)
        return None if isinstance(past, Absent) else index(past, typical(inputs, price))

    def past(self, leaf: Leaf, inputs: Inputs) -> list[float] | Absent:
        """The typical prices of the last n - 1 finished bars."""
        wanted = self.need(leaf.args)
        bars = enough(leaf, inputs, wanted)
        if isinstance(bars, Absent):
            return bars
        columns = [numbers(column[-wanted:]) for column in (bars.high, bars.low, bars.close)]
        return kept(bars, ("typical", wanted), lambda: [sum(row) / 3 for row in zip(*columns, strict=True)])


def typical(inputs: Inputs, price: float) -> float:
    """The open bar's (high + low + close) / 3 at a price, which may itself be the new extreme."""
    high = price if inputs.day_high is None else max(price, inputs.day_high)
    low = price if inputs.day_low is None else min(price, inputs.day_low)
    return (high + low + price) / 3


def price_of(inputs: Inputs, found: float) -> float:
    """The price that makes a typical price: slope 2/3 outside the day's range, 1/3 within."""
    high, low = inputs.day_high, inputs.day_low
    if high is None or low is None:
        return found
    if 3 * found > 2 * high + low:
        return (3 * found - low) / 2
    if 3 * found < 2 * low + high:
        return (3 * found - high) / 2
    return 3 * found - high - low


def index(past: list[float], newest: float) -> float:
    """CCI of the last n typical prices."""
    every = [*past, newest]
    mean = sum(every) / len(every)
    spread = tied(sum(abs(one - mean) for one in every) / len(every), mean)
    return round((newest - mean) / (PART * spread), POINTS) if spread else 0.0


def typicals(past: list[float], level: float) -> list[float]:
    """Newest typical prices at which CCI is at the level.

    AVEDEV has a kink where the mean passes one of the others: at n x that one - their sum, or at their mean.
    """
    count, total = len(past) + 1, sum(past)
    kinks = sorted({count * one - total for one in past} | {total / len(past)})
    reach = kinks[-1] - kinks[0] + 1
    places = [kinks[0] - reach, *kinks, kinks[-1] + reach]

    def excess(newest: float) -> float:
        every = [*past, newest]
        mean = (total + newest) / count
        return newest - mean - level * PART * sum(abs(one - mean) for one in every) / count

    roots = [total / len(past)]
    at_places = [(place, excess(place)) for place in places]
    for (low, below), (high, above) in pairwise(at_places):
        if above != below:
            root = low - below * (high - low) / (above - below)
            first, last = low == places[0], high == places[-1]
            if (first or root >= low) and (last or root <= high):
                roots.append(root)
    return roots
