"""Today's anomalies as Eastmoney lists them, of instruments somebody listens to, kept for /why.

Our own conditions of the same names (rules/language/presets.py) decide what rings; this is what the
terminals said.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date, datetime

import msgspec

from bot.formats.anomalies import CHINA, Anomaly, path, read
from bot.store.client import Store
from bot.store.keys import i_key, partition

SIZE, MOST_PAGES = 64, 5  # rows of a page, and pages of one turn: older rows than these were told before
KEPT = 12  # of an instrument
NAME = "anomalies"


class Unusual:
    """Reads the newest pages of the list until it meets what it knows."""

    def __init__(
        self,
        store: Store,
        listened: Callable[[], Collection[str]],
        ask: Callable[[str], Awaitable[bytes]],
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._listened, self._ask, self._now = store, listened, ask, now
        self._day: date | None = None
        self._known: set[tuple[str, datetime, int]] = set()
        self._kept: dict[str, list[tuple[datetime, int]]] = {}

    async def turn(self) -> None:
        """What is new since the last turn; FeedError where the source fails, StoreError from the store."""
        day = self._now().astimezone(CHINA).date()
        if day != self._day:
            self._day, self._known, self._kept = day, set(), {}
        await self._publish(self._fresh(await self._rows(day)))

    async def _rows(self, day: date) -> list[Anomaly]:
        """The newest rows, page by page, until one is known or there are no more."""
        found: list[Anomaly] = []
        for page in range(MOST_PAGES):
            told = read(await self._ask(path(page, SIZE)), day)
            found += told.rows
            if len(told.rows) + told.skipped < SIZE or any(_key(row) in self._known for row in told.rows):
                break
        return found

    def _fresh(self, rows: Sequence[Anomaly]) -> set[str]:
        """Note rows; the instruments listened to of which something is new."""
        listened, changed = self._listened(), set()
        for row in sorted(rows, key=lambda row: row.time):
            if _key(row) not in self._known:
                self._known.add(_key(row))
                kept = self._kept.setdefault(row.symbol, [])
                kept.append((row.time, row.kind))
                del kept[:-KEPT]
                changed.add(row.symbol)
        return {symbol for symbol in changed if symbol in listened}

    async def _publish(self, symbols: Collection[str]) -> None:
        fields: defaultdict[int, list[str | bytes]] = defaultdict(list)
        for symbol in symbols:
            fields[partition(symbol)] += (symbol, msgspec.json.encode(self._kept[symbol]))
        await self._store.calls([("HSET", i_key(number, NAME), *some) for number, some in fields.items()])


def _key(row: Anomaly) -> tuple[str, datetime, int]:
    return row.symbol, row.time, row.kind


async def stored(store: Store, symbol: str) -> Sequence[tuple[datetime, int]]:
    """Times and kinds of an instrument's last anomalies, oldest first; they may be of an earlier day."""
    text = await store.call("HGET", i_key(partition(symbol), NAME), symbol)
    return () if text is None else msgspec.json.decode(text, type=tuple[tuple[datetime, int], ...])
