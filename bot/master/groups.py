"""The operator's groups file, read again when it changed; what it says stands before any other source."""

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bot.errors import InputError
from bot.files import lists
from bot.files.table import CellError, Row, rows, short, word
from bot.master.reference import Group, Reference
from handlers.lists import WATCHLIST
from rules.model import Instrument, Kind

log = logging.getLogger(__name__)
EVERY = timedelta(seconds=5)
NEEDS = ("group", "members")
COLUMNS = (*NEEDS, "name", "english", "pinyin", "aliases")
_SYMBOL = re.compile(r"@[a-z0-9][a-z0-9-]{0,39}")
_RESERVED = frozenset({"@chat", f"@{WATCHLIST}"})


def master(file: str) -> Reference:
    """The shipped master with the groups of a file, where one is named; InputError where it has a fault."""
    found = Reference.load()
    if file:
        GroupFile(Path(file), found).load()
    return found


class GroupFile:
    """One file (columns group, name, english, pinyin, aliases, members) and the master it is read into."""

    def __init__(self, path: Path, master: Reference) -> None:
        self._path, self._master = path, master
        self._seen: tuple[int, int, int] | None = None  # what the file looked like when it was read

    def load(self) -> None:
        """Read it; InputError names the file, line and column of the first fault, and nothing is taken."""
        self._seen = lists.looks(self._path)
        self._master.replace(str(self._path), read(self._path, self._master.find))

    def refresh(self) -> bool:
        """Read it where it changed; a file with a fault is told once and changes nothing."""
        if lists.looks(self._path) == self._seen:
            return False
        try:
            self.load()
        except InputError as error:
            log.warning("groups stay as they were: %s", error)
            return False
        return True

    async def run(self, stopping: asyncio.Event) -> None:
        """Look at it every few seconds until stopped."""
        await lists.follow(self.refresh, EVERY, stopping)


def read(path: Path, find: Callable[[str], Instrument | None]) -> tuple[Group, ...]:
    """The groups of the operator's file, as they stand in it; raises InputError at the first fault.

    `members` holds whatever `find` resolves (codes, full symbols), between blanks.
    """
    found: dict[str, Group] = {}
    for row in rows(path, COLUMNS, NEEDS):
        symbol = row.need("group", _group)
        if symbol in found:
            raise row.fault("group", f"{symbol} stands twice")
        members = [_member(row, code, find) for code in row.need("members", str).split()]
        found[symbol] = Group(
            symbol=symbol,
            members=tuple(members),
            name=row.take("name", word) or "",
            english=row.take("english", word) or "",
            pinyin=row.take("pinyin", word) or "",
            aliases=tuple(row.take("aliases", _names) or ()),
            source=str(path),
            own=True,
        )
    return tuple(found.values())


def _member(row: Row, code: str, find: Callable[[str], Instrument | None]) -> str:
    instrument = find(code)
    if instrument is None or instrument.kind is Kind.GROUP:
        reason = "is not a known symbol" if instrument is None else "is a group; members are instruments"
        raise row.fault("members", f"{short(code)} {reason}")
    return instrument.symbol


def _names(cell: str) -> list[str]:
    return [word(name.strip()) for name in cell.split(";") if name.strip()]


def _group(cell: str) -> str:
    if not _SYMBOL.fullmatch(cell) or cell in _RESERVED:
        raise CellError(f"{short(cell)} is no group's symbol such as @my-sector (small letters, digits, -)")
    return cell
