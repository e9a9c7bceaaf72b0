"""Massive on loopback: greeting, key, comma-separated subscriptions; a second connection closes the first."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.bot.sources import pages, stream
from tests.fakes.telling import tell

NOON = datetime(2026, 4, 7, 16, tzinfo=UTC)  # in New York
AT = round(NOON.timestamp() * 1000)
KEY = "mCANARYcanaryCANARYcanaryCANARY0"


def trade(symbol: str, price: float, moment: int, *conditions: int) -> dict[str, Any]:
    """One print."""
    found = {"ev": "T", "sym": symbol, "x": 4, "i": "12345", "z": 3, "p": price, "s": 100, "q": 1}
    return found | {"c": list(conditions), "t": moment}


def bar(kind: str, symbol: str, close: float, end: int, volume: int) -> dict[str, Any]:
    """A bar of a second or a minute, with the day so far."""
    found = {"ev": kind, "sym": symbol, "v": 200, "av": volume, "op": 100.0, "vw": close, "a": 101.0}
    return found | {"o": close, "c": close, "h": close, "l": close, "z": 50, "s": end - 1000, "e": end}


def message(*events: dict[str, Any]) -> bytes:
    """Events as they are sent."""
    return json.dumps(list(events), separators=(",", ":")).encode()


def status(word: str, text: str = "") -> bytes:
    """An answer."""
    return message({"ev": "status", "status": word, "message": text})


@dataclass
class Venue:
    """Who is connected and what was subscribed to."""

    ws: str = ""
    rest: str = ""
    paths: list[str] = field(default_factory=list)
    heard: dict[ServerConnection, set[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refuses: str = ""  # what a subscription is answered with

    @property
    def urls(self) -> dict[str, str]:
        """What the feed's endpoints become."""
        return {"ws": self.ws, "rest": self.rest}

    async def say(self, *events: dict[str, Any]) -> None:
        """Events to whoever has subscribed to them."""
        for socket, names in list(self.heard.items()):
            heard = [event for event in events if f"{event['ev']}.{event['sym']}" in names]
            if heard:
                await tell(socket, message(*heard).decode())

    async def talk(self, socket: ServerConnection) -> None:
        """Serve one client."""
        await socket.send(status("connected", "Connected Successfully").decode())
        try:
            async for text in socket:
                await self._answer(socket, json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            self.heard.pop(socket, None)

    async def _answer(self, socket: ServerConnection, asked: dict[str, str]) -> None:
        if asked["action"] == "auth":
            is_known = asked["params"] == KEY
            word = "auth_success" if is_known else "auth_failed"
            await socket.send(status(word, "authenticated" if is_known else "authentication failed").decode())
            if is_known:
                await self._replace(socket)
            return
        if self.refuses:
            await socket.send(status("error", self.refuses).decode())
            return
        names = set(asked["params"].split(","))
        held = self.heard[socket]
        self.heard[socket] = held | names if asked["action"] == "subscribe" else held - names
        for name in names - held:
            await socket.send(status("success", f"{asked['action']}d to: {name}").decode())

    async def _replace(self, socket: ServerConnection) -> None:
        """The newcomer stays, whoever was there before is told and goes."""
        for old in list(self.heard):
            with suppress(ConnectionClosed):
                await old.send(status("max_connections", "Maximum number of websocket connections").decode())
                await old.close()
        self.heard[socket] = set()

    async def figures(self, request: web.Request) -> web.Response:
        """Snapshots for whoever has the key."""
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"status": "ERROR"}, status=401)
        assert request.path == "/v2/snapshot/locale/us/markets/stocks/tickers"
        self.asked.append(request.query["tickers"])
        today = {"o": 100, "h": 120.5, "l": 90, "c": 110.25, "v": 5000, "vw": 101}
        days = {"day": today, "prevDay": {"c": 98.75, "h": 1, "l": 1, "o": 1, "v": 1, "vw": 1}}
        rows = [{"ticker": name, **days, "updated": AT * 10**6} for name in self.asked[-1].split(",")]
        head = {"Date": "Tue, 07 Apr 2026 16:00:03 GMT"}
        return web.json_response({"status": "OK", "tickers": rows}, headers=head)


@asynccontextmanager
async def venue() -> AsyncIterator[Venue]:
    """A running venue."""
    made = Venue()
    async with AsyncExitStack() as stack:
        source = await stack.enter_async_context(stream(made.talk))
        made.ws, made.paths = source.url, source.asked
        made.rest = (await stack.enter_async_context(pages(made.figures))).url
        yield made
