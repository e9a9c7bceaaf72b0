"""Bars from local sources into a real store: at once, each evening, page by page, and never half."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import aiohttp
import numpy as np
import pytest

from bot.errors import SettingsError
from bot.feed import fetch
from bot.history.archive import Archive
from bot.history.courtesy import Courtesy, keep
from bot.history.filler import Filler, chosen
from bot.history.folder import Folder
from bot.history.merging import holes, rows
from bot.history.origins import ORIGINS, Origin
from bot.master.listing import shaped
from bot.store.bars import Bars
from bot.store.client import Store
from rules.model import History
from rules.sessions import default_hours
from tests.fakes.klines import Exchange, exchange, walk, weekdays

SYMBOL, OTHER = "300308.SZ", "600519.SH"
EVENING = datetime(2025, 11, 26, 8, tzinfo=UTC)  # an hour after Shanghai's close
DAYS = weekdays(date(2021, 1, 4), date(2025, 11, 26))
EX = date(2024, 6, 14)


@dataclass
class Scene:
    """A filler with its archive, the sources it asks and the time it believes."""

    store: Store
    sources: Exchange
    folder: Path
    http: aiohttp.ClientSession
    time: datetime = EVENING
    wanted: list[str] = field(default_factory=lambda: [SYMBOL])
    archive: Archive = field(init=False)
    filler: Filler = field(init=False)
    learned: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        """The clock."""
        return self.time

    async def open(self, *names: str) -> None:
        """As a process does at its start."""
        self.archive = Archive(Folder(self.folder, shaped))
        await self.archive.load(Bars(self.store))
        self.archive.learned = self.learned.append
        self.filler = Filler(
            self.archive,
            [ORIGINS[name] for name in names],
            Courtesy(self.ask),
            hours=default_hours(),
            clock=self,
            wanted=lambda: self.wanted,
        )
        self.filler._courtesy.spacing = 0.0

    async def ask(self, origin: Origin, path: str) -> bytes:
        """Over HTTP."""
        return (await fetch(self.http, self.sources.sites[origin.name].url + path)).body

    async def fill(self, most: int = 20) -> None:
        """Whatever is due, until nothing is."""
        for _ in range(most):
            symbol = next(self.filler.due(), None)
            if symbol is None:
                return
            await self.filler.fill(symbol)
        raise AssertionError("something is always due")

    @property
    def bars(self) -> History:
        """What an engine is given."""
        found = self.archive.get(SYMBOL)
        assert found is not None
        return found


@asynccontextmanager
async def scene(store: Store, folder: Path, *names: str) -> AsyncIterator[Scene]:
    """A scene with both instruments' bars up to the evening."""
    async with exchange() as sources, aiohttp.ClientSession() as http:
        put(sources, DAYS)
        made = Scene(store, sources, folder, http)
        await made.open(*names)
        yield made


def put(sources: Exchange, days: Iterable[date]) -> None:
    """The sources have these days."""
    for seed, symbol in enumerate((SYMBOL, OTHER)):
        sources.bars[symbol] = walk(symbol, list(days), {EX: 0.8}, seed)


