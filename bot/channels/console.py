"""The terminal as a channel: the same alerts as plain lines."""

import re
import sys
from collections.abc import Callable
from html import unescape
from itertools import count

from bot.channel import CHANNELS, Message

_TAG = re.compile(r"<[^>]*>")
# Control characters of any kind could move the cursor or colour the terminal of whoever reads.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Console:
    """One line a message; an edit prints again, marked."""

    name = "console"

    def __init__(self, write: Callable[[str], None] = _print) -> None:
        self._write = write
        self._numbers = count(1)

    async def send(self, message: Message) -> int:
        """Print the message; its id counts from 1."""
        self.show(message)
        return next(self._numbers)

    async def edit(self, number: int, message: Message) -> None:
        """Print the new text."""
        del number  # lines that stand cannot be changed
        self.show(message, is_edit=True)

    async def answer(self, callback: str, toast: str) -> None:
        """Nobody presses buttons on a terminal."""

    async def close(self) -> None:
        """Nothing is held."""

    def show(self, message: Message, *, is_edit: bool = False) -> None:
        """Print one message as the chat reads it, its lines joined; for the sender's observers too."""
        text = _CONTROL.sub("", unescape(_TAG.sub("", message.html)))
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        mark = "edit" if is_edit else "silent" if message.silent else "ring"
        self._write(f"[{mark}] {' | '.join(lines)}")


CHANNELS.put("console", Console)
