"""The demo's folder and its newcomer."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.founding import showing
from bot.web.ground import Playground


async def test_a_new_folder_is_made_and_marked(tmp_path: Path) -> None:
    """The mark says whose folder it is."""
    folder = tmp_path / "a" / "demo"
    await showing.prepare(folder, resume=False)
    assert [entry.name for entry in folder.iterdir() if entry.name == showing.MARK] == [showing.MARK]


async def test_a_demo_folder_is_emptied_unless_resumed(tmp_path: Path) -> None:
    """Files and folders of an earlier run go, with --resume they stay."""
    await showing.prepare(tmp_path, resume=False)
    (tmp_path / "playground.jsonl").write_text("old", encoding="utf-8")
    (tmp_path / "appendonlydir").mkdir()
    await showing.prepare(tmp_path, resume=True)
    assert (tmp_path / "playground.jsonl").exists()
    await showing.prepare(tmp_path, resume=False)
    assert not (tmp_path / "playground.jsonl").exists()
    assert not (tmp_path / "appendonlydir").exists()


@pytest.mark.parametrize("resume", [True, False])
async def test_somebody_elses_folder_is_never_touched(tmp_path: Path, *, resume: bool) -> None:
    """A folder with files and without the mark is refused, and keeps its files."""
    (tmp_path / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(SettingsError, match="not a demo's folder"):
        await showing.prepare(tmp_path, resume=resume)
    assert (tmp_path / "thesis.tex").read_text(encoding="utf-8") == "years of work"
    assert not (tmp_path / showing.MARK).exists()


async def test_seeds_are_typed_once() -> None:
    """What was typed before a kill is not typed again after it."""
    ground = Playground(None, showing.TOKEN)
    asked = 0

    async def is_settled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 1

    ground.post(showing.SEEDS[0], showing.CHAT)
    await showing.seed(ground, is_settled)
    await showing.seed(ground, is_settled)
    assert [bubble.text for bubble in ground.messages(showing.CHAT)] == list(showing.SEEDS)
    ground.close()
