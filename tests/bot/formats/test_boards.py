"""Boards, members and leaders from a server whose rows move unless they are sorted by code."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot import feeds as feeds  # noqa: PLC0414 -- fills the registry
from bot.errors import FeedError
from bot.feed import FEEDS, fetch
from bot.formats.boards import PAGE, Board, Family, Leader, boards, listing, members, membership, read
from bot.intake.gate import Gate
from bot.master.calendar import hours
from bot.master.reference import Reference
from rules.engine import Engine
from rules.language import parse
from tests.bot.china import Stock, push2, utc
from tests.bot.sources import Source, pages

NOW = datetime(2026, 9, 10, 3, 0, tzinfo=UTC)
SOON = timedelta(0)


def row(number: int, **fields: Any) -> dict[str, Any]:
    """A board's row."""
    plain = {
        "f2": 1500.5,
        "f3": 6.1,
        "f12": f"BK{number:04}",
        "f13": 90,
        "f14": "光模块",
        "f62": -6.2e9,
        "f104": 30,
        "f105": 2,
        "f124": int(NOW.timestamp()),
        "f128": "中际旭创",
        "f136": 12.1,
        "f140": "300308",
        "f141": 0,
    }
    return plain | fields


class Lists:
    """Serves filtered lists in pages of at most `size`; sorted by anything but the code, rows move."""

    def __init__(self, rows: list[dict[str, Any]], size: int = PAGE) -> None:
        self.rows, self.size, self.turns, self.lost = rows, size, 0, 0

    async def answer(self, request: web.Request) -> web.Response:
        """One page."""
        query = request.query
        ordered = sorted(self.rows, key=lambda row: str(row[query["fid"]]))
        self.turns += 1
        if query["fid"] != "f12":
            ordered = ordered[self.turns * 7 :] + ordered[: self.turns * 7]
        count = min(self.size, int(query["pz"]))
        start = (int(query["pn"]) - 1) * count
        page = ordered[start : start + count]
        return web.json_response(
            {"rc": 0, "data": {"total": len(self.rows) + self.lost, "diff": page} if page else None}
        )


async def ask_of(site: Source, path: str) -> bytes:
    """The body of a path."""
    async with aiohttp.ClientSession() as http:
        return (await fetch(http, site.url + path)).body


@pytest.mark.parametrize("size", [PAGE, 40])
async def test_every_board_is_found_however_long_pages_are(size: int) -> None:
    """Three pages of a hundred, or seven of forty, sorted by code: each board once, none lost."""
    lists = Lists([row(number) for number in range(1000, 1250)], size)
    async with pages(lists.answer) as site:
        found = await boards(lambda path: ask_of(site, path), Family.INDUSTRY, SOON)
    assert [board.symbol for board in found] == [f"@bk{number}" for number in range(1000, 1250)]
    assert all("fid=f12" in path and "pz=100" in path for path in site.asked)
    assert listing(Family.INDUSTRY) == "m:90+t:2+f:!50"


def test_a_board_says_who_leads_it() -> None:
    """Name, change, breadth, inflow, leader and moment, as one plain value."""
    payload = f'{{"rc":0,"data":{{"total":1,"diff":[{web.json_response(row(1128)).text}]}}}}'.encode()
    assert read(payload) == [
        Board(
            symbol="@bk1128",
            name="光模块",
            change=6.1 / 100,
            advancers=30,
            decliners=2,
            inflow=-6.2e9,
            leaders=(Leader(symbol="300308.SZ", name="中际旭创", change=12.1 / 100),),
            as_of=NOW,
        )
    ]


async def test_members_are_full_symbols() -> None:
    """What is not ours is left out; the filter names the board."""
    rows = [row(0, f12=code, f13=market) for market, code in ((0, "300308"), (1, "688256"), (8, "IF"))]
    async with pages(Lists(rows).answer) as site:
        found = await members(lambda path: ask_of(site, path), "@bk1128", SOON)
    assert found == ("300308.SZ", "688256.SH")
    assert f"fs={membership('@bk1128')}" in site.asked[0]
    assert membership("@bk1128") == "b:BK1128+f:!50"


async def test_a_short_list_is_an_error() -> None:
    """Fewer rows than the source promised is no list to go by."""
    lists = Lists([row(number) for number in range(1000, 1150)])
    lists.lost = 1
    async with pages(lists.answer) as site:
        with pytest.raises(FeedError, match="a short list: 150 rows of 151"):
            await boards(lambda path: ask_of(site, path), Family.CONCEPT, SOON)


def test_a_boards_flow_rings_a_rule_once_the_master_knows_it() -> None:
    """The seam: members and name from here make a group, the feed's own quote of it brings the inflow."""
    master = Reference.load()
    master.extend((), {"@bk1128": ("300308.SZ", "300502.SZ")})
    engine = Engine(hours(), master.get, lambda _: None, master.members)
    engine.add(parse("@bk1128 inflow > 6B", master.find).condition)
    cells = push2(Stock(symbol="@bk1128", inflow=6.2e9, time=utc("10:00:00")))
    payload = f'{{"rc":0,"data":{{"diff":[{web.json_response(cells).text}]}}}}'.encode()
    gate = Gate(hours(), master.get)
    rung: list[str] = []
    for frame in FEEDS["eastmoney"].parse(payload, utc("10:00:01")):
        rung += [event.text for event in engine.take(gate.judge(frame).frame).events]
    assert rung == ["inflow > 6B"]


def test_what_a_board_does_not_say_is_absent() -> None:
    """New boards have dashes; strangers and stocks among the rows are left out."""
    dashes = row(1128, f3="-", f62="x", f104="x", f105=[1], f14=None, f124="-", f140="-", f141="-")
    text = web.json_response([dashes, row(0, f12="300308", f13=0), row(0, f13="9" * 5000)]).text
    (found,) = read(f'{{"data":{{"total":3,"diff":{text}}}}}'.encode())
    assert (found.change, found.inflow, found.advancers, found.decliners) == (None, None, 0, 0)
    assert (found.leaders, found.members) == ((), ())


@pytest.mark.parametrize(
    "payload", [b'{"data":null}', b'{"data":{"diff":[]}}', b'{"data":{"diff":[],"total":"x"}}', b"<html>"]
)
def test_what_is_no_list_is_an_error(payload: bytes) -> None:
    """Null is what a ban or a wrong filter looks like."""
    with pytest.raises(FeedError, match="eastmoney"):
        read(payload)
