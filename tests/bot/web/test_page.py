"""The page behind the browser: files, the event stream, typing and pressing."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import StreamReader

from bot.web import page
from bot.web.ground import Playground
from bot.web.page import FILES, FOLDER, QUEUE, Reader
from bot.web.server import Hooks
from tests.bot.web.conftest import Client

FIGURES: dict[str, object] = {"frames": 1}
KEYS = {"inline_keyboard": [[{"text": "go", "callback_data": "x"}]]}


@pytest.fixture
def hooks() -> Hooks:
    """Counters a test can change."""
    FIGURES.clear()
    FIGURES["frames"] = 1
    return Hooks(counters=lambda: dict(FIGURES))


class Stream:
    """Server-sent events, read one by one."""

    def __init__(self, content: StreamReader) -> None:
        self._content = content

    async def next(self, name: str) -> Any:
        """The data of the next event of that name; others are passed over."""
        heard = ""
        async with asyncio.timeout(10):
            while True:
                line = (await self._content.readline()).decode()
                assert line, "the stream ended"
                if line.startswith("event: "):
                    heard = line.removeprefix("event: ").strip()
                elif line.startswith("data: ") and heard == name:
                    return json.loads(line.removeprefix("data: "))


@asynccontextmanager
async def following(client: Client, query: str = "") -> AsyncIterator[Stream]:
    """An open page."""
    async with client.http.get(f"{client.url}/stream{query}") as response:
        assert response.content_type == "text/event-stream"
        yield Stream(response.content)


async def test_the_page_and_its_files_come_from_here_alone(client: Client) -> None:
    """Every file is served, names no foreign address, and never writes foreign text as markup."""
    for name, kind in FILES.items():
        path = "/" if name == "index.html" else f"/playground/{name}"
        async with client.http.get(client.url + path) as response:
            assert (response.status, response.content_type) == (200, kind)
            body = await response.text()
        assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", body)
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", body)
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", body)
    assert {file.name for file in FOLDER.iterdir()} == set(FILES)
    async with client.http.get(f"{client.url}/playground/..%2Fpage.py") as response:
        assert response.status == 404


async def test_a_page_opens_with_everything_and_hears_each_change(client: Client, ground: Playground) -> None:
    """hello, then message, edit, keyboard, deletion, toast and menu as they happen."""
    await client.call("sendMessage", chat_id=1, text="<b>before</b>", parse_mode="HTML", alerts="r:1:fired")
    async with following(client) as stream:
        hello = await stream.next("hello")
        assert hello["messages"][0]["entities"] == [{"type": "bold", "offset": 0, "length": 6}]
        assert (hello["messages"][0]["alerts"], hello["messages"][0]["silent"]) == (1, False)
        await client.call("sendMessage", chat_id=1, text="now", reply_markup=KEYS, disable_notification=True)
        message = await stream.next("message")
        assert (message["text"], message["from"], message["silent"]) == ("now", "bot", True)
        assert message["rows"] == KEYS["inline_keyboard"]
        await client.call("editMessageText", chat_id=1, message_id=2, text="then", reply_markup=KEYS)
        message = await stream.next("message")
        assert (message["id"], message["text"], message["edited"]) == (2, "then", True)
        query = ground.press(2, "x")
        await client.call("answerCallbackQuery", callback_query_id=query, text="done")
        assert await stream.next("toast") == {"callback": query, "text": "done", "alert": False}
        await client.call("deleteMessage", chat_id=1, message_id=2)
        assert await stream.next("gone") == {"id": 2}
        await client.call("setMyCommands", commands=[{"command": "list", "description": "Watched"}])
        assert await stream.next("commands") == [["list", "Watched"]]


async def test_typing_and_pressing_become_updates(client: Client) -> None:
    """What the page posts reaches the bot; what cannot be is refused with words."""
    await client.call("sendMessage", chat_id=1, text="a", reply_markup=KEYS)
    async with client.http.post(f"{client.url}/say", json={"text": " /list "}) as response:
        assert await response.json() == {"message": 2}
    async with client.http.post(f"{client.url}/press", json={"message": 1, "data": "x"}) as response:
        assert (await response.json())["callback"]
    typed, pressed = await client.call("getUpdates")
    assert typed["message"]["text"] == "/list"
    assert pressed["callback_query"]["data"] == "x"
    wrong: list[tuple[str, dict[str, Any], int]] = [
        ("/say", {"text": " "}, 400),
        ("/say", {"text": "a", "chat": "x"}, 400),
        ("/press", {"message": 1, "data": "y"}, 404),
        ("/press", {"data": "y"}, 400),
    ]
    for path, body, status in wrong:
        async with client.http.post(client.url + path, json=body) as response:
            assert response.status == status


async def test_counters_are_told_when_they_change(client: Client) -> None:
    """The stream carries them once, and again with each change."""
    async with following(client) as stream:
        assert await stream.next("counters") == {"frames": 1}
        FIGURES["frames"] = 2
        assert await stream.next("counters") == {"frames": 2}


async def test_counters_come_with_the_hello(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that opens shows them at once, not a look later; then they are not told again."""
    monkeypatch.setattr(page, "TICK", 3600.0)
    FIGURES["frames"] = 7
    async with following(client) as stream:
        assert (await stream.next("hello"))["chat"] == 1
        assert await stream.next("counters") == {"frames": 7}


async def test_a_quiet_stream_is_kept_alive(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment now and then stops whatever lies between from closing it."""
    monkeypatch.setattr(page, "PING", 0.0)
    async with client.http.get(f"{client.url}/stream") as response, asyncio.timeout(10):
        while await response.content.readline() != b": still here\n":
            pass


async def test_each_chat_sees_only_its_own(client: Client, ground: Playground) -> None:
    """A page of chat 2 hears nothing of chat 1."""
    async with following(client, "?chat=2") as stream:
        assert (await stream.next("hello"))["chat"] == 2
        sent = await client.call("sendMessage", chat_id=1, text="for one", reply_markup=KEYS)
        query = ground.press(sent["message_id"], "x")
        await client.call("answerCallbackQuery", callback_query_id=query)
        ground.block(2)
        ground.foreign("for two", chat=2)
        message = await stream.next("message")
        assert (message["text"], message["from"]) == ("for two", "foreign")


async def test_the_ledger_is_told_as_json(client: Client) -> None:
    """GET /ledger: final texts, alerts, answers, counts, identity."""
    await client.call("sendMessage", chat_id=1, text="a", alerts="r:1:fired")
    await client.call("getMe")
    async with client.http.get(f"{client.url}/ledger") as response:
        told = await response.json()
    assert told["final"] == [["r", 1, "fired"]]
    (message,) = told["messages"]
    kept = {
        name: message[name]
        for name in ("chat", "from_bot", "text", "alerts_sent", "answered", "sends", "edits")
    }
    assert kept == {
        "chat": 1,
        "from_bot": True,
        "text": "a",
        "alerts_sent": ["r:1:fired"],
        "answered": True,
        "sends": 1,
        "edits": 0,
    }


async def test_a_stopping_server_ends_the_stream(client: Client, ground: Playground) -> None:
    """The page's connection closes at once and asks again later."""
    async with client.http.get(f"{client.url}/stream") as response:
        ground.stop()
        async with asyncio.timeout(5):
            assert b"event: hello" in await response.read()


def test_a_page_that_falls_behind_is_cut() -> None:
    """More events than it can hold end its stream; it opens anew with everything."""
    reader = Reader(1)
    for number in range(QUEUE):
        reader.put(("gone", {"id": number}))
    assert not reader.is_lost
    reader.put(("gone", {"id": -1}))
    assert reader.is_lost
