"""What all chats listen to: the conditions of every chat partition, and the streams of their changes.

An engine notes each change stream's last id, loads the conditions, then reads on from there: a change made in
between is met twice, never missed, and change lines carry the absolute count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from bot.master.reference import Group
from bot.store.client import Argument, Store, texts
from bot.store.keys import PARTITIONS, c_key
from bot.store.lists import read

KEPT = timedelta(hours=1)  # change lines are kept this long
BEHIND = KEPT - timedelta(minutes=5)  # not read for longer than this, lines may be gone: load anew
MOST = 1000  # lines read at once from one stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """How many rules of one chat partition listen to a condition; from a change line also which rule."""

    condition: str
    partition: int  # of chats
    count: int
    symbol: str
    text: str  # canonical line; rules.language.parse gives the condition back
    rule: str = ""
    start: str = ""  # now, next; empty where it was not a change
    at: datetime | None = None  # the store's TIME of the change


class _Entry(msgspec.Struct):
    count: int
    symbol: str
    text: str


class Conditions:
    """Reads conditions and their changes of all chat partitions."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.lists: set[str] = set()  # chats' lists that changed since the reader last looked and cleared
        self._noted = dict.fromkeys(range(PARTITIONS), b"0-0")
        self._read: datetime | None = None  # the store's TIME at the last reading of all streams

    async def load(self) -> list[Listening]:
        """Note where the change streams end, then read every condition of every chat."""
        now = await self._store.time()
        ends = await self._store.calls(
            [("XREVRANGE", _changes(number), "+", "-", "COUNT", 1) for number in self._noted]
        )
        noted = {number: end[0][0] if end else b"0-0" for number, end in zip(self._noted, ends, strict=True)}
        hashes = await self._store.calls([("HGETALL", c_key(number, "conditions")) for number in noted])
        self._noted, self._read = noted, now
        return [
            _listening(name.decode(), number, msgspec.json.decode(value, type=_Entry))
            for number, entries in zip(noted, hashes, strict=True)
            for name, value in entries.items()
        ]

    async def poll(self, partitions: Iterable[int] | None = None) -> list[Listening] | None:
        """Changes since the last reading, of some partitions or all; None: too far behind, load anew."""
        wanted = list(self._noted) if partitions is None else list(partitions)
        found: list[Listening] = []
        while wanted:
            (seconds, _), *streams = await self._store.calls([("TIME",), *map(self._reading, wanted)])
            now = datetime.fromtimestamp(int(seconds), UTC)
            if self._read is None or now - self._read > BEHIND:
                return None
            for number, lines in zip(wanted, streams, strict=True):
                found += self._listenings(number, [texts(fields) for _, fields in lines])
                self._noted[number] = lines[-1][0] if lines else self._noted[number]
            wanted = [number for number, lines in zip(wanted, streams, strict=True) if len(lines) == MOST]
            if partitions is None:
                self._read = now
        return found

    async def members(self, lists: Iterable[str]) -> list[Group]:
        """The members that chats' own lists have now, by the lists' full symbols."""
        return await read(self._store, lists)

    async def recent(self) -> list[Listening]:
        """Every change line that is still kept, oldest first within each partition."""
        streams = await self._store.calls([("XRANGE", _changes(number), "-", "+") for number in self._noted])
        return [
            _changed(number, line)
            for number, lines in zip(self._noted, streams, strict=True)
            for _, fields in lines
            if "c" in (line := texts(fields))
        ]

    def _listenings(self, number: int, lines: Iterable[Mapping[str, str]]) -> list[Listening]:
        """The lines that speak of conditions; those of lists are noted by the list's symbol."""
        found = []
        for line in lines:
            if "c" in line:
                found.append(_changed(number, line))
            else:
                self.lists.add(line["g"])
        return found

    def _reading(self, number: int) -> tuple[Argument, ...]:
        return ("XRANGE", _changes(number), b"(" + self._noted[number], "+", "COUNT", MOST)


def _changes(number: int) -> str:
    return c_key(number, "changes")


def _listening(condition: str, number: int, entry: _Entry) -> Listening:
    return Listening(
        condition=condition, partition=number, count=entry.count, symbol=entry.symbol, text=entry.text
    )


def _changed(number: int, fields: Mapping[str, str]) -> Listening:
    return Listening(
        condition=fields["c"],
        partition=number,
        count=int(fields["n"]),
        symbol=fields["s"],
        text=fields["t"],
        rule=fields.get("r", ""),
        start=fields.get("start", ""),
        at=datetime.fromtimestamp(int(fields["at"]) / 1000, UTC) if "at" in fields else None,
    )
