"""One websocket of a feed: opened within bounds, read beside everything else, its end told in one way.

A task of its own takes messages off the wire while a feed asks for figures or subscribes, so that pings are
answered and the source never meets a slow reader. No address and no cause reaches an error: some carry a key.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from bot.errors import FeedError
from bot.feed import BODY_LIMIT, Context, refused
from bot.intake.bell import Bell

OPEN, CLOSE, ANSWER = 5.0, 1.0, 5.0  # seconds for a handshake, a farewell, an acknowledgement
TICK = 1.0  # seconds between two looks at what else there is to do
MOST = 10_000  # messages read ahead of the feed
CONTENT = frozenset({aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY})


class Socket:
    """An open websocket, as whole messages in the order they came."""

    def __init__(self, source: str, socket: "aiohttp.ClientWebSocketResponse[bool]") -> None:
        self._source, self._socket = source, socket
        self._clock = asyncio.get_running_loop().time
        self._due = self._clock() + TICK
        self._row: deque[bytes] = deque()
        self._end: str = ""
        self._bell, self._room, self._is_full = Bell(TICK), asyncio.Event(), False
        self._task = asyncio.create_task(self._read(), name=f"feed {source}: socket")

    async def next(self) -> bytes | None:
        """The next message; None once a second, however busy the wire; FeedError once it has ended."""
        if self._clock() >= self._due or not (self._row or await self._wait()):
            self._due = self._clock() + TICK
            return None
        if self._is_full:
            self._make_room()
        return self._row.popleft()

    def ready(self) -> bytes | None:
        """The next message where one waits and the second is not over; None says to ask `next`."""
        if not self._row or self._clock() >= self._due:
            return None
        if self._is_full:
            self._make_room()
        return self._row.popleft()

    async def send(self, message: Any) -> None:
        """Send text and bytes as they are, anything else as JSON."""
        try:
            if isinstance(message, bytes):
                await self._socket.send_bytes(message)
            else:
                text = message if isinstance(message, str) else msgspec.json.encode(message).decode()
                await self._socket.send_str(text)
        except (aiohttp.ClientError, OSError) as error:
            raise FeedError(f"{self._source}: connection lost: {type(error).__name__}") from None

    async def answer(self, found: Callable[[bytes], bool], count: int = 1, *, keep: bool = False) -> bytes:
        """Wait until so many messages satisfy `found`, and return the last.

        The others stay in the row, and with `keep` these too: some sources number every message.
        """
        others: list[bytes] = []
        due = self._clock() + ANSWER
        while self._clock() < due:
            message = await self.next()
            if message is None:
                continue
            is_answer = found(message)
            count -= is_answer
            others += (message,) if keep or not is_answer else ()
            if not count:
                self._row.extendleft(reversed(others))
                return message
        raise FeedError(f"{self._source} did not answer within {ANSWER:.0f} s")

    async def close(self) -> None:
        """Say goodbye and stop reading."""
        self._bell.close()
        self._task.cancel()
        await asyncio.wait({self._task})
        with suppress(aiohttp.ClientError, OSError):
            await self._socket.close()

    def _make_room(self) -> None:
        self._is_full = False
        self._room.set()

    async def _wait(self) -> bool:
        """Whether something came before the next tick."""
        while not self._row:
            if self._end:
                raise FeedError(self._end)
            if self._clock() >= self._due:
                return False
            await self._bell.rest()
        return True

    async def _read(self) -> None:
        while True:
            message = await self._socket.receive()
            if message.type not in CONTENT:
                self._end = f"{self._source}: connection lost: {_reason(self._socket, message.data)}"
                self._bell.ring()
                return
            data = message.data
            self._row.append(data if isinstance(data, bytes) else bytes(data))
            self._bell.ring()
            if len(self._row) >= MOST:
                self._is_full = True
                self._room.clear()
                await self._room.wait()


def _reason(socket: "aiohttp.ClientWebSocketResponse[bool]", fault: object) -> str:
    if isinstance(fault, Exception):
        return type(fault).__name__
    return f"closed with {socket.close_code or 'no code'}"


@asynccontextmanager
async def opened(
    context: Context, source: str, address: str, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Socket]:
    """A websocket to `address` as it is written; FeedError where there is none, RefusedError at a wall."""
    try:
        async with asyncio.timeout(OPEN):
            raw = await context.http.ws_connect(
                URL(address, encoded=True),
                headers=headers,
                max_msg_size=BODY_LIMIT,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE),
                decode_text=False,
            )
    except aiohttp.WSServerHandshakeError as error:
        retry = None if error.headers is None else error.headers.get("Retry-After")
        raise refused(source, error.status, retry) from None
    except TimeoutError:
        raise FeedError(f"{source} did not answer within {OPEN:.0f} s") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise FeedError(f"{source} could not be reached: {type(error).__name__}") from None
    socket = Socket(source, raw)
    try:
        yield socket
    finally:
        await socket.close()


async def heard(receive: Callable[[], Awaitable[bytes]], due: float | None) -> bytes:
    """The next message, empty where none came by the time that something else is due."""
    try:
        async with asyncio.timeout_at(due):
            return await receive()
    except TimeoutError:
        return b""
