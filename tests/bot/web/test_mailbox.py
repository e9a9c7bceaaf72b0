"""getUpdates: offsets, long polls, one poll at a time."""

import asyncio
from typing import Any

import pytest

from bot.web.ground import Playground
from tests.bot.web.conftest import Client, until


async def ids(client: Client, **arguments: Any) -> list[int]:
    """Update ids that a poll brings."""
    return [update["update_id"] for update in await client.call("getUpdates", **arguments)]


async def test_an_offset_confirms_what_lies_below(client: Client, ground: Playground) -> None:
    """Updates come again until an offset above them was asked for; then never."""
    for text in ("a", "b", "c"):
        ground.post(text)
    first = await ids(client)
    assert first == [1001, 1002, 1003]
    assert await ids(client) == first
    assert await ids(client, limit=2) == first[:2]
    assert await ids(client, offset=1003) == [1003]
    assert await ids(client) == [1003]
    assert await ids(client, offset=1004) == []
    assert await ids(client) == []


async def test_a_negative_offset_keeps_the_last(client: Client, ground: Playground) -> None:
    """-1 forgets all but the newest update."""
    for text in ("a", "b", "c"):
        ground.post(text)
    assert await ids(client, offset=-1) == [1003]
    assert await ids(client) == [1003]


async def test_what_a_user_types_and_presses_becomes_updates(client: Client, ground: Playground) -> None:
    """A command carries its entity; a press carries the message, its data and an id to answer."""
    sent = await client.call(
        "sendMessage",
        chat_id=1,
        text="a",
        reply_markup={
            "inline_keyboard": [[{"text": "go", "callback_data": "x"}, {"text": "e", "url": "https://e.org"}]]
        },
    )
    ground.post("/list now")
    query = ground.press(sent["message_id"], "x")
    typed, pressed = await client.call("getUpdates")
    assert typed["message"]["text"] == "/list now"
    assert typed["message"]["from"] == {"id": 1, "is_bot": False, "first_name": "You", "language_code": "en"}
    assert typed["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 5}]
    assert pressed["callback_query"]["id"] == query
    assert pressed["callback_query"]["data"] == "x"
    assert pressed["callback_query"]["message"]["message_id"] == sent["message_id"]
    await client.call("deleteMessage", chat_id=1, message_id=sent["message_id"])
    assert (await client.call("getUpdates"))[1]["callback_query"]["message"]["date"] == 0


def test_a_user_can_only_do_what_the_chat_offers(ground: Playground) -> None:
    """No empty or endless message, no button that is not there."""
    for text in ("", "a" * 4097):
        with pytest.raises(ValueError, match="1 to 4096"):
            ground.post(text)
    number = ground.post("a")
    with pytest.raises(LookupError, match="no button"):
        ground.press(number, "x")


async def test_a_long_poll_ends_when_something_comes(client: Client, ground: Playground) -> None:
    """The poll waits, and answers at once when the user types."""
    poll = asyncio.create_task(ids(client, timeout=50))
    await until(lambda: ground.mailbox._poll is not None)
    ground.post("a")
    async with asyncio.timeout(5):
        assert await poll == [1001]


async def test_a_long_poll_times_out_empty(client: Client, ground: Playground) -> None:
    """After its time-out the answer is an empty list."""
    assert await ids(client, timeout=1) == []
    assert ground.mailbox._poll is None


async def test_a_second_poll_ends_the_first_with_conflict(client: Client, ground: Playground) -> None:
    """The older of two polls gets 409, the newer one the updates."""
    older = asyncio.create_task(client.answer("getUpdates", timeout=50))
    await until(lambda: ground.mailbox._poll is not None)
    assert await ids(client) == []
    told = await older
    assert told["error_code"] == 409
    assert told["description"].startswith("Conflict: terminated by other getUpdates request")


async def test_only_wanted_updates_are_kept(client: Client, ground: Playground) -> None:
    """allowed_updates holds until it is changed; nonsense leaves it as it was; an empty list means all."""
    await client.call("getUpdates", allowed_updates=["callback_query"])
    ground.post("unheard")
    await client.call("getUpdates", allowed_updates="[")
    ground.post("unheard")
    assert await ids(client) == []
    await client.call("getUpdates", allowed_updates="[]")
    ground.post("heard")
    (update,) = await client.call("getUpdates")
    assert update["message"]["text"] == "heard"
    assert len(ground.messages()) == 3


async def test_stopping_lets_a_poll_go(client: Client, ground: Playground) -> None:
    """A poll that waits when the program stops answers empty; a later one does not wait."""
    poll = asyncio.create_task(ids(client, timeout=50))
    await until(lambda: ground.mailbox._poll is not None)
    ground.stop()
    async with asyncio.timeout(5):
        assert await poll == []
        assert await ids(client, timeout=50) == []
