"""What is to be said and what was: rows of alerts and replies, taken attempt by attempt and recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from bot.delivery.episodes import Alert, Posted, Row
from bot.store.chatkeys import LANES, chat_key, due_key, home_key, queue_key, row_key
from bot.store.client import Store
from bot.store.keys import c_key, partition
from handlers.command import Button
from rules.model import Direction

# Longer than any attempt may take (time-outs of the channel included): only a dead sender loses its lease.
LEASE = timedelta(seconds=30)
MOST_CHATS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What never changes about an episode."""

    chat: str
    symbol: str
    direction: Direction
    session: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A command's reply as a row of its own lane."""

    id: str = ""
    chat: str
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    edits: int | None = None
    callback: str | None = None
    toast: str = ""
    version: int = 1
    in_doubt: bool = False
    is_plain: bool = False
    is_tried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a chat wants to be spoken to, and whether it can be."""

    language: str | None = None
    active: bool = True


class Word(StrEnum):
    """What the store said to a sender that wants a row."""

    LOOK = "look"
    TAKEN = "taken"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    BUSY = "busy"
    GONE = "gone"
    FENCED = "fenced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A due row as the store holds it now; `row` is None where it is gone."""

    word: Word
    now: datetime
    attempt: int
    row: Row | Letter | None
    profile: Profile
    unknown: int = 0  # attempts in a row whose outcome nobody knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A chat with something waiting in a lane, and since or until when (server ms)."""

    chat: str
    lane: int
    at: int


class Outcome(StrEnum):
    """What became of an attempt."""

    SENT = "sent"
    RETRY = "retry"  # surely not delivered
    PLAIN = "plain"  # again, without markup
    ANEW = "anew"  # again, as a new message: the one to edit is gone
    DOUBT = "doubt"  # nobody knows
    FAILED = "failed"  # for good
    MISSING = "missing"  # failed: no such chat
    BLOCKED = "blocked"  # the chat does not want us


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One outcome, to be written before the row leaves its queue."""

    outcome: Outcome
    posted: tuple[Posted, ...] | None = None  # None: unchanged
    keys: tuple[str, ...] = ()  # alerts now shown, or dropped
    again: timedelta | None = None  # None: the version is done with
    reason: str = ""


class Rows:
    """Rows of one sender, which holds a fence in each of its partitions."""

    def __init__(self, store: Store, *, lease: timedelta = LEASE) -> None:
        self._store = store
        self._lease = int(lease.total_seconds() * 1000)
        self._fences: dict[int, int] = {}

    async def open(self, numbers: Sequence[int]) -> None:
        """Take the partitions over: what an earlier sender had under way counts as unknown from now on."""
        for number in numbers:
            self._fences[number] = int(await self._store.run("fence", [c_key(number, "fence")]))

    async def due(self, numbers: Sequence[int]) -> tuple[datetime, tuple[Due, ...]]:
        """Server time and the chats that wait in some partitions, also those of later."""
        places = [(number, lane) for number in numbers for lane in LANES]
        time, *answers = await self._store.calls(
            [("TIME",)] + [("ZRANGE", due_key(*place), 0, MOST_CHATS - 1, "WITHSCORES") for place in places]
        )
        found = [
            Due(chat=name.decode(), lane=lane, at=int(score))
            for (_, lane), chats in zip(places, answers, strict=True)
            for name, score in _pairs(chats)
        ]
        return _time(time), tuple(found)

    async def next(self, chat: str, lane: int) -> tuple[str, int] | None:
        """The chat's earliest row in a lane and when it is due (server ms)."""
        first = _pairs(await self._store.call("ZRANGE", queue_key(chat, lane), 0, 0, "WITHSCORES"))
        return (first[0][0].decode(), int(first[0][1])) if first else None

    async def take(
        self, chat: str, lane: int, row: str, version: int | None = None, step: str = "none"
    ) -> Look:
        """Look at a row (no version), or take the version planned: `post`, `edit`, or `none` to settle it."""
        keys = [row_key(chat, row), queue_key(chat, lane), due_key(partition(chat), lane)]
        keys += [chat_key(chat, "chat"), chat_key(chat, "rules"), home_key(chat, "fence")]
        expected = "" if version is None else version
        args: list[Any] = [row, chat, self._fences[partition(chat)], self._lease, expected, step]
        word, now, attempt, fields, profile = await self._store.run("take", keys, args)
        stored = _flat(fields)
        return Look(
            word=Word(word.decode()),
            now=datetime.fromtimestamp(int(now) / 1000, UTC),
            attempt=int(attempt),
            row=decode(row, stored),
            profile=profile_of(_flat(profile)),
            unknown=int(stored.get("unknown", 0)),
        )

    async def record(self, row: Row | Letter, lane: int, attempt: int, record: Record) -> bool:
        """Write an outcome; False where it was written before or another sender holds the row."""
        keys = [row_key(row.chat, row.id), queue_key(row.chat, lane), due_key(partition(row.chat), lane)]
        args: list[Any] = [row.id, row.chat, self._fences[partition(row.chat)], attempt, record.outcome]
        args.append(b"" if record.posted is None else msgspec.json.encode(record.posted))
        args.append(msgspec.json.encode(record.keys))
        args.append(row.version)
        args.append("" if record.again is None else int(record.again.total_seconds() * 1000))
        args.append(record.reason)
        answer: bytes = await self._store.run("record", [*keys, chat_key(row.chat, "chat")], args)
        return answer == b"done"

    async def discard(self, chat: str, lane: int, row: str) -> None:
        """Take a row that cannot be read out of its queue, so that it holds up nobody; it stays."""
        await self._store.call("ZREM", queue_key(chat, lane), row)
        if await self.next(chat, lane) is None:
            await self._store.call("ZREM", due_key(partition(chat), lane), chat)

    async def read(self, chat: str, row: str) -> Row | Letter | None:
        """A row as it stands, for pages and tests."""
        found = await self._store.call("HGETALL", row_key(chat, row))
        return decode(row, {name.decode(): value.decode() for name, value in found.items()})


