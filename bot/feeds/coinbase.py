"""Coinbase Advanced Trade: tickers at every match, heartbeats, messages numbered by connection.

The day is the UTC day of its daily candles; the ticker's own figures are of the last 24 h. Products in USDC
share their book with those in USD and are answered as such. Source: docs.cdp.coinbase.com.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from bot.errors import FeedError
from bot.feed import FEEDS, Context, Endpoint, Needs, Payload, decoded
from bot.formats.coins import Candle, asking, join, symbol_of, trade
from bot.intake.daily import EPOCH, Asking, framed, split
from bot.intake.relay import PLAIN, Mark, Plan, chunks, relayed
from bot.intake.stream import Socket
from bot.intake.wishes import Wishes, code
from rules.model import Frame, Quote

MOST, TOGETHER, PAUSE = 500, 100, 0.2  # products; a message; seconds between messages: 8 a second
NUMBER = re.compile(rb'"sequence_num":\s*(\d{1,15})')
ANSWER = re.compile(rb'"channel":\s*"subscriptions"|"type":\s*"error"')
PRODUCT = re.compile(rb'"product_id":\s*"([A-Z0-9-]{1,60})"')
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


class Row(msgspec.Struct, rename={"product": "product_id"}):
    """A ticker, or a trade of the channel market_trades, which has a size and a time of its own."""

    product: str = ""
    price: str = ""
    size: str = ""
    time: datetime | None = None


class Event(msgspec.Struct):
    """Part of a message."""

    type: str = ""
    tickers: list[Row] = []
    trades: list[Row] = []


class Message(msgspec.Struct):
    """What every message has around it; errors have a type and no channel."""

    channel: str = ""
    type: str = ""
    message: str = ""
    timestamp: datetime | None = None
    events: list[Event] = []


MESSAGES = msgspec.json.Decoder(Message)


@FEEDS.add("coinbase")
class Coinbase:
    """Tickers of Coinbase."""

    name = "coinbase"
    summary = "the price of Coinbase pairs at every match; the day begins at 00:00 UTC"
    markets: tuple[str, ...] = ("COINBASE",)
    endpoints: tuple[Endpoint, ...] = (
        Endpoint(name="ws", url="wss://advanced-trade-ws.coinbase.com", summary="Coinbase's streams"),
        Endpoint(name="rest", url="https://api.coinbase.com", summary="base URL of Coinbase's REST"),
    )
    key_needed = False
    latency = "push"
    limits = f"{MOST} pairs, 8 connects and 8 messages a second"
    terms = "public market data, no key"
    silence = timedelta(seconds=15)  # heartbeats come each second
    lifetime: timedelta | None = None
    replays = False
    needs = Needs(follows=True)

    def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Connect, and pass on messages until the source closes; the day's figures ride on prices."""

        def address(name: str) -> str:
            now = context.now()
            span = f"start={(now - 2 * DAY - EPOCH) // SECOND}&end={(now - EPOCH) // SECOND}"
            path = f"/api/v3/brokerage/market/products/{name}/candles"
            return f"{context.urls['rest']}{path}?granularity=ONE_DAY&{span}"

        plan = Plan(
            source="coinbase",
            address=context.urls["ws"],
            wishes=Wishes(context, "coinbase", code, MOST),
            subscribe=partial(_send, "subscribe"),
            unsubscribe=partial(_send, "unsubscribe"),
            mark=_mark,
            names=lambda data: [name.decode() for name in PRODUCT.findall(data)],
            fetch=asking(context, address, _candles),
            asking=Asking(pause=1.0),
        )
        return relayed(context, plan)

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """Prices and a day's figures are quotes, other data an empty frame, an answer nothing."""
        told, tick = split("coinbase", payload)
        message = decoded("coinbase", MESSAGES, tick) if tick or not told else Message()
        if message.type == "error":
            raise FeedError(f"coinbase refuses: {message.message[:80]!r}")
        rows = [row for event in message.events for row in (*event.tickers, *event.trades)]
        quotes = sorted((_quote(row, message, received) for row in rows), key=lambda quote: quote.time)
        is_data = message.channel not in ("", "subscriptions")
        return framed(JOIN, received, quotes if is_data else None, told)


def _quote(row: Row, message: Message, received: datetime) -> Quote:
    time = row.time or message.timestamp
    at = time.astimezone(UTC) if time is not None and time.tzinfo else 0
    return trade(symbol_of(row.product, "COINBASE"), row.price, at, row.size, received)


def _candles(_: str, body: bytes) -> Iterable[Candle]:
    for row in msgspec.json.decode(body)["candles"]:
        start = int(row["start"]) * 1000
        yield Candle(start, *(str(row[name]) for name in ("open", "high", "low", "close", "volume")))


JOIN = join("COINBASE", _candles)


def _mark(data: bytes) -> Mark:
    found = NUMBER.search(data)
    return PLAIN if found is None else Mark(number=int(found[1]))


async def _send(operation: str, socket: Socket, names: Sequence[str]) -> None:
    """One channel a message, the first within 5 s; answers are numbered like everything else."""
    asked: list[dict[str, Any]] = [{"channel": "heartbeats"}] if operation == "subscribe" else []
    asked += ({"channel": "ticker", "product_ids": chunk} for chunk in chunks(names, TOGETHER))
    for message in asked:
        await socket.send({"type": operation, **message})
        await asyncio.sleep(PAUSE)
    await socket.answer(lambda data: ANSWER.search(data[:120]) is not None, len(asked), keep=True)
