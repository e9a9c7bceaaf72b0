"""A feed under supervision, and feeds that do what a test says."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from websockets.asyncio.server import ServerConnection

from bot import feeds as feeds  # noqa: PLC0414 -- fills the registry
from bot.errors import FeedError
from bot.feed import Context, Endpoint, Feed, Payload, RefusedError
from bot.intake.supervise import Health, Patience, supervise
from rules.model import Frame
from tests.bot.sources import BUSY, Source, context, pages, stream
from tests.fakes.binance import days

HURRY = Patience(
    first=0.01,
    ceiling=0.04,
    refused=0.05,
    proof=0.03,
    steady=0.2,
    window=2.0,
    tick=0.01,
    settle=0.02,
    linger=0.05,
)


@dataclass
class Run:
    """A supervised feed: what its sink received, its health, and the way to stop it."""

    health: Health
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    frames: list[Frame] = field(default_factory=list)
    symbols: list[str] = field(default_factory=lambda: ["BTCUSDT.BINANCE"])
    is_open: bool = True
    gaps: list[tuple[str, int]] = field(default_factory=list)  # market, and how many frames came before

    @property
    def prices(self) -> list[int | None]:
        """Prices in the order they came."""
        return [quote.price for frame in self.frames for quote in frame.quotes]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 -- what is awaited has no event
                await asyncio.sleep(0.005)

    async def priced(self, count: int) -> None:
        """Wait for so many quotes."""
        await self.until(lambda: len(self.prices) >= count)


@asynccontextmanager
async def supervised(
    feed: Feed, urls: dict[str, str], patience: Patience = HURRY, options: Mapping[str, str] | None = None
) -> AsyncIterator[Run]:
    """Run the supervisor beside the test, and stop it within a second at the end."""
    run = Run(Health(patience=patience))

    async def sink(frame: Frame) -> None:
        run.frames.append(frame)

    async with context(urls) as given:

        def wanted() -> Context:
            return replace(given, symbols=tuple(run.symbols), options={"interval": "0.01", **(options or {})})

        task = asyncio.create_task(
            supervise(
                feed,
                wanted,
                sink,
                run.stopping,
                is_open=lambda _: run.is_open,
                reconnected=lambda market: run.gaps.append((market, len(run.frames))),
                health=run.health,
            ),
            name="supervised",
        )
        try:
            yield run
        finally:
            run.stopping.set()
            async with asyncio.timeout(2):
                await task


@asynccontextmanager
async def served(
    talk: Callable[[ServerConnection], Awaitable[None]],
) -> AsyncIterator[tuple[dict[str, str], Source]]:
    """Binance's two endpoints, as URLs, with the stream's record of who came."""
    async with stream(talk) as ws, pages(days) as rest:
        yield {"ws": ws.url, "rest": rest.url}, ws


class Scripted:
    """A feed that does what a test says: each connection runs the next script, the last for ever."""

    name = "scripted"
    summary = latency = limits = terms = ""
    markets: tuple[str, ...] = ("SZ",)
    endpoints: tuple[Endpoint, ...] = ()
    key_needed = False
    replays = False
    lifetime: timedelta | None = None
    silence = timedelta(seconds=60)

    def __init__(self, *scripts: Callable[[Context], AsyncGenerator[bytes, None]]) -> None:
        self.scripts = list(scripts)
        self.open = 0

    async def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Run the next script."""
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        self.open += 1
        try:
            async for data in script(context):
                yield Payload(data=data, received=BUSY, closing=data == b"bye")
        finally:
            self.open -= 1

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """A number is a frame that many seconds later; `bye` says nothing; anything else is rubbish."""
        if payload == b"bye":
            return ()
        return (Frame(market="SZ", received=received + timedelta(seconds=int(payload))),)


async def hang(_: Context) -> AsyncGenerator[bytes, None]:
    """Bring signs of life for a moment, then nothing."""
    for second in range(1, 10):
        yield str(second).encode()
        await asyncio.sleep(0.01)
    await asyncio.sleep(3600)


async def mute(_: Context) -> AsyncGenerator[bytes, None]:
    """Connect and say nothing."""
    await asyncio.sleep(3600)
    yield b""


async def fail(_: Context) -> AsyncGenerator[bytes, None]:
    """Fail at once."""
    raise FeedError("not today")
    yield b""


async def end(_: Context) -> AsyncGenerator[bytes, None]:
    """End at once."""
    return
    yield b""


async def crash(_: Context) -> AsyncGenerator[bytes, None]:
    """Fail as no feed should."""
    raise ZeroDivisionError
    yield b""


async def farewell(_: Context) -> AsyncGenerator[bytes, None]:
    """Announce the end and wait for it."""
    yield b"1"
    yield b"bye"
    await asyncio.sleep(3600)


async def rubbish(_: Context) -> AsyncGenerator[bytes, None]:
    """Send what cannot be read."""
    while True:
        yield b"<html>"
        await asyncio.sleep(0)


async def refuse(_: Context) -> AsyncGenerator[bytes, None]:
    """Turn away for a twentieth of a second."""
    raise RefusedError("go away", timedelta(seconds=0.05))
    yield b""


async def forbid(_: Context) -> AsyncGenerator[bytes, None]:
    """Turn away without a date."""
    raise RefusedError("go away")
    yield b""
