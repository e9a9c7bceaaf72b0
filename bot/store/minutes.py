"""Minute bars in the store: a hash an instrument with a field a month and one of what is known of them.

A write changes the months that differ and drops those that are no longer kept, in one script, so that nothing
is half-written; said twice it changes nothing more. What nobody writes to any more goes by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import numpy as np

from bot.store.client import Argument, Store
from bot.store.keys import Key, i_key, partition
from bot.store.packing import decoded, encoded
from rules.kept import MINUTE, Kept
from rules.table import micros

LIFETIME = timedelta(days=90)  # after the last write
TOGETHER = 200  # instruments read in one round trip
KNOWN = b"known"
MINUTE_KEYS = (
    Key(
        pattern="{i:NN}:minutes:<symbol>",
        type="hash",
        lifetime="90 days after the last write",
        writer="engine (minutes.lua)",
        meaning="month -> raw bars of 1 minute and longer, 1,500 of each length; known: Known JSON",
    ),
)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an instrument's stored minutes."""

    source: str
    checked: datetime  # when a source last answered
    until: datetime  # of trades before it none is missing
    sizes: tuple[int, ...] = ()  # minutes of the bars whose history was asked for


@dataclass(frozen=True, slots=True)
class Held:
    """An instrument's minutes as the store has them: packed by month."""

    known: Known
    months: Mapping[str, bytes]

    def bars(self, symbol: str) -> Kept:
        """Unpacked; StoreError where the bytes cannot be read."""
        stamps, close, opened, high, low, volume, spans = decoded(
            symbol, (self.months[month] for month in sorted(self.months))
        )
        begins, *prices = (column.astype(np.int64) for column in (stamps, opened, high, low, close))
        return Kept(
            symbol=symbol,
            begins=begins * MINUTE,
            open=prices[0],
            high=prices[1],
            low=prices[2],
            close=prices[3],
            volume=volume.astype(np.float64),
            spans=spans.astype(np.int64),
            until=micros(self.known.until),
        )


def packed(bars: Kept) -> dict[str, bytes]:
    """Bars by the month they began in, "2025-11"."""
    months = bars.begins.astype("datetime64[us]").astype("datetime64[M]")
    found = {}
    for month in np.unique(months):
        some = bars.rows(months == month)
        prices = (some.open, some.high, some.low, some.close)
        found[str(month)] = encoded(some.begins // MINUTE, prices, some.volume, some.spans.astype(np.float64))
    return found


class MinuteBars:
    """Reads and writes the minute bars of instruments."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, symbols: Iterable[str]) -> dict[str, Held]:
        """What the store has of instruments; those it has nothing of, or nothing readable, are left out."""
        names, found = list(symbols), dict[str, Held]()
        for start in range(0, len(names), TOGETHER):
            some = names[start : start + TOGETHER]
            answers = await self._store.calls([("HGETALL", _key(symbol)) for symbol in some])
            for symbol, fields in zip(some, answers, strict=True):
                held = _held(fields)
                if held is not None:
                    found[symbol] = held
        return found

    async def write(self, symbol: str, bars: Kept, known: Known, before: Held | None = None) -> Held:
        """Make these all that is kept; `before` is what the store has. StoreError where it is away."""
        months = packed(bars)
        arguments: list[Argument] = [
            msgspec.json.encode(known),
            int(LIFETIME.total_seconds()),
            " ".join(months),
        ]
        old = {} if before is None else before.months
        for month, data in months.items():
            if old.get(month) != data:
                arguments += (month, data)
        await self._store.run("minutes", (_key(symbol),), arguments)
        return Held(known, months)


def _key(symbol: str) -> str:
    return i_key(partition(symbol), f"minutes:{symbol}")


def _held(fields: Mapping[bytes, bytes]) -> Held | None:
    try:
        known = msgspec.json.decode(fields.get(KNOWN, b""), type=Known)
    except msgspec.MsgspecError:
        return None
    return Held(known, {name.decode(): data for name, data in fields.items() if name != KNOWN})
