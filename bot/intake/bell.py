"""Waiting for something to come, or for a tick to pass, many thousand times a second.

`asyncio.timeout` starts a timer for each wait, 4 us; a bell has one that goes off each tick, whoever waits.
An `asyncio.Event` serves many who wait, at 1 us more than the future of the only one.
"""

import asyncio


class Bell:
    """Rung by whoever brings something, and by the clock."""

    def __init__(self, tick: float) -> None:
        self._tick, self._loop = tick, asyncio.get_running_loop()
        self._has_rung = False
        self._resting: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def ring(self) -> None:
        """End the rest, or the next one."""
        self._has_rung = True
        if self._resting is not None:
            if not self._resting.done():
                self._resting.set_result(None)
            self._resting = None

    async def rest(self) -> None:
        """Until it rings, which it may have since the last rest, at most a tick; only one may rest."""
        if not self._has_rung:
            if self._timer is None:
                self._timer = self._loop.call_later(self._tick, self._strike)
            self._resting = self._loop.create_future()
            await self._resting
        self._has_rung = False

    def close(self) -> None:
        """The clock rings it no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _strike(self) -> None:
        self._timer = None
        self.ring()
