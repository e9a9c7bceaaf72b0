"""The page on conventions: every number of it, by formulas written here, by TA-Lib and by the engine."""

import re
from decimal import Decimal
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
import talib

from rules.levels import compiled
from rules.measured import number_of
from rules.model import Leaf
from rules.region import Inputs, Region
from tests.bot.offline.test_replay import CLOSES
from tests.rules.signals import test_oscillators as plain
from tests.rules.signals.test_oscillators import Bars, inputs_of

PAGE = (Path(__file__).parents[1] / "docs/conventions.md").read_text(encoding="utf-8")
ROWS = {
    name.strip(): (tdx.strip(), other.strip())
    for name, tdx, other in re.findall(
        r"^\| ([^|]+) \|[^|\n]+\|[^|\n]+\| (-?[\d.]+) \| (-?[\d.]*) ?\|$", PAGE, re.MULTILINE
    )
}
HIGH, LOW, PRICE = 556_880, 470_400, 543_220


def finished() -> Bars:
    """The example's 49 bars in quanta."""
    close = [float(Decimal(text) * 1000) for text in CLOSES[80:]]
    high = [542_010.0 if price == 518_000 else price for price in close]
    return Bars(high, list(close), close)


def known() -> Inputs:
    """The same as the engine has them, with the open bar's extremes."""
    return inputs_of(finished(), low=LOW, high=HIGH)


BARS = finished().then(PRICE, known())
COLUMNS = tuple(np.array(column) for column in (BARS.high, BARS.low, BARS.close))


def ours() -> dict[str, float]:
    """The terminals' numbers by formulas written in the tests, in yuan and points."""
    dif, dea = plain.macd(BARS)
    k, d, j = plain.kdj(BARS)
    ranges = [
        max(high - low, abs(high - before), abs(low - before))
        for high, low, before in zip(BARS.high[1:-1], BARS.low[1:-1], BARS.close[:-2], strict=True)
    ]
    return {
        "EMA(30)": plain.ema(BARS, 30) / 1000,
        "MACD DIF": dif / 1000,
        "MACD DEA": dea / 1000,
        "MACD bar": 2 * (dif - dea) / 1000,
        "RSI(14)": plain.rsi(BARS, 14),
        "KDJ K": k,
        "KDJ D": d,
        "KDJ J": j,
        "BOLL upper": plain.band(BARS, 1) / 1000,
        "BOLL lower": plain.band(BARS, -1) / 1000,
        "ATR(14)": plain.mean(ranges[-14:]) / 1000,
        "CCI(14)": plain.cci(BARS, 14),
    }


def theirs() -> dict[str, float]:
    """TA-Lib's."""
    high, low, close = COLUMNS
    line, signal, bar = talib.MACD(close, 12, 26, 9)
    k, d = talib.STOCH(high, low, close, 9, 3, talib.MA_Type.SMA, 3, talib.MA_Type.SMA)  # type: ignore[attr-defined]
    upper, _, lower = talib.BBANDS(close, 20, 2, 2)
    columns = {
        "EMA(30)": talib.EMA(close, 30) / 1000,
        "MACD DIF": line / 1000,
        "MACD DEA": signal / 1000,
        "MACD bar": bar / 1000,
        "RSI(14)": talib.RSI(close, 14),
        "KDJ K": k,
        "KDJ D": d,
        "BOLL upper": upper / 1000,
        "BOLL lower": lower / 1000,
        "ATR(14)": talib.ATR(high, low, close, 14)[:-1] / 1000,
        "CCI(14)": talib.CCI(high, low, close, 14),
    }
    return {name: float(column[-1]) for name, column in columns.items()}


def told(signal: str, *args: int) -> float:
    """The engine's number at the example's price."""
    found = number_of(Leaf(signal, args, ">", Decimal(0)), known(), PRICE)
    assert found is not None
    return found


def evidence(word: str, signal: str, verb: str, *args: int) -> float:
    """What the engine computed a level from."""
    region = compiled(Leaf(signal, args, verb, Decimal(2) if verb == ">" else None), known())
    assert isinstance(region, Region)
    return float(region.evidence[word])


def test_the_page_has_every_number() -> None:
    """Twelve rows, each with a terminal's number."""
    assert set(ROWS) == set(ours())


@pytest.mark.parametrize("name", ROWS)
def test_the_pages_numbers(name: str) -> None:
    """Both columns as printed, to the last digit; both are the same where the page says so."""
    tdx, other = ROWS[name]
    assert f"{ours()[name]:.6f}" == tdx
    assert (f"{theirs()[name]:.6f}" if name in theirs() else "") == other
    assert (tdx == other) is (name == "CCI(14)")


