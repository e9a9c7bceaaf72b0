"""A proxy in front of the store that loses replies, resets, hangs or is simply not there."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


class Fault(Enum):
    """What happens to a request that a fault was set for."""

    LOSE = "carried out, the reply lost with the connection"
    RESET = "not carried out, the connection reset"
    HANG = "carried out, no reply, the connection left open"


@dataclass(slots=True)
class _Trap:
    match: bytes
    fault: Fault
    skip: int


@dataclass(slots=True)
class Proxy:
    """Forwards a unix socket; `set` plants a fault for a coming request that holds some bytes."""

    target: str
    url: str = ""
    sprung: int = 0  # faults that happened
    requests: int = 0
    _traps: list[_Trap] = field(default_factory=list)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _is_down: bool = False

    def set(self, match: bytes, fault: Fault = Fault.LOSE, *, skip: int = 0) -> None:
        """The next request that holds `match` suffers the fault; `skip` lets that many pass before."""
        self._traps.append(_Trap(match, fault, skip))

    def down(self) -> None:
        """Cut every connection and refuse new ones until `up`."""
        self._is_down = True
        for writer in list(self._writers):
            writer.transport.abort()

    def up(self) -> None:
        """Let connections through again."""
        self._is_down = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection."""
        self._writers.add(writer)
        try:
            if not self._is_down:
                await self._forward(reader, writer)
        except OSError:
            pass  # either side went away, which is what a proxy is for
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, back = await asyncio.open_unix_connection(self.target)
        silent = asyncio.Event()
        replies = asyncio.create_task(self._replies(upstream, writer, silent), name="replies")
        try:
            while request := await reader.read(1 << 20):
                self.requests += 1
                fault = self._sprung(request)
                if fault is Fault.RESET:
                    return
                if fault is not None:
                    silent.set()
                back.write(request)
                await back.drain()
                if fault is Fault.LOSE:
                    await replies  # ends at the reply that must not arrive
                    return
        finally:
            replies.cancel()
            back.close()

    async def _replies(
        self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter, silent: asyncio.Event
    ) -> None:
        while reply := await upstream.read(1 << 20):
            if silent.is_set():
                return
            writer.write(reply)
            await writer.drain()

    def _sprung(self, request: bytes) -> Fault | None:
        for trap in self._traps:
            if trap.match not in request:
                continue
            if trap.skip:
                trap.skip -= 1
                return None
            self._traps.remove(trap)
            self.sprung += 1
            return trap.fault
        return None


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[Proxy]:
    """A proxy in front of a unix:// URL, with a URL of its own."""
    with tempfile.TemporaryDirectory(prefix="tickbell-") as folder:
        path = str(Path(folder) / "proxy.sock")
        proxy = Proxy(url.removeprefix("unix://"), f"unix://{path}")
        server = await asyncio.start_unix_server(proxy.serve, path)
        try:
            yield proxy
        finally:
            proxy.down()
            server.close()
