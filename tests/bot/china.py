"""One made-up market, served by local servers that speak and misbehave as Tencent, Sina and Eastmoney do."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from bot.formats.gtimg import key_of as tencent_key
from bot.formats.secid import secid_of
from bot.formats.sinajs import key_of as sina_key
from tests.bot.sources import BUSY, Source, pages, stream

SHANGHAI = ZoneInfo("Asia/Shanghai")
HTML = "<html><body>please slide to continue</body></html>"


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What every source knows of an instrument; prices in yuan, volume in shares."""

    symbol: str
    name: str = "名称"
    last: float = 10.0
    prev: float = 10.0
    open: float = 10.0
    high: float = 10.0
    low: float = 10.0
    volume: int = 10_000
    time: datetime = BUSY
    status: str = "00"
    inflow: float = 0.0

    @property
    def amount(self) -> float:
        """Yuan, at a mean price within the day's range."""
        return self.volume * (self.high + self.low) / 2


@dataclass
class Market:
    """The instruments as they stand; `moved` is set anew whenever something changes."""

    stocks: dict[str, Stock] = field(default_factory=dict)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    version: int = 0

    def put(self, symbol: str, **fields: Any) -> Stock:
        """An instrument, new or with other figures."""
        stock = replace(self.stocks.get(symbol, Stock(symbol=symbol)), **fields)
        self.stocks[symbol] = stock
        self.version += 1
        self.moved.set()
        self.moved = asyncio.Event()
        return stock

    def trade(self, symbol: str, last: float, seconds: float = 3.0) -> Stock:
        """A trade that many seconds after the last one: high, low and volume follow."""
        now = self.stocks[symbol]
        return self.put(
            symbol,
            last=last,
            high=max(now.high, last),
            low=min(now.low, last),
            volume=now.volume + 1_000,
            time=now.time + timedelta(seconds=seconds),
        )


def market(*symbols: str, at: datetime = BUSY) -> Market:
    """A market with these instruments and Shanghai's index."""
    made = Market()
    for symbol in dict.fromkeys((*symbols, "000001.SH")):
        made.put(symbol, time=at)
    return made


@dataclass
class Server:
    """One source of a market: how it behaves now, and what it was asked."""

    market: Market
    mode: str = "well"  # refuse, html, empty, hang, abort, frozen: see `misbehave`
    missing: set[str] = field(default_factory=set)  # symbols it leaves out
    others: dict[str, dict[str, Any]] = field(default_factory=dict)  # symbol -> figures it tells otherwise
    poison: set[str] = field(default_factory=set)  # keys for which Sina refuses a whole list
    connects: int = 0
    heartbeats: int = 0
    urls: dict[str, str] = field(default_factory=dict)
    site: Source = field(default_factory=Source)
    sockets: set[ServerConnection] = field(default_factory=set)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    frozen: dict[str, Stock] = field(default_factory=dict)

    def behave(self, mode: str) -> None:
        """From now on like this; a frozen source goes on telling what it told last."""
        self.frozen = dict(self.market.stocks)
        self.mode = mode
        self.changed.set()
        self.changed = asyncio.Event()

    def stock(self, symbol: str) -> Stock | None:
        """An instrument as this source tells it."""
        if symbol in self.missing:
            return None
        stocks = self.frozen if self.mode == "frozen" else self.market.stocks
        found = stocks.get(symbol)
        return replace(found, **self.others.get(symbol, {})) if found else None

    async def misbehave(self, request: web.Request) -> web.StreamResponse | None:
        """The answer of a source in trouble, None of a well one."""
        if self.mode == "refuse":
            return web.Response(status=403, text="Kinsoku jikou desu!")
        if self.mode == "html":
            return web.Response(text=HTML, content_type="text/html")
        if self.mode == "empty":
            return web.Response(body=b"")
        if self.mode == "hang":
            await self.changed.wait()
        if self.mode == "abort":
            assert request.transport is not None
            request.transport.abort()
        return None


