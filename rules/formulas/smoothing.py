"""Running averages over finished bars, by the terminals' (TDX) conventions and by TA-Lib's.

Both smooth by the same recursion, y = y' + weight x (x - y'); they differ in what it begins with. TDX's EMA
and SMA(X,N,M) begin with the first value. TA-Lib begins with the plain mean of the first n values, at the
n-th (its function reference, EMA and RSI).
"""

from collections.abc import Callable, Sequence
from enum import Enum
from itertools import pairwise
from typing import TypeVar

import numpy as np

from rules.adjust import Column, Daily
from rules.formulas.recursion import carried

T = TypeVar("T")
# Floats nearer than this are one number: bars at one price make ties, and rounding must not break them.
NOISE = 1e-12  # of a price
POINTS = 9  # decimals of a figure between 0 and 100 or about that


class Convention(Enum):
    """Whose definition a number follows."""

    TDX = "tdx"
    TALIB = "talib"


def smoothed(values: Sequence[float], weight: float, seed: int = 1) -> list[float]:
    """The running average from the seed on, the mean of the first `seed` values."""
    now = sum(values[:seed]) / seed
    found = [now]
    for value in values[seed:]:
        now = weight * value + (1 - weight) * now
        found.append(now)
    return found


def smooth(now: float | None, values: Sequence[float], weight: float, seed: int = 1) -> float:
    """The newest of `smoothed`, begun with these values or going on with them."""
    if now is None:
        return smoothed(values, weight, seed)[-1]
    for value in values:
        now = weight * value + (1 - weight) * now
    return now


def ema(bars: Daily, span: int, convention: Convention) -> float:
    """The exponential average of the closes as of the last bar, weight 2 / (span + 1)."""
    seed, weight = span if convention is Convention.TALIB else 1, 2 / (span + 1)

    def advance(now: float | None, bars: Daily, start: int, stop: int) -> float:
        return smooth(now, numbers(bars.close[start:stop]), weight, seed)

    return carried(bars, ("ema", span, convention), advance, seed)


def swings(bars: Daily, span: int, convention: Convention) -> tuple[float, float]:
    """Running means of rises and of falls of the closes (weight 1 / span), as RSI wants them.

    The first bar has no change: terminals begin with the second one's, TA-Lib with the mean of `span`.
    """
    seed = span if convention is Convention.TALIB else 1

    def advance(now: tuple[float, float] | None, bars: Daily, start: int, stop: int) -> tuple[float, float]:
        rise, fall = now or (None, None)
        close = numbers(bars.close[max(0, start - 1) : stop])
        changes = [after - before for before, after in pairwise(close)]
        return (
            smooth(rise, [max(change, 0.0) for change in changes], 1 / span, seed),
            smooth(fall, [max(-change, 0.0) for change in changes], 1 / span, seed),
        )

    return carried(bars, ("swings", span, convention), advance, seed + 1)


def tied(difference: float, size: float) -> float:
    """A difference of numbers of a size, nought where rounding alone may have made it; ints are exact."""
    return 0 if not isinstance(difference, int) and abs(difference) <= NOISE * abs(size) else difference


def snapped(price: float) -> float:
    """A price in quanta, whole where rounding alone may keep it from that."""
    whole = round(price)
    return price if tied(price - whole, price) else float(whole)


def numbers(column: Column) -> list[float]:
    """A column as Python floats."""
    found: list[float] = column.astype(np.float64).tolist()
    return found


def kept(bars: Daily, key: object, compute: Callable[[], T]) -> T:
    """Computed once for the same bars: an instrument has many rules."""
    if key not in bars.memo:
        bars.memo[key] = compute()
    found: T = bars.memo[key]
    return found