def test_the_engine_says_the_pages_numbers() -> None:
    """Its figures at the example's price, and the finished bars' that its levels are made of."""
    digits = {
        "MACD DIF": told("macd dif"),
        "MACD bar": told("macd bar"),
        "RSI(14)": told("rsi", 14),
        "KDJ K": told("kdj k"),
        "KDJ D": told("kdj d"),
        "KDJ J": told("kdj j"),
        "ATR(14)": evidence("atr", "range", ">", 14),
        "CCI(14)": told("cci", 14),
    }
    assert {name: f"{number:.6f}" for name, number in digits.items()} == {
        name: ROWS[name][0] for name in digits
    }
    other = {"RSI(14)": told("rsi talib", 14), "ATR(14)": evidence("atr", "range talib", ">", 14)}
    assert {name: f"{number:.6f}" for name, number in other.items()} == {
        name: ROWS[name][1] for name in other
    }


@pytest.mark.parametrize(("signal", "column"), [("ema", 0), ("ema talib", 1)])
def test_the_engines_average_is_the_pages(signal: str, column: int) -> None:
    """Yesterday's average and the price make today's: y = y' + 2 / 31 x (price - y')."""
    past = evidence("average", signal, "above", 30)
    assert f"{past + (PRICE / 1000 - past) * 2 / 31:.6f}" == ROWS["EMA(30)"][column]


@pytest.mark.parametrize(("signal", "column"), [("boll", 0), ("boll talib", 1)])
def test_the_engines_bands_are_the_pages(signal: str, column: int) -> None:
    """The price is beyond the upper band; the band that would hold it is the closed form's root."""
    region = compiled(Leaf(signal, (), "above upper"), known())
    assert isinstance(region, Region)
    (edge,) = region.boundaries
    deviation = [float(price) for price in (*finished().close[-19:], edge)]
    middle = sum(deviation) / 20
    spread = sqrt(sum((price - middle) ** 2 for price in deviation) / (19, 20)[column])
    assert edge - 1 <= middle + 2 * spread <= edge
    assert region.truth(PRICE)
    assert float(ROWS["BOLL upper"][column]) < PRICE / 1000


def test_macd_by_talib_crosses_where_its_lines_do() -> None:
    """The engine's lines after the finished bars are TA-Lib's."""
    line, signal, _ = talib.MACD(COLUMNS[2][:-1], 12, 26, 9)
    assert evidence("dif", "macd talib", "golden cross") == pytest.approx(line[-1] / 1000, rel=1e-9)
    assert evidence("dea", "macd talib", "golden cross") == pytest.approx(signal[-1] / 1000, rel=1e-9)


FLAT = Bars([500.0] * 40, [500.0] * 40, [500.0] * 40)


@pytest.mark.parametrize(
    ("signal", "n", "expected"),
    [("kdj k", 0, 50.0), ("rsi", 14, 50.0), ("rsi talib", 14, 0.0), ("cci", 14, 0.0)],
)
def test_where_nothing_moves(signal: str, n: int, expected: float) -> None:
    """The page's answers to 0 / 0, TA-Lib's own beside them."""
    found = number_of(Leaf(signal, (n,) if n else (), ">", Decimal(0)), inputs_of(FLAT), 500)
    assert found == expected
    column = np.full(40, 500.0)
    assert talib.RSI(column, 14)[-1] == talib.CCI(column, column, column, 14)[-1] == 0
    assert talib.STOCH(column, column, column, 9, 3, 0, 3, 0)[0][-1] == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signal", "args", "wanted"),
    [
        ("ema", (12,), 13), ("rsi", (6,), 7), ("macd", (), 35), ("kdj", (), 15), ("boll", (), 20),
        ("cci", (14,), 13), ("bias", (20,), 19), ("range", (14,), 15),
    ],
)  # fmt: skip
def test_how_many_bars_each_wants(signal: str, args: tuple[int, ...], wanted: int) -> None:
    """The page's last row."""
    verb = {"macd": "golden cross", "kdj": "golden cross", "ema": "above", "boll": "above upper"}.get(
        signal, ">"
    )
    one = Leaf(signal, args, verb, Decimal(1) if verb == ">" else None)
    for bars, is_absent in ((wanted - 1, True), (wanted, False)):
        region = compiled(one, inputs_of(plain.made(4, bars)))
        assert isinstance(region, Region) is not is_absent