async def first(*waits: Coroutine[Any, Any, Any]) -> None:
    """Wait for any of these."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def clock(moment: datetime) -> datetime:
    """Chinese wall-clock time."""
    return moment.astimezone(SHANGHAI)


# Tencent


def gtimg(stock: Stock) -> str:
    """A line of qt.gtimg.cn in the current layout; volume in lots, for STAR in shares."""
    cells = [""] * 88
    unit = 1 if stock.symbol.startswith("688") else 100
    volume = f"{stock.volume // unit}"
    told = {
        1: stock.name,
        2: stock.symbol.partition(".")[0],
        3: f"{stock.last:.2f}",
        4: f"{stock.prev:.2f}",
        5: f"{stock.open:.2f}",
        6: volume,
        30: clock(stock.time).strftime("%Y%m%d%H%M%S"),
        33: f"{stock.high:.2f}",
        34: f"{stock.low:.2f}",
        35: f"{stock.last:.2f}/{volume}/{stock.amount:.0f}",
        36: volume,
    }
    if stock.symbol.startswith("000001.SH"):
        told[61] = "ZS"
    for place, text in told.items():
        cells[place] = text
    return f'v_{tencent_key(stock.symbol)}="{"~".join(cells)}";\n'


class Tencent(Server):
    """Answers `/q=...`; unknown codes have no line."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The lines of what was asked for."""
        if trouble := await self.misbehave(request):
            return trouble
        asked = request.raw_path.removeprefix("/q=").split(",")
        names = {tencent_key(symbol): symbol for symbol in self.market.stocks}
        found = [self.stock(names[key]) for key in asked if key in names]
        body = "".join(gtimg(stock) for stock in found if stock) or 'v_pv_none_match="1";'
        return web.Response(body=body.encode("gb18030"), content_type="text/html", charset="GBK")


@asynccontextmanager
async def tencent(made: Market) -> AsyncIterator[Tencent]:
    """A running one."""
    server = Tencent(made)
    async with pages(server.answer) as site:
        server.urls, server.site = {"rest": site.url}, site
        yield server


# Sina


def sinajs(stock: Stock) -> str:
    """The fields of one A-share record."""
    day = clock(stock.time)
    head = [stock.name, *(f"{figure:.3f}" for figure in (stock.open, stock.prev, stock.last))]
    head += [
        f"{stock.high:.3f}",
        f"{stock.low:.3f}",
        "0.000",
        "0.000",
        str(stock.volume),
        f"{stock.amount:.3f}",
    ]
    book = ["0", "0.000"] * 10
    return ",".join([*head, *book, f"{day:%Y-%m-%d}", f"{day:%H:%M:%S}", stock.status, ""])


