"""Binance spot: every trade from the combined stream, the UTC day's figures from REST.

Rolling 24 h tickers are no day, so open, high, low and previous close come from daily k-lines (00:00 UTC),
after each connect and midnight. Messages and limits: binance-spot-api-docs, web-socket-streams.md, July 2026.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from bot import daily
from bot.errors import FeedError
from bot.feed import BODY_LIMIT, FEEDS, Context, Endpoint, Payload, refused
from bot.numeral import NumeralError, price
from rules.model import INDEX_DECIMALS, Frame, OffGridError, Quote

log = logging.getLogger(__name__)

STREAMS, IN_ADDRESS, MESSAGE_PAUSE = 1024, 100, 0.25  # streams a connection; 5 incoming messages a second
LONGEST = 32  # letters of a pair
TRADES = frozenset({"trade", "aggTrade"})
# k-lines of a pair that always trades: proof of life every 2 s for lists of coins that seldom do.
PULSE = "btcusdt@kline_1m"


class Trade(msgspec.Struct):
    """The fields of a stream event that matter here; other events share some."""

    e: str = ""
    s: str = ""
    p: str = ""
    T: int = 0


class Message(Trade):
    """A combined-stream frame, a raw one, an acknowledgement, or a daily snapshot as `payloads` wraps it."""

    data: Trade | None = None
    error: Any = None
    snapshot: str = ""
    time: int = 0
    klines: list[daily.Row] = []


DECODER = msgspec.json.Decoder(Message)


@FEEDS.add("binance")
class Binance:
    """Trades of Binance spot."""

    name = "binance"
    summary = "every trade of Binance spot pairs; the day begins at 00:00 UTC"
    markets: tuple[str, ...] = ("BINANCE",)
    endpoints: tuple[Endpoint, ...] = (
        Endpoint(name="ws", url="wss://data-stream.binance.vision", summary="base URL of Binance's streams"),
        Endpoint(name="rest", url="https://data-api.binance.vision", summary="base URL of Binance's REST"),
    )
    key_needed = False
    latency = "push"
    limits = f"{STREAMS} streams a connection, 300 connects in 5 minutes, 24 h a connection"
    terms = "public market data, no key"
    silence = timedelta(seconds=15)
    lifetime: timedelta | None = timedelta(hours=23, minutes=30)
    replays = False

    async def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Connect, snapshot the day of every symbol, then pass on messages until the source closes."""
        names = [symbol.rpartition(".")[0].lower() for symbol in context.symbols][: STREAMS - 1]
        if len(names) < len(context.symbols):
            log.warning("binance: %d symbols beyond %d a connection", len(context.symbols), STREAMS - 1)
        streams = [PULSE, *(f"{name}@aggTrade" for name in names)]
        address = f"{context.urls['ws']}/stream?streams={'/'.join(streams[:IN_ADDRESS])}"
        try:
            async with connect(
                address, open_timeout=5, close_timeout=1, max_size=BODY_LIMIT, compression=None
            ) as socket:
                await _subscribe(socket, streams[IN_ADDRESS:])
                due = context.now()
                while True:
                    if context.now() >= due:
                        snapshots, due = await daily.snapshots(context, [name.upper() for name in names])
                        for snapshot in snapshots:
                            yield snapshot
                    data = await socket.recv(decode=False)
                    closing = b'"serverShutdown"' in data[:200]
                    yield Payload(data=data, received=context.now(), closing=closing)
        except InvalidStatus as error:
            answer = error.response
            raise refused("binance", answer.status_code, answer.headers.get("Retry-After")) from error
        except (ConnectionClosed, WebSocketException, OSError) as error:
            raise FeedError(f"binance: connection lost: {type(error).__name__}") from error

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """A trade or a day's snapshot is a quote, other market data an empty frame, an answer nothing."""
        try:
            message = DECODER.decode(payload)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise FeedError(f"binance: unreadable message: {payload[:40]!r}") from error
        if message.error is not None:
            raise FeedError(f"binance refuses: {str(message.error)[:80]!r}")
        event = message.data or message
        name = message.snapshot or event.s
        if not name:
            return ()
        if not (name.isascii() and name.isalnum() and len(name) <= LONGEST):
            raise FeedError(f"binance: no pair is called {name[:40]!r}")
        quote = _snapshot(message, received) if message.snapshot else _trade(event, received)
        return (Frame(market="BINANCE", received=received, quotes=(quote,) if quote else ()),)


def _snapshot(message: Message, received: datetime) -> Quote | None:
    try:
        return daily.quote(message.snapshot, message.time, message.klines)
    except OverflowError:
        return _flawed(message.snapshot, received, "unreadable")


def _trade(event: Trade, received: datetime) -> Quote | None:
    if event.e not in TRADES:
        return None
    symbol = f"{event.s}.BINANCE"
    try:
        time = daily.moment(event.T)
        return Quote(symbol=symbol, time=time, price=price(event.p, INDEX_DECIMALS), source="binance")
    except OffGridError:
        return _flawed(event.s, received, "off grid")
    except (NumeralError, OverflowError):
        return _flawed(event.s, received, "unreadable")


def _flawed(name: str, received: datetime, flaw: str) -> Quote:
    return Quote(symbol=f"{name}.BINANCE", time=received, price=None, source="binance", flaw=flaw)


async def _subscribe(socket: ClientConnection, streams: Sequence[str]) -> None:
    """Ask for the streams that would make the address too long."""
    for start in range(0, len(streams), IN_ADDRESS):
        chunk = streams[start : start + IN_ADDRESS]
        await socket.send(
            msgspec.json.encode({"method": "SUBSCRIBE", "params": chunk, "id": start + 1}).decode()
        )
        await asyncio.sleep(MESSAGE_PAUSE)
