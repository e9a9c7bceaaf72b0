"""Binance spot: every trade from the combined stream, the UTC day's figures from REST.

Rolling 24 h tickers are no day, so open, high, low and previous close come from daily k-lines (00:00 UTC).
Messages and limits: binance-spot-api-docs, web-socket-streams.md, July 2026; pings are answered for us.
"""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from bot.errors import FeedError
from bot.feed import FEEDS, Context, Endpoint, Needs, Payload, decoded
from bot.formats.coins import Candle, asking, candle, join, symbol_of, trade
from bot.intake.daily import framed, split
from bot.intake.relay import Mark, Plan, chunks, relayed
from bot.intake.stream import Socket
from bot.intake.wishes import Wishes, code
from rules.model import Frame

log = logging.getLogger(__name__)

STREAMS, IN_ADDRESS, PAUSE = 1024, 100, 0.25  # streams a connection; 5 incoming messages a second
ANSWERS = (b'{"result"', b'{"error"', b'{"code"')
TRADES = frozenset({"trade", "aggTrade"})
# k-lines of a pair that always trades: proof of life every 2 s for lists of coins that seldom do.
PULSE = "btcusdt@kline_1m"
TRADE = re.compile(
    rb'\{"stream":"([a-z0-9]{1,24})@aggTrade","data":\{"e":"aggTrade",[^{}a]{1,80}"a":(\d{1,18}),'
)


class Trade(msgspec.Struct, gc=False):
    """The fields of a stream event that matter here; other events share some."""

    e: str = ""
    s: str = ""
    p: str = ""
    q: str = ""
    T: int = 0


class Message(Trade, gc=False):
    """A combined-stream frame, a raw one, or an acknowledgement."""

    data: Trade | None = None
    error: Any = None


DECODER = msgspec.json.Decoder(Message)
PLACES = (0, 1, 2, 3, 4, 5, 7)  # start, open, high, low, close, volume, amount of a k-line
ROWS = msgspec.json.Decoder(list[list[int | str]])


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
    needs = Needs(follows=True)

    def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Connect, and pass on messages until the source closes; the day's figures ride on trades."""
        wishes = Wishes(context, "binance", code, STREAMS - 1)
        streams = [PULSE, *map(_stream, wishes.names)][:IN_ADDRESS]
        rest = context.urls["rest"]
        plan = Plan(
            source="binance",
            address=f"{context.urls['ws']}/stream?streams={'/'.join(streams)}",
            named=IN_ADDRESS - 1,
            wishes=wishes,
            subscribe=partial(_send, "SUBSCRIBE"),
            unsubscribe=partial(_send, "UNSUBSCRIBE"),
            mark=_mark,
            names=_names,
            fetch=asking(
                context, lambda name: f"{rest}/api/v3/klines?symbol={name}&interval=1d&limit=2", _candles
            ),
        )
        return relayed(context, plan)

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """A trade or a day's figures are a quote, other market data an empty frame, an answer nothing."""
        told, tick = split("binance", payload)
        event = _event(tick) if tick or not told else Trade()
        if event.s and event.e in TRADES:
            quote = trade(symbol_of(event.s, "BINANCE"), event.p, event.T, event.q, received)
            return framed(JOIN, received, (quote,), told)
        return framed(JOIN, received, () if event.s else None, told)


def _event(tick: bytes) -> Trade:
    message = decoded("binance", DECODER, tick)
    if message.error is not None:
        raise FeedError(f"binance refuses: {str(message.error)[:80]!r}")
    return message.data or message


def _candles(_: str, body: bytes) -> Iterable[Candle]:
    return [candle(row, PLACES) for row in ROWS.decode(body)]


JOIN = join("BINANCE", _candles)


def _stream(pair: str) -> str:
    return f"{pair.lower()}@aggTrade"


def _mark(data: bytes) -> Mark:
    if found := TRADE.match(data):
        stream, number = found.groups()
        return Mark(stream, int(number))
    return Mark(closing=b'"serverShutdown"' in data[:200])


def _names(data: bytes) -> tuple[str, ...]:
    found = TRADE.match(data)
    return (found[1].decode().upper(),) if found else ()


async def _send(method: str, socket: Socket, names: Sequence[str]) -> None:
    """Ask in messages of a hundred streams, each acknowledged."""
    for number, chunk in enumerate(chunks(names, IN_ADDRESS), 1):
        await socket.send({"method": method, "params": list(map(_stream, chunk)), "id": number})
        answer = await socket.answer(lambda message: message.startswith(ANSWERS))
        if not answer.startswith(ANSWERS[0]):
            log.warning("binance refuses: %s", answer[:80])
        await asyncio.sleep(PAUSE)
