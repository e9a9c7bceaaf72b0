"""Asking a source for something beside quotes again and again while a market trades, and never in a burst."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.errors import FeedError, StoreError
from bot.feed import RefusedError

log = logging.getLogger(__name__)

LONGEST = timedelta(minutes=30)  # between two questions of a source that fails
SHUT = 5.0  # seconds between two looks at the clock while the market rests


class Patrol:
    """One turn after the other; what fails is told once an outage and waits longer each time."""

    def __init__(
        self,
        name: str,
        turn: Callable[[], Awaitable[None]],
        is_open: Callable[[], bool],
        *,
        every: timedelta,
    ) -> None:
        """`turn` raises FeedError where the source fails; quotes and other turns know nothing of that."""
        self._name, self._turn, self._is_open = name, turn, is_open
        self._every = every
        self.failures = 0

    async def run(self, stopping: asyncio.Event) -> None:
        """Until stopped, also in the middle of a question."""
        async with asyncio.TaskGroup() as group:
            working = group.create_task(self._work(), name=f"{self._name}: asking")
            await stopping.wait()
            working.cancel()

    async def _work(self) -> None:
        while True:
            wait = await self._look() if self._is_open() else SHUT
            await asyncio.sleep(wait)

    async def _look(self) -> float:
        """One turn; the seconds until the next."""
        try:
            await self._turn()
        except (FeedError, StoreError) as error:
            self.failures += 1
            if self.failures == 1:
                log.warning("%s fails and is asked more seldom: %s", self._name, error)
            wait = min(self._every * 2.0 ** min(self.failures, 20), LONGEST)
            if isinstance(error, RefusedError) and error.after is not None:
                wait = max(wait, error.after)
            return wait.total_seconds()
        if self.failures:
            log.warning("%s answers again", self._name)
        self.failures = 0
        return self._every.total_seconds()
