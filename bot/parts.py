"""The running parts of the program: started in order, stopped in the reverse order, within one bound."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from logging import getLogger

log = getLogger(__name__)

BOUND = 10.0  # seconds the whole stop may take; what is then still under way is as after a kill


@dataclass(frozen=True, slots=True)
class Part:
    """A named coroutine that works until its event is set."""

    name: str
    run: Callable[[asyncio.Event], Awaitable[None]]


async def run(parts: Sequence[Part], stopping: asyncio.Event) -> None:
    """Run all parts until `stopping`, or until one fails; its error is raised when the rest has ended."""
    started: list[tuple[Part, asyncio.Event, asyncio.Task[None]]] = []
    async with asyncio.TaskGroup() as group:
        for part in parts:
            event = asyncio.Event()
            started.append((part, event, group.create_task(_run(part, event), name=part.name)))
        await stopping.wait()
        deadline = asyncio.get_running_loop().time() + BOUND
        for part, event, task in reversed(started):
            event.set()
            await asyncio.wait({task}, timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
            if not task.done():
                log.warning("%s did not stop in time", part.name)
                task.cancel()


async def _run(part: Part, event: asyncio.Event) -> None:
    await part.run(event)
    if not event.is_set():
        log.info("%s is done", part.name)
