"""Eastmoney's boards: industries, concepts and regions with their members and leaders, and scans of lists.

A page holds at most 100 rows, and rows move between pages while they are sorted by something that moves, so
every scan sorts by code. It is slow on purpose, half a second a page: bursts are answered by bans.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import TypeAlias

import msgspec

from bot.errors import FeedError
from bot.formats.numeral import figure
from bot.formats.push2 import Row, message, rows, signed, text
from bot.formats.secid import symbol_in

PAGE = 100  # rows, since 2025
PAUSE = timedelta(seconds=0.5)  # between two pages
MOST_PAGES = 100
CODES = "f2,f3,f12,f13,f14,f62,f104,f105,f124,f128,f136,f140,f141"
PERCENT = 100
MOST_COUNT = 2**40  # of shares; times are far below
Ask: TypeAlias = Callable[[str], Awaitable[bytes]]  # path and query -> body
_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)
TOTAL = msgspec.json.Decoder(int)


class Family(StrEnum):
    """Which boards: their name in Eastmoney's filters."""

    INDUSTRY = "2"
    CONCEPT = "3"
    REGION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """The member that leads a board."""

    symbol: str
    name: str
    change: float | None  # fraction of its previous close


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One board as of a moment; `members` is empty until they were asked for."""

    symbol: str  # "@bk1128"
    name: str
    change: float | None  # fraction, of the board's own index
    advancers: int
    decliners: int
    inflow: float | None  # yuan of the day so far: see bot.formats.push2.INFLOW
    leaders: tuple[Leader, ...]
    members: tuple[str, ...] = ()
    as_of: datetime


def listing(family: Family) -> str:
    """The filter of all boards of a family."""
    return f"m:90+t:{family}+f:!50"


def membership(board: str) -> str:
    """The filter of a board's members: "@bk1128" -> "b:BK1128+f:!50"."""
    return f"b:{board[1:].upper()}+f:!50"


async def scan(ask: Ask, filters: str, pause: timedelta = PAUSE, fields: str = CODES) -> list[Row]:
    """Every row of a filtered list, each code once; FeedError where pages do not add up to the total."""
    total, page = _page(await ask(_path(filters, 1, fields)))
    found = {(text(row, "f13"), text(row, "f12")): row for row in page}
    size = len(page) or PAGE  # pages have become shorter before
    for number in range(2, min(ceil(total / size), MOST_PAGES) + 1):
        await asyncio.sleep(pause.total_seconds())
        total, page = _page(await ask(_path(filters, number, fields)))
        found.update(((text(row, "f13"), text(row, "f12")), row) for row in page)
    if len(found) < total:
        raise FeedError(f"eastmoney: a short list: {len(found)} rows of {total}")
    return list(found.values())


async def boards(ask: Ask, family: Family, pause: timedelta = PAUSE) -> list[Board]:
    """All boards of a family, without members."""
    found = (_board(row) for row in await scan(ask, listing(family), pause))
    return [board for board in found if board is not None]


async def members(ask: Ask, board: str, pause: timedelta = PAUSE) -> tuple[str, ...]:
    """Full symbols of a board's members, in order of code."""
    found = (symbol_of_row(row) for row in await scan(ask, membership(board), pause))
    return tuple(symbol for symbol in found if symbol is not None)


def read(payload: bytes) -> list[Board]:
    """The boards of one page; rows of other things are left out."""
    _, page = _page(payload)
    return [board for board in map(_board, page) if board is not None]


def _path(filters: str, number: int, fields: str) -> str:
    page = f"/api/qt/clist/get?pn={number}&pz={PAGE}&po=0&np=1"
    return f"{page}&fltt=2&invt=2&fid=f12&fs={filters}&fields={fields}"


def _page(payload: bytes) -> tuple[int, Sequence[Row]]:
    data = message(payload).data
    if data is None or "diff" not in data or "total" not in data:
        raise FeedError(f"eastmoney: no list in the answer: {payload[:40]!r}")
    try:
        total = TOTAL.decode(data["total"])
    except msgspec.MsgspecError as error:
        raise FeedError("eastmoney: a list without a total") from error
    return total, list(rows(data["diff"]).values())


def _board(row: Row) -> Board | None:
    """The board of a row, None where it is none; ValueError never: what cannot be read is absent."""
    symbol = symbol_of_row(row)
    if symbol is None or not symbol.startswith("@"):
        return None
    leader = _symbol(row, "f141", "f140")
    return Board(
        symbol=symbol,
        name=word_in(row, "f14"),
        change=_share(row, "f3"),
        advancers=count_in(row, "f104"),
        decliners=count_in(row, "f105"),
        inflow=_sum(row, "f62"),
        leaders=(Leader(symbol=leader, name=word_in(row, "f128"), change=_share(row, "f136")),)
        if leader
        else (),
        as_of=datetime.fromtimestamp(count_in(row, "f124"), UTC),
    )


def symbol_of_row(row: Row) -> str | None:
    """Whose row it is, None for what is not ours."""
    return _symbol(row, "f13", "f12")


def _symbol(row: Row, market: str, code: str) -> str | None:
    number = word_in(row, market)
    return symbol_in(int(number), word_in(row, code)) if _NUMBER.fullmatch(number) else None


def word_in(row: Row, field: str) -> str:
    """A value as it was written, "-" where it is absent or no text."""
    try:
        return text(row, field)
    except ValueError:
        return "-"


def _sum(row: Row, field: str) -> float | None:
    try:
        return signed(word_in(row, field))
    except ValueError:
        return None


def _share(row: Row, field: str) -> float | None:
    percent = _sum(row, field)
    return None if percent is None else percent / PERCENT


def count_in(row: Row, field: str) -> int:
    """A whole number; 0 where it is absent or none."""
    try:
        return min(int(figure(word_in(row, field)) or 0), MOST_COUNT)
    except ValueError:
        return 0
