"""What conditions that differ in their number alone share, and how a condition splits into both."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeAlias

from rules.model import REGULAR, Argument, Condition, Direction, Instrument, Leaf, SessionKind
from rules.region import BENEATH, CROSSES, REACHED
from rules.signal import SIGNALS, Follows, Form, Priced, Straight, heard, others, phrase_of, words
from rules.timeframe import size_of

NUMBER = re.compile(r"(.*?)(-?\d{1,17})(?:\.(\d{1,9}))?(\D*)", re.DOTALL)
DIRECTIONS = {">": Direction.UP, ">=": Direction.UP, "<": Direction.DOWN, "<=": Direction.DOWN}
MOST_MANTISSA = 1 << 63  # what a column of eight bytes holds
PRICE_HYSTERESIS = (2, 1000)  # of the level (design 4.3)
ANY = Instrument(symbol="")  # whether a signal reads others depends on none
ALONE = -1  # in place of decimals: a text without a number of its own
Split: TypeAlias = tuple[int, int]  # the pattern's number, the mantissa


@dataclass(frozen=True, slots=True)
class Pattern:
    """What conditions that differ in their number alone share: the text around it, all but the level."""

    before: str
    after: str
    decimals: int  # of the number as written
    power: int | None  # level = mantissa x 10**power; None: the phrase carries no number
    signal: str
    args: tuple[Argument, ...]
    verb: str
    sessions: frozenset[SessionKind]
    hysteresis: Decimal | None
    made: date | None

    def leaf(self, mantissa: int) -> Leaf:
        """The leaf with a number."""
        level = None if self.power is None else Decimal(mantissa).scaleb(self.power)
        return Leaf(self.signal, self.args, self.verb, level, self.made)

    def text(self, mantissa: int) -> str:
        """The canonical text with a number."""
        if self.power is None:
            return self.before
        return self.before + written(mantissa, self.decimals) + self.after


@dataclass(frozen=True, slots=True)
class Manner:
    """How a leaf behaves, looked up once a pattern."""

    words: str
    direction: Direction | None
    crossing: bool
    bars: bool
    unfinished: bool
    fresh: bool
    follows: Follows
    two_way: bool
    reached: (
        bool  # of a comparison with a level: its boundary is the first value at the level, else beyond it
    )
    beneath: bool  # of a comparison: true left of the boundary
    pairs: bool  # reads other instruments
    priced: bool  # on the price axis, whatever the session's inputs
    straight: bool  # its boundaries are a line over its numbers (rules.line)
    plain: bool  # a price level typed by its user, in regular hours: nothing to compile
    size: timedelta | None  # of the minute bars it is computed on
    anew: bool  # decided anew on each of these bars, as `bars` and `fresh` ones are in each session


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain price level's pattern as rings want it, looked up once."""

    pattern: Pattern
    words: str
    direction: Direction
    rises: bool  # re-armed beneath its level, else above
    part: int  # hysteresis = part / whole of the level
    whole: int


@dataclass(slots=True)
class _Family:
    """Patterns of one leaf and text that differ in the decimals of their number."""

    before: str
    after: str
    kinds: dict[int, tuple[int, int]] = field(default_factory=dict)  # decimals -> (pattern's number, power)


