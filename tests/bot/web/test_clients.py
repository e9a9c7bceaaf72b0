"""python-telegram-bot, as anybody installs it, talks to the playground by base URL alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter

from bot.web.faults import Fault, Kind
from bot.web.ground import Playground
from bot.web.server import Bound
from tests.bot.web.conftest import TOKEN, until

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("why", callback_data="w")]])


@pytest.fixture
async def robot(bound: Bound) -> AsyncIterator[Bot]:
    """A stock bot."""
    async with Bot(TOKEN, base_url=f"{bound.url}/bot") as bot:
        yield bot


async def test_a_conversation(robot: Bot, ground: Playground) -> None:
    """Menu, message, edit, typed command, pressed button and its answer, through the library's own types."""
    await robot.set_my_commands([BotCommand("list", "Watched")])
    assert (await robot.get_my_commands())[0].command == "list"
    sent = await robot.send_message(1, "<b>中际旭创</b> +10%", parse_mode=ParseMode.HTML, reply_markup=KEYS)
    assert sent.parse_entity(sent.entities[0]) == "中际旭创"
    ground.post("/list all")
    query = ground.press(sent.message_id, "w")
    typed, pressed = await robot.get_updates(timeout=5)
    assert typed.message is not None
    assert typed.message.parse_entity(typed.message.entities[0]) == "/list"
    assert pressed.callback_query is not None
    assert pressed.callback_query.id == query
    assert await pressed.callback_query.answer("because") is True
    edited = await sent.edit_text("shorter")
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    assert await robot.get_updates(offset=pressed.update_id + 1) == ()
    assert await sent.delete()


async def test_a_chat_and_its_people(robot: Bot) -> None:
    """GetChat and getChatMember parse into the library's types."""
    assert (await robot.get_chat(1)).first_name == "You"
    assert (await robot.get_chat_member(1, 1)).status == "member"
    assert (await robot.get_webhook_info()).pending_update_count == 0
    assert await robot.delete_webhook()


async def test_errors_become_the_librarys_exceptions(
    robot: Bot, ground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """400, 403, 429 and a moved chat raise what a bot would see from Telegram."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    with pytest.raises(BadRequest, match="Chat not found"):
        await robot.send_message(77, "a")
    ground.faults.add(Fault(kind=Kind.TOO_MANY, retry_after=7))
    with pytest.raises(RetryAfter) as flood:
        await robot.send_message(1, "a")
    assert flood.value.retry_after == timedelta(seconds=7)
    ground.block(1)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await robot.send_message(1, "a")
    ground.migrate(-5, -1000000000005)
    with pytest.raises(ChatMigrated) as moved:
        await robot.send_message(-5, "a")
    assert moved.value.new_chat_id == -1000000000005


async def test_two_pollers_conflict(robot: Bot, ground: Playground, bound: Bound) -> None:
    """The older poll raises Conflict when a second program begins to poll."""
    older = asyncio.create_task(robot.get_updates(timeout=30))
    await until(lambda: ground.mailbox._poll is not None)
    async with Bot(TOKEN, base_url=f"{bound.url}/bot") as second:
        assert await second.get_updates() == ()
    with pytest.raises(Conflict):
        await older


async def test_a_wrong_token_is_told(bound: Bound) -> None:
    """The library refuses to start with a token the server does not know."""
    with pytest.raises(InvalidToken):
        async with Bot("7000000001:AAF-another_another_another_another", base_url=f"{bound.url}/bot"):
            pytest.fail("it started")