class Sina(Server):
    """REST that wants a Referer and speaks GB18030; a stream that wants an Origin and pushes in UTF-8."""

    def told(self, key: str) -> str:
        """The fields of a key, empty where it is unknown."""
        found = {sina_key(symbol): symbol for symbol in self.market.stocks}.get(key)
        stock = self.stock(found) if found else None
        return sinajs(stock) if stock else ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The records of what was asked for, an empty one for an unknown code."""
        if trouble := await self.misbehave(request):
            return trouble
        if not request.headers.get("Referer", "").startswith("https://finance.sina.com.cn"):
            return web.Response(status=403, text="Kinsoku jikou desu!")
        asked = request.raw_path.removeprefix("/list=").split(",")
        if self.poison & set(asked):
            return web.Response(text='var hq_str_sys_auth="FAILED";\n')
        body = "".join(f'var hq_str_{key}="{self.told(key)}";\n' for key in asked)
        return web.Response(body=body.encode("gb18030"), headers={"Content-Type": "application/javascript"})

    async def push(self, socket: ServerConnection) -> None:
        """Everything once, then the codes that changed."""
        self.connects += 1
        request = socket.request
        if request is None or request.headers.get("Origin") != "https://finance.sina.com.cn":
            return
        keys = request.path.removeprefix("/wskt?list=").split(",")
        self.sockets.add(socket)
        sent: dict[str, str] = {}
        while True:
            now = {key: self.told(key) for key in keys}
            lines = [f"{key}={text}" for key, text in now.items() if text and sent.get(key) != text]
            if lines and self.mode == "well":
                await socket.send("\n".join(lines))
                sent = now
            await first(self.market.moved.wait(), socket.wait_closed())
            if socket.state is not State.OPEN:
                return


@asynccontextmanager
async def sina(made: Market) -> AsyncIterator[Sina]:
    """A running one."""
    server = Sina(made)
    async with pages(server.answer) as rest, stream(server.push) as ws:
        server.urls, server.site = {"rest": rest.url, "ws": ws.url}, rest
        yield server


async def hang_up(server: Server) -> None:
    """End every stream as Sina does: no word, the line is just gone."""
    for socket in list(server.sockets):
        socket.transport.abort()
    server.sockets.clear()


# Eastmoney


def push2(stock: Stock) -> dict[str, Any]:
    """A row of ulist.np; `-` where there is nothing."""
    secid = secid_of(stock.symbol) or "0."
    number, code = secid.split(".")
    row: dict[str, Any] = {
        "f2": stock.last,
        "f5": stock.volume // 100,
        "f6": stock.amount,
        "f12": code,
        "f13": int(number),
        "f14": stock.name,
        "f15": stock.high,
        "f16": stock.low,
        "f17": stock.open,
        "f18": stock.prev,
        "f62": stock.inflow,
        "f124": int(stock.time.timestamp()),
    }
    return row | dict.fromkeys(("f10", "f20", "f441", "f350", "f351"), "-")


class Eastmoney(Server):
    """A list by request, and by an event stream: everything once, then what changed, with null heartbeats."""

    def rows(self, request: web.Request) -> list[dict[str, Any]]:
        """The rows of the secids asked for."""
        names = {secid_of(symbol): symbol for symbol in self.market.stocks}
        asked = request.query["secids"].split(",")
        found = [self.stock(names[secid]) for secid in asked if secid in names]
        return [push2(stock) for stock in found if stock]

    async def beat(self, count: int) -> None:
        """Wait for so many heartbeats."""
        while self.heartbeats < count:  # noqa: ASYNC110 -- counted, no event
            await asyncio.sleep(0.01)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The list, or the stream of it."""
        if trouble := await self.misbehave(request):
            return trouble
        if not request.path.endswith("/sse"):
            return web.json_response({"rc": 0, "data": {"total": 1, "diff": self.rows(request)}})
        return web.Response(status=404) if self.mode == "no sse" else await self.events(request)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Events until the source behaves otherwise."""
        self.connects += 1
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await answer.prepare(request)
        sent: list[dict[str, Any]] = []
        while self.mode in {"well", "frozen"}:
            now = self.rows(request)
            diff = changes(sent, now)
            data = {"total": len(now), "diff": diff} if diff else None
            self.heartbeats += data is None
            sent = now
            with suppress(ConnectionError):  # gone: the handler is cancelled at its next wait
                await answer.write(f"data: {json.dumps({'rc': 0, 'data': data})}\n\n".encode())
            await first(self.market.moved.wait(), self.changed.wait(), asyncio.sleep(0.05))
        return answer


def changes(sent: list[dict[str, Any]], now: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By row index: whole rows where none was sent, else the fields that differ."""
    if not sent:
        return {str(place): row for place, row in enumerate(now)}
    changed = {
        str(place): {name: new[name] for name in new if new[name] != old[name]}
        for place, (old, new) in enumerate(zip(sent, now, strict=False))
    }
    return {place: row for place, row in changed.items() if row}


@asynccontextmanager
async def eastmoney(made: Market) -> AsyncIterator[Eastmoney]:
    """A running one."""
    server = Eastmoney(made)
    async with pages(server.answer) as site:
        server.urls, server.site = {"rest": site.url}, site
        yield server


def utc(text: str) -> datetime:
    """A Chinese wall-clock time of the founding day as UTC."""
    return datetime.fromisoformat(f"2025-11-26T{text}+08:00").astimezone(UTC)
