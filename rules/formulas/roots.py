"""Truth over the price axis where a condition turns at several prices: candidates found, integers decide."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import floor, isfinite
from operator import ge, gt, le, lt
from types import MappingProxyType
from typing import Any

from rules.region import NO_EVIDENCE, Ratio, Region

COMPARED: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType({">": gt, ">=": ge, "<": lt, "<=": le})
LOWEST = 1  # quanta: no price is beneath it
HIGHEST = 10**18


def pieces(
    definition: Callable[[int], bool],
    roots: Iterable[float | Fraction],
    evidence: Mapping[str, str | float] = NO_EVIDENCE,
) -> Region:
    """The region of a definition whose truth turns only near the given prices (quanta).

    Both whole prices around every root are judged by the definition itself, and where two judged neighbours
    differ the turn between them is found by halving: an inexact root costs time, never truth.
    """
    found = sorted({root for root in roots if isfinite(root) and LOWEST <= root < HIGHEST})
    places = {LOWEST, *(max(LOWEST, floor(root) + step) for root in found for step in (-1, 0, 1, 2))}
    ordered = sorted(places)
    truths = [definition(place) for place in ordered]
    boundaries: list[int] = []
    ratios: list[Ratio] = []
    for at in range(1, len(ordered)):
        if truths[at] != truths[at - 1]:
            turn = _turn(definition, ordered[at - 1], ordered[at])
            boundaries.append(turn)
            ratios.append(_nearest(found, turn).as_integer_ratio())
    return Region(tuple(boundaries), truths[0], tuple(ratios), evidence)


def _turn(definition: Callable[[int], bool], low: int, high: int) -> int:
    """The first price above `low` where the definition says what it says at `high`."""
    goal = definition(high)
    while high - low > 1:
        middle = (low + high) // 2
        if definition(middle) == goal:
            high = middle
        else:
            low = middle
    return high


def _nearest(roots: list[float | Fraction], place: int) -> float | Fraction:
    at = bisect_left(roots, place)
    return min(roots[max(0, at - 1) : at + 1], key=lambda root: abs(float(root) - place))
