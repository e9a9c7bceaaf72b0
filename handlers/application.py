"""From Telegram's raw updates to commands: who asks, in which language, the answer, and the right to it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import telegram

from handlers import buttons, plain
from handlers.access import Members, Place, may_write
from handlers.command import COMMANDS, Language, Reply, Request, SetLanguage
from handlers.lists import personal
from handlers.loading import awaiting
from handlers.parts import followed
from handlers.ports import Ports, Profiles
from handlers.reply import code, join, say

log = logging.getLogger(__name__)

# Words that Chinese chats type where Latin ones type a slash; and the English ones that are no tickers.
WORDS: Mapping[str, str] = {
    "开始": "start",
    "帮助": "help",
    "关注": "watch",
    "取消关注": "unwatch",
    "取关": "unwatch",
    "自选": "list",
    "列表": "list",
    "提醒": "alert",
    "提醒列表": "alerts",
    "我的提醒": "alerts",
    "删除": "delete",
    "行情": "quote",
    "报价": "quote",
    "临近": "near",
    "附近": "near",
    "语言": "language",
    "为什么": "why",
    "原因": "why",
    "watch": "watch",
    "unwatch": "unwatch",
    "alert": "alert",
    "alerts": "alerts",
    "delete": "delete",
    "quote": "quote",
    "help": "help",
    "list": "list",
}


class UnreadableError(ValueError):
    """An update that cannot be read; it is kept aside and never blocks the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What an update asks, as plain values, before the chat behind it is known."""

    update: int
    place: Place
    name: str
    text: str
    code: str = ""  # the language of the sender's Telegram
    message: int | None = None
    shown: str = ""
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The reply to one update and the chat it goes to; `active` where the update says who can be reached."""

    update: int
    chat: str
    reply: Reply | None = None
    active: bool | None = None


class Application:
    """Answers updates one at a time; writes nothing."""

    def __init__(
        self, ports: Ports, profiles: Profiles, members: Members, *, language: Language = Language.EN
    ) -> None:
        self._ports, self._profiles, self._members, self._language = ports, profiles, members, language
        self.username = ""  # as getMe tells it; until then every addressed command is taken
        self.transient: tuple[type[Exception], ...] = ()  # errors that mean: try this update again later

    async def answer(self, raw: Mapping[str, Any]) -> Answer | None:
        """The answer to one raw update, None where it asks nothing; UnreadableError where it cannot be."""
        update = _parsed(raw)
        member = update.my_chat_member
        if member is not None:
            gone = member.new_chat_member.status in {"kicked", "left"}
            chat = await self._profiles.chat_of(member.chat.id)
            return Answer(update=update.update_id, chat=chat, active=not gone)
        incoming = self._incoming(update)
        if incoming is None:
            return None
        chat = await self._profiles.chat_of(incoming.place.telegram)
        chosen = await self._profiles.language(chat)
        language = _language(chosen, incoming.code, self._language)
        request = Request(
            update=incoming.update,
            chat=chat,
            user=incoming.place.user,
            language=language,
            name=incoming.name,
            text=incoming.text,
            message=incoming.message,
            shown=incoming.shown,
            callback=incoming.callback,
        )
        reply = _settled(await self._allowed(incoming.place, request, await self._reply(request)))
        if chosen is None and not any(isinstance(effect, SetLanguage) for effect in reply.effects):
            # What the first answer was written in is what the alerts will be written in.
            reply = replace(reply, effects=(*reply.effects, SetLanguage(language=language)))
        return Answer(update=incoming.update, chat=chat, reply=reply, active=True)

    def _incoming(self, update: telegram.Update) -> Incoming | None:
        if update.callback_query is not None:
            return _pressed(update.update_id, update.callback_query)
        message = update.message
        if message is None or message.from_user is None or message.is_automatic_forward:
            return None
        text = (message.text or message.caption or "").strip()
        named = self._named(text, is_private=message.chat.type == "private")
        if named is None:
            return None
        sender = message.sender_chat
        place = Place(
            telegram=message.chat.id,
            is_private=message.chat.type == "private",
            user=message.from_user.id,
            sender=sender.id if sender is not None else None,
        )
        return Incoming(
            update=update.update_id,
            place=place,
            name=named[0],
            text=named[1],
            code=message.from_user.language_code or "",
        )

    def _named(self, text: str, *, is_private: bool) -> tuple[str, str] | None:
        """The command a text asks for and what follows it; None where a group talks about other things."""
        if not text:
            return None
        first, _, rest = text.partition(" ") if "\n" not in text else _split(text)
        if not first.startswith("/"):
            return _worded(text, first, rest) if is_private else None
        name, _, bot = first[1:].partition("@")
        if bot and self.username and bot.lower() != self.username.lower():
            return None
        name = WORDS.get(name, name).lower()
        if name not in COMMANDS and not (is_private or bot):
            return None
        return name, rest.strip()

    async def _reply(self, request: Request) -> Reply:
        """The command's answer, or a polite sentence where it failed."""
        try:
            ports = await personal(self._ports, request.chat)
            reply = await followed(request, ports, await _dispatch(request, ports))
            return awaiting(request.language, ports, reply)
        except self.transient:
            raise
        except Exception:
            log.exception("a command failed: name=%r update=%d", request.name[:32], request.update)
            told = say(request.language, "failed")
            if request.callback is not None:
                return Reply(text="", callback=request.callback, toast=told)
            return Reply(text=told)

    async def _allowed(self, place: Place, request: Request, reply: Reply) -> Reply:
        """The reply itself, or a refusal where it would change a group and the sender may not."""
        if not reply.effects or await may_write(place, self._members):
            return reply
        told = say(request.language, "denied")
        if request.callback is not None:
            return Reply(text="", callback=request.callback, toast=told)
        return Reply(text=told)


