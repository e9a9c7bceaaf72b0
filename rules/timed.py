"""Parts that clocks and closes decide: `X at 14:50`, `X between 10:00 and 14:30`, `X on close`."""

from datetime import date, timedelta

from rules.composite import Formula, Literal, Reading, truth
from rules.memory import Edge, Memory, Origin, Scene
from rules.model import At, Between

MICROSECOND = timedelta(microseconds=1)


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
        if found is False:
            self._counts = False
        elif rings:
            self._counts = self._is_inside
        elif rings is None and (self._is_inside or self._counts):
            self._counts = None
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

    __slots__ = ("_part", "_resets")

    def __init__(self, origin: Origin, part: Formula, bar: timedelta, *, resets: bool, anew: bool) -> None:
        super().__init__(origin)
        self._part, self._resets = part, resets  # whether X ends with the session
        self.bar, self.is_anew = bar, anew
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
