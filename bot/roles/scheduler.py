"""The schedule role: housekeeping and the refreshing of lists by the clock.

Jobs live in memory and are made at each start: APScheduler's Redis job store unpickles what it finds, so
whoever can write to the store could run code here. A late job runs once, however late (the default drops it
after a second).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import StoreError
from bot.master.calendar import ending
from bot.store.client import Store
from bot.store.housekeeping import trim_changes, trim_events

log = logging.getLogger(__name__)

EVENTS_EVERY = timedelta(seconds=30)
CHANGES_EVERY = timedelta(minutes=10)
CALENDAR_EVERY = timedelta(days=1)
LISTS_EVERY = timedelta(minutes=1)
NO_LISTS: Mapping[str, "Look"] = MappingProxyType({})
JOBS: tuple[tuple[str, Callable[[Store], Awaitable[int]], timedelta], ...] = (
    ("trim events", trim_events, EVENTS_EVERY),
    ("trim changes", trim_changes, CHANGES_EVERY),
)


Look: TypeAlias = Callable[[], Awaitable[object]]  # one turn; it answers for what goes wrong in it


def _now() -> datetime:
    return datetime.now(UTC)


class Housekeeping:
    """Runs the jobs until stopped; a store that is away is left alone until the next turn."""

    def __init__(
        self, store: Store, lists: Mapping[str, Look] = NO_LISTS, now: Callable[[], datetime] = _now
    ) -> None:
        """`lists` are looked at once a minute, by name; a look that takes longer is not begun again."""
        self._store, self._lists, self._now = store, lists, now
        self.dropped: dict[str, int] = {name: 0 for name, _, _ in JOBS}

    async def run(self, stopping: asyncio.Event) -> None:
        """Keep house until stopped."""
        scheduler = AsyncIOScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            executors={"default": AsyncIOExecutor()},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        for name, job, every in JOBS:
            scheduler.add_job(
                self.once, "interval", args=(name, job), seconds=every.total_seconds(), id=name, name=name
            )
        looks = [(name, look, LISTS_EVERY) for name, look in self._lists.items()]
        for name, look, every in (*looks, ("calendar", self.warn, CALENDAR_EVERY)):
            scheduler.add_job(
                look,
                "interval",
                seconds=every.total_seconds(),
                next_run_time=datetime.now(UTC),
                id=name,
                name=name,
            )
        scheduler.start()
        try:
            await stopping.wait()
        finally:
            scheduler.shutdown(wait=False)

    async def once(self, name: str, job: Callable[[Store], Awaitable[int]]) -> None:
        """One turn of one job."""
        try:
            self.dropped[name] += await job(self._store)
        except StoreError as error:
            log.warning("%s waits: %s", name, error)

    async def warn(self) -> None:
        """Once a day: tables of holidays that end."""
        for sentence in ending(self._now().date()):
            log.warning("%s", sentence)
