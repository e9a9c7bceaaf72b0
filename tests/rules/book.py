"""Indicators on bars by the book: what a condition says of a price on an open bar.

Fractions where a definition has no recursion; recursions are in floats, where a trillionth is a tie.

Written apart from `rules/`: terminals' (TDX) definitions, every bar computed anew from the first one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from typing import Any, TypeAlias

from rules.model import Leaf

Number: TypeAlias = Any  # Fraction, or float where a root is refined
OPERATORS: dict[str, Callable[[Number, Number], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "crosses above": lambda a, b: a > b,
    "crosses below": lambda a, b: a < b,
}
RISES = {"above", "crosses above", "reclaim", "break upper", "golden cross", "low golden cross"}
ON_BARS = {"reclaim", "lose", "break upper", "break lower"}


@dataclass(frozen=True)
class Candle:
    """One finished bar, in quanta."""

    high: Number
    low: Number
    close: Number

    def times(self, ratio: Fraction) -> "Candle":
        """On another scale."""
        return Candle(self.high * ratio, self.low * ratio, self.close * ratio)


@dataclass
class Past:
    """Finished bars of one size, oldest first, and what was computed from just these."""

    bars: tuple[Candle, ...]
    scale: int = 1000  # quanta of a currency unit
    memo: dict[Any, Any] = field(default_factory=dict)

    @property
    def closes(self) -> list[Number]:
        """Of all of them."""
        found: list[Number] = self.kept("closes", lambda: [bar.close for bar in self.bars])
        return found

    @property
    def rough(self) -> "Past":
        """The same in floats: fast, and wrong at ties alone."""

        def compute() -> Past:
            bars = (Candle(*map(float, (bar.high, bar.low, bar.close))) for bar in self.bars)
            return Past(tuple(bars), self.scale)

        found: Past = self.kept("rough", compute)
        return found

    def kept(self, key: Any, compute: Callable[[], Any]) -> Any:
        """Computed once."""
        if key not in self.memo:
            self.memo[key] = compute()
        return self.memo[key]


@dataclass(frozen=True)
class Open:
    """The open bar's extremes before the price that is asked about; None before its first quote."""

    high: Number | None = None
    low: Number | None = None

    def rough(self) -> "Open":
        """In floats."""
        return self if self.high is None or self.low is None else Open(float(self.high), float(self.low))

    def with_price(self, price: Number) -> tuple[Number, Number]:
        """High and low with that price."""
        return (
            price if self.high is None else max(self.high, price),
            price if self.low is None else min(self.low, price),
        )


def recursion(values: Sequence[Number], n: int, m: int) -> list[Number]:
    """TDX's SMA(X, N, M): y = (m x + (n - m) y') / n, begun with the first value."""
    found = [values[0]]
    for value in values[1:]:
        found.append((m * value + (n - m) * found[-1]) / n)
    return found


def mean(values: Sequence[Number]) -> Number:
    """The plain mean."""
    return sum(values) / len(values)


def sign_of(difference: Number, size: Number) -> int:
    """The side of a difference; a trillionth of what is compared is a tie."""
    if abs(difference) * 10**12 <= abs(size):
        return 0
    return 1 if difference > 0 else -1


def average(past: Past, n: int, price: Number | None, name: str) -> Number:
    """MA or EMA of the finished bars and a price, or of the finished ones alone."""
    if name == "ma":
        closes = past.closes if price is None else [*past.closes, price]
        return mean(closes[-n:])
    last = past.kept(("ema", n), lambda: recursion(past.rough.closes, n + 1, 2)[-1])
    return last if price is None else (2 * float(price) + (n - 1) * last) / (n + 1)


def macd(past: Past, price: Number | None) -> tuple[Number, Number]:
    """DIF and DEA."""

    def compute() -> tuple[Number, Number, Number]:
        fast, slow = recursion(past.rough.closes, 13, 2), recursion(past.rough.closes, 27, 2)
        dif = [one - other for one, other in zip(fast, slow, strict=True)]
        return fast[-1], slow[-1], recursion(dif, 10, 2)[-1]

    fast, slow, dea = past.kept("macd", compute)
    if price is None:
        return fast - slow, dea
    price = float(price)
    dif = (2 * price + 11 * fast) / 13 - (2 * price + 25 * slow) / 27
    return dif, (2 * dif + 8 * dea) / 10


def rsi(past: Past, n: int, price: Number) -> Number:
    """TDX's RSI."""

    def compute() -> tuple[Number, Number]:
        closes = past.rough.closes
        changes = [closes[at] - closes[at - 1] for at in range(1, len(closes))]
        rises = recursion([max(change, 0.0) for change in changes], n, 1)[-1]
        return rises, recursion([abs(change) for change in changes], n, 1)[-1]

    rises, moves = past.kept(("rsi", n), compute)
    change = float(price - past.closes[-1])
    rises, moves = (max(change, 0) + (n - 1) * rises) / n, (abs(change) + (n - 1) * moves) / n
    return 100 * rises / moves if moves else 50


