"""The playground's chats as the lines of its ledger leave them: one record in, the next state out."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import singledispatchmethod
from typing import Any

from bot.web import records
from bot.web.spans import Entity

FIRST_UPDATE = 1000  # a sequence starts somewhere above zero, as Telegram's does
SUPERGROUP = -1_000_000_000_000  # ids of supergroups lie below this


class Sender(StrEnum):
    """Who wrote a message."""

    BOT = "bot"
    USER = "user"
    FOREIGN = "foreign"
    SERVICE = "service"


@dataclass(slots=True)
class Chat:
    """A chat the bot has been met in."""

    id: int
    type: str  # private, group, supergroup
    title: str
    blocked: bool = False
    moved: int = 0  # the supergroup it became


@dataclass(slots=True, kw_only=True)
class Bubble:
    """One message as it stands now, and what became of it."""

    chat: int
    number: int
    sender: Sender
    date: int
    text: str
    user: int = 0
    entities: tuple[Entity, ...] = ()
    markup: dict[str, Any] | None = None
    silent: bool = False
    alerts: tuple[str, ...] = ()
    alerts_sent: tuple[str, ...] = ()  # those of the first text
    reply_to: int = 0
    moved: int = 0  # of a service message: the chat it tells of
    edited: int = 0  # time of the last edit of its text
    edits: int = 0
    sent_at: float = 0.0
    answered: bool = False  # the answer to its sendMessage went out
    answered_at: float = 0.0
    unanswered_edits: int = 0
    gone: bool = False

    @property
    def buttons(self) -> tuple[str, ...]:
        """Data of its callback buttons."""
        rows = self.markup["inline_keyboard"] if self.markup else []
        return tuple(button["callback_data"] for row in rows for button in row if "callback_data" in button)


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update the bot has not confirmed; what it says is read from the chat when it is fetched."""

    id: int
    kind: str
    chat: int
    message: int = 0
    user: int = 0
    callback: str = ""
    data: str = ""
    date: int = 0
    member: bool = True


@dataclass(slots=True)
class Query:
    """A button press and whether it was answered."""

    chat: int
    message: int
    at: float
    answered: bool = False


