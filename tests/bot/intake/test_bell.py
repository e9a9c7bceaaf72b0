"""Waiting for something to come or for a tick to pass."""

import asyncio

from bot.intake.bell import Bell


async def test_rung_before_the_rest_returns_at_once() -> None:
    """What came before somebody waited is not slept over, and is told once."""
    bell = Bell(60.0)
    bell.ring()
    bell.ring()
    await asyncio.wait_for(bell.rest(), 5)
    resting = asyncio.create_task(bell.rest())
    await asyncio.wait({resting}, timeout=0.02)
    assert not resting.done()
    bell.ring()
    await asyncio.wait_for(resting, 5)
    bell.close()


async def test_a_tick_ends_each_rest() -> None:
    """Nobody rings, and every rest is over after a tick, also after it was closed in between."""
    bell = Bell(0.01)
    for _ in range(3):
        await asyncio.wait_for(bell.rest(), 5)
        bell.close()
    await asyncio.wait_for(bell.rest(), 5)
    bell.close()
