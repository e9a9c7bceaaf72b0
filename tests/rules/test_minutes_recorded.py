"""Recorded minutes and ticks of real instruments under conditions on minute bars."""

import csv
import gzip
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from math import isclose
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from rules.backtest import minute_events
from rules.engine import Engine
from rules.measured import number_of
from rules.model import Condition, Event, Frame, Instrument, Leaf, Minutes, Phase, Quote
from rules.series import Series
from rules.sessions import REGULAR_PHASES
from rules.table import gathered
from tests.fixtures import lean
from tests.recorded import DATA, needs
from tests.rules.book import Candle, Open, Past, figure
from tests.rules.ledger import Ledger
from tests.rules.test_backtest import SPY, every_bar, minutes_of
from tests.rules.test_minutes import SIZES, families
from tests.rules.world import HOURS, condition, leaf

MINLINE = "ashare/hikyuu/minline_SH600000_20181203_20190201.csv.gz"
SPY_MINUTES = "us/lean/equity/usa/minute/spy"
TICKS = "ashare/hikyuu/tick_SH600000_20190201_20190211.csv.gz"
SHANGHAI = Instrument(symbol="600000.SH")
pytestmark = pytest.mark.timeout(600)


def rows(name: str) -> Iterator[dict[str, str]]:
    """Of a compressed table."""
    with gzip.open(DATA / name, "rt", encoding="utf-8") as text:
        yield from csv.DictReader(text)


def moment(text: str, form: str) -> datetime:
    """Shanghai's clock as UTC."""
    return datetime.strptime(text, form).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def shanghai(name: str, form: str, days: int) -> Iterator[Quote]:
    """Regular prices of the first days of a recording; each day's previous close is what was quoted last."""
    seen: list[date] = []
    last: int | None = None
    before: int | None = None
    for row in rows(name):
        time, price = moment(row["datetime"], form), int(Decimal(row["price"]) * 1000)
        if HOURS.phase("SH", time) not in REGULAR_PHASES:
            continue
        if time.date() not in seen:
            seen.append(time.date())
            before = last
        if len(seen) > days:
            return
        last = price
        yield Quote(symbol=SHANGHAI.symbol, time=time, price=price, prev_close=before, phase=Phase.CONTINUOUS)


def spy() -> Iterator[Quote]:
    """Five days of minutes, each told a microsecond before its end with the day's extremes so far."""
    before: int | None = None
    for day in lean.minutes("spy"):
        regular = [bar for bar in day if bar.is_regular]
        high, low = 0, 10**9
        for bar in regular:
            high, low = max(high, bar.high), min(low, bar.low)
            time = bar.start.astimezone(UTC) + timedelta(seconds=60, microseconds=-1)
            yield Quote(
                symbol=SPY.symbol, time=time, price=bar.close, open=regular[0].open, high=high, low=low,
                prev_close=before, phase=Phase.CONTINUOUS,
            )  # fmt: skip
        before = regular[-1].close


def chosen(seed: int, symbol: str, count: int) -> list[Condition]:
    """Some of every family on every size."""
    chance = random.Random(seed)  # noqa: S311 - a seeded sample
    roots = [root for size in SIZES for root in chance.sample(families(chance, size), count)]
    return [condition(root, symbol, f"{at} {root}") for at, root in enumerate(roots)]


CASES: dict[str, tuple[Instrument, Callable[[], Iterator[Quote]], int]] = {
    "minutes of Shanghai": (SHANGHAI, lambda: shanghai(MINLINE, "%Y%m%d%H%M", 2), 10),
    "ticks of Shanghai": (SHANGHAI, lambda: shanghai(TICKS, "%Y%m%d%H%M%S", 2), 10),
    "minutes of New York": (SPY, lambda: islice(spy(), 2 * 390), 100),
}


@needs(MINLINE, TICKS, SPY_MINUTES)
@pytest.mark.parametrize("name", CASES)
def test_recorded_quotes_ring_what_the_book_says(name: str) -> None:
    """Over breaks, nights and a feast: the same words at the same times, none more."""
    instrument, quotes, step = CASES[name]
    told = list(quotes())
    prices = [quote.price for quote in told if quote.price is not None]
    low, high = min(prices) * 99 // 100 // step * step, max(prices) * 101 // 100
    ledger = Ledger(instrument.market, 10**instrument.decimals, range(low, high, step))
    ledger.enlist(instrument.symbol, [prices[0]])
    engine = Engine(HOURS, lambda _: instrument, lambda _: None, lambda _: ())
    for one in chosen(7, instrument.symbol, 3):
        engine.add(one)
        ledger.add(one)
    count = 0
    for quote in told:
        frame = Frame(market=instrument.market, received=quote.time, quotes=(quote,))
        events = [(event.id, event.time) for event in engine.take(frame).events]
        assert events == ledger.take(frame), quote.time
        count += len(events)
    assert count > 60


