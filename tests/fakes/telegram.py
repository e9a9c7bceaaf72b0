"""A strict getUpdates server on loopback: real offsets, one poller, and faults on demand."""

import asyncio
import json
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN = "7000000001:canary_token_canary_token_canary_tok"
Update = dict[str, Any]


@dataclass(slots=True)
class Telegram:
    """What Telegram holds for the bot and what the bot asked of it."""

    pending: deque[Update] = field(default_factory=deque)
    faults: deque[tuple[int, bytes]] = field(default_factory=deque)  # answers to the next getUpdates
    hangs: int = 0  # next getUpdates that are never answered
    members: dict[tuple[int, int], str] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    menus: list[dict[str, Any]] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    confirmed: int = 0
    url: str = ""
    deaf: set[str] = field(default_factory=set)  # methods that answer 500
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, text: str, chat: int = 1, **fields: Any) -> int:
        """A user types; the update's number."""
        person = {"id": abs(chat), "is_bot": False, "first_name": "U"}
        kind = "private" if chat > 0 else "group"
        message = {
            "message_id": 1,
            "date": 1_764_120_000,
            "chat": {"id": chat, "type": kind, "title": "G"},
            "from": person,
            "text": text,
        }
        return self.put({"message": message | fields})

    def put(self, update: Update) -> int:
        """Queue an update under the next number, unless it has one."""
        last = self.pending[-1]["update_id"] if self.pending else max(self.confirmed - 1, 99)
        self.pending.append({"update_id": last + 1} | update)
        self._news.set()
        return int(last) + 1

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One Bot API call."""
        if request.match_info["token"] != TOKEN:
            return _refusal(401, "Unauthorized")
        method = request.match_info["method"]
        self.calls[method] += 1
        asked = await request.json()
        if method in self.deaf:
            return _refusal(500, "Internal Server Error")
        if method == "getUpdates":
            return await self._updates(asked)
        return self._plain(method, asked)

    def _plain(self, method: str, asked: dict[str, Any]) -> web.Response:
        match method:
            case "getMe":
                return _result({"id": 7, "is_bot": True, "first_name": "T", "username": "TickbellBot"})
            case "setMyCommands":
                self.menus.append(asked)
                return _result(result=True)
            case "getChatMember":
                status = self.members.get((asked["chat_id"], asked["user_id"]), "left")
                return _result({"status": status, "user": {"id": asked["user_id"]}})
        return _refusal(404, "Not Found")

    async def _updates(self, asked: dict[str, Any]) -> web.StreamResponse:
        if self.hangs:
            self.hangs -= 1
            await asyncio.Event().wait()
        if self.faults:
            status, body = self.faults.popleft()
            return web.Response(status=status, body=body, content_type="application/json")
        offset = asked.get("offset", 0)
        self.offsets.append(offset)
        self.confirmed = max(self.confirmed, offset)
        while self.pending and self.pending[0]["update_id"] < offset:
            self.pending.popleft()
        if not self.pending and asked.get("timeout"):
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), asked["timeout"])
        return _result(list(self.pending)[:100])


def _result(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refusal(code: int, why: str) -> web.Response:
    return web.json_response({"ok": False, "error_code": code, "description": why}, status=code)


def refusal(code: int, why: str, **parameters: int) -> tuple[int, bytes]:
    """A fault as the Bot API words it."""
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": why}
    return code, json.dumps(body | ({"parameters": parameters} if parameters else {})).encode()


@asynccontextmanager
async def telegram() -> AsyncIterator[Telegram]:
    """A server for the length of a test."""
    held = Telegram()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", held.answer)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0)
    held.url = str(server.make_url("/"))
    try:
        yield held
    finally:
        await server.close()
