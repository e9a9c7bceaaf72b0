"""Oscillators, bands and ranges on daily bars with the price as the open bar's close."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import sqrt

from rules.model import Leaf
from tests.brute.curved import RISING, Curved, recursion
from tests.brute.plain import days
from tests.brute.sense import COMPARE, Level, Priced
from tests.brute.tape import Bar, Look, Number


class Macd(Curved):
    """DIF and DEA: their cross, DIF or the bar against a level."""

    wanted = 35

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.bars = self.on_bars = leaf.verb.endswith(("golden cross", "death cross"))

    def learn(self, bars: list[Bar]) -> None:
        """Both averages and DEA of the finished bars."""
        closes = [float(bar.close) for bar in bars]
        if self.talib:
            fast, slow = recursion(closes[14:], 13, 2, 12), recursion(closes, 27, 2, 26)
            dea = recursion([one - other for one, other in zip(fast, slow, strict=True)], 10, 2, 9)
        else:
            fast, slow = recursion(closes, 13, 2), recursion(closes, 27, 2)
            dea = recursion([one - other for one, other in zip(fast, slow, strict=True)], 10, 2)
        self.state = fast[-1], slow[-1], dea[-1]

    def was_beyond(self) -> bool:
        """DIF beyond DEA on the newest finished bar."""
        away = self.state[0] - self.state[1] - self.state[2]
        return away > 0 if self.leaf.verb in RISING else away < 0

    def lines(self, price: float) -> tuple[float, ...]:
        """DIF less DEA, or the number less the level, in currency."""
        fast, slow, dea = self.state
        dif = (2 * price + 11 * fast) / 13 - (2 * price + 25 * slow) / 27
        away = dif - (2 * dif + 8 * dea) / 10
        if self.bars:
            return (away if self.leaf.verb in RISING else -away,)
        number = (dif if self.leaf.signal == "macd dif" else 2 * away) / self.unit
        return (number - float(self.leaf.level or 0),)

    def decide(self, lines: tuple[float, ...]) -> bool:
        """A cross is strict."""
        return lines[0] > 0 if self.bars else against(self.leaf.verb, lines[0])


def against(verb: str, away: float) -> bool:
    """A number less its level, by the leaf's operator."""
    return COMPARE[{"crosses above": ">", "crosses below": "<"}.get(verb, verb)](away, 0)


class Rsi(Curved):
    """Smoothed rises over smoothed changes."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.span = self.numbers[0]
        self.wanted = self.span + 1

    def learn(self, bars: list[Bar]) -> None:
        """Rises and falls smoothed over the finished bars."""
        closes = [float(bar.close) for bar in bars]
        changes = [after - before for before, after in pairwise(closes)]
        seed = self.span if self.talib else 1
        self.rises = recursion([max(one, 0) for one in changes], self.span, 1, seed)[-1]
        self.falls = recursion([max(-one, 0) for one in changes], self.span, 1, seed)[-1]

    def lines(self, price: float) -> tuple[float, ...]:
        """RSI less the level."""
        change = price - float(self.past[-1].close)
        rises = (self.span - 1) * self.rises + max(change, 0)
        falls = (self.span - 1) * self.falls + max(-change, 0)
        still = 0.0 if self.talib else 50.0
        index = 100 * rises / (rises + falls) if rises + falls else still
        return (index - float(self.leaf.level or 0),)

    def decide(self, lines: tuple[float, ...]) -> bool:
        """By the operator."""
        return against(self.leaf.verb, lines[0])


class Stochastic(Curved):
    """KDJ(9, 3, 3) and TA-Lib's STOCH(9, 3, 3)."""

    wanted = 15
    extremes = True

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.bars = self.on_bars = leaf.verb.endswith(("golden cross", "death cross"))

    def learn(self, bars: list[Bar]) -> None:
        """RSVs, K and D of the finished bars."""
        raw = []
        for at in range(len(bars)):
            nine = bars[max(0, at - 8) : at + 1]
            raw.append(self.place(bars[at].close, min(b.low for b in nine), max(b.high for b in nine)))
        self.raw = raw
        if self.talib:
            self.k = [sum(raw[at - 2 : at + 1]) / 3 for at in range(2, len(raw))]
            self.last = self.k[-1], sum(self.k[-3:]) / 3
        else:
            self.k = recursion(raw, 3, 1)
            self.last = self.k[-1], recursion(self.k, 3, 1)[-1]
        eight = bars[-8:]
        self.bottom, self.top = min(b.low for b in eight), max(b.high for b in eight)

    def place(self, price: float, low: float, high: float) -> float:
        """RSV."""
        return 100 * (price - low) / (high - low) if high > low else (0.0 if self.talib else 50.0)

    def kd(self, price: float) -> tuple[float, float]:
        """K and D with the open bar at a price."""
        low = min(self.bottom, price, price if self.low is None else self.low)
        high = max(self.top, price, price if self.high is None else self.high)
        rsv = self.place(price, low, high)
        if self.talib:
            k = (self.raw[-2] + self.raw[-1] + rsv) / 3
            return k, (self.k[-2] + self.k[-1] + k) / 3
        k = (rsv + 2 * self.last[0]) / 3
        return k, (k + 2 * self.last[1]) / 3

    def was_beyond(self) -> bool:
        """K beyond D on the newest finished bar."""
        return self.last[0] > self.last[1] if "golden" in self.leaf.verb else self.last[0] < self.last[1]

    def lines(self, price: float) -> tuple[float, ...]:
        """K less D and D's distance to its bound; a line less the level."""
        k, d = self.kd(price)
        verb = self.leaf.verb
        if self.bars:
            golden = "golden" in verb
            bound = {"low": 20 - d, "high": d - 80}.get(verb.split()[0], 1.0)
            return (k - d if golden else d - k, bound)
        value = {"k": k, "d": d, "j": 3 * k - 2 * d}[self.leaf.signal[-1]]
        return (value - float(self.leaf.level or 0),)

    def decide(self, lines: tuple[float, ...]) -> bool:
        """All of them."""
        return min(lines) > 0 if self.bars else against(self.leaf.verb, lines[0])

    def kinks(self) -> list[Number]:
        """The extremes of the nine bars."""
        return [*super().kinks(), self.bottom, self.top]