@pytest.mark.parametrize("name", ["tencent", "eastmoney"])
async def test_a_new_instrument_gets_everything_and_its_factors(
    store: Store, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Page by page to the first day, believed when whole; prices raw, the ex-date in the factors."""
    caplog.set_level(logging.INFO)
    async with scene(store, tmp_path, name) as made:
        await made.fill()
        raw = made.sources.bars[SYMBOL][0]
        found = made.bars
        for column in ("dates", "open", "high", "low", "close", "volume"):
            assert np.array_equal(getattr(found, column), getattr(raw, column)), column
        place = DAYS.index(EX)
        ratio = raw.close[place - 1] / (raw.close[place - 1] - 800)
        assert np.allclose(found.factor[place:] / found.factor[0], ratio, rtol=1e-12)
        assert np.flatnonzero(np.diff(found.factor)).tolist() == [place - 1]
        assert made.learned == [SYMBOL], "told once, when all of them were there"
        assert "fetching all daily bars of 300308.SZ" in caplog.text
        before = len(made.sources.asked)
        await made.fill()
        assert len(made.sources.asked) == before, "nothing is due twice"


async def test_years_without_a_trade_are_not_the_beginning(store: Store, tmp_path: Path) -> None:
    """A suspension longer than a page is passed over."""
    async with scene(store, tmp_path, "tencent") as made:
        days = weekdays(date(2019, 1, 7), date(2019, 12, 31)) + [day for day in DAYS if day.year > 2022]
        put(made.sources, days)
        await made.fill()
        assert len(made.bars.dates) == len(days)


async def test_an_evening_brings_the_tail_alone(store: Store, tmp_path: Path) -> None:
    """One short request for each kind of price; another process and a restart read the same."""
    async with scene(store, tmp_path, "tencent") as made:
        put(made.sources, DAYS[:-2])
        made.time = EVENING - timedelta(days=2)
        await made.fill()
        other = Archive(Folder(tmp_path, shaped))
        await other.load(Bars(store))
        put(made.sources, DAYS)
        made.time = EVENING
        made.sources.asked.clear()
        await made.fill()
        assert [path.rpartition(",day,,,")[2] for path in made.sources.asked] == ["24,", "24,hfq"]
        assert len(made.bars.dates) == len(DAYS)
        await other.follow()
        again = other.get(SYMBOL)
        assert again is not None
        assert np.array_equal(again.close, made.bars.close)
        assert np.array_equal(again.factor, made.bars.factor)


async def test_a_bar_of_a_running_session_is_none(store: Store, tmp_path: Path) -> None:
    """At noon the source's row of today is left out; after the close it is asked for."""
    async with scene(store, tmp_path, "tencent") as made:
        made.time = EVENING - timedelta(hours=4)
        await made.fill()
        assert made.bars.dates[-1] == np.datetime64("2025-11-25")
        made.time = EVENING
        await made.fill()
        assert made.bars.dates[-1] == np.datetime64("2025-11-26")


async def test_a_hole_is_asked_for_again_and_never_invented(store: Store, tmp_path: Path) -> None:
    """Days that were lost come back; days on which the source has nothing stay absent, and are asked once."""
    async with scene(store, tmp_path, "tencent") as made:
        halted = [day for day in DAYS if not date(2025, 3, 3) <= day <= date(2025, 3, 14)]
        put(made.sources, halted)
        await made.fill()
        known, filled = made.bars, made.archive.filled[SYMBOL]
        assert len(holes(known, default_hours())) == filled.holes == 10
        kept = (known.dates < np.datetime64("2025-08-04")) | (known.dates > np.datetime64("2025-08-08"))
        await store.call("DEL", "{i:10}:bars:300308.SZ")
        await Bars(store).write(SYMBOL, rows(known, kept), filled)
        await made.open("tencent")
        assert len(holes(made.bars, default_hours())) == 15
        made.time += timedelta(days=1)
        put(made.sources, [*halted, date(2025, 11, 27)])
        await made.fill()
        assert len(holes(made.bars, default_hours())) == 10
        assert len(made.bars.dates) == len(halted) + 1
        made.sources.asked.clear()
        made.time += timedelta(days=1)
        await made.fill()
        assert [path.rpartition(",day,,,")[2] for path in made.sources.asked] == ["23,", "23,hfq"]


@pytest.mark.parametrize("mode", ["refuse", "html", "gone"])
async def test_a_source_that_fails_leaves_what_is_there(
    store: Store, tmp_path: Path, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One log line, the other source serves; with none left the bars stay as they were."""
    async with scene(store, tmp_path, "tencent") as made:
        await made.fill()
        before = made.bars
        made.sources.mode = mode
        made.sources.asked.clear()
        made.time += timedelta(days=1)
        made.wanted = [SYMBOL, OTHER]
        for symbol in (SYMBOL, OTHER, SYMBOL):
            await made.filler.fill(symbol)
        assert made.bars is before
        assert made.archive.get(OTHER) is None
        assert caplog.text.count("bars: tencent fails") == 1
        assert next(made.filler.due(), None) is None, "left alone for a while"
        asked = len(made.sources.asked)
        assert asked == (1 if mode != "gone" else 3), "a ban is not asked again"
        await made.open("eastmoney")
        made.sources.mode = "well"
        await made.fill()
        assert made.archive.filled[SYMBOL].source == "eastmoney"
        assert made.archive.get(OTHER) is not None


async def test_an_outage_ends_in_one_line_and_a_turn_does_it_all(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What failed is tried again after a while, and the source's return is told once."""
    async with scene(store, tmp_path, "eastmoney") as made:
        made.sources.mode = "gone"
        await made.filler.turn()
        made.sources.mode = "well"
        await made.filler.turn()
        assert made.archive.get(SYMBOL) is None, "left alone for a while"
        made.wanted = [OTHER]
        await made.filler.turn()
        assert made.archive.get(OTHER) is not None
        made.time += timedelta(days=1)
        await made.filler.turn()
        assert caplog.text.count("bars: eastmoney answers again") == 1
        assert caplog.text.count("bars: eastmoney fails") == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [("other", "answers for 600519.SH instead of"), ("adjusted", "adjusts bars that were asked for raw")],
)
async def test_an_answer_to_another_question_is_none(
    store: Store, tmp_path: Path, fault: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Bars of another instrument, or adjusted ones, are not taken for what was asked."""
    async with scene(store, tmp_path, "tencent") as made:

        async def ask(origin: Origin, path: str) -> bytes:
            other = path.replace("sz300308", "sh600519") if fault == "other" else path + "hfq"
            return await made.ask(origin, other)

        made.filler = Filler(
            made.archive,
            [ORIGINS["tencent"]],
            Courtesy(ask),
            hours=default_hours(),
            clock=made,
            wanted=lambda: made.wanted,
        )
        made.filler._courtesy.spacing = 0.0
        await made.filler.turn()
        assert made.archive.get(SYMBOL) is None
        assert words in caplog.text


async def test_files_stand_before_the_store(store: Store, tmp_path: Path) -> None:
    """An instrument of the operator's own is never asked for."""
    (tmp_path / f"{SYMBOL}.csv").write_text(
        "date,open,high,low,close,volume\n2025-11-25,10,11,9,10,100\n", encoding="utf-8"
    )
    async with scene(store, tmp_path, "tencent") as made:
        made.wanted = [SYMBOL, OTHER, "@sector", "AAPL.US"]
        await made.fill()
        assert not any("300308" in path or "AAPL" in path for path in made.sources.asked)
        assert len(made.bars.dates) == 1
        assert OTHER in made.archive.filled


async def test_requests_keep_their_distance(store: Store, tmp_path: Path) -> None:
    """However much is due, so many a minute; and it stops at once when told."""
    async with scene(store, tmp_path, "tencent") as made:
        made.filler._courtesy.spacing = 0.2
        stopping, loop = asyncio.Event(), asyncio.get_running_loop()
        task = asyncio.create_task(keep(made.filler.turn, stopping, "filling"))
        begin = loop.time()
        while len(made.sources.asked) < 4:  # noqa: ASYNC110 -- the server counts
            await asyncio.sleep(0.01)
        assert loop.time() - begin >= 0.59
        stopping.set()
        async with asyncio.timeout(2):
            await task


async def test_each_source_has_its_own_pace() -> None:
    """Who asks another one does not wait."""
    asked: list[str] = []

    async def ask(origin: Origin, _: str) -> bytes:
        asked.append(origin.name)
        return b"{}"

    courtesy = Courtesy(ask)
    courtesy.spacing = 30.0
    async with asyncio.timeout(5):
        for name in ("tencent", "eastmoney", "sina"):
            await courtesy.get(ORIGINS[name], "/")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await courtesy.get(ORIGINS["sina"], "/")
    assert asked == ["tencent", "eastmoney", "sina"]


def test_sources_are_chosen_by_a_setting() -> None:
    """Empty: those among the live feeds; off: none; an unknown name is one sentence."""
    assert [one.name for one in chosen("", ["binance", "sina", "tencent"], ORIGINS)] == ["sina", "tencent"]
    assert chosen("off", ["tencent"], ORIGINS) == ()
    assert [one.name for one in chosen("eastmoney,", ["tencent"], ORIGINS)] == ["eastmoney"]
    with pytest.raises(SettingsError, match="TICKBELL_KLINES is 'yahoo'"):
        chosen("yahoo", [], ORIGINS)
