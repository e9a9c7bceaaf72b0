"""The fan-out: each chat partition reads the engines' events and gives them to its own listeners.

One consumer group with one consumer name a chat partition, on every instrument partition's stream: own
pending entries from 0 to the end first, then new ones, each stream in order; acknowledged once claims stand.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from logging import getLogger

import msgspec

from bot.delivery.counters import Counters
from bot.errors import AwayError, FullError, StoreError
from bot.master import calendar
from bot.store.claims import Claims, entry_of
from bot.store.client import Store, texts
from bot.store.events import Events
from bot.store.keys import PARTITIONS, RINGS

log = getLogger(__name__)
SWEEP = 1.0  # seconds; what was announced while nobody listened is found by looking
LISTEN = timedelta(seconds=1)
AWAY = 1.0
MOST_REFUSALS = 3  # then listeners hear an entry one by one, so that a damaged one holds up nobody
FIRST_TOLD = 2  # a single failure is most often a lost reply, made good at once


@dataclass(slots=True)
class Home:
    """One chat partition's place in every stream."""

    number: int
    claims: Claims
    events: Events
    dirty: set[int] = field(default_factory=lambda: set(range(PARTITIONS)))
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    failures: int = 0  # in a row
    refused: Counter[str] = field(default_factory=Counter)  # entries that a script would not take


async def fan_out(
    store: Store,
    numbers: Sequence[int],
    stopping: asyncio.Event,
    counters: Counters,
    *,
    gather: timedelta | None = None,
) -> None:
    """Fan events out to these chat partitions until `stopping` is set; what is under way is finished."""
    hours = calendar.hours()
    homes = [
        Home(number, Claims(store, number, gather=gather, hours=hours), Events(store, number))
        for number in numbers
    ]
    async with asyncio.TaskGroup() as group:
        aides = [
            group.create_task(_listen(store, homes), name="fan-out: listen"),
            group.create_task(_sweep(homes), name="fan-out: sweep"),
        ]
        work = [
            group.create_task(_work(home, stopping, counters), name=f"fan-out: {home.number:02}")
            for home in homes
        ]
        await stopping.wait()
        for home in homes:
            home.wake.set()
        await asyncio.wait(work)
        for aide in aides:
            aide.cancel()


async def _listen(store: Store, homes: Sequence[Home]) -> None:
    """Mark the streams that rings were written to."""
    async with store.listen(RINGS) as listener:
        while True:
            heard = await listener.next(LISTEN)
            if heard is not None and heard[1].isdecimal():
                _mark(homes, {int(heard[1])})


async def _sweep(homes: Sequence[Home]) -> None:
    """Once a second look at the ends of all streams, for what was announced to nobody."""
    while homes:
        await asyncio.sleep(SWEEP)
        try:
            tips = await homes[0].events.tips()
        except StoreError as error:
            log.debug("the sweep waits for the store: %s", error)
            continue
        for home in homes:
            _mark([home], {stream for stream, tip in tips.items() if home.events.is_behind(stream, tip)})


def _mark(homes: Sequence[Home], streams: set[int]) -> None:
    for home in homes:
        if streams:
            home.dirty |= streams
            home.wake.set()


async def _work(home: Home, stopping: asyncio.Event, counters: Counters) -> None:
    """Read what is marked, stream by stream, each in order."""
    while not stopping.is_set():
        while home.dirty and not stopping.is_set():
            stream = home.dirty.pop()
            try:
                await _drain(home, stream, stopping, counters)
            except StoreError as error:
                # Where only the reply was lost the entries stand in our pending list: read that first.
                home.events.rewind(stream)
                home.dirty.add(stream)
                await _fail(home, stopping, error)
            else:
                _recover(home)
        await home.wake.wait()
        home.wake.clear()


async def _fail(home: Home, stopping: asyncio.Event, error: StoreError) -> None:
    """One line an outage; a second failure in a row waits, a first one may have been a lost reply."""
    home.failures += 1
    if home.failures == 1 and isinstance(error, AwayError):
        return
    if home.failures <= FIRST_TOLD:
        log.warning("events for chat partition %02d wait for the store: %s", home.number, error)
    try:
        async with asyncio.timeout(AWAY):
            await stopping.wait()
    except TimeoutError:
        return


def _recover(home: Home) -> None:
    if home.failures >= FIRST_TOLD:
        log.warning("events for chat partition %02d flow again", home.number)
    home.failures = 0


async def _drain(home: Home, stream: int, stopping: asyncio.Event, counters: Counters) -> None:
    """Handle a stream to its present end; acknowledge what stands."""
    while not stopping.is_set():
        batch = await home.events.read(stream)
        if batch is None:
            return
        done = []
        for number, fields in batch:
            await _handle(home, number, fields, counters)
            done.append(number)
        await home.events.acknowledge(stream, done)


async def _handle(home: Home, number: str, fields: Mapping[bytes, bytes] | None, counters: Counters) -> None:
    """Give one entry to its listeners; one that cannot be read is counted and passed by."""
    if fields is None:  # trimmed while it was pending
        counters.failed["trimmed"] += 1
        return
    try:
        entry = entry_of(number, texts(fields))
    except (msgspec.MsgspecError, KeyError, ValueError) as error:
        counters.failed["unreadable"] += 1
        log.error("event %s cannot be read and was passed by: %s", number, error)  # noqa: TRY400 -- no stack needed
        return
    try:
        words = await home.claims.hear(entry, one_by_one=home.refused[number] >= MOST_REFUSALS)
    except (AwayError, FullError):
        raise
    except StoreError:
        home.refused[number] += 1
        raise
    home.refused.pop(number, None)
    if "refused" in words:
        counters.failed["refused"] += words.count("refused")
    counters.events += bool(words)
    counters.claims.update(words)
