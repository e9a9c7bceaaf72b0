"""Coinbase on loopback: one channel a message, the first in time, every message of a connection numbered."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.bot.sources import pages, stream

NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)
MIDNIGHT = 1775520000  # 2026-04-07 00:00 UTC in seconds
DAY = 86_400
MOST_MESSAGES = 8  # a second


def message(channel: str, *events: dict[str, Any], time: str = "2026-04-07T12:00:00Z") -> dict[str, Any]:
    """A message without its number."""
    return {"channel": channel, "client_id": "", "timestamp": time, "sequence_num": 0, "events": list(events)}


def ticker(product: str, price: str, second: int, kind: str = "update") -> dict[str, Any]:
    """The last price of a product so many seconds after noon."""
    row = {"type": "ticker", "product_id": product, "price": price, "volume_24_h": "15328.1"}
    return message("ticker", {"type": kind, "tickers": [row]}, time=f"2026-04-07T12:00:{second:02}.500000Z")


@dataclass(eq=False)
class Client:
    """One connection as Coinbase sees it."""

    socket: ServerConnection
    number: int = 0
    products: set[str] = field(default_factory=set)
    hears_heartbeats: bool = False
    times: deque[float] = field(default_factory=deque)

    async def say(self, body: dict[str, Any], lost: int = 0) -> None:
        """The next message; `lost` others before it never arrive."""
        number = self.number + lost
        self.number = number + 1
        await self.socket.send(json.dumps(body | {"sequence_num": number}))


@dataclass
class Exchange:
    """What is connected and what was asked."""

    ws: str = ""
    rest: str = ""
    patience: float = 5.0  # seconds until the first subscription
    unknown: set[str] = field(default_factory=set)
    clients: list[Client] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    candles: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def urls(self) -> dict[str, str]:
        """What the feed's endpoints become."""
        return {"ws": self.ws, "rest": self.rest}

    async def trade(self, product: str, price: str, second: int, lost: int = 0) -> None:
        """A match, told to everybody who has subscribed to the product."""
        for client in list(self.clients):
            if product in client.products:
                await client.say(ticker(product, price, second), lost)

    async def talk(self, socket: ServerConnection) -> None:
        """Serve one client."""
        client = Client(socket)
        self.clients.append(client)
        beating = asyncio.create_task(self._beat(client), name="heartbeats")
        try:
            async with asyncio.timeout(self.patience):
                first = await socket.recv()
            await self._answer(client, json.loads(first))
            async for text in socket:
                await self._answer(client, json.loads(text))
        except TimeoutError:
            self.faults.append("no subscription in time")
        except ConnectionClosed:
            pass
        finally:
            beating.cancel()
            self.clients.remove(client)

    async def _beat(self, client: Client) -> None:
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(0.05)
                if client.hears_heartbeats:
                    await client.say(message("heartbeats", {"heartbeat_counter": client.number}))

    async def _answer(self, client: Client, asked: dict[str, Any]) -> None:
        now = asyncio.get_running_loop().time()
        client.times.append(now)
        while client.times[0] <= now - 1:
            client.times.popleft()
        if len(client.times) > MOST_MESSAGES:
            self.faults.append("more than 8 messages in a second")
        self.asked.append(asked)
        products = set(asked.get("product_ids", ()))
        if products & self.unknown:
            await client.socket.send(json.dumps({"type": "error", "message": "unknown product"}))
            return
        if asked["channel"] == "heartbeats":
            client.hears_heartbeats = True
        elif asked["type"] == "subscribe":
            client.products |= {name.replace("-USDC", "-USD") for name in products}
        else:
            client.products -= products
        await client.say(message("subscriptions", {"subscriptions": {"ticker": sorted(client.products)}}))

    async def figures(self, request: web.Request) -> web.Response:
        """Daily candles, newest first; days without a trade are left out."""
        product = request.path.split("/")[-2]
        self.candles.append(product)
        assert request.query["granularity"] == "ONE_DAY"
        assert int(request.query["start"]) < MIDNIGHT - DAY < int(request.query["end"])
        days = {MIDNIGHT: ("100", "120", "90", "110"), MIDNIGHT - DAY: ("80", "99", "70", "98")}
        if product == "SLOW-USD" and self.candles.count(product) == 1:
            del days[MIDNIGHT]
        names = ("open", "high", "low", "close")
        rows = [
            {"start": str(start), "volume": "5", **dict(zip(names, prices, strict=True))}
            for start, prices in days.items()
        ]
        return web.json_response({"candles": rows}, headers={"Date": "Tue, 07 Apr 2026 12:00:03 GMT"})


@asynccontextmanager
async def exchange() -> AsyncIterator[Exchange]:
    """A running exchange."""
    made = Exchange()
    async with AsyncExitStack() as stack:
        made.ws = (await stack.enter_async_context(stream(made.talk))).url
        made.rest = (await stack.enter_async_context(pages(made.figures))).url
        yield made
