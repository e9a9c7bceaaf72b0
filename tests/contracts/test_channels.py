"""One suite over every channel, and the table of Telegram's answers over real sockets."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channel import CHANNELS, Channel, Message, RetryableError, UndeliverableError, UnknownOutcomeError
from bot.channels import Console, Telegram
from bot.errors import ChannelError
from bot.log import HIDDEN, Redaction
from bot.request import AiohttpRequest

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SENT = {"message_id": 7, "date": 1_764_124_265, "chat": {"id": 1, "type": "private"}, "text": "x"}
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class BotApi:
    """A Bot API of a few methods that keeps what it was asked and answers as told."""

    answer: Answer | None = None
    calls: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Check the road, keep the request, answer."""
        if request.match_info["token"] != TOKEN:
            return refusal(401, "Unauthorized")
        body = {name: str(value) for name, value in (await request.post()).items()}
        self.calls.append((request.match_info["method"], body, dict(request.headers)))
        if self.answer is not None:
            return await self.answer(request)
        results: dict[str, object] = {
            "sendMessage": SENT,
            "editMessageText": SENT,
            "answerCallbackQuery": True,
            "getMe": {"id": 110201543, "is_bot": True, "first_name": "T", "username": "t_bot"},
        }
        return web.json_response({"ok": True, "result": results[request.match_info["method"]]})


def refusal(status: int, description: str, **parameters: object) -> web.Response:
    """What Telegram says when it does not do it."""
    body: dict[str, object] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)


def says(status: int, description: str, **parameters: object) -> Answer:
    """An answer that is a refusal."""

    async def answer(_request: web.Request) -> web.Response:
        return refusal(status, description, **parameters)

    return answer


def body(text: str, status: int = 200) -> Answer:
    """An answer of arbitrary bytes."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=text, status=status, content_type="text/html")

    return answer


async def hang(_request: web.Request) -> web.Response:
    """Accepts and never answers."""
    await asyncio.Event().wait()
    raise AssertionError


async def reset(request: web.Request) -> web.Response:
    """Accepts and cuts the connection."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def served() -> AsyncIterator[tuple[BotApi, Telegram]]:
    """A Bot API on a local port and the channel that speaks to it, with short patience."""
    api = BotApi()
    application = web.Application()
    application.router.add_post("/bot{token}/{method}", api.handle)
    async with TestServer(application) as server:
        request = AiohttpRequest(read=0.3, write=0.3, connect=0.3)
        channel = Telegram(TOKEN, str(server.make_url("/")), request)
        try:
            yield api, channel
        finally:
            await channel.close()


@asynccontextmanager
async def opened(name: str) -> AsyncIterator[Channel]:
    """A channel by its name, with nothing in its way."""
    if name == "console":
        yield Console(lambda _line: None)
    else:
        async with served() as (_, channel):
            yield channel


MESSAGE = Message(chat="1", html="<b>x</b>", buttons=((("undo", "u"),),), alerts=("r:1:fired",))


@pytest.mark.parametrize("name", ["console", "telegram"])
async def test_a_channel_sends_edits_answers_and_closes(name: str) -> None:
    """Whatever implements the contract: a number comes back, its edit works, closing twice does no harm."""
    assert set(CHANNELS) >= {"console", "telegram"}
    async with opened(name) as channel:
        assert channel.name == name
        number = await channel.send(MESSAGE)
        assert number > 0
        await channel.edit(number, MESSAGE)
        await channel.answer("q", "")
        await channel.close()


async def test_what_telegram_is_asked() -> None:
    """Method, text, markup, sound, buttons, and the alerts in a header of ours."""
    async with served() as (api, channel):
        assert await channel.send(MESSAGE) == 7
        await channel.edit(7, Message(chat="1", html="y", silent=True))
        await channel.answer("q", "done")
        await channel.probe()
    (_, sent, headers), (_, edited, plain), (_, answered, _), (probed, _, _) = api.calls
    assert [call[0] for call in api.calls] == [
        "sendMessage",
        "editMessageText",
        "answerCallbackQuery",
        "getMe",
    ]
    assert (sent["chat_id"], sent["text"], sent["parse_mode"]) == ("1", "<b>x</b>", "HTML")
    keyboard = json.loads(sent["reply_markup"])["inline_keyboard"]
    assert keyboard == [[{"text": "undo", "callback_data": "u"}]]
    assert json.loads(sent["link_preview_options"]) == {"is_disabled": True}
    assert headers["X-Tickbell-Alerts"] == "r:1:fired"
    assert (edited["message_id"], edited["text"]) == ("7", "y")
    assert "X-Tickbell-Alerts" not in plain
    assert (answered["callback_query_id"], answered["text"]) == ("q", "done")
    assert probed == "getMe"


async def test_a_silent_message_makes_no_sound() -> None:
    """disable_notification follows the message."""
    async with served() as (api, channel):
        await channel.send(Message(chat="1", html="y", silent=True))
        await channel.send(Message(chat="1", html="y"))
    assert [call[1]["disable_notification"] for call in api.calls] == ["true", "false"]


async def test_a_thousand_alerts_keep_the_header_legal() -> None:
    """The header is cut at whole alerts before any server refuses it."""
    async with served() as (api, channel):
        await channel.send(Message(chat="1", html="y", alerts=tuple(f"rule{n}:1:fired" for n in range(1000))))
    value = api.calls[0][2]["X-Tickbell-Alerts"]
    assert len(value) <= 7000
    assert value.rpartition(",")[2].endswith(":1:fired")


