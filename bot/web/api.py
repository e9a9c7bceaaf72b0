"""The Bot API over HTTP: `/bot<token>/<method>`, as any stock client speaks it."""

import logging
import re
import secrets
import socket
import struct
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from bot.errors import StoreError
from bot.web.arguments import read
from bot.web.checks import Call
from bot.web.faults import RUBBISH, Fault, Kind
from bot.web.ground import Playground
from bot.web.ledger import alert
from bot.web.methods import METHODS
from bot.web.refusal import BLOCKED, NOT_FOUND, UNAUTHORIZED, RefusedError, bad, flood

log = logging.getLogger(__name__)

ALERTS = "X-Tickbell-Alerts"
TOKEN = re.compile(r"\d{1,19}:[A-Za-z0-9_-]{10,}")
POLL = "getupdates"
OK = 200
REFUSALS: Mapping[Kind, tuple[str, int]] = {
    Kind.FORBIDDEN: (BLOCKED, 403),
    Kind.UNAUTHORIZED: (UNAUTHORIZED, 401),
    Kind.TOO_MANY_BARE: ("Too Many Requests", 429),
    Kind.SERVER_ERROR: ("Internal Server Error", 500),
    Kind.ACCEPT_ERROR: ("Internal Server Error", 500),
}
BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
    "</center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)


class _LostError(Exception):
    """The client is not to get an answer; the connection is reset."""


class Api:
    """Answers calls for one playground."""

    def __init__(self, ground: Playground) -> None:
        self._ground = ground

    @property
    def routes(self) -> tuple[web.RouteDef, ...]:
        """GET and POST of every method."""
        path = "/bot{token:[^/]+}/{method:[^/]+}"
        return web.get(path, self.handle, allow_head=False), web.post(path, self.handle)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Carry out one call, write its answer, and mark in the ledger that it went out."""
        method = request.match_info["method"].lower()
        known = method if method in METHODS or method == POLL else "unknown"
        number = 0
        try:
            self._authorize(request.match_info["token"])
            fault = self._ground.faults.take(method)
            if fault is None or fault.is_lost:
                result, number = await self._carry_out(request, method)
                answer = _json({"ok": True, "result": result})
            if fault is not None:
                number = 0  # carried out or not, its answer does not go out
                answer = await self._strike(fault)
        except RefusedError as error:
            answer = _json(error.body, error.code)
        except StoreError as error:
            log.error("%s", error)  # noqa: TRY400 -- the sentence is enough, a traceback adds nothing
            answer = _json(RefusedError("Internal Server Error", 500).body, 500)
        except _LostError:
            self._ground.counts[known, "lost"] += 1
            return _reset(request)
        self._ground.counts[known, "ok" if answer.status == OK else str(answer.status)] += 1
        return await self._send(request, answer, number)

    def _authorize(self, token: str) -> None:
        if secrets.compare_digest(token.encode(), self._ground.token.encode()):
            return
        if TOKEN.fullmatch(token):
            raise RefusedError(UNAUTHORIZED, 401)
        raise RefusedError(NOT_FOUND, 404)

    async def _carry_out(self, request: web.Request, method: str) -> tuple[Any, int]:
        """The result, and the number of the call if it was written to the ledger, else 0."""
        try:
            arguments = await read(request)
        except web.HTTPRequestEntityTooLarge as error:
            raise RefusedError("Request Entity Too Large", 413) from error
        if method == POLL:
            return await self._ground.mailbox.poll(arguments), 0
        if method not in METHODS:
            raise RefusedError(NOT_FOUND, 404)
        number = self._ground.state.last_call + 1
        result = METHODS[method](Call(self._ground, arguments, _alerts(request), number))
        return result, number if self._ground.state.last_call == number else 0

    async def _send(self, request: web.Request, answer: web.Response, number: int) -> web.StreamResponse:
        try:
            await answer.prepare(request)
            await answer.write_eof()
        except ConnectionError:
            return answer  # the client went away: whether it was told, nobody knows
        if number:
            self._ground.ledger.answered(number)
        return answer

    async def _strike(self, fault: Fault) -> web.Response:
        """What the client of a faulty call meets instead of its answer."""
        if fault.kind in (Kind.HANG, Kind.ACCEPT_HANG):
            await self._ground.stopping.wait()
        if fault.kind is Kind.TOO_MANY:
            self._ground.limits.hold(fault.retry_after)
            raise flood(fault.retry_after)
        if fault.kind is Kind.BAD_REQUEST:
            raise bad(fault.text or "something about this request")
        if fault.kind is Kind.BAD_GATEWAY:
            return web.Response(status=502, text=BAD_GATEWAY, content_type="text/html")
        if fault.kind is Kind.RUBBISH:
            return web.Response(text=fault.text or RUBBISH[0], content_type="application/json")
        if fault.kind in REFUSALS:
            raise RefusedError(*REFUSALS[fault.kind])
        raise _LostError


def _alerts(request: web.Request) -> tuple[str, ...]:
    """The (rule, ring, state) of the alerts a text shows, from our own header."""
    given = tuple(part.strip() for part in request.headers.get(ALERTS, "").split(",") if part.strip())
    try:
        for text in given:
            alert(text)
    except ValueError as error:
        raise bad(f"{ALERTS} holds {text!r}, not rule:ring:state") from error
    return given


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")


def _reset(request: web.Request) -> web.Response:
    """Cut the connection with a reset instead of an orderly end."""
    transport = request.transport
    if transport is not None:
        now = struct.pack("ii", 1, 0)  # linger for zero seconds: a reset
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
        transport.abort()
    return web.Response()
