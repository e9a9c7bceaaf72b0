"""Daily bars in the store: a hash an instrument with a field a year, and an index of what is known of each.

A night's new bar rewrites one year of one instrument, about 3 kB, in one script: nothing is half-written.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from bot.store.client import Argument, Store, texts
from bot.store.keys import PARTITIONS, Key, i_key, partition
from bot.store.packing import packed
from rules.model import History

TOGETHER = 200  # instruments read in one round trip
BAR_KEYS = (
    Key(
        pattern="{i:NN}:bars:<symbol>",
        type="hash",
        lifetime="for ever",
        writer="schedule and engine (bars.lua)",
        meaning="year -> raw daily bars with factors as binary columns, see bot.store.packing",
    ),
    Key(
        pattern="{i:NN}:barred",
        type="hash",
        lifetime="for ever",
        writer="schedule and engine (bars.lua)",
        meaning="symbol -> Filled JSON: source, first and last day, when it was asked for last",
    ),
    Key(
        pattern="{i:NN}:unbarred",
        type="hash",
        lifetime="until a source answers",
        writer="schedule and engine",
        meaning="symbol -> JSON of the sources that were asked for its bars last and did not answer",
    ),
)


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an instrument's stored bars."""

    source: str
    checked: datetime  # when a source last answered
    first: date | None = None
    last: date | None = None
    days: int = 0
    holes: int = 0  # of the recent sessions, how many a source was asked about and has no bar of


class Bars:
    """Reads and writes the bars of instruments."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def index(self) -> dict[str, Filled]:
        """What is known of every instrument that has bars; StoreError where the store is away."""
        hashes = await self._store.calls(
            [("HGETALL", i_key(number, "barred")) for number in range(PARTITIONS)]
        )
        return {
            symbol: msgspec.json.decode(text, type=Filled)
            for found in hashes
            for symbol, text in texts(found).items()
        }

    async def read(self, symbols: Iterable[str]) -> dict[str, dict[str, bytes]]:
        """The packed years of instruments; those without bars are left out."""
        names, found = list(symbols), dict[str, dict[str, bytes]]()
        for start in range(0, len(names), TOGETHER):
            some = names[start : start + TOGETHER]
            answers = await self._store.calls([("HGETALL", _key(symbol)) for symbol in some])
            found.update((name, _years(one)) for name, one in zip(some, answers, strict=True) if one)
        return found

    async def write(self, symbol: str, bars: History | None, filled: Filled) -> Mapping[str, bytes]:
        """Replace the years that `bars` has, whole years all of them; the bytes that were written."""
        years = {} if bars is None else packed(bars)
        arguments: list[Argument] = [symbol, msgspec.json.encode(filled)]
        for year, data in years.items():
            arguments += (year, data)
        keys = (_key(symbol), *(i_key(partition(symbol), name) for name in ("barred", "unbarred")))
        await self._store.run("bars", keys, arguments)
        return years

    async def miss(self, symbol: str, sources: Sequence[str]) -> None:
        """Note which sources did not answer for an instrument; the next bars written take it back."""
        await self._store.call(
            "HSET", i_key(partition(symbol), "unbarred"), symbol, msgspec.json.encode(sources)
        )

    async def silent(self, symbols: Sequence[str]) -> dict[str, list[str]]:
        """Of these instruments those that sources did not answer for, with the sources."""
        texts = await self._store.calls(
            [("HGET", i_key(partition(symbol), "unbarred"), symbol) for symbol in symbols]
        )
        found = zip(symbols, texts, strict=True)
        return {symbol: msgspec.json.decode(text, type=list[str]) for symbol, text in found if text}


def _key(symbol: str) -> str:
    return i_key(partition(symbol), f"bars:{symbol}")


def _years(found: Mapping[bytes, bytes]) -> dict[str, bytes]:
    return {year.decode(): data for year, data in found.items()}
