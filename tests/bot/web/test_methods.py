"""The Bot API's methods as a strict client sees them: shapes, checks, Telegram's own words."""

import json
from typing import Any

import aiohttp
import pytest

from bot.web.ground import Playground
from tests.bot.web.conftest import TOKEN, Client, keyboard

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)


async def test_a_sent_message_has_telegrams_shape(client: Client, ground: Playground) -> None:
    """Text is parsed, entities are UTF-16, the keyboard is echoed, silence and alerts are kept."""
    sent = await client.call(
        "sendMessage",
        alerts="r1:1:fired, r2:3:provisional",
        chat_id=1,
        text="\U0001f514 <b>Innolight</b> &lt;+10%&gt; /why",
        parse_mode="HTML",
        reply_markup=keyboard(),
        disable_notification=True,
        link_preview_options={"is_disabled": True},
    )
    assert sent["message_id"] == 1
    assert sent["text"] == "\U0001f514 Innolight <+10%> /why"
    assert sent["entities"] == [
        {"type": "bold", "offset": 3, "length": 9},
        {"type": "bot_command", "offset": 20, "length": 4},
    ]
    assert sent["reply_markup"] == keyboard()
    assert sent["chat"] == {"id": 1, "type": "private", "first_name": "You"}
    assert sent["from"]["is_bot"] is True
    (bubble,) = ground.messages()
    assert bubble.silent
    assert ground.ledger.final() == {("r1", 1, "fired"), ("r2", 3, "provisional")}


@pytest.mark.parametrize("shape", ["query", "form", "multipart", "json"])
async def test_parameters_come_in_every_shape(client: Client, shape: str) -> None:
    """GET query, URL-encoded form, multipart form and JSON say the same."""
    values = {"chat_id": "1", "text": f"by {shape}", "reply_markup": json.dumps(keyboard())}
    url = f"{client.url}/bot{TOKEN}/SENDMESSAGE"
    form = aiohttp.FormData(values, default_to_multipart=True)
    shapes: dict[str, dict[str, Any]] = {
        "query": {"params": values},
        "form": {"data": values},
        "multipart": {"data": form},
        "json": {"json": values | {"chat_id": 1, "disable_notification": False}},
    }
    async with client.http.request("GET" if shape == "query" else "POST", url, **shapes[shape]) as response:
        told = await response.json()
    assert told["result"]["text"] == f"by {shape}"
    assert told["result"]["reply_markup"] == keyboard()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"text": "a"}, "chat_id is empty"),
        ({"chat_id": 5, "text": "a"}, "chat not found"),
        ({"chat_id": "@channel", "text": "a"}, "chat not found"),
        ({"chat_id": 1}, "message text is empty"),
        ({"chat_id": 1, "text": ["a"]}, "message text is empty"),
        ({"chat_id": 1, "text": " \n "}, "message text is empty"),
        ({"chat_id": 1, "text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"chat_id": 1, "text": "a" * 4097}, "message is too long"),
        ({"chat_id": 1, "text": "\U0001f514" * 2049}, "message is too long"),
        ({"chat_id": 1, "text": "a", "parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
        (
            {"chat_id": 1, "text": "<b>a", "parse_mode": "html"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ({"chat_id": 1, "text": "a", "entities": "{"}, "can't parse entities: can't parse JSON object"),
        ({"chat_id": 1, "text": "a", "entities": [{"type": "bold"}]}, "can't parse MessageEntity: "),
        ({"chat_id": 1, "text": "a", "reply_markup": keyboard("x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"chat_id": 1, "text": "a", "reply_markup": keyboard("发" * 22)}, "BUTTON_DATA_INVALID"),
        ({"chat_id": 1, "text": "a", "reply_markup": keyboard("")}, "BUTTON_DATA_INVALID"),
        ({"chat_id": 1, "text": "a", "reply_markup": keyboard(text=" ")}, "BUTTON_TEXT_INVALID"),
        ({"chat_id": 1, "text": "a", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"chat_id": 1, "text": "a", "reply_markup": [1]}, "object expected as reply markup"),
        (
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": 1}},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array',
        ),
        (
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [1]}},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        (
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[1]]}},
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
        (
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[{}]]}},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[{"text": 1}]]}},
            'can\'t parse inline keyboard button: Field "text" must be of type String',
        ),
        (
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "x:y"}]]}},
            "inline keyboard button URL 'x:y' is invalid: Wrong HTTP URL specified",
        ),
        (
            {
                "chat_id": 1,
                "text": "a",
                "reply_markup": {"inline_keyboard": [[keyboard()["inline_keyboard"][0][0]] * 101]},
            },
            "REPLY_MARKUP_TOO_LONG",
        ),
        ({"chat_id": 1, "text": "a", "link_preview_options": "1"}, "object expected as link preview options"),
        (
            {"chat_id": 1, "text": "a", "link_preview_options": "{"},
            "can't parse link preview options JSON object",
        ),
        (
            {"chat_id": 1, "text": "a", "reply_parameters": {"message_id": 9}},
            "message to be replied not found",
        ),
        ({"chat_id": 1, "text": "a", "reply_parameters": "{"}, "can't parse reply parameters JSON object"),
    ],
)
async def test_a_bad_message_is_refused_in_telegrams_words(
    client: Client, ground: Playground, arguments: dict[str, Any], words: str
) -> None:
    """Nothing of it reaches the ledger."""
    assert (await client.refused("sendMessage", **arguments)).startswith(f"Bad Request: {words}")
    assert ground.messages() == []
    assert ground.counts["sendmessage", "400"] == 1