def decode(row: str, fields: Mapping[str, str]) -> Row | Letter | None:
    """A stored hash as a row of alerts or a letter; dropped alerts are left out."""
    if "reply" in fields:
        letter = msgspec.json.decode(fields["reply"], type=Letter)
        return replace(
            letter,
            id=row,
            edits=None if "anew" in fields else letter.edits,
            in_doubt="doubt" in fields,
            is_plain="plain" in fields,
            is_tried="attempt" in fields,
        )
    if "head" not in fields:
        return None
    head = msgspec.json.decode(fields["head"], type=Head)
    alerts = [
        replace(msgspec.json.decode(text, type=Alert), key=name[2:], order=int(fields["o:" + name[2:]]))
        for name, text in fields.items()
        if name.startswith("a:") and fields.get("h:" + name[2:]) != "x"
    ]
    return Row(
        id=row,
        chat=head.chat,
        symbol=head.symbol,
        direction=head.direction,
        session=head.session,
        version=int(fields["version"]),
        sent=int(fields["sent"]),
        alerts=tuple(sorted(alerts, key=lambda alert: alert.order)),
        posted=msgspec.json.decode(fields.get("posted", "[]"), type=tuple[Posted, ...]),
        in_doubt="doubt" in fields,
        is_plain="plain" in fields,
    )


def profile_of(fields: Mapping[str, str]) -> Profile:
    """A chat's stored hash as a value; a chat nobody wrote about is active."""
    return Profile(language=fields.get("language"), active=fields.get("active") != "0")


def _time(answer: Any) -> datetime:
    seconds, micros = answer
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(micros))


def _pairs(answer: Any) -> list[tuple[bytes, float]]:
    """Members with scores, however the client parsed them."""
    if answer and not isinstance(answer[0], bytes):
        return [(name, float(score)) for name, score in answer]
    return [(answer[index], float(answer[index + 1])) for index in range(0, len(answer), 2)]


def _flat(answer: Any) -> dict[str, str]:
    """A script's flat list of fields and values."""
    return {answer[index].decode(): answer[index + 1].decode() for index in range(0, len(answer), 2)}
