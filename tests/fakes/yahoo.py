"""Yahoo's streamer on loopback, which forgets wishes that are not said again, and writes its own messages."""

import asyncio
import base64
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.bot.sources import stream
from tests.fakes.telling import tell

FLOATS = {"price": 2, "change": 12, "day_high": 10, "day_low": 11, "open_price": 15, "previous_close": 16}
SIGNED = {"time": 3, "day_volume": 9, "price_hint": 27}
PLAIN = {"quote_type": 6, "market_hours": 7}


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def packed(name: str, **fields: float) -> bytes:
    """A PricingData message; zero fields are left out, as protocol buffers do."""
    found = b"\x0a" + varint(len(name)) + name.encode()
    for key, value in fields.items():
        if not value:
            continue
        if key in FLOATS:
            found += varint(FLOATS[key] << 3 | 5) + struct.pack("<f", value)
        elif key in SIGNED:
            found += varint(SIGNED[key] << 3) + varint(
                int(value) << 1 if value > 0 else (-int(value) << 1) - 1
            )
        else:
            found += varint(PLAIN[key] << 3) + varint(int(value))
    return found


def message(name: str, **fields: float) -> bytes:
    """The same as the streamer sends it."""
    return json.dumps(
        {"type": "pricing", "message": base64.b64encode(packed(name, **fields)).decode()}
    ).encode()


@dataclass
class Venue:
    """Who listens to what, and for how long it is remembered."""

    ws: str = ""
    memory: float = 60.0
    paths: list[str] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    wished: dict[ServerConnection, dict[str, float]] = field(default_factory=dict)

    async def say(self, name: str, **fields: float) -> None:
        """A price to everybody whose wish is not forgotten."""
        now = asyncio.get_running_loop().time()
        for socket, wishes in list(self.wished.items()):
            if now - wishes.get(name, -self.memory) < self.memory:
                await tell(socket, message(name, **fields).decode())

    async def talk(self, socket: ServerConnection) -> None:
        """Serve one client."""
        self.wished[socket] = {}
        try:
            async for text in socket:
                asked = json.loads(text)
                self.asked.append(asked)
                now = asyncio.get_running_loop().time()
                self.wished[socket] |= dict.fromkeys(asked.get("subscribe", ()), now)
                for name in asked.get("unsubscribe", ()):
                    self.wished[socket].pop(name, None)
        except ConnectionClosed:
            pass
        finally:
            del self.wished[socket]


@asynccontextmanager
async def venue() -> AsyncIterator[Venue]:
    """A running streamer."""
    made = Venue()
    async with stream(made.talk) as source:
        made.ws, made.paths = source.url, source.asked
        yield made
