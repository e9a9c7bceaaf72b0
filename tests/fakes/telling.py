"""What servers say to everybody who is connected."""

from contextlib import suppress

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed


async def tell(socket: ServerConnection, text: str | bytes) -> None:
    """Send, unless that client has left a moment ago."""
    with suppress(ConnectionClosed):
        await socket.send(text)
