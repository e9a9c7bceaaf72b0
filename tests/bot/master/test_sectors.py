"""Boards from a local Eastmoney become groups: listed by night, members a few at a time, kept in a file."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.master import sectors
from bot.master.reference import Reference
from bot.master.sectors import DAILY, FIRST_REST, INDICES, LAST_REST, NIGHTLY, Sectors
from rules.language import parse
from tests.bot.formats.test_boards import Lists, ask_of, row
from tests.bot.sources import Source, pages

NIGHT = datetime(2026, 9, 10, 14, tzinfo=UTC)
NOON = NIGHT.replace(hour=3)
OPTICS, CHIPS = "@bk1128", "@bk1036"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The boards that a test lists, and no index beside them."""
    monkeypatch.setattr(sectors, "INDICES", {})


@dataclass
class Bench:
    """A source of boards, its clock, and a data folder."""

    folder: Path
    boards: dict[str, dict[str, str]] = field(default_factory=dict)  # family's filter -> code -> name
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)  # code -> shares of Shenzhen
    time: datetime = NIGHT
    mode: str = "well"
    master: Reference = field(default_factory=Reference.load)
    wanted: set[str] = field(default_factory=set)
    site: Source = field(default_factory=Source)

    def now(self) -> datetime:
        """The clock."""
        return self.time

    async def answer(self, request: web.Request) -> web.Response:
        """A list of boards or members, a ban, or null."""
        if self.mode == "ban":
            return web.Response(status=403)
        if self.mode == "later":
            return web.Response(status=429, headers={"Retry-After": "36000"})
        what = request.query["fs"].removesuffix(" f:!50")
        if what.startswith("b:"):
            found = self.members.get(what[2:], ())
            rows = [row(0, f12=code, f13=0) for code in found]
        else:
            names = self.boards.get(what.removeprefix("m:90 t:"), {})
            rows = [row(0, f12=code, f14=name) for code, name in names.items()]
            if not rows:
                return web.json_response({"rc": 0, "data": {"total": 0, "diff": []}})
        return await Lists(rows).answer(request)

    def make(self) -> Sectors:
        """A refresher, as after a start."""
        made = Sectors(
            self.folder, self.master, lambda path: ask_of(self.site, path), self, lambda: self.wanted
        )
        made.pause = timedelta()
        return made

    def asked(self) -> list[str]:
        """The boards whose members were asked for, since the last call."""
        found = [path.partition("fs=b:")[2].partition("+")[0] for path in self.site.asked if "fs=b:" in path]
        self.site.asked.clear()
        return found


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    """Two boards with three shares between them."""
    made = Bench(
        folder,
        {"2": {"BK1036": "半导体芯"}, "3": {"BK1128": "CPO概念_", "BK0500": "HS300_"}},
        {"BK1036": ("300308",), "BK1128": ("300308", "300502"), "BK0500": ("000001",)},
    )
    async with pages(made.answer) as made.site:
        yield made


