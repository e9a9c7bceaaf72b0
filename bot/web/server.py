"""The one web server: health, metrics, counters, and the playground where there is one; loopback only.

It answers only requests that name a loopback host and that no other site's page has sent, so neither DNS
rebinding nor a hostile page in the same browser reaches it.
"""

import errno
import inspect
import ipaddress
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from bot.errors import SettingsError
from bot.intake.posts import Posts
from bot.web.api import Api
from bot.web.ground import Playground
from bot.web.hook import Hook
from bot.web.page import Page

log = logging.getLogger(__name__)

Figures = Mapping[str, object]
Source = Callable[[], Figures | Awaitable[Figures]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LARGEST = 1 << 20  # bytes of a request's body
LONGEST_LINE = 1 << 16  # a message given in the query, the alerts of a long text in their header
LAST_PORT = 65535
STOP_SECONDS = 1.0  # how long a stopping server waits for answers on their way
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _nothing() -> Figures:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What the program tells the world: both may be plain functions or coroutines.

    `health` with {"ok": false, ...} answers 503; `counters` holds numbers, texts, or {kind: number}.
    """

    health: Source = _nothing
    counters: Source = _nothing
    posts: Posts | None = None  # where posts of quotes go, if they are taken at all


@dataclass(frozen=True, slots=True)
class Bound:
    """Where the server listens."""

    url: str  # without a slash at the end
    port: int
    note: str = ""  # a sentence where the wished port was taken


@asynccontextmanager
async def serve(
    host: str, port: int, *, playground: Playground | None = None, hooks: Hooks | None = None
) -> AsyncIterator[Bound]:
    """Serve until the block ends; 0 or a taken port becomes a free one. SettingsError off loopback."""
    if not is_loopback(host):
        raise SettingsError(f"TICKBELL_WEB_HOST is {host!r}; the web server listens on loopback only")
    if not 0 <= port <= LAST_PORT:
        raise SettingsError(f"TICKBELL_WEB_PORT is {port}; ports go from 0 to {LAST_PORT}")
    runner = web.AppRunner(
        application(playground, hooks or Hooks()),
        handle_signals=False,
        handler_cancellation=True,
        access_log=None,  # request lines carry the token
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_LINE,
        shutdown_timeout=STOP_SECONDS,
    )
    await runner.setup()
    try:
        note = await _listen(runner, host, port)
        number = int(runner.addresses[0][1])
        named = f"[{host}]" if ":" in host else host
        yield Bound(f"http://{named}:{number}", number, note and note.format(number))
    finally:
        if playground is not None:
            playground.stop()
        await runner.cleanup()


def application(playground: Playground | None, hooks: Hooks) -> web.Application:
    """The routes as an aiohttp application."""
    app = web.Application(middlewares=[guard], client_max_size=LARGEST)
    app.on_response_prepare.append(_harden)
    desk = _Desk(playground, hooks)
    app.add_routes(
        [
            web.get("/health", desk.health),
            web.get("/metrics", desk.metrics),
            web.get("/counters", desk.counters),
        ]
    )
    if hooks.posts is not None:
        app.add_routes(Hook(hooks.posts).routes)
    if playground is not None:
        app.add_routes([*Api(playground).routes, *Page(playground, desk.figures).routes])
    return app


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse hosts that are not loopback (DNS rebinding) and pages of other origins (request forgery)."""
    host = urlsplit(f"//{request.headers.get('Host', '')}")
    if not is_loopback(host.hostname or ""):
        return web.Response(status=403, text="This server answers to loopback addresses only.\n")
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != host.netloc
    crossing = request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
    if foreign or (crossing and request.path != "/"):
        return web.Response(status=403, text="Pages of other sites have no business here.\n")
    return await handler(request)


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def exposition(figures: Figures, prefix: str = "tickbell_") -> str:
    """Prometheus' text format 0.0.4: numbers, and {kind: number} with a label; texts are left out."""
    return "".join(_samples(figures, prefix))


def _samples(figures: Figures, prefix: str) -> Iterator[str]:
    for name, value in figures.items():
        metric = prefix + re.sub(r"\W+", "_", name.strip(), flags=re.ASCII).lower()
        if isinstance(value, int | float):
            yield f"# TYPE {metric} untyped\n{metric} {float(value):.15g}\n"
        elif isinstance(value, Mapping):
            yield f"# TYPE {metric} untyped\n"
            for kind, number in value.items():
                if isinstance(number, int | float):
                    yield f'{metric}{{kind="{_escaped(kind)}"}} {float(number):.15g}\n'


def _escaped(label: object) -> str:
    return str(label).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


class _Desk:
    """Answers for health, metrics and counters."""

    def __init__(self, playground: Playground | None, hooks: Hooks) -> None:
        self._playground, self._hooks = playground, hooks

    async def health(self, _request: web.Request) -> web.Response:
        told = {"ok": True, **await _asked(self._hooks.health)}
        return _json(told, 200 if told["ok"] else 503)

    async def counters(self, _request: web.Request) -> web.Response:
        return _json(await self.figures())

    async def figures(self) -> Figures:
        return await _asked(self._hooks.counters)

    async def metrics(self, _request: web.Request) -> web.Response:
        text = exposition(await self.figures())
        if self._playground is not None:
            for method, outcomes in self._playground.figures().items():
                text += exposition({f"playground_{method}": outcomes})
        return web.Response(
            body=text.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        )


async def _asked(source: Source) -> Figures:
    told = source()
    return await told if inspect.isawaitable(told) else told


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")


async def _harden(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


async def _listen(runner: web.AppRunner, host: str, port: int) -> str:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        if error.errno != errno.EADDRINUSE or not port:
            raise SettingsError(f"the web server cannot listen on {host}:{port}: {error.strerror}") from error
        await web.TCPSite(runner, host, 0).start()
        log.warning("port %d is taken, the web server took a free one", port)
        return f"port {port} is taken; listening on {{}} instead"
    return ""
