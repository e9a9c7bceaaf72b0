"""Dated factors found again in what a source's rounding leaves of them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bot.history.dated import factors
from rules.model import History

SYMBOL = "300308.SZ"
# Of each 10 shares: cash in yuan, bonus shares.
EVENTS = {40: (1.0, 0.0), 90: (0.5, 4.0), 91: (20.0, 0.0), 200: (0.0, 10.0), 299: (6.0, 3.0)}


def made(
    days: int, events: dict[int, tuple[float, float]], seed: int = 1
) -> tuple[History, History, Sequence[float]]:
    """Raw bars, the affine backward series rounded to 0.01 as a source prints it, and the true factors."""
    chance = np.random.default_rng(seed)
    slope, offset, factor, price = 1.0, 0.0, 1.0, 30.0
    raw, adjusted, true = [], [], []
    for day in range(days):
        if day in events:
            cash, bonus = events[day][0] / 10, events[day][1] / 10
            reference = round((price - cash) / (1 + bonus), 2)
            # From here on a x raw + b is what the price would be without the event.
            offset += slope * cash
            slope *= 1 + bonus
            factor *= price / reference
            price = reference
        bar = np.round(price * (1 + chance.normal(0, 0.02, 3)), 2)
        price = float(bar[2])
        prices = (bar[0], bar.max(), bar.min(), bar[2])
        raw.append([round(1000 * one) for one in prices])
        adjusted.append([10 * round(100 * (slope * one + offset)) for one in prices])
        true.append(factor)
    return _history(raw), _history(adjusted), true


def _history(prices: list[list[int]]) -> History:
    columns = np.array(prices, dtype=np.int64).reshape(-1, 4).T
    return History(
        symbol=SYMBOL,
        dates=np.datetime64("2024-01-01", "D") + np.arange(len(prices)),
        open=columns[0],
        high=columns[1],
        low=columns[2],
        close=columns[3],
        volume=np.ones(len(prices)),
        factor=np.ones(len(prices)),
    )


@pytest.mark.parametrize("seed", range(5))
def test_every_ex_date_is_found_with_its_factor(seed: int) -> None:
    """Cash, bonus shares, both on one day, on two days in a row, on the last day: to a tick."""
    raw, adjusted, true = made(300, EVENTS, seed)
    found = factors(raw, adjusted)
    assert np.flatnonzero(np.diff(found)).tolist() == [day - 1 for day in EVENTS]
    assert np.allclose(found, true, rtol=2e-3)
    assert np.allclose(found[:90], true[:90], rtol=1e-12)


def test_nothing_happened() -> None:
    """Without an event, without days, without an answer: all factors are one."""
    raw, adjusted, _ = made(200, {}, 3)
    assert (factors(raw, adjusted) == 1).all()
    nothing = _history([])
    assert factors(raw, nothing).tolist() == [1.0] * 200
    assert factors(nothing, nothing).tolist() == []


def test_days_that_one_of_the_two_lacks_keep_the_factor_before() -> None:
    """A hole in the adjusted series moves no ex-date and makes none."""
    raw, adjusted, true = made(300, {100: (5.0, 0.0)})
    kept = np.ones(300, dtype=np.bool_)
    kept[50:60] = False
    fields = {name: getattr(adjusted, name)[kept] for name in ("dates", "open", "high", "low", "close")}
    found = factors(raw, replace(adjusted, volume=np.ones(290), factor=np.ones(290), **fields))
    assert np.allclose(found, true, rtol=1e-12)


def test_a_price_that_does_not_move_has_no_slope_of_its_own() -> None:
    """Days of one price are read by the slope before them."""
    still = _history([[10_000] * 4] * 3 + [[9_500] * 4] * 3)
    adjusted = _history([[10_000] * 4] * 6)
    assert np.allclose(factors(still, adjusted), [1, 1, 1, 10 / 9.5, 10 / 9.5, 10 / 9.5])
