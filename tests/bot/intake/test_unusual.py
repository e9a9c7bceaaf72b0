"""Anomalies from a local Eastmoney: page by page until what is known, kept for those that listen."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.errors import FeedError
from bot.intake.unusual import KEPT, MOST_PAGES, SIZE, Unusual, stored
from bot.store.client import Store
from bot.traces import Traces
from tests.bot.china import utc
from tests.bot.formats.test_boards import ask_of
from tests.bot.rig import master
from tests.bot.sources import Source, pages
from tests.recorded import DATA, needs

PAGE = "raw_http/eastmoney_getAllStockChanges_0925.json"
SYMBOL = "300308.SZ"
NOON = utc("11:00:00")


def row(clock: int, kind: int = 8201, code: str = "300308") -> dict[str, Any]:
    """An anomaly at HMMSS."""
    return {"tm": clock, "c": code, "m": 0, "n": "中际旭创", "t": kind, "i": "0.03,500.00,0.03"}


class Page:
    """The list, newest first, in pages."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.mode = "well"
        self.site = Source()

    async def answer(self, request: web.Request) -> web.Response:
        """One page, or null where there is none."""
        if self.mode == "html":
            return web.Response(text="<html>slide</html>")
        start = int(request.query["pageindex"]) * SIZE
        part = self.rows[start : start + SIZE]
        data = {"tc": len(self.rows), "allstock": part} if part else None
        return web.json_response({"rc": 0, "data": data})

    def reader(self, store: Store, *listened: str) -> Unusual:
        """A reader at noon."""
        return Unusual(store, lambda: listened, lambda path: ask_of(self.site, path), lambda: NOON)


async def test_new_rows_are_read_until_one_is_known(store: Store) -> None:
    """Three pages at first, one afterwards; only what somebody listens to is stored."""
    served = Page()
    served.rows = [row(100_000 + number % 60, code=f"{301_000 + number}") for number in range(2 * SIZE + 1)]
    served.rows[5] = row(95_500)
    served.rows[6] = row(250_000)  # no time of day: skipped, and no end of the list
    async with pages(served.answer) as served.site:
        reader = served.reader(store, SYMBOL)
        await reader.turn()
        assert len(served.site.asked) == 3
        served.rows.insert(0, row(101_500, 8203))
        await reader.turn()
        assert len(served.site.asked) == 4
        await reader.turn()
    assert await stored(store, SYMBOL) == ((utc("09:55:00"), 8201), (utc("10:15:00"), 8203))
    assert await stored(store, "301001.SZ") == ()
    traces = Traces(store, master().get)
    assert [word for _, word in await traces.anomalies(SYMBOL, "en")] == ["rocket", "dive"]
    assert [word for _, word in await traces.anomalies(SYMBOL, "zh")] == ["火箭发射", "高台跳水"]


async def test_pages_and_rows_are_bounded(store: Store) -> None:
    """A first turn in the afternoon asks for a few pages; an instrument keeps its newest."""
    served = Page()
    served.rows = [row(100_000 + number) for number in range(59, -1, -1)]
    served.rows += [row(93_000, 4, code=f"{301_000 + number}") for number in range(MOST_PAGES * SIZE)]
    async with pages(served.answer) as served.site:
        await served.reader(store, SYMBOL).turn()
    assert len(served.site.asked) == MOST_PAGES
    kept = await stored(store, SYMBOL)
    assert len(kept) == KEPT
    assert kept[-1] == (utc("10:00:59"), 8201)


async def test_a_new_day_begins_anew(store: Store) -> None:
    """The same time of day and kind is news tomorrow."""
    served, days = Page(), [NOON, NOON + timedelta(days=1)]
    served.rows = [row(95_500)]
    async with pages(served.answer) as served.site:
        reader = Unusual(store, lambda: {SYMBOL}, lambda path: ask_of(served.site, path), lambda: days[0])
        await reader.turn()
        days.pop(0)
        await reader.turn()
    assert [time for time, _ in await stored(store, SYMBOL)] == [utc("09:55:00") + timedelta(days=1)]


async def test_a_page_for_people_is_an_error(store: Store) -> None:
    """Whoever asks waits then."""
    served = Page()
    served.mode = "html"
    async with pages(served.answer) as served.site:
        with pytest.raises(FeedError):
            await served.reader(store, SYMBOL).turn()


@needs(PAGE)
async def test_the_recorded_page_is_kept(store: Store) -> None:
    """What the real list said at 09:25."""

    async def answer(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(DATA / PAGE)

    async with pages(answer) as site:
        reader = Unusual(store, lambda: {"688047.SH"}, lambda path: ask_of(site, path), lambda: NOON)
        await reader.turn()
    assert await stored(store, "688047.SH") == ((utc("09:25:04"), 8209),)
