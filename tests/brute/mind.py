"""A leaf's memory: armed, rang, waiting to be seen false; what it was last seen to be (design 4.3, 4.5)."""

from dataclasses import dataclass

from tests.brute.sense import Measured, Sense
from tests.brute.tape import Look


@dataclass
class Mind:
    """One leaf of one condition."""

    sense: Sense
    late: bool = False  # made after its market's open, in this session
    negated: bool = False
    state: str = "new"  # new, armed, rang, waiting
    truth: bool | None = None  # as last seen; None: absent
    side: int = 0  # of a two-way crossing: where it stands
    inside: bool = False  # of the same: it rang and did not go back
    is_known: bool = False  # a two-way crossing has stood beside its level

    def look(self, at: Look) -> bool:
        """One quote; whether it rings."""
        if self.sense.two_way:
            return self._pass(at)
        holds = self.sense.holds(at)
        if holds is None:
            self.truth = None
            if not isinstance(self.sense, Measured) and self.sense.crossing and self.state == "armed":
                self.state = "new"  # what was absent all the while is looked at anew
            return False
        holds = holds is not self.negated
        if self.state == "new":
            self.state = "waiting" if self._was_true(at, holds=holds) else "armed"
        self.truth, self.late, self.is_known = holds, False, True
        if holds and self.state == "armed":
            self.state = "rang"
            return True
        if not holds and self.state == "waiting":
            self.state = "armed"
        return False

    def _was_true(self, at: Look, *, holds: bool) -> bool:
        """Whether a crossing form was not seen false before its first look."""
        if not self.sense.crossing:
            return False
        if at.day.looked or not at.day.early or self.late or self.sense.carries_nothing:
            return holds
        if _close(at) is None and not (self.sense.bars or self.sense.fresh):
            return holds
        return not self.sense.bars and self.sense.yesterday(at) is True

    def _pass(self, at: Look) -> bool:
        """`crosses`: strictly on the other side than it stood; a tie is not crossed."""
        self.truth = False
        if self.state == "new":
            self.state = "armed"
            close = _close(at)
            if not at.day.looked and at.day.early and not self.late and close is not None:
                self.side = self.sense.side_of(at, close)
        self.late = False
        self.is_known = True
        side = self.sense.side_of(at, at.price)
        if not side:
            return False
        crossed, self.side = bool(self.side) and side != self.side, side
        if not crossed:
            return False
        self.inside = self.state == "armed"
        self.state = "rang"
        return self.inside

    def returns(self, at: Look) -> bool:
        """Whether it rang and is false and back by the hysteresis: armed again."""
        if self.state != "rang" or self.truth is not False or not self.sense.is_back(at):
            return False
        self.state = "armed"
        return True

    def begin(self, *, late: bool) -> bool:
        """A session begins, maybe the one it was made in; whether a ring ends with it."""
        self.late = self.late and late
        if not (self.sense.fresh or self.sense.bars):
            return False
        rang = self.state == "rang"
        self.state, self.truth = "new", None
        return rang

    def end(self) -> None:
        """Inside a composite a crossing ends with the session: seen false again before it is another."""
        if not self.sense.crossing and not self.sense.two_way:
            return
        self.inside = False
        if self.truth and self.state != "new":
            self.state = "waiting"
        elif self.state == "rang":
            self.state = "armed"

    def finish(self, at: Look) -> None:
        """The truth of a finished bar; rings nothing."""
        if self.sense.two_way or isinstance(self.sense, Measured):
            return
        holds = self.sense.holds(at)
        self.truth = None if holds is None else holds is not self.negated

    @property
    def literal(self) -> bool | None:
        """Inside a composite: a crossing is true from its ring until it goes back."""
        if self.sense.two_way:
            return self.inside if self.is_known else None
        return False if self.truth and self.state == "waiting" else self.truth

    @property
    def sticky(self) -> bool | None:
        """The same, until it is back by the hysteresis."""
        return True if self.literal is False and self.state == "rang" else self.literal

    @property
    def sticky_at_begin(self) -> bool | None:
        """The same before a session's first quote: what is measured within it is not yet."""
        return False if self.sense.fresh or self.sense.bars else self.sticky


def _close(at: Look) -> int | None:
    """Of the session before, as the feed says it, else as it was seen."""
    return at.tape.last_price if at.day.prev_close is None else at.day.prev_close
