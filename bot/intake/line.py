"""One connection of a feed as its supervisor holds it: payloads in a row, and how it ended."""

import asyncio
from collections import deque
from contextlib import aclosing

from bot.errors import FeedError
from bot.feed import Context, Feed, Payload
from bot.intake.bell import Bell

ROW, ROW_BYTES = 1000, 1_000_000  # payloads that wait for the engine at most; then the connection waits


class Line:
    """One connection; its payloads wait in a row, so that waiting for them can be interrupted."""

    def __init__(self, feed: Feed, context: Context, now: float, bell: Bell) -> None:
        self.wanted = context.wanted
        self.opened = self.quiet = now  # quiet: since when the open market has brought no data
        self.proven: float | None = None  # when the first data came
        self.unreadable = 0
        self.closing = self.is_over = False
        self.row: deque[Payload] = deque()
        self._bytes, self._bell = 0, bell
        self._room, self._is_full = asyncio.Event(), False
        self._error: FeedError | None = None
        self._task = asyncio.create_task(self._read(feed, context), name=f"feed {feed.name}")

    async def _read(self, feed: Feed, context: Context) -> None:
        try:
            async with aclosing(feed.payloads(context)) as payloads:
                async for payload in payloads:
                    self.row.append(payload)
                    if payload.closing:
                        self.closing = True
                    self._bytes += len(payload.data)
                    self._bell.ring()
                    while len(self.row) >= ROW or self._bytes >= ROW_BYTES:
                        self._is_full = True
                        self._room.clear()
                        await self._room.wait()
        except FeedError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 -- a plug-in may fail in any way; its supervisor goes on
            self._error = FeedError(f"{type(error).__name__} in the feed")
            self._error.__cause__ = error
        finally:
            self.is_over = True
            self._bell.ring()

    @property
    def has_ended(self) -> bool:
        """Whether nothing comes any more, and nothing went wrong that `take` has yet to say."""
        return self.is_over and not self.row and self._error is None

    def take(self) -> Payload | None:
        """What has come; None where nothing waits. FeedError, once the row is empty, if it went wrong."""
        if self.row:
            payload = self.row.popleft()
            self._bytes -= len(payload.data)
            if self._is_full:
                self._is_full = False
                self._room.set()
            return payload
        if self._error is not None:
            raise self._error
        return None

    async def close(self) -> None:
        """Stop reading, and let the adapter put its connection away."""
        self._task.cancel()
        await asyncio.wait({self._task})
