"""Event streams: bytes to events, and lists that send everything once and then only what changed."""

from collections.abc import Iterator

import msgspec

from bot.errors import FeedError
from bot.feed import BODY_LIMIT
from bot.formats.push2 import LIST, Row, message, rows


class Events:
    """Cuts a stream of bytes into the data of its events."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def take(self, chunk: bytes) -> Iterator[bytes]:
        """The data of each event that ends in this chunk; FeedError where one grows beyond a body's bound."""
        self._rest += chunk
        *whole, rest = bytes(self._rest).replace(b"\r\n", b"\n").split(b"\n\n")
        self._rest = bytearray(rest)
        if len(rest) > BODY_LIMIT:
            raise FeedError(f"eastmoney sends an event of more than {BODY_LIMIT} bytes")
        for event in whole:
            lines = [line[5:].strip() for line in event.split(b"\n") if line.startswith(b"data:")]
            if lines:
                yield b"\n".join(lines)


class Rows:
    """A list as events have told it so far: rows by index, of which later events name only changed fields."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, msgspec.Raw]] = {}

    def take(self, event: bytes) -> bytes | None:
        """An answer with the whole of every row that the event changed; None for a heartbeat.

        A row of which nothing whole was told yet is left out. FeedError where the event cannot be read.
        """
        data = message(event).data
        if data is None or "diff" not in data:
            return None
        changed: list[Row] = []
        for place, row in rows(data["diff"]).items():
            known = self._known.get(place, {})
            if LIST["code"] in row and row[LIST["code"]] != known.get(LIST["code"]):
                known = {}  # another instrument has come to this place
            whole = known | {name: value.copy() for name, value in row.items()}
            if LIST["code"] in whole and LIST["market"] in whole:
                self._known[place] = whole
                changed.append(whole)
        return msgspec.json.encode({"rc": 0, "data": {"diff": changed}}) if changed else None