THREE = timedelta(seconds=3)
RETRY, LATE, FOREVER = RetryableError, UnknownOutcomeError, UndeliverableError
TABLE = [
    (
        "429",
        says(429, "Too Many Requests: retry after 3", retry_after=3),
        RETRY,
        ("flood", timedelta(seconds=3)),
    ),
    ("429 without a word", says(429, "Too Many Requests"), RETRY, ("flood", None)),
    ("429 in HTML", body("slow down", 429), RETRY, ("flood", None)),
    ("429, zero", says(429, "Too Many Requests: retry after 0", retry_after=0), RETRY, ("flood", None)),
    ("500", says(500, "Internal Server Error"), LATE, True),
    ("502 in HTML", body("<html>bad gateway</html>", 502), LATE, True),
    ("504", says(504, "Gateway Timeout"), LATE, True),
    ("401", says(401, "Unauthorized"), FOREVER, "unauthorized"),
    ("404", says(404, "Not Found"), FOREVER, "unauthorized"),
    ("403", says(403, "Forbidden: bot was blocked by the user"), FOREVER, "blocked"),
    ("chat not found", says(400, "Bad Request: chat not found"), FOREVER, "bad_request"),
    ("entities", says(400, "Bad Request: can't parse entities: oops"), FOREVER, "bad_request"),
    (
        "not modified",
        says(400, "Bad Request: message is not modified: ..."),
        FOREVER,
        "not_modified",
    ),
    ("to edit not found", says(400, "Bad Request: message to edit not found"), FOREVER, "gone"),
    ("can't be edited", says(400, "Bad Request: message can't be edited"), FOREVER, "gone"),
    ("migrated", says(400, "Bad Request: group upgraded", migrate_to_chat_id=-1007), FOREVER, "migrated"),
    ("409", says(409, "Conflict: terminated by other getUpdates"), LATE, True),
    ("hang", hang, LATE, False),
    ("reset", reset, LATE, False),
    ("ok alone", body('{"ok":true}'), LATE, True),
    ("a list", body("[]"), LATE, True),
    ("null", body('{"ok":true,"result":null}'), LATE, True),
    ("HTML", body("<html>hello</html>"), LATE, True),
    ("nothing", body(""), LATE, True),
    ("two megabytes", body("x" * 2_000_000), LATE, True),
    ("not utf-8 redirect", body("", 302), LATE, True),
]


@pytest.mark.parametrize(
    ("answer", "kind", "detail"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
@pytest.mark.parametrize("call", ["send", "edit"])
async def test_every_answer_is_classified(
    answer: Answer, kind: type[ChannelError], detail: object, call: str
) -> None:
    """Retryable, undeliverable or unknown, never another exception, and no secret anywhere in it."""
    async with served() as (api, channel):
        api.answer = answer
        with pytest.raises(kind) as caught:
            await (channel.send(MESSAGE) if call == "send" else channel.edit(7, MESSAGE))
    error = caught.value
    match error:
        case RetryableError():
            assert (error.reason, error.after) == detail
        case UndeliverableError():
            assert error.reason == detail
            assert error.chat == ("-1007" if detail == "migrated" else None)
        case UnknownOutcomeError():
            assert error.answered is detail
    assert TOKEN not in printed(error)


def printed(error: BaseException) -> str:
    """Everything that a log line with this exception would hold, and what its chain holds beside."""
    text = logging.Formatter().formatException((type(error), error, error.__traceback__))
    return text + repr(error) + repr(error.__cause__)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no-such-host.invalid"])
async def test_a_connection_never_made_was_not_sent(url: str) -> None:
    """Refused or unknown hosts: nothing left, so repeating it cannot double anything."""
    channel = Telegram(TOKEN, url, AiohttpRequest(connect=2.0))
    with pytest.raises(RetryableError) as caught:
        await channel.send(MESSAGE)
    assert (caught.value.reason, caught.value.after) == ("not sent", None)
    assert TOKEN not in printed(caught.value)
    await channel.close()


async def test_a_pool_without_a_free_connection_was_not_sent() -> None:
    """Sixty-four calls hang; the next one gives up before it left."""
    async with served() as (api, channel):
        api.answer = hang
        calls = [asyncio.create_task(channel.send(MESSAGE), name=f"call {n}") for n in range(70)]
        ends = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(end) for end in ends} == {RetryableError, UnknownOutcomeError}


async def test_a_wrong_token_is_said_without_the_token() -> None:
    """The library's own text names it; ours does not."""
    async with served() as (_, good):
        url = good._bot.base_url.split("/bot")[0]
        bad = Telegram("123456:" + "x" * 35, url)
        with pytest.raises(UndeliverableError) as caught:
            await bad.probe()
        await bad.close()
    assert caught.value.reason == "unauthorized"
    assert "x" * 35 not in printed(caught.value)


async def test_no_repr_and_no_log_line_names_the_token(caplog: pytest.LogCaptureFixture) -> None:
    """Every level of every logger, a whole exchange long."""
    caplog.set_level(logging.DEBUG)
    async with served() as (api, channel):
        assert TOKEN not in repr(channel) + repr(channel._request)
        await channel.send(MESSAGE)
        api.answer = reset
        with pytest.raises(UnknownOutcomeError):
            await channel.send(MESSAGE)
    assert TOKEN not in Redaction([TOKEN]).clean(caplog.text)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp.access")]
    assert TOKEN not in "\n".join(ours)
    assert HIDDEN
