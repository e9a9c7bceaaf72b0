"""Eastmoney: an event stream of a list, or the list polled where the stream is refused or has no room.

The most easily offended of the three: a connection cut without an answer is a ban of minutes, never retried
soon. Hong Kong is left out, for its lists are fifteen minutes late. Facts: reference feeds.md 1.3.
"""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType

import aiohttp
from yarl import URL

from bot.errors import FeedError
from bot.feed import (
    CHUNK,
    FEEDS,
    REFUSALS,
    Context,
    Endpoint,
    NoStreamError,
    Payload,
    RefusedError,
    fetch,
    refused,
)
from bot.formats.push2 import FIELDS, quotes
from bot.formats.secid import secid_of
from bot.formats.sse import Events, Rows
from bot.intake.frames import frames
from bot.intake.polling import batches, rounds
from bot.intake.rhythm import pulsed
from rules.model import Frame

log = logging.getLogger(__name__)

ROWS = 100  # a page; longer ones were cut in 2025
LEAST = 2000  # milliseconds between two events
TOKEN = "fa5fd1943c7b386f172d6893dbfba10b"  # noqa: S105 -- a constant of the public page, no secret
USUAL = f"fltt=2&invt=2&ut={TOKEN}&fields={FIELDS}"
HEADERS = MappingProxyType({"Referer": "https://quote.eastmoney.com/", "User-Agent": "Mozilla/5.0"})
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=60)


@FEEDS.add("eastmoney")
class Eastmoney:
    """Lists of push2.eastmoney.com; k-lines, boards, flows and anomalies have modules of those names."""

    name = "eastmoney"
    summary = "A-shares, funds with indicative value, fund flow of stocks and boards, from Eastmoney"
    markets: tuple[str, ...] = ("SH", "SZ", "BJ")
    endpoints: tuple[Endpoint, ...] = (
        Endpoint(name="rest", url="https://push2.eastmoney.com", summary="base URL of Eastmoney's quotes"),
        Endpoint(name="changes", url="https://push2ex.eastmoney.com", summary="of its intraday anomalies"),
    )
    key_needed = False
    latency = "push every 2 s; lists over 100 symbols 3 s snapshots"
    limits = f"{ROWS} rows a page; bursts are answered by bans of minutes"
    terms = "undocumented web back end without contract; may change or refuse at any time"
    silence = timedelta(seconds=20)
    lifetime: timedelta | None = None
    replays = False

    async def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """One event stream until it ends, or rounds of requests until something fails."""
        asked = (secid_of(symbol) for symbol in (*pulsed(context.symbols), *context.groups))
        secids = [secid for secid in asked if secid]
        if len(secids) <= ROWS:
            try:
                async with aclosing(_pushed(context, secids)) as pushed:
                    async for payload in pushed:
                        yield payload
            except NoStreamError as error:
                log.info("%s; the list is polled", error)
            else:
                return

        async def ask(keys: str) -> bytes:
            return await _listed(context, keys)

        async with aclosing(rounds(context, batches(secids, ROWS), ask)) as polled:
            async for payload in polled:
                yield payload

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """One frame a market, boards' own quotes among Shanghai's; heartbeats say nothing."""
        return frames(quotes(payload, received), received)


async def _pushed(context: Context, secids: Sequence[str]) -> AsyncGenerator[Payload, None]:
    """The events of one list, each completed to whole rows."""
    path = f"/api/qt/ulist/sse?{USUAL}&mpi={LEAST}&pi=0&pz={len(secids)}&secids={','.join(secids)}"
    address = URL(context.urls["rest"] + path, encoded=True)
    events, known = Events(), Rows()
    try:
        async with context.http.get(
            address, headers=HEADERS, timeout=TIMEOUT, allow_redirects=False
        ) as answer:
            _check(answer)
            async for chunk in answer.content.iter_chunked(CHUNK):
                for event in events.take(chunk):
                    if body := known.take(event):
                        yield Payload(data=body, received=context.now())
    except (aiohttp.ClientError, OSError) as error:
        raise _offence(error) from error


def _check(answer: aiohttp.ClientResponse) -> None:
    if answer.status in REFUSALS:
        raise refused("eastmoney", answer.status, answer.headers.get("Retry-After"))
    if answer.status != HTTPStatus.OK or answer.content_type != "text/event-stream":
        raise NoStreamError(f"eastmoney has no stream: {answer.status}, {answer.content_type}")


async def _listed(context: Context, secids: str) -> bytes:
    """One page of the list; a page for people in its place is a ban."""
    address = f"{context.urls['rest']}/api/qt/ulist.np/get?{USUAL}&secids={secids}"
    try:
        body = (await fetch(context.http, address, HEADERS)).body
    except FeedError as error:
        raise (_offence(error.__cause__) if error.__cause__ else error) from error
    if body.lstrip().startswith(b"<"):
        raise RefusedError("eastmoney shows a page instead of quotes")
    return body


def _offence(error: BaseException) -> FeedError:
    """What the end of a connection means: cut without an answer it is a ban; lost in the middle, bad luck."""
    words = f"eastmoney: connection lost: {type(error).__name__}"
    cut = isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError)
    if cut and not isinstance(error, aiohttp.ClientConnectorError):
        return RefusedError(words)
    return FeedError(words)