@dataclass(slots=True)
class State:
    """Everything the ledger's lines add up to."""

    chats: dict[int, Chat] = field(default_factory=dict)
    bubbles: dict[tuple[int, int], Bubble] = field(default_factory=dict)
    updates: dict[int, Update] = field(default_factory=dict)  # by id, rising
    queries: dict[str, Query] = field(default_factory=dict)
    menus: dict[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()
    last_message: int = 0
    last_update: int = FIRST_UPDATE
    last_call: int = 0
    edits: int = 0
    open_calls: dict[int, tuple[Bubble, bool]] = field(
        default_factory=dict
    )  # unanswered: message, is an edit

    def bubble(self, chat: int, number: int) -> Bubble | None:
        """A message that is still there."""
        found = self.bubbles.get((chat, number))
        return None if found is None or found.gone else found

    @singledispatchmethod
    def apply(self, record: records.Record) -> None:
        """Take in one record; kinds that say nothing about the chats change nothing."""

    @apply.register
    def _(self, record: records.Met) -> None:
        self.chats[record.chat] = Chat(record.chat, record.type, record.title)

    @apply.register
    def _(self, record: records.Typed) -> None:
        self._add(
            Bubble(
                chat=record.chat,
                number=record.message,
                sender=Sender.USER,
                user=record.user,
                date=record.date,
                text=record.text,
                sent_at=record.at,
            )
        )
        self._queue(
            Update(
                id=record.update,
                kind="message",
                chat=record.chat,
                message=record.message,
                user=record.user,
            )
        )

    @apply.register
    def _(self, record: records.Foreign) -> None:
        self._add(
            Bubble(
                chat=record.chat,
                number=record.message,
                sender=Sender.FOREIGN,
                date=record.date,
                text=record.text,
                sent_at=record.at,
            )
        )

    @apply.register
    def _(self, record: records.Pressed) -> None:
        self.queries[record.callback] = Query(record.chat, record.message, record.at)
        self._queue(
            Update(
                id=record.update,
                kind="callback_query",
                chat=record.chat,
                message=record.message,
                user=record.user,
                callback=record.callback,
                data=record.data,
            )
        )

    @apply.register
    def _(self, record: records.Confirmed) -> None:
        for number in [number for number in self.updates if number < record.offset]:
            del self.updates[number]

    @apply.register
    def _(self, record: records.Wanted) -> None:
        self.wanted = record.updates

    @apply.register
    def _(self, record: records.Sent) -> None:
        bubble = Bubble(
            chat=record.chat,
            number=record.message,
            sender=Sender.BOT,
            date=record.date,
            text=record.text,
            entities=record.entities,
            markup=record.markup,
            silent=record.silent,
            alerts=record.alerts,
            alerts_sent=record.alerts,
            reply_to=record.reply_to,
            sent_at=record.at,
        )
        self._add(bubble)
        self._call(record.call)
        self.open_calls[record.call] = bubble, False

    @apply.register
    def _(self, record: records.Edited) -> None:
        bubble = self.bubbles[record.chat, record.message]
        bubble.text, bubble.entities, bubble.alerts = record.text, record.entities, record.alerts
        bubble.markup, bubble.edited = record.markup, record.date
        self._changed(record.call, bubble)

    @apply.register
    def _(self, record: records.Marked) -> None:
        bubble = self.bubbles[record.chat, record.message]
        bubble.markup = record.markup
        self._changed(record.call, bubble)

    @apply.register
    def _(self, record: records.Deleted) -> None:
        self.bubbles[record.chat, record.message].gone = True
        self._call(record.call)

    @apply.register
    def _(self, record: records.Toasted) -> None:
        self.queries[record.callback].answered = True
        self._call(record.call)

    @apply.register
    def _(self, record: records.Listed) -> None:
        if record.commands:
            self.menus[record.scope, record.language] = record.commands
        else:
            self.menus.pop((record.scope, record.language), None)
        self._call(record.call)

    @apply.register
    def _(self, record: records.Answered) -> None:
        bubble, is_edit = self.open_calls.pop(record.call, (None, False))
        if bubble is None:
            return
        if is_edit:
            bubble.unanswered_edits -= 1
        else:
            bubble.answered, bubble.answered_at = True, record.at

    @apply.register
    def _(self, record: records.Blocked) -> None:
        chat = self.chats[record.chat]
        chat.blocked = record.on
        self._queue(
            Update(
                id=record.update,
                kind="my_chat_member",
                chat=record.chat,
                user=abs(record.chat),
                date=record.date,
                member=not record.on,
            )
        )

    @apply.register
    def _(self, record: records.Migrated) -> None:
        old = self.chats[record.chat]
        old.moved = record.to
        self.chats[record.to] = Chat(record.to, "supergroup", old.title)
        pairs = ((record.chat, record.to), (record.to, record.chat))
        for (chat, other), number, update in zip(pairs, record.messages, record.updates, strict=True):
            self._add(
                Bubble(
                    chat=chat,
                    number=number,
                    sender=Sender.SERVICE,
                    date=record.date,
                    text="",
                    moved=other,
                    sent_at=record.at,
                )
            )
            self._queue(Update(id=update, kind="message", chat=chat, message=number))

    def _add(self, bubble: Bubble) -> None:
        self.bubbles[bubble.chat, bubble.number] = bubble
        self.last_message = max(self.last_message, bubble.number)

    def _queue(self, update: Update) -> None:
        if update.id:
            self.updates[update.id] = update
            self.last_update = max(self.last_update, update.id)

    def _call(self, call: int) -> None:
        self.last_call = max(self.last_call, call)

    def _changed(self, call: int, bubble: Bubble) -> None:
        bubble.edits += 1
        bubble.unanswered_edits += 1
        self.edits += 1
        self._call(call)
        self.open_calls[call] = bubble, True
