"""Conditions as rows of columns behind dense numbers; frozen values are made again at the edges."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from rules.model import Condition, Leaf
from rules.pattern import Manner, Pattern, Patterns, Plain, manner_of, plain_of

BUCKETS = 4096
NO_IDS = np.empty(0, np.uint64)
TWO_BYTES = 0xFFFF
FEW = 64  # conditions that are put into the directory one by one

# One byte of state a number.
TRUE, RANG, WAIT, KNOWN, PART, CROSS, UNFINISHED, SLOW = (1 << bit for bit in range(8))
# States whose boundary may be passed unlooked at: what becomes true rang already, what becomes false is
# waited for by nobody. Leaves of composites and two-way crossings always want a look.
DULL = bytes(
    not state & (PART | SLOW) and bool(not state & WAIT if state & TRUE else state & RANG)
    for state in range(256)
)
# One byte of marks a number.
SEEN, RESTORED, LATE, PLAIN, STORED, MET = (1 << bit for bit in range(6))


class Columns:
    """One row a number: id 8 bytes, mantissa 8, home 4, pattern and ring 2 (or 4) each, state 1, marks 1.

    A directory of numbers sorted by id adds 4. Composites, and conditions whose text cannot be made again
    from pattern and mantissa, are kept whole beside the columns; leaves of composites have numbers but no id.
    """

    def __init__(self) -> None:
        self.ids = array("Q")
        self.mantissas = array("q")
        self.homes = array("I")  # the instrument's dense number
        self.patterns = array("H")
        self.rings = array("H")
        self.code = bytearray()
        self.marks = bytearray()
        self.whole: dict[int, Condition] = {}
        self.leaves: dict[int, Leaf] = {}
        self._free: list[int] = []
        self._late = array("I")  # appended, not in the directory yet
        self._directory = [array("I") for _ in range(BUCKETS)]
        self._patterns = Patterns()

    def __len__(self) -> int:
        return sum(map(len, self._directory))

    def __iter__(self) -> Iterator[int]:
        """Numbers of all conditions, ascending."""
        return iter(sorted(number for bucket in self._directory for number in bucket))

    def find(self, identity: str) -> int | None:
        """The number of a condition id, None where it is unknown."""
        key = int(identity, 16)
        bucket, at = self._place(key)
        return bucket[at] if at < len(bucket) and self.ids[bucket[at]] == key else None

    def identity(self, number: int) -> str:
        """The condition id of a number."""
        return f"{self.ids[number]:016x}"

    def identities(self, numbers: Sequence[int]) -> tuple[str, ...]:
        """The condition ids of many numbers."""
        found = np.frombuffer(self.ids, np.uint64)[np.array(numbers, np.intp)] if numbers else NO_IDS
        return tuple(found.astype(">u8").tobytes().hex(" ", 8).split())

    def add(self, condition: Condition, home: int) -> int | None:
        """A row for a condition, None where it has one."""
        key = int(condition.id, 16)
        bucket, at = self._place(key)
        if at < len(bucket) and self.ids[bucket[at]] == key:
            return None
        number = self._enter(condition, home)
        self.ids[number] = key
        bucket.insert(at, number)
        return number

    def unknown(self, conditions: Iterable[Condition]) -> Iterator[Condition]:
        """Those without a row, each once."""
        is_empty, taken = not len(self), set[str]()
        for condition in conditions:
            identity = condition.id
            if identity not in taken and (is_empty or self.find(identity) is None):
                taken.add(identity)
                yield condition

    def append(self, condition: Condition, home: int) -> int:
        """A row for an unknown condition, found by its id once `file` was called."""
        number = self._enter(condition, home)
        self.ids[number] = int(condition.id, 16)
        self._late.append(number)
        return number

    def file(self) -> None:
        """Put what was appended into the directory, many in one sort."""
        late, self._late = self._late, array("I")
        if len(late) > FEW:
            self._file(np.array(late, np.uint32), np.frombuffer(self.ids, np.uint64))
            return
        for number in late:
            bucket, at = self._place(self.ids[number])
            bucket.insert(at, number)

    def _file(self, late: npt.NDArray[np.uint32], ids: npt.NDArray[np.uint64]) -> None:
        keys = ids[late]
        places = keys & np.uint64(BUCKETS - 1)
        order = np.lexsort((keys, places))
        late, places = late[order], places[order]
        starts = np.flatnonzero(np.diff(places, prepend=np.uint64(BUCKETS)))
        for place, chunk in zip(places[starts].tolist(), np.split(late, starts[1:]), strict=True):
            merged = np.concatenate((np.array(self._directory[place], np.uint32), chunk))
            if len(merged) > len(chunk):
                merged = merged[np.argsort(ids[merged])]
            self._directory[place] = array("I", merged.astype(np.uint32).tobytes())

    def _enter(self, condition: Condition, home: int) -> int:
        leaf = condition.root if isinstance(condition.root, Leaf) else None
        found = None if leaf is None else self._patterns.split(condition, leaf)
        if found is not None:
            return self._row(home, *found)
        number = self._row(home, self._patterns.bare(condition, leaf), 0)
        self.whole[number] = condition
        if leaf is not None:
            self.leaves[number] = leaf
        return number

    def add_part(self, leaf: Leaf, condition: Condition, home: int) -> int:
        """A row for a leaf of a composite."""
        number = self._row(home, self._patterns.bare(condition, leaf), 0)
        self.leaves[number] = leaf
        self.code[number] |= PART
        return number

    def remove(self, number: int) -> None:
        """Free a row."""
        if not self.code[number] & PART:
            bucket, at = self._place(self.ids[number])
            del bucket[at]
        self.whole.pop(number, None)
        self.leaves.pop(number, None)
        self._free.append(number)

    def condition(self, number: int, symbol: str) -> Condition:
        """The frozen condition of a number."""
        if number in self.whole:
            return self.whole[number]
        pattern = self.pattern(number)
        return Condition(
            symbol=symbol,
            root=self.leaf(number),
            text=self.text(number),
            sessions=pattern.sessions,
            hysteresis=pattern.hysteresis,
            made=pattern.made,
        )

    def text(self, number: int) -> str:
        """The canonical text of a condition."""
        if number in self.whole:
            return self.whole[number].text
        return self.pattern(number).text(self.mantissas[number])

    def leaf(self, number: int) -> Leaf:
        """The leaf of a simple condition or of a part."""
        found = self.leaves.get(number)
        if found is not None:
            return found
        return self._patterns.leaf(self.patterns[number], self.mantissas[number])

    def ratio(self, number: int, decimals: int) -> tuple[int, int]:
        """A plain condition's own price level in quanta, as numerator and denominator."""
        power = (self.pattern(number).power or 0) + decimals
        mantissa = self.mantissas[number]
        return (mantissa * 10**power, 1) if power >= 0 else (mantissa, 10**-power)

    def pattern(self, number: int) -> Pattern:
        """What the condition shares with its like."""
        return self._patterns.known[self.patterns[number]]

    def manner(self, number: int) -> Manner:
        """How the leaf of a number behaves."""
        at = self.patterns[number]
        found = self._patterns.manners[at]
        if found is None:
            found = self._patterns.manners[at] = manner_of(self.leaf(number), self.pattern(number).sessions)
        return found

    def plain(self, number: int) -> Plain:
        """What rings of a plain number's pattern need of it."""
        at = self.patterns[number]
        found = self._patterns.plains[at]
        if found is None:
            found = self._patterns.plains[at] = plain_of(self.pattern(number), self.manner(number))
        return found

    def set_ring(self, number: int, ring: int) -> None:
        """Store a ring number."""
        if ring > TWO_BYTES:
            self.rings = _wide(self.rings, ring)
        self.rings[number] = ring

    def bytes_held(self) -> int:
        """Bytes of the columns and the directory, as allocated."""
        columns = (self.ids, self.mantissas, self.homes, self.patterns, self.rings, self.code, self.marks)
        return sum(column.__sizeof__() for column in (*columns, *self._directory))

    def _place(self, key: int) -> "tuple[array[int], int]":
        """The directory's bucket of an id, and where in it the id stands or would."""
        bucket = self._directory[key & (BUCKETS - 1)]
        return bucket, bisect_left(bucket, key, key=self.ids.__getitem__)

    def _row(self, home: int, kind: int, mantissa: int) -> int:
        if kind > TWO_BYTES:
            self.patterns = _wide(self.patterns, kind)
        if self._free:
            number = self._free.pop()
            self.ids[number], self.mantissas[number], self.homes[number] = 0, mantissa, home
            self.patterns[number], self.rings[number] = kind, 0
            self.code[number] = self.marks[number] = 0
            return number
        self.ids.append(0)
        self.mantissas.append(mantissa)
        self.homes.append(home)
        self.patterns.append(kind)
        self.rings.append(0)
        self.code.append(0)
        self.marks.append(0)
        return len(self.ids) - 1


def _wide(column: "array[int]", value: int) -> "array[int]":
    """The column, with four bytes a row from the first value on that two cannot hold."""
    return array("I", column) if column.typecode == "H" and value > TWO_BYTES else column
