"""Rules on every member of a group, kept to the members it has now: membership changes are rule changes.

Each chat's parts are compared with the group's members and brought in line by one script, whose rule ids
derive from the whole and the member: killed in between or done twice it ends the same. Chats' own lists need
none of this, their changes bring the parts with them (handlers.parts.followed).
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from time import monotonic

import msgspec

from bot.errors import StoreError
from bot.master.reference import Reference
from bot.store.chats import Chats
from bot.store.client import Store
from bot.store.keys import PARTITIONS, c_key
from bot.store.lists import is_list
from handlers.parts import changes
from handlers.ports import Clock
from rules.model import Rule

log = logging.getLogger(__name__)
ROUND = timedelta(seconds=1)
AGAIN = timedelta(minutes=1)  # a rule that was being made when the members changed knew the old ones


class Membership:
    """Follows the groups of one master; one process does it, the one that answers chats."""

    def __init__(self, store: Store, master: Reference, clock: Clock) -> None:
        self._store, self._master, self._clock = store, master, clock
        self._chats = Chats(store)
        self._settled: Mapping[str, Sequence[str]] | None = None  # members as they were settled
        self._again: float | None = 0.0  # monotonic time of the next look in any case

    async def run(self, stopping: asyncio.Event) -> None:
        """Look once a second whether members changed, until stopped."""
        is_away = False
        while not stopping.is_set():
            try:
                await self.look(monotonic())
                is_away = False
            except StoreError as error:
                if not is_away:
                    log.warning("rules on members of groups wait: %s", error)
                is_away = True
            try:
                async with asyncio.timeout(ROUND.total_seconds()):
                    await stopping.wait()
            except TimeoutError:
                continue

    async def look(self, now: float) -> int:
        """Settle where members changed since, and once more a minute later; how many chats were changed."""
        members = {name: self._master.members(name) for name in self._master.groups()}
        is_news = members != self._settled
        if not is_news and (self._again is None or now < self._again):
            return 0
        changed = await self.settle()
        self._settled = members
        self._again = now + AGAIN.total_seconds() if is_news else None
        return changed

    async def settle(self) -> int:
        """Bring the parts of all chats' wholes in line; how many chats were changed."""
        found = await self._store.calls([("HVALS", c_key(n, "wholes")) for n in range(PARTITIONS)])
        chats: defaultdict[str, list[Rule]] = defaultdict(list)
        for text in (text for texts in found for text in texts):
            whole = msgspec.json.decode(text, type=Rule)
            if whole.symbol.startswith("@") and not is_list(whole.symbol):
                chats[whole.chat].append(whole)
        return sum([await self._settle(chat, wholes) for chat, wholes in sorted(chats.items())])

    async def _settle(self, chat: str, wholes: Sequence[Rule]) -> bool:
        rules, now = await self._chats.rules(chat), self._clock.now()
        effects = [
            effect
            for whole in wholes
            # A group that nobody names just now keeps the members it had.
            if (members := self._master.members(whole.symbol))
            for effect in changes(whole, rules, members, self._master, now)
        ]
        return bool(effects) and await self._chats.apply(chat, None, effects, None)
