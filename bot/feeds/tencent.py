"""Tencent's web quotes: snapshots of A-shares, Hong Kong and New York, polled in batches."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.feed import FEEDS, Context, Endpoint, Payload, fetch
from bot.gtimg import PREFIXES, key_of, quote, records
from rules.model import Frame, Quote

BATCH = 60  # symbols a request; more make the address too long for some of its proxies
POLL, IDLE = 3.0, 30.0  # seconds between polls; while nothing changes the pause grows to IDLE
GROWTH = 1.5
HEADERS = MappingProxyType({"Referer": "https://gu.qq.com/"})


@FEEDS.add("tencent")
class Tencent:
    """Snapshots of qt.gtimg.cn."""

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
        keys = [key_of(symbol) for symbol in context.symbols]
        poll = float(context.options.get("interval", POLL))
        pause, before = poll, b""
        while True:
            bodies = b""
            for start in range(0, len(keys), BATCH):
                address = f"{context.urls['rest']}/q={','.join(keys[start : start + BATCH])}"
                answer = await fetch(context.http, address, HEADERS)
                bodies += answer.body
                yield Payload(data=answer.body, received=context.now())
            pause = poll if bodies != before else min(pause * GROWTH, IDLE)
            before = bodies
            await asyncio.sleep(pause)

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """One frame a market; unknown codes have no line, a damaged line is a flawed quote."""
        markets: dict[str, list[Quote]] = {}
        for key, fields in records(payload):
            found = quote(key, fields, received)
            if found is not None:
                markets.setdefault(found.symbol.rpartition(".")[2], []).append(found)
        return tuple(
            Frame(market=market, received=received, quotes=tuple(quotes))
            for market, quotes in markets.items()
        )
