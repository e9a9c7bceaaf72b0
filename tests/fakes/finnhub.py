"""Finnhub on loopback: a key in the address, one stock a message, nothing acknowledged, a limit of stocks."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from websockets.asyncio.server import ServerConnection

from tests.bot.sources import pages, stream
from tests.fakes.telling import tell

NOON = datetime(2026, 4, 7, 16, tzinfo=UTC)  # in New York
AT = round(NOON.timestamp() * 1000)
KEY = "cCANARYcanaryCANARYcanary0"


def trade(symbol: str, price: float, moment: int, *conditions: str) -> dict[str, Any]:
    """One print."""
    return {"s": symbol, "p": price, "t": moment, "v": 100, "c": list(conditions) or ["1"]}


def message(*trades: dict[str, Any]) -> bytes:
    """Prints as they are sent."""
    return json.dumps({"data": list(trades), "type": "trade"}).encode()


@dataclass
class Venue:
    """Who is connected and what was wished for."""

    ws: str = ""
    rest: str = ""
    most: int = 50
    paths: list[str] = field(default_factory=list)
    wished: dict[ServerConnection, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def urls(self) -> dict[str, str]:
        """What the feed's endpoints become."""
        return {"ws": self.ws, "rest": self.rest}

    async def say(self, *trades: dict[str, Any]) -> None:
        """Prints to whoever has wished for them."""
        for socket, names in list(self.wished.items()):
            heard = [one for one in trades if one["s"] in names]
            if heard:
                await tell(socket, message(*heard).decode())

    async def talk(self, socket: ServerConnection) -> None:
        """Serve one client; it is pinged at once."""
        self.wished[socket] = []
        await socket.send('{"type":"ping"}')
        try:
            async for text in socket:
                asked = json.loads(text)
                names = self.wished[socket]
                if asked["type"] == "unsubscribe":
                    names.remove(asked["symbol"])
                elif len(names) < self.most:
                    names.append(asked["symbol"])
                else:
                    await socket.send('{"msg":"Subscribing to too many symbols","type":"error"}')
        finally:
            del self.wished[socket]

    async def figures(self, request: web.Request) -> web.Response:
        """Quotes for whoever has the key."""
        if request.headers.get("X-Finnhub-Token") != KEY or "token" in request.query:
            return web.json_response({"error": "Please use an API key."}, status=401)
        self.asked.append(request.query["symbol"])
        body = {"c": 110.25, "d": 1, "dp": 1, "h": 120.5, "l": 90, "o": 100, "pc": 98.75, "t": AT // 1000}
        return web.json_response(body, headers={"Date": "Tue, 07 Apr 2026 16:00:03 GMT"})


@asynccontextmanager
async def venue() -> AsyncIterator[Venue]:
    """A running venue."""
    made = Venue()
    async with AsyncExitStack() as stack:
        source = await stack.enter_async_context(stream(made.talk))
        made.ws, made.paths = source.url, source.asked
        made.rest = (await stack.enter_async_context(pages(made.figures))).url
        yield made
