"""A whole day of Shanghai and Shenzhen through the live Tencent adapter: what rings, and when nothing may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.bot.china import Market, Tencent, market, tencent, utc
from tests.fakes.klines import closes, exchange, weekdays
from tests.stories.day import Hand, Live, hurried, live

__all__ = ["hurried"]  # a fixture

SYMBOL, OTHER = "300308.SZ", "600519.SH"
DAYS = weekdays(date(2025, 10, 1), date(2025, 11, 25))
RULES = ("price > 10.5", "change > 2%", "reclaim ma(5)", "price >= 10.32", "price > 10.35")
NOTHING: dict[str, Any] = {"open": 0.0, "high": 0.0, "low": 0.0, "volume": 0}  # has traded yet
pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("hurried")]


@dataclass
class Shanghai:
    """The exchange, the source that shows it, and the program that reads that."""

    made: Market
    source: Tencent
    program: Live

    async def at(self, clock: str, price: float, symbol: str = SYMBOL, **fields: float) -> None:
        """The clock moves, the instrument prints, and the program has seen it."""
        self.program.clock.time = utc(clock)
        now = self.made.stocks[symbol]
        told = {"high": max(now.high, price), "low": min(now.low, price), "volume": now.volume + 1000}
        for other in self.made.stocks.keys() - {symbol}:
            self.made.put(other, time=utc(clock))
        self.made.put(symbol, last=price, time=utc(clock), **(told | fields))
        asked = len(self.source.site.asked) + 3
        await self.program.until(f"polls at {clock}", lambda: len(self.source.site.asked) >= asked)

    async def rings(self, count: int, when: str) -> None:
        """So many rings up to now, no more and no fewer."""
        await self.program.until(f"{count} rings {when}", lambda: self.program.rings >= count)
        assert self.program.rings == count, (when, self.program.states)


@asynccontextmanager
async def shanghai(folder: Path) -> AsyncIterator[Shanghai]:
    """The morning of 2025-11-26 before anything has traded; bars up to the day before come from k-lines."""
    made = market(SYMBOL, OTHER)
    for symbol in made.stocks:
        made.put(symbol, last=0.0, open=0.0, high=0.0, low=0.0, volume=0, time=utc("09:10:00"))
    async with tencent(made) as source, exchange() as bars:
        for symbol in (SYMBOL, OTHER):
            bars.bars[symbol] = closes(symbol, DAYS, [10.2] * (len(DAYS) - 1) + [10.0])
        env = {
            "TICKBELL_FEEDS": "tencent",
            "TICKBELL_TENCENT_REST_URL": source.urls["rest"],
            "TICKBELL_TENCENT_KLINES_URL": bars.sites["tencent"].url,
        }
        async with live(folder, Hand(utc("09:10:00")), **env) as program:
            yield Shanghai(made, source, program)


async def morning(day: Shanghai) -> None:
    """From the first orders to the end of lunch: two rings, both at the open."""
    # 09:15 to 09:25: orders may be taken back; the indicative price is far above every level.
    for clock in ("09:15:03", "09:20:00", "09:24:57"):
        await day.at(clock, 10.6, **NOTHING)
    await day.at("09:24:59", 9.5, OTHER, **NOTHING)
    await day.at("09:27:00", 10.25, **NOTHING)
    await day.rings(0, "in the auction")

    # The open: 2.5 % up, and back above the average that yesterday's close was below.
    await day.at("09:30:03", 10.25, open=10.25, high=10.25, low=10.25)
    await day.rings(2, "at the open")
    await day.at("09:30:06", 10.0, OTHER, open=10.0, high=10.0, low=10.0)
    await day.at("11:29:57", 10.27)

    # Lunch: whatever the source shows, nobody trades.
    await day.at("11:45:00", 10.6, high=10.27)
    await day.at("12:30:00", 9.5, OTHER, low=10.0)
    await day.at("12:58:00", 10.0, OTHER, low=10.0)
    await day.at("12:58:03", 10.27)
    await day.rings(2, "at lunch")


async def afternoon(day: Shanghai) -> None:
    """From where the morning ended to the closing auction's one print: two rings more."""
    for clock, price, symbol in (("13:00:03", 10.27, SYMBOL), ("13:45:00", 10.0, OTHER)):
        await day.at(clock, price, symbol)
    await day.rings(2, "when trade goes on")
    await day.at("14:00:00", 9.89, OTHER)
    await day.rings(3, "in the afternoon")
    for clock in ("14:56:57", "14:58:30"):
        await day.at(clock, 10.28)
    await day.rings(3, "before the closing print")
    await day.at("15:00:00", 10.33)
    await day.rings(4, "at the closing print")


async def evening(day: Shanghai) -> None:
    """The bar confirms at 15:01; fixed-price trade and the source's running clock ring nothing."""
    await day.program.told("reclaim ma(5)", "provisional")
    await day.at("15:00:45", 10.33)
    assert day.program.states["reclaim ma(5)"] == "provisional", "the close is not final before 15:01"
    await day.at("15:01:05", 10.33)
    await day.program.told("reclaim ma(5)", "confirmed")
    for clock, price in (("15:05:03", 10.6), ("15:29:57", 10.6), ("15:34:59", 10.4), ("16:29:45", 10.4)):
        await day.at(clock, price)
    await day.at("16:30:00", 9.5, OTHER)
    await day.rings(4, "after the close")


async def test_a_whole_day_rings_in_its_sessions_alone(tmp_path: Path) -> None:
    """Auction, open, lunch, closing auction, the close that confirms, and the clock that runs on after it."""
    async with shanghai(tmp_path) as day:
        program, archive = day.program, day.program.app.scene.archive
        assert archive is not None
        await program.alert(SYMBOL, *RULES)
        await program.alert(OTHER, "price < 9.9", "lose ma(5)")
        await program.until("bars", lambda: all(map(archive.get, (SYMBOL, OTHER))))
        await morning(day)
        await afternoon(day)
        await evening(day)
        assert program.states == {
            "change > 2%": "fired",
            "reclaim ma(5)": "confirmed",
            "price < 9.9": "fired",
            "price >= 10.32": "fired",
        }
