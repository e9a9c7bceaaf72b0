"""The Bot API's other calls: queries, menus, chats, tokens, bodies; and chats that are closed or moved."""

import json
from io import BytesIO
from typing import Any

import pytest

from bot.web.ground import Playground
from tests.bot.web.conftest import FORM, TOKEN, Client, keyboard


async def test_a_button_press_is_answered_once_and_in_time(client: Client, ground: Playground) -> None:
    """An unknown, answered or old query is refused; a long toast too."""
    sent = await client.call("sendMessage", chat_id=1, text="a", reply_markup=keyboard())
    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await client.refused("answerCallbackQuery", callback_query_id="7") == old
    query = ground.press(sent["message_id"], "x")
    long = await client.refused("answerCallbackQuery", callback_query_id=query, text="a" * 201)
    assert long == "Bad Request: MESSAGE_TOO_LONG"
    assert (
        await client.call("answerCallbackQuery", callback_query_id=query, text="ok", show_alert=True) is True
    )
    assert await client.refused("answerCallbackQuery", callback_query_id=query) == old
    late = ground.press(sent["message_id"], "x")
    ground.state.queries[late].at -= 61
    assert await client.refused("answerCallbackQuery", callback_query_id=late) == old


async def test_command_menus_by_scope_and_language(client: Client, ground: Playground) -> None:
    """GetMyCommands tells exactly one menu; the chat sees the narrowest."""
    english = [{"command": "list", "description": "Watched"}]
    chinese = [{"command": "/list", "description": "自选"}]
    await client.call("setMyCommands", commands=english)
    await client.call("setMyCommands", commands=json.dumps(chinese), language_code="zh")
    private = {"type": "all_private_chats"}
    await client.call("setMyCommands", commands=[{"command": "near", "description": "Near"}], scope=private)
    assert await client.call("getMyCommands") == english
    assert await client.call("getMyCommands", language_code="zh") == [
        {"command": "list", "description": "自选"}
    ]
    assert await client.call("getMyCommands", scope={"type": "chat", "chat_id": 1}) == []
    assert ground.menu(1) == [("near", "Near")]
    assert ground.menu(-5, "zh") == [("list", "自选")]
    await client.call("deleteMyCommands", scope=private)
    assert ground.menu(1) == [("list", "Watched")]
    await client.call("deleteMyCommands")
    assert ground.menu(1) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "expected an Array of BotCommand"),
        ({"commands": "["}, "can't parse commands JSON object"),
        ({"commands": [1]}, "can't parse BotCommand: expected an Object"),
        ({"commands": [{"command": "Big", "description": "a"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a" * 33, "description": "a"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "a", "description": "a"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "scope": "{"}, "can't parse BotCommandScope JSON object"),
        ({"commands": [], "scope": {"type": "x"}}, "can't parse BotCommandScope: unsupported type specified"),
    ],
)
async def test_bad_menus_are_refused(client: Client, arguments: dict[str, Any], words: str) -> None:
    """Names are lower case letters, digits and underscores; descriptions are not empty."""
    assert await client.refused("setMyCommands", **arguments) == f"Bad Request: {words}"


async def test_chats_and_members(client: Client, ground: Playground) -> None:
    """The user of a private chat is a member, user 1 owns a group, strangers are unknown."""
    ground.post("hi", chat=-5, user=7)
    assert (await client.call("getChat", chat_id=-5))["type"] == "group"
    assert (await client.call("getChatMember", chat_id=1, user_id=1))["status"] == "member"
    assert (await client.call("getChatMember", chat_id=-5, user_id=1))["status"] == "creator"
    assert (await client.call("getChatMember", chat_id=-5, user_id=7))["user"]["first_name"] == "User 7"
    assert (await client.call("getChatMember", chat_id=-5, user_id=7000000001))["user"]["is_bot"] is True
    stranger = await client.refused("getChatMember", chat_id=-5, user_id=8)
    assert stranger == "Bad Request: PARTICIPANT_ID_INVALID"
    assert await client.refused("getChatMember", chat_id=1) == "Bad Request: invalid user_id specified"


async def test_small_calls_answer_as_they_should(client: Client, ground: Playground) -> None:
    """getMe, webhooks, chat actions, logOut and close."""
    assert (await client.call("getMe"))["id"] == 7000000001
    ground.post("a")
    assert (await client.call("getWebhookInfo"))["pending_update_count"] == 1
    assert await client.call("deleteWebhook", drop_pending_updates=True) is True
    assert (await client.call("getWebhookInfo"))["pending_update_count"] == 0
    assert await client.call("sendChatAction", chat_id=1, action="typing") is True
    assert await client.call("logOut") is True
    assert await client.call("close") is True


async def test_tokens_and_methods_that_do_not_exist(client: Client, ground: Playground) -> None:
    """A wrong token is 401, no token at all and an unknown method are 404."""
    wrong = await client.answer("getMe", token="7000000001:AAF-another_another_another_another")
    assert wrong == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert (await client.answer("getMe", token="nonsense"))["error_code"] == 404
    assert await client.refused("sendPhoto", chat_id=1) == "Not Found"
    assert ground.counts["unknown", "404"] == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"data": "{", "headers": {"Content-Type": "application/json"}},
            "Bad Request: can't parse JSON object",
        ),
        (
            {"data": "[]", "headers": {"Content-Type": "application/json"}},
            "Bad Request: JSON object expected",
        ),
        (
            {"data": "x", "headers": {"Content-Type": "multipart/form-data"}},
            "Bad Request: can't parse the body",
        ),
        ({"data": BytesIO(b"text=" + b"a" * (1 << 20)), "headers": FORM}, "Request Entity Too Large"),
        (
            {"json": {"chat_id": 1, "text": "a"}, "headers": {"X-Tickbell-Alerts": "rule"}},
            "Bad Request: X-Tickbell-Alerts",
        ),
        (
            {"json": {"chat_id": 1, "text": "a"}, "headers": {"X-Tickbell-Alerts": "r:x:fired"}},
            "Bad Request: X-Tickbell",
        ),
        (
            {"json": {"chat_id": 1, "text": "a"}, "headers": {"X-Tickbell-Alerts": ":1:fired"}},
            "Bad Request: X-Tickbell",
        ),
    ],
)
async def test_bodies_that_cannot_be_read(
    client: Client, ground: Playground, options: Any, words: str
) -> None:
    """Broken JSON, broken multipart, too much, and alerts that are none are refused."""
    async with client.http.post(f"{client.url}/bot{TOKEN}/sendMessage", **options) as response:
        told = await response.json()
    assert told["description"].startswith(words)
    assert ground.messages() == []


