"""Recordings cut into the messages that a feed's parser is given: lines, events of a stream, pushes."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from bot.errors import InputError
from bot.formats.sinajs import merged
from bot.formats.sse import Events, Rows

# A recorded message: `1723161254087896568 {...}` (nanoseconds) or `1633998512.0633569: [...]` (seconds).
STAMPED = re.compile(rb"(\d{9,20}(?:\.\d{1,9})?):? ([{\[].*)", re.DOTALL)
BARE = re.compile(rb"\{.*\}|\[.*\]")  # one message a line, without a time
MANY = 2
NANOSECONDS = 10**15  # from here on a count of them; seconds have ten digits
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Message(NamedTuple):
    """What a parser is given, with its line and the time it came at where the recording has them."""

    line: int | None
    received: datetime | None
    payload: bytes


def messages(feed: str, body: bytes, file: str) -> Iterator[Message]:
    """The messages of a recording in order; a file that is none of several is one message.

    InputError names the line of a recording with times that is no message; FeedError for a stream of events
    that cannot be read.
    """
    if STAMPED.match(body) is not None or body.startswith(b"ws"):
        yield from _stamped(body, file)
    elif bare := _bare(body):
        yield from bare
    else:
        yield from (Message(None, None, payload) for payload in WHOLE.get(feed, _alone)(body))


def _bare(body: bytes) -> list[Message]:
    """The lines of a file that has a message on each; empty for one message, however it is laid out."""
    lines = [(number, line) for number, line in enumerate(body.splitlines(), 1) if line.strip()]
    if len(lines) < MANY or not all(BARE.fullmatch(line.strip()) for _, line in lines):
        return []
    return [Message(number, None, line) for number, line in lines]


def _stamped(body: bytes, file: str) -> Iterator[Message]:
    for number, line in enumerate(body.splitlines(), 1):
        if found := STAMPED.fullmatch(line):
            yield Message(number, _moment(found[1]), found[2])
        elif line.strip() and not line.startswith(b"ws"):  # a recording opens with the address it came from
            raise InputError("this is no recorded message", file=file, line=number)


def _moment(stamp: bytes) -> datetime:
    whole, _, fraction = stamp.partition(b".")
    count = int(whole)
    if count >= NANOSECONDS:
        return EPOCH + timedelta(microseconds=count // 1000)
    return EPOCH + timedelta(seconds=count, microseconds=int(fraction[:6].ljust(6, b"0")))


def _alone(body: bytes) -> Iterator[bytes]:
    yield body


def _events(body: bytes) -> Iterator[bytes]:
    """Each event of a stream, completed to whole rows; heartbeats are left out."""
    if not body.lstrip().startswith((b"data:", b"event:", b"id:", b":")):
        yield body
        return
    known = Rows()
    for event in Events().take(body + b"\n\n"):
        if whole := known.take(event):
            yield whole


def _pushed(body: bytes) -> Iterator[bytes]:
    """Each push, completed by those before it."""
    if body.lstrip().startswith(b"var ") or b"=" not in body:
        yield body
        return
    known: dict[str, list[str]] = {}
    for line in body.splitlines():
        if line.strip():
            yield merged(known, line)


WHOLE: MappingProxyType[str, Callable[[bytes], Iterator[bytes]]] = MappingProxyType(
    {"eastmoney": _events, "sina": _pushed}
)
