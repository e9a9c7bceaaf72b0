"""Boards, flows and anomalies through the running program: groups that rules follow, fed in sessions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.intake import besides, patrol
from bot.roles import scheduler
from tests.bot.china import Eastmoney, market, utc
from tests.bot.formats.test_boards import Lists, row
from tests.bot.reading import until
from tests.bot.sources import pages
from tests.stories.day import Hand, Live, hurried, live

__all__ = ["hurried"]  # a fixture
LEADER, SECOND = "300308.SZ", "300502.SZ"
BOARDS = {"2": {"BK0001": "电子"}, "3": {"BK1128": "CPO概念"}}
MEMBERS = {"BK0001": ("300476",), "BK1128": ("300308", "300502")}

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("hurried")]


class Site(Eastmoney):
    """All that Eastmoney serves, on one address."""

    def __init__(self) -> None:
        super().__init__(market(LEADER, SECOND, "300476.SZ", "@bk1128", at=utc("10:00:00")))
        self.flow, self.trouble = 1e9, False
        self.anomalies: list[dict[str, Any]] = []

    def asked(self, word: str) -> int:
        """How often a kind of page was asked for."""
        return sum(word in path for path in self.site.asked)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Quotes as ever; the other pages, or their refusal."""
        if "ulist" in request.path:
            return await super().answer(request)
        if self.trouble:
            return web.Response(text="<html>slide</html>")
        if request.path.endswith("/clist/get"):
            return await self._list(request)
        if "fflow" in request.path:
            line = f"{self.now:%Y-%m-%d %H:%M},{self.flow:.1f},0,0,0,0"
            data = {"code": request.query["secid"].partition(".")[2], "market": 90, "klines": [line]}
            return web.json_response({"rc": 0, "data": data})
        rows = {"tc": len(self.anomalies), "allstock": self.anomalies}
        return web.json_response({"rc": 0, "data": rows if self.anomalies else None})

    @property
    def now(self) -> Any:
        """Chinese wall-clock time of the market."""
        return self.market.stocks[LEADER].time + timedelta(hours=8)

    async def _list(self, request: web.Request) -> web.Response:
        what = request.query["fs"].removesuffix(" f:!50")
        if what.startswith("b:"):
            rows = [row(0, f12=code, f13=0) for code in MEMBERS.get(what[2:], ())] or [
                row(0, f12="000001", f13=0)
            ]
        else:
            named = BOARDS.get(what.removeprefix("m:90 t:"), {})
            rows = [row(0, f12=code, f14=name) for code, name in named.items()]
        if not rows or "t:6" in what:
            return web.json_response({"rc": 0, "data": {"total": 0, "diff": []}})
        return await Lists(rows).answer(request)


@asynccontextmanager
async def running(folder: Path, clock: Hand) -> AsyncIterator[tuple[Live, Site]]:
    """The program with Eastmoney alone."""
    site = Site()
    async with pages(site.answer) as site.site:
        url = site.site.url
        env = {
            "TICKBELL_FEEDS": "eastmoney",
            "TICKBELL_KLINES": "off",
            "TICKBELL_EASTMONEY_REST_URL": url,
            "TICKBELL_EASTMONEY_CHANGES_URL": url,
        }
        async with live(folder, clock, **env) as run:
            yield run, site


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes between two questions pass quickly."""
    for name in ("FLOWS_EVERY", "ANOMALIES_EVERY"):
        monkeypatch.setattr(besides, name, timedelta(seconds=0.1))
    monkeypatch.setattr(patrol, "SHUT", 0.05)
    monkeypatch.setattr(scheduler, "LISTS_EVERY", timedelta(seconds=0.2))


async def climb(run: Live, site: Site, symbol: str) -> None:
    """Two steps up, beyond five per cent; in one it would be a jump that waits for a second quote."""
    assert run.app.watcher is not None
    engine = run.app.watcher.engine
    site.market.trade(symbol, 10.4)
    await until(lambda: (last := engine.last(symbol)) is not None and last.price == 10_400)
    site.market.trade(symbol, 10.6)


async def listen(run: Live, site: Site) -> None:
    """Rules on a named sector, a board, its members and a share, once the boards are known."""
    master, app = run.app.scene.master, run.app
    assert app.playground is not None
    assert app.watcher is not None
    engine = app.watcher.engine
    await until(lambda: bool(master.members("@bk1128")))
    await run.alert("@electronics", "inflow > 10B")
    await run.alert("@bk1128", "inflow > 6B")
    await run.alert("300502", "price > 20")
    app.playground.post("/alert any @bk1128 change > 5%", 1)
    await until(lambda: len(engine) == 5)
    await until(lambda: site.asked("90.BK0001") > 0 and site.asked("90.BK1128") > 0)


@pytest.mark.usefixtures("busy")
async def test_a_day_of_boards(tmp_path: Path) -> None:
    """Groups come from the boards, rules follow members, flows ring; all of it ends with the session."""
    clock = Hand(utc("10:00:01"))
    async with running(tmp_path, clock) as (run, site):
        await listen(run, site)
        site.flow = 1.98e10
        site.market.put("@bk1128", inflow=6.2e9, time=utc("10:00:03"))
        await climb(run, site, SECOND)
        site.anomalies = [
            {"tm": 100_002, "c": "300502", "m": 0, "n": "新易盛", "t": 8201, "i": "0.03,10.6,0.03"}
        ]
        clock.time = utc("10:00:10")
        await run.told("inflow > 10B", "fired")
        await run.told("inflow > 6B", "fired")
        await until(lambda: run.rings == 3)
        asked = site.asked("getAllStockChanges")
        await until(lambda: site.asked("getAllStockChanges") > asked + 2)
        assert run.app.playground is not None
        run.app.playground.post("/why 300502", 1)
        await until(lambda: "10:00:02 rocket" in run.said[-1].text)
        clock.time = utc("15:02:00")
        await asyncio.sleep(0.3)  # a question that was under way
        before = site.asked("fflow"), site.asked("getAllStockChanges")
        await asyncio.sleep(0.5)  # nothing comes, so there is nothing to wait for
        assert (site.asked("fflow"), site.asked("getAllStockChanges")) == before


@pytest.mark.usefixtures("busy")
async def test_trouble_with_them_is_none_of_the_quotes_business(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Every page but the quotes is a captcha: a log line each, seldom asked, and prices ring as ever."""
    clock = Hand(utc("10:00:01"))
    async with running(tmp_path, clock) as (run, site):
        await listen(run, site)
        site.trouble = True
        await until(lambda: caplog.text.count("asked more seldom") == 2)
        clock.time = utc("10:00:20")
        await climb(run, site, LEADER)
        await until(lambda: run.rings == 1)
        assert "feed eastmoney: down" not in caplog.text
        asked = site.asked("fflow")
        site.trouble = False
        await until(lambda: site.asked("fflow") > asked and caplog.text.count("answers again") == 2)
