"""Minute and daily bars of every source on loopback: one walk a symbol, served as each source serves it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import aiohttp
import numpy as np
from aiohttp import web

from bot.feed import fetch
from bot.history.courtesy import Site
from bot.master.calendar import hours, zone
from bot.master.listing import shaped
from rules.kept import MINUTE
from rules.model import Minutes
from rules.slots import runs
from rules.table import Table, gathered, micros, moment_of
from tests.bot.sources import Source, pages

HOURS = hours()
COLUMNS = ("begins", "open", "high", "low", "close", "volume")
LENGTHS = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "1H": 60}
GRANULARITY = {
    "ONE_MINUTE": 1, "FIVE_MINUTE": 5, "FIFTEEN_MINUTE": 15, "THIRTY_MINUTE": 30, "ONE_HOUR": 60
}  # fmt: skip


def walk(symbol: str, first: datetime, last: datetime, seed: int = 1, thin: int = 1) -> Minutes:
    """Every `thin`th trading minute of a span, a random walk on the instrument's tick."""
    market, tick = symbol.rpartition(".")[2], shaped(symbol).tick
    begins: list[int] = []
    day = first.date()
    while day <= last.date():
        session = HOURS.on(market, day)
        for start, end in () if session is None else runs(session):
            begins += range(micros(start), micros(end), MINUTE)
        day += timedelta(days=1)
    kept = [begin for begin in begins if micros(first) <= begin < micros(last)][::thin]
    chance = np.random.default_rng(seed)
    step = tick if market in {"SH", "SZ", "BJ"} else 10 ** max(shaped(symbol).decimals - 2, 0)
    close = 100_000 * step + step * np.cumsum(chance.integers(-90, 91, len(kept)))
    opened = close + step * chance.integers(-50, 51, len(kept))
    spread = step * chance.integers(0, 40, (2, len(kept)))
    return Minutes(
        symbol=symbol,
        begins=np.array(kept, np.int64),
        open=opened,
        high=np.maximum(opened, close) + spread[0],
        low=np.minimum(opened, close) - spread[1],
        close=close,
        volume=(100 * chance.integers(1, 1000, len(kept))).astype(np.float64),
    )


