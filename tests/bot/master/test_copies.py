"""Lists in the data folder: read at start, and again where another process wrote them."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.master import copies, roll, sectors
from bot.master.copies import Copies
from bot.master.reference import Group, Reference
from rules.model import Instrument

NOW = datetime(2026, 9, 10, 14, tzinfo=UTC)
SHARE = Instrument(symbol="301999.SZ", name="新股演示")


def board(*members: str) -> Group:
    """A board as the schedule writes it."""
    return Group(symbol="@bk1128", name="CPO概念", members=members, source="eastmoney", as_of=NOW)


def test_what_another_process_wrote_is_followed(tmp_path: Path) -> None:
    """Instruments and boards; what is unchanged is not read again."""
    master = Reference.load()
    found = Copies(tmp_path, master)
    assert not found.refresh()
    roll.write(tmp_path, [SHARE])
    sectors.write(tmp_path, [board("300308.SZ")])
    assert found.refresh()
    assert master.get("301999.SZ").name == "新股演示"
    assert master.members("@bk1128") == ("300308.SZ",)
    assert not found.refresh()
    sectors.write(tmp_path, [board("300308.SZ", "300502.SZ")])
    assert found.refresh()
    assert master.members("@bk1128") == ("300308.SZ", "300502.SZ")


def test_a_copy_that_is_gone_or_torn_takes_nothing_away(tmp_path: Path) -> None:
    """Groups keep their members until somebody says otherwise."""
    master = Reference.load()
    sectors.write(tmp_path, [board("300308.SZ")])
    found = Copies(tmp_path, master)
    found.refresh()
    (tmp_path / sectors.FILE).write_text("rubbish\n1\n", encoding="utf-8")
    found.refresh()
    (tmp_path / sectors.FILE).unlink()
    found.refresh()
    assert master.members("@bk1128") == ("300308.SZ",)


async def test_it_looks_until_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few seconds; stopping ends the pause."""
    monkeypatch.setattr(copies, "EVERY", copies.EVERY / 1000)
    master, stopping = Reference.load(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(Copies(tmp_path, master).run(stopping), name="copies")
        await asyncio.sleep(0.05)  # it has looked, and found nothing
        sectors.write(tmp_path, [board("300308.SZ")])
        async with asyncio.timeout(10):
            while not master.members("@bk1128"):  # noqa: ASYNC110 -- a file, no event
                await asyncio.sleep(0.005)
        stopping.set()
