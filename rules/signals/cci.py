"""CCI: the typical price's distance from its mean, in mean distances of n bars."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from rules.formulas.roots import COMPARED, pieces
from rules.formulas.smoothing import kept
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Follows, Priced, Unit, in_currency
from rules.timeframe import BAR, N, counts, enough, figure, operator

PART = 0.015  # Lambert's constant, the same in TDX and TA-Lib
FINE = 1 << 32  # parts of a quantum that adjusted prices are rounded to


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
        past, level = self.past(leaf, inputs), Fraction(leaf.level or 0)
        if isinstance(past, Absent):
            return past
        holds = COMPARED[operator(leaf.verb)]
        known = [total / (3 * past.fine) for total in past.totals]
        roots = [price_of(inputs, root) for root in typicals(known, float(level))]
        evidence = {"mean": in_currency(inputs, sum(known) / len(known))}

        def definition(price: int) -> bool:
            away, spread = past.with_newest(inputs, price)
            return holds(away * level.denominator, level.numerator * spread)

        return pieces(definition, roots, evidence)

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """CCI at a price."""
        past = self.past(leaf, inputs)
        if isinstance(past, Absent):
            return None
        away, spread = past.with_newest(inputs, price)
        return away / spread

    def behind(self, leaf: Leaf, inputs: Inputs, price: int) -> dict[str, float]:
        """The open bar's typical price, MA(TYP, n) and AVEDEV(TYP, n)."""
        past = self.past(leaf, inputs)
        assert not isinstance(past, Absent)  # noqa: S101 - it has a region
        every = [total / (3 * past.fine) for total in past.every(inputs, price)]
        mean = sum(every) / len(every)
        spread = sum(abs(one - mean) for one in every) / len(every)
        numbers = {"typical": every[-1], "mean": mean, "mean distance": spread}
        return {name: in_currency(inputs, number) for name, number in numbers.items()}

    def past(self, leaf: Leaf, inputs: Inputs) -> "Typical | Absent":
        """The typical prices of the last n - 1 finished bars."""
        wanted = self.need(leaf.args)
        bars = enough(leaf, inputs, wanted)
        if isinstance(bars, Absent):
            return bars
        columns = [column[-wanted:].tolist() for column in (bars.high, bars.low, bars.close)]
        fine = 1 if isinstance(columns[0][0], int) else FINE

        def compute() -> Typical:
            return Typical(
                fine, [sum(round(price * fine) for price in row) for row in zip(*columns, strict=True)]
            )

        return kept(bars, ("typical", wanted), compute)


@dataclass(frozen=True, slots=True)
class Typical:
    """3 x typical price of finished bars, whole numbers of 1 / `fine` quanta, so that ties are exact."""

    fine: int
    totals: list[int]

    def every(self, inputs: Inputs, price: int) -> list[int]:
        """The same, with the open bar at a price."""
        high = price if inputs.day_high is None else max(price, inputs.day_high)
        low = price if inputs.day_low is None else min(price, inputs.day_low)
        return [*self.totals, (high + low + price) * self.fine]

    def with_newest(self, inputs: Inputs, price: int) -> tuple[int, int]:
        """CCI as numerator and positive denominator, the open bar at a price being the newest."""
        every = self.every(inputs, price)
        count, total = len(every), sum(every)
        spread = sum(abs(count * one - total) for one in every)
        # (TYP - mean) / (0.015 x AVEDEV), differences being 1 / (3 n fine) of these; 0 where nothing moved
        return (1000 * count * (count * every[-1] - total), 15 * spread) if spread else (0, 1)


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
            if (first or root >= low - 1) and (last or root <= high + 1):  # an end of a level stretch is one
                roots.append(root)
    return roots
