"""TA-Lib as the oracle of every indicator, on recorded bars of three markets; the live bar is its last one.

TA-Lib's own conventions are asked for directly. The terminals' are the same recursions with other
beginnings, and TA-Lib has those as well: in its MetaStock mode an EMA begins with the first value, TDX's
SMA(X, N, 1) is such an EMA of 2 N - 1, and TDX's STD is TA-Lib's times sqrt(n / (n - 1)). So nothing here
repeats a recursion.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import isclose, sqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
import talib
from talib import MA_Type, set_compatibility  # type: ignore[attr-defined]

from rules.adjust import believed
from rules.levels import compiled
from rules.measured import number_of
from rules.model import History, Instrument, Leaf, decimals_of
from rules.region import Absent, Inputs, Region
from tests.fixtures import series
from tests.recorded import needs

Column: TypeAlias = npt.NDArray[np.float64]
METASTOCK, DEFAULT = 1, 0
SIMPLE = MA_Type.SMA
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Bars:
    """Columns in quanta, the live bar last."""

    high: Column
    low: Column
    close: Column

    def before(self) -> "Bars":
        """Without the live bar."""
        return Bars(self.high[:-1], self.low[:-1], self.close[:-1])


Measure: TypeAlias = Callable[[Bars], float]


def metastock(values: Column, span: int) -> Column:
    """TDX's EMA: begun with the first value."""
    set_compatibility(METASTOCK)
    try:
        # MetaStock mode leaves the first values out until the average has settled; nothing is lost by a lead
        # of the first value, which is what it begins with.
        lead = np.full(span, values[0])
        found: Column = talib.EMA(np.concatenate([lead, values]), span)[span:]
    finally:
        set_compatibility(DEFAULT)
    return found


def slow(values: Column, span: int) -> Column:
    """TDX's SMA(X, N, 1)."""
    return metastock(values, 2 * span - 1)


def rsv(bars: Bars) -> Column:
    """Of nine bars, of those there are at the beginning; 50 where they have one price."""
    low = np.minimum.accumulate(bars.low)
    high = np.maximum.accumulate(bars.high)
    low[8:], high[8:] = talib.MIN(bars.low, 9)[8:], talib.MAX(bars.high, 9)[8:]
    wide = high > low
    return np.where(wide, 100 * (bars.close - low) / np.where(wide, high - low, 1), 50)


def kdj(bars: Bars) -> tuple[float, float]:
    """TDX's K and D."""
    k = slow(rsv(bars), 3)
    return float(k[-1]), float(slow(k, 3)[-1])


def stochastic(bars: Bars) -> tuple[float, float]:
    """TA-Lib's."""
    k, d = talib.STOCH(bars.high, bars.low, bars.close, 9, 3, SIMPLE, 3, SIMPLE)
    return float(k[-1]), float(d[-1])


def dif(close: Column) -> Column:
    """TDX's DIF."""
    return metastock(close, 12) - metastock(close, 26)


def tdx_macd(bars: Bars) -> tuple[float, float]:
    """TDX's DIF and DEA."""
    line = dif(bars.close)
    return float(line[-1]), float(metastock(line, 9)[-1])


def talib_macd(bars: Bars) -> tuple[float, float]:
    """TA-Lib's MACD and its signal."""
    line, signal, _ = talib.MACD(bars.close, 12, 26, 9)
    return float(line[-1]), float(signal[-1])


def tdx_rsi(bars: Bars, n: int) -> float:
    """TDX's RSI."""
    change = np.diff(bars.close)
    moved = slow(np.abs(change), n)[-1]
    return float(100 * slow(np.maximum(change, 0), n)[-1] / moved) if moved else 50.0


def band(bars: Bars, sign: int, *, sample: bool) -> float:
    """A Bollinger band; TDX's deviation divides by n - 1."""
    close = bars.close[-60:]
    middle, deviation = talib.SMA(close, 20)[-1], talib.STDDEV(close, 20)[-1]
    return float(middle + sign * 2 * deviation * (sqrt(20 / 19) if sample else 1))


def bands(bars: Bars, sign: int) -> float:
    """TA-Lib's own."""
    return float(talib.BBANDS(bars.close[-60:], 20, 2, 2, SIMPLE)[1 - sign][-1])


def true_range(bars: Bars) -> Column:
    """True ranges from the second bar on."""
    found: Column = talib.TRANGE(bars.high, bars.low, bars.close)[1:]
    return found


def last(column: Column) -> float:
    """The newest value."""
    return float(column[-1])


