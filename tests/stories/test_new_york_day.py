"""A whole day of New York through the live Alpaca adapter, on the Monday after the clocks went forward."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.alpaca import KEY, SECRET, Venue, venue
from tests.fakes.klines import weekdays
from tests.stories.day import Hand, Live, hurried, live

__all__ = ["hurried"]  # a fixture

SYMBOL = "AAPL.US"
NEW_YORK = ZoneInfo("America/New_York")
DAYS = weekdays(date(2026, 2, 2), date(2026, 3, 6))
pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("hurried")]


def ny(clock: str) -> datetime:
    """New York's clock of Monday, 9 March 2026, as UTC."""
    return datetime.fromisoformat(f"2026-03-09T{clock}").replace(tzinfo=NEW_YORK).astimezone(UTC)


@dataclass
class NewYork:
    """The venue and the program that listens to it."""

    venue: Venue
    program: Live

    async def trade(self, clock: str, price: float, *conditions: str) -> None:
        """A print of a round lot, and the program has seen it."""
        await self._say(
            clock,
            {"T": "t", "i": 1, "x": "V", "p": price, "s": 100, "c": list(conditions) or ["@"], "z": "C"},
        )

    async def status(self, clock: str, code: str) -> None:
        """A halt or a resumption."""
        await self._say(clock, {"T": "s", "sc": code, "sm": "", "rc": "", "rm": "", "z": "C"})

    async def _say(self, clock: str, event: dict[str, object]) -> None:
        self.program.clock.time = ny(clock)
        seen = self.program.quotes
        await self.venue.say(event | {"S": "AAPL", "t": ny(clock)})
        if event["T"] == "t" or event["sc"] == "H":
            await self.program.until(f"the event at {clock}", lambda: self.program.quotes > seen)

    async def rings(self, count: int, when: str) -> None:
        """So many rings up to now, no more and no fewer."""
        await self.program.until(f"{count} rings {when}", lambda: self.program.rings >= count)
        assert self.program.rings == count, (when, self.program.states)


@asynccontextmanager
async def new_york(folder: Path) -> AsyncIterator[NewYork]:
    """Pre-market; the shares closed at 100 on Friday, under their average of 102."""
    (folder / "history").mkdir()
    prices = [102.0] * (len(DAYS) - 1) + [100.0]
    rows = "".join(f"{day},{p},{p},{p},{p},1000\n" for day, p in zip(DAYS, prices, strict=True))
    (folder / "history" / f"{SYMBOL}.csv").write_text(f"date,open,high,low,close,volume\n{rows}", "utf-8")
    async with venue() as made:
        made.today = {"t": "2026-03-06T05:00:00Z", "o": 100, "h": 100, "l": 100, "c": 100, "v": 5000}
        env = {
            "TICKBELL_FEEDS": "alpaca",
            "TICKBELL_ALPACA_KEY": KEY,
            "TICKBELL_ALPACA_SECRET": SECRET,
            "TICKBELL_ALPACA_WS_URL": made.ws,
            "TICKBELL_ALPACA_REST_URL": made.rest,
        }
        async with live(folder, Hand(ny("07:55:00")), **env) as program:
            yield NewYork(made, program)


async def test_a_whole_day_after_the_clocks_changed(tmp_path: Path) -> None:
    """Pre-market rings nothing, 09:30 does at 13:30 UTC, a halt is told, 16:00 confirms, then quiet."""
    assert ny("09:30:00") == datetime(2026, 3, 9, 13, 30, tzinfo=UTC), "an hour earlier than on Friday"
    async with new_york(tmp_path) as day:
        program = day.program
        await program.alert(SYMBOL, "price > 105", "change > 2%", "reclaim ma(5)", "halted", "resumed")
        await program.until("a subscription", lambda: any("AAPL" in one for one in day.venue.snapshots))

        for clock, price in (("08:00:00", 103), ("08:30:00", 106), ("09:29:59", 104)):
            await day.trade(clock, price, "@", "T")
        await day.rings(0, "before the open")

        # 2.5 % up at the open, and back above the average of five days.
        await day.trade("09:30:00", 102.5)
        await day.rings(2, "at the open")
        await day.trade("10:29:50", 102.6)
        await day.status("10:30:00", "H")
        await day.rings(3, "at the halt")
        await day.status("10:35:00", "T")
        await day.trade("10:35:01", 102.7)
        await day.rings(4, "at the resumption")

        await day.trade("15:59:59", 103)
        await program.told("reclaim ma(5)", "provisional")
        program.clock.time = ny("16:00:50")
        await day.rings(4, "at the close")
        program.clock.time = ny("16:01:05")
        await program.told("reclaim ma(5)", "confirmed")

        for clock, price in (("16:05:00", 106), ("18:30:00", 107), ("19:59:59", 106)):
            await day.trade(clock, price, "@", "T")
        await day.rings(4, "in the evening")
        assert program.states == {
            "change > 2%": "fired",
            "reclaim ma(5)": "confirmed",
            "halted": "fired",
            "resumed": "fired",
        }
