"""OKX on loopback: subscriptions answered one by one, text pings, an idle cut, numbered trades, candles."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.bot.sources import pages, stream
from tests.fakes.telling import tell

NOON = datetime(2024, 8, 9, 12, tzinfo=UTC)
MIDNIGHT = 1723161600000  # 2024-08-09 00:00 UTC in ms
DAY = 86_400_000
LARGEST = 65_536  # bytes of a subscription


def dumps(value: Any) -> str:
    """JSON as the exchange writes it."""
    return json.dumps(value, separators=(",", ":"))


def push(channel: str, pair: str, **fields: str) -> bytes:
    """One row of a channel."""
    row = {"instId": pair, **fields}
    return dumps({"arg": {"channel": channel, "instId": pair}, "data": [row]}).encode()


def trade(pair: str, price: str, moment: int, number: int = 1, count: int = 1) -> bytes:
    """A trade, or several of one order."""
    return push(
        "trades", pair, tradeId=str(number), px=price, sz="2", side="buy", ts=str(moment), count=str(count)
    )


def ticker(pair: str, price: str, moment: int, opened: str = "100") -> bytes:
    """The last price and the one at 00:00 UTC."""
    return push("tickers", pair, last=price, lastSz="2", open24h="1", sodUtc0=opened, ts=str(moment))


def candle(start: int, *prices: str) -> list[str]:
    """A daily candle of REST: contracts or coins, coins or currency, currency."""
    return [str(start), *prices, "10", "1000", "1000", "0"]


@dataclass
class Exchange:
    """What is connected and what was asked."""

    ws: str = ""
    rest: str = ""
    idle: float = 30.0  # seconds without a message of the client
    unknown: set[str] = field(default_factory=set)  # pairs that are refused
    subscribed: dict[ServerConnection, set[tuple[str, str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # operations
    faults: list[str] = field(default_factory=list)
    pings: int = 0
    candles: list[str] = field(default_factory=list)

    @property
    def urls(self) -> dict[str, str]:
        """What the feed's endpoints become."""
        return {"ws": self.ws, "rest": self.rest}

    async def say(self, message: bytes) -> None:
        """To everybody who has subscribed to its channel, or to all where it has none."""
        arg = json.loads(message).get("arg")
        for socket, channels in list(self.subscribed.items()):
            if arg is None or (arg["channel"], arg["instId"]) in channels:
                await tell(socket, message.decode())

    async def talk(self, socket: ServerConnection) -> None:
        """Serve one client until it is silent for too long."""
        self.subscribed[socket] = set()
        try:
            while True:
                async with asyncio.timeout(self.idle):
                    message = await socket.recv()
                await self._answer(socket, str(message))
        except TimeoutError:
            self.faults.append("silent for too long")
            await socket.close(4004)
        except ConnectionClosed:
            pass
        finally:
            del self.subscribed[socket]

    async def _answer(self, socket: ServerConnection, message: str) -> None:
        if message == "ping":
            self.pings += 1
            await socket.send("pong")
            return
        if len(message) > LARGEST:
            self.faults.append("a subscription of more than 64 KB")
        asked = json.loads(message)
        self.asked.append(asked["op"])
        for arg in asked["args"]:
            key = (arg["channel"], arg["instId"])
            if arg["instId"] in self.unknown:
                error = {"event": "error", "code": "60018", "msg": f"{arg['instId']} doesn't exist"}
                await socket.send(dumps(error | {"connId": "a4d3ae55"}))
                continue
            if asked["op"] == "subscribe":
                self.subscribed[socket].add(key)
            else:
                self.subscribed[socket].discard(key)
            await socket.send(dumps({"event": asked["op"], "arg": arg, "connId": "a4d3ae55"}))

    async def figures(self, request: web.Request) -> web.Response:
        """Daily candles, newest first."""
        assert request.path == "/api/v5/market/candles"
        assert (request.query["bar"], request.query["limit"]) == ("1Dutc", "2")
        self.candles.append(request.query["instId"])
        rows = [candle(MIDNIGHT, "100", "120", "90", "110"), candle(MIDNIGHT - DAY, "80", "99", "70", "98")]
        head = {"Date": "Fri, 09 Aug 2024 12:00:03 GMT"}
        return web.json_response({"code": "0", "msg": "", "data": rows}, headers=head)


@asynccontextmanager
async def exchange() -> AsyncIterator[Exchange]:
    """A running exchange."""
    made = Exchange()
    async with AsyncExitStack() as stack:
        made.ws = (await stack.enter_async_context(stream(made.talk))).url
        made.rest = (await stack.enter_async_context(pages(made.figures))).url
        yield made
