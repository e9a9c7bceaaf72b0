"""The playground's memory: an append-only file of records, and what they add up to.

The format of `playground.jsonl` is told in `bot.web.records`. A record reaches the operating system before
the call it tells of is answered; what a killed run leaves is read again, a torn last line dropped.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec

from bot.errors import InputError, StoreError
from bot.web.records import VERSION, Answered, Line, Opened, Record
from bot.web.state import Bubble, Sender, State

FILE = "playground.jsonl"

Alert = tuple[str, int, str]  # rule, ring, state


def alert(text: str) -> Alert:
    """`rule:ring:state` as a tuple; ValueError where it is none."""
    rule, ring, state = text.rsplit(":", 2)
    if not rule or not state:
        raise ValueError(f"{text!r} is not rule:ring:state")
    return rule, int(ring), state


class Ledger:
    """All that was accepted, on disk and in `state`; without a file it lives in memory alone."""

    def __init__(
        self, file: Path | None, now: Callable[[], float] = time.time, *, settle: timedelta = timedelta()
    ) -> None:
        self.state = State()
        self._settle = settle.total_seconds()
        self._settling: dict[int, asyncio.TimerHandle] = {}
        self.listeners: list[Callable[[Record], None]] = []
        self._now = now
        self._file: int | None = None
        if file is not None:
            kept = self._load(file)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            self._file = os.open(file, flags, 0o600)
            os.ftruncate(self._file, kept)
            if not kept:
                self.write(Opened(version=VERSION))

    def now(self) -> float:
        """Seconds since 1970 by the clock that stamps the lines."""
        return self._now()

    def write(self, record: Record) -> None:
        """Append one record, hand it to the operating system, take it in, tell the listeners."""
        record = msgspec.structs.replace(record, at=round(self._now(), 3))
        self._append(msgspec.json.encode(record) + b"\n")
        self.state.apply(record)
        for listener in tuple(self.listeners):
            listener(record)

    def answered(self, call: int) -> None:
        """Mark that the answer to an accepted call went out, once its client has had `settle` to read it.

        A client that shares our process dies with us: an answer in its socket at that moment told nobody.
        """
        if not self._settle:
            self.write(Answered(call=call))
            return
        later = asyncio.get_running_loop().call_later
        self._settling[call] = later(self._settle, self._settled, call)

    def _settled(self, call: int) -> None:
        self._settling.pop(call).cancel()
        self.write(Answered(call=call))

    def close(self) -> None:
        """Mark what went out, and let go of the file; nothing can be written afterwards."""
        for call in tuple(self._settling):
            self._settled(call)
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _append(self, line: bytes) -> None:
        """Hand a whole line to the operating system, or nothing of it: StoreError where it takes none."""
        if self._file is None:
            return
        size = os.fstat(self._file).st_size
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            os.ftruncate(self._file, size)
            raise StoreError(f"the playground's ledger cannot be written: {error.strerror}") from error

    def messages(self) -> Iterator[Bubble]:
        """Every message that is still there, oldest first."""
        return (bubble for bubble in self.state.bubbles.values() if not bubble.gone)

    def final(self) -> set[Alert]:
        """The identity: (rule, ring, state) of all alerts shown in the final texts, edits applied."""
        return {alert(text) for bubble in self.messages() for text in bubble.alerts}

    def summary(self) -> dict[str, Any]:
        """What GET /ledger answers."""
        sent = [bubble for bubble in self.messages() if bubble.sender is Sender.BOT]
        return {
            "final": sorted([rule, ring, state] for rule, ring, state in self.final()),
            "sends": sum(bubble.sender is Sender.BOT for bubble in self.state.bubbles.values()),
            "edits": self.state.edits,
            "unanswered": sum(not bubble.answered for bubble in sent),
            "waiting_updates": len(self.state.updates),
            "messages": [_told(bubble) for bubble in self.messages()],
        }

    def _load(self, file: Path) -> int:
        """Take in every whole line; their bytes are the answer. InputError names a line that is none."""
        decoder = msgspec.json.Decoder(Line)
        data = file.read_bytes() if file.exists() else b""
        kept = 0
        for number, line in enumerate(BytesIO(data), start=1):
            if not line.endswith(b"\n"):
                break
            try:
                record = decoder.decode(line)
                self._check(record, number)
                self.state.apply(record)
            except (ValueError, KeyError) as error:
                raise InputError(f"not a line of the ledger: {error}", file=str(file), line=number) from error
            kept += len(line)
        return kept

    @staticmethod
    def _check(record: Record, number: int) -> None:
        if number == 1 and (not isinstance(record, Opened) or record.version != VERSION):
            raise ValueError(f"this program reads version {VERSION}")


def _told(bubble: Bubble) -> dict[str, Any]:
    return {
        "chat": bubble.chat,
        "message": bubble.number,
        "from_bot": bubble.sender is Sender.BOT,
        "text": bubble.text,
        "silent": bubble.silent,
        "alerts": list(bubble.alerts),
        "alerts_sent": list(bubble.alerts_sent),
        "sends": int(bubble.sender is Sender.BOT),
        "edits": bubble.edits,
        "answered": bubble.answered,
        "unanswered_edits": bubble.unanswered_edits,
        "sent_at": bubble.sent_at,
        "answered_at": bubble.answered_at,
    }
