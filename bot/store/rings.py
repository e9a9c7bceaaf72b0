"""Numbered rings: rows and events of the engine, written by compare-and-set under its epoch (ring.lua).

Ring n is written only over ring n-1 and a later state only over an earlier one, so a replayed quote, a lost
reply, a restarted or a second engine adds nothing; the answer says what is stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

import msgspec

from bot.store.client import Argument, Call, Store
from bot.store.keys import i_key
from rules.model import Event
from rules.rings import Row

# Operations in one call: a server is busy about 3 us with each, and nobody else is served meanwhile.
MOST = 2000
LOADED = 1000  # rows asked for at once

Operation: TypeAlias = tuple[Argument, ...]
Operations: TypeAlias = Mapping[int, Sequence[Operation]]  # by instrument partition, in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A condition's row as the store has it."""

    condition: str
    ring: int
    state: str  # armed, fired, provisional, confirmed, withdrawn, idle
    written: datetime  # the store's TIME when the ring was first written
    time: datetime  # quote time of the state
    session: date
    event: Event | None  # of the state; None once the ring is over

    @property
    def row(self) -> Row:
        """The part the engine knows."""
        return Row(
            condition=self.condition, ring=self.ring, state=self.state, time=self.time, session=self.session
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the store said to one operation: written, same, gap (it has less) or ahead (it has more)."""

    operation: Operation
    word: str
    ring: int = 0  # with gap and ahead: what is stored
    state: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Answers of one write; `lost` are partitions whose write counter fell: the store was rolled back."""

    verdicts: tuple[Verdict, ...]
    lost: tuple[int, ...]
    repeated: bool


def rang(event: Event, delay: timedelta, *, first: bool = False) -> Operation:
    """The operation that writes an event; `delay` since its frame came, `first`: at its first evaluation."""
    return (
        "e",
        event.condition,
        event.ring,
        event.state.value,
        event.time.isoformat(),
        event.session.isoformat(),
        int(first),
        round(delay / timedelta(milliseconds=1)),
        msgspec.json.encode(event, enc_hook=dict),  # a read-only mapping as what it maps
    )


def rearmed(condition: str, ring: int) -> Operation:
    """The operation that marks ring n as armed again."""
    return ("a", condition, ring)


def evaluated(condition: str) -> Operation:
    """The operation that notes a condition's first evaluation."""
    return ("s", condition)


def noticed(event: Event, delay: timedelta) -> Operation:
    """The operation that tells an ex-date's effect on a condition; the same ex-date again adds nothing."""
    return (
        "n",
        event.condition,
        str(event.evidence["ex-date"]),
        round(delay / timedelta(milliseconds=1)),
        msgspec.json.encode(event, enc_hook=dict),
    )


def left(condition: str) -> Operation:
    """The operation that marks a condition nobody listens to as idle; its number stays."""
    return ("i", condition)


def joined(condition: str) -> Operation:
    """The operation that appends a ringing condition's event again, for a rule that joined it."""
    return ("j", condition)


class Rings:
    """Rows, seen marks and event streams of some instrument partitions, under this engine's epochs."""

    def __init__(self, store: Store, partitions: Sequence[int]) -> None:
        self._store = store
        self.partitions = tuple(partitions)
        self._epochs: dict[int, int] = {}
        self._writes: dict[int, int] = {}

    async def take_over(self, owner: str) -> None:
        """Raise every partition's epoch: from now on older engines are refused. `owner` is our token."""
        calls = [Call("epoch", [i_key(number, "epoch")], [owner]) for number in self.partitions]
        answers = await self._store.runs(calls)
        self._epochs = {
            number: int(answer.value) for number, answer in zip(self.partitions, answers, strict=True)
        }
        self._writes = dict(zip(self.partitions, await self._counts(), strict=True))

    async def load(self, wanted: Mapping[int, Sequence[str]]) -> tuple[dict[str, Stored], set[str]]:
        """Rows and seen marks of conditions, by instrument partition."""
        rows: dict[str, Stored] = {}
        seen: set[str] = set()
        for number, conditions in wanted.items():
            for start in range(0, len(conditions), LOADED):
                some = conditions[start : start + LOADED]
                texts, marks = await self._store.calls(
                    [("HMGET", i_key(number, "rings"), *some), ("SMISMEMBER", i_key(number, "seen"), *some)]
                )
                rows |= {
                    name: parse(name, text)
                    for name, text in zip(some, texts, strict=True)
                    if text is not None
                }
                seen.update(name for name, mark in zip(some, marks, strict=True) if mark)
        return rows, seen

    async def write(
        self, operations: Operations, *, again: bool = False, patience: timedelta | None = None
    ) -> Outcome:
        """Write all operations, one call a partition, one round trip; AwayError, FullError, FencedError.

        `again`: the store was rolled back and this was written before; a gap below is then no hindrance.
        """
        verdicts: list[Verdict] = []
        lost: list[int] = []
        repeated = False
        for part in _parts(operations):
            answers = await self._store.runs(
                [self._call(number, some, again=again) for number, some in part.items()], patience=patience
            )
            for (number, some), answer in zip(part.items(), answers, strict=True):
                count, words = answer.value
                if not self._counted(number, int(count)):
                    lost.append(number)
                repeated |= answer.repeated
                verdicts += [_verdict(operation, word) for operation, word in zip(some, words, strict=True)]
        return Outcome(tuple(verdicts), tuple(lost), repeated)

    async def lost(self) -> tuple[int, ...]:
        """Partitions whose write counter is lower than it was: the store was rolled back."""
        counts = zip(self.partitions, await self._counts(), strict=True)
        return tuple(number for number, count in counts if not self._counted(number, count))

    def _counted(self, number: int, count: int) -> bool:
        """Note a write counter; False where it fell."""
        rose = count >= self._writes.get(number, 0)
        self._writes[number] = count
        return rose

    async def _counts(self) -> list[int]:
        counts = await self._store.calls([("GET", i_key(number, "writes")) for number in self.partitions])
        return [int(count or 0) for count in counts]

    def _call(self, number: int, operations: Sequence[Operation], *, again: bool) -> Call:
        keys = [i_key(number, name) for name in ("epoch", "rings", "seen", "events", "writes", "notices")]
        arguments: list[Argument] = [self._epochs[number], f"{number:02}", "again" if again else ""]
        for operation in operations:
            arguments += operation
        return Call("ring", keys, arguments)


def parse(condition: str, text: bytes) -> Stored:
    """A row's text as a value."""
    ring, state, written, time, session, event = text.split(b" ", 5)
    return Stored(
        condition=condition,
        ring=int(ring),
        state=state.decode(),
        written=datetime.fromtimestamp(int(written) / 1000, UTC),
        time=datetime.fromisoformat(time.decode()),
        session=date.fromisoformat(session.decode()),
        event=msgspec.json.decode(event, type=Event) if event else None,
    )


def _parts(operations: Operations) -> Iterable[dict[int, Sequence[Operation]]]:
    """Rounds of at most MOST operations a partition; nearly always one."""
    longest = max((len(some) for some in operations.values()), default=0)
    for start in range(0, longest, MOST):
        cut = {number: some[start : start + MOST] for number, some in operations.items()}
        yield {number: some for number, some in cut.items() if some}


def _verdict(operation: Operation, word: bytes) -> Verdict:
    name, *stored = word.decode().split()
    return Verdict(operation, name, int(stored[0]), stored[1]) if stored else Verdict(operation, name)
