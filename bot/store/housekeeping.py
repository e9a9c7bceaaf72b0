"""What the store may forget: events every reader has handled, change lines no engine needs."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.store.client import Store
from bot.store.conditions import KEPT
from bot.store.keys import PARTITIONS, c_key, i_key

# Beyond the slowest reader: a chat partition that was rolled back reads again from 10 s before.
MARGIN = timedelta(seconds=60)


async def trim_events(store: Store) -> int:
    """Drop events that every chat partition handled a minute ago; answers how many went.

    Trimming deletes work that nobody acknowledged yet (5 of 10 pending entries, measured), so the mark lies
    beneath the oldest of them, and before all chat partitions have their group nothing goes.
    """
    trimmed = 0
    for number in range(PARTITIONS):
        key = i_key(number, "events")
        if not await store.call("EXISTS", key):
            continue
        readers = [_pairs(reader) for reader in await store.call("XINFO", "GROUPS", key)]
        if len(readers) < PARTITIONS:
            continue
        oldest = min([await _handled(store, key, reader) for reader in readers])
        mark = oldest - round(MARGIN / timedelta(milliseconds=1))
        if mark > 0:
            trimmed += await store.call("XTRIM", key, "MINID", "=", mark)
    return trimmed


def _pairs(reader: Sequence[Any]) -> dict[bytes, Any]:
    return dict(zip(reader[::2], reader[1::2], strict=True))


async def _handled(store: Store, key: str, reader: Mapping[bytes, Any]) -> int:
    """Store ms up to which one consumer group has acknowledged everything."""
    if reader[b"pending"]:
        waiting = await store.call("XPENDING", key, reader[b"name"])
        if waiting["min"]:
            return _ms(waiting["min"])
    return _ms(reader[b"last-delivered-id"])


async def trim_changes(store: Store) -> int:
    """Drop change lines older than an hour; an engine further behind loads everything anew."""
    now: datetime = await store.time()
    mark = round((now - KEPT).timestamp() * 1000)
    return sum(
        await store.calls(
            [("XTRIM", c_key(number, "changes"), "MINID", "=", mark) for number in range(PARTITIONS)]
        )
    )


def _ms(entry: bytes) -> int:
    return int(entry.partition(b"-")[0])
