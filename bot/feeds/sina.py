"""Sina: a snapshot by REST, then pushed changes; New York, and what the stream has no room for, is polled.

The stream's list stands in its address, so other wishes are another connection; it ends every few minutes in
order. Where there is no stream all is polled for a while. Facts: reference feeds.md 1.1, from public clients.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from math import inf
from types import MappingProxyType

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Origin

from bot.feed import BODY_LIMIT, FEEDS, REFUSALS, Context, Endpoint, NoStreamError, Payload, fetch, refused
from bot.formats.sinajs import PREFIXES, REFUSAL, completed, key_of, quote, records
from bot.intake.frames import frames
from bot.intake.halving import answers
from bot.intake.rhythm import POLL, pause, pulsed
from bot.intake.stream import heard
from rules.model import Frame

BATCH, PUSHED = 200, 400  # codes a request and a stream; longer addresses are refused by proxies
SITE = Origin("https://finance.sina.com.cn")
HEADERS = MappingProxyType({"Referer": f"{SITE}/", "User-Agent": "Mozilla/5.0"})
KEEPALIVE = 30.0
AGAIN = 300.0  # seconds of polling until the stream is tried anew
log = logging.getLogger(__name__)
IDLE_ROUNDS = 4  # what a polled list's pause grows by while its markets rest


@FEEDS.add("sina")
class Sina:
    """Level-1 quotes of hq.sinajs.cn."""

    name = "sina"
    summary = "A-shares and Hong Kong pushed by Sina's web quotes, US polled there"
    markets: tuple[str, ...] = tuple(PREFIXES)
    endpoints: tuple[Endpoint, ...] = (
        Endpoint(name="rest", url="https://hq.sinajs.cn", summary="base URL of Sina's quotes"),
        Endpoint(name="ws", url="wss://hq.sinajs.cn", summary="base URL of Sina's stream"),
    )
    key_needed = False
    latency = "push; US 3 s snapshots"
    limits = f"{PUSHED} symbols a stream, others polled {BATCH} a request; some foreign addresses are refused"
    terms = "undocumented web back end without contract; may change or refuse at any time"
    silence = timedelta(seconds=20)
    lifetime: timedelta | None = None
    replays = False

    async def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """A snapshot of everything, then the stream until it ends; what is not pushed is asked for anew."""
        keys = [key_of(symbol) for symbol in pulsed(context.symbols)]
        pushed = [key for key in keys if not key.startswith(PREFIXES["US"])][:PUSHED]
        rest = [key for key in keys if key not in set(pushed)]
        stream = _pushed(context, pushed, rest) if pushed else _polled(context, rest)
        try:
            async with aclosing(stream) as payloads:
                async for payload in payloads:
                    yield payload
        except NoStreamError as error:
            log.info("%s; everything is polled", error)
            async with aclosing(_polled(context, keys, AGAIN)) as payloads:
                async for payload in payloads:
                    yield payload

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """One frame a market; unknown codes have an empty record, a damaged one is a flawed quote."""
        return frames((quote(key, fields, received) for key, fields in records(payload)), received)


async def _pushed(context: Context, pushed: list[str], rest: list[str]) -> AsyncGenerator[Payload, None]:
    """One stream, from its opening to its end."""
    address = f"{context.urls['ws']}/wskt?list={','.join(pushed)}"
    try:
        async with (
            connect(
                address,
                origin=SITE,
                open_timeout=5,
                close_timeout=1,
                ping_interval=KEEPALIVE,
                max_size=BODY_LIMIT,
            ) as socket,
            aclosing(_heard(context, socket, pushed, rest)) as payloads,
        ):
            async for payload in payloads:
                yield payload
    except InvalidStatus as error:
        answer = error.response
        if answer.status_code not in REFUSALS:
            raise NoStreamError(f"sina has no stream: {answer.status_code}") from error
        raise refused("sina", answer.status_code, answer.headers.get("Retry-After")) from error
    except ConnectionClosed:
        return  # every few minutes, in order or not: the supervisor weighs how long it lived
    except (WebSocketException, OSError) as error:
        raise NoStreamError(f"sina has no stream: {type(error).__name__}") from error


async def _heard(
    context: Context, socket: ClientConnection, pushed: list[str], rest: list[str]
) -> AsyncGenerator[Payload, None]:
    """A snapshot of everything, then each message, and between them rounds for the rest.

    The snapshot is asked for once the stream is open, so that nothing is missed between the two.
    """
    clock = asyncio.get_running_loop().time
    known: dict[str, list[str]] = {}
    for body in await _snapshot(context, pushed + rest):
        known.update((key, list(fields)) for key, fields in records(body))
        yield Payload(data=body, received=context.now())
    due = clock() + _interval(context) if rest else None
    while True:
        data = await heard(lambda: socket.recv(decode=False), due)
        if data.strip():
            yield Payload(data=completed(known, data), received=context.now())
        if due is not None and clock() >= due:
            for body in await _snapshot(context, rest):
                yield Payload(data=body, received=context.now())
            due = clock() + _interval(context)


async def _polled(context: Context, keys: list[str], long: float = inf) -> AsyncGenerator[Payload, None]:
    clock = asyncio.get_running_loop().time
    until = clock() + long
    while clock() < until:
        for body in await _snapshot(context, keys):
            yield Payload(data=body, received=context.now())
        await asyncio.sleep(_interval(context))


def _interval(context: Context) -> float:
    return pause(context.symbols, context.now(), IDLE_ROUNDS, float(context.options.get("interval", POLL)))


async def _snapshot(context: Context, keys: list[str]) -> list[bytes]:
    """The records of all keys; those that Sina refuses even alone are taken out."""

    async def ask(batch: Sequence[str]) -> bytes | None:
        answer = await fetch(context.http, f"{context.urls['rest']}/list={','.join(batch)}", HEADERS)
        return None if REFUSAL in answer.body else answer.body

    return await answers(keys, BATCH, ask)
