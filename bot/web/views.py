"""The playground's state in the shapes that Telegram answers with."""

from typing import Any

import msgspec

from bot.web.spans import detect
from bot.web.state import Bubble, Chat, Sender, State, Update

Json = dict[str, Any]

FOREIGN_USER: Json = {"id": 999, "is_bot": True, "first_name": "Another bot", "username": "another_bot"}


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """How the bot and the day present themselves; `zone` is the time zone of the clock times on the page."""

    name: str = "Tickbell"
    username: str = "tickbell_bot"
    label: str = ""  # which day is played, and that it is a reconstruction
    zone: str = ""  # "Asia/Shanghai"; empty: the browser's
    language: str = "en"  # of the user who types


def person(user: int, face: Face) -> Json:
    """The user who types; user 1 is whoever sits before the page."""
    name = "You" if user == 1 else f"User {user}"
    return {"id": user, "is_bot": False, "first_name": name, "language_code": face.language}


def robot(number: int, face: Face) -> Json:
    """The bot as a user."""
    return {"id": number, "is_bot": True, "first_name": face.name, "username": face.username}


def chat(value: Chat) -> Json:
    """A Chat object."""
    named = "first_name" if value.type == "private" else "title"
    return {"id": value.id, "type": value.type, named: value.title}


class Views:
    """Reads one state for one bot."""

    def __init__(self, state: State, face: Face, number: int) -> None:
        self._state, self._face, self._number = state, face, number

    def message(self, bubble: Bubble) -> Json:
        """A Message object, as the bot sees it."""
        told: Json = {
            "message_id": bubble.number,
            "chat": chat(self._state.chats[bubble.chat]),
            "date": bubble.date,
        }
        if bubble.sender is Sender.SERVICE:
            key = "migrate_to_chat_id" if bubble.moved < bubble.chat else "migrate_from_chat_id"
            return told | {key: bubble.moved}
        told |= {"from": self._author(bubble), "text": bubble.text}
        if entities := detect(bubble.text, bubble.entities):
            told["entities"] = [msgspec.to_builtins(entity) for entity in entities]
        if bubble.edited:
            told["edit_date"] = bubble.edited
        if bubble.markup:
            told["reply_markup"] = bubble.markup
        replied = self._state.bubble(bubble.chat, bubble.reply_to) if bubble.reply_to else None
        if replied is not None and not replied.reply_to:
            told["reply_to_message"] = self.message(replied)
        return told

    def update(self, update: Update) -> Json:
        """An Update object."""
        content = {
            "message": self._content_message,
            "callback_query": self._content_query,
            "my_chat_member": self._content_member,
        }[update.kind](update)
        return {"update_id": update.id, update.kind: content}

    def _author(self, bubble: Bubble) -> Json:
        if bubble.sender is Sender.BOT:
            return robot(self._number, self._face)
        return FOREIGN_USER if bubble.sender is Sender.FOREIGN else person(bubble.user, self._face)

    def _content_message(self, update: Update) -> Json:
        return self.message(self._state.bubbles[update.chat, update.message])

    def _content_query(self, update: Update) -> Json:
        bubble = self._state.bubbles[update.chat, update.message]
        lost = {"chat": chat(self._state.chats[update.chat]), "message_id": update.message, "date": 0}
        return {
            "id": update.callback,
            "from": person(update.user, self._face),
            "message": lost if bubble.gone else self.message(bubble),
            "chat_instance": str(update.chat),
            "data": update.data,
        }

    def _content_member(self, update: Update) -> Json:
        me = robot(self._number, self._face)
        states = {
            True: {"status": "member", "user": me},
            False: {"status": "kicked", "user": me, "until_date": 0},
        }
        return {
            "chat": chat(self._state.chats[update.chat]),
            "from": person(update.user, self._face),
            "date": update.date,
            "old_chat_member": states[not update.member],
            "new_chat_member": states[update.member],
        }
