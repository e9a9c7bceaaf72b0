"""Templates of leaves: `price crosses above {level}` compiled into one trie that reads any of them.

A template is literal words, `{fields}`, and in friendly phrases `[a|b|]` for "one of these or nothing".
Blanks between words are free; letters' case does not matter.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import product
from typing import TypeAlias

from rules.language.classes import CLASSES as CHINESE
from rules.language.figures import LEVELS, OPERATOR, PARAMETERS, Figure
from rules.language.lexicon import CLASSES
from rules.language.measures import MEASURES
from rules.language.vocabulary import Tree, Vocabulary
from rules.model import Argument
from rules.signal import Form, Unit, Words

_CHOICE = re.compile(r"\[([^]]*[{<][^]]*)\]")  # one that has fields; others are classes of their own
_ELEMENT = re.compile(
    r"<(\w+\??)>|\[([^]]*)\]|\{(\w+)(?::(\w+))?\}|([a-z_]+|[^\s\x00-\x7f{}]+|[^\s{}])", re.IGNORECASE
)
_PERCENT_SIGN = re.compile(
    r"%|percent\b|per\s+cent\b|pct\b\.?|pp\b|percentage\s+points?\b|个?百分点|个点", re.IGNORECASE
)
# Words within a condition that say nothing.
_FILLER = re.compile(
    r"(?:the|an?|its|it|their|this|that|is|are|was|has|have|had|been|being|be|"
    r"currently|now|just|also|either|both|ever|gets|becomes|rapid|quick|sudden|sharp|"
    r"fast|strong|steep|rapidly|quickly|suddenly|sharply|already|actually)(?![a-z_'(])"
    r"|it's(?![a-z_])",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"\s*(?:(?:share|stock|last|current|market|spot|its|the)\s+)*(?:price|stock|"
    r"shares|quote)(?![a-z_(])",
    re.IGNORECASE,
)
MOST_SKIPPED = 12
_NEVER = re.compile("(?!)")
Fields: TypeAlias = Mapping[str, tuple[Figure, re.Match[str]]]  # what was read, by field name


@dataclass(frozen=True, slots=True)
class Step:
    """One element of a template: a literal word or a field."""

    pattern: re.Pattern[str]
    label: str  # what an error offers in its place
    first: str = ""  # the characters it may begin with, in lower case; "" where any
    name: str = ""  # of a field
    figure: Figure | None = None
    words: Vocabulary | None = field(default=None, compare=False)  # of a class, which `name` names
    is_optional: bool = False

    def ends(self, text: str, place: int, fields: "Fields") -> Iterator[tuple[int, "Fields"]]:
        """Where it ends when it begins at a place and is not left out, with the fields read until then."""
        if self.words is not None:
            yield from ((end, fields) for end in self.words.ends(text, place) if end > place)
            return
        match = self.pattern.match(text, place)
        if match is None or _differs(self, fields, match):
            return
        yield match.end(), {**fields, self.name: (self.figure, match)} if self.figure else fields


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the words of a template make: a signal and its verb; `sign` turns "falls 3%" into -3%."""

    signal: str
    verb: str  # "": the operator read from {op}
    form: Form = Form.STATE
    sign: int = 0  # +1, -1: the figure is written without a sign and takes this one
    fixed: tuple[Argument, ...] = ()  # arguments the words imply, before those they say
    level: Decimal | None = None  # the level they imply


@dataclass(slots=True)
class Found:
    """A leaf's text recognised: its meaning and the raw matches of its fields."""

    meaning: Meaning
    fields: Fields


@dataclass(slots=True)
class Stop:
    """Where no template could go on, and what each of those that came so far wanted there."""

    place: int = -1
    wanted: list["str | tuple[Trie, str]"] = field(default_factory=list)  # in the order they were noted
    skipped: set[int] = field(default_factory=set)  # places of words that say nothing
    dead: set[tuple[int, int]] = field(default_factory=set)  # tries and places from which no way led on

    def note(self, place: int, one: "str | tuple[Trie, str]") -> None:
        """Keep what was wanted at the furthest place: a label, or the words of a trie but for one letter."""
        if place > self.place:
            self.place, self.wanted = place, []
        if place == self.place:
            self.wanted.append(one)

    def skip(self, place: int) -> bool:
        """Whether a word that says nothing may be skipped there: so many at most, lest they take long."""
        self.skipped.add(place)
        return len(self.skipped) <= MOST_SKIPPED

    @property
    def labels(self) -> tuple[str, ...]:
        """What was wanted, each once."""
        found: dict[str, None] = {}
        for one in self.wanted:
            found.update(dict.fromkeys([one] if isinstance(one, str) else one[0].labels(one[1])))
        return tuple(found)


