"""Parts that remember what went before: `A then B within w`, `X for w`."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from rules.composite import Formula, Literal, Reading, truth
from rules.language.figures import write_window
from rules.memory import Edge, Memory, Origin, Scene
from rules.model import Held


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
        if found is False:
            self._counts = False
        elif rings is not False:
            self._counts = self._is_near(scene.time) if rings else None
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
