"""Conditions by the book (design 4.2 to 4.5): every one is asked on every quote; its words are kept.

No index, no regions, no quiet prices, no lists of what waits: a loop over all conditions. What an engine may
say besides (re-armed, seen first) is written down as well, so that a difference shows where it begins.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from rules.model import Condition, Frame, Leaf, Phase, Quote, SessionKind
from tests.brute.clock import Calendar, micros
from tests.brute.definitions import sense_of
from tests.brute.mind import Mind
from tests.brute.sense import Measured
from tests.brute.tape import Look, Tape, look, phase_of
from tests.brute.tree import Formula, grow, truth

KINDS: Mapping[Phase, SessionKind] = {
    Phase.CONTINUOUS: SessionKind.REGULAR,
    Phase.CLOSING_AUCTION: SessionKind.REGULAR,
    Phase.AUCTION: SessionKind.AUCTION,
    Phase.PRE_OPEN: SessionKind.EXTENDED,
    Phase.AFTER_HOURS: SessionKind.EXTENDED,
}


class Word(NamedTuple):
    """One thing said: an event's state, `armed` or `seen`."""

    condition: str
    ring: int
    state: str
    touched: bool = False


@dataclass
class Case:
    """One condition's life: its leaves, and what the whole remembers."""

    condition: Condition
    tape: Tape
    minds: list[Mind]
    formula: Formula
    ring: int = 0
    rang: bool = False  # of a composite
    whole: bool | None = None  # its truth
    provisional: bool = False
    seen: bool = False
    met: bool = False  # looked at before this quote

    @property
    def is_composite(self) -> bool:
        """Whether it has several leaves, or one under a `not`."""
        return not isinstance(self.condition.root, Leaf)

    @property
    def unfinished(self) -> bool:
        """Lives on an open bar."""
        return any(mind.sense.unfinished for mind in self.minds)

    @property
    def is_true(self) -> bool:
        """As last seen."""
        return (self.whole if self.is_composite else self.minds[0].truth) is True

    def word(self, state: str, *, touched: bool = False) -> Word:
        """About its newest ring."""
        return Word(self.condition.id, self.ring, state, touched)

    def begin(self) -> Iterator[Word]:
        """A session begins: what is measured within it starts armed, crossings inside composites end.

        What rang after its bar had closed, in extended hours, is provisional still.
        """
        if not self.is_composite:
            if self.minds[0].begin():
                yield self._rearm()
            return
        for mind in self.minds:
            mind.end()
            mind.begin()
        if self.rang and truth(self.formula, lambda at: self.minds[at].sticky_at_begin) is False:
            self.rang = False
            yield self._rearm()

    def look(self, at: Look, span: tuple[tuple[int, int], ...]) -> Iterator[Word]:
        """One quote; `span` holds where the day's extremes moved since the one before."""
        met, self.met = self.met, True
        if self.is_composite:
            yield from self._look_whole(at)
            return
        (mind,) = self.minds
        was_armed = mind.state == "armed" or (mind.state == "new" and not mind.sense.crossing)
        rang = mind.look(at)
        if mind.is_known and not self.seen:
            self.seen = True
            yield Word(self.condition.id, 0, "seen")
        if rang:
            yield self._ring()
        elif met and was_armed and mind.truth is False and not mind.sense.two_way:
            yield from self._touch(mind, at, span)
        if mind.returns(at):
            yield self._rearm()

    def _touch(self, mind: Mind, at: Look, span: tuple[tuple[int, int], ...]) -> Iterator[Word]:
        if not any(mind.sense.touched(at, above, upto) for above, upto in span):
            return
        mind.state = "rang"
        yield self._ring(touched=True)
        if self.unfinished:
            mind.state = "armed"
            yield self._rearm()

    def _look_whole(self, at: Look) -> Iterator[Word]:
        for mind in self.minds:
            mind.look(at)
            mind.returns(at)
        self.whole = truth(self.formula, lambda place: self.minds[place].literal)
        if self.whole is None:
            return
        if not self.seen:
            self.seen = True
            yield Word(self.condition.id, 0, "seen")
        if self.whole and not self.rang:
            self.rang = True
            yield self._ring()
        elif (
            not self.whole
            and self.rang
            and truth(self.formula, lambda place: self.minds[place].sticky) is False
        ):
            self.rang = False
            yield self._rearm()

    def _ring(self, *, touched: bool = False) -> Word:
        self.ring += 1
        self.provisional = self.unfinished
        return self.word("provisional" if self.unfinished else "fired", touched=touched)

    def _rearm(self) -> Word:
        was, self.provisional = self.provisional, False
        return self.word("withdrawn" if was else "armed")

    def rejoin(self) -> Iterator[Word]:
        """Armed where it rang and is false."""
        rang = self.rang if self.is_composite else self.minds[0].state == "rang"
        truth_now = self.whole if self.is_composite else self.minds[0].truth
        if not rang or truth_now is not False:
            return
        self.rang = False
        if not self.is_composite:
            self.minds[0].state = "armed"
        yield self._rearm()

    def close(self, at: Look | None) -> Iterator[Word]:
        """The bar closes: what the definition says of the finished bar decides."""
        if not self.provisional:
            return
        self.provisional = False
        if at is not None:
            for mind in self.minds:
                mind.finish(at)
            if self.is_composite:
                self.whole = truth(self.formula, lambda place: self.minds[place].literal)
        if self.is_true:
            yield self.word("confirmed")
            return
        self.rang = False
        if not self.is_composite:
            self.minds[0].state = "armed"
        yield self.word("withdrawn")


