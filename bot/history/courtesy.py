"""How sources of bars are asked: one request after the other, so many a minute, no fight with refusals.

Who is turned away leaves the source alone for longer each time; an outage is two lines in the log, however
many ask. Daily and minute bars share it, so that together they stay within the rate.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from bot.errors import FeedError, StoreError
from bot.feed import RefusedError

log = logging.getLogger(__name__)

RATE = 60  # requests a minute to one source
FIRST_REST, LAST_REST = 300.0, 7200.0  # seconds for which a source that refuses is left alone, doubling


LOOK = 1.0  # seconds between looks for what is due


async def keep(turn: Callable[[], Awaitable[object]], stopping: asyncio.Event, name: str) -> None:
    """Take turn after turn until stopped; while the store is away they wait, told once."""

    async def work() -> None:
        is_away = False
        while True:
            try:
                await turn()
                is_away = False
            except StoreError as error:
                if not is_away:
                    log.warning("%s: the store is waited for: %s", name, error)
                is_away = True
            await asyncio.sleep(LOOK)

    async with asyncio.TaskGroup() as group:
        working = group.create_task(work(), name=name)
        await stopping.wait()
        working.cancel()


class Site(Protocol):
    """A source as far as asking goes."""

    @property
    def name(self) -> str:
        """What the settings call it."""
        ...

    @property
    def place(self) -> str:
        """Which of its addresses: klines, minutes, or rest, its feed's."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """What goes with a request."""
        ...


class Courtesy:
    """The one road to all sources of bars; `ask` is the door."""

    def __init__(self, ask: Callable[[Any, str], Awaitable[bytes]]) -> None:
        self._ask = ask
        self._now = asyncio.get_running_loop().time
        self._next: dict[str, float] = {}  # when the next request to each source may go out
        self._rests: dict[str, tuple[float, float]] = {}  # sources that refused: until when, and how long
        self._down: set[str] = set()  # sources of which it is told that they fail
        self.spacing = 60 / RATE

    def may(self, site: Site) -> bool:
        """Whether the source is not being left alone."""
        return self._rests.get(site.name, (0.0, 0.0))[0] <= self._now()

    async def get(self, site: Site, path: str) -> bytes:
        """An answer's bytes when it is our turn; FeedError where there is none or it is a page for people."""
        start = max(self._next.get(site.name, 0.0), self._now())
        self._next[site.name] = start + self.spacing
        await asyncio.sleep(start - self._now())
        body = await self._ask(site, path)
        if body.lstrip().startswith(b"<"):
            raise RefusedError(f"{site.name} shows a page instead of bars")
        return body

    def failed(self, site: Site, error: FeedError) -> None:
        """Leave a source that refuses alone; told once an outage: what is stored stays as it is."""
        if isinstance(error, RefusedError):
            _, before = self._rests.get(site.name, (0.0, FIRST_REST / 2))
            rest = min(2 * before, LAST_REST)
            if error.after is not None:
                rest = max(rest, error.after.total_seconds())
            self._rests[site.name] = (self._now() + rest, rest)
        if site.name not in self._down:
            self._down.add(site.name)
            log.warning("bars: %s fails, what is stored stays: %s", site.name, error)

    def answered(self, site: Site) -> None:
        """It serves: an outage is over."""
        self._rests.pop(site.name, None)
        if site.name in self._down:
            self._down.discard(site.name)
            log.warning("bars: %s answers again", site.name)
