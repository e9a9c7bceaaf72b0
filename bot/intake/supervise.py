"""One supervisor for every feed: connects again with patience, notices silence, never dies of a plug-in.

`async for socket in connect()` has no backoff after a good handshake: a server that accepts and hangs up was
met 2157 times in 2 s; Binance bans at 300 in 5 minutes. Here failures are forgotten after a minute of data.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import inf
from random import SystemRandom
from typing import TypeAlias

from bot.errors import FeedError
from bot.feed import Context, Feed, Payload, RefusedError, needs
from bot.intake.bell import Bell
from bot.intake.line import Line
from bot.intake.overlap import Overlap
from rules.model import Frame, Phase
from rules.sessions import Hours
from rules.sheet import newest as newest_of

log = logging.getLogger(__name__)
NEVER = datetime.min.replace(tzinfo=UTC)
Sink: TypeAlias = Callable[[Frame], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for what; tests shorten it."""

    first: float = 1.0  # seconds before the second try; doubles
    ceiling: float = 30.0
    refused: float = 120.0  # after a ban without a date; doubles up to `banned`
    banned: float = 3 * 86_400.0
    proof: float = 1.0  # seconds of data after which an outage is over
    steady: float = 60.0  # seconds of data after which failures are forgotten
    connects: int = 50  # at most, within `window` seconds
    window: float = 300.0
    tick: float = 1.0  # seconds between two looks at silence, wishes and the clock
    settle: float = 5.0  # seconds between two connections that nothing but new wishes ask for
    linger: float = 1.0  # seconds for which a relieved connection is still read
    unreadable: int = 3  # answers in a row that end a connection


@dataclass(slots=True, kw_only=True)
class Health:
    """One feed as /health and the operator see it."""

    patience: Patience = field(default_factory=Patience)
    up: bool = False
    connects: int = 0
    outages: int = 0
    payloads: int = 0
    quotes: int = 0
    unreadable: int = 0
    reason: str = ""  # of the outage that lasts, or of the last one
    since: datetime | None = None  # when it went up or down
    last: datetime | None = None  # receive time of the last data


