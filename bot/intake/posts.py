"""What is posted to the web server, on its way to the feed webhook, by whoever knows the secret."""

import asyncio
import hmac
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime

from bot.errors import SettingsError

MOST = 1000  # posts that wait for the feed
SHORTEST = 16  # characters of a secret worth the name


class Posts:
    """One process's posts; `now` is the clock they are received by."""

    def __init__(self, secret: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        if len(secret) < SHORTEST:
            raise SettingsError(f"TICKBELL_WEBHOOK_SECRET is shorter than {SHORTEST} characters")
        self._secret, self.now = secret.encode(), now
        self._row: asyncio.Queue[bytes] = asyncio.Queue(MOST)
        self.is_open = False  # whether the feed reads

    def knows(self, secret: str) -> bool:
        """Whether somebody knows the secret, told in a time that says nothing of how much of it is right."""
        return hmac.compare_digest(secret.encode("utf-8", "surrogateescape"), self._secret)

    def put(self, body: bytes) -> bool:
        """Hand a post to the feed; False where too many wait."""
        try:
            self._row.put_nowait(body)
        except asyncio.QueueFull:
            return False
        return True

    async def bodies(self) -> AsyncGenerator[bytes, None]:
        """The posts, as they come."""
        self.is_open = True
        try:
            while True:
                yield await self._row.get()
        finally:
            self.is_open = False
