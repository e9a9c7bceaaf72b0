"""The engine and the book side by side: the same frames, the same conditions, every word of every frame."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rules.engine import Engine
from rules.language import Line, Options, phrase
from rules.limits import limits
from rules.model import Condition, Frame, History, Instrument, Node, Quote, SessionKind
from rules.rings import Step
from rules.sessions import Hours, default_hours
from tests.brute.book import Book, Word
from tests.brute.clock import Calendar
from tests.brute.pool import Ground
from tests.brute.tape import Bar, Tape

REGULAR = frozenset({SessionKind.REGULAR})


@dataclass
class World:
    """Instruments, their histories, and frames; `deeds` happen before the frame of their number."""

    name: str
    frames: Sequence[Frame]
    instrument: Instrument
    history: History | None = None
    ground: Ground | None = None
    hours: Hours = field(default_factory=default_hours)
    holidays: frozenset[date] = frozenset()
    deeds: Mapping[int, Callable[["Pair"], None]] = field(default_factory=dict)
    sessions: frozenset[SessionKind] = REGULAR


@dataclass
class Difference:
    """One frame on which they disagree."""

    world: str
    frame: int
    quotes: tuple[Quote, ...]
    engine: list[Word]
    book: list[Word]
    texts: dict[str, str]

    def __str__(self) -> str:
        prices = [(str(quote.time), quote.price, quote.high, quote.low) for quote in self.quotes]
        found = [f"{self.world}, frame {self.frame}: {prices}"]
        for name, words, other in (("engine", self.engine, self.book), ("book", self.book, self.engine)):
            found += [f"  {name} alone: {self._told(word)}" for word in words if word not in other]
        return "\n".join(found if len(found) > 1 else [*found, "  in another order"])

    def _told(self, word: Word) -> str:
        return f"{self.texts[word.condition]!r} {word.ring} {word.state}{' touched' * word.touched}"


@dataclass
class Tally:
    """What was compared."""

    quotes: int = 0
    words: Counter[str] = field(default_factory=Counter)
    conditions: set[str] = field(default_factory=set)
    signals: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Both together."""
        self.quotes += other.quotes
        self.words += other.words
        self.conditions |= other.conditions
        self.signals += other.signals
        self.differences += other.differences


def bars_of(history: History | None) -> list[Bar]:
    """A history as the book reads it."""
    if history is None:
        return []
    columns = (history.open, history.high, history.low, history.close, history.volume, history.factor)
    return [
        Bar(day, *row)
        for day, row in zip(
            history.dates.astype(object).tolist(),
            zip(*(c.tolist() for c in columns), strict=True),
            strict=True,
        )
    ]


class Pair:
    """An engine and a book over one world."""

    def __init__(self, world: World) -> None:
        self.world, self.history = world, world.history
        self._bars = bars_of(self.history)
        instrument = world.instrument
        self.engine = Engine(world.hours, lambda _: instrument, lambda _: self.history, lambda _: ())
        self.book = Book(Calendar(world.holidays), self._tape)
        self.texts: dict[str, str] = {}
        self.tally = Tally()
        self.mixed = False  # numbers of removed conditions serve others, so order is not that of adding

    def learn(self, history: History) -> None:
        """The provider has other bars from now on."""
        self.history, self._bars = history, bars_of(history)

    def _tape(self, symbol: str) -> Tape:
        instrument = self.world.instrument
        assert symbol == instrument.symbol

        def table(prev_close: int, day: date) -> tuple[int | None, int | None]:
            found = limits(instrument, prev_close, day)
            return found.up, found.down

        return Tape(
            instrument,
            self.book.calendar,
            lambda: self._bars,
            instrument.market,
            table,
            shares=instrument.shares,
        )

    def add(self, root: Node, *, hysteresis: str | None = None) -> Condition:
        """One condition for both, under its canonical words."""
        made = condition(root, self.world.instrument.symbol, self.world.sessions, hysteresis)
        if made.id not in self.texts:
            self.engine.add(made)
            self.book.add(made)
            self.texts[made.id] = made.text
            self.tally.conditions.add(f"{made.symbol} {made.text}")
        return made

    def remove(self, made: Condition) -> None:
        """From both."""
        self.mixed = True
        self.engine.remove(made.id)
        self.book.remove(made.id)

    def reconnected(self) -> None:
        """The feed was away."""
        self.engine.reconnected(self.world.instrument.market)
        self.book.reconnected(self.world.instrument.market)

    def run(self) -> Tally:
        """Every frame; stops at the first difference, since what follows it says nothing new."""
        for number, frame in enumerate(self.world.frames):
            if number in self.world.deeds:
                self.world.deeds[number](self)
            told, expected = words_of(self.engine.take(frame)), self.book.take(frame)
            self.tally.quotes += len(frame.quotes)
            for word in told:
                self.tally.words[word.state] += 1
            if in_order(told, mixed=self.mixed) != in_order(expected, mixed=self.mixed):
                found = Difference(self.world.name, number, tuple(frame.quotes), told, expected, self.texts)
                self.tally.differences.append(found)
                break
        return self.tally


def condition(
    root: Node, symbol: str, sessions: frozenset[SessionKind] = REGULAR, hysteresis: str | None = None
) -> Condition:
    """A condition as the language would make it."""
    bare = Condition(symbol=symbol, root=root, text="")
    text = phrase(Line(condition=bare, options=Options()), "en").removeprefix(symbol).strip()
    margin = None if hysteresis is None else Decimal(hysteresis)
    return Condition(symbol=symbol, root=root, text=text, sessions=sessions, hysteresis=margin)


def words_of(step: Step) -> list[Word]:
    """What the engine said in one frame."""
    events = [Word(e.condition, e.ring, e.state.value, e.touched) for e in step.events]
    armed = [Word(row.condition, row.ring, "armed") for row in step.armed]
    return events + armed + [Word(identity, 0, "seen") for identity in step.seen]


def in_order(words: Iterable[Word], *, mixed: bool) -> tuple[list[Word], list[Word]]:
    """Events as they came, or by condition; the rest, whose order says nothing, sorted."""
    every = list(words)
    quiet = ("armed", "seen")
    events = [word for word in every if word.state not in quiet]
    if mixed:
        events.sort(key=lambda word: word.condition)
    return events, sorted(word for word in every if word.state in quiet)