# The number a signal is at, in the unit of its level; its argument if it has one.
FIGURES: dict[str, Callable[[Bars, int, int], float]] = {
    "bias": lambda b, n, _: last(b.close) / last(talib.SMA(b.close, n)) - 1,
    "cci": lambda b, n, _: last(talib.CCI(b.high, b.low, b.close, n)),
    "kdj d": lambda b, _, __: kdj(b)[1],
    "kdj j": lambda b, _, __: 3 * kdj(b)[0] - 2 * kdj(b)[1],
    "kdj k": lambda b, _, __: kdj(b)[0],
    "macd bar": lambda b, _, one: 2 * (tdx_macd(b)[0] - tdx_macd(b)[1]) / one,
    "macd dif": lambda b, _, one: tdx_macd(b)[0] / one,
    "range": lambda b, n, _: last(true_range(b)) / last(talib.SMA(true_range(b)[:-1], n)),
    "range talib": lambda b, n, _: last(true_range(b)) / float(talib.ATR(b.high, b.low, b.close, n)[-2]),
    "rsi": lambda b, n, _: tdx_rsi(b, n),
    "rsi talib": lambda b, n, _: last(talib.RSI(b.close, n)),
}
COUNTS = {
    "bias": (5, 20), "cci": (5, 14), "range": (5, 14), "range talib": (5, 14), "rsi": (6, 14),
    "rsi talib": (6, 14),
}  # fmt: skip
LEVELS = {
    "bias": ("0.03", "-0.05"), "cci": ("100", "-100"), "kdj d": ("20", "80"), "kdj j": ("0", "100"),
    "kdj k": ("20", "80"), "macd bar": ("0", "0.1"), "macd dif": ("0", "-0.2"), "range": ("1.5", "2.5"),
    "range talib": ("1.5", "2.5"), "rsi": ("30", "80"), "rsi talib": ("30", "80"),
}  # fmt: skip
MONEY = frozenset({"macd bar", "macd dif"})  # differences of prices: to 1e-9 of the price

# How far the price, or the first of two lines, is beyond the other.
AWAY: dict[str, Measure] = {
    "ma": lambda b: last(b.close) - last(talib.SMA(b.close, 20)),
    "ema": lambda b: last(b.close) - last(metastock(b.close, 20)),
    "ema talib": lambda b: last(b.close) - last(talib.EMA(b.close, 20)),
    "ma pair": lambda b: last(talib.SMA(b.close, 5)) - last(talib.SMA(b.close, 20)),
    "ema pair": lambda b: last(metastock(b.close, 5)) - last(metastock(b.close, 20)),
    "ema pair talib": lambda b: last(talib.EMA(b.close, 5)) - last(talib.EMA(b.close, 20)),
    "macd": lambda b: tdx_macd(b)[0] - tdx_macd(b)[1],
    "macd talib": lambda b: talib_macd(b)[0] - talib_macd(b)[1],
    "kdj": lambda b: kdj(b)[0] - kdj(b)[1],
    "kdj talib": lambda b: stochastic(b)[0] - stochastic(b)[1],
    "boll upper": lambda b: last(b.close) - band(b, 1, sample=True),
    "boll mid": lambda b: last(b.close) - band(b, 0, sample=True),
    "boll lower": lambda b: last(b.close) - band(b, -1, sample=True),
    "boll talib upper": lambda b: last(b.close) - bands(b, 1),
    "boll talib mid": lambda b: last(b.close) - bands(b, 0),
    "boll talib lower": lambda b: last(b.close) - bands(b, -1),
}
ARGUMENTS = {
    "ma": (20,), "ema": (20,), "ema talib": (20,), "ma pair": (5, 20), "ema pair": (5, 20),
    "ema pair talib": (5, 20),
}  # fmt: skip
PLAIN = {"above": 1, "below": -1, "crosses above": 1, "crosses below": -1}  # true by the live bar alone
BARS = {"reclaim": 1, "lose": -1}  # CROSS: the finished bar on the other side
CROSSES = {"golden cross": 1, "death cross": -1}
SIGNS = {**PLAIN, **BARS, **CROSSES}


