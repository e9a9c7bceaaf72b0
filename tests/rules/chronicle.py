"""What conditions with memory mean, written down over all quotes so far: nothing is skipped, little is kept.

Every part answers for every quote from the sentences of the definition; the engine has to say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from rules.model import Leaf
from tests.rules.test_oracle import Day, H, average, compare

Truth = bool | None
OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "above": "not above"}
CROSSED = {"crosses above": ">", "crosses below": "<", "crosses": ">"}


@dataclass(frozen=True)
class Session:
    """One trading day: when it trades, and the bars before it."""

    opened: datetime
    spans: tuple[tuple[datetime, datetime], ...]
    midnight: datetime  # of the market's own clock
    bars: Day

    @property
    def closed(self) -> datetime:
        """The end of its last span."""
        return self.spans[-1][1]


@dataclass(frozen=True)
class Moment:
    """One quote, or the close of a session."""

    time: datetime
    session: Session
    price: Fraction
    is_close: bool = False
    is_first: bool = False  # quote of its session


class Trading:
    """Trading time between instants, span by span."""

    def __init__(self, sessions: Sequence[Session]) -> None:
        self._spans = [span for session in sessions for span in session.spans]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Only what lies in a span counts."""
        parts = (min(end, last) - max(start, first) for first, last in self._spans)
        return sum((part for part in parts if part > timedelta()), timedelta())


def kleene(every: bool, found: Sequence[Truth]) -> Truth:  # noqa: FBT001 - as a formula has it
    """All or any, three-valued."""
    if (not every) in found:
        return not every
    return None if None in found else every


class Part:
    """A node of the condition with its answer for every moment since the condition was made."""

    def __init__(self) -> None:
        self.now: list[Truth] = []
        self.lasts: list[Truth] = []  # not yet back by the hysteresis
        self.rings: list[bool] = []
        self.moments: list[Moment] = []
        self.floor = 0  # from which moment on it may be held
        self._known: Truth = None  # the last truth that was known, false again where a session arms it

    def look(self, moment: Moment) -> None:
        """Answer for one moment more; parts within have answered."""
        self.moments.append(moment)
        found = self.say(moment)
        self.now.append(found)
        self.lasts.append(self.last())
        self.rings.append(bool(found) and (self._known is not True or self.is_passed()))
        self._known = found if found is not None else self._known

    def begin(self) -> None:
        """A session begins: what is not true now may ring on its first quote."""
        if self._known and self.at_dawn() is not True:
            self._known = False

    def say(self, moment: Moment) -> Truth:
        """The truth of a moment."""
        raise NotImplementedError

    def last(self) -> Truth:
        """Held as long as the parts within are not back."""
        return self.now[-1]

    def dawn(self) -> Truth:
        """Not yet back when a session begins, before its first quote."""
        return self.at_dawn()

    def at_dawn(self) -> Truth:
        """The truth when a session begins, what is measured within it being false."""
        return self.now[-1] if self.now else None

    def stands(self) -> Truth:
        """Not yet back, whatever the clock says."""
        return self.lasts[-1]

    def closes(self) -> Truth:
        """The truth at the bar's close, whatever the clock says."""
        return self.now[-1]

    def is_passed(self) -> bool:
        """A crossing both ways that was passed once more."""
        return False

    def held(self, inner: "Part") -> Truth:
        """True from a moment on at which this was, as long as a part within is not back."""
        for at in range(len(self.now) - 1, self.floor - 1, -1):
            if inner.lasts[at] is False and not self.now[at]:
                break
            if self.now[at]:
                return True
        return self.now[-1]


