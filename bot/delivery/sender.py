"""The sender: takes due rows through the stages, a bounded number at a time, until it is told to stop.

It wakes by what is published, by what is due, and once a second; it never asks in a loop. While nothing gets
through it tries one message at a time, after a question that does no harm (getMe) was answered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from logging import getLogger
from time import monotonic

from bot.delivery.agenda import Agenda
from bot.delivery.outcome import Verdict, backoff
from bot.delivery.stages import STAGES, Job, Tools
from bot.errors import ChannelError, StoreError
from bot.store.chatkeys import DUE, LANES
from bot.store.client import Store
from bot.store.keys import partition

log = getLogger(__name__)
CONCURRENCY = 16
SWEEP = 1.0  # seconds; what was published while nobody listened is found by looking
DRAIN = 10.0  # seconds that messages under way may take at the end
LISTEN = timedelta(seconds=1)


class Sender:
    """One sender for some chat partitions; `run` returns when everything under way is recorded."""

    def __init__(
        self,
        store: Store,
        tools: Tools,
        numbers: Sequence[int],
        *,
        probe: Callable[[], Awaitable[None]] | None = None,
        concurrency: int = CONCURRENCY,
    ) -> None:
        self._store, self._tools, self._numbers = store, tools, list(numbers)
        self._probe, self._concurrency = probe, concurrency
        self._agenda = Agenda()
        self._dirty = set(numbers)
        self._wake = asyncio.Event()
        self._active: set[asyncio.Task[None]] = set()
        self._offset = 0.0  # the store's clock minus ours, ms
        self._trouble = 0  # outages in a row

    async def run(self, stopping: asyncio.Event) -> None:
        """Send what is due until `stopping` is set; what is under way then has ten seconds."""
        if not await self._open(stopping):
            return
        async with asyncio.TaskGroup() as group:
            aides = [
                group.create_task(self._listen(), name="sender: listen"),
                group.create_task(self._forward(stopping), name="sender: stop"),
            ]
            swept = 0.0
            while not (stopping.is_set() or self._tools.counters.stopped):
                if monotonic() - swept >= SWEEP:
                    self._dirty.update(self._numbers)
                    swept = monotonic()
                await self._refill()
                self._start(group)
                await self._sleep()
            if not stopping.is_set():
                await stopping.wait()
            await self._drain()
            for aide in aides:
                aide.cancel()

    async def _open(self, stopping: asyncio.Event) -> bool:
        """Take the partitions over, as soon as the store lets us."""
        while not stopping.is_set():
            try:
                await self._tools.rows.open(self._numbers)
            except StoreError as error:
                log.warning("the sender waits for the store: %s", error)
                await _interrupted(stopping, SWEEP)
            else:
                return True
        return False

    def _now(self) -> float:
        """The store's clock in ms, as last compared."""
        return monotonic() * 1000 + self._offset

    async def _refill(self) -> None:
        """Read what waits in partitions of which something was heard."""
        if not self._dirty:
            return
        numbers, self._dirty = sorted(self._dirty & set(self._numbers)), set()
        try:
            time, found = await self._tools.rows.due(numbers)
        except StoreError as error:
            log.warning("the sender waits for the store: %s", error)
            self._agenda.hold(self._now() + 1000)
            return
        self._offset = time.timestamp() * 1000 - monotonic() * 1000
        for due in found:
            self._agenda.put(due.chat, due.lane, due.at)
        self._tools.counters.waiting = len(self._agenda)

    def _start(self, group: asyncio.TaskGroup) -> None:
        """One task a message, as many as may run."""
        most = 1 if self._trouble else self._concurrency
        while len(self._active) < most and (found := self._agenda.pop(self._now())) is not None:
            job = Job(chat=found[0], lane=found[1], now=datetime.fromtimestamp(self._now() / 1000, UTC))
            task = group.create_task(self._serve(job), name=f"sender: {job.chat}")
            self._active.add(task)
            task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._active.discard(task)
        self._wake.set()

    async def _serve(self, job: Job) -> None:
        """Take one message through the stages."""
        try:
            if not await self._is_reachable():
                job.again = job.now
                return
            for stage in STAGES:
                if not await stage(self._tools, job):
                    break
            await self._heed(job)
        except StoreError as error:
            log.warning("the sender waits for the store: %s", error)
            self._agenda.hold(self._now() + 1000)
            job.again = job.now
        finally:
            self._agenda.done(job.chat)
            if job.again is not None and partition(job.chat) in self._numbers:
                self._agenda.put(job.chat, job.lane, job.again.timestamp() * 1000)
            self._tools.counters.waiting = len(self._agenda)

    async def _heed(self, job: Job) -> None:
        """What a refused token or an outcome means for everybody else."""
        if job.is_fenced:
            self._leave(partition(job.chat))
        permit, verdict = job.permit, job.verdict
        if permit is not None and not permit.granted and permit.scope != "chat":
            lanes = LANES if permit.scope == "pause" else (job.lane,)
            self._agenda.hold(self._now() + permit.wait.total_seconds() * 1000, lanes)
        if verdict is None:
            return
        if verdict.stop:
            self._tools.counters.stopped = verdict.stop
            log.critical("nothing is sent any more, the queue is kept: %s", verdict.stop)
        elif verdict.is_flood:
            self._trouble += 1
            await self._tools.limiter.pause(backoff(self._trouble - 1))
        else:
            self._weigh(verdict)

    def _weigh(self, verdict: Verdict) -> None:
        """Doubt the channel after an outage, trust it after any answer."""
        if not verdict.is_outage:
            self._trouble = 0
            return
        self._trouble += 1
        if self._probe is None:
            self._back_off()

    async def _is_reachable(self) -> bool:
        """While in doubt: whether the channel answers a question that does no harm."""
        if not self._trouble or self._probe is None:
            return True
        try:
            await self._probe()
        except ChannelError as error:
            log.warning("nothing gets through, %d attempts so far: %s", self._trouble, error)
            self._trouble += 1
            self._back_off()
            return False
        self._trouble = 0
        return True

    def _back_off(self) -> None:
        self._tools.counters.held["outage"] += 1
        self._agenda.hold(self._now() + backoff(self._trouble - 1).total_seconds() * 1000)

    def _leave(self, number: int) -> None:
        """Another sender has taken the partition over."""
        if number in self._numbers:
            self._numbers.remove(number)
            log.warning("another sender has taken chat partition %02d over", number)

    async def _sleep(self) -> None:
        """Until something was heard, is due, or a sweep is."""
        following = self._agenda.next()
        wait = SWEEP
        if following is not None and len(self._active) < (1 if self._trouble else self._concurrency):
            wait = min(wait, max(0.0, (following - self._now()) / 1000))
        await _interrupted(self._wake, wait)
        self._wake.clear()

    async def _listen(self) -> None:
        """Hear which partitions have something due."""
        async with self._store.listen(DUE) as listener:
            while True:
                heard = await listener.next(LISTEN)
                if heard is not None and heard[1].isdecimal():
                    self._dirty.add(int(heard[1]))
                    self._wake.set()

    async def _forward(self, stopping: asyncio.Event) -> None:
        """A stop ends every wait."""
        await stopping.wait()
        self._wake.set()

    async def _drain(self) -> None:
        """Let messages under way come to their recorded end."""
        if self._active:
            _, late = await asyncio.wait(tuple(self._active), timeout=DRAIN)
            for task in late:
                task.cancel()


async def _interrupted(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most this long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