async def test_a_text_may_show_very_many_alerts(client: Client, ground: Playground) -> None:
    """The header that names them is far longer than a usual one."""
    alerts = ",".join(f"0123456789abcdef:{ring}:provisional" for ring in range(1500))
    await client.call("sendMessage", alerts=alerts, chat_id=1, text="a")
    assert len(ground.ledger.final()) == 1500


async def test_text_must_be_unicode(client: Client) -> None:
    """Half a surrogate pair in a form is refused."""
    async with client.http.post(
        f"{client.url}/bot{TOKEN}/sendMessage",
        data=b'{"chat_id":1,"text":"\\ud800"}',
        headers={"Content-Type": "application/json"},
    ) as response:
        assert response.status == 400


async def test_blocked_and_moved_chats(client: Client, ground: Playground) -> None:
    """A user who blocked the bot is 403 until they come back; a group that moved names its new id."""
    ground.block(1)
    blocked = await client.answer("sendMessage", chat_id=1, text="a")
    assert blocked == {
        "ok": False,
        "error_code": 403,
        "description": "Forbidden: bot was blocked by the user",
    }
    ground.block(1, on=False)
    await client.call("sendMessage", chat_id=1, text="a")
    ground.migrate(-5, -1000000000005)
    moved = await client.answer("sendMessage", chat_id=-5, text="a")
    assert moved["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert moved["parameters"] == {"migrate_to_chat_id": -1000000000005}
    sent = await client.call("sendMessage", chat_id=-1000000000005, text="a")
    assert sent["chat"]["type"] == "supergroup"
    updates = await client.call("getUpdates")
    assert [update["my_chat_member"]["new_chat_member"]["status"] for update in updates[:2]] == [
        "kicked",
        "member",
    ]
    assert updates[2]["message"]["migrate_to_chat_id"] == -1000000000005
    assert updates[3]["message"]["migrate_from_chat_id"] == -5
