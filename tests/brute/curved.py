"""Indicators on daily bars with the price as the open bar's close, by their recursions and in floats.

Levels are found by looking: signs along the prices around, halved until they meet. What an indicator is lies
in `lines`: numbers at a price that change sign where the leaf's truth may turn.
"""

from collections.abc import Sequence
from fractions import Fraction

from rules.model import Leaf
from tests.brute.plain import UP
from tests.brute.sense import COMPARE, Level, Priced
from tests.brute.tape import Bar, Look, Number

STEPS = [1.02**step for step in range(-60, 61)] + [0.01, 0.05, 0.1, 5.0, 20.0, 100.0]
RISING = frozenset({"above", "crosses above", "reclaim", "break upper", "golden cross", "low golden cross"})


def recursion(values: Sequence[float], n: int, m: int, seed: int = 1) -> list[float]:
    """SMA(X, N, M) from the seed on: y = (M x + (N - M) y') / N; EMA(n) is SMA(n + 1, 2)."""
    now = sum(values[:seed]) / seed
    found = [now]
    for value in values[seed:]:
        now = (m * value + (n - m) * now) / n
        found.append(now)
    return found


class Curved(Priced):
    """What the indicators share."""

    unfinished = True
    wanted = 1  # finished bars
    on_bars = False  # CROSS on bars: the bar before on the other side, or nothing today

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.talib = leaf.signal.endswith("talib")
        self.crossing = (
            leaf.verb.startswith(("crosses", "near", "reclaim", "lose", "break")) or "cross" in leaf.verb
        )
        self.numbers = tuple(int(str(argument)) for argument in leaf.args)
        self.past: list[Bar] = []
        self.unit = 1

    def bars_of(self, at: Look) -> list[Bar] | None:
        """The finished bars."""
        return at.day.bars

    def prepare(self, at: Look) -> bool:
        """Enough bars, and the state they leave."""
        self.unit = at.tape.unit
        return self._prepare(self.bars_of(at), at.day.high, at.day.low)

    def _prepare(self, bars: list[Bar] | None, high: Number | None, low: Number | None) -> bool:
        if bars is None or len(bars) < self.wanted:
            return False
        if bars is not self.past:
            self.past = bars
            self.learn(bars)
        self.high, self.low = high, low
        self.gone = self.on_bars and self.was_beyond()
        return True

    def learn(self, bars: list[Bar]) -> None:
        """The state after the finished bars."""

    def was_beyond(self) -> bool:
        """Whether the newest finished bar was there already."""
        raise NotImplementedError

    def lines(self, price: float) -> tuple[float, ...]:
        """Numbers whose signs decide."""
        raise NotImplementedError

    def decide(self, lines: tuple[float, ...]) -> bool:
        """Truth by them."""
        return lines[0] > 0

    def true_at(self, price: Number) -> bool:
        """Truth at a price."""
        return not self.gone and self.decide(self.lines(price))

    def find_levels(self) -> tuple[Level, ...]:
        """Where a line changes its sign and the truth with it."""
        assert self.at is not None
        if self.gone:
            return ()
        middle = float(self.at.price)
        places = sorted({middle * step for step in STEPS} | {float(kink) for kink in self.kinks()})
        signs = [self.lines(place) for place in places]
        roots = [
            self._root(which, low, high)
            for which in range(len(signs[0]))
            for low, high, one, other in zip(places, places[1:], signs, signs[1:], strict=False)
            if (one[which] > 0) is not (other[which] > 0)
        ]
        return tuple(sorted(root for root in roots if root >= 1 and self._turns(root)))

    def kinks(self) -> list[Number]:
        """Prices between which the lines are smooth."""
        known = [bar.close for bar in self.past[-1:]]
        return [*known, *(price for price in (self.high, self.low) if price is not None)]

    def _root(self, which: int, low: float, high: float) -> float:
        at_low = self.lines(low)[which] > 0
        for _ in range(100):
            middle = (low + high) / 2
            if middle in (low, high):
                break
            if (self.lines(middle)[which] > 0) is at_low:
                low = middle
            else:
                high = middle
        return high

    def _turns(self, root: float) -> bool:
        return self.true_at(root * (1 - 1e-9)) is not self.true_at(root * (1 + 1e-9))

    def yesterday(self, at: Look) -> bool | None:
        """The last finished bar as the open one, with its own high and low."""
        bars = self.bars_of(at)
        if self.bars or not bars:
            return None
        close = at.tape.last_price if at.day.prev_close is None else at.day.prev_close
        other = type(self)(self.leaf, self.margin)
        other.unit = at.tape.unit
        if close is None or not other._prepare(bars[:-1], bars[-1].high, bars[-1].low):
            return None
        return other.true_at(close)


