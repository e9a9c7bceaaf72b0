"""Rounds of requests: every batch asked for, the bodies handed on as they came, then a pause."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import TypeAlias

from bot.feed import Context, Payload
from bot.intake.rhythm import POLL, pause

Ask: TypeAlias = Callable[[str], Awaitable[bytes]]


def batches(keys: Sequence[str], size: int) -> list[str]:
    """Keys joined by commas, at most `size` together."""
    return [",".join(keys[start : start + size]) for start in range(0, len(keys), size)]


async def rounds(context: Context, lists: Sequence[str], ask: Ask) -> AsyncGenerator[Payload, None]:
    """Ask for each list, again and again, until something fails; option `interval` replaces the pace."""
    clock = asyncio.get_running_loop().time
    poll = float(context.options.get("interval", POLL))
    quiet, before = 0, b""
    while True:
        start, bodies = clock(), b""
        for asked in lists:
            body = await ask(asked)
            bodies += body
            yield Payload(data=body, received=context.now())
        quiet = 0 if bodies != before else quiet + 1
        before = bodies
        await asyncio.sleep(max(0.0, start + pause(context.symbols, context.now(), quiet, poll) - clock()))