async def test_the_longest_message_and_data_pass(client: Client) -> None:
    """4096 units after parsing and 64 bytes of data are allowed."""
    text = "<b>" + "&amp;" * 4096 + "</b>"
    sent = await client.call(
        "sendMessage", chat_id=1, text=text, parse_mode="HTML", reply_markup=keyboard("发" * 21 + "x")
    )
    assert sent["text"] == "&" * 4096


async def test_entities_may_be_given_instead_of_markup(client: Client) -> None:
    """Explicit entities are kept where they fit the text, and move with the trimming."""
    given = [
        {"type": "bold", "offset": 1, "length": 1},
        {"type": "italic", "offset": 1, "length": 99},
        {"type": "mention", "offset": 1, "length": 1},
    ]
    sent = await client.call("sendMessage", chat_id=1, text=" ab", entities=given)
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 1}]


async def test_an_edit_replaces_text_and_keyboard(client: Client, ground: Playground) -> None:
    """The message changes in place, says when, loses an unrepeated keyboard, and shows other alerts."""
    sent = await client.call(
        "sendMessage", alerts="r:1:provisional", chat_id=1, text="a", reply_markup=keyboard()
    )
    edited = await client.call(
        "editMessageText",
        alerts="r:1:withdrawn",
        chat_id=1,
        message_id=sent["message_id"],
        text="<i>b</i>",
        parse_mode="HTML",
    )
    assert (edited["text"], edited["entities"][0]["type"]) == ("b", "italic")
    assert "reply_markup" not in edited
    assert edited["edit_date"] >= edited["date"]
    assert ground.ledger.final() == {("r", 1, "withdrawn")}
    (bubble,) = ground.messages()
    assert (bubble.edits, bubble.alerts_sent) == (1, ("r:1:provisional",))


async def test_what_cannot_be_edited(client: Client, ground: Playground) -> None:
    """The same again, a missing message, and messages of others are refused in Telegram's words."""
    sent = await client.call("sendMessage", chat_id=1, text="a", reply_markup=keyboard())
    mine = {"chat_id": 1, "message_id": sent["message_id"]}
    again = mine | {"text": "a", "reply_markup": keyboard()}
    assert await client.refused("editMessageText", **again) == NOT_MODIFIED
    assert await client.refused("editMessageReplyMarkup", **mine, reply_markup=keyboard()) == NOT_MODIFIED
    assert await client.refused("editMessageText", **mine, text="a" * 5000) == "Bad Request: MESSAGE_TOO_LONG"
    missing = "Bad Request: message to edit not found"
    assert await client.refused("editMessageText", chat_id=1, message_id=99, text="b") == missing
    for number in (ground.post("typed"), ground.foreign("another bot's")):
        told = await client.refused("editMessageText", chat_id=1, message_id=number, text="b")
        assert told == "Bad Request: message can't be edited"
    unnamed = await client.refused("editMessageText", chat_id=1, text="b")
    assert unnamed == "Bad Request: message identifier is not specified"
    inline = await client.refused("editMessageText", inline_message_id="x", text="b")
    assert inline == "Bad Request: MESSAGE_ID_INVALID"
    keys = await client.refused("editMessageText", **mine, text="b", reply_markup={"force_reply": True})
    assert keys == "Bad Request: inline keyboard expected"
    assert ground.messages()[0].edits == 0


async def test_a_keyboard_alone_can_be_edited(client: Client, ground: Playground) -> None:
    """EditMessageReplyMarkup leaves text and alerts as they are; without a keyboard it takes it away."""
    sent = await client.call("sendMessage", alerts="r:1:fired", chat_id=1, text="a", reply_markup=keyboard())
    edited = await client.call("editMessageReplyMarkup", chat_id=1, message_id=sent["message_id"])
    assert "reply_markup" not in edited
    assert "edit_date" not in edited
    assert ground.ledger.final() == {("r", 1, "fired")}


async def test_a_deleted_message_is_gone(client: Client, ground: Playground) -> None:
    """It cannot be edited or deleted again, and its alerts leave the identity; others' in groups stay."""
    sent = await client.call("sendMessage", alerts="r:1:fired", chat_id=1, text="a")
    mine = {"chat_id": 1, "message_id": sent["message_id"]}
    assert await client.call("deleteMessage", **mine) is True
    assert await client.refused("deleteMessage", **mine) == "Bad Request: message to delete not found"
    assert (
        await client.refused("editMessageText", **mine, text="b") == "Bad Request: message to edit not found"
    )
    assert ground.ledger.final() == set()
    typed = ground.post("hello", chat=-5)
    kept = await client.refused("deleteMessage", chat_id=-5, message_id=typed)
    assert kept == "Bad Request: message can't be deleted"


async def test_replies_quote_their_message(client: Client) -> None:
    """reply_parameters names a message; where it is gone the sender may insist."""
    first = await client.call("sendMessage", chat_id=1, text="a")
    reply = {"message_id": first["message_id"]}
    second = await client.call("sendMessage", chat_id=1, text="b", reply_parameters=reply)
    assert second["reply_to_message"]["text"] == "a"
    insisting = {"message_id": 99, "allow_sending_without_reply": True}
    third = await client.call("sendMessage", chat_id=1, text="c", reply_parameters=insisting)
    assert "reply_to_message" not in third


async def test_other_keyboards_are_accepted_with_a_new_message(client: Client) -> None:
    """A reply keyboard or an empty inline keyboard is no error and not shown."""
    others: list[dict[str, Any]] = [
        {"remove_keyboard": True},
        {"inline_keyboard": []},
        {"inline_keyboard": [[]]},
    ]
    for markup in others:
        assert "reply_markup" not in await client.call(
            "sendMessage", chat_id=1, text="a", reply_markup=markup
        )
    link = {"inline_keyboard": [[{"text": "site", "url": "https://e.org/"}]]}
    assert (await client.call("sendMessage", chat_id=1, text="a", reply_markup=link))["reply_markup"] == link
