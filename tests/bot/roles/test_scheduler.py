"""Housekeeping by the clock."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.roles import scheduler
from bot.roles.scheduler import JOBS, Housekeeping
from bot.store.client import Store


async def test_jobs_run_until_stopped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job runs at its interval, what it dropped is counted, and stopping ends it at once."""
    ran = asyncio.Event()

    async def job(given: Store) -> int:
        assert given is store
        ran.set()
        return 3

    monkeypatch.setattr(scheduler, "JOBS", (("sweep", job, timedelta(milliseconds=10)),))
    housekeeping = Housekeeping(store)
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(housekeeping.run(stopping), name="housekeeping")
        await ran.wait()
        stopping.set()
    assert housekeeping.dropped["sweep"] % 3 == 0


async def test_lists_are_looked_at_from_the_start_and_one_at_a_time(store: Store) -> None:
    """The first look does not wait a minute; one that takes long is not begun again beside itself."""
    ran, stopping = asyncio.Event(), asyncio.Event()
    looks: list[int] = []

    async def look() -> None:
        looks.append(len(looks))
        ran.set()
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(Housekeeping(store, {"boards": look}).run(stopping), name="housekeeping")
        await ran.wait()
        stopping.set()
    assert looks == [0]


async def test_a_store_that_is_away_is_left_for_the_next_turn(tmp_path: Path) -> None:
    """One line in the log, no end of the role."""
    store = Store.connect(f"unix://{tmp_path}/nobody", patience=timedelta())
    housekeeping = Housekeeping(store)
    for name, job, _ in JOBS:
        await housekeeping.once(name, job)
        assert housekeeping.dropped[name] == 0
    await store.close()


async def test_the_operator_is_warned_at_the_start_that_a_calendar_ends(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Thirty days before, once a day, by the clock that the feeds are judged by."""
    days = iter((datetime(2026, 12, 10, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)))
    for _ in range(2):
        housekeeping, stopping = Housekeeping(store, now=partial(next, days)), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(housekeeping.run(stopping), name="housekeeping")
            await asyncio.sleep(0.05)
            stopping.set()
    said = [record.getMessage() for record in caplog.records if "holidays" in record.getMessage()]
    assert said == ["calendar: CN holidays end on 2026-12-31, in 21 days; update the program before"]
