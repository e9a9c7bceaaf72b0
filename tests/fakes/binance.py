"""Binance on loopback, as strict as the real one: five messages a second, pings, numbered trades, k-lines."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from websockets.asyncio.server import ServerConnection

from tests.bot.sources import pages, stream
from tests.fakes.telling import tell

NOON = datetime(2024, 8, 9, 12, tzinfo=UTC)
MIDNIGHT = 1723161600000  # 2024-08-09 00:00 UTC in ms
DAY = 86_400_000
MOST_MESSAGES = 5  # in any second, pongs included
STREAMS = 1024


def trade(symbol: str, price: str, moment: int, kind: str = "aggTrade", number: int = 1) -> bytes:
    """A combined-stream trade."""
    event = {"e": kind, "E": moment + 1, "s": symbol, "a": number, "p": price, "q": "1", "T": moment}
    body = {"stream": f"{symbol.lower()}@{kind}", "data": event | {"m": True}}
    return json.dumps(body, separators=(",", ":")).encode()


def kline(start: int, *prices: str) -> list[Any]:
    """A daily k-line as REST gives it."""
    return [start, *prices, "12.5", start + DAY - 1, "760000.5", 10, "1", "1", "0"]


async def days(request: web.Request) -> web.Response:
    """REST k-lines for any pair but one."""
    if request.query["symbol"] == "BADUSDT":
        return web.json_response({"code": -1121, "msg": "Invalid symbol."}, status=400)
    rows = [kline(MIDNIGHT - DAY, "1", "9", "1", "8.5"), kline(MIDNIGHT, "8.6", "10", "8.1", "9.25")]
    return web.json_response(rows, headers={"Date": "Fri, 09 Aug 2024 12:00:03 GMT"})


@dataclass(eq=False)
class Client:
    """One connection as the exchange sees it."""

    socket: ServerConnection
    streams: set[str]
    times: deque[float] = field(default_factory=deque)


@dataclass
class Exchange:
    """What is connected, what was asked, and the numbers of its trades."""

    ws: str = ""
    rest: str = ""
    clients: list[Client] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)  # SUBSCRIBE and UNSUBSCRIBE messages
    klines: list[str] = field(default_factory=list)  # pairs whose figures were asked for
    faults: list[str] = field(default_factory=list)  # how a client broke the rules
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def urls(self) -> dict[str, str]:
        """What the feed's endpoints become."""
        return {"ws": self.ws, "rest": self.rest}

    async def publish(self, symbol: str, price: str, moment: int, skip: int = 0) -> None:
        """A trade to everybody who has subscribed to it; `skip` numbers are lost before it."""
        self.numbers[symbol] = self.numbers.get(symbol, 0) + 1 + skip
        data = trade(symbol, price, moment, number=self.numbers[symbol]).decode()
        for client in list(self.clients):
            if f"{symbol.lower()}@aggTrade" in client.streams:
                await tell(client.socket, data)

    async def shut(self) -> None:
        """Announce the end of every connection."""
        for client in list(self.clients):
            await tell(client.socket, '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}')

    async def talk(self, socket: ServerConnection) -> None:
        """Serve one client: its streams are in the address and in its messages."""
        query = parse_qs(urlsplit(socket.request.path if socket.request else "").query)
        client = Client(socket, set(query["streams"][0].split("/")))
        self.clients.append(client)
        try:
            async for message in socket:
                await self._answer(client, json.loads(message))
        finally:
            self.clients.remove(client)

    async def _answer(self, client: Client, message: dict[str, Any]) -> None:
        now = asyncio.get_running_loop().time()
        client.times.append(now)
        while client.times[0] <= now - 1:
            client.times.popleft()
        if len(client.times) > MOST_MESSAGES:
            self.faults.append("more than 5 messages in a second")
            await client.socket.close(1008)
            return
        self.asked.append(message)
        change, is_more = set(message["params"]), message["method"] == "SUBSCRIBE"
        client.streams = client.streams | change if is_more else client.streams - change
        if len(client.streams) > STREAMS:
            self.faults.append(f"{len(client.streams)} streams")
        await client.socket.send(json.dumps({"result": None, "id": message["id"]}, separators=(",", ":")))

    async def figures(self, request: web.Request) -> web.Response:
        """Daily k-lines."""
        self.klines.append(request.query["symbol"])
        return await days(request)


@asynccontextmanager
async def exchange() -> AsyncIterator[Exchange]:
    """A running exchange."""
    made = Exchange()
    async with AsyncExitStack() as stack:
        made.ws = (await stack.enter_async_context(stream(made.talk))).url
        made.rest = (await stack.enter_async_context(pages(made.figures))).url
        yield made