@dataclass
class Bourse:
    """What the sources have up to their clock, and how they behave: well, refuse, html, gone, empty, odd."""

    clock: Callable[[], datetime]
    http: aiohttp.ClientSession
    bars: dict[str, Minutes] = field(default_factory=dict)
    mode: str = "well"
    most: int = 320  # rows of Tencent's
    asked: list[str] = field(default_factory=list)
    sites: dict[str, Source] = field(default_factory=dict)
    behind: timedelta = timedelta()  # how much older than now the newest trade is that they know

    def table(self, symbol: str, size: int) -> Table:
        """Bars up to the running one, which lasts until now."""
        now = self.clock() - self.behind
        whole = self.bars[symbol]
        known = int(np.searchsorted(whole.begins, micros(now)))
        cut = Minutes(symbol=symbol, **{name: getattr(whole, name)[:known] for name in COLUMNS})
        return gathered(cut, HOURS, timedelta(minutes=size), now + timedelta(minutes=1))

    async def answer(
        self, serve: Callable[[web.Request], web.Response], request: web.Request
    ) -> web.Response:
        """As a source that is well does, or one that is not."""
        self.asked.append(request.raw_path)
        answers: dict[str, Callable[[], web.Response]] = {
            "refuse": lambda: web.Response(status=429, headers={"Retry-After": "900"}),
            "ban": lambda: web.Response(status=418),
            "html": lambda: web.Response(text="<html>slide</html>"),
            "gone": lambda: web.Response(status=500),
            "empty": lambda: web.Response(text=""),
            "odd": lambda: web.json_response({"data": {"klines": 7}, "bars": 7, "candles": 7, "code": "1"}),
        }
        return answers[self.mode]() if self.mode in answers else serve(request)

    def _chinese(self, symbol: str, size: int, most: int) -> list[tuple[str, list[str], int]]:
        """(label of the end, prices o c h l, volume) of newest bars; with the opening auction's own row."""
        table, local = self.table(symbol, size), ZoneInfo(zone("SH"))
        rows = []
        for place in range(len(table)):
            begin, volume = int(table.begins[place]), int(table.volume[place])
            opened, high, low, close = (f"{price / 1000:.3f}" for price in table.prices[:, place])
            end = begin + size * MINUTE
            if size == 1 and moment_of(begin).astimezone(local).strftime("%H%M") == "0930":
                rows.append((begin, [opened] * 4, volume // 2))
                volume -= volume // 2
            rows.append((end, [opened, close, high, low], volume))
        return [
            (moment_of(end).astimezone(local).strftime("%Y-%m-%d %H:%M"), prices, volume)
            for end, prices, volume in rows[-most:]
        ]

    def tencent(self, request: web.Request) -> web.Response:
        """`mkline`: newest rows, 320 at most, volume in lots."""
        key, name, _, count = request.query["param"].split(",")
        symbol = f"{key[2:]}.{key[:2].upper()}"
        rows = [
            [label.translate({45: None, 32: None, 58: None}), *prices, f"{volume / 100:.2f}", {}, "0.01"]
            for label, prices, volume in self._chinese(symbol, int(name[1:]), min(int(count), self.most))
        ]
        return web.json_response({"code": 0, "data": {key: {"qt": {}, name: rows, "prec": "1"}}})

    def eastmoney(self, request: web.Request) -> web.Response:
        """`kline/get` with lmt newest rows."""
        number, code = request.query["secid"].split(".")
        symbol = f"{code}.{'SH' if number == '1' else 'SZ'}"
        rows = self._chinese(symbol, int(request.query["klt"]), int(request.query["lmt"]))
        texts = [
            ",".join([label, *prices, f"{volume / 100:.2f}", f"{volume * float(prices[1]):.2f}", "0"])
            for label, prices, volume in rows
        ]
        return web.json_response({"rc": 0, "data": {"code": code, "market": int(number), "klines": texts}})

    def sina(self, request: web.Request) -> web.Response:
        """JSON in a script; volume in shares."""
        key = request.query["symbol"]
        rows = self._chinese(f"{key[2:]}.{key[:2].upper()}", int(request.query["scale"]), 1970)
        found = [
            f'{{"day":"{label}:00","open":"{o}","high":"{h}","low":"{lo}","close":"{c}","volume":"{volume}"}}'
            for label, (o, c, h, lo), volume in rows[-int(request.query["datalen"]) :]
        ]
        return web.Response(
            text="/*<script>location.href='//sina.com';</script>*/\n=([" + ",".join(found) + "]);"
        )

    def _foreign(self, symbol: str, size: int) -> list[tuple[int, list[str], str]]:
        table = self.table(symbol, size)
        unit = 10 ** shaped(symbol).decimals
        return [
            (
                int(table.begins[place]) // 1000,
                [f"{price / unit:.8f}" for price in table.prices[:, place]],
                f"{table.volume[place]:.3f}",
            )
            for place in range(len(table))
        ]

    def binance(self, request: web.Request) -> web.Response:
        """`klines`: at most 1000 arrays, oldest first; no days."""
        asked = request.query
        if asked["interval"] == "1d":
            return web.json_response([])
        rows = self._foreign(f"{asked['symbol']}.BINANCE", LENGTHS[asked["interval"]])
        found = [
            [start, *prices, volume, start + 59_999, "1.0", 7, "1", "1", "0"]
            for start, prices, volume in rows
        ]
        return web.json_response(found[-min(int(asked["limit"]), 1000) :])

    def okx(self, request: web.Request) -> web.Response:
        """`candles`: at most 300, newest first."""
        asked = request.query
        rows = self._foreign(f"{asked['instId']}.OKX", LENGTHS[asked["bar"]])
        found = [[str(start), *prices, volume, volume, "1.0", "1"] for start, prices, volume in rows]
        return web.json_response(
            {"code": "0", "msg": "", "data": found[: -min(int(asked["limit"]), 300) - 1 : -1]}
        )

    def coinbase(self, request: web.Request) -> web.Response:
        """Those that start within a span, at most 350."""
        asked, name = request.query, request.path.split("/")[-2]
        rows = self._foreign(f"{name}.COINBASE", GRANULARITY[asked["granularity"]])
        first, last = int(asked["start"]), int(asked["end"])
        names = ("start", "open", "high", "low", "close", "volume")
        found = [
            dict(zip(names, (str(start // 1000), *prices, volume), strict=True))
            for start, prices, volume in rows
            if first <= start // 1000 <= last
        ]
        assert len(found) <= 350, "rejected by the real one"
        return web.json_response({"candles": found[::-1]})

    def alpaca(self, request: web.Request) -> web.Response:
        """Numbers, newest first, and bars of extended hours among them; a key is needed."""
        asked = request.query
        if request.headers.get("APCA-API-KEY-ID") != "canary":
            return web.Response(status=401)
        name, since = asked["symbols"], datetime.fromisoformat(asked["start"])
        found = [
            {"t": f"{moment_of(start * 1000):%Y-%m-%dT%H:%M:%SZ}", "n": 3, "vw": 1.0}
            | dict(zip("ohlc", map(float, prices), strict=True))
            | {"v": int(float(volume))}
            for start, prices, volume in self._foreign(
                f"{name}.US", int(asked["timeframe"].removesuffix("Min"))
            )
            if start * 1000 >= micros(since)
        ]
        night = {
            "t": "2025-11-25T10:00:00Z",
            "o": 1.0,
            "h": 1.0,
            "l": 1.0,
            "c": 1.0,
            "v": 5,
            "n": 1,
            "vw": 1.0,
        }
        bars = [*found[::-1], night][: int(asked["limit"])]
        return web.json_response({"bars": {name: bars}, "next_page_token": None})

    async def ask(self, site: Site, path: str) -> bytes:
        """Over HTTP, as `bot.history.upkeep` does."""
        headers = {"APCA-API-KEY-ID": "canary"} if site.name == "alpaca" else site.headers
        return (await fetch(self.http, self.sites[site.name].url + path, headers)).body


@asynccontextmanager
async def bourse(clock: Callable[[], datetime]) -> AsyncIterator[Bourse]:
    """All sources, running."""
    async with AsyncExitStack() as stack:
        made = Bourse(clock, await stack.enter_async_context(aiohttp.ClientSession()))
        for name in ("tencent", "eastmoney", "sina", "binance", "okx", "coinbase", "alpaca"):
            serve = pages(partial(made.answer, getattr(made, name)))
            made.sites[name] = await stack.enter_async_context(serve)
        yield made


def stamp(text: str) -> datetime:
    """A UTC moment: 2025-11-26 02:17:20."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
