"""Daily bars of coins and US shares from local sources into a real store: all, each evening, splits."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from bot.errors import FeedError
from bot.history.abroad import splits
from bot.history.archive import Archive
from bot.history.courtesy import Courtesy
from bot.history.filler import Filler
from bot.history.folder import Folder
from bot.history.merging import rows
from bot.history.origins import Wish
from bot.history.sources import SOURCES
from bot.master.listing import shaped
from bot.store.bars import Bars
from bot.store.client import Store
from rules.model import History
from tests.bot.history.test_grains import spoilt
from tests.fakes.abroad import World, coin, world
from tests.fakes.candles import HOURS
from tests.fixtures import lean

SYMBOLS = {"binance": "BTCUSDT.BINANCE", "okx": "BTC-USDT.OKX", "coinbase": "BTC-USD.COINBASE"}
NOW = datetime(2025, 11, 26, 12, tzinfo=UTC)
FIRST = date(2019, 3, 7)
SPLITS = {date(2000, 6, 21): 2, date(2005, 2, 28): 2, date(2014, 6, 9): 7, date(2020, 8, 31): 4}
COLUMNS = ("dates", "open", "high", "low", "close", "volume")


@dataclass
class Scene:
    """A filler of one source, on a clock."""

    store: Store
    world: World
    name: str
    wanted: list[str]
    folder: Path
    time: datetime = NOW
    archive: Archive = field(init=False)
    filler: Filler = field(init=False)

    def now(self) -> datetime:
        """The clock."""
        return self.time

    async def open(self) -> None:
        """As a process does at its start."""
        self.archive = Archive(Folder(self.folder, shaped))
        await self.archive.load(Bars(self.store))
        courtesy = Courtesy(self.world.ask)
        courtesy.spacing = 0.0
        origins = [SOURCES[self.name]]
        self.filler = Filler(
            self.archive, origins, courtesy, hours=HOURS, clock=self, wanted=lambda: self.wanted
        )

    async def fill(self) -> History:
        """Whatever is due."""
        for _ in range(3):
            await self.filler.turn()
        found = self.archive.get(self.wanted[0])
        assert found is not None
        return found


@asynccontextmanager
async def scene(
    store: Store, folder: Path, name: str, symbol: str, now: datetime = NOW
) -> AsyncIterator[Scene]:
    """One source up to a day."""
    async with world(now.date()) as sources:
        made = Scene(store, sources, name, [symbol], folder, now)
        await made.open()
        yield made


def apple() -> History:
    """Raw daily bars as recorded."""
    found = lean.daily("aapl")
    columns = {name: np.array([getattr(bar, name) for bar in found]) for name in COLUMNS[1:5]}
    return History(
        symbol="AAPL.US",
        dates=np.array([bar.start.date() for bar in found], dtype="datetime64[D]"),
        volume=np.array([float(bar.volume) for bar in found]),
        factor=np.ones(len(found)),
        **columns,
    )


@pytest.mark.parametrize("name", SYMBOLS)
async def test_a_coin_gets_every_day_and_then_the_tail(store: Store, tmp_path: Path, name: str) -> None:
    """Page by page to the first; the day that runs is none; a day later one request brings one bar."""
    symbol = SYMBOLS[name]
    async with scene(store, tmp_path, name, symbol) as made:
        made.world.bars[symbol] = truth = coin(symbol, FIRST, date(2025, 11, 30))
        found = await made.fill()
        assert [found.dates[0], found.dates[-1]] == [np.datetime64(FIRST), np.datetime64("2025-11-25")]
        for column in COLUMNS:
            assert np.array_equal(getattr(found, column), getattr(truth, column)[: len(found.dates)]), column
        made.world.asked.clear()
        assert await made.fill() is found
        made.time += timedelta(days=1)
        made.world.today += timedelta(days=1)
        assert (await made.fill()).dates[-1] == np.datetime64("2025-11-26")
        assert len(made.world.asked) == 1


@pytest.mark.parametrize("name", ["alpaca", "yahoo"])
async def test_a_share_gets_raw_bars_and_factors_of_its_splits(
    store: Store, tmp_path: Path, name: str
) -> None:
    """Apple's as recorded, from 1998 on: 2, 2, 7 and 4 for one, each on its day; the tail goes on."""
    truth = apple()
    now = datetime(2020, 9, 4, 23, tzinfo=UTC)
    async with scene(store, tmp_path, name, "AAPL.US", now - timedelta(days=10)) as made:
        made.world.bars["AAPL.US"] = truth
        made.world.splits = {day: ratio for day, ratio in SPLITS.items() if day < date(2020, 8, 25)}
        before = await made.fill()
        assert before.dates[-1] == np.datetime64("2020-08-25")
        made.time, made.world.today, made.world.splits = now, now.date(), SPLITS
        found = await made.fill()
        upto = int(np.searchsorted(truth.dates, np.datetime64("2020-09-04"))) + 1
        assert found.dates.tolist() == truth.dates[:upto].tolist()
        steps = np.flatnonzero(np.diff(found.factor)) + 1
        assert [day.item() for day in found.dates[steps]] == list(SPLITS)
        assert (found.factor[steps] / found.factor[steps - 1]).round(9).tolist() == [2, 2, 7, 4]
        for column in ("open", "high", "low", "close"):
            wrong = np.abs(getattr(found, column) - getattr(truth, column)[:upto])
            # Seven digits of a hundredth of the price, Yahoo's, are right to half a cent but for old ticks.
            assert (wrong == 0).all() if name == "alpaca" else (wrong <= 50).all(), column


