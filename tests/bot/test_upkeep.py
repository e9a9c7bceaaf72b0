"""Which process fills what, and that an engine hears of it."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from bot.app import opened
from bot.cli import RunOptions
from bot.errors import SettingsError
from bot.settings import Settings, load
from bot.store.bars import Bars, Filled
from rules.model import Frame, Quote
from tests.bot.store.test_bars import bars
from tests.stories.day import Hand

SYMBOL = "300308.SZ"
NOON = datetime(2025, 11, 26, 4, tzinfo=UTC)


def settings(folder: Path, **env: str) -> Settings:
    """One run's own."""
    return load({"TICKBELL_WEB_PORT": "0", "TICKBELL_DATA_DIR": str(folder), **env})


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


@pytest.mark.parametrize(
    ("roles", "klines", "names"),
    [
        (("schedule",), "eastmoney", ["history", "instruments"]),
        (("schedule",), "tencent", ["history"]),
        (("bot", "engine"), "eastmoney", ["history"]),
    ],
)
async def test_the_schedule_alone_takes_the_list_of_instruments(
    tmp_path: Path, roles: tuple[str, ...], klines: str, names: list[str]
) -> None:
    """Where Eastmoney is among the sources."""
    env = settings(tmp_path, TICKBELL_KLINES=klines)
    async with opened(RunOptions(roles=roles, data=tmp_path), env) as app:
        found = [part.name for part in app._parts()]
    assert [name for name in found if name in {"history", "instruments"}] == names


async def test_an_unknown_source_is_refused(tmp_path: Path) -> None:
    """In one sentence that names those there are."""
    async with opened(RunOptions(data=tmp_path), settings(tmp_path, TICKBELL_KLINES="yahoo")) as app:
        with pytest.raises(SettingsError, match="tencent, eastmoney, sina or off would fit"):
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
