"""Ladders: `change > 5%, 8%, 10%` as one line with a rung for each level."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rules.language.fault import Trouble
from rules.language.figures import SCALE
from rules.model import Leaf

MOST_RUNGS = 8
UP = frozenset({">", ">="})
_OPERATORS = UP | {"<", "<="}
_FIGURE = r"[+-]?\d[\d.,]{0,40}"
_SIGNS = r"%|percent\b|个?百分点|个点|(?:times|x)\b|倍|yuan|usd|dollars|[港美]?元|块钱?"
_UNIT = rf"(?:\s*(?:{_SIGNS}|(?:{SCALE})(?![a-z])))*"
_HEAD = re.compile(rf"(?<![\d.,])({_FIGURE}{_UNIT})\s*$", re.IGNORECASE)
_STEP = re.compile(rf"\s*({_FIGURE}{_UNIT})", re.IGNORECASE)
_NUMBER = re.compile(_FIGURE)
_COMMA = re.compile(r",\s*(?=[+-]?\d)")
_THOUSANDS = re.compile(r"(?<=\d),\d{3}(?!\d)")


def steps(text: str, original: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Where the levels of a ladder stand in text[start:end], if it is one; Trouble where they are too many.

    Both texts are alike but for signs: the enumeration comma of `original` is a plain one in `text`.
    """
    commas = list(_commas(text, original, start, end))
    if not commas:
        return ()
    edges = [*commas, end]
    head = _HEAD.search(text, start, commas[0])
    found = [head, *(_STEP.match(text, at + 1, edge) for at, edge in zip(commas, edges[1:], strict=True))]
    spans = [match.span(1) for match in found if match is not None]
    whole = all(not text[at[1] : edge].strip() for at, edge in zip(spans[:-1], edges, strict=False))
    if len(spans) < len(found) or not whole:
        return ()
    if len(spans) > MOST_RUNGS:
        begin, stop = spans[MOST_RUNGS]
        raise Trouble("rungs", begin, text[begin:stop].strip(), most=MOST_RUNGS)
    return tuple(spans)


def _commas(text: str, original: str, start: int, end: int) -> Iterator[int]:
    depth = 0
    for place in range(start, end):
        depth += (text[place] == "(") - (text[place] == ")")
        if text[place] != "," or depth or not _COMMA.match(text, place, end):
            continue
        if original[place] == "、" or not _THOUSANDS.match(text, place, end):
            yield place


def alone(text: str, spans: Sequence[tuple[int, int]], chosen: int) -> str:
    """The text with one of the levels only, the others blank, so that every place is what it was.

    A level without a unit has the last one's: `610, 700B` are billions both.
    """
    (start, _), (last, end) = spans[0], spans[-1]
    low, high = spans[chosen]
    unit = end if _unit(text, low, high) < high else _unit(text, last, end)
    return f"{text[:start]}{' ' * (low - start)}{text[low:high]}{' ' * (unit - high)}{text[unit:]}"


def _unit(text: str, low: int, high: int) -> int:
    """Where the unit of a level begins; its end where it has none."""
    figure = _NUMBER.match(text, low, high)
    return high if figure is None else figure.end()


def check(rungs: Sequence[Leaf], text: str, spans: Sequence[tuple[int, int]]) -> None:
    """Trouble where the rungs compare nothing, or do not move away the operator's way."""
    places = [(start, text[start:end].strip()) for start, end in spans]
    first = replace(rungs[0], level=None)
    for place, rung in zip(places[1:], rungs[1:], strict=True):
        if first.verb not in _OPERATORS or replace(rung, level=None) != first:
            raise Trouble("compared", *place)
    sign = 1 if rungs[0].verb in UP else -1
    levels = [(rung.level or 0) * sign for rung in rungs]
    for at in range(1, len(levels)):
        if levels[at] <= levels[at - 1]:
            raise Trouble("beyond", *places[at], before=places[at - 1][1])
