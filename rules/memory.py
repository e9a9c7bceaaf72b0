"""What a composite remembers between quotes: since when, what rang first, what a close decided.

A cell is looked at on every quote on which a leaf of its composite flipped, and on the first one from the
moment it waits for; between these its truth does not change, so that no other quote need be looked at. After
a restart memory is absent: a window that was not seen whole is unknown.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.composite import Formula, Literal, Reading, truth
from rules.dial import Dial
from rules.figures import write_window
from rules.model import At, Between, Held
from rules.sessions import Session

MICROSECOND = timedelta(microseconds=1)
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

    __slots__ = ("blind", "dial", "negated", "now", "wakes")

    def __init__(self, origin: Origin) -> None:
        self.dial, self.negated, self.blind = origin.dial, origin.negated, origin.blind
        self.now: bool | None = None
        self.wakes: datetime | None = None

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
        """Its truth, and whether it rings here; None: it may have rung unseen, for memory is absent."""
        found = truth(self.formula, scene.literal)
        if found is None:
            self._gap = self._gap if self._gap is None else True
            return None, None if self._gap else False
        was, gap = self._known, self._gap
        self._known, self._gap = found, self._gap if self._gap is None else False
        if not found or self._crossing in scene.rang:
            return found, found
        return True, None if gap else not was

    def begin(self, literal: Literal) -> None:
        """What is not true any more when a session begins may ring on its first quote."""
        if self._known and truth(self.formula, literal) is not True:
            self._known = False


class Sequence(Memory):
    """`A then B within w`."""

    __slots__ = ("_counts", "_first", "_is_new", "_lasts", "_rang", "_second", "_unseen", "_within")

    def __init__(self, origin: Origin, first: Edge, second: Edge, within: timedelta) -> None:
        super().__init__(origin)
        self._first, self._second, self._within = first, second, within
        self._rang: datetime | None = None  # the latest ring of A
        self._unseen: datetime | None = None  # until then A may have rung unseen
        self._is_new = True
        self._counts: bool | None = None if origin.blind else False  # what B's present truth is worth
        self._lasts = False

    def sense(self, literal: Literal, reading: Reading) -> bool | None:
        """Held until B goes back; a bar tells that B is false, never what came first."""
        if reading is Reading.CLOSING:
            return self.now
        found = truth(self._second.formula, literal, reading)
        if found is False or reading is Reading.BAR:
            return None if found else found
        return True if self._lasts else self.now

    def see(self, scene: Scene) -> None:
        """B's ring counts where A rang on an earlier quote and not too long ago."""
        self._is_new = False
        found, rings = self._second.look(scene)
        if rings is not False:
            self._counts = self._is_near(scene.time) if rings else None
        elif found is False:
            self._counts = False
        self.now = None if found is None else self._counts
        rings = self._first.look(scene)[1]
        if rings:
            self._rang = scene.time
        elif rings is None:
            self._unseen = scene.time
        if self.now:
            self._lasts = True
        elif self._lasts and truth(self._second.formula, scene.sticky, Reading.LASTING) is False:
            self._lasts = False

    def _is_near(self, time: datetime) -> bool | None:
        for start, answer in ((self._rang, True), (self._unseen, None)):
            if start is not None and self.dial.elapsed(start, time, self._within) <= self._within:
                return answer
        return False

    def begin(self, literal: Literal, sticky: Literal) -> None:
        """Crossings end with the session; what is measured within one starts armed."""
        if self._is_new:
            return
        self._first.begin(literal)
        self._second.begin(literal)
        if self._counts is not False and truth(self._second.formula, literal) is False:
            self._counts = self.now = False
        if self._lasts and truth(self._second.formula, sticky, Reading.LASTING) is False:
            self._lasts = False

    def tell(self) -> Mapping[str, str]:
        """When A rang."""
        return {} if self._rang is None else {"first": self.dial.written(self._rang)}


