"""Which process fills what, and that an engine hears of it."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from bot.app import opened
from bot.cli import RunOptions
from bot.errors import SettingsError
from bot.feed import declared
from bot.history.grains import GRAINS
from bot.history.sources import SOURCES
from bot.history.upkeep import _address
from bot.settings import Settings, load
from bot.store.bars import Bars, Filled
from bot.store.minutes import MinuteBars
from rules.explain import Explanation
from rules.language import parse
from rules.model import Frame, Phase, Quote
from tests.bot.rig import master
from tests.bot.store.test_bars import bars
from tests.fakes.candles import bourse, stamp, walk
from tests.stories.day import Hand

SYMBOL = "300308.SZ"
NOON = datetime(2025, 11, 26, 4, tzinfo=UTC)


def settings(folder: Path, **env: str) -> Settings:
    """One run's own."""
    return load({"TICKBELL_WEB_PORT": "0", "TICKBELL_DATA_DIR": str(folder), **env}, more=declared())


async def test_bars_of_an_earlier_run_are_there_at_start_and_newer_ones_are_learned(tmp_path: Path) -> None:
    """The engine reads the store's bars; what another process writes is followed and told to it."""
    options = RunOptions(roles=("engine", "feed", "bot"), data=tmp_path)
    env = settings(tmp_path, TICKBELL_KLINES="off")
    filled = Filled(source="tencent", checked=NOON, days=300)
    async with opened(options, env) as app:
        await Bars(app.store).write(SYMBOL, bars(300), filled)
    async with opened(options, env, Hand(NOON)) as app:
        archive, watcher = app.scene.archive, app.watcher
        assert archive is not None
        assert watcher is not None
        found = await app.scene.bars.daily(SYMBOL)
        assert found is not None
        assert len(found.dates) == 300
        assert app.scene.world.history(SYMBOL) is found
        quote = Quote(symbol=SYMBOL, time=NOON, price=1)
        watcher.engine.take(Frame(market="SZ", received=NOON, quotes=(quote,)))
        told: list[str] = []
        learned = archive.learned

        def noted(symbol: str) -> None:
            told.append(symbol)
            learned(symbol)

        archive.learned = noted
        await Bars(app.store).write(SYMBOL, bars(301), Filled(source="sina", checked=NOON, days=301))
        await archive.follow()
        await archive.follow()
        assert told == [SYMBOL]
        newer = archive.get(SYMBOL)
        assert newer is not None
        assert newer.dates[-1] == found.dates[-1] + np.timedelta64(1, "D")


async def test_an_unknown_source_is_refused(tmp_path: Path) -> None:
    """In one sentence that names those there are."""
    async with opened(RunOptions(data=tmp_path), settings(tmp_path, TICKBELL_KLINES="reuters")) as app:
        with pytest.raises(SettingsError, match="alpaca, yahoo or off would fit"):
            app._parts()


async def test_bars_that_cannot_be_read_are_as_absent_as_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log; the instrument is fetched anew."""
    options, env = RunOptions(roles=("bot",), data=tmp_path), settings(tmp_path, TICKBELL_KLINES="off")
    async with opened(options, env) as app:
        await Bars(app.store).write(
            SYMBOL, bars(3), Filled(source="x", checked=NOON, last=date(2023, 12, 22))
        )
        await app.store.call("HSET", "{i:10}:bars:300308.SZ", "2023", b"\x09rubbish")
        archive = app.scene.archive
        assert archive is not None
        await archive.follow()
        assert archive.get(SYMBOL) is archive.get(SYMBOL) is None
    assert caplog.text.count("will be fetched again") == 1


COIN = "BTCUSDT.BINANCE"


async def test_minutes_of_a_rule_are_filled_while_running_and_there_at_the_next_start(tmp_path: Path) -> None:
    """From the feed's own REST; the next engine begins with what the store has, and asks nobody for it."""
    hand = Hand(stamp("2025-11-26 02:17:20"))
    rule = parse(f"{COIN} price > ma(20, 15m)", master().find).condition
    options = RunOptions(roles=("engine", "schedule", "bot"), data=tmp_path)
    async with bourse(hand.now) as sources:
        sources.bars[COIN] = walk(COIN, hand.time - timedelta(days=6), hand.time + timedelta(hours=1), 3)
        url = sources.sites["binance"].url
        env = settings(tmp_path, TICKBELL_FEEDS="binance", TICKBELL_BINANCE_REST_URL=url)
        async with opened(options, env, hand) as app:
            assert app.watcher is not None
            app.watcher.engine.add(rule)
            (part,) = (one for one in app._parts() if one.name == "history")
            stopping = asyncio.Event()
            running = asyncio.ensure_future(part.run(stopping))
            async with asyncio.timeout(10):
                while not await MinuteBars(app.store).read([COIN]):  # noqa: ASYNC110 -- the store tells nobody
                    await asyncio.sleep(0.01)
            stopping.set()
            await running
            assert told(app.watcher.engine.explain(rule.id)) is None, "no quote yet"
        asked = len(sources.asked)
        async with opened(options, env, hand) as app:
            assert app.watcher is not None
            engine, intraday = app.watcher.engine, app.scene.intraday
            assert intraday is not None
            engine.add(rule)
            await intraday.look(engine.barred())
            price = 1_000_000_000_000
            quote = Quote(symbol=COIN, time=hand.time, price=price, phase=Phase.CONTINUOUS)
            engine.take(Frame(market="BINANCE", received=hand.time, quotes=(quote,)))
            closes = sources.table(COIN, 15).prices[3, -20:-1]
            assert told(engine.explain(rule.id)) == pytest.approx(closes.mean() / 10**8)
        assert len(sources.asked) == asked


def told(found: Explanation | None) -> float | None:
    """The level that an engine says."""
    assert found is not None
    return found.level


def test_sources_are_asked_where_the_settings_say(tmp_path: Path) -> None:
    """K-lines and minutes have addresses of their own, exchanges their feed's; Alpaca's key is a header."""
    env = settings(
        tmp_path,
        TICKBELL_SINA_MINUTES_URL="http://sina",
        TICKBELL_OKX_REST_URL="http://okx",
        TICKBELL_ALPACA_KEY="canary",
        TICKBELL_ALPACA_SECRET="hidden",
    )
    assert _address(SOURCES["sina"], "/x", env)[0] == "https://money.finance.sina.com.cn/x"
    assert _address(GRAINS["sina"], "/x", env)[0] == "http://sina/x"
    assert _address(SOURCES["okx"], "/x", env)[0] == "http://okx/x"
    address, headers = _address(GRAINS["alpaca"], "/x?a=1", env)
    assert address == "https://data.alpaca.markets/x?a=1&feed=iex"
    assert headers == {"APCA-API-KEY-ID": "canary", "APCA-API-SECRET-KEY": "hidden"}
    sip = settings(tmp_path, TICKBELL_ALPACA_STREAM="sip", TICKBELL_ALPACA_KEY="c")
    assert _address(SOURCES["alpaca"], "/x?a=1", sip)[0].endswith("&feed=sip")
