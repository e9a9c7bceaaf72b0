"""Tokens for messages: one set of buckets in the store for all processes, and Telegram's pauses."""

from dataclasses import dataclass
from datetime import timedelta

from bot.store.chatkeys import ADDRESSES, PAUSE, SENDS
from bot.store.client import Store
from bot.store.keys import bot_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """A token, or when to come back; `scope` says what is full: `pause`, `chat` or `all`."""

    granted: bool
    wait: timedelta
    scope: str
    address: str  # where the chat lives now


class Limiter:
    """30 in any sliding second, one a second to a chat, 20 a minute to a group, 3 of the 30 kept for replies.

    https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def permit(self, chat: str, lane: int) -> Permit:
        """One token for one message to the chat; lane 0 is for replies, 1 for alerts."""
        keys = [SENDS, bot_key(f"bucket:{chat}"), bot_key(f"minute:{chat}"), PAUSE, ADDRESSES]
        granted, wait, scope, address = await self._store.run("limit", keys, [chat, lane])
        return Permit(
            granted=granted == 1,
            wait=timedelta(milliseconds=int(wait)),
            scope=scope.decode(),
            address=address.decode(),
        )

    async def pause(self, length: timedelta) -> timedelta:
        """Nobody sends for this long; a longer pause stays. Returns what is left of it."""
        left = await self._store.run("pause", [PAUSE], [max(1, int(length.total_seconds() * 1000))])
        return timedelta(milliseconds=int(left))
