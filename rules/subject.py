"""What a line speaks of: the symbol or name before the condition, and `any` before a group."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rules.fault import Trouble
from rules.leaf import first_words
from rules.model import Instrument, Kind
from rules.words import ANY, PREAMBLES

MOST_WORDS = 6  # of a name: "Bank of China Hong Kong" and one to spare
MOST_IDEOGRAPHS = 16  # a Chinese condition may follow a name without a blank
_WORD = re.compile(r"\S+")
_PREAMBLE = re.compile(
    rf"\s*(?:{'|'.join(PREAMBLES)})(?:(?<=[^\x00-\x7f])|(?![a-z_0-9.]))[\s,:]*", re.IGNORECASE
)
_ANY = re.compile(rf"\s*(?:{'|'.join(ANY)})(?=[\s@])", re.IGNORECASE)
_CONNECTIVES = frozenset({"and", "or", "not"})


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the condition is about and where it begins."""

    instrument: Instrument
    each: bool
    end: int
    resolve: Callable[[str], Instrument | None]  # for other names in the condition


def find(text: str, resolve: Callable[[str], Instrument | None]) -> Subject:
    """The longest name at the line's head that `resolve` knows; Trouble where there is none."""
    head = text.partition("|")[0]
    try:
        return _at(head, 0, resolve)
    except Trouble:
        if (opening := _PREAMBLE.match(head)) is None:
            raise
        return _at(
            head, opening.end(), resolve
        )  # a name may itself begin like a preamble, so this comes second


def _at(head: str, start: int, resolve: Callable[[str], Instrument | None]) -> Subject:
    marked = _ANY.match(head, start)
    first = _WORD.search(head, marked.end() if marked else start)
    if first is None:
        raise Trouble("empty", start, "")
    if first[0].partition("(")[0].lower() in first_words() | _CONNECTIVES:
        raise Trouble("first", first.start(), first[0])
    instrument, end = _longest(head, first.start(), resolve)
    if instrument is None:
        raise Trouble("symbol", first.start(), first[0])
    if marked and instrument.kind is not Kind.GROUP:
        raise Trouble("any", first.start(), first[0])
    if not head[end:].strip():
        raise Trouble("condition", first.start(), head[first.start() : end])
    return Subject(instrument, marked is not None, end, resolve)


def _longest(
    head: str, start: int, resolve: Callable[[str], Instrument | None]
) -> tuple[Instrument | None, int]:
    for end in sorted(_ends(head, start), reverse=True):
        if instrument := resolve(head[start:end]):
            return instrument, end
    return None, start


def _ends(head: str, start: int) -> Iterator[int]:
    """Where a name may end: after one of the first words; in the first beside an ideograph or operator."""
    words = list(_WORD.finditer(head, start))[:MOST_WORDS]
    for word in words:
        yield word.end()
    for place in range(start + 1, min(words[0].end(), start + MOST_IDEOGRAPHS)):
        if not (head[place].isascii() and head[place - 1].isascii()) or head[place] in "<>=":
            yield place
