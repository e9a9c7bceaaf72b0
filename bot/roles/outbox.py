"""The engine's rings on their way to the store: in order, repeated, buffered while the store is away.

Batches queue up while a write is under way and then go together, one call a partition in one round trip. What
was written in the last seconds is kept: a store that lost its tail gets it again.
"""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Any

import msgspec

from bot.errors import AwayError, FencedError, FullError
from bot.roles.cursor import Cursor
from bot.store.client import Store
from bot.store.keys import bot_key, partition
from bot.store.rings import Operation, Outcome, Rings, evaluated, noticed, rang, rearmed
from rules.rings import Step

log = logging.getLogger(__name__)

ROOM = 100_000  # operations that may wait; an event is about half a kilobyte
KEPT = 5.0  # seconds written again after a roll-back; everysec loses two at most (valkey.conf, appendfsync)
PATIENCE = timedelta(seconds=2)  # of one write, before the store counts as away
LATENCIES = 1000
ENCODER = msgspec.msgpack.Encoder()
CURSOR, INTENT = bot_key("cursor"), bot_key("intent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one frame or one rule change has to say to the store."""

    arrived: float  # monotonic seconds at which its cause came
    step: Step = field(default_factory=Step)
    homes: Mapping[str, int] = field(
        default_factory=dict
    )  # partitions of the step's armed and seen conditions
    others: tuple[tuple[int, Operation], ...] = ()
    cursor: str = ""  # written once everything else is stored

    def __len__(self) -> int:
        step = self.step
        told = len(step.events) + len(step.armed) + len(step.seen) + len(step.notices)
        return told + len(self.others)

    def operations(self, now: float) -> Iterator[tuple[int, Operation]]:
        """Partition and operation, events first: a row is re-armed only after its ring is written."""
        delay, first = timedelta(seconds=now - self.arrived), set(self.step.seen)
        for event in self.step.events:
            yield partition(event.symbol), rang(event, delay, first=event.condition in first)
        for row in self.step.armed:
            yield self.homes[row.condition], rearmed(row.condition, row.ring)
        for condition in self.step.seen:
            yield self.homes[condition], evaluated(condition)
        for event in self.step.notices:
            yield partition(event.symbol), noticed(event, delay)
        yield from self.others


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be written, noted first where a cursor is kept.

    A frame writes to several partitions and then moves the cursor; killed in between, its conditions would
    meet it again from states that it made itself. So the next start carries the intent out before it goes on.
    """

    cursor: str
    operations: Mapping[int, Sequence[tuple[Any, ...]]]  # msgspec cannot tell text from bytes in a union


@dataclass(slots=True)
class Delivered:
    """Counters of the outbox."""

    events: int = 0
    repeated: int = 0  # writes of which a reply was lost
    conflicts: int = 0  # the store had a newer ring than we
    rewritten: int = 0  # roll-backs after which the last seconds were written again
    outages: int = 0
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES))  # s from frame to reply


class Outbox:
    """Writes batches in order; `adopt` is given conditions of which the store has a newer ring."""

    def __init__(
        self,
        store: Store,
        rings: Rings,
        adopt: Callable[[Sequence[str]], Awaitable[None]],
        *,
        room: int = ROOM,
    ) -> None:
        self._store = store
        self._rings = rings
        self._adopt = adopt
        self._room = room
        self._waiting: deque[Batch] = deque()
        self._recent: deque[tuple[float, dict[int, list[Operation]]]] = deque()
        self._lock = asyncio.Lock()
        self._server = ""
        self.size = 0  # operations waiting
        self.delivered = Delivered()
        self.trouble = ""  # why the store takes nothing now, empty where it does
        self.fenced: FencedError | None = None

    @property
    def is_full(self) -> bool:
        """Whether nothing more may be put."""
        return self.size >= self._room

    async def resumed(self) -> str:
        """The stored cursor, after carrying out what the last run had begun; empty where there is none."""
        text, noted = await self._store.calls([("GET", CURSOR), ("GET", INTENT)])
        if noted is None:
            return text.decode() if text else ""
        intent = msgspec.msgpack.decode(noted, type=Intent)
        cursor = Cursor.parse(intent.cursor)
        if text and Cursor.parse(text.decode()) >= cursor:
            return str(text.decode())
        await self._rings.write(intent.operations)
        await self._store.call("SET", CURSOR, intent.cursor)
        return intent.cursor

    async def put(self, batch: Batch) -> None:
        """Queue a batch and, while the store is there, wait until it is stored.

        While it is away this returns at once; `recover` writes what waits when it is back.
        """
        self._waiting.append(batch)
        self.size += len(batch)
        if not self.trouble:
            await self.flush()

    async def flush(self) -> None:
        """Write everything that waits; on failure it stays and `trouble` or `fenced` say why."""
        async with self._lock:
            while self._waiting and self.fenced is None:
                batches = tuple(self._waiting)
                if not await self._tried(partial(self._write, batches)):
                    return
                for batch in batches:
                    self._waiting.popleft()
                    self.size -= len(batch)

    async def recover(self) -> None:
        """Once a second: notice a store that was away or rolled back, and write what waits."""
        async with self._lock:
            await self._tried(self._check, settles=not self._waiting)
        await self.flush()

    async def note(self, cursor: Callable[[], str]) -> None:
        """Move the cursor past frames that had nothing to say, where nothing waits before it."""
        async with self._lock:
            if not self._waiting and not self.trouble:
                await self._store.call("SET", CURSOR, cursor())

    async def _check(self) -> None:
        server = await self._store.identity()
        lost = await self._rings.lost()
        if lost or (self._server and server != self._server):
            log.warning("the store was restarted or lost its tail; the last rings are written again")
            await self._rewrite()
        self._server = server

    async def _tried(self, action: Callable[[], Awaitable[None]], *, settles: bool = True) -> bool:
        """Whether the action was carried out, and with it the trouble over; an outage is two log lines."""
        try:
            await action()
        except FencedError as error:
            self.fenced = error
            return False
        except (AwayError, FullError) as error:
            if not self.trouble:
                self.delivered.outages += 1
                log.warning("rings wait: %s", error)
            self.trouble = str(error)
            return False
        if self.trouble and settles:
            log.warning("the store takes rings again; %d operations waited", self.size)
            self.trouble = ""
        return True

    async def _write(self, batches: Sequence[Batch]) -> None:
        operations: defaultdict[int, list[Operation]] = defaultdict(list)
        now = monotonic()
        for batch in batches:
            for number, operation in batch.operations(now):
                operations[number].append(operation)
        cursor = next((batch.cursor for batch in reversed(batches) if batch.cursor), "")
        if cursor:
            await self._store.call("SET", INTENT, ENCODER.encode(Intent(cursor, operations)))
        outcome = await self._rings.write(operations, patience=PATIENCE)
        if outcome.lost or any(verdict.word == "gap" for verdict in outcome.verdicts):
            log.warning("the store lost its tail; the last rings are written again")
            await self._rewrite()
            await self._rings.write(operations, again=True, patience=PATIENCE)
        elif ahead := _overtaken(outcome):
            self.delivered.conflicts += len(ahead)
            await self._adopt(ahead)
        if cursor:
            await self._store.call("SET", CURSOR, cursor)
        self._remember(operations)
        self._count(batches, outcome)

    async def _rewrite(self) -> None:
        """Write the last seconds again; what the store answers is not adopted, for it is behind us."""
        self.delivered.rewritten += 1
        for _, operations in tuple(self._recent):
            await self._rings.write(operations, again=True, patience=PATIENCE)

    def _remember(self, operations: dict[int, list[Operation]]) -> None:
        now = monotonic()
        self._recent.append((now, operations))
        while self._recent[0][0] < now - KEPT:
            self._recent.popleft()

    def _count(self, batches: Sequence[Batch], outcome: Outcome) -> None:
        now = monotonic()
        self.delivered.repeated += outcome.repeated
        for batch in batches:
            self.delivered.events += len(batch.step.events)
            if batch.step.events:
                self.delivered.latencies.append(now - batch.arrived)


def _overtaken(outcome: Outcome) -> tuple[str, ...]:
    """Conditions of which the store has a ring above every one we sent.

    Within a call that was repeated, our own later ring makes an earlier one read as "ahead".
    """
    sent: defaultdict[str, int] = defaultdict(int)
    stored: defaultdict[str, int] = defaultdict(int)
    for verdict in outcome.verdicts:
        if verdict.operation[0] == "e":
            condition = str(verdict.operation[1])
            sent[condition] = max(sent[condition], int(verdict.operation[2]))
            stored[condition] = max(stored[condition], verdict.ring if verdict.word == "ahead" else 0)
    return tuple(condition for condition, ring in stored.items() if ring > sent[condition])
