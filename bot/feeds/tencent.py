"""Tencent's web quotes: snapshots of A-shares, Hong Kong and New York, polled in batches."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.errors import FeedError
from bot.feed import FEEDS, Context, Endpoint, Needs, Payload, fetch, own
from bot.formats.broadsheet import page
from bot.formats.gtimg import PREFIXES, key_of
from bot.intake.polling import batches, rounds
from bot.intake.rhythm import POLL, pulsed
from rules.model import Frame

BATCH, MOST = 60, 800  # symbols a request; more make the address too long for some of its proxies
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
    needs = Needs(settings=(own("tencent", "batch", f"instruments a request, {MOST} at most", str(BATCH)),))

    async def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Poll all symbols in batches until something fails."""

        async def ask(keys: str) -> bytes:
            return (await fetch(context.http, f"{context.urls['rest']}/q={keys}", HEADERS)).body

        keys = [key_of(symbol) for symbol in pulsed(context.symbols)]
        lists = batches(keys, _size(context.options.get("batch", str(BATCH))))
        async with aclosing(rounds(context, lists, ask)) as polled:
            async for payload in polled:
                yield payload

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """One frame a market; unknown codes have no line, a damaged line is a flawed quote."""
        return page(payload, received)


def _size(text: str) -> int:
    """Symbols a request, as the setting says; FeedError where it makes no sense."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST):
        raise FeedError(f"TICKBELL_TENCENT_BATCH is a number from 1 to {MOST}, not {text!r}")
    return int(text)