class _Supervisor:
    """Holds one feed's connection open and hands its frames on, one at a time."""

    def __init__(
        self,
        feed: Feed,
        context_of: Callable[[], Context],
        sink: Sink,
        reconnected: Callable[[str], None],
        health: Health,
    ) -> None:
        self._feed, self._context_of, self._sink, self._reconnected = feed, context_of, sink, reconnected
        self._health, self._patience = health, health.patience
        self._clock = asyncio.get_running_loop().time
        self._busy = asyncio.Lock()
        self._bell = Bell(health.patience.tick)  # something waits in a row, or it is time to stop
        self._overlap: Overlap | None = None  # while two connections are read
        self._relieved: Line | None = None  # the one that was taken over from
        self._until = 0.0  # when it is closed; after it, when the overlap is over
        self._leaving: list[asyncio.Task[None]] = []  # farewells under way
        self._connects: deque[float] = deque(maxlen=self._patience.connects)
        self._newest: dict[str, datetime] = {}
        self._is_down, self._fell = False, 0.0
        self._has_gap = False  # a connection broke, and no data has come since
        self._was_steady = False  # the last one to end had brought data for long enough
        self._failures = self._refusals = 0
        self._looked = self._renewed = -self._patience.window

    async def beat(self, stop: asyncio.Task[bool]) -> None:
        """An empty frame for each market every tick: time passes although nothing comes."""
        while not stop.done():
            now = self._context_of().now()
            for market in self._feed.markets:
                async with self._busy:
                    await self._sink(Frame(market=market, received=now))
            await asyncio.wait({stop}, timeout=self._patience.tick)

    async def keep(self, stop: asyncio.Task[bool], is_open: Callable[[datetime], bool]) -> None:
        """Connect again and again until stopped, or until a replay is over."""
        stop.add_done_callback(lambda _: self._bell.ring())
        while not stop.done():
            wait = self._budget()
            if not (self._feed.replays or self._context_of().symbols):
                wait = max(wait, self._patience.tick)
            if wait:
                await asyncio.wait({stop}, timeout=wait)
                continue
            error = await self._hold(stop, is_open)
            if stop.done() or (self._feed.replays and error is None):
                return
            if error is None and self._was_steady:
                log.info("feed %s: the source ended a connection in order", self._feed.name)
                continue
            error = error or FeedError("the source closed the connection")
            self._note_failure(error)
            await asyncio.wait({stop}, timeout=self._backoff(error))

    async def _hold(self, stop: asyncio.Task[bool], is_open: Callable[[datetime], bool]) -> FeedError | None:
        """One connection and its planned successors; the error it failed with, None at its end or ours."""
        line: Line | None = self._open()
        spare: Line | None = None
        try:
            while line is not None and not stop.done():
                await self._bell.rest()
                if spare is not None and (spare.row or spare.is_over):
                    line, spare = await self._swapped(line, spare)
                await self._see_off()
                if not await self._advance(line, stop, has_spare=spare is not None):
                    self._has_gap, self._was_steady = True, self._is_steady(line)
                    await line.close()
                    line, spare = spare, None
                    self._until = self._clock() + self._patience.linger
                elif self._is_time() and self._watch(line, is_open) and spare is None:
                    spare = self._open()
                    self._overlap, self._until = Overlap(), inf
        except FeedError as error:
            self._has_gap = True
            return error
        finally:
            self._bell.close()
            lines = filter(None, (line, spare, self._relieved))
            await asyncio.gather(*(one.close() for one in lines), *self._leaving)
            self._overlap = self._relieved = None
        return None

    def _open(self) -> Line:
        now = self._clock()
        self._connects.append(now)
        self._health.connects += 1
        self._renewed = now
        context = replace(self._context_of(), wished=lambda: self._context_of().symbols)
        return Line(self._feed, context, now, self._bell)

    async def _swapped(self, line: Line, spare: Line) -> tuple[Line, Line | None]:
        """Make before break: the spare line takes over once it has brought something; else it is given up."""
        if spare.row:
            if self._relieved is not None:
                self._until = 0.0
                await self._see_off()
            self._relieved, self._until = line, self._clock() + self._patience.linger
            spare.quiet = self._clock()
            return spare, None
        try:
            spare.take()
        except FeedError as error:
            log.info("feed %s: no second connection: %s", self._feed.name, error)
            self._renewed = self._clock() + self._backoff(error)
        self._until = self._clock()
        await spare.close()
        return line, None

    async def _see_off(self) -> None:
        """Read what a relieved line still brings; close it when its time has come, or it has ended."""
        line, is_due = self._relieved, self._clock() >= self._until
        if line is None:
            self._overlap = None if is_due else self._overlap
            return
        with suppress(FeedError):
            await self._drain(line)
        if is_due or line.is_over:
            self._relieved, self._until = None, self._clock() + self._patience.linger
            farewell = asyncio.create_task(line.close(), name=f"feed {self._feed.name}: farewell")
            self._leaving = [*(task for task in self._leaving if not task.done()), farewell]

    async def _advance(self, line: Line, stop: asyncio.Task[bool], *, has_spare: bool) -> bool:
        """Hand on what has come; False where the line has ended and another stands by, or ended in order."""
        try:
            await self._drain(line, stop)
        except FeedError:
            if has_spare:
                return False
            raise
        return not line.has_ended

    async def _drain(self, line: Line, stop: asyncio.Task[bool] | None = None) -> None:
        """Hand on what waits, in one turn; what comes meanwhile rings the bell, after the clock."""
        async with self._busy:
            for _ in range(len(line.row) + 1):
                if (stop is not None and stop.done()) or (payload := line.take()) is None:
                    return
                await self._read(line, payload)

    async def _read(self, line: Line, payload: Payload) -> None:
        self._has_gap = self._has_gap or payload.gap
        frames = self._parsed(line, payload)
        if self._overlap is not None:
            frames = tuple(map(self._overlap.filtered, frames))
        if self._is_progress(frames):
            self._note_data(line, payload.received)
        for frame in frames:
            if frame.quotes or self._feed.replays:
                if self._has_gap and frame.quotes:
                    self._mend()
                self._health.quotes += len(frame.quotes)
                await self._sink(frame)

    def _mend(self) -> None:
        """Quotes come again after a gap."""
        self._has_gap = False
        for market in self._feed.markets:
            self._reconnected(market)

    def _parsed(self, line: Line, payload: Payload) -> tuple[Frame, ...]:
        """The payload's frames, none of an unreadable one; FeedError when too many follow each other."""
        self._health.payloads += 1
        try:
            frames = self._feed.parse(payload.data, payload.received)
        except Exception as error:  # whatever a parser raises, the source is to blame
            self._health.unreadable += 1
            line.unreadable += 1
            if line.unreadable >= self._patience.unreadable:
                raise FeedError(f"unreadable answers: {error}") from error
            return ()
        line.unreadable = 0
        return frames

    def _is_progress(self, frames: Sequence[Frame]) -> bool:
        """Data is an event without quotes, or an exchange time not seen before: a frozen page is none."""
        moved = False
        for frame in frames:
            newest = _newest(frame)
            if newest > self._newest.get(frame.market, NEVER):
                self._newest[frame.market] = newest
                moved = True
        return moved

    def _note_data(self, line: Line, received: datetime) -> None:
        now, health = self._clock(), self._health
        line.quiet, health.last = now, received
        if line.proven is None:
            line.proven = now
        if (self._failures or self._refusals) and self._is_steady(line):
            self._failures = self._refusals = 0
        if health.up or (self._is_down and now - line.proven < self._patience.proof):
            return
        if self._is_down:
            log.warning("feed %s: back after %.0f s", self._feed.name, now - self._fell)
        health.up, health.since, self._is_down = True, received, False

    def _is_steady(self, line: Line) -> bool:
        """Whether a connection has brought data for so long that its end is no sign of trouble."""
        return line.proven is not None and self._clock() - line.proven >= self._patience.steady

    def _note_failure(self, error: FeedError) -> None:
        health = self._health
        health.reason = str(error)
        if self._is_down:
            log.info("feed %s: still down: %s", self._feed.name, error)
            return
        self._is_down, health.up = True, False
        self._fell = self._clock()
        health.outages += 1
        health.since = self._context_of().now()
        log.warning("feed %s: down: %s", self._feed.name, error)

    def _is_time(self) -> bool:
        """Whether a tick has passed since the last look."""
        now = self._clock()
        if now - self._looked < self._patience.tick:
            return False
        self._looked = now
        return True

    def _watch(self, line: Line, is_open: Callable[[datetime], bool]) -> bool:
        """Whether a successor is due; FeedError where the line has been silent for too long."""
        if self._feed.replays:
            return False
        now, context = self._clock(), self._context_of()
        if not is_open(context.now()):
            line.quiet = now
        silence = self._feed.silence.total_seconds()
        if now - line.quiet >= silence:
            raise FeedError(f"no data for {silence:.0f} s although the market is open")
        lifetime = self._feed.lifetime
        is_old = lifetime is not None and now - line.opened >= lifetime.total_seconds()
        wanted = context.wanted
        is_other = bool(wanted) and wanted != line.wanted and not needs(self._feed).follows
        is_due = is_old or line.closing or is_other
        return is_due and now - self._renewed >= self._patience.settle and not self._budget()

    def _budget(self) -> float:
        """Seconds until another connection is allowed."""
        if len(self._connects) < self._patience.connects:
            return 0.0
        return max(0.0, self._connects[0] + self._patience.window - self._clock())

    def _backoff(self, error: FeedError) -> float:
        """Seconds to wait after a failure: doubling to a ceiling with jitter; a ban is waited out."""
        patience, chance = self._patience, SystemRandom()
        if isinstance(error, RefusedError):
            self._refusals += 1
            named = None if error.after is None else error.after.total_seconds()
            wait = patience.refused * 2.0 ** min(self._refusals - 1, 20) if named is None else named
            return min(max(wait, patience.first), patience.banned) * chance.uniform(1.0, 1.1)
        self._failures += 1
        wait = patience.first * 2.0 ** min(self._failures - 1, 20)
        return min(wait, patience.ceiling) * chance.uniform(0.5, 1.0)


