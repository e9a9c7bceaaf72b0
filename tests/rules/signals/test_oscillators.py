"""Averages, oscillators and bands: closed forms against definitions written here, on made and real bars."""

import csv
import gzip
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import isclose, sqrt

import numpy as np
import pytest

from rules.adjust import Column, Daily
from rules.levels import compiled
from rules.measured import number_of
from rules.model import Instrument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Follows
from tests.recorded import DATA, needs
from tests.rules.world import SYMBOL, World, history, leaf

SHARE = Instrument(symbol=SYMBOL)
BARS = "ashare/hikyuu/daily_raw_SH600000.csv.gz"


@dataclass(frozen=True)
class Bars:
    """Finished bars and the open one, in quanta."""

    high: list[float]
    low: list[float]
    close: list[float]

    def then(self, price: float, inputs: Inputs) -> "Bars":
        """With the open bar at a price."""
        high = max(price, price if inputs.day_high is None else inputs.day_high)
        low = min(price, price if inputs.day_low is None else inputs.day_low)
        return Bars([*self.high, high], [*self.low, low], [*self.close, price])


def mean(values: Sequence[float]) -> float:
    """The plain mean."""
    return sum(values) / len(values)


def recursion(values: Sequence[float], n: int, m: int) -> list[float]:
    """TDX's SMA(X, N, M): y = (M x + (N - M) y') / N, begun with the first value."""
    found = [values[0]]
    for value in values[1:]:
        found.append((m * value + (n - m) * found[-1]) / n)
    return found


def ma(bars: Bars, n: int) -> float:
    """The plain average."""
    return mean(bars.close[-n:])


def ema(bars: Bars, n: int) -> float:
    """TDX's EMA is SMA(X, n + 1, 2)."""
    return recursion(bars.close, n + 1, 2)[-1]


def macd(bars: Bars) -> tuple[float, float]:
    """DIF and DEA."""
    fast, slow = recursion(bars.close, 13, 2), recursion(bars.close, 27, 2)
    dif = [one - other for one, other in zip(fast, slow, strict=True)]
    return dif[-1], recursion(dif, 10, 2)[-1]


def rsi(bars: Bars, n: int) -> float:
    """TDX's RSI."""
    change = [bars.close[at] - bars.close[at - 1] for at in range(1, len(bars.close))]
    moved = recursion([abs(one) for one in change], n, 1)[-1]
    return 100 * recursion([max(one, 0) for one in change], n, 1)[-1] / moved if moved else 50


def kdj(bars: Bars) -> tuple[float, float, float]:
    """TDX's KDJ(9,3,3)."""
    rsv = []
    for at, close in enumerate(bars.close):
        low, high = min(bars.low[max(0, at - 8) : at + 1]), max(bars.high[max(0, at - 8) : at + 1])
        rsv.append((close - low) / (high - low) * 100 if high > low else 50)
    k = recursion(rsv, 3, 1)
    d = recursion(k, 3, 1)
    return k[-1], d[-1], 3 * k[-1] - 2 * d[-1]


def band(bars: Bars, sign: int, divisor: int = 19) -> float:
    """A Bollinger band."""
    last = bars.close[-20:]
    return mean(last) + sign * 2 * sqrt(sum((one - mean(last)) ** 2 for one in last) / divisor)


def cci(bars: Bars, n: int) -> float:
    """CCI."""
    rows = zip(bars.high[-n:], bars.low[-n:], bars.close[-n:], strict=True)
    typical = [sum(row) / 3 for row in rows]
    middle = mean(typical)
    spread = mean([abs(one - middle) for one in typical])
    return (typical[-1] - middle) / (0.015 * spread) if spread > 1e-9 else 0.0


def span(bars: Bars, n: int) -> float:
    """The newest true range in means of the n before it."""
    ranges = [
        max(
            bars.high[at] - bars.low[at],
            abs(bars.high[at] - bars.close[at - 1]),
            abs(bars.low[at] - bars.close[at - 1]),
        )
        for at in range(len(bars.close) - n - 1, len(bars.close))
    ]
    return ranges[-1] / mean(ranges[:-1])


