"""Tencent's and Eastmoney's daily k-lines on loopback: made bars, by page, count and day as they do it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from aiohttp import web

from rules.model import History
from tests.bot.sources import Source, pages


def walk(
    symbol: str, days: list[date], ex: dict[date, float] | None = None, seed: int = 1
) -> tuple[History, History]:
    """Raw bars of a random walk and their backward series; `ex` is the cash of an ex-date in yuan."""
    chance, offset, price = np.random.default_rng(seed), 0.0, 30.0
    raw, backward = [], []
    for day in days:
        cash = (ex or {}).get(day, 0.0)
        price, offset = round(price - cash, 2), offset + cash
        bar = np.round(price * (1 + chance.normal(0, 0.01, 3)), 2)
        price = float(bar[2])
        prices = np.round(1000 * np.array((bar[0], bar.max(), bar.min(), bar[2]))).astype(np.int64)
        raw.append(prices)
        backward.append(prices + round(1000 * offset))
    return _history(symbol, days, raw), _history(symbol, days, backward)


def closes(symbol: str, days: list[date], prices: list[float]) -> tuple[History, History]:
    """Bars whose four prices are these closes, and that no dividend ever changed."""
    rows = [np.full(4, round(1000 * price), dtype=np.int64) for price in prices]
    return _history(symbol, days, rows), _history(symbol, days, rows)


def _history(symbol: str, days: list[date], prices: list[np.ndarray]) -> History:
    columns = np.array(prices, dtype=np.int64).reshape(-1, 4).T
    return History(
        symbol=symbol,
        dates=np.array(days, dtype="datetime64[D]"),
        open=columns[0],
        high=columns[1],
        low=columns[2],
        close=columns[3],
        volume=np.arange(100.0, 100.0 + 100 * len(days), 100.0)[: len(days)],
        factor=np.ones(len(days)),
    )


@dataclass
class Exchange:
    """What the sources have, and how they behave: well, refuse (403), html, gone (500)."""

    bars: dict[str, tuple[History, History]] = field(default_factory=dict)
    mode: str = "well"
    asked: list[str] = field(default_factory=list)
    sites: dict[str, Source] = field(default_factory=dict)

    def trouble(self, request: web.Request) -> web.Response | None:
        """The answer of a source that does not serve."""
        self.asked.append(request.raw_path)
        answers: dict[str, Callable[[], web.Response]] = {
            "refuse": lambda: web.Response(status=403),
            "html": lambda: web.Response(text="<html>slide</html>"),
            "gone": lambda: web.Response(status=500),
        }
        return answers[self.mode]() if self.mode in answers else None

    async def tencent(self, request: web.Request) -> web.Response:
        """`fqkline/get`: the newest rows, or those between two days; never more than 640."""
        if trouble := self.trouble(request):
            return trouble
        key, _, start, end, count, manner = request.query["param"].split(",")
        symbol = f"{key[2:]}.{key[:2].upper()}"
        bars = self.bars[symbol][manner == "hfq"]
        which = np.ones(len(bars.dates), dtype=np.bool_)
        if end:
            which = (bars.dates >= np.datetime64(start)) & (bars.dates <= np.datetime64(end))
        rows = [_cells(bars, int(place)) for place in np.flatnonzero(which)[-min(int(count), 640) :]]
        return web.json_response({"code": 0, "data": {key: {f"{manner}day": rows}}})

    async def eastmoney(self, request: web.Request) -> web.Response:
        """`kline/get`: everything from a day on."""
        if trouble := self.trouble(request):
            return trouble
        number, code = request.query["secid"].split(".")
        symbol = f"{code}.{'SH' if number == '1' else 'SZ'}"
        bars = self.bars[symbol][request.query["fqt"] == "2"]
        begin = request.query["beg"]
        rows = [_cells(bars, place) for place in range(len(bars.dates))]
        texts = [",".join([*row, "0"]) for row in rows if begin == "0" or row[0].replace("-", "") >= begin]
        return web.json_response({"rc": 0, "data": {"code": code, "market": int(number), "klines": texts}})


def _cells(bars: History, place: int) -> list[str]:
    prices = (column[place] / 1000 for column in (bars.open, bars.close, bars.high, bars.low))
    return [str(bars.dates[place]), *(f"{price:.2f}" for price in prices), f"{bars.volume[place] / 100:.0f}"]


@asynccontextmanager
async def exchange() -> AsyncIterator[Exchange]:
    """Both sources, running."""
    made = Exchange()
    async with pages(made.tencent) as tencent, pages(made.eastmoney) as eastmoney:
        made.sites = {"tencent": tencent, "eastmoney": eastmoney}
        yield made


def weekdays(first: date, last: date) -> list[date]:
    """Every weekday of a span."""
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]
