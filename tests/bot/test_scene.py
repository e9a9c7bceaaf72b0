"""A run's world: the founding day or live markets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import plugins as plugins  # noqa: PLC0414 -- fills the registries
from bot.cli import RunOptions
from bot.errors import SettingsError
from bot.scene import scene
from bot.settings import load


async def test_the_demo_has_its_own_clock_folder_and_bars(tmp_path: Path) -> None:
    """The founding day begins in its pre-open, with bars in memory and a label that says reconstruction."""
    found = scene(RunOptions(demo=True), load({"TICKBELL_DATA_DIR": str(tmp_path)}))
    assert found.folder == tmp_path / "demo"
    assert found.clock.now().date().isoformat() == "2025-11-26"
    assert "reconstruction" in found.label
    history = await found.bars.daily("300308.SZ")
    assert history is not None
    assert found.world.history("300308.SZ") is history
    assert found.feeds == ("demo",)
    assert len(list(found.past())) > 1000


async def test_live_markets_use_the_machines_clock_and_the_history_folder(tmp_path: Path) -> None:
    """Bars come from files, feeds from the setting or the command line."""
    settings = load({"TICKBELL_DATA_DIR": str(tmp_path)})
    found = scene(RunOptions(), settings)
    assert found.feeds == ("binance", "tencent")
    assert abs(found.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert await found.bars.daily("300308.SZ") is None
    assert scene(RunOptions(feeds=("tencent",)), settings).feeds == ("tencent",)
    assert scene(RunOptions(data=tmp_path / "x"), settings).folder == tmp_path / "x"


def test_the_clock_may_start_elsewhere() -> None:
    """TICKBELL_CLOCK serves recordings."""
    found = scene(RunOptions(), load({"TICKBELL_CLOCK": "2025-05-09T09:42:10+08:00"}))
    assert found.clock.now().isoformat().startswith("2025-05-09T01:42:1")


@pytest.mark.parametrize("text", ["yesterday", "2025-05-09T09:42:10"])
def test_a_clock_without_a_zone_is_refused(text: str) -> None:
    """A time that could mean several is no time."""
    with pytest.raises(SettingsError, match="TICKBELL_CLOCK"):
        scene(RunOptions(), load({"TICKBELL_CLOCK": text}))


def test_the_convention_of_adjusted_prices_is_a_setting(tmp_path: Path) -> None:
    """Ratio unless it says affine; anything else forbids the start."""
    text = "date,open,high,low,close,volume,a,b\n2025-11-24,1,1,1,1,1,1,0\n"
    (tmp_path / "300308.SZ.csv").write_text(text, encoding="utf-8")
    for value, is_affine in (("ratio", False), ("affine", True)):
        settings = load({"TICKBELL_HISTORY": str(tmp_path), "TICKBELL_ADJUST": value})
        bars = scene(RunOptions(), settings).history("300308.SZ")
        assert bars is not None
        assert (bars.gain is not None) is is_affine
    with pytest.raises(SettingsError, match="TICKBELL_ADJUST is 'x'"):
        scene(RunOptions(), load({"TICKBELL_ADJUST": "x"}))


@pytest.mark.parametrize(
    ("feeds", "reason"),
    [
        (("nasdaq",), "there is no feed"),
        (("demo",), "--demo alone"),
        (("replay",), "set it to a quotes file"),
        (("replay", "binance"), "runs alone"),
    ],
)
def test_feeds_that_cannot_run_are_named(feeds: tuple[str, ...], reason: str) -> None:
    """The sentence says what would fit."""
    with pytest.raises(SettingsError, match=reason):
        scene(RunOptions(feeds=feeds), load({}))


def test_a_replay_runs_on_its_own_clock(tmp_path: Path) -> None:
    """The market's time starts with the file's first quote; an empty file is refused."""
    file = tmp_path / "day.csv"
    file.write_text("time,symbol,price\n2025-05-09T09:42:09+08:00,002241.SZ,21.92\n", encoding="utf-8")
    settings = load({"TICKBELL_REPLAY_FILE": str(file)})
    found = scene(RunOptions(feeds=("replay",)), settings)
    assert found.clock.now() == datetime(2025, 5, 9, 1, 42, 9, tzinfo=UTC)
    file.write_text("time,symbol,price\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="holds no quotes"):
        scene(RunOptions(feeds=("replay",)), settings)