# What a signal's number is by definition, in the unit of its level; its argument if it has one.
NUMBERS: dict[str, Callable[[Bars, int], float]] = {
    "bias": lambda bars, n: bars.close[-1] / ma(bars, n) - 1,
    "rsi": rsi,
    "kdj k": lambda bars, _: kdj(bars)[0],
    "kdj d": lambda bars, _: kdj(bars)[1],
    "kdj j": lambda bars, _: kdj(bars)[2],
    "cci": cci,
    "range": span,
    "macd dif": lambda bars, _: macd(bars)[0] / 1000,
    "macd bar": lambda bars, _: 2 * (macd(bars)[0] - macd(bars)[1]) / 1000,
}
LEVELS: dict[str, tuple[str, ...]] = {
    "bias": ("0.05", "-0.02", "0.9", "3"),
    "rsi": ("70", "30", "50.5", "100", "0", "-1"),
    "kdj k": ("20", "80", "120"),
    "kdj d": ("20", "80"),
    "kdj j": ("100", "0", "-20"),
    "cci": ("100", "-100", "50", "400"),
    "range": ("1.5", "2", "0.5"),
    "macd dif": ("0", "1.5"),
    "macd bar": ("0", "-0.25"),
}
COUNTS = {"bias": (5, 20), "rsi": (2, 6, 14), "cci": (3, 14), "range": (5, 14)}
COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "crosses above": lambda a, b: a > b,
    "crosses below": lambda a, b: a < b,
}


def made(seed: int, days: int = 70) -> Bars:
    """A random walk with ranges."""
    chance = random.Random(seed)  # noqa: S311 - a seeded sample
    high, low, close, price = [], [], [], 20_000
    for _ in range(days):
        price = max(5000, price + chance.randrange(-60, 61) * 10)
        high.append(float(price + chance.randrange(40) * 10))
        low.append(float(price - chance.randrange(40) * 10))
        close.append(float(price))
    return Bars(high, low, close)


def inputs_of(bars: Bars, *, low: int | None = None, high: int | None = None, exact: bool = True) -> Inputs:
    """Inputs with these finished bars and the open one's extremes."""

    def column(values: list[float]) -> Column:
        return np.array(values, np.int64) if exact else np.array(values, np.float64)

    daily = Daily(
        dates=np.datetime64("2020-01-01", "D") + np.arange(len(bars.close)),
        open=column(bars.close),
        high=column(bars.high),
        low=column(bars.low),
        close=column(bars.close),
        volume=np.zeros(len(bars.close)),
    )
    return Inputs(instrument=SHARE, history=daily, day_low=low, day_high=high)


def around(region: Region, chance: random.Random, price: int) -> list[int]:
    """The boundaries, their neighbours, and prices anywhere."""
    near = [edge + step for edge in region.boundaries for step in (-1, 0, 1) if edge + step > 0]
    return near + [max(1, round(price * chance.uniform(0.5, 1.6))) for _ in range(8)]


@pytest.mark.parametrize("signal", NUMBERS)
@pytest.mark.parametrize("seed", range(6))
def test_figures_agree_with_their_definition(signal: str, seed: int) -> None:
    """Truth at every boundary, beside it and anywhere else; the number told is the definition's."""
    chance, bars, judged = random.Random(seed), made(seed), 0  # noqa: S311 - a seeded sample
    last = int(bars.close[-1])
    extremes = ((None, None), (last - 300, last + 150), (last - 5000, last + 4000))[seed % 3]
    known = inputs_of(bars, low=extremes[0], high=extremes[1], exact=seed % 2 == 0)
    for level in LEVELS[signal]:
        for n in COUNTS.get(signal, (0,)):
            args = (n,) if n else ()
            verbs = [verb for verb in COMPARE if signal != "range" or verb[0] in "<>"]
            for verb in verbs:
                one = Leaf(signal, args, verb, leaf("x", verb, level).level)
                region = compiled(one, known)
                assert isinstance(region, Region)
                for price in around(region, chance, last):
                    value = NUMBERS[signal](bars.then(price, known), n)
                    told = number_of(one, known, price)
                    assert told is not None
                    unit = 100 if signal == "bias" else 1
                    assert isclose(told / unit, value, rel_tol=1e-9, abs_tol=1e-9)
                    if abs(value - float(level)) > 1e-9:  # a tie is decided by exact numbers, not by these
                        judged += 1
                        assert region.truth(price) is COMPARE[verb](value, float(level)), (one, price, value)
    assert judged > 60


