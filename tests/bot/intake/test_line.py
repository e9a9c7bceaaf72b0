"""The row between a connection and the engine: one frame at a time, and nobody is kept out of turn."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta

from bot.feed import Context
from bot.intake.supervise import Health, supervise
from rules.model import Frame, Quote
from tests.bot.sources import context
from tests.bot.supervision import HURRY, Scripted


class Torrent(Scripted):
    """Each number it sends is a quote so many seconds on."""

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """One quote of Shenzhen."""
        time = received + timedelta(seconds=int(payload))
        return (
            Frame(market="SZ", received=time, quotes=(Quote(symbol="000001.SZ", time=time, price=11_000),)),
        )


async def test_the_clock_gets_its_turn_in_a_torrent() -> None:
    """However fast a source sends and however slow the sink is: one frame at a time, and time passes."""
    told: list[Frame] = []
    inside = 0

    async def flood(_: Context) -> AsyncGenerator[bytes, None]:
        number = 0
        while True:
            yield str(number := number + 1).encode()
            await asyncio.sleep(0)

    async def sink(frame: Frame) -> None:
        nonlocal inside
        assert not inside
        inside += 1
        told.append(frame)
        await asyncio.sleep(0)
        inside -= 1
        if sum(not one.quotes for one in told) >= 5:
            stopping.set()

    stopping = asyncio.Event()
    async with context({}, "000001.SZ") as given, asyncio.timeout(5):
        await supervise(
            Torrent(flood),
            lambda: given,
            sink,
            stopping,
            is_open=lambda _: True,
            reconnected=lambda _: None,
            health=Health(patience=HURRY),
        )
    times = [frame.quotes[0].time for frame in told if frame.quotes]
    assert times == sorted(times)
    assert len(times) > 5
