"""The way from a trade stream's socket to its payloads, the same for every source that streams.

Connect, subscribe, ask for the day's figures; then pass on what comes: figures ride on trades, lost messages
are noticed by their numbers and answered by asking anew, new wishes are subscribed to on the open connection.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias

from bot.daily import Days, Fetch, days, midnight
from bot.feed import Context, Payload
from bot.sequence import Numbering
from bot.stream import Socket, opened
from bot.wishes import Wishes

Change: TypeAlias = Callable[[Socket, Sequence[str]], Awaitable[None]]


class Mark(NamedTuple):
    """What is to be known of a message before it is passed on."""

    names: tuple[str, ...] = ()  # the instruments it tells of
    stream: bytes = b""  # whose number it is
    number: int | None = None
    step: int = 1  # how many numbers it stands for
    closing: bool = False  # the source announces its end
    skip: bool = False  # it is not passed on


PLAIN, SKIPPED = Mark(), Mark(skip=True)


async def _nothing(_: Socket) -> None:
    """Nothing is due each second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How one source wants to be talked to."""

    source: str
    address: str = field(repr=False)  # may carry a key
    wishes: Wishes
    subscribe: Change
    unsubscribe: Change
    mark: Callable[[bytes], Mark]
    fetch: Fetch  # the day's figures
    batch: int = 1  # instruments that one answer with figures covers
    turn: Callable[[datetime], datetime] = midnight  # when figures are asked for anew
    named: int = 0  # instruments whose subscription is in the address
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    each_second: Callable[[Socket], Awaitable[None]] = _nothing


async def relayed(context: Context, plan: Plan) -> AsyncGenerator[Payload, None]:
    """Payloads of one connection until it ends."""
    wishes, numbers = plan.wishes, Numbering()
    async with (
        opened(context, plan.source, plan.address, plan.headers) as socket,
        days(context, plan.source, plan.fetch, plan.turn, plan.batch) as told,
    ):
        await plan.subscribe(socket, list(wishes.names)[plan.named :])
        told.ask(wishes.names)
        while True:
            data = await socket.next()
            if data is None:
                for figures in told.look():
                    yield Payload(data=figures, received=context.now())
                await _follow(plan, socket, told)
                await plan.each_second(socket)
                continue
            mark = plan.mark(data)
            if mark.skip:
                continue
            gap = mark.number is not None and numbers.misses(mark.stream, mark.number, mark.step)
            if gap:
                told.ask(mark.names or wishes.names)
            if told.is_busy:
                data = told.ride(mark.names, data)
            yield Payload(data=data, received=context.now(), closing=mark.closing, gap=gap)


async def _follow(plan: Plan, socket: Socket, told: Days) -> None:
    """Subscribe to what has been wished for since, leave what nobody wants any more."""
    added, dropped = plan.wishes.changes()
    if dropped:
        await plan.unsubscribe(socket, dropped)
        told.forget(dropped)
    if added:
        await plan.subscribe(socket, added)
        told.ask(added)
