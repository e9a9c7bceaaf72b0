"""The engine role: frames through gate and engine, rings into the store, rule changes out of it.

One process may run all partitions, or several take shards; a partition's epoch lets one engine write.
"""

import asyncio
import logging
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import quantiles
from time import monotonic
from typing import Any

from bot.errors import StoreError
from bot.intake.doubts import Doubts
from bot.intake.gate import Gate, Judge, Verdicts
from bot.intake.held import Held
from bot.master.world import World
from bot.roles.cursor import Cursor
from bot.roles.following import OPEN, Following
from bot.roles.outbox import Batch, Outbox
from bot.roles.roster import Roster
from bot.store.client import Store
from bot.store.conditions import Conditions
from bot.store.keys import CHANGES, is_mine, mine, partition
from bot.store.last import Last
from bot.store.rings import Rings
from rules.engine import Engine
from rules.explain import Explanation
from rules.model import Frame, Quote
from rules.rings import Step

log = logging.getLogger(__name__)

ROUND = timedelta(seconds=1)  # between sweeps; announced changes are read at once
GRACE = timedelta(seconds=2)  # for the last words to the store
STRIDE = 200  # frames advanced before others get a turn
FRESH = 64  # frames whose quotes are kept as they came until somebody wants the last ones


@dataclass(slots=True)
class Counts:
    """What went through an engine."""

    frames: int = 0
    quotes: int = 0
    rings: int = 0  # fired and provisional
    held: int = 0  # frames merged while the buffer was full


