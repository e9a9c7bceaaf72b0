"""The playground: chats with one bot, users who type and press, and the memory of it all."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.web import records
from bot.web.faults import Faults
from bot.web.ledger import FILE, Ledger
from bot.web.limits import Limits
from bot.web.mailbox import Mailbox
from bot.web.spans import units
from bot.web.state import SUPERGROUP, Bubble, Chat
from bot.web.views import Face, Views

LONGEST_TEXT = 4096
NUMBER = re.compile(r"(\d+):")
DEFAULT_NUMBER = 7_000_000_001  # the bot's id where the token names none


class Playground:
    """A Bot API server's state: strict towards the bot, a Python API for its users and for tests.

    `folder` holds `playground.jsonl`, read again where it exists; None keeps everything in memory. `clock`
    gives the times printed in the chat (the market's in a demo); limits and query ages use the machine's.
    `settle` is how long an answer is out before the ledger says so, for a bot in this very process.
    """

    def __init__(
        self,
        folder: Path | None,
        token: str,
        *,
        face: Face | None = None,
        limits: Limits | None = None,
        clock: Callable[[], datetime] | None = None,
        settle: timedelta = timedelta(),
    ) -> None:
        self.token = token
        self.face = face or Face()
        match = NUMBER.match(token)
        self.number = int(match[1]) if match else DEFAULT_NUMBER
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self.ledger = Ledger(folder / FILE if folder is not None else None, settle=settle)
        self.state = self.ledger.state
        self.views = Views(self.state, self.face, self.number)
        self.mailbox = Mailbox(self.ledger, self.views)
        self.limits = limits or Limits()
        self.faults = Faults()
        self.counts: Counter[tuple[str, str]] = Counter()  # (method, "ok" or the error code)
        self.stopping = asyncio.Event()
        self._clock = clock or (lambda: datetime.now(UTC))
        self.meet(1)

    def __repr__(self) -> str:
        return f"Playground(bot {self.number})"

    def post(self, text: str, chat: int = 1, user: int | None = None) -> int:
        """A user types into a chat, known from then on; its number. ValueError if empty or too long."""
        text = text.strip()
        if not text or units(text) > LONGEST_TEXT:
            raise ValueError(f"a message has 1 to {LONGEST_TEXT} characters")
        self.meet(chat)
        number = self.state.last_message + 1
        author = user or (chat if chat > 0 else 1)
        self.ledger.write(
            records.Typed(
                chat=chat,
                user=author,
                message=number,
                text=text,
                date=self.date(),
                update=self._update("message"),
            )
        )
        return number

    def press(self, message: int, data: str, chat: int = 1, user: int | None = None) -> str:
        """A user presses a button of a message; the query's id. LookupError where there is no such button."""
        bubble = self.state.bubble(chat, message)
        if bubble is None or data not in bubble.buttons:
            raise LookupError(f"message {message} has no button {data!r}")
        callback = str(4_000_000 + len(self.state.queries) + 1)
        self.ledger.write(
            records.Pressed(
                chat=chat,
                user=user or (chat if chat > 0 else 1),
                message=message,
                data=data,
                callback=callback,
                update=self._update("callback_query"),
            )
        )
        return callback

    def messages(self, chat: int = 1) -> list[Bubble]:
        """The messages of a chat that are still there, oldest first."""
        return [bubble for bubble in self.ledger.messages() if bubble.chat == chat]

    def meet(self, chat: int) -> Chat:
        """The chat of an id, made known where it is not: a private one above zero, a group below."""
        if chat not in self.state.chats:
            kind = "private" if chat > 0 else "group" if chat > SUPERGROUP else "supergroup"
            title = ("You" if chat == 1 else f"User {chat}") if chat > 0 else f"Group {-chat}"
            self.ledger.write(records.Met(chat=chat, type=kind, title=title))
        return self.state.chats[chat]

    def foreign(self, text: str, chat: int = 1) -> int:
        """Somebody else's bot writes into the chat; the message's number."""
        self.meet(chat)
        number = self.state.last_message + 1
        self.ledger.write(records.Foreign(chat=chat, message=number, text=text, date=self.date()))
        return number

    def block(self, chat: int = 1, *, on: bool = True) -> None:
        """The user blocks the bot, or lets it in again."""
        self.meet(chat)
        update = self._update("my_chat_member")
        self.ledger.write(records.Blocked(chat=chat, on=on, date=self.date(), update=update))

    def migrate(self, chat: int, to: int) -> None:
        """A group becomes the supergroup `to`; two service messages tell the bot."""
        self.meet(chat)
        number, update = self.state.last_message, self._update("message")
        self.ledger.write(
            records.Migrated(
                chat=chat,
                to=to,
                messages=(number + 1, number + 2),
                date=self.date(),
                updates=(update, update + 1 if update else 0),
            )
        )

    def menu(self, chat: int = 1, language: str = "") -> list[tuple[str, str]]:
        """The command menu a chat sees: the narrowest scope wins, its language before its default."""
        wide = "all_private_chats" if chat > 0 else "all_group_chats"
        for scope in (f"chat:{chat}", wide, "default"):
            for code in dict.fromkeys((language, "")):
                if (scope, code) in self.state.menus:
                    return list(self.state.menus[scope, code])
        return []

    def date(self) -> int:
        """The time printed in the chat, seconds since 1970."""
        return int(self._clock().timestamp())

    def figures(self) -> dict[str, Any]:
        """What was accepted and refused, for metrics: method -> outcome -> calls."""
        table: dict[str, dict[str, int]] = {}
        for (method, outcome), calls in sorted(self.counts.items()):
            table.setdefault(method, {})[outcome] = calls
        return table

    def stop(self) -> None:
        """Let everything go that waits here: long polls, hanging calls, pages."""
        self.stopping.set()
        self.mailbox.close()

    def close(self) -> None:
        """Stop, and let go of the file."""
        self.stop()
        self.ledger.close()

    def _update(self, kind: str) -> int:
        return self.state.last_update + 1 if self.mailbox.wants(kind) else 0
