"""Templates of leaves: `price crosses above {level}` compiled into one trie that reads any of them.

A template is literal words, `{fields}`, and in friendly phrases `[a|b|]` for "one of these or nothing" and
`<class>` for any word of one sense (rules/classes.py).
Blanks between words are free; letters' case does not matter.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import TypeAlias

from rules.classes import CLASSES
from rules.figures import LEVELS, OPERATOR, PARAMETERS, Figure
from rules.model import Argument
from rules.signal import Form, Unit, Words

_CHOICE = re.compile(r"\[([^]]*)\]")
# Chinese words alone: one step that reads the longest of them, instead of as many templates.
_PLAIN = re.compile(r"[^\x00-\x7f]*(?:\|[^\x00-\x7f]*)+")
_ELEMENT = re.compile(r"\{(\w+)\}|<(\w+\??)>|\[([^]]+)\]|([a-z_]+|[^\s\x00-\x7f{}]+|[^\s{}])", re.IGNORECASE)
_PERCENT_SIGN = re.compile(r"%|percent\b|个?百分点|个点", re.IGNORECASE)
Fields: TypeAlias = Mapping[str, tuple[Figure, re.Match[str]]]  # what was read, by field name


@dataclass(frozen=True, slots=True)
class Step:
    """One element of a template: a literal word or a field."""

    pattern: re.Pattern[str]
    label: str  # what an error offers in its place
    first: str = ""  # the characters a literal may begin with, in lower case; "": any, or a field
    name: str = ""  # of a field
    figure: Figure | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the words of a template make: a signal and its verb; `sign` turns "falls 3%" into -3%."""

    signal: str
    verb: str  # "": the operator read from {op}
    form: Form = Form.STATE
    sign: int = 0  # +1, -1: the figure is written without a sign and takes this one
    fixed: tuple[Argument, ...] = ()  # arguments the words imply


@dataclass(slots=True)
class Found:
    """A leaf's text recognised: its meaning and the raw matches of its fields."""

    meaning: Meaning
    fields: Fields


@dataclass(slots=True)
class Stop:
    """Where no template could go on, and what each of those that came so far wanted there."""

    place: int = -1
    labels: dict[str, None] = field(default_factory=dict)  # each once, in the order they were noted

    def note(self, place: int, *labels: str) -> None:
        """Keep the labels of the furthest place."""
        if place > self.place:
            self.place, self.labels = place, {}
        if place == self.place:
            self.labels.update(dict.fromkeys(labels))


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
            tables = [node.literals.setdefault(letter, {}) for letter in step.first]
            if not tables or step.is_optional:
                tables.append(node.others)
            following = tables[0].setdefault(step, Trie())
            for table in tables:
                table[step] = following
            node = following
        node.meaning = node.meaning or meaning

    def read(self, text: str, start: int, end: int) -> Found | Stop:
        """The meaning of text[start:end], or where it stopped making sense."""
        stop = Stop()
        return self.walk(text[:end], start, {}, stop) or stop

    def walk(self, text: str, place: int, fields: Fields, stop: Stop) -> Found | None:
        """Read on from `place` with the fields read so far; None where no template fits, noted in `stop`."""
        while text[place : place + 1].isspace():
            place += 1
        if self.meaning and place == len(text):
            return Found(self.meaning, fields)
        if self.meaning:
            stop.note(place, "the end")
        return self._onward(text, place, fields, stop)

    def _onward(self, text: str, place: int, fields: Fields, stop: Stop) -> Found | None:
        for step, following, is_left_out in self._edges(text, place, stop):
            end, inner = place, fields
            if not is_left_out:
                if (match := step.pattern.match(text, place)) is None or _differs(step, fields, match):
                    stop.note(place, step.label)
                    continue
                end = match.end()
                inner = {**fields, step.name: (step.figure, match)} if step.figure else fields
            if found := following.walk(text, end, inner, stop):
                return found
        return None

    def _edges(self, text: str, place: int, stop: Stop) -> Iterator[tuple[Step, "Trie", bool]]:
        first = text[place : place + 1].lower()
        yield from ((step, following, False) for step, following in self.literals.get(first, {}).items())
        yield from ((step, following, step.is_optional) for step, following in self.others.items())
        if place >= stop.place:  # a page of words at the head of a leaf
            others = (edges for letter, edges in self.literals.items() if letter != first)
            stop.note(place, *(step.label for edges in others for step in edges))


def expand(template: str) -> Iterator[str]:
    """Every wording of a template with `[a|b|]` choices; those of Chinese words are left for `steps`."""
    parts = _CHOICE.split(template)
    yield from map("".join, product(*(_choices(part) if i % 2 else [part] for i, part in enumerate(parts))))


def _choices(part: str) -> list[str]:
    words = part.split("|")
    if not _PLAIN.fullmatch(part):
        return words
    said = "|".join(filter(None, words))
    return [f"[{said}]", ""] if "" in words else [f"[{said}]"]


def steps(template: str, words: Words) -> tuple[Step, ...]:
    """The elements of a template, a choice of Chinese words being one; fields have the figures of `words`."""
    made: list[Step] = []
    for name, sense, choice, literal in _ELEMENT.findall(template):
        if sense:
            one = CLASSES[sense]
            made.append(Step(one.pattern, one.label, one.first, is_optional=one.is_optional))
            continue
        if choice:
            made.append(_choice(choice))
            continue
        if literal:
            made.append(_literal(literal))
            continue
        figure = _figure_of(name, words)
        made.append(Step(figure.pattern, figure.label, name=name, figure=figure))
        if name == "level" and words.unit is Unit.PERCENT:
            made.append(Step(_PERCENT_SIGN, "%"))
    return tuple(made)


def _differs(step: Step, fields: Fields, match: re.Match[str]) -> bool:
    """Whether a field that stands twice (both averages of a pair on bars of one size) says two things."""
    if step.figure is None or step.name not in fields:
        return False
    return step.figure.read(match) != step.figure.read(fields[step.name][1])


def _figure_of(name: str, words: Words) -> Figure:
    if name == "op":
        return OPERATOR
    if name == "level":
        return LEVELS[words.unit]
    return next(PARAMETERS[p.kind] for p in words.parameters if p.name == name)


@cache
def _choice(text: str) -> Step:
    words = sorted(text.split("|"), key=len, reverse=True)
    return Step(re.compile("|".join(words)), words[0], "".join(dict.fromkeys(word[0] for word in words)))


@cache
def _literal(text: str) -> Step:
    tail = "(?![a-z_])" if text[-1].isascii() and text[-1].isalpha() else ""
    return Step(re.compile(re.escape(text) + tail, re.IGNORECASE), text, text[0].lower())
