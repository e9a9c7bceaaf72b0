"""Eastmoney's boards as groups, kept in a file: industries, concepts (indices among them) and regions.

The lists are seven pages, the members of all boards a thousand: so the lists are taken once a night and the
members a few boards at a time, those that somebody listens to first. Bursts are answered by bans, and a ban
hits quotes too, so a failure is followed by half an hour without a question, then an hour, then two.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from bot.errors import FeedError
from bot.feed import RefusedError
from bot.files import lists
from bot.formats.boards import PAUSE, Family, boards, members
from bot.master.reference import Group, Reference
from bot.master.roll import RESTS
from handlers.ports import Clock

log = logging.getLogger(__name__)

FILE = "boards.csv"
HEADER = ("group", "name", "as_of", "members")
SOURCE = "eastmoney"
LISTED = timedelta(hours=20)  # after which the lists are taken anew, by night
FRESH, OLD = timedelta(hours=20), timedelta(days=7)  # ages of members: of what is listened to, of the rest
NIGHTLY, DAILY = 10, 1  # boards asked about in one turn, by night and while China trades
FIRST_REST, LAST_REST = timedelta(minutes=30), timedelta(hours=8)
NEVER = datetime.min.replace(tzinfo=UTC)
# Boards that are an index's members, by better names than their own ("HS300_"); taken whether listed or not.
# Behind @ and `any` the index's own names mean them.
INDICES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"@bk0500": ("沪深300", "CSI 300"), "@bk0611": ("上证50", "SSE 50"), "@bk0701": ("中证500", "CSI 500")}
)


def write(folder: Path, groups: Sequence[Group]) -> None:
    """Keep the boards in the data folder."""
    rows = (
        (one.symbol, one.name, one.as_of.isoformat() if one.as_of else "", " ".join(one.members))
        for one in groups
    )
    lists.write(folder / FILE, HEADER, rows)


def read(folder: Path) -> list[Group]:
    """The last copy, as far as there is one."""
    return lists.read(folder / FILE, _kept)


def _kept(row: Mapping[str, str]) -> Group:
    return replace(
        _named(row["group"], row["name"]),
        members=tuple(row["members"].split()),
        as_of=datetime.fromisoformat(row["as_of"]).astimezone(UTC) if row["as_of"] else None,
    )


def _named(symbol: str, name: str) -> Group:
    """A board without members; it has no other name in English, and its code says nothing to anybody."""
    if symbol not in INDICES:
        return Group(symbol=symbol, name=name, english=name, members=(), source=SOURCE)
    chinese, english = INDICES[symbol]
    return Group(
        symbol=symbol,
        name=f"{chinese}成份股",
        english=f"{english} members",
        aliases=INDICES[symbol],
        members=(),
        source=SOURCE,
    )


class Sectors:
    """Keeps the boards of a data folder and of the master up to date, a few questions at a time."""

    def __init__(
        self,
        folder: Path,
        master: Reference,
        ask: Callable[[str], Awaitable[bytes]],
        clock: Clock,
        wanted: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        """`wanted` are groups that somebody listens to, as far as this process knows."""
        self._folder, self._master, self._ask, self._clock = folder, master, ask, clock
        self._wanted = wanted
        self._groups = {group.symbol: group for group in read(folder)}
        self._listed: datetime | None = None  # when the lists were taken last by this process
        self._tried: dict[str, datetime] = {}  # boards of which nothing came
        self._until, self._failures = NEVER, 0
        self.pause = PAUSE

    async def look(self) -> None:
        """One turn: what is due now, a little of it; what the source does not answer changes nothing."""
        now = self._clock.now()
        if now < self._until:
            return
        known = dict(self._groups)
        try:
            if self._must_list(now):
                await self._list(now)
            for symbol in list(self._due(now)):
                await self._fill(symbol, now)
        except FeedError as error:
            self._rest(now, error)
        if self._groups != known:
            await self._keep(known)

    async def _keep(self, known: Mapping[str, Group]) -> None:
        """Write the copy beside the loop, so that no quote waits for a disk; tell the master what is new."""
        groups = list(self._groups.values())
        await asyncio.to_thread(write, self._folder, groups)
        if known.keys() - self._groups.keys():
            self._master.replace(SOURCE, groups)
        else:
            self._master.update(one for one in groups if known.get(one.symbol) != one)

    def _must_list(self, now: datetime) -> bool:
        """At once where nothing is known, else by night, once a process or day."""
        if not self._groups:
            return True
        return now.hour in RESTS and (self._listed is None or now - self._listed >= LISTED)

    async def _list(self, now: datetime) -> None:
        """All boards' names, their members as they were; FeedError where a page, or all of it, is missing."""
        found = [board for family in Family for board in await boards(self._ask, family, self.pause)]
        if not found:
            raise FeedError("eastmoney: a list without boards")
        names = dict.fromkeys(INDICES, "") | {one.symbol: one.name for one in found}
        self._groups = {
            one.symbol: replace(self._groups.get(one.symbol, one), name=one.name, english=one.english)
            for one in (_named(symbol, name.strip("_")) for symbol, name in names.items())
        }
        self._listed, self._failures = now, 0

    def _due(self, now: datetime) -> Iterator[str]:
        """Boards to ask about now: listened to, indices, unknown, old; never one that failed today."""
        wanted, is_night = self._wanted(), now.hour in RESTS
        found = []
        for symbol, group in self._groups.items():
            if now - self._tried.get(symbol, NEVER) < FRESH:
                continue
            age = OLD if symbol not in wanted else FRESH
            if group.as_of is None or (is_night and now - group.as_of >= age):
                is_later = symbol not in wanted, symbol not in INDICES
                found.append((*is_later, group.as_of or NEVER, symbol))
        yield from (symbol for *_, symbol in sorted(found)[: NIGHTLY if is_night else DAILY])

    async def _fill(self, symbol: str, now: datetime) -> None:
        """One board's members; FeedError where the source does not tell them whole."""
        self._tried[symbol] = now
        found = await members(self._ask, symbol, self.pause)
        self._groups[symbol] = replace(self._groups[symbol], members=found, as_of=now)
        self._tried.pop(symbol)
        self._failures = 0

    def _rest(self, now: datetime, error: FeedError) -> None:
        """Leave the source alone, longer each time, and at least as long as it asks."""
        rest = min(FIRST_REST * 2**self._failures, LAST_REST)
        if isinstance(error, RefusedError) and error.after is not None:
            rest = max(rest, error.after)
        self._failures, self._until = self._failures + 1, now + rest
        log.warning("boards stay as they were, asked again in %d min: %s", rest.total_seconds() // 60, error)