class Holding(Memory):
    """`X for w`."""

    __slots__ = ("_is_known", "_is_new", "_lasts", "_part", "_since", "_span")

    def __init__(self, origin: Origin, node: Held, part: Formula) -> None:
        super().__init__(origin)
        self._part, self._span = part, node.span
        self._since: datetime | None = None  # the first quote of X's present run
        self._is_known = True  # whether the run began there
        self._is_new = True  # nothing is known yet
        self._lasts = False

    def sense(self, literal: Literal, reading: Reading) -> bool | None:
        """Held until X is back by its hysteresis; a bar does not tell how long X was true."""
        if reading is Reading.CLOSING:
            return self.now
        found = truth(self._part, literal, reading)
        if found is False or reading is Reading.BAR:
            return None if found else found
        return True if self._lasts else self.now

    def see(self, scene: Scene) -> None:
        """X unknown interrupts."""
        found, self.wakes = truth(self._part, scene.literal), None
        if found:
            self._run(scene.time, is_known=not (self._is_new and self.blind))
        else:
            self._since, self.now = None, found
        self._is_new = self._is_new and found is None
        if self.now:
            self._lasts = True
        elif self._lasts and truth(self._part, scene.sticky, Reading.LASTING) is False:
            self._lasts = False

    def _run(self, time: datetime, *, is_known: bool) -> None:
        if self._since is None:
            self._since, self._is_known, self.now = time, is_known, False
        if not self.now:
            long = self.dial.elapsed(self._since, time, self._span) >= self._span
            self.now = True if long else (False if self._is_known else None)
            self.wakes = None if long else self.dial.due(self._since, self._span)

    def tell(self) -> Mapping[str, str]:
        """How long it has to hold, and since when it does."""
        if self._since is None:
            return {}
        return {"held": write_window(self._span, "en"), "since": self.dial.written(self._since)}


class Timed(Memory):
    """What knows the session's day: `at` and `between`."""

    __slots__ = ("_day", "_fired", "_part")

    def __init__(self, origin: Origin, part: Formula) -> None:
        super().__init__(origin)
        self._part = part
        self._day: date | None = None
        self._fired: bool | None = None  # true on some quote of the day; None: not known

    def sense(self, literal: Literal, reading: Reading) -> bool | None:
        """Without the clock, X; where that alone made it false, what rang stands."""
        if reading is Reading.LASTING:
            return self._last(literal)
        if reading is not Reading.BAR and self._fired is False:
            return False
        return truth(self._part, literal, reading)

    def _last(self, literal: Literal) -> bool | None:
        raise NotImplementedError

    def _meet(self, day: date) -> bool:
        """Whether this is the first look of a day."""
        if day == self._day:
            return False
        self._fired = None if self._day is None and self.blind else False
        self._day = day
        return True

    def _keep(self) -> None:
        if self.now:
            self._fired = True


class Taken(Timed):
    """`X at 14:50`."""

    __slots__ = ("_clock", "_is_done")

    def __init__(self, origin: Origin, node: At, part: Formula) -> None:
        super().__init__(origin, part)
        self._clock = node.clock
        self._is_done = False

    def _last(self, literal: Literal) -> bool | None:
        del literal
        return self.now

    def see(self, scene: Scene) -> None:
        """The session's first quote from that time on decides; the next one is looked at to end it."""
        if self._meet(scene.session.date):
            self._is_done = False
        moment = self.dial.at(scene.session.date, self._clock)
        self.now, self.wakes = False, None
        if scene.time < moment:
            self.wakes, self._fired = moment, False
        elif not self._is_done and scene.closing is None:
            self._is_done = True
            is_first = self.dial.is_first(moment)
            if is_first:
                self.now = truth(self._part, scene.literal)
            elif is_first is None or self.blind:
                self.now = None
            self.wakes = scene.time
            self._keep()

    def begin(self, literal: Literal, sticky: Literal) -> None:
        """True on one quote alone."""
        del literal, sticky
        self.now = False


