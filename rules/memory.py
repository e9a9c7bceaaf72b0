"""What a composite remembers between quotes: since when, what rang first, what a close decided.

A cell is looked at on every quote on which a leaf of its composite flipped, and on the first one from the
moment it waits for; between these its truth does not change, so that no other quote need be looked at. After
a restart memory is absent: a window that was not seen whole is unknown.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.composite import Formula, Literal, Reading, truth
from rules.dial import Dial
from rules.sessions import Session

DAY_BAR = timedelta(days=1)  # the session's, however long that is


@dataclass(frozen=True, slots=True)
class Scene:
    """One quote, or one bar's close, as cells see it."""

    time: datetime
    session: Session
    literal: Literal
    sticky: Literal  # the same, held until it is back by the hysteresis
    rang: Collection[int] = ()  # leaves that rang on this quote
    closing: timedelta | None = None  # the bar that closes; None: this is a quote


@dataclass(frozen=True, slots=True)
class Origin:
    """What a cell is made from."""

    dial: Dial
    negated: bool  # an odd count of `not` stands before it
    blind: bool  # its condition lived before, what it saw then is not known


class Memory:
    """A cell: what it is now, and the moment from which the next quote is to be looked at."""

    __slots__ = ("bar", "blind", "dial", "is_anew", "negated", "now", "wakes")

    def __init__(self, origin: Origin) -> None:
        self.dial, self.negated, self.blind = origin.dial, origin.negated, origin.blind
        self.now: bool | None = None
        self.wakes: datetime | None = None
        self.bar: timedelta | None = None  # the bar whose close decides it; None: quotes do
        self.is_anew = False  # each such bar decides anew, whatever the one before decided

    def read(self, literal: Literal, reading: Reading) -> bool | None:
        """Its truth in a sense; an opposite lasts no longer than it is true."""
        if reading is Reading.NOW or (self.negated and reading is not Reading.BAR):
            found = self.now
        else:
            found = self.sense(literal, reading)
        return found if found is None or not self.negated else not found

    def sense(self, literal: Literal, reading: Reading) -> bool | None:
        """Its truth in any sense but that of the last quote, no `not` counted."""
        raise NotImplementedError

    def see(self, scene: Scene) -> None:
        """Take a quote or a close in; inner cells have seen it."""
        raise NotImplementedError

    def begin(self, literal: Literal, sticky: Literal) -> None:
        """A session begins; by these what it measures is false. Its first quote is seen next."""

    def tell(self) -> Mapping[str, str]:
        """What it remembers, as evidence of a ring."""
        return {}


class Edge:
    """The rings of a part: it becomes true, or its crossing is passed once more."""

    __slots__ = ("_crossing", "_gap", "_known", "formula")

    def __init__(self, formula: Formula, *, crossing: bool, blind: bool) -> None:
        self.formula = formula
        self._gap: bool | None = True if blind else None  # rings may have passed unseen; None: they never do
        self._crossing = formula if crossing and isinstance(formula, int) else None
        self._known: bool | None = None  # its last truth that was known

    def look(self, scene: Scene) -> tuple[bool | None, bool | None]:
        """Its truth, and whether it rings here; None: it may have rung unseen up to now."""
        found = truth(self.formula, scene.literal)
        if found is None:
            self._gap = self._gap if self._gap is None else True
            return None, None if self._gap else False
        was, gap = self._known, self._gap
        self._known, self._gap = found, self._gap if self._gap is None else False
        if found and self._crossing in scene.rang:
            return True, True
        return found, None if gap else found and not was

    def begin(self, literal: Literal) -> None:
        """What is not true any more when a session begins may ring on its first quote."""
        if self._known and truth(self.formula, literal) is not True:
            self._known = False


@dataclass(frozen=True, slots=True)
class Tree:
    """A composite: its formula over the numbers of its leaves, in the order they were written.

    A number stands for its leaf, or for the leaf's opposite where an odd count of `not` stands before it: so
    hysteresis of `not A` is that of A's opposite. (True, parts) means all, (False, parts) any.
    """

    formula: Formula
    parts: tuple[int, ...]
    cells: tuple[Memory, ...] = ()  # inner ones first
    deciding: tuple[int, ...] = ()  # of the parts, those that can complete a ring: not A of `A then B`
    open: tuple[int, ...] = ()  # those whose quotes can: what a close alone decides is never provisional

    def see(self, scene: Scene) -> datetime | None:
        """Take a quote or a close in; the moment from which the next quote is to be looked at, if any."""
        for cell in self.cells:
            cell.see(scene)
        return min((cell.wakes for cell in self.cells if cell.wakes), default=None)

    def begin(self, literal: Literal, sticky: Literal) -> None:
        """A session begins."""
        for cell in self.cells:
            cell.begin(literal, sticky)

    def decided(self, bar: timedelta) -> tuple[Memory, ...]:
        """Those of its cells that the close of a bar decides."""
        return tuple(cell for cell in self.cells if cell.bar == bar)

    def tell(self) -> Mapping[str, str]:
        """What its cells remember, as evidence of a ring."""
        told: dict[str, str] = {}
        for cell in self.cells:
            for name, text in cell.tell().items():
                told[name] = f"{told[name]}, {text}" if name in told else text
        return told