class Watcher:
    """Takes frames, keeps its conditions as the chats have them, writes what rings."""

    def __init__(
        self,
        store: Store,
        world: World,
        *,
        shard: tuple[int, int] = (0, 1),
        keeps_cursor: bool = False,
        gate: Judge | None = None,
    ) -> None:
        self.engine = Engine(
            world.hours, world.master.get, world.history, world.master.members, world.minutes
        )
        self.gate: Judge = gate or Gate(world.hours, world.master.get)
        self.counts = Counts()
        self.after = ""  # ISO time up to which `start` has advanced: a feed begins behind it
        self._store = store
        self._shard = shard
        self._keeps_cursor = keeps_cursor
        self._rings = Rings(store, mine(shard))
        self._following = Following(
            world,
            Roster(world.master.stored, shard),
            Conditions(store),
            self._rings,
            engine=self.engine,
            say=self._say,
        )
        self._outbox = Outbox(store, self._rings, self._following.adopt)
        self._last = Last(store)
        self._doubts = Doubts(store)
        self._held = Held()
        self._dirty: dict[str, Quote] = {}  # by symbol, not yet published
        self._fresh: list[Sequence[Quote]] = []  # the same of the last frames, not yet looked at
        self._announced: set[int] = set()
        self._wake = asyncio.Event()
        self._cursor: Cursor | None = None
        self._skip = 0  # frames of the cursor's own time that `start` has advanced over

    @property
    def symbols(self) -> frozenset[str]:
        """Instruments that somebody listens to, members of groups included: what feeds should bring."""
        return self._following.symbols

    @property
    def groups(self) -> frozenset[str]:
        """Groups that somebody listens to, for sources that know them."""
        return self._following.groups

    async def start(self, past: Iterable[Frame] = ()) -> None:
        """Take the partitions over and load what is listened to; StoreError where the store is away.

        With `past`, a day from its beginning, the market moves over it, rings mute, up to the stored cursor;
        `after` then says behind which time a feed goes on.
        """
        await self._rings.take_over(secrets.token_hex(8))
        text = await self._outbox.resumed() if self._keeps_cursor else ""
        loaded = await self._following.load()
        if not text:
            await self._following.begin(loaded)
            symbols = sorted({condition.symbol for condition in loaded.conditions})
            self.engine.recall((await self._last.some(symbols)).values())
            return
        self._cursor = Cursor.parse(text)
        self.engine.add_all(loaded.conditions)
        await self._advance(past, self._cursor)
        await self._following.resume(loaded)

    async def take(self, frame: Frame) -> None:
        """The feeds' sink: what rings is stored when this returns, unless the store is away."""
        if self._outbox.fenced or self._is_past(frame):
            return
        arrived = monotonic()
        verdicts = self.gate.judge(frame)
        believed = self._filtered(verdicts.frame)
        if verdicts.refused:
            self._doubt(verdicts)
        self.counts.frames += 1
        self.counts.quotes += len(frame.quotes)
        if self._keeps_cursor:
            self._cursor = self._cursor.passed(frame) if self._cursor else Cursor(frame.received, 1)
        if self._outbox.is_full:
            self.counts.held += 1
            self._held.add(believed)
        elif self._held:
            self._held.add(believed)
            for merged in self._held.release():
                await self._evaluate(merged, arrived)
        else:
            await self._evaluate(believed, arrived)

    def reconnected(self, market: str) -> None:
        """A feed of this market was away: its next quotes' highs and lows touch nothing."""
        self.engine.reconnected(market)

    def explain(self, condition_id: str) -> Explanation | None:
        """Why a condition rang or is silent, the gate's last refusals included; None for an unknown id."""
        found = self.engine.explain(condition_id)
        if found is None:
            return None
        words = tuple(f"{one.time.isoformat()} {one.reason}" for one in self.gate.refusals(found.symbol))
        return replace(found, refusals=words)

    async def run(self, stopping: asyncio.Event) -> None:
        """Follow rule changes and publish last quotes until stopped; FencedError where a newer engine is."""
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(self._hear(), name="engine: rule changes")
            with suppress(TimeoutError):
                async with asyncio.timeout(None) as limit:
                    relaying = group.create_task(self._relay(stopping, limit), name="engine: stopping")
                    await self._rounds(stopping)
                    await self._finish()
            hearing.cancel()
            relaying.cancel()
        if self._outbox.fenced:
            raise self._outbox.fenced

    def counters(self) -> dict[str, Any]:
        """Numbers for the page and /metrics."""
        delivered = self._outbox.delivered
        spread = list(delivered.latencies)
        cuts = quantiles(spread, n=100) if len(spread) > 1 else spread * 99
        return {
            "frames": self.counts.frames,
            "quotes": self.counts.quotes,
            "passed": self.gate.passed,
            "refused": dict(self.gate.counts),
            "standby": dict(self.gate.figures()),
            "conditions": len(self._following.roster),
            "unreadable": self._following.roster.unreadable,
            "rings": self.counts.rings,
            "events": delivered.events,
            "latency_ms": {"p50": 1000 * cuts[49], "p99": 1000 * cuts[98]} if cuts else {},
            "waiting": self._outbox.size,
            "held": self.counts.held,
            "trouble": self._outbox.trouble,
            "outages": delivered.outages,
            "repeated": delivered.repeated,
            "conflicts": delivered.conflicts,
            "rewritten": delivered.rewritten,
        }

    # Frames

    def _is_past(self, frame: Frame) -> bool:
        """Whether `start` has advanced over this frame; a feed can only say from which time it goes on."""
        if not self._skip or self._cursor is None:
            return False
        is_past = frame.received == self._cursor.time
        self._skip = self._skip - 1 if is_past else 0
        return is_past

    def _is_ours(self, symbol: str) -> bool:
        return self._shard[1] == 1 or is_mine(partition(symbol), self._shard)

    def _doubt(self, verdicts: Verdicts) -> None:
        """Keep for /why what was refused of this shard's instruments that somebody listens to."""
        listened = self.symbols
        refused = (one for one in verdicts.refused if one[0].symbol in listened)
        self._doubts.note((one for one in refused if self._is_ours(one[0].symbol)), verdicts.frame.received)

    def _filtered(self, frame: Frame) -> Frame:
        """The quotes of this shard, and those its groups are made of."""
        if self._shard[1] == 1:
            return frame
        kept = (
            quote for quote in frame.quotes if self._is_ours(quote.symbol) or quote.symbol in self.symbols
        )
        halted = (quote for quote in frame.halted if self._is_ours(quote.symbol))
        return replace(frame, quotes=tuple(kept), halted=tuple(halted))

    async def _evaluate(self, frame: Frame, arrived: float) -> None:
        step = self.engine.take(frame)
        self._fresh.append(frame.quotes)
        if len(self._fresh) >= FRESH:
            self._gather()
        if step.events or step.armed or step.seen or step.notices:
            self.counts.rings += sum(event.state in OPEN for event in step.events)
            await self._outbox.put(self._batch(step, arrived))

    def _batch(self, step: Step, arrived: float) -> Batch:
        """The step as the store is told it: a condition that never rang has no row to re-arm."""
        armed = tuple(row for row in step.armed if row.ring)
        names = {row.condition for row in armed}
        homes = self._following.homes(names.union(step.seen))
        self._following.told(names.union(event.condition for event in step.events))
        kept = replace(
            step,
            armed=tuple(row for row in armed if row.condition in homes),
            seen=tuple(name for name in step.seen if name in homes),
        )
        return Batch(arrived=arrived, step=kept, homes=homes, cursor=self._cursor_text())

    async def _say(self, batch: Batch) -> None:
        await self._outbox.put(batch)

    def _cursor_text(self) -> str:
        return str(self._cursor) if self._cursor else ""

    async def _advance(self, past: Iterable[Frame], cursor: Cursor) -> None:
        for number, frame in enumerate(past):
            is_last = frame.received == cursor.time
            if frame.received > cursor.time or (is_last and self._skip == cursor.count):
                return
            self._skip += is_last
            self.after = self.after if is_last else frame.received.isoformat()
            self.engine.advance(self.gate.judge(frame).frame)
            if number % STRIDE == 0:
                await asyncio.sleep(0)

    # Rounds

    async def _rounds(self, stopping: asyncio.Event) -> None:
        due = monotonic()
        while not stopping.is_set() and not self._outbox.fenced:
            self._wake.clear()
            is_sweep = monotonic() >= due
            announced, self._announced = self._announced, set()
            try:
                await self._round(None if is_sweep else announced)
            except StoreError as error:
                log.warning("rule changes and last quotes wait: %s", error)
                self._following.lose_sight()
            if is_sweep:
                due = monotonic() + ROUND.total_seconds()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, due - monotonic())):
                    await self._wake.wait()

    async def _round(self, announced: set[int] | None) -> None:
        """A sweep, or the chat partitions that were announced."""
        if announced is None:
            await self._outbox.recover()
        if self._outbox.trouble or self._outbox.fenced:
            self._following.lose_sight()
            return
        await self._following.follow(announced)
        if announced is None:
            await self._publish()

    async def _hear(self) -> None:
        async with self._store.listen(CHANGES) as listener:
            while True:
                if message := await listener.next(ROUND):
                    self._announced.add(int(message[1]))
                    self._wake.set()

    async def _relay(self, stopping: asyncio.Event, limit: asyncio.Timeout) -> None:
        """Once stopping, end the pause at once and whatever the store does not answer soon."""
        await stopping.wait()
        self._wake.set()
        limit.reschedule(asyncio.get_running_loop().time() + GRACE.total_seconds())

    def _gather(self) -> None:
        """The newest quote of each instrument that is this shard's."""
        fresh, self._fresh = self._fresh, []
        for quotes in fresh:
            self._dirty.update((quote.symbol, quote) for quote in quotes if self._is_ours(quote.symbol))

    async def _publish(self) -> None:
        self._gather()
        dirty, self._dirty = self._dirty, {}
        try:
            await self._last.write(dirty.values())
        except StoreError:
            self._dirty = dirty | self._dirty
            raise
        await self._doubts.publish()
        if self._keeps_cursor and self._cursor:
            await self._outbox.note(self._cursor_text)

    async def _finish(self) -> None:
        if not self._outbox.trouble and not self._outbox.fenced:
            await self._outbox.flush()
            with suppress(StoreError):
                await self._publish()