def _newest(frame: Frame) -> datetime:
    """The latest time in a frame; most that are pushed have one quote."""
    if len(frame.quotes) == 1:
        return frame.quotes[0].time
    return newest_of(frame.quotes) or frame.received


def trades(hours: Hours, symbols: Iterable[str], moment: datetime) -> bool:
    """Whether a market of these symbols trades continuously: the only time at which silence says something.

    In auctions and before 15:00:00 nothing is printed in China; a quiet market nobody asked for is no fault.
    """
    markets = {symbol.rpartition(".")[2] for symbol in symbols}
    return any(hours.phase(market, moment) is Phase.CONTINUOUS for market in markets)


async def supervise(  # noqa: PLR0913 - the hooks of one feed, named at the one call
    feed: Feed,
    context_of: Callable[[], Context],
    sink: Sink,
    stopping: asyncio.Event,
    *,
    is_open: Callable[[datetime], bool],
    reconnected: Callable[[str], None],
    health: Health | None = None,
) -> None:
    """Run a feed until `stopping` or its replay's end; its errors are not raised, those of `sink` are.

    `context_of` is asked at each connection and every second; when the symbols it names change, a second
    connection takes over from the first. `sink` is called with one frame at a time, also with an empty one of
    each market every second; its errors leave in an exception group. `reconnected` is told each market before
    the first quotes after a broken connection: what they saw as the day's high may have been in the gap.
    """
    supervisor = _Supervisor(feed, context_of, sink, reconnected, health or Health())
    stop = asyncio.create_task(stopping.wait(), name=f"feed {feed.name} stop")
    try:
        async with asyncio.TaskGroup() as group:
            if not feed.replays:
                group.create_task(supervisor.beat(stop), name=f"feed {feed.name} clock")
            await supervisor.keep(stop, is_open)
    finally:
        stop.cancel()