@dataclass(slots=True)
class Trie:
    """Templates by their first step; reading a leaf tries only what its next character allows."""

    literals: dict[str, dict[Step, "Trie"]] = field(default_factory=dict)  # by first character
    others: dict[Step, "Trie"] = field(default_factory=dict)
    meaning: Meaning | None = None

    def add(self, template: tuple[Step, ...], meaning: Meaning) -> None:
        """Put a template in; where two say the same words, the first keeps them."""
        node = self
        for step in template:
            edges = [node.literals.setdefault(letter, {}) for letter in step.first]
            if not edges or step.is_optional:
                edges.append(node.others)
            node = edges[0].get(step) or Trie()
            for one in edges:
                one[step] = node
        node.meaning = node.meaning or meaning

    def read(self, text: str, start: int, end: int) -> Found | Stop:
        """The meaning of text[start:end], or where it stopped making sense."""
        stop = Stop()
        if found := self.walk(text[:end], start, {}, stop):
            return found
        return self._of_price(text[:end], start, stop)

    def _of_price(self, text: str, start: int, stop: Stop) -> Found | Stop:
        """What is read behind "price" or "the stock", which say nothing before a verb."""
        if (said := _HEAD.match(text, start)) is None:
            return stop
        behind = Stop()
        found = self.walk(text, said.end(), {}, behind)
        if found and found.meaning.verb:  # "price > 5%" is no change
            return found
        return behind if stop.place <= said.end() < behind.place else stop

    def walk(self, text: str, place: int, fields: Fields, stop: Stop) -> Found | None:
        """Read on from `place` with the fields read so far; None where no template fits, noted in `stop`."""
        while text[place : place + 1].isspace():
            place += 1
        if (id(self), place) in stop.dead:
            return None
        if self.meaning and place == len(text):
            return Found(self.meaning, fields)
        if self.meaning:
            stop.note(place, "the end")
        found = self._onward(text, place, fields, stop)
        if found is None and (said := _FILLER.match(text, place)) and stop.skip(place):
            found = self.walk(text, said.end(), fields, stop)
        if found is None:
            stop.dead.add((id(self), place))
        return found

    def _onward(self, text: str, place: int, fields: Fields, stop: Stop) -> Found | None:
        for step, following, is_left_out in self._edges(text, place, stop):
            ends = [(place, fields)] if is_left_out else list(step.ends(text, place, fields))
            for end, inner in ends:
                if found := following.walk(text, end, inner, stop):
                    return found
            if not ends:
                stop.note(place, step.label)
        return None

    def _edges(self, text: str, place: int, stop: Stop) -> Iterator[tuple[Step, "Trie", bool]]:
        first = text[place : place + 1].lower()
        yield from ((step, following, False) for step, following in self.literals.get(first, {}).items())
        yield from ((step, following, step.is_optional) for step, following in self.others.items())
        stop.note(place, (self, first))

    def labels(self, but: str) -> Iterator[str]:
        """The words that go on from here, without those that begin with one letter."""
        others = (edges for letter, edges in self.literals.items() if letter != but)
        yield from (step.label for edges in others for step in edges)


def expand(template: str) -> Iterator[str]:
    """Every wording of a template with `[a|b|]` choices."""
    parts = _CHOICE.split(template)
    yield from map("".join, product(*(part.split("|") if i % 2 else [part] for i, part in enumerate(parts))))


def steps(template: str, words: Words) -> tuple[Step, ...]:
    """The elements of a template without choices; fields take their figures from the signal's words."""
    made: list[Step] = []
    for group, choice, name, form, literal in _ELEMENT.findall(template):
        if literal:
            made.append(_literal(literal))
            continue
        if not name:
            made.append(_class(group, choice))
            continue
        figure = MEASURES[form] if form else _figure_of(name, words)
        made.append(Step(figure.pattern, figure.label, name=name, figure=figure))
        if name == "level" and words.unit is Unit.PERCENT:
            made.append(Step(_PERCENT_SIGN, "%"))
    return tuple(made)


def _differs(step: Step, fields: Fields, match: re.Match[str]) -> bool:
    """Whether a field that stands twice (both averages of a pair on bars of one size) says two things."""
    if step.figure is None or step.name not in fields:
        return False
    return step.figure.read(match) != step.figure.read(fields[step.name][1])


@cache
def _class(group: str, choice: str) -> Step:
    """Any word of a class of the lexicon, or of a choice in brackets."""
    if group in CHINESE:
        one = CHINESE[group]
        return Step(one.pattern, one.label, one.first, is_optional=one.is_optional)
    words = CLASSES[group] if group else Vocabulary((Tree.of(choice.split("|")),))
    return Step(_NEVER, words.label, words.first, group or choice, words=words, is_optional=words.is_optional)


def _figure_of(name: str, words: Words) -> Figure:
    if name == "op":
        return OPERATOR
    if name == "level":
        return LEVELS[words.unit]
    return next(PARAMETERS[p.kind] for p in words.parameters if p.name == name)


def _literal(text: str) -> Step:
    tail = "(?![a-z_])" if text[-1].isascii() and text[-1].isalpha() else ""
    return Step(re.compile(re.escape(text) + tail, re.IGNORECASE), text, text[0].lower())