def kdj(past: Past, bar: Open, price: Number | None) -> tuple[Number, Number, Number]:
    """TDX's KDJ(9,3,3)."""

    def raw(bars: Sequence[tuple[Number, Number]], close: Number) -> Number:
        low, high = min(low for _, low in bars), max(high for high, _ in bars)
        return 100 * (close - low) / (high - low) if high > low else 50

    def compute() -> tuple[Number, Number]:
        bars = past.rough.bars
        spans = [(one.high, one.low) for one in bars]
        values = [raw(spans[max(0, at - 8) : at + 1], one.close) for at, one in enumerate(bars)]
        slow = recursion(values, 3, 1)
        return slow[-1], recursion(slow, 3, 1)[-1]

    k, d = past.kept("kdj", compute)
    if price is not None:
        spans = [(one.high, one.low) for one in past.bars[-8:]]
        k = (float(raw([*spans, bar.with_price(price)], price)) + 2 * k) / 3
        d = (k + 2 * d) / 3
    return k, d, 3 * k - 2 * d


def beyond(past: Past, band: str, price: Number | None) -> int:
    """On which side of a Bollinger band the newest close is: squares are compared, so nothing is rounded."""
    last = (past.closes if price is None else [*past.closes, price])[-20:]
    middle = mean(last)
    away, square = last[-1] - middle, 4 * sum((one - middle) ** 2 for one in last) / 19
    if band == "mid":
        return int(away > 0) - int(away < 0)
    sign = 1 if band == "upper" else -1
    over = sign * away  # how far on the band's own side of the middle
    if over <= 0:
        outside = -1 if square else int(over > 0) - int(over < 0)
    else:
        outside = int(over * over > square) - int(over * over < square)
    return sign * outside


def cci(past: Past, n: int, bar: Open, price: Number) -> Number:
    """CCI."""
    bars, (high, low) = past.rough.bars, bar.with_price(price)
    typical = [(one.high + one.low + one.close) / 3 for one in bars[len(bars) - n + 1 :]]
    typical.append(float(high + low + price) / 3)
    middle = mean(typical)
    spread = mean([abs(one - middle) for one in typical])
    return (typical[-1] - middle) / (0.015 * spread) if sign_of(spread, middle) else 0


def ranges(past: Past, n: int) -> Number:
    """ATR: the mean of the last n true ranges."""
    pairs = zip(past.bars[-n - 1 :], past.bars[-n:], strict=False)
    return mean([max(now.high, old.close) - min(now.low, old.close) for old, now in pairs])


def span(past: Past, n: int, bar: Open, price: Number) -> Number:
    """The open bar's true range in times of it, as a pair (range, ATR)."""
    high, low = bar.with_price(price)
    last = past.bars[-1].close
    return max(high, last) - min(low, last), past.kept(("atr", n), lambda: ranges(past, n))


WANTED: dict[str, Callable[[tuple[int, ...]], int]] = {
    "ma": lambda n: n[0] - 1, "ema": lambda n: n[0] + 1, "ma pair": lambda n: max(n) + 1,
    "ema pair": lambda n: max(n) + 1, "bias": lambda n: n[0] - 1, "near ma": lambda n: n[0] - 1,
    "macd": lambda _: 35, "macd dif": lambda _: 35, "macd bar": lambda _: 35, "rsi": lambda n: n[0] + 1,
    "kdj": lambda _: 15, "kdj k": lambda _: 15, "kdj d": lambda _: 15, "kdj j": lambda _: 15,
    "price": lambda _: 0, "boll": lambda _: 20, "cci": lambda n: n[0] - 1, "range": lambda n: n[0] + 1,
}  # fmt: skip
EXTREMES = {"kdj", "kdj k", "kdj d", "kdj j", "cci", "range"}


def counts(one: Leaf) -> tuple[int, ...]:
    """The numbers of bars among its arguments."""
    return tuple(argument for argument in one.args if isinstance(argument, int))


def size_of(one: Leaf) -> timedelta | None:
    """Its bars' size, None for days."""
    return next((argument for argument in one.args if isinstance(argument, timedelta)), None)


def is_cross(one: Leaf) -> bool:
    """CROSS on bars: decided anew on each of them."""
    pair = one.signal.endswith("pair") and one.verb.startswith("crosses")
    return one.verb.endswith("cross") or one.verb.split()[0] in ("reclaim", "lose", "break") or pair


def is_crossing(one: Leaf) -> bool:
    """Must be seen false first."""
    return is_cross(one) or one.verb.startswith("crosses") or one.verb == "near"


def is_known(one: Leaf, past: Past) -> bool:
    """Whether there are bars enough."""
    wanted = WANTED[one.signal](counts(one)) + (one.signal == "ma" and one.verb in ("reclaim", "lose"))
    return len(past.bars) >= wanted