class Average(Curved):
    """ma(n): exact, since terminals' averages of whole prices have exact ties."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.bars = self.on_bars = leaf.verb in ("reclaim", "lose")
        self.span = self.numbers[0]
        self.wanted = self.span if self.bars else self.span - 1

    def learn(self, bars: list[Bar]) -> None:
        """The sum of the closes but the oldest."""
        closes = [Fraction(bar.close) for bar in bars]
        self.total = sum(closes[len(closes) - self.span + 1 :], Fraction())

    def was_beyond(self) -> bool:
        """Yesterday's close against yesterday's average."""
        last = Fraction(self.past[-1].close)
        mean = sum((Fraction(bar.close) for bar in self.past[-self.span :]), Fraction()) / self.span
        return last > mean if self.leaf.verb == "reclaim" else last < mean

    def true_at(self, price: Number) -> bool:
        """Exact: price beyond (sum + price) / n."""
        mean = (self.total + Fraction(price)) / self.span
        return not self.gone and (price > mean if self.leaf.verb in UP else price < mean)

    def find_levels(self) -> tuple[Level, ...]:
        """Where the price is its own average."""
        return () if self.gone else (self.total / (self.span - 1),)


class Bias(Curved):
    """price / ma(n) - 1, or its distance from nought: exact too."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.span = self.numbers[0]
        self.wanted = self.span - 1

    def learn(self, bars: list[Bar]) -> None:
        """The sum of the closes but the oldest."""
        self.total = sum((Fraction(bar.close) for bar in bars[len(bars) - self.span + 1 :]), Fraction())

    def true_at(self, price: Number) -> bool:
        """Exact."""
        bias = self.span * Fraction(price) / (self.total + Fraction(price)) - 1
        level = Fraction(self.leaf.level or 0)
        if self.leaf.verb == "near":
            return abs(bias) < level
        return COMPARE[{"crosses above": ">", "crosses below": "<"}.get(self.leaf.verb, self.leaf.verb)](
            bias, level
        )

    def find_levels(self) -> tuple[Level, ...]:
        """(1 + x) S / (n - 1 - x)."""
        level = Fraction(self.leaf.level or 0)
        edges = (-level, level) if self.leaf.verb == "near" else (level,)
        found = ((1 + edge) * self.total / (self.span - 1 - edge) for edge in edges if edge < self.span - 1)
        return tuple(sorted(root for root in found if root > 0))


class Exponential(Curved):
    """ema(n), begun with the first close, by TA-Lib with the mean of the first n."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.bars = self.on_bars = leaf.verb in ("reclaim", "lose")
        self.span = self.numbers[0]
        self.wanted = self.span + 1

    def learn(self, bars: list[Bar]) -> None:
        """The average of the finished bars."""
        closes = [float(bar.close) for bar in bars]
        self.average = recursion(closes, self.span + 1, 2, self.span if self.talib else 1)[-1]

    def was_beyond(self) -> bool:
        """The newest close against it."""
        away = float(self.past[-1].close) - self.average
        return away > 0 if self.leaf.verb in RISING else away < 0

    def lines(self, price: float) -> tuple[float, ...]:
        """How far the price is beyond the average with it."""
        n = self.span + 1
        away = price - (2 * price + (n - 2) * self.average) / n
        return (away if self.leaf.verb in RISING else -away,)


class Pair(Curved):
    """A short average against a long one."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.bars = self.on_bars = leaf.verb.startswith("crosses")
        self.wanted = max(self.numbers) + 1

    def averages(self, closes: list[float]) -> list[float]:
        """Both as of the last close."""
        if self.leaf.signal == "ma pair":
            return [sum(closes[-span:]) / span for span in self.numbers]
        return [recursion(closes, span + 1, 2, span if self.talib else 1)[-1] for span in self.numbers]

    def learn(self, bars: list[Bar]) -> None:
        """The finished closes, and both averages of them."""
        self.closes = [float(bar.close) for bar in bars]
        self.before = self.averages(self.closes)

    def was_beyond(self) -> bool:
        """Strictly."""
        away = self.before[0] - self.before[1]
        return away > 0 if self.leaf.verb in RISING else away < 0

    def lines(self, price: float) -> tuple[float, ...]:
        """The short one less the long one with the price."""
        if self.leaf.signal == "ma pair":
            short, long = self.averages([*self.closes[-max(self.numbers) :], price])
        else:
            short, long = (
                (2 * price + (span - 1) * average) / (span + 1)
                for span, average in zip(self.numbers, self.before, strict=True)
            )
        return (short - long if self.leaf.verb in RISING else long - short,)