@dataclass
class Market:
    """One market's time."""

    first: int | None = None
    newest: int = 0

    def reach(self, now: int) -> None:
        """Forward only."""
        self.first = now if self.first is None else self.first
        self.newest = max(self.newest, now)


@dataclass
class Book:
    """All conditions, in the order of adding."""

    calendar: Calendar
    tape_of: Callable[[str], Tape]
    tapes: dict[str, Tape] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    meters: dict[tuple[object, ...], Measured] = field(default_factory=dict)
    markets: dict[str, Market] = field(default_factory=dict)

    def tape(self, symbol: str) -> Tape:
        """An instrument's past."""
        if symbol not in self.tapes:
            self.tapes[symbol] = self.tape_of(symbol)
        return self.tapes[symbol]

    def market(self, name: str) -> Market:
        """A market's time."""
        return self.markets.setdefault(name, Market())

    def add(self, condition: Condition, ring: int = 0, *, seen: bool = False) -> None:
        """Listen from the instrument's next quote on; `ring` and `seen` are of an earlier life."""
        tape = self.tape(condition.symbol)
        newest = self.market(tape.market).newest
        session = self.calendar.session(tape.market, newest) if newest else None
        late = session is not None and newest >= session.start
        minds: list[Mind] = []

        def part(leaf: Leaf, negated: bool) -> int:  # noqa: FBT001 - called by position from the walk
            minds.append(self._mind(leaf, condition, tape, late=late, negated=negated))
            return len(minds) - 1

        formula = grow(condition.root, part)
        self.cases[condition.id] = Case(condition, tape, minds, formula, ring, seen=seen)

    def _mind(self, leaf: Leaf, condition: Condition, tape: Tape, *, late: bool, negated: bool) -> Mind:
        margin = None if condition.hysteresis is None else Fraction(condition.hysteresis)
        sense = sense_of(leaf, margin, tape)
        if isinstance(sense, Measured):
            verb = leaf.verb if leaf.signal in ("limit up", "limit down") or leaf.verb == "halved" else ""
            key = (tape.instrument.symbol, leaf.signal, leaf.args, verb, condition.sessions)
            sense.meter = self.meters.setdefault(key, sense)
        return Mind(sense, late=late, negated=negated)

    def rejoin(self, identity: str) -> list[Word]:
        """A rule joined a condition that rang: false now is armed; words for the next frame."""
        case = self.cases.get(identity)
        return [] if case is None else list(case.rejoin())

    def remove(self, identity: str) -> None:
        """Forget a condition."""
        self.cases.pop(identity, None)

    def reconnected(self, market: str) -> None:
        """The feed was away: the next quote's extremes touch nothing."""
        for tape in self.tapes.values():
            tape.gap = tape.gap or tape.market == market

    def take(self, frame: Frame) -> list[Word]:
        """One frame's words."""
        said: list[Word] = []
        if not frame.quotes:
            said += self._pass(frame.market, micros(frame.received))
        for quote in frame.quotes:
            said += self._quote(quote)
        return said

    def _pass(self, market: str, now: int) -> list[Word]:
        """Market time: day bars that are due close."""
        clock = self.market(market)
        clock.reach(now)
        due = [
            tape
            for tape in self.tapes.values()
            if tape.market == market
            and tape.day is not None
            and not tape.day.closed
            and clock.newest >= tape.day.session.due
        ]
        said = [word for case in self._of(due) for word in case.close(self._last(case.tape))]
        for tape in due:
            tape.close()
        return said

    @staticmethod
    def _last(tape: Tape) -> Look | None:
        """The finished bar: the last price, the day's extremes with it."""
        day = tape.day
        if day is None or day.last is None or day.last.price is None:
            return None
        return look(tape, day.last, day.last.price, regular=True)

    def _of(self, tapes: list[Tape]) -> list[Case]:
        return [case for case in self.cases.values() if case.tape in tapes]

    def _quote(self, quote: Quote) -> list[Word]:
        tape, now = self.tape(quote.symbol), micros(quote.time)
        said = self._pass(tape.market, now)
        session = self.calendar.session(tape.market, now)
        if session is None or not quote.price or quote.price < 0:
            return said
        day = tape.day
        if day is not None and session.date < day.date:
            return said
        kind = KINDS.get(phase_of(quote, session))
        is_over = day is not None and day.closed and day.date == session.date
        if kind is None or (kind is SessionKind.REGULAR and is_over):
            return said
        if kind is not SessionKind.REGULAR and not self._listens(tape, kind):
            return said
        said += self._roll(tape, quote, now) if day is None or session.date > day.date else []
        tape.note(quote, quote.price, regular=kind is SessionKind.REGULAR)
        at = look(tape, quote, quote.price, regular=kind is SessionKind.REGULAR)
        said += self._look(at, kind)
        if at.regular:
            tape.extend(quote, quote.price)
        return said

    def _listens(self, tape: Tape, kind: SessionKind) -> bool:
        return any(case.tape is tape and kind in case.condition.sessions for case in self.cases.values())

    def _roll(self, tape: Tape, quote: Quote, now: int) -> list[Word]:
        session = self.calendar.session(tape.market, now)
        first = self.market(tape.market).first
        assert session is not None
        assert first is not None
        day = tape.roll(session, quote, now, first)
        for key, meter in self.meters.items():
            if key[0] == tape.instrument.symbol:
                meter.begin(day)
        return [word for case in self._of([tape]) for word in case.begin()]

    def _look(self, at: Look, kind: SessionKind) -> list[Word]:
        for key, meter in self.meters.items():
            sessions = key[-1]
            assert isinstance(sessions, frozenset)
            if key[0] == at.tape.instrument.symbol and kind in sessions:
                meter.feed(at)
        spans = self._spans(at) if kind is SessionKind.REGULAR else ()
        return [
            word
            for case in self._of([at.tape])
            if kind in case.condition.sessions
            for word in case.look(at, spans)
        ]

    @staticmethod
    def _spans(at: Look) -> tuple[tuple[int, int], ...]:
        """Where the day's extremes moved between this quote and the one before."""
        day, last, price = at.day, at.day.last, at.price
        if last is None or at.tape.gap or day.high is None or day.low is None:
            return ()
        found = []
        if at.quote.high is not None and last.high is not None and at.quote.high > max(day.high, price):
            found.append((max(day.high, price), at.quote.high))
        if at.quote.low is not None and last.low is not None and at.quote.low < min(day.low, price):
            found.append((min(day.low, price), at.quote.low))
        return tuple(found)