class Patterns:
    """All patterns by dense number, with the manner of each."""

    def __init__(self) -> None:
        self.known: list[Pattern] = []
        self.manners: list[Manner | None] = []  # None until somebody asked
        self.plains: list[Plain | None] = []  # the same
        self._leaves: dict[int, Leaf] = {}  # of patterns without a number, made once
        self._numbers: dict[Pattern, int] = {}
        self._families: dict[object, _Family] = {}

    def number(self, pattern: Pattern) -> int:
        """The dense number of a pattern."""
        found = self._numbers.setdefault(pattern, len(self.known))
        if found == len(self.known):
            self.known.append(pattern)
            self.manners.append(None)
            self.plains.append(None)
        return found

    def leaf(self, kind: int, mantissa: int) -> Leaf:
        """The leaf of a pattern with a number; one for all where it carries none."""
        found = self._leaves.get(kind)
        if found is None:
            found = self.known[kind].leaf(mantissa)
            if found.level is None:
                self._leaves[kind] = found
        return found

    def bare(self, condition: Condition, leaf: Leaf | None) -> int:
        """The pattern of what is kept whole: a composite, a leaf of one, a text that is not made again."""
        signal, args, verb = (leaf.signal, leaf.args, leaf.verb) if leaf else ("", (), "")
        sessions = heard(leaf, condition) if leaf else condition.sessions
        made = leaf.made if leaf else None
        return self.number(Pattern("", "", 0, None, signal, args, verb, sessions, condition.hysteresis, made))

    def split(self, condition: Condition, leaf: Leaf) -> Split | None:
        """A simple condition as pattern and mantissa; None where these do not give text and leaf again."""
        text = condition.text
        last = text[-1:]
        key = (
            leaf.signal, leaf.args, leaf.verb, condition.sessions, condition.hysteresis, leaf.made,
            "" if last.isdigit() else last,
        )  # fmt: skip
        family = self._families.get(key)
        found = None if family is None else _read(family, text, leaf.level)
        return self._learn(key, condition, leaf) if found is None else found

    def _learn(self, key: object, condition: Condition, leaf: Leaf) -> Split | None:
        """The same from the text's last number, remembered for its like."""
        text = condition.text
        rest = (leaf.signal, leaf.args, leaf.verb, condition.sessions, condition.hysteresis, leaf.made)
        match = None if leaf.level is None else NUMBER.fullmatch(text)
        if leaf.level is None or match is None:
            pattern, mantissa = Pattern(text, "", ALONE, None, *rest), 0
        else:
            before, whole, fraction, after = match.groups(default="")
            mantissa, decimals = int(whole + fraction), len(fraction)
            # The level is the number as written, in percent or in thousands and so on: 5% is 0.05.
            power = (leaf.level / mantissa).adjusted() if mantissa else -decimals
            pattern = Pattern(before, after, decimals, power, *rest)
        if abs(mantissa) >= MOST_MANTISSA or pattern.text(mantissa) != text or pattern.leaf(mantissa) != leaf:
            return None
        number, family = self.number(pattern), self._families.get(key)
        if family is None or (family.before, family.after) != (pattern.before, pattern.after):
            family = self._families[key] = _Family(pattern.before, pattern.after)
        family.kinds[pattern.decimals] = (number, pattern.power or 0)
        return number, mantissa


def _read(family: _Family, text: str, level: Decimal | None) -> Split | None:
    """A text of a known family, where its number is its level's and written as `written` would."""
    before, after = family.before, family.after
    digits = text[len(before) : len(text) - len(after)]
    whole, _, fraction = digits.partition(".")
    decimals = ALONE if level is None else len(fraction)
    kind = family.kinds.get(decimals)
    if kind is None or not (text.startswith(before) and text.endswith(after)):
        return None
    if level is None:
        return (kind[0], 0) if text == before else None
    try:
        mantissa = int(whole + fraction)
    except ValueError:
        return None
    if abs(mantissa) >= MOST_MANTISSA or written(mantissa, decimals) != digits:
        return None
    return (kind[0], mantissa) if Decimal(mantissa).scaleb(kind[1]) == level else None


def written(mantissa: int, decimals: int) -> str:
    """A number with so many decimals, as texts have it."""
    digits = str(mantissa)
    if not decimals:
        return digits
    if len(digits) <= decimals or mantissa < 0:
        return f"{Decimal(mantissa).scaleb(-decimals):f}"
    return f"{digits[:-decimals]}.{digits[-decimals:]}"


def manner_of(leaf: Leaf, sessions: frozenset[SessionKind]) -> Manner:
    """A leaf's behaviour from its signal and phrase."""
    signal, phrase = SIGNALS[leaf.signal], phrase_of(leaf)
    operator = CROSSES.get(leaf.verb, leaf.verb)
    follows, two_way = signal.follows(leaf.args), leaf.verb == "crosses"
    size, fresh = size_of(leaf), signal.fresh(leaf.args)
    return Manner(
        words=words(leaf),
        direction=phrase.direction or DIRECTIONS.get(leaf.verb),
        crossing=phrase.form is Form.CROSSING,
        bars=phrase.bars and size is None,
        unfinished=signal.unfinished,
        fresh=fresh and size is None,
        follows=follows,
        two_way=two_way,
        reached=operator in REACHED,
        beneath=operator in BENEATH,
        pairs=bool(others(leaf, ANY)),
        priced=isinstance(signal, Priced) and type(signal).axis is Priced.axis,
        straight=leaf.level is not None and not two_way and isinstance(signal, Straight),
        plain=follows is Follows.LEVEL and not two_way and sessions == REGULAR,
        size=size,
        anew=size is not None and (phrase.bars or fresh),
    )


def plain_of(pattern: Pattern, manner: Manner) -> Plain:
    """What rings of a plain pattern need of it."""
    direction = manner.direction or Direction.UP
    part, whole = PRICE_HYSTERESIS if pattern.hysteresis is None else pattern.hysteresis.as_integer_ratio()
    return Plain(pattern, manner.words, direction, direction is Direction.UP, part, whole)