class Atom(Part):
    """A leaf: armed, rang, or waiting to be seen false."""

    def __init__(self, leaf: Leaf, *, negated: bool, late: bool) -> None:
        super().__init__()
        self.leaf, self.negated, self.late = leaf, negated, late
        self.is_cross = leaf.verb in CROSSED or leaf.verb == "reclaim"
        self.is_fresh = leaf.signal == "change"
        self.rang = self.waits = self._rung = False
        self._true: Truth = None
        self._side: bool | None = None  # two-way: where it was seen last
        self._crossed = False  # two-way: it rang and has not gone back

    def define(self, price: Fraction, day: Day) -> tuple[bool, bool] | None:
        """Holds; is false and back."""
        leaf, verb = self.leaf, self.leaf.verb
        if leaf.signal == "ma":
            days = leaf.args[0]
            assert isinstance(days, int)
            if days > len(day.closes):
                return None
            found = average(leaf, price, day)
            if found is None or not self.negated:
                return found
            level = sum(day.closes[len(day.closes) - days + 1 :], Fraction()) / (days - 1)
            return not found[0], found[0] and price >= level * (1 + H)
        verb = OPPOSITE[verb] if self.negated else CROSSED.get(verb, verb)
        level = Fraction(leaf.level or 0)
        if leaf.signal == "change":
            return compare(verb, price / day.closes[-1] - 1, level, price, day.closes[-1] * (1 + level))
        return compare(verb, price, level, price, level)

    def begin(self) -> None:
        """What is measured within a session starts armed; crossings end with it."""
        if self.is_cross:
            self.rang = self._crossed = False
            self.waits = bool(self._true) and self.leaf.verb not in {"reclaim", "crosses"}
        if self.is_fresh or self.leaf.verb == "reclaim":
            self.rang, self._true = False, None
        super().begin()

    def at_dawn(self) -> Truth:
        """False where the session measures it or it crossed."""
        if self.leaf.verb == "reclaim" or (self.leaf.verb == "crosses" and self._side is None):
            return None
        if self.is_fresh or self.is_cross:
            return False
        return super().at_dawn()

    def dawn(self) -> Truth:
        """The same by the hysteresis; a cross of bars has not been judged."""
        if self.leaf.verb == "reclaim":
            return None
        if self.is_fresh or self.is_cross:
            return False
        return self.lasts[-1] if self.lasts else None

    def say(self, moment: Moment) -> Truth:
        """True, and where it is a crossing, passed."""
        self._rung = False
        if self.leaf.verb == "crosses":
            return self._pass(moment)
        found = self.define(moment.price, moment.session.bars)
        if found is None:
            return None
        holds, back = found
        if not self.now and self.is_cross:
            self._first(moment, holds)
        self._true = holds
        if holds and not self.waits:
            self._rung, self.rang = not self.rang, True
        self.waits = self.waits and holds
        self.rang = self.rang and not back
        return holds and not self.waits

    def _first(self, moment: Moment, holds: bool) -> None:  # noqa: FBT001 - the present truth
        """Seen on the previous bar where the rule is older than the session, else not seen at all."""
        bars = moment.session.bars
        if self.late or not moment.is_first:
            self.waits = holds
        elif self.leaf.verb != "reclaim":
            past = self.define(bars.closes[-1], Day(bars.closes[:-1], [], []))
            self.waits = bool(past and past[0])

    def _pass(self, moment: Moment) -> Truth:
        level = Fraction(self.leaf.level or 0)
        if not self.now and not self.late and moment.is_first:
            self._see(moment.session.bars.closes[-1], level)
        self._see(moment.price, level)
        if abs(moment.price / level - 1) >= H:
            self.rang = False
        return None if self._side is None else self._crossed

    def _see(self, price: Fraction, level: Fraction) -> None:
        if price == level:
            return
        side = price > level
        if self._side is not None and side is not self._side:
            self._rung = not self.rang
            self._crossed = self._rung
            self.rang = True
        self._side = side

    def last(self) -> Truth:
        """Held until it is back."""
        return True if self.now[-1] is False and self.rang else self.now[-1]

    def is_passed(self) -> bool:
        """By its own count of rings."""
        return self.is_cross and self._rung


class Joined(Part):
    """And, or."""

    def __init__(self, every: bool, parts: Sequence[Part]) -> None:  # noqa: FBT001 - as a formula has it
        super().__init__()
        self.every, self.parts = every, parts

    def say(self, moment: Moment) -> Truth:
        """By the parts."""
        del moment
        return kleene(self.every, [part.now[-1] for part in self.parts])

    def last(self) -> Truth:
        """By the parts."""
        return kleene(self.every, [part.lasts[-1] for part in self.parts])

    def dawn(self) -> Truth:
        """By the parts."""
        return kleene(self.every, [part.dawn() for part in self.parts])

    def at_dawn(self) -> Truth:
        """By the parts."""
        return kleene(self.every, [part.at_dawn() for part in self.parts])

    def stands(self) -> Truth:
        """By the parts."""
        return kleene(self.every, [part.stands() for part in self.parts])

    def closes(self) -> Truth:
        """By the parts."""
        return kleene(self.every, [part.closes() for part in self.parts])
