"""OKX: every trade of spot pairs, swaps and futures, by OKX's v5 documentation.

The day begins at 00:00 UTC (sodUtc0). Sizes of contracts are no coins, so they add up to no volume.
"""

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
from bot.formats.sequence import Numbering
from bot.intake.daily import Asking, framed, split
from bot.intake.relay import PLAIN, SKIPPED, Mark, Plan, chunks, every, relayed
from bot.intake.stream import Socket
from bot.intake.wishes import Wishes, code
from rules.model import Frame, Quote

log = logging.getLogger(__name__)

MOST, TOGETHER = 500, 200  # instruments a connection; subscriptions a message (64 KB)
PAUSE, PING = 10.0, 20.0  # 480 operations an hour; 30 s without a message end a connection
SPOT, CONTRACT = (0, 1, 2, 3, 4, 5, 7), (0, 1, 2, 3, 4, 6, 7)
UPGRADE = b'"64008"'  # half a minute before connections are closed for an upgrade
PULSE = "BTC-USDT"  # its ticker is proof of life for lists of coins that seldom trade
HEAD = re.compile(rb'\{"arg":\{"channel":"(trades|tickers)","instId":"([A-Z0-9-]{1,60})"')
TIME, NUMBER, COUNT = (re.compile(b'"%s":"([0-9]{1,18})"' % key) for key in (b"ts", b"tradeId", b"count"))


class Row(msgspec.Struct, rename={"pair": "instId", "opened": "sodUtc0"}):
    """A trade (px, sz), or a ticker (last, the price at 00:00 UTC)."""

    pair: str = ""
    px: str = ""
    sz: str = "0"
    last: str = ""
    opened: str = ""
    ts: int = 0


class Push(msgspec.Struct):
    """Data with its channel, or an event."""

    event: str = ""
    code: str = ""
    arg: dict[str, Any] = {}
    data: msgspec.Raw = msgspec.Raw(b"[]")


PUSH = msgspec.json.Decoder(Push)
ROWS = msgspec.json.Decoder(list[Row], strict=False)


@FEEDS.add("okx")
class Okx:
    """Trades and tickers of OKX."""

    name = "okx"
    summary = "every trade of OKX spot pairs, swaps and futures; the day begins at 00:00 UTC"
    markets: tuple[str, ...] = ("OKX",)
    endpoints: tuple[Endpoint, ...] = (
        Endpoint(name="ws", url="wss://ws.okx.com:8443", summary="base URL of OKX's streams"),
        Endpoint(name="rest", url="https://www.okx.com", summary="base URL of OKX's REST"),
    )
    key_needed = False
    latency = "push"
    limits = f"{MOST} instruments, 3 connects a second, 480 subscriptions an hour"
    terms = "public market data, no key"
    silence = timedelta(seconds=15)
    lifetime: timedelta | None = None
    replays = False
    needs = Needs(follows=True)

    def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Connect, and pass on messages until the source closes; the day's figures ride on trades."""
        path = f"{context.urls['rest']}/api/v5/market/candles?bar=1Dutc&limit=2&instId="
        plan = Plan(
            source="okx",
            address=f"{context.urls['ws']}/ws/v5/public",
            wishes=Wishes(context, "okx", code, MOST, PAUSE),
            subscribe=partial(_send, "subscribe"),
            unsubscribe=partial(_send, "unsubscribe"),
            mark=partial(_mark, Numbering()),
            names=lambda data: [head[2].decode()] if (head := HEAD.match(data)) else [],
            fetch=asking(context, lambda name: path + name, _candles),
            asking=Asking(pause=0.5),
            each_second=every(PING, lambda: "ping"),
        )
        return relayed(context, plan)

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """Trades, tickers and a day's figures are quotes, other data an empty frame, an answer nothing."""
        told, tick = split("okx", payload)
        if tick == b"pong" or (told and not tick):
            return framed(JOIN, received, None, told)
        push = decoded("okx", PUSH, tick)
        is_price = push.arg.get("channel") in ("trades", "tickers")
        rows = decoded("okx", ROWS, bytes(push.data)) if is_price else []
        if push.event == "error":
            raise FeedError(f"okx refuses: {push.code[:10]!r}")
        quotes = [_quote(row, received) for row in rows]
        return framed(JOIN, received, quotes if push.arg and not push.event else None, told)


def _quote(row: Row, received: datetime) -> Quote:
    size = row.sz if row.pair.count("-") == 1 else ""
    return trade(symbol_of(row.pair, "OKX"), row.px or row.last, row.ts, size, received, row.opened)


def _candles(pair: str, body: bytes) -> Iterable[Candle]:
    """Volume in coins: the sixth figure of spot pairs, the seventh of contracts."""
    return [
        candle(row, CONTRACT if pair.count("-") > 1 else SPOT) for row in msgspec.json.decode(body)["data"]
    ]


JOIN = join("OKX", _candles)


def _mark(late: Numbering, data: bytes) -> Mark:
    head, time = HEAD.match(data), TIME.search(data)
    if head is None or time is None:
        return SKIPPED if data == b"pong" else Mark(closing=UPGRADE in data[:100])
    is_late = late.is_late(head[2], int(time[1]))
    if head[1] == b"tickers":
        return SKIPPED if is_late else PLAIN  # made before the last trade, and told after it
    numbers, counts = NUMBER.findall(data) or [b"0"], COUNT.findall(data) or [b"1"]
    step = int(numbers[-1]) - int(numbers[0]) + int(counts[0])
    return Mark(head[2], int(numbers[-1]), step)


async def _send(operation: str, socket: Socket, names: Sequence[str]) -> None:
    """Ask for trades and tickers, with the first also for the pulse; each is acknowledged or refused."""
    args = [{"channel": channel, "instId": name} for name in names for channel in ("trades", "tickers")]
    args += [{"channel": "tickers", "instId": PULSE}] if operation == "subscribe" else []
    for chunk in chunks(args, TOGETHER):
        await socket.send({"op": operation, "args": chunk})
        await socket.answer(_is_answer, len(chunk))


def _is_answer(message: bytes) -> bool:
    if message.startswith(b'{"event":"error"'):
        log.warning("okx refuses: %s", message[:160])
    return message.startswith((b'{"event":"subscribe"', b'{"event":"unsubscribe"', b'{"event":"error"'))
