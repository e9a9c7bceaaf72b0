"""Daily bars of coins and US shares on loopback: whole histories, by page and span as sources serve them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import aiohttp
import numpy as np
from aiohttp import web

from bot.feed import fetch
from bot.history.courtesy import Site
from rules.model import History
from tests.bot.sources import Source, pages

DAY = timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")
REFUSALS: dict[str, Callable[[], web.Response]] = {
    "refuse": lambda: web.Response(status=429, headers={"Retry-After": "900"}),
    "html": lambda: web.Response(text="<html>Too Many Requests</html>"),
    "gone": lambda: web.Response(status=500),
    "odd": lambda: web.json_response(
        {"data": 7, "bars": 7, "candles": 7, "code": "1", "msg": "no", "chart": 7}
    ),
}


def coin(symbol: str, first: date, last: date) -> History:
    """A random walk on every day, in hundredths."""
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    chance = np.random.default_rng(5)
    close = 10**6 * (2_000_000 + np.cumsum(chance.integers(-9000, 9000, len(days))))
    opened = np.roll(close, 1)
    spread = 10**6 * chance.integers(0, 4000, (2, len(days)))
    return History(
        symbol=symbol,
        dates=days,
        open=opened,
        high=np.maximum(opened, close) + spread[0],
        low=np.minimum(opened, close) - spread[1],
        close=close,
        volume=chance.integers(1, 10**6, len(days)) / 8,
        factor=np.ones(len(days)),
    )


@dataclass
class World:
    """What the sources have up to a day, and how they behave."""

    today: date
    http: aiohttp.ClientSession
    bars: dict[str, History] = field(default_factory=dict)
    splits: dict[date, int] = field(default_factory=dict)  # of every share: shares for one
    mode: str = "well"
    asked: list[str] = field(default_factory=list)
    sites: dict[str, Source] = field(default_factory=dict)

    async def answer(
        self, serve: Callable[[web.Request], web.Response], request: web.Request
    ) -> web.Response:
        """As a source that is well does, or one that is not."""
        self.asked.append(request.raw_path)
        return REFUSALS[self.mode]() if self.mode in REFUSALS else serve(request)

    async def ask(self, site: Site, path: str) -> bytes:
        """Over HTTP."""
        return (await fetch(self.http, self.sites[site.name].url + path, site.headers)).body

    def _rows(self, symbol: str, unit: int) -> list[tuple[date, list[float], float]]:
        bars = self.bars[symbol]
        columns = (bars.open, bars.high, bars.low, bars.close)
        return [
            (day, [column[place] / unit for column in columns], float(bars.volume[place]))
            for place, day in enumerate(bars.dates.tolist())
            if day <= self.today
        ]

    def _coins(self, symbol: str) -> list[tuple[int, list[str], str]]:
        return [
            (
                int(datetime.combine(day, time(), UTC).timestamp()) * 1000,
                [f"{p:.2f}" for p in prices],
                f"{volume}",
            )
            for day, prices, volume in self._rows(symbol, 10**8)
        ]

    def binance(self, request: web.Request) -> web.Response:
        """Up to an end, at most 1000, oldest first."""
        asked = request.query
        rows = [
            [start, *prices, volume, start + 86_399_999, "1.0", 7, "1", "1", "0"]
            for start, prices, volume in self._coins(f"{asked['symbol']}.BINANCE")
            if start <= int(asked.get("endTime", start))
        ]
        return web.json_response(rows[-min(int(asked["limit"]), 1000) :])

    def okx(self, request: web.Request) -> web.Response:
        """Newest first: at most 300 of 1440, or 100 of all of them before a time."""
        asked = request.query
        is_history = request.path.endswith("history-candles")
        rows = [
            [str(start), *prices, volume, "1.0", "1.0", "1"]
            for start, prices, volume in self._coins(f"{asked['instId']}.OKX")
            if start < int(asked.get("after", start + 1))
        ]
        most = min(int(asked["limit"]), 100 if is_history else 300)
        return web.json_response({"code": "0", "msg": "", "data": rows[: -most - 1 : -1]})

    def coinbase(self, request: web.Request) -> web.Response:
        """Between two times; more than 350 are refused."""
        asked, name = request.query, request.path.split("/")[-2]
        first, last = int(asked["start"]), int(asked["end"])
        names = ("start", "open", "high", "low", "close", "volume")
        found = [
            dict(zip(names, (str(start // 1000), *prices, volume), strict=True))
            for start, prices, volume in self._coins(f"{name}.COINBASE")
            if first <= start // 1000 <= last
        ]
        if last - first > 350 * 86_400:
            return web.json_response({"error": "INVALID_ARGUMENT"}, status=400)
        return web.json_response({"candles": found[::-1]})

    def _times(self, day: date) -> int:
        """How many of today's shares one of that day is."""
        return int(np.prod([ratio for when, ratio in self.splits.items() if when > day] or [1]))

    def alpaca(self, request: web.Request) -> web.Response:
        """Newest first, raw or adjusted for splits to four decimals; a day is its midnight in New York."""
        asked = request.query
        found = []
        for day, prices, volume in self._rows(f"{asked['symbols']}.US", 10**4):
            times = self._times(day) if asked["adjustment"] == "split" else 1
            begin = datetime.combine(day, time(), NEW_YORK).astimezone(UTC)
            bar = dict(zip("ohlc", (round(price / times, 4) for price in prices), strict=True))
            if str(day) >= asked["start"]:
                found.append(
                    {"t": f"{begin:%Y-%m-%dT%H:%M:%SZ}", "v": int(volume * times), "n": 1, "vw": 1.0} | bar
                )
        return web.json_response({"bars": {asked["symbols"]: found[::-1]}, "next_page_token": None})

    def yahoo(self, request: web.Request) -> web.Response:
        """Prices of today's shares in 32 bits, a null row, splits beside them; errors are in the answer."""
        asked, name = request.query, request.path.rpartition("/")[2]
        if f"{name}.US" not in self.bars:
            error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
            return web.json_response({"chart": {"result": None, "error": error}}, status=404)
        quote: dict[str, list[float | None]] = {key: [] for key in ("open", "high", "low", "close", "volume")}
        stamps = []
        for day, prices, volume in self._rows(f"{name}.US", 10**4):
            opening = int(datetime.combine(day, time(9, 30), NEW_YORK).timestamp())
            if int(asked["period1"]) <= opening < int(asked["period2"]):
                stamps.append(opening)
                told = [float(np.float32(price / self._times(day))) for price in prices]
                for key, value in zip(quote, (*told, volume * self._times(day)), strict=True):
                    quote[key].append(value)
        stamps.append(stamps[-1] + 1)
        for column in quote.values():
            column.append(None)
        splits = {}
        for day, ratio in self.splits.items():
            at = int(datetime.combine(day, time(9, 30), NEW_YORK).timestamp())
            if int(asked["period1"]) <= at < int(asked["period2"]):
                splits[str(at)] = {
                    "date": at,
                    "numerator": ratio,
                    "denominator": 1,
                    "splitRatio": f"{ratio}:1",
                }
        result = {
            "meta": {"symbol": name, "currency": "USD", "gmtoffset": -18000},
            "timestamp": stamps,
            "indicators": {"quote": [quote], "adjclose": [{"adjclose": []}]},
        } | ({"events": {"splits": splits}} if splits else {})
        return web.json_response({"chart": {"result": [result], "error": None}})


@asynccontextmanager
async def world(today: date) -> AsyncIterator[World]:
    """All sources, running."""
    async with AsyncExitStack() as stack:
        made = World(today, await stack.enter_async_context(aiohttp.ClientSession()))
        for name in ("binance", "okx", "coinbase", "alpaca", "yahoo"):
            serve = pages(partial(made.answer, getattr(made, name)))
            made.sites[name] = await stack.enter_async_context(serve)
        yield made
