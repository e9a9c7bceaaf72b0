"""Turns in sessions: never in a burst, told once when they fail, stopped in the middle of anything."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.errors import FeedError, StoreError
from bot.feed import RefusedError
from bot.intake import patrol
from bot.intake.patrol import LONGEST, Patrol

EVERY = timedelta(seconds=10)


def patrol_of(turn: Callable[[], Awaitable[None]]) -> Patrol:
    """One on a market that is open."""
    return Patrol("flows", turn, lambda: True, every=EVERY)


async def test_it_waits_longer_after_each_failure_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """Twice, four times as long, half an hour at most; a ban as long as it says; then the usual again."""
    outcomes: list[Exception | None] = [
        *(FeedError("down") for _ in range(9)),
        StoreError("away"),
        RefusedError("banned", timedelta(hours=2)),
        RefusedError("banned"),
        None,
        None,
    ]

    async def turn() -> None:
        if error := outcomes.pop(0):
            raise error

    made = patrol_of(turn)
    waits = [await made._look() for _ in range(14)]
    assert waits[:3] == [20.0, 40.0, 80.0]
    assert waits[8:10] == [LONGEST.total_seconds()] * 2
    assert waits[10:12] == [7200.0, LONGEST.total_seconds()]
    assert waits[12:] == [10.0, 10.0]
    assert caplog.text.count("asked more seldom") == caplog.text.count("answers again") == 1


async def test_while_the_market_rests_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks at the clock alone, and begins when the market does."""
    monkeypatch.setattr(patrol, "SHUT", 0.001)
    asked, looks = asyncio.Event(), 0

    async def turn() -> None:
        asked.set()
        await asyncio.Event().wait()  # a source that never answers

    def is_open() -> bool:
        nonlocal looks
        looks += 1
        return looks > 5

    stopping = asyncio.Event()
    made = Patrol("flows", turn, is_open, every=EVERY)
    async with asyncio.TaskGroup() as group:
        group.create_task(made.run(stopping), name="patrol")
        await asked.wait()
        assert looks == 6
        stopping.set()


async def test_an_error_of_ours_is_not_hidden() -> None:
    """Only the source's and the store's failures are waited out."""

    async def turn() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await patrol_of(turn)._look()