def _settled(reply: Reply) -> Reply:
    """The reply with plain strings: Html is a mark for our own eyes, no encoder knows it."""
    rows = tuple(tuple(replace(button, text=str(button.text)) for button in row) for row in reply.buttons)
    return replace(reply, text=str(reply.text), toast=str(reply.toast), buttons=rows)


def _parsed(raw: Mapping[str, Any]) -> telegram.Update:
    """python-telegram-bot's view of one update; anything it cannot take becomes UnreadableError."""
    try:
        update = telegram.Update.de_json(dict(raw), None)
    except Exception as error:
        raise UnreadableError(f"{type(error).__name__} while reading an update") from error
    if not isinstance(update.update_id, int):
        raise UnreadableError("an update without a number")
    return update


def _language(chosen: str | None, sender: str, default: Language) -> Language:
    if chosen in set(Language):
        return Language(chosen)
    return Language.ZH if sender.lower().startswith("zh") else default


def _split(text: str) -> tuple[str, str, str]:
    first, _, rest = text.partition("\n")
    word, _, line = first.partition(" ")
    return word, "", f"{line}\n{rest}"


def _worded(text: str, first: str, rest: str) -> tuple[str, str]:
    name = WORDS.get(first.lower())
    if name == "list" and rest.strip():
        return "", text  # the watchlist as a group: 自选 涨超2%
    return (name, rest.strip()) if name else ("", text)


def _pressed(update: int, query: telegram.CallbackQuery) -> Incoming | None:
    message = query.message
    if message is None or query.data is None:
        return None
    shown = message.text if isinstance(message, telegram.Message) else ""
    place = Place(
        telegram=message.chat.id, is_private=message.chat.type == "private", user=query.from_user.id
    )
    return Incoming(
        update=update,
        place=place,
        name="button",
        text=query.data,
        code=query.from_user.language_code or "",
        message=message.message_id,
        shown=shown or "",
        callback=query.id,
    )


async def _dispatch(request: Request, ports: Ports) -> Reply:
    if request.name == "button":
        return await buttons.press(request, ports)
    if request.name == "":
        return await plain.answer(request, ports)
    command = COMMANDS.get(request.name) if request.name in COMMANDS else None
    if command is not None:
        return await command.answer(request, ports)
    near = get_close_matches(request.name, list(COMMANDS), 1)
    hint = say(request.language, "command.near", name=near[0]) if near else ""
    unknown = say(request.language, "command.unknown", name=code(f"/{request.name[:32]}"))
    return Reply(text=join((unknown, hint), " "))
