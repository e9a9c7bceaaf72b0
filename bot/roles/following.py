"""Keeps an engine's conditions as the chats have them: loads them with their rings, then follows changes."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from operator import attrgetter
from time import monotonic

from bot.master.world import World
from bot.roles.outbox import Batch
from bot.roles.roster import Changes, Entry, Roster
from bot.store.conditions import Conditions
from bot.store.keys import partition
from bot.store.lists import is_list
from bot.store.rings import Operation, Rings, Stored, joined, left
from rules.engine import Engine
from rules.forms import is_state
from rules.model import Condition

OPEN = frozenset({"fired", "provisional"})  # a ring that lasts


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Conditions with what the store has of them."""

    conditions: tuple[Condition, ...]
    rows: dict[str, Stored]
    seen: set[str]

    @property
    def open(self) -> dict[str, Stored]:
        """The rows of rings that last."""
        return {name: stored for name, stored in self.rows.items() if stored.state in OPEN}


class Following:
    """The roster, the change streams and the engine, kept in step; `say` is the road to the store."""

    def __init__(
        self,
        world: World,
        roster: Roster,
        conditions: Conditions,
        rings: Rings,
        *,
        engine: Engine,
        say: Callable[[Batch], Awaitable[None]],
    ) -> None:
        self._world = world
        self._conditions = conditions
        self._rings = rings
        self._engine = engine
        self._say_batch = say
        self._missing: dict[str, Condition] = {}  # listened to, not yet in the engine
        self._joining: list[tuple[Condition, bool]] = []  # rules that came to a condition, still to be told
        self._open: set[str] = set()  # loaded in a lasting ring of which the engine has no event
        self._unread: set[str] = set()  # chats' lists whose members the store has, and we not yet
        self._symbols: frozenset[str] | None = None
        self._members: dict[str, tuple[str, ...]] = {}  # of groups, as of `_symbols`
        self._lost_sight = False
        self.roster = roster

    @property
    def symbols(self) -> frozenset[str]:
        """Instruments that somebody listens to or that a condition reads, members of groups included."""
        if self._symbols is None:
            listened = {symbol for entry in self.roster for symbol in (entry.condition.symbol, *entry.others)}
            groups = {symbol for symbol in listened if symbol.startswith("@")}
            self.regroup()
            self._members = {group: self._named(group) for group in groups}
            self._symbols = frozenset((listened - groups).union(*self._members.values()))
        return self._symbols

    @property
    def groups(self) -> frozenset[str]:
        """The groups among what somebody listens to."""
        _ = self.symbols  # brings the members up to date
        return frozenset(self._members)

    def homes(self, conditions: Iterable[str]) -> dict[str, int]:
        """Instrument partitions of those conditions that somebody still listens to."""
        entries = {name: self.roster.get(name) for name in conditions}
        return {name: entry.home for name, entry in entries.items() if entry}

    def told(self, conditions: Collection[str]) -> None:
        """The engine spoke of these, so from now on it knows their rings itself."""
        self._open.difference_update(conditions)

    # At start

    async def load(self) -> Loaded:
        """Everything somebody listens to, with rows and seen marks, sorted by instrument.

        What belongs together then lies together in the engine's columns.
        """
        changes = self.roster.apply(await self._conditions.load())
        self._unread |= self._listed(self.roster)
        await self._learn()
        return await self._stored(sorted(changes.added.values(), key=attrgetter("symbol")))

    async def begin(self, loaded: Loaded) -> None:
        """Give the engine its conditions in their stored states."""
        self._add(loaded)
        await self._catch_up(loaded.rows)

    async def resume(self, loaded: Loaded) -> None:
        """Put an engine that has advanced over the past into the stored states."""
        for condition in loaded.conditions:
            self._note(condition.id)
        self._engine.restore([stored.row for stored in loaded.rows.values()], loaded.seen)
        self._open |= loaded.open.keys()
        await self._catch_up(loaded.rows)

    async def _catch_up(self, rows: dict[str, Stored]) -> None:
        """Append lasting rings that rules joined while nobody watched; claims make it harmless to others."""
        written = {name: stored.written for name, stored in rows.items() if stored.state in OPEN}
        lines = await self._conditions.recent() if written else []
        late = {
            line.condition
            for line in lines
            if line.at
            and line.start == "now"
            and line.at >= written.get(line.condition, line.at + timedelta(1))
        }
        entries = [entry for entry in map(self.roster.get, sorted(late)) if entry]
        await self._say([(e.home, joined(e.condition.id)) for e in entries if is_state(e.condition.root)])

    # While running

    def lose_sight(self) -> None:
        """The store was away: what it says next is compared with everything we have."""
        self._lost_sight = True

    def regroup(self) -> None:
        """Groups whose members the master names differently are read again, by the engine and by feeds."""
        changed = [group for group, known in self._members.items() if self._named(group) != known]
        for group in changed:
            self._engine.regroup(group)
        if changed:
            self._symbols = None

    def _note(self, condition: str) -> None:
        """The engine is about to gather the groups that this condition reads: remember who they are."""
        entry = self.roster.get(condition)
        for symbol in (entry.condition.symbol, *entry.others) if entry else ():
            if symbol.startswith("@"):
                self._members.setdefault(symbol, self._named(symbol))

    def _named(self, group: str) -> tuple[str, ...]:
        return tuple(self._world.master.members(group))

    async def follow(self, announced: set[int] | None) -> None:
        """Take up changes of the chat partitions announced, or of all; StoreError leaves some for later."""
        self.regroup()
        lines = None if self._lost_sight else await self._conditions.poll(announced)
        if lines is None:
            changes = self.roster.replace(await self._conditions.load())
            self._unread |= self._listed(self.roster)
            self._lost_sight = False
        else:
            changes = self.roster.apply(lines)
            known = self._listed(self.roster) if self._conditions.lists else set[str]()
            self._unread |= self._conditions.lists & known
        self._conditions.lists.clear()
        await self._change(changes)

    @staticmethod
    def _listed(entries: Iterable[Entry]) -> set[str]:
        """Chats' own lists among the symbols of these conditions and of what they read."""
        return {
            symbol
            for entry in entries
            for symbol in (entry.condition.symbol, *entry.others)
            if is_list(symbol)
        }

    async def _learn(self) -> None:
        """Read the members of chats' lists that came or changed; the engine follows."""
        if self._unread:
            self._world.master.update(await self._conditions.members(self._unread))
            self._unread.clear()
            self.regroup()

    async def adopt(self, conditions: Sequence[str]) -> None:
        """The store has newer rings of these: go on from there."""
        entries = [entry for entry in map(self.roster.get, conditions) if entry]
        loaded = await self._stored([entry.condition for entry in entries])
        for condition in loaded.conditions:
            self._engine.remove(condition.id)
        self._add(loaded)

    async def _change(self, changes: Changes) -> None:
        if changes.added or changes.removed:
            self._symbols = None
        for name in changes.removed:
            self._engine.remove(name)
            self._missing.pop(name, None)
            self._open.discard(name)
        self._missing |= changes.added
        fresh = [entry for entry in map(self.roster.get, changes.added) if entry]
        self._unread |= self._listed(fresh)
        await self._learn()
        await self._say([(partition(one.symbol), left(one.id)) for one in changes.removed.values()])
        if self._missing:
            loaded = await self._stored(self._missing.values())
            # Its first listener anywhere: whatever an earlier life left, only the ring's number goes on.
            idle = {name: replace(stored, state="idle", event=None) for name, stored in loaded.rows.items()}
            self._add(replace(loaded, rows=idle, seen=set()))
            self._missing = {}
        self._joining += changes.joined
        while self._joining:
            condition, starts_now = self._joining.pop(0)
            await self._join(condition, starts_now=starts_now)

    async def _join(self, condition: Condition, *, starts_now: bool) -> None:
        """A rule joined: re-arm what is false now, append the ring of a state form that lasts."""
        if condition.id not in self._engine:
            return
        self._engine.rejoin(condition.id)
        if starts_now and self._lasts(condition) and is_state(condition.root):
            await self._say([(partition(condition.symbol), joined(condition.id))])

    def _lasts(self, condition: Condition) -> bool:
        """Whether the condition is in a ring: by the engine, or by the store where no quote has come yet."""
        if self._engine.last_ring(condition.id) is not None:
            return True
        return condition.id in self._open and self._engine.last(condition.symbol) is None

    async def _say(self, operations: Sequence[tuple[int, Operation]]) -> None:
        if operations:
            await self._say_batch(Batch(arrived=monotonic(), others=tuple(operations)))

    async def _stored(self, conditions: Iterable[Condition]) -> Loaded:
        wanted: dict[int, list[str]] = {}
        some = tuple(conditions)
        for condition in some:
            wanted.setdefault(partition(condition.symbol), []).append(condition.id)
        rows, seen = await self._rings.load(wanted)
        return Loaded(conditions=some, rows=rows, seen=seen)

    def _add(self, loaded: Loaded) -> None:
        for condition in loaded.conditions:
            self._note(condition.id)
        rows = {name: stored.row for name, stored in loaded.rows.items()}
        self._engine.add_all(loaded.conditions, rows, loaded.seen)
        self._open |= loaded.open.keys()