LINES: dict[str, Callable[[Bars], float]] = {
    "ema": lambda bars: ema(bars, 12),
    "ma": lambda bars: ma(bars, 12),
    "upper": lambda bars: band(bars, 1),
    "mid": lambda bars: band(bars, 0),
    "lower": lambda bars: band(bars, -1),
}
VERBS = {
    "above": 1, "below": -1, "crosses above": 1, "crosses below": -1, "reclaim": 1, "lose": -1, "break": 0,
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("verb", VERBS)
def test_lines_agree_with_their_definition(name: str, verb: str) -> None:
    """Beyond the live line; on bars (reclaim, lose, break) only from its other side."""
    chance, seen = random.Random(verb), set()  # noqa: S311 - a seeded sample
    if verb == "break" and name not in ("upper", "lower"):
        return
    for seed in range(40):
        bars = made(seed)
        known = inputs_of(bars, exact=seed % 2 == 0)
        boll = name in ("upper", "mid", "lower")
        one = leaf("boll", f"{verb} {name}") if boll else leaf(name, verb, None, 12)
        region = compiled(one, known)
        assert isinstance(region, Region)
        rising = (VERBS[verb] or (1 if name == "upper" else -1)) > 0
        was = bars.close[-1] - LINES[name](bars)
        came = verb not in ("reclaim", "lose", "break") or (was <= 0 if rising else was >= 0)
        seen.add(came)
        for price in around(region, chance, int(bars.close[-1])):
            away = price - LINES[name](bars.then(price, known))
            assert region.truth(price) is (came and (away > 0 if rising else away < 0)) or abs(away) < 1e-6
    assert True in seen


@pytest.mark.parametrize("name", ["ma", "ema"])
@pytest.mark.parametrize("verb", ["above", "below", "crosses above", "crosses below"])
@pytest.mark.parametrize("spans", [(5, 20), (20, 5), (10, 10)])
def test_pairs_agree_with_their_definition(name: str, verb: str, spans: tuple[int, int]) -> None:
    """The short average beyond the long one; crosses only from the other side."""
    average, chance = {"ma": ma, "ema": ema}[name], random.Random(5)  # noqa: S311 - a seeded sample
    for seed in range(20):
        bars = made(seed)
        known = inputs_of(bars, exact=seed % 2 == 0)
        region = compiled(leaf(f"{name} pair", verb, None, *spans), known)
        assert isinstance(region, Region)
        sign = 1 if verb.endswith("above") else -1

        def away(now: Bars, sign: int = sign) -> float:
            return sign * (average(now, spans[0]) - average(now, spans[1]))

        came = not verb.startswith("crosses") or away(bars) <= 0
        for price in around(region, chance, int(bars.close[-1])):
            distance = away(bars.then(price, known))
            assert region.truth(price) is (came and distance > 0) or abs(distance) < 1e-6


@pytest.mark.parametrize("verb", ["golden cross", "death cross", "low golden cross", "high death cross"])
def test_kdj_crosses_agree_with_their_definition(verb: str) -> None:
    """K across D from the other side; presets with D beneath 20 or above 80."""
    chance, found = random.Random(5), 0  # noqa: S311 - a seeded sample
    for seed in range(300):
        bars = made(seed, 30)
        last = int(bars.close[-1])
        known = inputs_of(bars, low=last - 200, high=last + 100) if seed % 2 else inputs_of(bars)
        region = compiled(leaf("kdj", verb), known)
        assert isinstance(region, Region)
        golden, (k, d, _) = "golden" in verb, kdj(bars)
        came = k <= d if golden else k >= d
        for price in around(region, chance, last):
            k, d, _ = kdj(bars.then(price, known))
            held = {"low": d < 20, "high": d > 80}.get(verb.split(maxsplit=1)[0], True)
            crossed = held and (k > d if golden else k < d)
            assert region.truth(price) is (came and crossed) or abs(k - d) < 1e-9
            found += came and crossed
    assert found > 5


def test_near_an_average() -> None:
    """Strictly within the percentage, on both sides."""
    bars = made(3)
    known = inputs_of(bars)
    region = compiled(leaf("near ma", "near", "0.01", 20), known)
    assert isinstance(region, Region)
    assert len(region.boundaries) == 2
    for price in around(region, random.Random(1), 20_000):  # noqa: S311 - a seeded sample
        away = abs(price / ma(bars.then(price, known), 20) - 1)
        assert region.truth(price) is (away < 0.01)


def test_flat_bars() -> None:
    """Nothing ever moved: every index has a number, and any move makes the extreme one."""
    flat = Bars([500.0] * 40, [500.0] * 40, [500.0] * 40)
    known = inputs_of(flat)
    for one, at, above in (
        (leaf("rsi", ">", "60", 6), 50.0, 100.0),
        (leaf("rsi talib", ">", "60", 6), 0.0, 100.0),
        (leaf("kdj k", ">", "60"), 50.0, 200 / 3),
        (leaf("cci", ">", "60", 14), 0.0, 7 / 0.015),
    ):
        region = compiled(one, known)
        assert isinstance(region, Region)
        told = number_of(one, known, 501)
        assert told is not None
        assert (number_of(one, known, 500), region.truth(500)) == (at, False)
        assert isclose(told, above, rel_tol=1e-9)
        assert region.truth(501) is (told > 60)
    assert number_of(leaf("range", ">", "2", 5), known, 501) is None
    everywhere = compiled(leaf("range", ">=", "2", 5), known)
    assert isinstance(everywhere, Region)
    assert everywhere.truth(500)


WANTED = {
    leaf("ema", "above", None, 10): (11, 100),
    leaf("ema pair", "above", None, 5, 10): (11, 100),
    leaf("ma pair", "above", None, 5, 10): (11, 10),
    leaf("macd dif", ">", "0"): (35, 260),
    leaf("macd", "golden cross"): (35, 260),
    leaf("bias", ">", "0.05", 10): (9, 9),
    leaf("rsi", ">", "80", 6): (7, 60),
    leaf("kdj k", ">", "80"): (15, 90),
    leaf("kdj", "golden cross"): (15, 90),
    leaf("boll", "above upper"): (20, 20),
    leaf("cci", ">", "100", 14): (13, 13),
    leaf("range", ">", "2", 14): (15, 15),
}


@pytest.mark.parametrize("one", WANTED, ids=lambda one: one.signal)
def test_too_few_bars(one: Leaf) -> None:
    """Absent with the number wanted, on days and on minute bars; no number is told."""
    wanted, need = WANTED[one]
    assert SIGNALS[one.signal].need(one.args) == need
    assert SIGNALS[one.signal].unfinished is (one.signal != "range")
    few = inputs_of(made(1, wanted - 1))
    assert compiled(one, few) == Absent(f"{wanted} daily bars needed, {wanted - 1} known")
    minutes = replace(one, args=(*one.args, timedelta(minutes=5)))
    for known, count in ((few, 0), (replace(few, size=timedelta(minutes=5)), wanted - 1)):
        assert compiled(minutes, known) == Absent(f"{wanted} 5m bars needed, {count} known")
    assert isinstance(compiled(one, inputs_of(made(1, wanted))), Region)
    assert compiled(one, Inputs(instrument=SHARE)) == Absent("no history")
    assert one.level is None or number_of(one, few, 20_000) is None


def test_what_follows_the_open_bars_extremes() -> None:
    """KDJ, CCI and ranges read its high and low; closes alone do not."""
    moving = {one.signal for one in WANTED if SIGNALS[one.signal].follows(one.args) is Follows.EXTREMES}
    assert moving == {"kdj k", "kdj", "cci", "range"}


def test_an_oscillator_rings_provisionally_and_is_withdrawn() -> None:
    """RSI above its level in the session, confirmed where the close still is, withdrawn where it is not."""
    for close, end in (("100", "withdrawn"), ("112", "confirmed")):
        world = World({SYMBOL: history([f"{100 + day % 3}" for day in range(40)])}, prev_close="100")
        world.add(leaf("rsi", ">", "75", 6))
        assert world.see("09:31", "100") == []
        assert world.see("10:00", "112") == ["provisional"]
        event = world.events[-1]
        assert (event.signal, event.level) == ("rsi(6)", 75.0)
        assert event.value is not None
        assert event.value > 75
        said = world.see("14:59", close) + world.pass_time("15:01")
        assert said == [end]


@needs(BARS)
def test_real_bars() -> None:
    """On Shanghai's daily bars each number is the definition's to 1e-9."""
    with gzip.open(DATA / BARS, "rt", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    columns = [[round(float(row[name]) * 1000) * 1.0 for row in rows] for name in ("high", "low", "close")]
    for end in range(300, len(rows), 240):
        bars = Bars(*(column[:end] for column in columns))
        price = round(columns[2][end])
        known = inputs_of(bars, low=round(columns[1][end]), high=round(columns[0][end]))
        for signal, define in NUMBERS.items():
            for n in COUNTS.get(signal, (0,)):
                args = (n,) if n else ()
                told = number_of(Leaf(signal, args, ">", leaf("x", ">", "0").level), known, price)
                assert told is not None
                value = define(bars.then(price, known), n) * (100 if signal == "bias" else 1)
                assert isclose(told, value, rel_tol=1e-9, abs_tol=1e-9 * price / 1000), (signal, n, end)
