"""The contract of a signal: a named number that follows an instrument, and the words people use for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Protocol

from rules.line import Line
from rules.meter import Meter
from rules.model import REGULAR, Argument, Condition, Direction, Instrument, Leaf, Node, SessionKind
from rules.nodes import parts_of
from rules.region import Absent, Inputs, Region
from rules.registry import Registry


class Unit(StrEnum):
    """What a signal's level is counted in; the language reads and prints levels by it."""

    PRICE = "price"  # currency
    PERCENT = "percent"  # written 5%, stored 0.05
    AMOUNT = "amount"  # currency with K M B 万 亿
    COUNT = "count"
    NUMBER = "number"  # an oscillator's, a ratio's
    TIMES = "times"  # written 5x, stored 5
    NONE = "none"  # the phrase carries no number


class Form(StrEnum):
    """State forms ring when found true; crossing forms must be seen false first (design 4.3)."""

    STATE = "state"
    CROSSING = "crossing"


class ParameterKind(StrEnum):
    """What may stand between a signal's brackets."""

    COUNT = "count"  # 20
    WINDOW = "window"  # 5m, 10s, 1h
    SPAN = "span"  # 60d or day
    BAR = "bar"  # 1m 5m 15m 30m 60m: the bars it is computed on; without it daily ones
    DATE = "date"  # 2025-04-08, kept as ISO text
    PRICE = "price"  # currency, on the instrument's grid; its bounds do not apply
    SYMBOL = "symbol"  # another instrument, kept as its full symbol; its bounds do not apply


@dataclass(frozen=True, slots=True)
class Parameter:
    """One bracketed argument with its bounds, both inclusive (counts, days or seconds)."""

    name: str
    kind: ParameterKind
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way a signal can stand in a condition.

    `en` is the canonical template, `zh` its Chinese twin; fields: {op} {level} and the parameters' names.
    A phrase need not name every parameter: `Leaf.args` holds those it names, in the order of the signal.
    `verb` goes into `Leaf.verb`; a phrase with {op} stands for all of > >= < <=, its verb is the operator.
    """

    verb: str
    en: str
    zh: str
    form: Form
    direction: Direction | None = None  # None: by the operator, else by the sign of the day's change
    bars: bool = (
        False  # CROSS on day bars: each session decides anew, yesterday's close having been the other side
    )


class Follows(Enum):
    """What a signal's boundaries move with, so when they are computed again."""

    LEVEL = "level"  # the user's own number: the same on every day
    SESSION = "session"  # previous close, finished bars, shares
    EXTREMES = "extremes"  # the day's high and low so far as well


@dataclass(frozen=True, slots=True)
class Own:
    """An axis of a signal's own, where the price alone does not decide: its name, scale and meter."""

    name: str
    args: tuple[Argument, ...]
    scale: int  # see rules.meter.encode
    percent: bool  # hysteresis in points instead of parts of the level
    meter: Callable[[], Meter] = field(compare=False)
    # Symbols of other instruments the meter reads (Moment.others, in this order). It is then read after all
    # quotes of a frame, wherever the instrument or one of these had one; `others` tells feeds to bring them.
    others: tuple[str, ...] = field(default=(), compare=False)
    halts: bool = field(default=False, compare=False)  # the meter is told of halts too (Frame.halted)


class Words(Protocol):
    """The part of a signal the language, /help and the README read."""

    @property
    def summary(self) -> str:
        """One sentence for /help and the README."""
        ...

    @property
    def summary_zh(self) -> str:
        """The same in Chinese."""
        ...

    @property
    def unit(self) -> Unit:
        """What its level is counted in."""
        ...

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What stands between its brackets."""
        ...

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The ways it can stand in a condition."""
        ...

    @property
    def groups_only(self) -> bool:
        """Exists on groups alone (leaders, breadth)."""
        ...

    @property
    def resets(self) -> bool:
        """Measured within a session, so armed again at each (design 4.3)."""
        ...

    @property
    def unfinished(self) -> bool:
        """Lives on an open bar: provisional -> confirmed | withdrawn."""
        ...

    @property
    def sessions(self) -> frozenset[SessionKind]:
        """The kinds of session it is heard in where the rule names none."""
        ...

    def exists(self, instrument: Instrument) -> bool:
        """Whether it has a meaning there at all; a group's members are asked one by one."""
        ...


