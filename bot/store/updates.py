"""Telegram's raw updates between being fetched and being handled, and those that nobody can read."""

from collections.abc import Sequence
from datetime import timedelta

from bot.store.client import Store
from bot.store.keys import Key, bot_key

UPDATES, OFFSET = bot_key("updates"), bot_key("offset")
HANDLED, QUARANTINE = bot_key("handled"), bot_key("quarantine")
# After a week without updates Telegram numbers anew, maybe lower (Bot API, Update.update_id); an offset that
# old would wait for numbers that never come.
OFFSET_LIFE = timedelta(days=6)
# Handled updates stay this long, to be handled again where a roll-back of the store undid their effects.
KEPT = timedelta(minutes=1)
MOST_QUARANTINED = 1000

UPDATE_KEYS = (
    Key(
        pattern="{bot}:updates",
        type="stream",
        lifetime="a minute or two after it was handled",
        writer="bot (updates.lua, handled.lua)",
        meaning="r: one raw update as Telegram sent it",
    ),
    Key(
        pattern="{bot}:offset",
        type="string",
        lifetime="6 days after the last update",
        writer="bot (updates.lua)",
        meaning="the update id to ask for next; everything below it is stored",
    ),
    Key(
        pattern="{bot}:handled",
        type="hash",
        lifetime="for ever",
        writer="bot (handled.lua)",
        meaning="id: the entry handled last; mark, at: an earlier such id and when it was noted, server ms",
    ),
    Key(
        pattern="{bot}:quarantine",
        type="hash",
        lifetime="for ever, at most 1000",
        writer="bot",
        meaning="entry id -> raw update that could not be read or handled",
    ),
)


class Inbox:
    """Stored updates in the order they came."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def offset(self) -> int:
        """The update id to ask Telegram for next; 0 before the first update and after a long silence."""
        return int(await self._store.call("GET", OFFSET) or 0)

    async def put(self, updates: Sequence[tuple[int, bytes]]) -> int:
        """Store updates (id, raw) in ascending order and raise the offset; answers the offset."""
        life = round(OFFSET_LIFE / timedelta(milliseconds=1))
        args: list[int | bytes] = [life]
        for number, raw in updates:
            args += [number, raw]
        return int(await self._store.run("updates", [UPDATES, OFFSET], args))

    async def after(self, entry: str, count: int = 100) -> list[tuple[str, bytes]]:
        """Stored updates behind an entry ("0": all that are kept), oldest first, as (entry, raw)."""
        found = await self._store.call("XRANGE", UPDATES, f"({entry}", "+", "COUNT", count)
        return [(name.decode(), fields[b"r"]) for name, fields in found]

    async def done(self, entry: str) -> None:
        """Note that everything up to the entry is handled."""
        await self._store.run("handled", [UPDATES, HANDLED], [entry, round(KEPT / timedelta(milliseconds=1))])

    async def is_idle(self) -> bool:
        """Whether every stored update was handled."""
        newest, handled = await self._store.calls(
            [("XREVRANGE", UPDATES, "+", "-", "COUNT", 1), ("HGET", HANDLED, "id")]
        )
        return not newest or newest[0][0] == handled

    async def quarantine(self, entry: str, raw: bytes) -> None:
        """Keep an update that cannot be handled, for a human; beyond a thousand only the entry's number."""
        count = await self._store.call("HLEN", QUARANTINE)
        kept = raw if int(count) < MOST_QUARANTINED else b""
        await self._store.call("HSET", QUARANTINE, entry, kept)

    async def quarantined(self) -> dict[str, bytes]:
        """Every update kept aside."""
        found = await self._store.call("HGETALL", QUARANTINE)
        return {entry.decode(): raw for entry, raw in found.items()}
