"""The founding day, reconstructed, at a chosen speed."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta

from bot.feed import FEEDS, Context, Endpoint, Payload
from bot.founding.demo import world
from bot.founding.pace import decode, pace
from rules.model import Frame


@FEEDS.add("demo")
class Demo:
    """26 November 2025: made-up paths between published figures."""

    name = "demo"
    summary = "26 November 2025, a reconstruction: made-up paths between published figures"
    markets: tuple[str, ...] = ("SH", "SZ")
    endpoints: tuple[Endpoint, ...] = ()
    key_needed = False
    latency = "a market minute every second, or as --speed says"
    limits = "none"
    terms = "made up; no market data"
    silence = timedelta(days=1)
    lifetime: timedelta | None = None
    replays = True

    async def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """The day once, from its beginning or from behind the cursor."""
        async for payload in pace(world().frames(), context):
            yield payload

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:  # noqa: ARG002 -- it has its own
        """The frame in the bytes."""
        return decode(payload)
