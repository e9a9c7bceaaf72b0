"""The market's roll from a local Eastmoney: into the master, a file, and back from it without a network."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.master import roll
from bot.master.reference import Reference
from bot.master.roll import Refresher
from rules.model import Kind
from tests.bot.formats.test_boards import Lists, ask_of
from tests.bot.sources import pages

NIGHT = datetime(2026, 9, 10, 14, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"f12": "300308", "f13": 0, "f14": "中际旭创", "f26": 20120410, "f38": 1111117000.0},
    {"f12": "600100", "f13": 1, "f14": "*ST演示", "f26": 19970627, "f38": "-"},
    {"f12": "920099", "f13": 0, "f14": "N演示", "f26": 20260910, "f38": 5e7},
    {"f12": "301999", "f13": 0, "f14": "-", "f26": "-", "f38": "-"},
    {"f12": "IF", "f13": 8, "f14": "期货", "f26": "-", "f38": "-"},
]


@dataclass
class Bench:
    """A refresher before a source that serves, or a page for people."""

    folder: Path
    lists: Lists
    master: Reference = field(default_factory=Reference.load)
    time: datetime = NIGHT
    is_banned: bool = False
    others: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by what their filter begins with

    def now(self) -> datetime:
        """The clock."""
        return self.time

    async def answer(self, request: web.Request) -> web.Response:
        """A page of the list."""
        if self.is_banned:
            return web.Response(text="<html>slide</html>")
        for head, rows in self.others.items():
            if request.query["fs"].startswith(head):
                return await Lists(rows).answer(request)
        return await self.lists.answer(request)


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[tuple[Bench, Refresher]]:
    """A master that knows the shipped instruments alone."""
    made = Bench(folder, Lists(ROWS))
    async with pages(made.answer) as site:
        refresher = Refresher(folder, made.master, lambda path: ask_of(site, path), made)
        refresher.pause = timedelta()
        yield made, refresher


async def test_a_roll_adds_and_corrects(tmp_path: Path) -> None:
    """New shares are found by name and sound; known ones keep their English name and aliases."""
    async with bench(tmp_path) as (made, refresher):
        assert refresher.is_due
        assert await refresher.refresh()
    innolight = made.master.find("innolight")
    assert innolight is not None
    assert (innolight.symbol, innolight.listed) == ("300308.SZ", date(2012, 4, 10))
    assert (innolight.shares, innolight.shares_as_of) == (1_111_117_000, NIGHT.date())
    special = made.master.find("*ST演示")
    assert special is not None
    assert (special.symbol, special.shares, special.listed) == ("600100.SH", None, date(1997, 6, 27))
    young = made.master.get("920099.BJ")
    assert (young.name, young.listed) == ("N演示", date(2026, 9, 10))
    assert made.master.find("yanshi") is None, "two sound alike once their marks are off"
    assert made.master.get("301999.SZ").name == ""


async def test_without_a_network_the_last_copy_serves(tmp_path: Path) -> None:
    """What was written is what is read; a failed refresh leaves master and file as they were."""
    async with bench(tmp_path) as (made, refresher):
        await refresher.refresh()
        kept = (tmp_path / roll.FILE).read_bytes()
        made.is_banned = True
        assert not await refresher.refresh()
        assert (tmp_path / roll.FILE).read_bytes() == kept
        offline = Reference.load()
        offline.enroll(roll.read(tmp_path))
        for symbol in ("300308.SZ", "600100.SH", "920099.BJ"):
            assert offline.get(symbol) == made.master.get(symbol)


async def test_funds_and_indices_are_found_by_name_and_stay_where_their_list_fails(tmp_path: Path) -> None:
    """By kind: what a list holds beside its own kind is left out; no share count of theirs is believed."""
    async with bench(tmp_path) as (made, refresher):
        fund = {"f12": "588999", "f13": 1, "f14": "双创演示ETF", "f26": 20210702, "f38": 5e8}
        index = {"f12": "399999", "f13": 0, "f14": "演示指数", "f26": "-", "f38": "-"}
        made.others = {"b:MK0021": [fund, ROWS[0]], "m:1 t:1": [index]}
        await refresher.refresh()
        found = made.master.find("双创演示")
        assert found is not None
        assert (found.symbol, found.kind, found.listed) == ("588999.SH", Kind.FUND, date(2021, 7, 2))
        assert found.shares is None
        assert made.master.get("399999.SZ").name == "演示指数"
        made.others = {"b:MK0021": [], "m:1 t:1": [index | {"f14": "演示新名"}]}
        made.lists.rows = ROWS[:3]
        await refresher.refresh()
        kept = {one.symbol: one.name for one in roll.read(tmp_path)}
        assert (kept["588999.SH"], kept["399999.SZ"]) == ("双创演示ETF", "演示新名")
        assert len(kept) == 5


async def test_a_list_without_shares_is_no_list(tmp_path: Path) -> None:
    """An answer of nothing, in order and whole, leaves the copy as it was."""
    async with bench(tmp_path) as (made, refresher):
        await refresher.refresh()
        kept = (tmp_path / roll.FILE).read_bytes()
        made.lists.rows = ROWS[-1:]
        assert not await refresher.refresh()
        assert (tmp_path / roll.FILE).read_bytes() == kept


async def test_a_look_asks_only_when_it_is_due(tmp_path: Path) -> None:
    """The schedule looks once a minute; the list is asked for once."""
    async with bench(tmp_path) as (made, refresher):
        await refresher.look()
        asked = made.lists.turns
        assert asked > 0
        await refresher.look()
        assert made.lists.turns == asked


async def test_it_is_asked_for_once_a_day_at_night(tmp_path: Path) -> None:
    """A copy of today is enough; an old one waits for the market's rest; a failure for two hours."""
    async with bench(tmp_path) as (made, refresher):
        made.time = NIGHT.replace(hour=3)
        assert refresher.is_due, "without any copy it is asked for at once"
        await refresher.refresh()
        os.utime(tmp_path / roll.FILE, times=(made.time.timestamp(),) * 2)
        made.time += timedelta(hours=10)
        assert not refresher.is_due
        made.time += timedelta(days=1)
        assert refresher.is_due
        made.is_banned = True
        await refresher.refresh()
        assert not refresher.is_due
        made.time += timedelta(hours=2, minutes=1)
        assert refresher.is_due
        made.time = made.time.replace(hour=3) + timedelta(days=1)
        assert not refresher.is_due, "China trades"


@pytest.mark.parametrize(
    "text", ["symbol,name\n1,2\n", "symbol,name,listed,shares,shares_as_of\na.SZ,x,y,,\n"]
)
def test_a_copy_that_cannot_be_read_is_left_aside(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log, and the shipped master alone."""
    assert roll.read(tmp_path) == []
    (tmp_path / roll.FILE).write_text(text, encoding="utf-8")
    assert roll.read(tmp_path) == []
    assert caplog.text.count("left aside") == 1
