"""Local sources that behave as real ones do: websocket streams and pages, with what they were asked."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

import aiohttp
from aiohttp import web
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from bot.feed import Context

BUSY = datetime(2025, 11, 26, 2, 0, tzinfo=UTC)


@dataclass
class Source:
    """A running source: its base URL, and the paths it was asked for."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def stream(
    handler: Callable[[ServerConnection], Awaitable[None]], status: int = 101, retry: str = ""
) -> AsyncIterator[Source]:
    """A websocket server; another status than 101 refuses the handshake."""
    source = Source()

    def admit(connection: ServerConnection, request: Request) -> Response | None:
        source.asked.append(request.path)
        if status == HTTPStatus.SWITCHING_PROTOCOLS:
            return None
        refusal = connection.respond(status, "no\n")
        if retry:
            refusal.headers["Retry-After"] = retry
        return refusal

    async with serve(handler, "127.0.0.1", 0, process_request=admit) as server:
        source.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield source


@asynccontextmanager
async def pages(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[Source]:
    """An HTTP server that answers every path with the handler."""
    source = Source()

    async def answer(request: web.Request) -> web.StreamResponse:
        source.asked.append(request.raw_path)
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    source.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield source
    finally:
        await runner.cleanup()


@asynccontextmanager
async def context(
    urls: dict[str, str], *symbols: str, now: datetime = BUSY, **options: str
) -> AsyncIterator[Context]:
    """What a feed is given, with a standing clock."""
    async with aiohttp.ClientSession() as http:
        yield Context(http=http, urls=urls, symbols=symbols, options=options, now=lambda: now)
