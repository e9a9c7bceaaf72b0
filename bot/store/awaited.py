"""What chats wait to be told of: the bars of instruments that nobody had asked for before them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from bot.store.chatkeys import due_key, home_key, queue_key, row_key
from bot.store.chats import KEEP_MS, LANE_REPLY
from bot.store.client import Argument, Store
from bot.store.keys import PARTITIONS, c_key, partition
from bot.store.rows import Letter

MILLISECOND = timedelta(milliseconds=1)


class Wait(msgspec.Struct, frozen=True):
    """One instrument's bars."""

    at: int  # server ms when they were asked for
    told: int = 0  # 1: the chat knows that they do not come at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """All that one chat waits for."""

    chat: str
    symbols: Mapping[str, Wait]
    text: bytes  # the entry as it was read


class Awaited:
    """Reads who waits, and writes what they are told together with what they still wait for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self) -> tuple[int, list[Waiting]]:
        """Server time in ms, and every chat that waits; StoreError where the store is away."""
        time, *found = await self._store.calls(
            [("TIME",), *(("HGETALL", c_key(number, "awaited")) for number in range(PARTITIONS))]
        )
        waiting = [
            Waiting(
                chat=chat.decode(), symbols=msgspec.json.decode(text, type=dict[str, Wait]), text=bytes(text)
            )
            for entries in found
            for chat, text in entries.items()
        ]
        return int(time[0]) * 1000 + int(time[1]) // 1000, waiting

    async def tell(self, waiting: Waiting, left: Mapping[str, Wait], text: str, now: int) -> bool:
        """Wait for `left` alone from now on, and say `text` where there is one.

        False where the chat waits for other things by now; then nothing was changed.
        """
        chat, row = waiting.chat, f"{waiting.chat}|history|{now}"
        keys = [home_key(chat, "awaited"), queue_key(chat, LANE_REPLY)]
        keys += [due_key(partition(chat), LANE_REPLY), row_key(chat, row)]
        args: list[Argument] = [chat, waiting.text, msgspec.json.encode(left) if left else b"", row]
        args += [msgspec.json.encode(Letter(chat=chat, text=text)) if text else b"", KEEP_MS]
        answer: bytes = await self._store.run("tell", keys, [*args, f"{partition(chat):02}"])
        return answer == b"done"
