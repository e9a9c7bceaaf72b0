"""Lists of keys that a source may refuse as a whole, because of one key or of their length."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from bot.feed import RefusedError

log = logging.getLogger(__name__)

SPLITS = 16  # refused lists a round: two bad keys among 200 are found with as many
Ask: TypeAlias = Callable[[Sequence[str]], Awaitable[bytes | None]]


async def answers(keys: list[str], size: int, ask: Ask) -> list[bytes]:
    """What is answered for all keys, `size` at a time; `ask` gives None for a list that is refused.

    Such a list is halved; a key that is refused alone is taken out of `keys` for good. RefusedError where all
    are refused, or more lists than can be the fault of single keys.
    """
    waiting = [keys[start : start + size] for start in range(0, len(keys), size)]
    bodies: list[bytes] = []
    refusals = 0
    while waiting:
        batch = waiting.pop(0)
        body = await ask(batch)
        if body is not None:
            bodies.append(body)
            continue
        refusals += 1
        if refusals > SPLITS or len(keys) == 1:
            raise RefusedError("the source refuses the whole list")
        half = len(batch) // 2
        if half:
            waiting[:0] = [batch[:half], batch[half:]]
        else:
            log.warning("%s is refused by its source; the others go on", batch[0])
            keys.remove(batch[0])
    return bodies
