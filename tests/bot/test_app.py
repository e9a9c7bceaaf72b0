"""How the parts are wired, where a whole day would be too much to show it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import opened, run
from bot.cli import RunOptions
from bot.errors import SettingsError
from bot.feed import FEEDS
from bot.settings import load
from rules.model import Frame, Quote


def settings(folder: Path, **values: str) -> dict[str, str]:
    """An environment of one run's own."""
    return {"TICKBELL_WEB_PORT": "0", "TICKBELL_DATA_DIR": str(folder)} | values


BOTH = "binance,tencent,sina"  # two sources of one market


async def test_a_feed_needs_its_engine(tmp_path: Path) -> None:
    """Frames are handed over inside one process, so the roles go together."""
    with pytest.raises(SettingsError, match="role engine"):
        async with opened(RunOptions(roles=("feed",)), load(settings(tmp_path))):
            pass


async def test_without_an_engine_nothing_is_streamed(tmp_path: Path) -> None:
    """A process that only answers and delivers has no watcher, and still says how it is."""
    options = RunOptions(roles=("bot", "deliver", "schedule"), data=tmp_path)
    groups = tmp_path / "groups.csv"
    groups.write_text("group,members\n@mine,300308\n", encoding="utf-8")
    async with opened(options, load(settings(tmp_path, TICKBELL_GROUPS=str(groups)))) as app:
        assert app.watcher is None
        names = [part.name for part in app._parts()]
        assert names == [
            "schedule",
            "fan-out",
            "sender",
            "updates",
            "members",
            "history",
            "tidings",
            "groups",
        ]
        assert app.health()["ok"]
        assert app.figures()["speed"] == 1


async def test_a_token_leads_to_telegram_and_no_playground(tmp_path: Path) -> None:
    """The two roads differ by base URL alone."""
    env = settings(tmp_path, TICKBELL_TELEGRAM_TOKEN="123456:x", TICKBELL_TELEGRAM_URL="http://127.0.0.1:9")
    async with opened(RunOptions(data=tmp_path), load(env)) as app:
        assert app.playground is None
        assert app.token == "123456:x"
        names = [part.name for part in app._parts()]
    assert names[:3] == ["schedule", "fan-out", "sender"]
    assert names[3:-2] == ["engine", "updates", "members", "history", "tidings"]
    assert names[-2:] == ["feed binance", "feed tencent"]


async def test_a_reconnect_is_a_gap_only_where_no_other_source_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tencent came back while Sina was there: no gap in China; none was there for coins."""
    gaps: list[str] = []
    async with opened(RunOptions(data=tmp_path), load(settings(tmp_path, TICKBELL_FEEDS=BOTH))) as app:
        assert app.watcher is not None
        monkeypatch.setattr(app.watcher.engine, "reconnected", gaps.append)
        app._parts()
        app.healths["sina"].up = app.healths["tencent"].up = True
        app._reconnected(FEEDS["tencent"], "SH")
        app._reconnected(FEEDS["binance"], "BINANCE")
        assert gaps == ["BINANCE"]
        app.healths["sina"].up = False
        app._reconnected(FEEDS["tencent"], "SH")
        assert gaps == ["BINANCE", "SH"]


async def test_sources_that_disagree_are_a_trouble(tmp_path: Path) -> None:
    """Health says so until they agree; the counters say what stood by."""
    async with opened(RunOptions(data=tmp_path), load(settings(tmp_path, TICKBELL_FEEDS=BOTH))) as app:
        assert app.watcher is not None
        app._parts()
        app.healths["sina"].up = app.healths["tencent"].up = True
        now = datetime(2025, 11, 26, 2, 0, tzinfo=UTC)
        for source, price in (("sina", 10_000), ("tencent", 10_100)):
            quote = Quote(symbol="300308.SZ", time=now, price=price, source=source)
            app.watcher.gate.judge(Frame(market="SZ", received=now, quotes=(quote,)))
        assert app.health()["troubles"] == ["feeds disagree on 1 instruments"]
        assert app.figures()["standby"] == {
            "stood in": 0,
            "repeated": 0,
            "held": 0,
            "dropped": 0,
            "disputed": 1,
        }


def test_what_forbids_the_start_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is no loopback address is refused before anything is started."""
    for name, value in settings(tmp_path, TICKBELL_WEB_HOST="0.0.0.0").items():  # noqa: S104 -- refused
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="loopback only"):
        run(RunOptions(data=tmp_path))
