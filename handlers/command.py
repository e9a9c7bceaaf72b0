"""The contract of a command: a request in, a reply with its effects out; nothing is written here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from handlers.ports import Ports
from rules.model import Rule
from rules.registry import Registry


class Language(StrEnum):
    """The two languages the bot speaks."""

    EN = "en"
    ZH = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One command of one chat, as plain values."""

    update: int  # Telegram's update id; ids of rules and replies derive from it
    chat: str  # the chat's key: the first Telegram id it was known by
    user: int
    language: Language
    name: str  # the command without its slash; "" for plain text, "button" for a callback
    text: str  # what followed the command; a callback's data
    message: int | None = None  # id of the message that carries the button
    shown: str = ""  # that message's text, ours; empty where Telegram gives it no more
    callback: str | None = None  # id of the callback query to answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One inline button; `data` is signed by handlers.keyboard, at most 64 bytes."""

    text: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRule:
    """Give the chat a rule; the same id again changes nothing, and neither does a part without its whole."""

    rule: Rule
    kind: Literal["add"] = "add"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRule:
    """Take a rule of this chat away, with its parts; unknown ids change nothing."""

    rule: str
    kind: Literal["delete"] = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLanguage:
    """Speak this language to the chat from now on."""

    language: Language
    kind: Literal["language"] = "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWatch:
    """Put a symbol on the chat's watchlist, or on a list it named, or take it off."""

    symbol: str
    on: bool
    list: str = ""  # the list's name; empty: the watchlist
    kind: Literal["watch"] = "watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitBars:
    """Tell the chat when the daily bars of these instruments are there, or why they are not."""

    symbols: tuple[str, ...]
    kind: Literal["await"] = "await"


Effect: TypeAlias = AddRule | AwaitBars | DeleteRule | SetLanguage | SetWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the chat is told (Telegram HTML, escaped) and what changes with it, in one script."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    effects: tuple[Effect, ...] = ()
    edits: int | None = None  # the message to edit instead of sending a new one
    callback: str | None = None  # the callback query to answer
    toast: str = ""  # with `callback`


Answer: TypeAlias = Callable[[Request, Ports], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command as /help, Telegram's menu and the README show it."""

    name: str
    usage: str  # "<symbol> ..."
    summary: str
    summary_zh: str
    answer: Answer
    order: int = 99  # in /help and the menu


COMMANDS: Registry[Command] = Registry("command")
