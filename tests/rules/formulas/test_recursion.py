"""Recursions carried on from session to session are the same floats as those begun with the first bar."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest

from rules.adjust import Daily, believed
from rules.formulas.convergence import state
from rules.formulas.recursion import carried, continued
from rules.formulas.smoothing import Convention, ema, swings
from rules.formulas.stochastic import past_of
from rules.model import History
from rules.signals.atr import TrueRangeTalib

FIRST = date(2024, 1, 1)
BARS = 90
RECURSIONS: dict[str, tuple[int, Callable[[Daily], object]]] = {
    "ema": (1, lambda bars: ema(bars, 12, Convention.TDX)),
    "ema talib": (12, lambda bars: ema(bars, 12, Convention.TALIB)),
    "swings": (2, lambda bars: swings(bars, 6, Convention.TDX)),
    "swings talib": (7, lambda bars: swings(bars, 6, Convention.TALIB)),
    "macd": (1, state),
    "macd talib": (34, lambda bars: state(bars, Convention.TALIB)),
    "kdj": (9, lambda bars: past_of(bars, Convention.TDX)),
    "kdj talib": (13, lambda bars: past_of(bars, Convention.TALIB)),
    "atr talib": (8, lambda bars: TrueRangeTalib().usual(bars, 7)),
}


def walk(seed: int, *, dividends: tuple[int, ...] = ()) -> History:
    """Daily bars with factors that grow by an odd part at each of `dividends`."""
    chance = np.random.default_rng(seed)
    close = (100_000 * np.exp(np.cumsum(chance.normal(0, 0.03, BARS)))).astype(np.int64)
    span = (close * chance.uniform(0, 0.02, BARS)).astype(np.int64)
    factor = np.ones(BARS)
    for day in dividends:
        factor[day:] *= 1.0371
    return History(
        symbol="300308.SZ", dates=np.datetime64(FIRST, "D") + np.arange(BARS), open=close - span // 2,
        high=close + span, low=close - span, close=close, volume=np.ones(BARS), factor=factor,
    )  # fmt: skip


def session(history: History, days: int) -> Daily:
    """The bars before the day after the first `days`, believed without a feed's previous close."""
    cut = History(
        symbol=history.symbol, dates=history.dates[:days], open=history.open[:days], high=history.high[:days],
        low=history.low[:days], close=history.close[:days], volume=history.volume[:days],
        factor=history.factor[:days],
    )  # fmt: skip
    today = FIRST + timedelta(days=days)
    found, _ = believed(cut, today, None, today - timedelta(days=1))
    assert found is not None
    return found


@pytest.mark.parametrize("name", RECURSIONS)
@pytest.mark.parametrize("dividends", [(), (40,), (40, 41, 77)], ids=["raw", "one", "three"])
@pytest.mark.parametrize("step", [1, 3])
def test_carried_on_and_begun_anew_are_the_same_floats(
    name: str, dividends: tuple[int, ...], step: int
) -> None:
    """Day after day, over days missed and over ex-dates: equal to the last bit, the day before included."""
    least, compute = RECURSIONS[name]
    history = walk(hash(dividends) % 100, dividends=dividends)
    bars: Daily | None = None
    for days in range(least, BARS, step):
        bars = continued(session(history, days), bars)
        assert bars is not None
        assert compute(bars) == compute(session(history, days))
        if days > least:
            assert compute(bars.before()) == compute(session(history, days).before())


@pytest.mark.parametrize("seed", range(5))
def test_bars_are_gone_through_once(seed: int) -> None:
    """A session costs one step; an ex-date, a corrected bar or a shorter history cost a new beginning."""
    history, steps = walk(seed, dividends=(50,)), list[int]()

    def advance(now: int | None, _bars: Daily, start: int, stop: int) -> int:
        assert (now or 0) == start
        steps.append(stop - start)
        return stop

    def spent(bars: Daily) -> int:
        steps.clear()
        assert carried(bars, "count", advance, 2) == len(bars)
        return sum(steps)

    def then(days: int, earlier: Daily | None) -> Daily:
        found = continued(session(history, days), earlier)
        assert found is not None
        return found

    bars = then(40, None)
    assert [spent(bars), spent(bars), spent(bars.before())] == [40, 0, 0]
    assert spent(bars.before().before()) == 38
    bars = then(41, bars)
    assert spent(bars) == 1
    assert spent(then(45, bars)) == 4
    assert spent(then(39, bars)) == 39
    history = replace(history, close=history.close + (np.arange(BARS) == 3))
    assert spent(then(42, bars)) == 42
    bars = then(50, None)
    assert spent(bars) == 50
    bars = then(51, bars)
    assert spent(bars) == 51  # the first session after the factor changed sees every bar rescaled
    assert spent(then(52, bars)) == 1
    few = session(history, 2)
    assert [spent(few), spent(few)] == [2, 2]  # no more than it begins with: nothing to carry on


def test_without_an_ex_date_today_the_scale_is_the_factors() -> None:
    """The newest close is the price it was, and older ones are the same floats on every later day."""
    history = walk(3, dividends=(10,))
    one, other = session(history, 30), session(history, 31)
    assert one.close[-1] == history.close[29]
    assert (one.close == other.close[:30]).all()
    assert Fraction(float(one.close[0])) == Fraction(float(history.close[0] * (1 / 1.0371)))


def test_no_bars_carry_nothing_on() -> None:
    """A session whose history is not believed has nothing, and hands nothing on."""
    bars = session(walk(1), 20)
    assert continued(None, bars) is None
    assert continued(bars, None) is bars
