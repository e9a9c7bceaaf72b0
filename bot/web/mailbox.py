"""getUpdates: offsets that confirm, long polls that end when something comes, one poll at a time."""

import asyncio
from typing import Any

from bot.web.arguments import Arguments
from bot.web.ledger import Ledger
from bot.web.records import Blocked, Confirmed, Migrated, Pressed, Record, Typed, Wanted
from bot.web.refusal import CONFLICT, RefusedError
from bot.web.views import Views

LONGEST = 50  # seconds; Telegram cuts longer time-outs down to this
MOST = 100


class Mailbox:
    """The updates a bot has not confirmed, fetched by one long poll at a time."""

    def __init__(self, ledger: Ledger, views: Views) -> None:
        self._ledger, self._views = ledger, views
        self._poll: asyncio.Future[None] | None = None
        self._closed = False
        ledger.listeners.append(self._wake)

    def wants(self, kind: str) -> bool:
        """Whether the bot asked for such updates."""
        wanted = self._ledger.state.wanted
        return not wanted or kind in wanted

    async def poll(self, arguments: Arguments) -> list[dict[str, Any]]:
        """Confirm what lies below the offset; answer what is there, or what comes within the time-out.

        A second poll ends the first one with 409, as Telegram does.
        """
        self._end(RefusedError(CONFLICT, 409))
        limit = arguments.within("limit", MOST, 1, MOST)
        seconds = arguments.within("timeout", 0, 0, LONGEST)
        self._want(arguments)
        offset = self._confirm(arguments.integer("offset", 0) or 0)
        if not self._ready(offset, limit) and seconds and not self._closed:
            await self._wait(seconds)
        return [self._views.update(update) for update in self._ready(offset, limit)]

    def close(self) -> None:
        """Let a waiting poll go with what there is; later ones do not wait."""
        self._closed = True
        self._end(None)

    async def _wait(self, seconds: float) -> None:
        poll: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = poll
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None

    def _ready(self, offset: int, limit: int) -> list[Any]:
        updates = self._ledger.state.updates.values()
        return [update for update in updates if update.id >= offset][:limit]

    def _want(self, arguments: Arguments) -> None:
        try:
            kinds = arguments.json("allowed_updates")
        except ValueError:
            return  # Telegram keeps the former setting where it cannot read the new one
        if isinstance(kinds, list):
            wanted = tuple(kind for kind in kinds if isinstance(kind, str))
            if wanted != self._ledger.state.wanted:
                self._ledger.write(Wanted(updates=wanted))

    def _confirm(self, offset: int) -> int:
        waiting = list(self._ledger.state.updates)
        if offset < 0:
            last = waiting[offset:]
            offset = last[0] if last else 0
        if waiting and waiting[0] < offset:
            self._ledger.write(Confirmed(offset=offset))
        return offset

    def _wake(self, record: Record) -> None:
        single = isinstance(record, Typed | Pressed | Blocked) and record.update
        if single or (isinstance(record, Migrated) and any(record.updates)):
            self._end(None)

    def _end(self, error: Exception | None) -> None:
        poll, self._poll = self._poll, None
        if poll is None or poll.done():
            return
        if error is None:
            poll.set_result(None)
        else:
            poll.set_exception(error)
