"""Waiting for something to come, or for a tick to pass, many thousand times a second.

`asyncio.timeout` starts a timer for each wait, 4 us; a bell has one that goes off each tick, whoever waits.
"""

import asyncio


class Bell:
    """Rung by whoever brings something, and by the clock."""

    def __init__(self, tick: float) -> None:
        self._tick, self._rung = tick, asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self.ring = self._rung.set

    async def rest(self) -> None:
        """Until it rings: at once if it has since the last rest, at most a tick later."""
        if not self._rung.is_set():
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(self._tick, self._strike)
            await self._rung.wait()
        self._rung.clear()

    def close(self) -> None:
        """The clock rings it no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _strike(self) -> None:
        self._timer = None
        self._rung.set()
