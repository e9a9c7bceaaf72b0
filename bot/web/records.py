"""The lines of the playground's ledger: everything that ever happened in its chats, one JSON object a line.

`kind` says what happened, `at` when (seconds since 1970 by the machine's clock), `call` numbers the Bot API
calls that were accepted; `date` is the time printed in the chat.

    ledger     first line: version of this format
    chat       a chat became known: id, type, title
    typed      a user wrote a message: chat, user, message, text; update is its update's id, 0 where the bot
               does not want such updates
    pressed    a user pressed a button: message, data, callback query id, update
    foreign    somebody else wrote into the chat
    confirmed  getUpdates confirmed every update below offset
    wanted     getUpdates named the updates it wants
    sent       sendMessage: text and entities after parsing, markup, silent, alerts ("rule:ring:state")
    edited     editMessageText: the same, replacing what was there
    marked     editMessageReplyMarkup: markup alone
    deleted    deleteMessage
    toasted    answerCallbackQuery
    listed     setMyCommands, deleteMyCommands: the commands of a scope and language
    answered   the answer to accepted call `call` went out and, where the client shares our process, had time
               to be read; a call without it may be unknown to the client
    blocked    the user blocked the bot or let it in again
    migrated   a group became a supergroup

A line is handed to the operating system before the call it tells of is answered, so a process killed at any
point loses nothing it answered for; a last line cut short by the kill is dropped when the file is read again.
"""

from typing import Any

import msgspec

from bot.web.spans import Entity

VERSION = 1


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """One line; see the module's docstring for the kinds."""

    at: float = 0.0


class Opened(Record, frozen=True, kw_only=True, tag="ledger"):
    """The first line."""

    version: int


class Met(Record, frozen=True, kw_only=True, tag="chat"):
    """A chat became known."""

    chat: int
    type: str
    title: str


class Typed(Record, frozen=True, kw_only=True, tag="typed"):
    """A user wrote."""

    chat: int
    user: int
    message: int
    text: str
    date: int
    update: int = 0


class Pressed(Record, frozen=True, kw_only=True, tag="pressed"):
    """A user pressed a button."""

    chat: int
    user: int
    message: int
    data: str
    callback: str
    update: int = 0


class Foreign(Record, frozen=True, kw_only=True, tag="foreign"):
    """Somebody who is neither the bot nor its user wrote."""

    chat: int
    message: int
    text: str
    date: int


class Confirmed(Record, frozen=True, kw_only=True, tag="confirmed"):
    """Updates below `offset` are done with."""

    offset: int


class Wanted(Record, frozen=True, kw_only=True, tag="wanted"):
    """The kinds of update the bot asked for."""

    updates: tuple[str, ...]


class Sent(Record, frozen=True, kw_only=True, tag="sent"):
    """The bot sent a message."""

    call: int
    chat: int
    message: int
    text: str
    date: int
    entities: tuple[Entity, ...] = ()
    markup: dict[str, Any] | None = None
    silent: bool = False
    alerts: tuple[str, ...] = ()
    reply_to: int = 0


class Edited(Record, frozen=True, kw_only=True, tag="edited"):
    """The bot replaced a message's text and keyboard."""

    call: int
    chat: int
    message: int
    text: str
    date: int
    entities: tuple[Entity, ...] = ()
    markup: dict[str, Any] | None = None
    alerts: tuple[str, ...] = ()


class Marked(Record, frozen=True, kw_only=True, tag="marked"):
    """The bot replaced a message's keyboard alone."""

    call: int
    chat: int
    message: int
    date: int
    markup: dict[str, Any] | None = None


class Deleted(Record, frozen=True, kw_only=True, tag="deleted"):
    """The bot deleted a message."""

    call: int
    chat: int
    message: int


class Toasted(Record, frozen=True, kw_only=True, tag="toasted"):
    """The bot answered a button press."""

    call: int
    callback: str
    text: str = ""
    alert: bool = False


class Listed(Record, frozen=True, kw_only=True, tag="listed"):
    """The bot set its command menu for a scope and language; no commands: that menu is gone."""

    call: int
    scope: str
    language: str = ""
    commands: tuple[tuple[str, str], ...] = ()


class Answered(Record, frozen=True, kw_only=True, tag="answered"):
    """The answer to a call went out."""

    call: int


class Blocked(Record, frozen=True, kw_only=True, tag="blocked"):
    """The user blocked the bot, or let it in again."""

    chat: int
    on: bool
    date: int
    update: int = 0


class Migrated(Record, frozen=True, kw_only=True, tag="migrated"):
    """A group became a supergroup; two service messages and their updates tell of it."""

    chat: int
    to: int
    messages: tuple[int, int]
    date: int
    updates: tuple[int, int] = (0, 0)


Line = (
    Opened
    | Met
    | Typed
    | Pressed
    | Foreign
    | Confirmed
    | Wanted
    | Sent
    | Edited
    | Marked
    | Deleted
    | Toasted
    | Listed
    | Answered
    | Blocked
    | Migrated
)