class Cci(Curved):
    """The typical price's distance from its mean; exact on whole prices."""

    extremes = True

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.wanted = self.numbers[0] - 1

    def learn(self, bars: list[Bar]) -> None:
        """Three typical prices each."""
        self.typical = [
            Fraction(b.high) + Fraction(b.low) + Fraction(b.close) for b in bars[len(bars) - self.wanted :]
        ]

    def lines(self, price: float) -> tuple[float, ...]:
        """CCI less the level."""
        high = price if self.high is None else max(price, self.high)
        low = price if self.low is None else min(price, self.low)
        every = [*self.typical, Fraction(high) + Fraction(low) + Fraction(price)]
        mean = sum(every) / len(every)
        distances = [max(one - mean, mean - one) for one in every]
        spread = sum(distances, Fraction()) / len(every)
        index = (every[-1] - mean) / (Fraction(15, 1000) * spread) if spread else Fraction()
        return (float(index - Fraction(self.leaf.level or 0)),)

    def decide(self, lines: tuple[float, ...]) -> bool:
        """By the operator."""
        return against(self.leaf.verb, lines[0])

    def kinks(self) -> list[Number]:
        """Where the mean passes one of the bars is unknown; the typical prices do."""
        return [*super().kinks(), *(int(one / 3) for one in self.typical)]


class Bollinger(Curved):
    """Twenty closes and two deviations."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.band = {"upper": 1, "mid": 0, "lower": -1}[leaf.verb.split()[-1]]
        self.bars = self.on_bars = leaf.verb.split()[0] in ("break", "reclaim", "lose")
        self.rising = leaf.verb == "break upper" or leaf.verb.rpartition(" ")[0] in RISING
        self.wanted = 20

    def learn(self, bars: list[Bar]) -> None:
        """The newest closes."""
        self.closes = [float(bar.close) for bar in bars[-20:]]

    def away(self, closes: Sequence[float]) -> float:
        """The newest close less the band."""
        mean = sum(closes) / 20
        spread = sum((one - mean) ** 2 for one in closes) / (20 if self.talib else 19)
        return closes[-1] - mean - self.band * 2 * sqrt(spread)

    def was_beyond(self) -> bool:
        """The newest finished close."""
        away = self.away(self.closes)
        return away > 0 if self.rising else away < 0

    def lines(self, price: float) -> tuple[float, ...]:
        """The price less the band with it."""
        away = self.away([*self.closes[1:], price])
        return (away if self.rising else -away,)


class Range(Priced):
    """The open bar's true range in times of the usual one; exact."""

    fresh = extremes = True

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.span = days(leaf)
        self.past: list[Bar] = []

    def prepare(self, at: Look) -> bool:
        """True ranges of finished bars."""
        bars = at.day.bars
        if bars is None or len(bars) < self.span + 1:
            return False
        if bars is not self.past:
            self.past = bars
            self.learn(bars)
        ends = [Fraction(bars[-1].close)] + [Fraction(p) for p in (at.day.high, at.day.low) if p is not None]
        self.ends = min(ends), max(ends)
        return True

    def learn(self, bars: list[Bar]) -> None:
        """The mean true range of the finished bars."""
        ranges = [
            max(Fraction(b.high), Fraction(before.close)) - min(Fraction(b.low), Fraction(before.close))
            for before, b in pairwise(bars)
        ]
        if self.leaf.signal == "range talib":
            floats = [float(one) for one in ranges]
            self.usual = Fraction(recursion(floats, self.span, 1, self.span)[-1])
        else:
            self.usual = sum(ranges[-self.span :], Fraction()) / self.span

    def true_at(self, price: Number) -> bool:
        """Exact."""
        low, high = self.ends
        span = max(high, Fraction(price)) - min(low, Fraction(price))
        return COMPARE[self.leaf.verb](span, Fraction(self.leaf.level or 0) * self.usual)

    def find_levels(self) -> tuple[Level, ...]:
        """Far enough above the low, far enough beneath the high; none once it is that wide."""
        low, high = self.ends
        wide = Fraction(self.leaf.level or 0) * self.usual
        found = [level for level in (high - wide, low + wide) if not low < level < high]
        return tuple(level for level in found if level >= 1 and self._turns(level))

    def _turns(self, level: Fraction) -> bool:
        """Whether the truth differs on its two sides, a quantum apart."""
        step = Fraction(1, 1000)
        return self.true_near(level - step) is not self.true_near(level + step)

    def true_near(self, price: Fraction) -> bool:
        """The definition between the quanta."""
        low, high = self.ends
        span = max(high, price) - min(low, price)
        return COMPARE[self.leaf.verb](span, Fraction(self.leaf.level or 0) * self.usual)
