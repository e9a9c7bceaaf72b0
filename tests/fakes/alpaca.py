"""Alpaca on loopback: greeting, key, subscriptions, one connection a key; JSON or MessagePack by header."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

import msgspec
from aiohttp import web
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.bot.sources import pages, stream

NOON = datetime(2026, 4, 7, 16, tzinfo=UTC)  # in New York
KEY, SECRET = "PKcanaryCANARYcanary", "sEcReTcanaryCANARYcanaryCANARYcanary0000"
Event: TypeAlias = dict[str, Any]
KINDS = {"trades": "t", "bars": "b", "dailyBars": "d", "updatedBars": "u"}
MOST_TRADES = 30
TODAY: Event = {"t": "2026-04-07T04:00:00Z", "o": 100, "h": 120.5, "l": 90, "c": 110.25, "v": 5000}


def at(second: float) -> datetime:
    """So many seconds after noon."""
    return datetime.fromtimestamp(NOON.timestamp() + second, UTC)


def trade(symbol: str, price: float, second: float, *conditions: str, size: int = 100) -> Event:
    """A print of tape C."""
    shown = list(conditions) or ["@"]
    return {
        "T": "t",
        "i": 1,
        "S": symbol,
        "x": "V",
        "p": price,
        "s": size,
        "c": shown,
        "z": "C",
        "t": at(second),
    }


def bar(
    kind: str, symbol: str, prices: tuple[float, ...], start: datetime, volume: int = 1000
) -> dict[str, Any]:
    """A minute's or a day's bar."""
    named = dict(zip("ohlc", prices, strict=True))
    return {"T": kind, "S": symbol, **named, "v": volume, "vw": prices[3], "n": 5, "t": start}


def packed(events: list[dict[str, Any]], *, as_json: bool = True) -> bytes:
    """A message as the wire has it."""
    return (msgspec.json.encode if as_json else msgspec.msgpack.encode)(events)


@dataclass(eq=False)
class Client:
    """One connection."""

    socket: ServerConnection
    as_json: bool
    channels: dict[str, set[str]] = field(default_factory=dict)
    is_known: bool = False

    async def say(self, *events: dict[str, Any]) -> None:
        """A message in the connection's codec."""
        data = packed(list(events), as_json=self.as_json)
        await self.socket.send(data.decode() if self.as_json else data)


@dataclass
class Venue:
    """What is connected and what was said."""

    ws: str = ""
    rest: str = ""
    has_statuses: bool = True
    clients: list[Client] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)  # keys left out
    snapshots: list[str] = field(default_factory=list)
    today: Event = field(default_factory=lambda: TODAY)

    @property
    def urls(self) -> dict[str, str]:
        """What the feed's endpoints become."""
        return {"ws": self.ws, "rest": self.rest}

    async def say(self, *events: dict[str, Any]) -> None:
        """Events to whoever has subscribed to them, in one message each."""
        for client in list(self.clients):
            heard = [event for event in events if _hears(client, event)]
            if heard:
                await client.say(*heard)

    async def talk(self, socket: ServerConnection) -> None:
        """Serve one client."""
        head = socket.request.headers if socket.request else {}
        client = Client(socket, head.get("Content-Type") != "application/msgpack")
        await client.say({"T": "success", "msg": "connected"})
        try:
            async with asyncio.timeout(10):
                await self._admit(client, self._read(client, await socket.recv()))
            async for message in socket:
                await self._answer(client, self._read(client, message))
        except ConnectionClosed:
            pass
        finally:
            if client in self.clients:
                self.clients.remove(client)

    def _read(self, client: Client, message: str | bytes) -> Event:
        raw = message.encode() if isinstance(message, str) else message
        found: Event = json.loads(raw) if client.as_json else msgspec.msgpack.decode(raw)
        self.asked.append({name: value for name, value in found.items() if name not in ("key", "secret")})
        return found

    async def _admit(self, client: Client, asked: dict[str, Any]) -> None:
        error = ""
        if (asked.get("key"), asked.get("secret")) != (KEY, SECRET):
            error = "auth failed"
        elif self.clients:
            error = "connection limit exceeded"
        if error:
            await client.say({"T": "error", "code": 406 if self.clients else 402, "msg": error})
            await client.socket.close()
            return
        client.is_known = True
        self.clients.append(client)
        await client.say({"T": "success", "msg": "authenticated"})

    async def _answer(self, client: Client, asked: dict[str, Any]) -> None:
        if asked.get("statuses") and not self.has_statuses:
            await client.say({"T": "error", "code": 410, "msg": "invalid subscribe action for this feed"})
            return
        for kind in ("trades", "bars", "dailyBars", "updatedBars", "statuses"):
            held, change = client.channels.setdefault(kind, set()), set(asked.get(kind, ()))
            client.channels[kind] = held | change if asked["action"] == "subscribe" else held - change
        if len(client.channels["trades"]) > MOST_TRADES:
            await client.say({"T": "error", "code": 405, "msg": "symbol limit exceeded"})
            return
        lists = {kind: sorted(names) for kind, names in client.channels.items()}
        await client.say({"T": "subscription", **lists})

    async def figures(self, request: web.Request) -> web.Response:
        """Snapshots for whoever has the key."""
        if request.headers.get("APCA-API-SECRET-KEY") != SECRET:
            return web.json_response({"message": "forbidden."}, status=401)
        assert request.path == "/v2/stocks/snapshots"
        self.snapshots.append(request.query["symbols"])
        before = {"t": "2026-04-06T04:00:00Z", "o": 1, "h": 1, "l": 1, "c": 98.75, "v": 1, "vw": 1}
        days = {"dailyBar": self.today | {"vw": 101}, "prevDailyBar": before}
        body = {symbol: days | {"latestTrade": {}} for symbol in request.query["symbols"].split(",")}
        return web.json_response(body, headers={"Date": "Tue, 07 Apr 2026 16:00:03 GMT"})


def _hears(client: Client, event: dict[str, Any]) -> bool:
    names = {kind: client.channels.get(kind, set()) for kind in ("trades", "bars", "dailyBars", "statuses")}
    wanted = {"t": "trades", "c": "trades", "x": "trades", "b": "bars", "d": "dailyBars", "s": "statuses"}
    return event["S"] in names.get(wanted.get(event["T"], ""), set())


@asynccontextmanager
async def venue() -> AsyncIterator[Venue]:
    """A running venue."""
    made = Venue()
    async with AsyncExitStack() as stack:
        source = await stack.enter_async_context(stream(made.talk))
        made.ws, made.paths = source.url, source.asked
        made.rest = (await stack.enter_async_context(pages(made.figures))).url
        yield made
