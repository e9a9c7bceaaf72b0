"""Which conditions somebody listens to: counts of all chat partitions, and new text parsed."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from bot.store.conditions import Listening
from bot.store.keys import is_mine, partition
from rules.language import LanguageError
from rules.model import Condition, Instrument
from rules.texts import Read, Texts

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Entry:
    """A condition with its listeners by chat partition."""

    condition: Condition
    others: tuple[str, ...] = ()  # symbols of other instruments it reads
    counts: dict[int, int] = field(default_factory=dict)

    @property
    def home(self) -> int:
        """The instrument partition its rings are written to."""
        return partition(self.condition.symbol)


@dataclass(slots=True)
class Changes:
    """What some change lines amount to: what is removed goes first, what is added after it."""

    removed: dict[str, Condition] = field(default_factory=dict)
    added: dict[str, Condition] = field(default_factory=dict)
    joined: list[tuple[Condition, bool]] = field(default_factory=list)  # with whether the rule starts now


class Roster:
    """The conditions of a shard's instruments; lines of other shards pass by."""

    def __init__(self, resolve: Callable[[str], Instrument | None], shard: tuple[int, int]) -> None:
        self._resolve = resolve
        self._shard = shard
        self._entries: dict[str, Entry] = {}
        self.unreadable = 0  # texts that this version does not understand

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def get(self, condition: str) -> Entry | None:
        """The entry of a condition somebody listens to."""
        return self._entries.get(condition)

    def apply(self, lines: Iterable[Listening]) -> Changes:
        """Change lines in order; a line met twice, or older than what was loaded, changes nothing twice."""
        changes, texts = Changes(), Texts(self._resolve)
        for line in lines:
            if is_mine(partition(line.symbol), self._shard):
                self._apply(line, changes, texts)
        return changes

    def replace(self, lines: Iterable[Listening]) -> Changes:
        """Everything anew, after the change streams were lost sight of."""
        counted: dict[str, dict[int, int]] = {}
        present = [line for line in lines if is_mine(partition(line.symbol), self._shard)]
        for line in present:
            counted.setdefault(line.condition, {})[line.partition] = line.count
        gone = [
            Listening(condition=name, partition=number, count=0, symbol=entry.condition.symbol, text="")
            for name, entry in self._entries.items()
            for number in entry.counts.keys() - counted.get(name, {}).keys()
        ]
        return self.apply([*present, *gone])

    def _apply(self, line: Listening, changes: Changes, texts: Texts) -> None:
        entry = self._entries.get(line.condition)
        if entry is None:
            if line.count > 0 and (read := self._read(line, texts)):
                self._entries[line.condition] = Entry(*read, {line.partition: line.count})
                changes.added[line.condition] = read[0]
            return
        before = entry.counts.get(line.partition, 0)
        if line.count > 0:
            entry.counts[line.partition] = line.count
        else:
            entry.counts.pop(line.partition, None)
        if line.count > before:
            changes.joined.append((entry.condition, line.start != "next"))
        if not entry.counts:
            del self._entries[line.condition]
            if changes.added.pop(line.condition, None) is None:
                changes.removed[line.condition] = entry.condition

    def _read(self, line: Listening, texts: Texts) -> Read | None:
        """The condition of a canonical line; None where it is not one, or not the one its id says."""
        try:
            read = texts.read(line.text)
        except LanguageError as error:
            self.unreadable += 1
            log.warning("a stored rule on %s cannot be read: %s", line.symbol, error)
            return None
        if read[0].id != line.condition:
            self.unreadable += 1
            log.warning("a stored rule on %s reads as another condition: %s", line.symbol, line.text)
            return None
        return read