def test_a_step_that_is_no_ratio_of_small_numbers_is_taken_as_measured() -> None:
    """Spin-offs; a move of less than one percent is rounding; days of one series alone keep the factor."""
    days = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-01-07"))
    close = np.array([100_0000, 100_0000, 50_0000, 50_2000, 500_0000, 390_0000])
    columns = dict.fromkeys(("open", "high", "low", "close"), close)
    raw = History(symbol="X.US", dates=days, volume=np.ones(6), factor=np.ones(6), **columns)
    shown = np.array([50_0000, 50_1000, 50_0000, 50_2000, 50_0000, 50_0000])
    adjusted = replace(raw, close=shown)
    found = splits(raw, rows(adjusted, np.array([True, True, True, False, True, True])))
    assert found[:5].round(12).tolist() == [1, 1, 2, 2, 0.2]
    assert found[5] == pytest.approx(50 / 390 * 2)


@pytest.mark.parametrize("name", [*SYMBOLS, "alpaca", "yahoo"])
@pytest.mark.parametrize("mode", ["refuse", "html", "gone", "odd"])
async def test_a_source_that_fails_leaves_no_bars_and_one_line(
    store: Store, tmp_path: Path, name: str, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Asked once, then left alone."""
    async with scene(store, tmp_path, name, SYMBOLS.get(name, "AAPL.US")) as made:
        made.world.mode = mode
        for _ in range(3):
            await made.filler.turn()
        assert made.archive.filled == {}
        assert len(made.world.asked) == 1
        assert caplog.text.count(f"bars: {name} fails") == 1


@pytest.mark.parametrize("name", [*SYMBOLS, "alpaca", "yahoo"])
async def test_rubbish_is_bars_or_a_feed_error(name: str) -> None:
    """An answer cut, with bytes changed, numbers grown, or something else in its place."""
    symbol, chance = SYMBOLS.get(name, "AAPL.US"), random.Random(name)  # noqa: S311 - rubbish
    wish = Wish(symbol=symbol, today=NOW.date())
    async with world(NOW.date()) as made:
        made.bars[symbol] = coin(symbol, date(2025, 11, 1), NOW.date())
        made.splits = {date(2025, 11, 10): 2}
        body = await made.ask(SOURCES[name], SOURCES[name].path(wish))
    survived = 0
    for _ in range(400):
        with suppress(FeedError):
            survived += len(SOURCES[name].read(spoilt(body, chance), wish).bars.dates) > 0
    assert survived > 20, "one changed figure is one bar less"


async def test_a_chart_of_another_is_none() -> None:
    """And neither is an error in an answer."""
    wish = Wish(symbol="AAPL.US", today=NOW.date())
    read = SOURCES["yahoo"].read
    with pytest.raises(FeedError, match="answers for MSFT"):
        read(b'{"chart":{"result":[{"meta":{"symbol":"MSFT"}}]}}', wish)
    with pytest.raises(FeedError, match="no chart"):
        read(b'{"chart":{"result":null,"error":{"code":"Not Found"}}}', wish)
    empty = b'{"chart":{"result":[{"meta":{"symbol":"AAPL"},"indicators":{"quote":[{}]}}]}}'
    assert not len(read(empty, wish).bars.dates)


def test_every_source_has_its_place() -> None:
    """What the setting may name, in its order."""
    assert list(SOURCES) == ["tencent", "eastmoney", "sina", "binance", "okx", "coinbase", "alpaca", "yahoo"]
