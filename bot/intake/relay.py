"""The way from a trade stream's socket to its payloads, the same for every source that streams.

Connect, subscribe, ask for the day's figures; then pass on what comes: figures ride on trades, lost messages
are noticed by their numbers and answered by asking anew, new wishes are subscribed to on the open connection.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

import msgspec

from bot.feed import Context, Payload
from bot.formats.sequence import Numbering
from bot.intake.daily import Asking, Days, Fetch, days
from bot.intake.stream import Socket, opened
from bot.intake.wishes import Wishes

T = TypeVar("T")
Change: TypeAlias = Callable[[Socket, Sequence[str]], Awaitable[None]]


class Mark(msgspec.Struct, frozen=True):
    """What is to be known of a message before it is passed on."""

    stream: bytes = b""  # whose number it is
    number: int | None = None
    step: int = 1  # how many numbers it stands for
    closing: bool = False  # the source announces its end
    skip: bool = False  # it is not passed on
    figures: Mapping[str, bytes] = MappingProxyType({})  # of the day, which it brings itself
    ask: tuple[str, ...] = ()  # instruments whose figures of the day it has made doubtful


PLAIN, SKIPPED = Mark(), Mark(skip=True)


async def _nothing(_: Socket) -> None:
    """Nothing to do."""


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """So many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


def every(seconds: float, message: Callable[[], Any]) -> Callable[[Socket], Awaitable[None]]:
    """Sends a message each so many seconds, beginning that long after the connection."""
    due = asyncio.get_running_loop().time() + seconds

    async def send(socket: Socket) -> None:
        nonlocal due
        now = asyncio.get_running_loop().time()
        if now >= due:
            due = now + seconds
            await socket.send(message())

    return send


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How one source wants to be talked to."""

    source: str
    address: str = field(repr=False)  # may carry a key
    wishes: Wishes
    subscribe: Change
    unsubscribe: Change
    mark: Callable[[bytes], Mark]
    names: Callable[[bytes], Iterable[str]]  # the instruments that a message tells of
    fetch: Fetch | None = None  # the day's figures, where the stream lacks them
    asking: Asking = field(default_factory=Asking)
    named: int = 0  # instruments whose subscription is in the address
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    greet: Callable[[Socket], Awaitable[None]] = _nothing  # before the first subscription
    each_second: Callable[[Socket], Awaitable[None]] = _nothing


async def relayed(context: Context, plan: Plan) -> AsyncGenerator[Payload, None]:
    """Payloads of one connection until it ends."""
    wishes, numbers, now = plan.wishes, Numbering(), context.now
    async with (
        opened(context, plan.source, plan.address, plan.headers) as socket,
        days(context, plan.source, plan.fetch, plan.asking) as told,
    ):
        await plan.greet(socket)
        await plan.subscribe(socket, list(wishes.names)[plan.named :])
        told.ask(wishes.names)
        while True:
            if (data := socket.ready()) is None and (data := await socket.next()) is None:
                for figures in told.look():
                    yield Payload(data=figures, received=context.now())
                await _follow(plan, socket, told)
                await plan.each_second(socket)
                continue
            mark = plan.mark(data)
            if mark.skip:
                continue
            gap = mark.number is not None and numbers.misses(mark.stream, mark.number, mark.step)
            if gap or mark.ask:
                told.ask(mark.ask or tuple(plan.names(data)) or wishes.names)
            if mark.figures:
                told.tell(mark.figures)
            if told.is_busy:
                data = told.ride(plan.names(data), data)
            yield Payload(data, now(), mark.closing, gap)


async def _follow(plan: Plan, socket: Socket, told: Days) -> None:
    """Subscribe to what has been wished for since, leave what nobody wants any more."""
    added, dropped = plan.wishes.changes()
    if dropped:
        await plan.unsubscribe(socket, dropped)
        told.forget(dropped)
    if added:
        await plan.subscribe(socket, added)
        told.ask(added)
