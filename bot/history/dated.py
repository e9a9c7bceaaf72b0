"""Dated factors out of raw and adjusted bars of one source: on which day a share went ex, by how much.

China's terminals adjust affinely: between two ex-dates an adjusted price is a x raw + b, with a new a and b
from each ex-date on; a ratio series is the same with b = 0. Where a day no longer fits the line of the
days before it, it is an ex-date, and the reference price of that morning is the one that leaves the adjusted
series unbroken. Exchanges print it to the tick, so it is rounded to that, and the factor is exact again.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bot.master.listing import shaped
from rules.model import History

Real = npt.NDArray[np.float64]
SLACK = 6  # quanta: adjusted prices are rounded to 0.01, which is 5 quanta either way
LEAST_MOVE = 2  # of prices within a regime, below which its slope cannot be told

MOST_FALL = 50  # of a slope: shares are put together seldom, and never into so few


def factors(raw: History, adjusted: History) -> Real:
    """Factors of the ratio convention for each day of `raw`, 1 on its first; `adjusted` is backward (hfq).

    Days that only one of the two has keep the factor before them.
    """
    _, mine, its = np.intersect1d(raw.dates, adjusted.dates, assume_unique=True, return_indices=True)
    found = np.ones(len(raw.dates))
    if not len(mine):
        return found
    prices, lines = _matrix(raw)[mine], _matrix(adjusted)[its]
    tick, steps = shaped(raw.symbol).tick, np.ones(len(mine))
    regimes = _regimes(prices, lines)
    for (_, old), (start, new) in pairwise(regimes):
        close = prices[start - 1, 3]
        reference = round((old[0] * close + old[1] - new[1]) / new[0] / tick) * tick
        steps[start] = close / reference if reference > 0 else 1.0
    days = np.ones(len(raw.dates))
    days[mine] = steps
    return np.cumprod(days, out=found)


def _matrix(bars: History) -> Real:
    """Open, high, low and close, shape (days, 4)."""
    return np.column_stack((bars.open, bars.high, bars.low, bars.close)).astype(np.float64)


def _regimes(prices: Real, lines: Real) -> list[tuple[int, tuple[float, float]]]:
    """Where each regime begins, and its slope and offset."""
    found: list[tuple[int, tuple[float, float]]] = []
    start, slope = 0, 1.0
    while start < len(prices):
        line = _fit(prices[start], lines[start], slope)
        end = start + 1
        while True:
            strange = np.flatnonzero(_misfit(prices[end:], lines[end:], line) > SLACK)
            if not len(strange):
                end = len(prices)
                break
            end += int(strange[0])
            wider = _fit(prices[start : end + 1], lines[start : end + 1], line[0])
            if _misfit(prices[start : end + 1], lines[start : end + 1], wider).max() > SLACK:
                break
            line, end = wider, end + 1
        line = _fit(prices[start:end], lines[start:end], line[0])
        found.append((start, line))
        start, slope = end, line[0]
    return found


def _fit(prices: Real, lines: Real, slope: float) -> tuple[float, float]:
    """Slope and offset of the best line; where prices hardly move, of the given slope."""
    x, y = prices.ravel(), lines.ravel()
    spread = x - x.mean()
    square = float(spread @ spread)
    if np.ptp(x) >= LEAST_MOVE * SLACK:
        own = float(spread @ y) / square
        # Rounding moves a slope by so much; within that the one before it is as good and steadier.
        is_told = abs(own - slope) * np.ptp(x) > SLACK and own > slope / MOST_FALL
        slope = own if is_told else slope
    return slope, float(y.mean() - slope * x.mean())


def _misfit(prices: Real, lines: Real, line: tuple[float, float]) -> Real:
    """How far each day is from a line at most, in quanta."""
    if not len(prices):
        return np.empty(0)
    found: Real = np.abs(line[0] * prices + line[1] - lines).max(axis=1)
    return found