def watched(*roots: Leaf, known: Minutes | None = None) -> Engine:
    """An engine with these on SPY, which may know minutes from outside."""
    engine = Engine(HOURS, lambda _: SPY, lambda _: None, lambda _: (), lambda _: known)
    for root in roots:
        engine.add(condition(root, SPY.symbol))
    return engine


def series_of(engine: Engine, size: timedelta) -> Series:
    """SPY's bars of a size."""
    series = engine._market.by_symbol[SPY.symbol].series
    assert series is not None
    return series[size]


@needs(SPY_MINUTES)
def test_numbers_on_recorded_minutes_are_the_books() -> None:
    """What is told of RSI, KDJ, CCI, BIAS and MACD is the definition's number to 1e-9."""
    counts: dict[str, tuple[int, ...]] = {"rsi": (14,), "cci": (14,), "bias": (20,)}
    names = ("rsi", "kdj j", "cci", "bias", "macd dif", "macd bar", "kdj k")
    roots = [
        (leaf(name, ">", "0", *counts.get(name, ()), size), size) for name in names for size in SIZES[:3]
    ]
    engine, known = watched(*(root for root, _ in roots)), 0
    for at, quote in enumerate(spy()):
        engine.take(Frame(market="US", received=quote.time, quotes=(quote,)))
        price = quote.price or 0
        for root, size in roots if at % 290 == 0 else []:
            series = series_of(engine, size)
            told = number_of(root, engine._market.by_symbol[SPY.symbol].seen(size), price)
            if told is None:
                continue
            daily = series.daily()
            bars = zip(daily.high.tolist(), daily.low.tolist(), daily.close.tolist(), strict=True)
            past = Past(tuple(Candle(*map(float, bar)) for bar in bars), 10**SPY.decimals)
            value = figure(root, past, Open(series.high, series.low), price)
            assert isclose(told, value * (100 if root.signal == "bias" else 1), rel_tol=1e-9, abs_tol=1e-8)
            known += 1
    assert known > 80


@needs(SPY_MINUTES)
@pytest.mark.parametrize("size", SIZES[1:])
def test_bars_that_grew_are_the_bars_known_from_outside(size: timedelta) -> None:
    """The recorded minutes gathered at once close where the stream's bars closed, five days long."""
    engine = watched(leaf("ma", "above", None, 2, size))
    for quote in spy():
        engine.take(Frame(market="US", received=quote.time, quotes=(quote,)))
    grown = series_of(engine, size).daily()
    days = [minutes_of(day) for day in lean.minutes("spy")]
    columns = {
        name: np.concatenate([getattr(day, name) for day in days])
        for name in ("begins", "open", "high", "low", "close", "volume")
    }
    whole = Minutes(symbol=SPY.symbol, **columns)
    table = gathered(whole, HOURS, size, datetime(2014, 1, 1, tzinfo=UTC))
    assert len(table) == 5 * -(-390 // (size // timedelta(minutes=1)))
    ratio = grown.close / table.prices[3, : len(grown)]
    assert len(grown) == len(table) - 1
    assert np.allclose(ratio, 1)
    assert (grown.dates == table.daily().dates[: len(grown)]).all()
    again = watched(leaf("ma", "above", None, 2, size), known=whole)
    last = [quote for quote in spy() if quote.time.date() == date(2013, 10, 11)]
    for quote in last:
        again.take(Frame(market="US", received=quote.time, quotes=(quote,)))
    begun = series_of(again, size).daily()
    assert np.allclose(begun.close, grown.close)
    assert series_of(again, size).older == len(table) * 4 // 5


@needs(SPY_MINUTES)
def test_a_back_test_sees_the_end_of_every_bar() -> None:
    """Skipping what lies between quiet prices leaves out no minute of such a rule."""
    roots = [leaf("ma", "crosses above", None, 5, SIZES[1]), leaf("kdj", "golden cross", None, SIZES[2])]
    total = 0
    for day in lean.minutes("spy"):
        bars, told = minutes_of(day), list[list[Event]]()
        told.append(minute_events(watched(*roots), bars, int(bars.open[0])))
        told.append(every_bar(watched(*roots), bars, int(bars.open[0])))
        assert told[0] == told[1]
        total += len(told[0])
    assert total > 20
