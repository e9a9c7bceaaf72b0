"""Conditions as rows of columns behind dense numbers; frozen values are made again at the edges."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.model import Argument, Condition, Direction, Leaf, SessionKind
from rules.signal import SIGNALS, Follows, Form, phrase_of, words

BUCKETS = 4096
TWO_BYTES = 0xFFFF
NUMBER = re.compile(r"(.*?)(-?\d{1,17})(?:\.(\d{1,9}))?(\D*)", re.DOTALL)
DIRECTIONS = {">": Direction.UP, ">=": Direction.UP, "<": Direction.DOWN, "<=": Direction.DOWN}

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


@dataclass(frozen=True, slots=True)
class Pattern:
    """What conditions that differ in their number alone share: the text around it, all but the level."""

    before: str
    after: str
    decimals: int  # of the number as written
    power: int | None  # level = mantissa x 10**power; None: the phrase carries no number
    signal: str
    args: tuple[Argument, ...]
    verb: str
    sessions: frozenset[SessionKind]
    hysteresis: Decimal | None
    made: date | None


@dataclass(frozen=True, slots=True)
class Manner:
    """How a leaf behaves, looked up once a pattern."""

    words: str
    direction: Direction | None
    crossing: bool
    bars: bool
    unfinished: bool
    fresh: bool
    follows: Follows
    two_way: bool


def manner_of(leaf: Leaf) -> Manner:
    """A leaf's behaviour from its signal and phrase."""
    signal, phrase = SIGNALS[leaf.signal], phrase_of(leaf)
    return Manner(
        words=words(leaf),
        direction=phrase.direction or DIRECTIONS.get(leaf.verb),
        crossing=phrase.form is Form.CROSSING,
        bars=phrase.bars,
        unfinished=signal.unfinished,
        fresh=signal.fresh(leaf.args),
        follows=signal.follows(leaf.args),
        two_way=leaf.verb == "crosses",
    )


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
        self._directory = [array("I") for _ in range(BUCKETS)]
        self._known: list[Pattern] = []
        self._manners: list[Manner | None] = []
        self._numbers: dict[Pattern, int] = {}

    def __len__(self) -> int:
        return sum(map(len, self._directory))

    def __iter__(self) -> Iterator[int]:
        """Numbers of all conditions, ascending."""
        return iter(sorted(number for bucket in self._directory for number in bucket))

    def find(self, identity: str) -> int | None:
        """The number of a condition id, None where it is unknown."""
        key = int(identity, 16)
        bucket = self._directory[key & (BUCKETS - 1)]
        at = bisect_left(bucket, key, key=self.ids.__getitem__)
        if at < len(bucket) and self.ids[bucket[at]] == key:
            return bucket[at]
        return None

    def identity(self, number: int) -> str:
        """The condition id of a number."""
        return f"{self.ids[number]:016x}"

    def add(self, condition: Condition, home: int) -> int:
        """A row for a condition."""
        leaf = condition.root if isinstance(condition.root, Leaf) else None
        pattern, mantissa = _split(condition, leaf)
        number = self._row(home, pattern, mantissa)
        key = int(condition.id, 16)
        self.ids[number] = key
        bucket = self._directory[key & (BUCKETS - 1)]
        bucket.insert(bisect_left(bucket, key, key=self.ids.__getitem__), number)
        if leaf is None:
            self.whole[number] = condition
        elif self.text(number) != condition.text or self.leaf(number) != leaf:
            self.whole[number] = condition
            self.leaves[number] = leaf
        return number

    def add_part(self, leaf: Leaf, condition: Condition, home: int) -> int:
        """A row for a leaf of a composite."""
        rest = (leaf.signal, leaf.args, leaf.verb, condition.sessions, condition.hysteresis, leaf.made)
        pattern = Pattern("", "", 0, None, *rest)
        number = self._row(home, pattern, 0)
        self.leaves[number] = leaf
        self.code[number] |= PART
        return number

    def remove(self, number: int) -> None:
        """Free a row."""
        if not self.code[number] & PART:
            bucket = self._directory[self.ids[number] & (BUCKETS - 1)]
            bucket.remove(number)
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
        pattern = self.pattern(number)
        if pattern.power is None:
            return pattern.before
        digits, decimals = str(self.mantissas[number]), pattern.decimals
        if not decimals:
            return pattern.before + digits + pattern.after
        if len(digits) <= decimals or digits[0] == "-":
            digits = f"{Decimal(digits).scaleb(-decimals):f}"
            return pattern.before + digits + pattern.after
        return f"{pattern.before}{digits[:-decimals]}.{digits[-decimals:]}{pattern.after}"

    def leaf(self, number: int) -> Leaf:
        """The leaf of a simple condition or of a part."""
        found = self.leaves.get(number)
        if found is not None:
            return found
        pattern = self.pattern(number)
        level = None
        if pattern.power is not None:
            level = Decimal(self.mantissas[number]).scaleb(pattern.power)
        return Leaf(pattern.signal, pattern.args, pattern.verb, level, pattern.made)

    def ratio(self, number: int, decimals: int) -> tuple[int, int]:
        """A plain condition's own price level in quanta, as numerator and denominator."""
        power = (self.pattern(number).power or 0) + decimals
        mantissa = self.mantissas[number]
        return (mantissa * 10**power, 1) if power >= 0 else (mantissa, 10**-power)

    def pattern(self, number: int) -> Pattern:
        """What the condition shares with its like."""
        return self._known[self.patterns[number]]

    def manner(self, number: int) -> Manner:
        """How the leaf of a number behaves."""
        at = self.patterns[number]
        found = self._manners[at]
        if found is None:
            found = self._manners[at] = manner_of(self.leaf(number))
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

    def _row(self, home: int, pattern: Pattern, mantissa: int) -> int:
        kind = self._numbers.setdefault(pattern, len(self._known))
        if kind == len(self._known):
            self._known.append(pattern)
            self._manners.append(None)
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


def _split(condition: Condition, leaf: Leaf | None) -> tuple[Pattern, int]:
    signal, args, verb = (leaf.signal, leaf.args, leaf.verb) if leaf else ("", (), "")
    rest = (signal, args, verb, condition.sessions, condition.hysteresis, leaf.made if leaf else None)
    match = NUMBER.fullmatch(condition.text)
    if leaf is None or leaf.level is None or match is None:
        return Pattern(condition.text if leaf else "", "", 0, None, *rest), 0
    before, whole, fraction, after = match.groups(default="")
    mantissa, decimals = int(whole + fraction), len(fraction)
    # The level is the number as written, in percent or in thousands and so on: 5% is 0.05, 610B is 610e9.
    power = (leaf.level / mantissa).adjusted() if mantissa else -decimals
    return Pattern(before, after, decimals, power, *rest), mantissa
