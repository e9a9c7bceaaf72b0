"""The market's roll: every share of China with name, listing day and share count, kept in a file.

Funds and indices stand beside them by name; where a list of theirs fails, those of the last copy stay. Asked
for once a day while the market rests, half a second a page, for bursts are answered by bans; what is in the
file serves without a network. Fields of its lists: f26 listing day, f38 shares (efinance's and akshare's
tables of fields).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from bot.errors import FeedError
from bot.files import lists
from bot.formats.boards import PAUSE, count_in, scan, symbol_of_row, word_in
from bot.formats.push2 import Row
from bot.master.listing import shaped
from bot.master.reference import Reference
from handlers.ports import Clock
from rules.model import Instrument, Kind

log = logging.getLogger(__name__)

FILE = "instruments.csv"
FIELDS = "f12,f13,f14,f26,f38"
# Main board, ChiNext, STAR and Beijing, as the site's own list of all A-shares has them.
SHARES = "m:0+t:6,m:0+t:80,m:1+t:2,m:1+t:23,m:0+t:81+s:2048"
# Traded funds (ETF and LOF), and the indices of Shanghai and Shenzhen: akshare's filters of those pages.
OTHERS = MappingProxyType(
    {
        Kind.FUND: ",".join(f"b:MK{number:04}" for number in (21, 22, 23, 24, 827, 404, 405, 406, 407)),
        Kind.INDEX: "m:1+t:1,m:0+t:5",
    }
)
HEADER = ("symbol", "name", "listed", "shares", "shares_as_of")
OLD = timedelta(hours=20)  # a copy older than this is asked for anew
AGAIN = timedelta(hours=2)  # after an answer that failed
RESTS = range(12, 22)  # hours UTC at which China sleeps or has closed for long


async def fetched(ask: Callable[[str], Awaitable[bytes]], today: date, pause: timedelta) -> list[Instrument]:
    """The whole roll; FeedError where pages are missing, so that half a roll is never taken."""
    found = (_instrument(row, today) for row in await scan(ask, SHARES, pause, FIELDS))
    roll = [one for one in found if one is not None]
    if not roll:
        raise FeedError("eastmoney: a list without shares")
    return roll


async def others(ask: Callable[[str], Awaitable[bytes]], kind: Kind, pause: timedelta) -> list[Instrument]:
    """Funds or indices by name; FeedError where pages are missing."""
    found = (_instrument(row, None) for row in await scan(ask, OTHERS[kind], pause, FIELDS))
    return [one for one in found if one is not None and one.kind is kind]


def _instrument(row: Row, today: date | None) -> Instrument | None:
    """The instrument of a row; its share count only with the day it is of."""
    symbol, name = symbol_of_row(row), word_in(row, "f14")
    if symbol is None or symbol.startswith("@") or name == "-":
        return None
    shares = (count_in(row, "f38") or None) if today else None
    return replace(
        shaped(symbol),
        name=name,
        listed=_day(str(count_in(row, "f26"))),
        shares=shares,
        shares_as_of=today if shares else None,
    )


def write(folder: Path, roll: Sequence[Instrument]) -> None:
    """Keep a roll in the data folder."""
    rows = (
        (one.symbol, one.name, one.listed or "", one.shares or "", one.shares_as_of or "") for one in roll
    )
    lists.write(folder / FILE, HEADER, rows)


def read(folder: Path) -> list[Instrument]:
    """The last copy, as far as there is one."""
    return lists.read(folder / FILE, _kept)


def _kept(row: Mapping[str, str]) -> Instrument:
    return replace(
        shaped(row["symbol"]),
        name=row["name"],
        listed=date.fromisoformat(row["listed"]) if row["listed"] else None,
        shares=int(row["shares"]) if row["shares"] else None,
        shares_as_of=date.fromisoformat(row["shares_as_of"]) if row["shares_as_of"] else None,
    )


class Refresher:
    """Takes the roll anew once a day, into the master and the data folder."""

    def __init__(
        self, folder: Path, master: Reference, ask: Callable[[str], Awaitable[bytes]], clock: Clock
    ) -> None:
        self._folder, self._master, self._ask, self._clock = folder, master, ask, clock
        self._tried = datetime.min.replace(tzinfo=UTC)
        self.pause = PAUSE

    @property
    def is_due(self) -> bool:
        """Whether the copy is missing or old, the market rests, and the last failure is long ago."""
        now, file = self._clock.now(), self._folder / FILE
        if now - self._tried < AGAIN or (file.is_file() and now.hour not in RESTS):
            return False
        made = file.stat().st_mtime if file.is_file() else 0.0
        return now - datetime.fromtimestamp(made, UTC) > OLD

    async def refresh(self) -> bool:
        """Take it now; False, and everything as it was, where the source fails."""
        self._tried = self._clock.now()
        try:
            roll = await fetched(self._ask, self._tried.date(), self.pause)
        except FeedError as error:
            log.warning("the list of instruments stays as it was: %s", error)
            return False
        for kind in OTHERS:
            roll += await self._others(kind)
        await asyncio.to_thread(write, self._folder, roll)
        self._master.enroll(roll)
        return True

    async def _others(self, kind: Kind) -> list[Instrument]:
        """What the source says of a kind, else what the last copy has of it."""
        try:
            return await others(self._ask, kind, self.pause)
        except FeedError as error:
            log.warning("the list of %s instruments stays as it was: %s", kind, error)
            return [one for one in read(self._folder) if one.kind is kind]

    async def look(self) -> None:
        """One turn of the schedule."""
        if self.is_due:
            await self.refresh()


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
