"""The parts that remember, and a condition's whole life, after the definition (tests/rules/chronicle.py)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rules.model import And, At, Between, Held, Leaf, Node, Not, OnClose, Or, Then
from tests.rules.chronicle import CROSSED, Atom, Joined, Moment, Part, Trading, Truth


class Opposed(Part):
    """Not, before a part that remembers."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self.part = part

    def say(self, moment: Moment) -> Truth:
        """The opposite."""
        del moment
        return None if self.part.now[-1] is None else not self.part.now[-1]

    def at_dawn(self) -> Truth:
        """The opposite."""
        found = self.part.at_dawn()
        return None if found is None else not found


class Holds(Part):
    """X was true on every quote since one long enough ago."""

    def __init__(self, part: Part, span: timedelta, trading: Trading) -> None:
        super().__init__()
        self.part, self.span, self.trading = part, span, trading

    def say(self, moment: Moment) -> Truth:
        """Unknown interrupts, and is unknown."""
        now = self.part.now
        if not now[-1]:
            return now[-1]
        at = len(now) - 1
        while at and now[at - 1]:
            at -= 1
        return self.trading.between(self.moments[at].time, moment.time) >= self.span

    def last(self) -> Truth:
        """Held until X is back."""
        return False if self.part.lasts[-1] is False else self.held(self.part)

    def dawn(self) -> Truth:
        """The same."""
        return False if self.part.dawn() is False else self.lasts[-1]

    def stands(self) -> Truth:
        """The same."""
        return False if self.part.stands() is False else self.lasts[-1]


class Follows(Part):
    """B rang within w of a ring of A on an earlier quote, and has not gone back."""

    def __init__(self, first: Part, second: Part, within: timedelta, trading: Trading) -> None:
        super().__init__()
        self.first, self.second, self.within, self.trading = first, second, within, trading
        self._counted = 0  # rings of B before this moment ended with their session

    def say(self, moment: Moment) -> Truth:
        """By the latest ring of B."""
        del moment
        if self.second.now[-1] is not True:
            return self.second.now[-1]
        for at in range(len(self.moments) - 1, self._counted - 1, -1):
            if self.second.now[at] is False:
                return False
            if self.second.rings[at]:
                return self.is_near(at)
        return False

    def is_near(self, at: int) -> bool:
        """Whether A rang not too long before."""
        end = self.moments[at].time
        return any(
            rang and self.trading.between(moment.time, end) <= self.within
            for rang, moment in zip(self.first.rings[:at], self.moments, strict=False)
        )

    def begin(self) -> None:
        """Crossings end, what is measured within a session starts armed."""
        super().begin()
        if self.second.at_dawn() is False:
            self._counted = len(self.now)
        if self.second.dawn() is False:
            self.floor = len(self.now)

    def at_dawn(self) -> Truth:
        """Gone with B."""
        return False if self.second.at_dawn() is False else super().at_dawn()

    def last(self) -> Truth:
        """Held until B is back."""
        return False if self.second.lasts[-1] is False else self.held(self.second)

    def dawn(self) -> Truth:
        """The same."""
        if self.second.dawn() is False:
            return False
        return True if self.lasts and self.lasts[-1] else self.at_dawn()

    def stands(self) -> Truth:
        """The same."""
        return False if self.second.stands() is False else self.lasts[-1]


class Timely(Part):
    """What a clock makes false lets a provisional ring stand."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self.part = part

    def fired(self) -> bool:
        """True on a quote of this session."""
        today = self.moments[-1].session
        return any(
            now and moment.session is today for now, moment in zip(self.now, self.moments, strict=True)
        )

    def at_dawn(self) -> Truth:
        """False between sessions."""
        return False

    def stands(self) -> Truth:
        """As X does."""
        return self.part.stands() if self.fired() else False

    def closes(self) -> Truth:
        """As X does."""
        return self.part.closes() if self.fired() else False


class Once(Timely):
    """The first quote of the session from a time on, if the condition and the world were there before."""

    def __init__(self, node: At, part: Part, quotes: Sequence[Moment], made: datetime | None) -> None:
        super().__init__(part)
        self.after = timedelta(hours=node.clock.hour, minutes=node.clock.minute)
        self.quotes, self.made = quotes, made

    def say(self, moment: Moment) -> Truth:
        """True on that quote alone."""
        instant = moment.session.midnight + self.after
        later = [one for one in self.quotes if one.session is moment.session and one.time >= instant]
        if moment.is_close or not later or later[0] is not moment:
            return False
        if (self.made and self.made >= instant) or self.quotes[0].time > instant:
            return False
        return self.part.now[-1]


class Inside(Timely):
    """Within two times: the truth of a state, the ring of a crossing."""

    def __init__(self, node: Between, part: Part, *, crossing: bool) -> None:
        super().__init__(part)
        self.edges = [timedelta(hours=clock.hour, minutes=clock.minute) for clock in (node.start, node.end)]
        self.crossing = crossing

    def is_inside(self, moment: Moment) -> bool:
        """Both ends count."""
        start, end = (moment.session.midnight + edge for edge in self.edges)
        return start <= moment.time <= end

    def say(self, moment: Moment) -> Truth:
        """A crossing counts from its latest ring on."""
        if not self.crossing:
            return self.part.now[-1] if self.is_inside(moment) else False
        for at in range(len(self.moments) - 1, self.floor - 1, -1):
            if self.part.now[at] is False:
                return False
            if self.part.rings[at]:
                return self.part.now[-1] if self.is_inside(self.moments[at]) else False
        return False

    def begin(self) -> None:
        """Nothing is inside between sessions."""
        super().begin()
        self.floor = len(self.now)

    def last(self) -> Truth:
        """Leaving the times ends a state; a crossing is held until it is back."""
        if not self.crossing:
            return self.part.lasts[-1] if self.is_inside(self.moments[-1]) else False
        return False if self.part.lasts[-1] is False else self.held(self.part)


class Decided(Part):
    """As the session's last price had it."""

    def __init__(self, part: Part, *, resets: bool) -> None:
        super().__init__()
        self.part, self.resets = part, resets
        self._value: Truth = False

    def say(self, moment: Moment) -> Truth:
        """Closes decide."""
        if moment.is_close:
            self._value = self.part.now[-1]
        return self._value

    def begin(self) -> None:
        """Crossings end with their session."""
        self._value = False if self.resets else self._value
        super().begin()

    def at_dawn(self) -> Truth:
        """As decided."""
        return self._value


