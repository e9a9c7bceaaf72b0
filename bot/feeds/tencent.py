"""Tencent's web quotes: snapshots of A-shares, Hong Kong and New York, polled in batches."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.feed import FEEDS, Context, Endpoint, Payload, fetch
from bot.formats.glance import page
from bot.formats.gtimg import PREFIXES, key_of
from bot.intake.polling import batches, rounds
from bot.intake.rhythm import POLL, pulsed
from rules.model import Frame

BATCH = 60  # symbols a request; more make the address too long for some of its proxies
HEADERS = MappingProxyType({"Referer": "https://gu.qq.com/"})


@FEEDS.add("tencent")
class Tencent:
    """Snapshots of qt.gtimg.cn; its k-lines and minute lines are read in `bot.formats`."""

    name = "tencent"
    summary = "snapshots of A-shares, Hong Kong and US from Tencent's web quotes"
    markets: tuple[str, ...] = tuple(PREFIXES)
    endpoints: tuple[Endpoint, ...] = (
        Endpoint(name="rest", url="https://qt.gtimg.cn", summary="base URL of Tencent's quotes"),
    )
    key_needed = False
    latency = "3 s snapshots"
    limits = f"{BATCH} symbols a request, one round every {POLL:.0f} s"
    terms = "undocumented web back end without contract; may change or refuse at any time"
    silence = timedelta(seconds=20)
    lifetime: timedelta | None = None
    replays = False

    async def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Poll all symbols in batches until something fails."""

        async def ask(keys: str) -> bytes:
            return (await fetch(context.http, f"{context.urls['rest']}/q={keys}", HEADERS)).body

        keys = [key_of(symbol) for symbol in pulsed(context.symbols)]
        async with aclosing(rounds(context, batches(keys, BATCH), ask)) as polled:
            async for payload in polled:
                yield payload

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """One frame a market; unknown codes have no line, a damaged line is a flawed quote."""
        return page(payload, received)