class Window(Timed):
    """`X between 10:00 and 14:30`; with `crossing` it is X's ring that has to lie there."""

    __slots__ = ("_counts", "_edge", "_is_inside", "_lasts", "_node")

    def __init__(self, origin: Origin, node: Between, part: Formula, edge: Edge | None) -> None:
        super().__init__(origin, part)
        self._node, self._edge = node, edge  # None: X is a state
        self._is_inside = False
        # Whether X's present truth began with a ring in the window.
        self._counts: bool | None = None if origin.blind else False
        self._lasts = False

    def _last(self, literal: Literal) -> bool | None:
        if self._edge is None:
            return truth(self._part, literal, Reading.LASTING) if self._is_inside else False
        return True if self._lasts and truth(self._part, literal, Reading.LASTING) is not False else self.now

    def see(self, scene: Scene) -> None:
        """Within the times, both included, by the quote's own."""
        self._meet(scene.session.date)
        start = self.dial.at(scene.session.date, self._node.start)
        end = self.dial.at(scene.session.date, self._node.end)
        self._is_inside = start <= scene.time <= end
        self.wakes = start if scene.time < start else end + MICROSECOND if self._is_inside else None
        if self._edge is None:
            self.now = truth(self._part, scene.literal) if self._is_inside else False
        else:
            self._cross(scene, self._edge)
        self._keep()

    def _cross(self, scene: Scene, edge: Edge) -> None:
        found, rings = edge.look(scene)
        if rings:
            self._counts = self._is_inside
        elif rings is None and (self._is_inside or self._counts):
            self._counts = None
        elif found is False:
            self._counts = False
        self.now = False if self._counts is False else (found and self._counts)
        if self.now:
            self._lasts = True
        elif self._lasts and truth(self._part, scene.sticky, Reading.LASTING) is False:
            self._lasts = False

    def begin(self, literal: Literal, sticky: Literal) -> None:
        """Between two sessions nothing is inside, and crossings end."""
        del sticky
        if self._day is None:
            return
        self._is_inside = self._counts = self._lasts = self.now = False
        if self._edge is not None:
            self._edge.begin(literal)


class Decision(Memory):
    """`X on close`: a bar that closes decides the cells that name it."""

    __slots__ = ("_part", "_resets", "bar", "is_anew")

    def __init__(self, origin: Origin, part: Formula, bar: timedelta, *, resets: bool, anew: bool) -> None:
        super().__init__(origin)
        self._part, self.bar = part, bar
        self._resets, self.is_anew = resets, anew  # X ends with the session; X is decided anew by each bar
        self.now = None if origin.blind else False

    def sense(self, literal: Literal, reading: Reading) -> bool | None:
        """Decided until the next close; a finished bar tells as much as its close did."""
        return truth(self._part, literal, reading) if reading is Reading.BAR else self.now

    def see(self, scene: Scene) -> None:
        """Quotes decide nothing."""
        if scene.closing == self.bar:
            self.now = truth(self._part, scene.literal)

    def begin(self, literal: Literal, sticky: Literal) -> None:
        """Crossings end with the session."""
        del literal, sticky
        if self._resets:
            self.now = False


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

    def see(self, scene: Scene) -> datetime | None:
        """Take a quote or a close in; the moment from which the next quote is to be looked at, if any."""
        for cell in self.cells:
            cell.see(scene)
        return min((cell.wakes for cell in self.cells if cell.wakes), default=None)

    def begin(self, literal: Literal, sticky: Literal) -> None:
        """A session begins."""
        for cell in self.cells:
            cell.begin(literal, sticky)

    def decisions(self, bar: timedelta) -> tuple[Decision, ...]:
        """Those of its cells that the close of a bar decides."""
        return tuple(cell for cell in self.cells if isinstance(cell, Decision) and cell.bar == bar)

    def tell(self) -> Mapping[str, str]:
        """What its cells remember, as evidence of a ring."""
        told: dict[str, str] = {}
        for cell in self.cells:
            for name, text in cell.tell().items():
                told[name] = f"{told[name]}, {text}" if name in told else text
        return told
