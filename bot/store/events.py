"""One chat partition's reading of the event streams: groups, own pending entries first, positions."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import StoreError
from bot.store.client import Store
from bot.store.keys import PARTITIONS, c_key, i_key

CONSUMER = "fanout"
COUNT = 100
# After the chats' partition was rolled back (a power cut loses up to a second or two of its log).
REREAD_MS = 10_000
NEW = ">"


class Events:
    """The streams of all instrument partitions as one chat partition reads them."""

    def __init__(self, store: Store, number: int) -> None:
        self._store, self._group = store, f"c:{number:02}"
        self._positions = c_key(number, "positions")
        self._next: dict[int, str] = {}  # stream -> id to read after in the own pending list, or '>'
        self._last: dict[int, str] = {}  # stream -> last id handled

    async def read(self, stream: int) -> list[tuple[str, Mapping[bytes, bytes] | None]] | None:
        """The next entries, at most 100, own pending ones first, None at the end; no fields: trimmed away."""
        if stream not in self._next:
            await self._open(stream)
            self._next[stream] = "0"
        while True:
            after = self._next[stream]
            batch = await self._read(stream, after)
            if batch:
                if after != NEW:
                    self._next[stream] = batch[-1][0]
                return batch
            if after == NEW:
                return None
            self._next[stream] = NEW

    async def acknowledge(self, stream: int, numbers: Sequence[str]) -> None:
        """These entries' claims stand: remember how far we came at home, then acknowledge."""
        last = max((*numbers, self._last.get(stream, "0-0")), key=_order)
        await self._store.call("HSET", self._positions, f"{stream:02}", last)
        await self._store.call("XACK", _key(stream), self._group, *numbers)
        self._last[stream] = last

    def rewind(self, stream: int) -> None:
        """A reply was lost: what it held stands in the pending list."""
        self._next.pop(stream, None)

    async def tips(self) -> dict[int, str]:
        """The last id of every stream that has one."""
        answers = await self._store.calls(
            [("XREVRANGE", _key(stream), "+", "-", "COUNT", 1) for stream in range(PARTITIONS)]
        )
        return {stream: answer[0][0].decode() for stream, answer in enumerate(answers) if answer}

    def is_behind(self, stream: int, tip: str) -> bool:
        """Whether the stream has entries beyond those handled."""
        return _order(tip) > _order(self._last.get(stream, "0-0"))

    async def _read(self, stream: int, after: str) -> list[tuple[str, Mapping[bytes, bytes] | None]]:
        try:
            answer = await self._call(stream, after)
        except StoreError as error:
            if "NOGROUP" not in str(error):
                raise
            await self._open(stream)
            answer = await self._call(stream, after)
        return [(number.decode(), fields or None) for number, fields in (answer[0][1] if answer else ())]

    async def _call(self, stream: int, after: str) -> Any:
        command = ("XREADGROUP", "GROUP", self._group, CONSUMER, "COUNT", COUNT)
        return await self._store.call(*command, "STREAMS", _key(stream), after)

    async def _open(self, stream: int) -> None:
        """Make a missing group from the position kept at home; go back where home was rolled back."""
        found = await self._store.call("HGET", self._positions, f"{stream:02}")
        position = found.decode() if found else "0-0"
        try:
            await self._store.call("XGROUP", "CREATE", _key(stream), self._group, position, "MKSTREAM")
        except StoreError as error:
            if "BUSYGROUP" not in str(error):
                raise
            if await self._is_rolled_back(stream, position):
                back = max(0, int(position.partition("-")[0]) - REREAD_MS)
                await self._store.call("XGROUP", "SETID", _key(stream), self._group, f"{back}-0")
                position = f"{back}-0"
        self._last[stream] = position

    async def _is_rolled_back(self, stream: int, position: str) -> bool:
        """Whether an entry beyond the position at home was acknowledged all the same."""
        groups = map(_named, await self._store.call("XINFO", "GROUPS", _key(stream)))
        reached = next(group["last-delivered-id"] for group in groups if group["name"] == self._group)
        if _order(reached) <= _order(position):
            return False
        beyond = await self._store.call("XRANGE", _key(stream), f"({position}", reached, "COUNT", 1)
        if not beyond:
            return False
        pending = await self._call(stream, position)
        return not pending or not pending[0][1] or pending[0][1][0][0] != beyond[0][0]


def _key(stream: int) -> str:
    return i_key(stream, "events")


def _order(number: str) -> tuple[int, int]:
    """Stream ids compare as pairs of numbers."""
    ms, _, sequence = number.partition("-")
    return int(ms), int(sequence or 0)


def _named(group: Sequence[Any]) -> dict[str, str]:
    """A group as XINFO lists it, names and values in turn (protocol 2)."""
    words = [word.decode() if isinstance(word, bytes) else str(word) for word in group]
    return dict(zip(words[::2], words[1::2], strict=True))