def stood(one: Leaf, past: Past) -> bool:
    """Of a cross on bars: whether the newest finished bar was beyond already."""
    sign = 1 if one.verb.split()[0] == "reclaim" or one.verb in RISES else -1
    if one.signal == "boll":
        band = one.verb.rpartition(" ")[2]
        return sign * beyond(past, band, None) > 0
    if one.signal in ("ma", "ema"):
        mean_of = average(past, counts(one)[0], None, one.signal)
        return sign * sign_of(past.closes[-1] - mean_of, mean_of) > 0
    if one.signal.endswith("pair"):
        short, long = (average(past, n, None, one.signal[:-5]) for n in counts(one))
        return sign * sign_of(short - long, long) > 0
    if one.signal == "macd":
        short, long = macd(past, None)
        return sign * sign_of(short - long, past.closes[-1]) > 0
    short, long, _ = kdj(past, Open(), None)
    return bool(sign * round(short - long, 9) > 0)


def stands(one: Leaf, past: Past, bar: Open, price: Number) -> bool:
    """Whether it holds at a price, whatever was before."""
    name, n, verb = one.signal, counts(one), one.verb.split()
    sign = (
        1 if verb[0] in ("reclaim", "above") or verb[:2] == ["crosses", "above"] or one.verb in RISES else -1
    )
    if name in ("ma", "ema"):
        middle = average(past, n[0] - 1, None, "ma") if name == "ma" else average(past, n[0], None, "ema")
        return sign * sign_of(price - middle, middle) > 0
    if name.endswith("pair"):
        short, long = (average(past, each, price, name[:-5]) for each in n)
        return sign * sign_of(short - long, price) > 0
    if name == "boll":
        return sign * beyond(past, verb[-1], price) > 0
    if name == "macd":
        dif, dea = macd(past, price)
        return sign * sign_of(dif - dea, price) > 0
    if name == "kdj":
        k, d, _ = kdj(past, bar, price)
        inside = {"low": round(20 - d, 9) > 0, "high": round(d - 80, 9) > 0}.get(verb[0], True)
        return bool(inside and sign * round(k - d, 9) > 0)
    return compared(one, past, bar, price)


def compared(one: Leaf, past: Past, bar: Open, price: Number) -> bool:
    """A number against its level."""
    level, n = Fraction(one.level or 0), counts(one)
    if one.signal == "near ma":
        middle = average(past, n[0], price, "ma")
        return bool(abs(price - middle) < level * middle)
    if one.signal == "range":
        wide, usual = span(past, n[0], bar, price)
        return OPERATORS[one.verb](wide, level * usual)
    found = figure(one, past, bar, price)
    if one.signal.split()[0] in ("rsi", "kdj", "cci"):
        return OPERATORS[one.verb](round(found, 9), level)
    if one.signal.startswith("macd"):
        return OPERATORS[one.verb](sign_of(found - float(level), price / past.scale), 0)
    return OPERATORS[one.verb](found, level)


def figure(one: Leaf, past: Past, bar: Open, price: Number) -> Number:
    """The number of a leaf that has one, in the unit of its level."""
    n = counts(one)
    figures: dict[str, Callable[[], Number]] = {
        "price": lambda: price / past.scale,
        "bias": lambda: price / average(past, n[0], price, "ma") - 1,
        "rsi": lambda: rsi(past, n[0], price),
        "cci": lambda: cci(past, n[0], bar, price),
        "macd dif": lambda: macd(past, price)[0] / past.scale,
        "macd bar": lambda: 2 * (macd(past, price)[0] - macd(past, price)[1]) / past.scale,
        "kdj k": lambda: kdj(past, bar, price)[0],
        "kdj d": lambda: kdj(past, bar, price)[1],
        "kdj j": lambda: kdj(past, bar, price)[2],
    }
    return figures[one.signal]()


def turns(
    holds: Callable[[Number], bool], rough: Callable[[Number], bool], grid: Sequence[int]
) -> list[tuple[int, Fraction]]:
    """Where truth turns on a grid of prices: the first price of the other truth, and the level before it.

    Floats find the places, fractions decide at these and their neighbours.
    """
    stride, truths = max(1, len(grid) // 150), [rough(grid[0])]
    for at in range(0, len(grid) - 1, stride):  # a fine grid is looked through where a coarse one differs
        end = min(at + stride, len(grid) - 1)
        last = rough(grid[end])
        truths += [last if last == truths[at] else rough(grid[within]) for within in range(at + 1, end)]
        truths.append(last)
    doubtful = {
        at for turn in range(1, len(grid)) if truths[turn] != truths[turn - 1] for at in (turn - 1, turn)
    }
    for at in doubtful:
        truths[at] = holds(Fraction(grid[at]))
    found = []
    for at in range(1, len(grid)):
        if truths[at] == truths[at - 1]:
            continue
        low, high = float(grid[at - 1]), float(grid[at])
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (low, middle) if rough(middle) is truths[at] else (middle, high)
        found.append((grid[at], Fraction(round((low + high) / 2, 5))))
    return found