def lines() -> Iterator[tuple[Leaf, str, int, bool]]:
    """Each line's leaves: with its measure, the side it is true on, whether the bar before decides too."""
    for name in AWAY:
        signal, _, which = name.rpartition(" ") if name.startswith("boll") else (name, "", "")
        is_pair = name.endswith(("pair", "pair talib"))
        if signal.startswith(("macd", "kdj")):
            verbs: dict[str, int] = CROSSES
        else:
            verbs = PLAIN if is_pair else {**PLAIN, **BARS}
        for verb, side in verbs.items():
            on_bars = verb in BARS or verb in CROSSES or (is_pair and verb.startswith("crosses"))
            word = f"{verb} {which}" if which else verb
            yield Leaf(signal, ARGUMENTS.get(name, ()), word), name, side, on_bars
        if which in ("upper", "lower"):
            yield Leaf(signal, (), f"break {which}"), name, 1 if which == "upper" else -1, True


@cache
def recorded(name: str) -> History:
    """A recorded series by name."""
    kind, _, of = name.partition(" ")
    load = {"china": series.china, "daily": series.america, "minutes": series.minutes}[kind]
    return load(of)


NAMES = ("china SH600000", "china SZ000002", "daily spy", "daily aapl", "minutes spy")
RECORDED = needs(*series.NEEDED, series.ACTIONS, "us/lean/equity/usa/minute/spy", "us/lean/equity/usa/daily")