class Signal(Words, Protocol):
    """Words and maths of one signal; everything about it lies in its one file."""

    def need(self, args: tuple[Argument, ...]) -> int:
        """How many finished daily bars it wants."""
        ...

    def follows(self, args: tuple[Argument, ...]) -> Follows:
        """What its boundaries move with."""
        ...

    def fresh(self, args: tuple[Argument, ...]) -> bool:
        """Whether it starts armed at each session; `resets`, but for spans of days."""
        ...

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """Its own axis, or None where the price decides."""
        ...

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Where the leaf is true on its axis: quanta on the price axis, encoded numbers on its own."""
        ...

    def value(self, inputs: Inputs, price: int) -> float:
        """The signal's number at a price, in the unit the language writes (price axis)."""
        ...


class Priced:
    """Defaults of a signal that is decided by the price and spoken of in currency."""

    groups_only = False
    resets = False
    unfinished = False
    sessions = REGULAR
    parameters: tuple[Parameter, ...] = ()

    def exists(self, instrument: Instrument) -> bool:
        """Everywhere."""
        del instrument
        return True

    def need(self, args: tuple[Argument, ...]) -> int:
        """No history."""
        del args
        return 0

    def follows(self, args: tuple[Argument, ...]) -> Follows:
        """The session's inputs."""
        del args
        return Follows.SESSION

    def fresh(self, args: tuple[Argument, ...]) -> bool:
        """As `resets` says."""
        del args
        return self.resets

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The price axis."""
        del leaf, inputs
        return None

    def value(self, inputs: Inputs, price: int) -> float:
        """The price in currency."""
        return in_currency(inputs, price)


class Straight(Priced):
    """Defaults of a signal whose level lies on a line over the user's number."""

    def line(self, leaf: Leaf, inputs: Inputs) -> Line | Absent:
        """That line, the same for every number."""
        raise NotImplementedError

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level, on that line."""
        found = self.line(leaf, inputs)
        return found.region(leaf) if isinstance(found, Line) else found


def in_currency(inputs: Inputs, price: float) -> float:
    """Quanta of the instrument -> currency, for people."""
    return float(price / 10**inputs.instrument.decimals)


def phrase_of(leaf: Leaf) -> Phrase:
    """The phrase a leaf is written by: of its verb and its arguments; operators share one."""
    words = SIGNALS[leaf.signal]
    return next(
        phrase
        for phrase in words.phrases
        if phrase.verb == ("" if leaf.verb[0] in "<>" else leaf.verb)
        and len(named(words, phrase)) == len(leaf.args)
    )


def named(words: Words, phrase: Phrase) -> tuple[Parameter, ...]:
    """The parameters a phrase names, in the order of the signal."""
    return tuple(parameter for parameter in words.parameters if f"{{{parameter.name}}}" in phrase.en)


def others(node: Node, instrument: Instrument) -> tuple[str, ...]:
    """Symbols of the other instruments a condition on this one reads."""
    if isinstance(node, Leaf):
        own = SIGNALS[node.signal].axis(node, Inputs(instrument=instrument))
        return () if own is None else own.others
    found = (symbol for part in parts_of(node) for symbol in others(part, instrument))
    return tuple(dict.fromkeys(found))


def listening(node: Node) -> frozenset[SessionKind]:
    """The kinds of session a condition is heard in where its rule names none: those of its signals."""
    if isinstance(node, Leaf):
        return SIGNALS[node.signal].sessions
    return frozenset().union(*map(listening, parts_of(node)))


def heard(leaf: Leaf, condition: Condition) -> frozenset[SessionKind]:
    """The kinds of session a part of a condition is heard in: its own, unless the rule named some."""
    named_none = condition.sessions == listening(condition.root)
    return SIGNALS[leaf.signal].sessions if named_none else condition.sessions


def words(leaf: Leaf) -> str:
    """A leaf's signal as people write it: `ma(20)`, `move(5m)`, `record high`."""
    if not leaf.args:
        return leaf.signal
    kinds = [parameter.kind for parameter in named(SIGNALS[leaf.signal], phrase_of(leaf))]
    written = (_written(argument, kind) for argument, kind in zip(leaf.args, kinds, strict=True))
    return f"{leaf.signal}({', '.join(written)})"


def _written(argument: Argument, kind: ParameterKind) -> str:
    if isinstance(argument, Decimal):
        return f"{argument.normalize():f}"
    if not isinstance(argument, timedelta):
        return str(argument)
    seconds = int(argument.total_seconds())
    if kind is ParameterKind.BAR:
        return f"{seconds // 60}m"
    for size, unit in ((3600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


SIGNALS: Registry[Signal] = Registry("signal")
