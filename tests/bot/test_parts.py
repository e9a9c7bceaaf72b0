"""Parts start in order and stop in the reverse order."""

import asyncio

import pytest

from bot import parts
from bot.parts import Part


async def test_parts_stop_in_the_reverse_order_of_their_start() -> None:
    """The part that started last hears of the end first, and the next one only after it has ended."""
    told: list[str] = []

    def part(name: str) -> Part:
        async def run(stopping: asyncio.Event) -> None:
            told.append(f"+{name}")
            await stopping.wait()
            await asyncio.sleep(0)
            told.append(f"-{name}")

        return Part(name, run)

    stopping = asyncio.Event()
    asyncio.get_running_loop().call_soon(stopping.set)
    await parts.run([part("store"), part("sender"), part("feed")], stopping)
    assert told == ["+store", "+sender", "+feed", "-feed", "-sender", "-store"]


async def test_a_part_may_end_by_itself() -> None:
    """A replay that is over stops nobody else."""
    stopping = asyncio.Event()

    async def short(_event: asyncio.Event) -> None:
        asyncio.get_running_loop().call_soon(stopping.set)

    await parts.run([Part("short", short)], stopping)


async def test_one_failure_ends_all_parts() -> None:
    """The failing part's error is raised once the others were cancelled."""
    ended = asyncio.Event()

    async def fail(_event: asyncio.Event) -> None:
        raise ValueError("broken")

    async def wait(event: asyncio.Event) -> None:
        try:
            await event.wait()
        finally:
            ended.set()

    with pytest.raises(ExceptionGroup) as caught:
        await parts.run([Part("wait", wait), Part("fail", fail)], asyncio.Event())
    assert caught.group_contains(ValueError, match="broken")
    assert ended.is_set()


async def test_a_part_that_does_not_stop_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound holds for all parts together."""
    monkeypatch.setattr(parts, "BOUND", 0.01)

    async def deaf(_event: asyncio.Event) -> None:
        await asyncio.Event().wait()

    stopping = asyncio.Event()
    stopping.set()
    await parts.run([Part("deaf", deaf)], stopping)