def places(history: History) -> list[int]:
    """Where to look: short histories in which seeds still speak, ex-dates and those after, and all over."""
    moved = np.flatnonzero(np.diff(history.factor)) + 1
    found = {36, 41, 60, 130, *range(250, len(history.dates), len(history.dates) // 8)}
    found |= {int(at) + step for at in moved[-6:] for step in (0, 1)}
    return sorted(at for at in found if 36 <= at < len(history.dates))


def known(history: History, at: int) -> Inputs:
    """What closed forms know in the session of a bar, its high and low so far included."""
    ratio = history.factor[at - 1] / history.factor[at]
    prev_close = round(float(history.close[at - 1] * ratio))
    day, before = history.dates[at].astype(object), history.dates[at - 1].astype(object)
    daily, stale = believed(history, day, prev_close, before)
    return Inputs(
        instrument=Instrument(symbol=history.symbol, decimals=decimals_of(history.symbol)),
        session=day,
        prev_close=prev_close,
        day_high=int(history.high[at]),
        day_low=int(history.low[at]),
        history=daily,
        stale=stale,
    )


def bars_at(inputs: Inputs, price: int) -> Bars:
    """Finished bars and the live one at a price."""
    daily = inputs.history
    assert daily is not None
    assert inputs.day_high is not None
    assert inputs.day_low is not None
    ends = (max(inputs.day_high, price), min(inputs.day_low, price), price)
    high, low, close = (
        np.append(column.astype(np.float64), end)
        for column, end in zip((daily.high, daily.low, daily.close), ends, strict=True)
    )
    return Bars(high, low, close)


def near(region: Region, chance: random.Random, price: int) -> list[int]:
    """Every boundary with its neighbours, and prices around the bar's own."""
    edges = [edge + step for edge in region.boundaries for step in (-1, 0, 1)]
    anywhere = [round(price * chance.uniform(0.93, 1.07)) for _ in range(2)]
    return [place for place in (*edges, price, *anywhere) if place > 0]


@RECORDED
@pytest.mark.parametrize("signal", FIGURES)
@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_talibs(name: str, signal: str) -> None:
    """The number told at a price is TA-Lib's to 1e-9."""
    history, judged = recorded(name), 0
    one = 10 ** decimals_of(history.symbol)
    for at in places(history):
        inputs, price = known(history, at), int(history.close[at])
        for n in COUNTS.get(signal, (0,)):
            told = number_of(Leaf(signal, (n,) if n else (), ">", Decimal(0)), inputs, price)
            found = FIGURES[signal](bars_at(inputs, price), n, one) * (100 if signal == "bias" else 1)
            assert told is not None
            within = TOLERANCE * price / one if signal in MONEY else TOLERANCE
            assert isclose(told, found, rel_tol=0 if signal in MONEY else TOLERANCE, abs_tol=within), (at, n)
            judged += 1
    assert judged >= 10


@RECORDED
@pytest.mark.parametrize("signal", FIGURES)
@pytest.mark.parametrize("name", NAMES)
def test_levels_turn_where_talib_does(name: str, signal: str) -> None:
    """At a level's boundary TA-Lib's number has passed it, one quantum beneath it has not."""
    history, chance = recorded(name), random.Random(signal)  # noqa: S311 - a seeded sample
    one, judged, ties = 10 ** decimals_of(history.symbol), 0, 0
    for at in places(history):
        inputs = known(history, at)
        for n in COUNTS.get(signal, (0,)):
            for level in LEVELS[signal]:
                leaf = Leaf(signal, (n,) if n else (), ">", Decimal(level))
                region = compiled(leaf, inputs)
                assert isinstance(region, Region)
                for price in near(region, chance, int(history.close[at])):
                    away = FIGURES[signal](bars_at(inputs, price), n, one) - float(level)
                    if abs(away) <= TOLERANCE * max(1, abs(float(level))):
                        ties += 1
                        continue
                    judged += 1
                    assert region.truth(price) is (away > 0), (at, leaf, price, away)
    assert judged > 50
    assert ties <= judged / 4  # exact numbers decide them: see tests/brute


LINES = tuple(lines())


@RECORDED
@pytest.mark.parametrize(("leaf", "measure", "side", "on_bars"), LINES)
@pytest.mark.parametrize("name", NAMES)
def test_lines_turn_where_talib_does(
    name: str, leaf: Leaf, measure: str, side: int, *, on_bars: bool
) -> None:
    """The price, or the faster line, beyond the other; on bars only where the finished one was not."""
    history, chance = recorded(name), random.Random(measure)  # noqa: S311 - a seeded sample
    judged, ties = 0, 0
    for at in places(history):
        inputs, last_price = known(history, at), int(history.close[at])
        region = compiled(leaf, inputs)
        assert isinstance(region, Region)
        was = side * AWAY[measure](bars_at(inputs, last_price).before())
        scale = 100 if measure.startswith("kdj") else last_price
        if on_bars and abs(was) <= TOLERANCE * scale:
            continue
        for price in near(region, chance, last_price):
            away = side * AWAY[measure](bars_at(inputs, price))
            if abs(away) <= TOLERANCE * scale:
                ties += 1
                continue
            judged += 1
            assert region.truth(price) is (away > 0 and not (on_bars and was > 0)), (at, price, away, was)
    assert judged > 25
    assert ties <= judged / 4  # exact numbers decide them: see tests/brute


@RECORDED
@pytest.mark.parametrize("name", NAMES)
def test_evidence_is_talibs(name: str) -> None:
    """What an event says it was computed from: averages, MACD's and KDJ's lines, the band, the range."""
    history = recorded(name)
    one = 10 ** decimals_of(history.symbol)
    for at in places(history):
        inputs, price = known(history, at), int(history.close[at])
        past = bars_at(inputs, price).before()
        k, d = stochastic(past)
        line, signal = talib_macd(past)
        deviation = talib.STDDEV(past.close[-60:], 19)[-1]
        expected = {
            Leaf("ema talib", (20,), "above"): {"average": last(talib.EMA(past.close, 20)) / one},
            Leaf("ma", (20,), "above"): {"average": last(talib.SMA(past.close, 19)) / one},
            Leaf("macd", (), "golden cross"): dict(
                zip(("dif", "dea"), (value / one for value in tdx_macd(past)), strict=True)
            ),
            Leaf("macd talib", (), "golden cross"): {"dif": line / one, "dea": signal / one},
            Leaf("kdj", (), "golden cross"): dict(zip("kd", kdj(past), strict=True)),
            Leaf("kdj talib", (), "golden cross"): {"k": k, "d": d},
            # The price at which it is the band of itself (performance.md 1.8), v19 by TA-Lib.
            Leaf("boll talib", (), "above upper"): {
                "upper": (last(talib.SMA(past.close[-60:], 19)) + 2 * sqrt(19 / 15 * 20 / 19) * deviation)
                / one
            },
            Leaf("range talib", (14,), ">", Decimal(2)): {
                "atr": last(talib.ATR(past.high, past.low, past.close, 14)) / one
            },
        }
        for leaf, figures in expected.items():
            region = compiled(leaf, inputs)
            assert isinstance(region, Region)
            for word, value in figures.items():
                assert isclose(
                    float(region.evidence[word]), value, rel_tol=TOLERANCE, abs_tol=TOLERANCE * price / one
                ), (at, leaf, word)


@RECORDED
def test_too_few_bars_are_absent_and_no_number() -> None:
    """One bar less than TA-Lib and the terminals want: a reason instead of a guess."""
    history = recorded("daily spy")
    for signal, n, wanted in (
        ("rsi talib", 14, 15),
        ("range talib", 14, 15),
        ("cci", 14, 13),
        ("bias", 20, 19),
    ):
        inputs = known(history, wanted - 1)
        leaf = Leaf(signal, (n,), ">", Decimal(1))
        assert compiled(leaf, inputs) == Absent(f"{wanted} daily bars needed, {wanted - 1} known")
        assert isinstance(compiled(leaf, known(history, wanted)), Region)
