"""The playground's page: the chat in a browser, live over server-sent events, and the switches behind it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from bot.web import records
from bot.web.faults import Fault
from bot.web.ground import Playground
from bot.web.spans import detect
from bot.web.state import Bubble

FOLDER = Path(__file__).parent / "playground"
FILES: Mapping[str, str] = {
    "index.html": "text/html",
    "page.js": "text/javascript",
    "pipeline.js": "text/javascript",
    "text.js": "text/javascript",
    "style.css": "text/css",
    "icon.svg": "image/svg+xml",
}
TICK = 0.25  # seconds between looks at the counters
PING = 15.0  # seconds of silence after which a comment keeps the stream alive
SHOWN = 400  # messages a page opens with
QUEUE = 1000  # events a page may fall behind before its stream is cut and begins anew

Counters = Callable[[], Awaitable[Mapping[str, object]]]
Event = tuple[str, Any]


class Reader:
    """One open page: what it has not been told yet."""

    def __init__(self, chat: int) -> None:
        self.chat = chat
        self.is_lost = False
        self._events: asyncio.Queue[Event] = asyncio.Queue(QUEUE)

    def put(self, event: Event) -> None:
        """Tell it; a page that is too far behind is lost and asks again."""
        try:
            self._events.put_nowait(event)
        except asyncio.QueueFull:
            self.is_lost = True

    async def take(self, seconds: float) -> list[Event]:
        """All events there are, waiting for the first at most so long."""
        try:
            async with asyncio.timeout(seconds):
                events = [await self._events.get()]
        except TimeoutError:
            return []
        while not self._events.empty():
            events.append(self._events.get_nowait())
        return events


class Page:
    """Serves the page and its stream for one playground."""

    def __init__(self, ground: Playground, counters: Counters) -> None:
        self._ground, self._counters = ground, counters
        self._readers: set[Reader] = set()
        ground.ledger.listeners.append(self._tell)

    @property
    def routes(self) -> tuple[web.RouteDef, ...]:
        """Every address of the page."""
        return (
            web.get("/", self.index),
            web.get("/playground/{name}", self.file),
            web.get("/stream", self.stream),
            web.post("/say", self.say),
            web.post("/press", self.press),
            web.get("/ledger", self.ledger),
            web.get("/faults", self.faults),
            web.post("/faults", self.switch),
        )

    async def index(self, _request: web.Request) -> web.Response:
        """The page itself."""
        return _file("index.html")

    async def file(self, request: web.Request) -> web.Response:
        """Its script, style and icon."""
        name = request.match_info["name"]
        if name not in FILES:
            raise web.HTTPNotFound
        return _file(name)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: `hello` with everything and the counters, then each change as it happens."""
        reader = Reader(_number(request.query.get("chat", "1")))
        self._ground.meet(reader.chat)
        language = request.query.get("language", "")[:2]
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        told = dict(await self._counters())
        self._readers.add(reader)
        try:
            hello = _event("hello", self._hello(reader.chat, language))
            await response.write(b"retry: 1000\n\n" + hello + _event("counters", told))
            await self._follow(reader, response, told)
        except ConnectionError:
            pass  # the page was closed; a new one asks again
        finally:
            self._readers.discard(reader)
        return response

    async def _follow(self, reader: Reader, response: web.StreamResponse, told: Mapping[str, object]) -> None:
        spoke = time.monotonic()
        while not self._ground.stopping.is_set() and not reader.is_lost:
            chunk = b"".join(_event(name, data) for name, data in await reader.take(TICK))
            counters = await self._counters()
            if counters != told:
                chunk += _event("counters", counters)
                told = dict(counters)
            if not chunk and time.monotonic() - spoke > PING:
                chunk = b": still here\n\n"
            if chunk:
                await response.write(chunk)
                spoke = time.monotonic()

    async def say(self, request: web.Request) -> web.Response:
        """The user types."""
        body = await _body(request)
        try:
            number = self._ground.post(str(body.get("text", "")), _number(body.get("chat", 1)))
        except ValueError as error:
            return _json({"error": str(error)}, 400)
        return _json({"message": number})

    async def press(self, request: web.Request) -> web.Response:
        """The user presses a button."""
        body = await _body(request)
        message, chat = _number(body.get("message")), _number(body.get("chat", 1))
        try:
            callback = self._ground.press(message, str(body.get("data", "")), chat)
        except LookupError as error:
            return _json({"error": str(error)}, 404)
        return _json({"callback": callback})

    async def ledger(self, _request: web.Request) -> web.Response:
        """All accepted messages with their final texts, and the identity of the run."""
        return _json(self._ground.ledger.summary())

    async def faults(self, _request: web.Request) -> web.Response:
        """The switches that are on."""
        return _json([msgspec.to_builtins(fault) for fault in self._ground.faults.waiting])

    async def switch(self, request: web.Request) -> web.Response:
        """Turn a switch on, clear all, block or unblock a chat, or migrate a group.

        One of {"kind", "method", "count", "skip", "retry_after", "text"}, {"clear": true}, {"block": chat},
        {"unblock": chat}, {"migrate": {"chat": -5, "to": -1000000000005}}.
        """
        body = await _body(request)
        try:
            self._switch(body)
        except (msgspec.ValidationError, ValueError, KeyError, TypeError) as error:
            return _json({"error": str(error)}, 400)
        return await self.faults(request)

    def _switch(self, body: Mapping[str, Any]) -> None:
        ground = self._ground
        if body.get("clear"):
            ground.faults.clear()
        elif "block" in body or "unblock" in body:
            ground.block(int(body.get("block") or body["unblock"]), on="block" in body)
        elif "migrate" in body:
            ground.migrate(int(body["migrate"]["chat"]), int(body["migrate"]["to"]))
        else:
            ground.faults.add(msgspec.convert(body, Fault))

    def _hello(self, chat: int, language: str) -> dict[str, Any]:
        ground = self._ground
        return {
            "bot": ground.face.name,
            "label": ground.face.label,
            "zone": ground.face.zone,
            "chat": chat,
            "commands": ground.menu(chat, language),
            "messages": [shown(bubble) for bubble in ground.messages(chat)[-SHOWN:]],
        }

    def _tell(self, record: records.Record) -> None:
        for reader in self._readers:
            if (event := self._event(record, reader.chat)) is not None:
                reader.put(event)

    def _event(self, record: records.Record, chat: int) -> Event | None:
        if isinstance(record, records.Listed):
            return "commands", self._ground.menu(chat)
        if isinstance(record, records.Toasted):
            mine = self._ground.state.queries[record.callback].chat == chat
            data = {"callback": record.callback, "text": record.text, "alert": record.alert}
            return ("toast", data) if mine else None
        if getattr(record, "chat", None) != chat:
            return None
        if isinstance(record, records.Deleted):
            return "gone", {"id": record.message}
        changed = records.Typed | records.Foreign | records.Sent | records.Edited | records.Marked
        if isinstance(record, changed):
            return "message", shown(self._ground.state.bubbles[chat, record.message])
        return None


def shown(bubble: Bubble) -> dict[str, Any]:
    """A message as the page draws it."""
    return {
        "id": bubble.number,
        "from": bubble.sender,
        "text": bubble.text,
        "entities": [msgspec.to_builtins(entity) for entity in detect(bubble.text, bubble.entities)],
        "rows": bubble.markup["inline_keyboard"] if bubble.markup else [],
        "date": bubble.date,
        "edited": bool(bubble.edited),
        "silent": bubble.silent,
        "alerts": len(bubble.alerts),
        "reply": bubble.reply_to,
    }


def _file(name: str) -> web.Response:
    return web.Response(
        body=(FOLDER / name).read_bytes(),
        content_type=FILES[name],
        charset="utf-8",
        headers={"Cache-Control": "no-cache"},
    )


def _event(name: str, data: object) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError as error:
        raise web.HTTPBadRequest(text="not a number") from error


async def _body(request: web.Request) -> dict[str, Any]:
    """A JSON object; the content type is demanded because no other site's form can send it."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send application/json")
    try:
        body = msgspec.json.decode(await request.read())
    except ValueError as error:
        raise web.HTTPBadRequest(text="not JSON") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="not a JSON object")
    return body