async def test_boards_become_groups_by_name_and_rules_on_them_parse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All families are listed, members follow; indices are boards under better names, listed or not."""
    monkeypatch.setattr(sectors, "INDICES", INDICES)
    async with bench(tmp_path) as made:
        made.members |= {"BK0611": ("600036",), "BK0701": ("300502",)}
        await made.make().look()
        assert made.master.members(OPTICS) == ("300308.SZ", "300502.SZ")
        found = made.master.find("CPO概念")
        assert found is not None
        assert found.symbol == OPTICS
        index = made.master.find("沪深300成份股")
        assert index is not None
        assert made.master.members(index.symbol) == ("000001.SZ",)
        assert made.master.get("@bk0701").english == "CSI 500 members"
        assert len(made.master.members("@bk0701")) == 1
        group = made.master.group(CHIPS)
        assert group is not None
        assert (group.source, group.as_of) == ("eastmoney", NIGHT)
        line = parse("any @bk1128 change > 5%", made.master.find)
        assert line.condition.symbol == OPTICS


async def test_the_last_copy_serves_without_a_network(tmp_path: Path) -> None:
    """What was written is what is read; a source that refuses changes neither file nor master."""
    async with bench(tmp_path) as made:
        await made.make().look()
        kept = (tmp_path / sectors.FILE).read_bytes()
        made.mode, made.time = "ban", NIGHT + timedelta(days=8)
        again = made.make()
        await again.look()
        assert (tmp_path / sectors.FILE).read_bytes() == kept
        offline = Reference.load()
        offline.update(sectors.read(tmp_path))
        for symbol in (OPTICS, CHIPS, "@bk0500"):
            assert offline.group(symbol) == made.master.group(symbol)


async def test_a_few_members_at_a_time_and_what_somebody_listens_to_first(tmp_path: Path) -> None:
    """By day one board a turn and only those nobody knows yet, by night ten, the old ones too."""
    async with bench(tmp_path) as made:
        codes = [f"BK2{number:03}" for number in range(NIGHTLY + 5)]
        made.boards = {"2": dict.fromkeys(codes, "板块")}
        made.members = dict.fromkeys(codes, ("300308",))
        made.time, made.wanted = NOON, {"@bk2009"}
        refresher = made.make()
        await refresher.look()
        assert made.asked() == ["BK2009"]
        await refresher.look()
        assert made.asked() == codes[:1] * DAILY
        made.time = NIGHT
        await refresher.look()
        assert len(made.asked()) == NIGHTLY
        await refresher.look()
        assert len(made.asked()) == len(codes) - NIGHTLY - 2
        await refresher.look()
        assert made.asked() == []
        made.time += timedelta(days=1)
        await refresher.look()
        assert made.asked() == ["BK2009"]
        made.time = NOON + timedelta(days=9)
        await refresher.look()
        assert made.asked() == [], "China trades"
        made.time = NIGHT + timedelta(days=9)
        await refresher.look()
        assert len(made.asked()) == NIGHTLY


async def test_members_that_change_change_the_group_and_a_board_that_is_gone_goes(tmp_path: Path) -> None:
    """The master's newest word is the last answer's; a new name comes with the next list."""
    async with bench(tmp_path) as made:
        refresher = made.make()
        await refresher.look()
        made.members["BK1128"] = ("300502",)
        made.boards = {"3": {"BK1128": "光通信概念"}}
        made.time += timedelta(days=8)
        await refresher.look()
        assert made.master.members(OPTICS) == ("300502.SZ",)
        assert made.master.get(OPTICS).name == "光通信概念"
        assert made.master.members(CHIPS) == ()


async def test_a_source_that_fails_is_left_alone_for_longer_each_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Half an hour, an hour, at most eight; as long as it asks where it says; success forgets."""
    async with bench(tmp_path) as made:
        made.mode = "ban"
        refresher = made.make()
        with caplog.at_level(logging.WARNING):
            for rest in (FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST, 8 * FIRST_REST, LAST_REST, LAST_REST):
                await refresher.look()
                assert len(made.site.asked) == 1
                made.time += rest - timedelta(seconds=1)
                await refresher.look()
                made.time += timedelta(seconds=1)
                made.site.asked.clear()
        assert caplog.text.count("boards stay as they were") == 6
        made.mode = "later"
        await refresher.look()
        made.mode = "well"
        made.time += timedelta(hours=9)
        made.site.asked.clear()
        await refresher.look()
        assert made.site.asked == []
        made.time += timedelta(hours=1)
        await refresher.look()
        assert made.site.asked


async def test_a_list_without_boards_is_no_list(tmp_path: Path) -> None:
    """Groups do not go because a source says nothing."""
    async with bench(tmp_path) as made:
        refresher = made.make()
        await refresher.look()
        made.boards = {}
        made.time += timedelta(days=1)
        await refresher.look()
        assert len(made.master.members(OPTICS)) == 2


async def test_a_board_without_an_answer_holds_up_no_other(tmp_path: Path) -> None:
    """A new board is listed before it has members: it is asked about again the next day, the others soon."""
    async with bench(tmp_path) as made:
        made.members.pop("BK0500")
        refresher = made.make()
        await refresher.look()
        assert made.asked() == ["BK0500"]
        made.time += FIRST_REST
        await refresher.look()
        assert made.asked() == ["BK1036", "BK1128"]
        assert len(made.master.members(OPTICS)) == 2
        made.time += timedelta(days=1)
        await refresher.look()
        assert made.asked() == ["BK0500"]
        assert made.master.members("@bk0500") == ()
        made.members["BK0500"] = ("000001",)
        made.time += timedelta(days=1)
        await refresher.look()
        assert made.master.members("@bk0500") == ("000001.SZ",)


@pytest.mark.parametrize(
    "text", ["group,name\n@bk1128,x\n", "group,name,as_of,members\n@bk1128,x,yesterday,300308.SZ\n"]
)
def test_a_copy_that_cannot_be_read_is_left_aside(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log."""
    assert sectors.read(tmp_path) == []
    (tmp_path / sectors.FILE).write_text(text, encoding="utf-8")
    assert sectors.read(tmp_path) == []
    assert caplog.text.count("left aside") == 1