class Story:
    """One condition's life on one instrument: its words, by the book."""

    def __init__(self, root: Node, trading: Trading, quotes: Sequence[Moment], made: datetime | None) -> None:
        self.trading, self.quotes, self.made = trading, quotes, made
        self.parts: list[Part] = []
        self.is_open = self.has_close = False
        self.root = self.grow(root, negated=False, closed=False)
        self.ring, self.rang, self.provisional = 0, False, False
        self.said: list[tuple[int, str, datetime]] = []

    def grow(self, node: Node, *, negated: bool, closed: bool) -> Part:
        """Parts, inner ones first."""
        part = self.make(node, negated=negated, closed=closed)
        self.parts.append(part)
        if negated and not isinstance(node, Leaf | Not | And | Or):
            part = Opposed(part)
            self.parts.append(part)
        return part

    def make(self, node: Node, *, negated: bool, closed: bool) -> Part:
        """One part; `not` goes to the leaves."""
        match node:
            case Leaf():
                self.is_open |= node.signal == "ma" and not closed
                return Atom(node, negated=negated, late=self.made is not None)
            case Not(part=inner):
                return Joined(True, [self.grow(inner, negated=not negated, closed=closed)])
            case And(parts=parts) | Or(parts=parts):
                every = isinstance(node, And) is not negated
                return Joined(every, [self.grow(one, negated=negated, closed=closed) for one in parts])
            case Then():
                first = self.grow(node.first, negated=False, closed=closed)
                second = self.grow(node.second, negated=False, closed=closed)
                return Follows(first, second, node.within, self.trading)
        return self.qualify(node, closed=closed)

    def qualify(self, node: Held | At | Between | OnClose, *, closed: bool) -> Part:
        """One part with a qualifier."""
        if isinstance(node, OnClose):
            self.has_close = True
            return Decided(self.grow(node.part, negated=False, closed=True), resets=ends(node.part))
        part = self.grow(node.part, negated=False, closed=closed)
        match node:
            case Held():
                return Holds(part, node.span, self.trading)
            case At():
                return Once(node, part, self.quotes, self.made)
        return Inside(node, part, crossing=isinstance(node.part, Then) or ends(node.part))

    def begin(self) -> None:
        """A session begins."""
        for part in self.parts if self.root.now else ():
            part.begin()
        if self.rang and self.root.dawn() is False:
            self.rang = False

    def look(self, moment: Moment) -> None:
        """One quote, or a close where one decides."""
        for part in self.parts:
            part.look(moment)
        now = self.root.now[-1]
        if now and not self.rang:
            self.ring, self.rang, self.provisional = self.ring + 1, True, self.is_open
            self.say("provisional" if self.provisional else "fired", moment.time)
        elif now is False and self.rang and self.is_back():
            self.rang = False
            self.settle("withdrawn", moment.time)

    def is_back(self) -> bool:
        """By the hysteresis; while provisional whatever the clock says."""
        return (self.root.stands() if self.provisional else self.root.lasts[-1]) is False

    def close(self, moment: Moment) -> None:
        """The session's bar closes."""
        if self.has_close and self.root.now:  # from its first quote on
            self.look(moment)
        if self.provisional:
            stands = self.root.closes() is True
            self.rang = self.rang and stands
            self.settle("confirmed" if stands else "withdrawn", moment.time)

    def settle(self, word: str, time: datetime) -> None:
        """The end of a provisional ring."""
        if self.provisional:
            self.provisional = False
            self.say(word, time)

    def say(self, word: str, time: datetime) -> None:
        """One word."""
        self.said.append((self.ring, word, time))


def ends(node: Node) -> bool:
    """A crossing that ends with its session."""
    if isinstance(node, Between):
        return ends(node.part)
    return isinstance(node, Leaf) and (node.verb in CROSSED or node.verb == "reclaim")
