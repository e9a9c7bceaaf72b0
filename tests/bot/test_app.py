"""How the parts are wired, where a whole day would be too much to show it."""

from pathlib import Path

import pytest

from bot.app import opened, run
from bot.cli import RunOptions
from bot.errors import SettingsError
from bot.settings import load


def settings(folder: Path, **values: str) -> dict[str, str]:
    """An environment of one run's own."""
    return {"TICKBELL_WEB_PORT": "0", "TICKBELL_DATA_DIR": str(folder)} | values


async def test_a_feed_needs_its_engine(tmp_path: Path) -> None:
    """Frames are handed over inside one process, so the roles go together."""
    with pytest.raises(SettingsError, match="role engine"):
        async with opened(RunOptions(roles=("feed",)), load(settings(tmp_path))):
            pass


async def test_without_an_engine_nothing_is_streamed(tmp_path: Path) -> None:
    """A process that only answers and delivers has no watcher, and still says how it is."""
    options = RunOptions(roles=("bot", "deliver", "schedule"), data=tmp_path)
    async with opened(options, load(settings(tmp_path))) as app:
        assert app.watcher is None
        assert [part.name for part in app._parts()] == ["schedule", "fan-out", "sender", "updates"]
        assert app.health()["ok"]
        assert app.figures()["speed"] == 1


async def test_a_token_leads_to_telegram_and_no_playground(tmp_path: Path) -> None:
    """The two roads differ by base URL alone."""
    env = settings(tmp_path, TICKBELL_TELEGRAM_TOKEN="123456:x", TICKBELL_TELEGRAM_URL="http://127.0.0.1:9")
    async with opened(RunOptions(data=tmp_path), load(env)) as app:
        assert app.playground is None
        assert app.token == "123456:x"
        names = [part.name for part in app._parts()]
    feeds = ["feed binance", "feed tencent", "feed sina"]
    assert names == ["schedule", "fan-out", "sender", "engine", "updates", *feeds]


def test_what_forbids_the_start_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is no loopback address is refused before anything is started."""
    for name, value in settings(tmp_path, TICKBELL_WEB_HOST="0.0.0.0").items():  # noqa: S104 -- refused
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="loopback only"):
        run(RunOptions(data=tmp_path))
