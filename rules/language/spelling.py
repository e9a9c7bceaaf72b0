"""A line said another way, character by character traced to what was typed: colloquial Chinese made plain.

A rewrite replaces what a pattern finds. Errors speak of the typed text, so each character of the new text
knows the place of the old one that it stands for.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rules.language.fault import Trouble
from rules.model import Instrument

_PIECE = re.compile(r"\{(\w+)\}|([^{}]+)")
# What a match becomes: text with {groups}, or what a function makes of it on an instrument (None: as it was).
Replacement: TypeAlias = str | Callable[[re.Match[str], Instrument], str | None]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One habit of speech: where it is found and what it says in plain words."""

    pattern: re.Pattern[str]
    replacement: Replacement
    signs: str = ""  # without any of these characters it cannot be there; "": look always


def rewrite(pattern: str, replacement: Replacement, signs: str = "") -> Rewrite:
    """A rewrite of a pattern; `signs` spare the search where none of them is."""
    return Rewrite(re.compile(pattern, re.IGNORECASE), replacement, signs)


@dataclass(slots=True)
class Spelling:
    """A text under rewriting, and where each of its characters was typed."""

    typed: str
    text: str = ""
    places: list[int] = field(default_factory=list)
    is_typed: bool = True  # nothing was rewritten

    def __post_init__(self) -> None:
        """At first all is as typed."""
        self.text = self.text or self.typed
        self.places = list(range(len(self.typed) + 1))

    def apply(self, rewrites: Sequence[Rewrite], begin: int, end: int, instrument: Instrument) -> int:
        """Rewrite text[begin:end] by each in turn; the new end."""
        for one in rewrites:
            if not one.signs or any(sign in self.text for sign in one.signs):
                end = self._one(one, begin, end, instrument)
        return end

    def _one(self, one: Rewrite, begin: int, end: int, instrument: Instrument) -> int:
        made: list[str] = []
        places: list[int] = []
        text, done = self.text[begin:end], 0
        for match in one.pattern.finditer(text):
            pieces = _pieces(one.replacement, match, instrument)
            if pieces is None:
                continue
            made.append(text[done : match.start()])
            places += self.places[begin + done : begin + match.start()]
            for piece, start in pieces:
                made.append(piece)
                at = begin + start
                copied = self.places[at : at + len(piece)] if text.startswith(piece, start) else []
                places += copied or [self.places[at]] * len(piece)
            done = match.end()
        if not made:
            return end
        made.append(text[done:])
        places += self.places[begin + done : end]
        after = begin + len(places)
        self.is_typed = False
        self.text = f"{self.text[:begin]}{''.join(made)}{self.text[end:]}"
        self.places = [*self.places[:begin], *places, *self.places[end:]]
        return after

    def told(self, trouble: Trouble) -> Trouble:
        """The trouble with its word and place as typed."""
        start, end = trouble.start, trouble.start + len(trouble.word)
        if end > len(self.text):
            return trouble
        word = trouble.word
        if self.text[start:end] == word:
            low, high = self.places[start], self.places[max(start, end - 1)] + 1
            word = self.typed[low:high] if word else ""
        return Trouble(trouble.key, self.places[start], word, **trouble.fields)


def _pieces(
    replacement: Replacement, match: re.Match[str], instrument: Instrument
) -> list[tuple[str, int]] | None:
    """The parts of what a match becomes, each with a place of the text it stands for."""
    if not isinstance(replacement, str):
        made = replacement(match, instrument)
        return None if made is None else [(made, match.start())]
    place, pieces = match.start(), []
    for name, literal in _PIECE.findall(replacement):
        piece = literal or match[name] or ""
        if name and match[name]:
            place = match.start(name)
        pieces.append((piece, min(place, match.end())))
        place = match.end(name) if name and match[name] else place
    return pieces
