"""Comparisons whose level lies on its axis as a straight line over the number the user typed.

Price, change, market value and whatever has an axis of its own: conditions of one pattern on one instrument
share the line, so each costs a multiplication and a division of whole numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from math import gcd
from typing import TypeAlias

from rules.frozen import quick
from rules.model import Leaf
from rules.region import BENEATH, CROSSES, FARTHEST, NO_EVIDENCE, REACHED, Ratio, Region, edge, one_edge

Shape: TypeAlias = tuple[int, int, int, bool]


@dataclass(frozen=True, slots=True)
class Line:
    """Level on the axis = (offset + slope x the user's number) / whole, exact; `whole` is positive.

    The axis is the price in quanta; where it is `coded`, numbers stand on it as rules.meter encodes them.
    """

    offset: int = 0
    slope: int = 1
    whole: int = 1
    coded: bool = False
    evidence: Mapping[str, str | float] = field(default_factory=lambda: NO_EVIDENCE)

    @property
    def shape(self) -> Shape:
        """What it computes with, evidence apart."""
        return self.offset, self.slope, self.whole, self.coded

    def region(self, leaf: Leaf) -> Region:
        """The region of a leaf with its own level."""
        verb = CROSSES.get(leaf.verb, leaf.verb)
        numerator, denominator = (leaf.level or Decimal()).as_integer_ratio()
        ratio = (self.offset * denominator + self.slope * numerator, self.whole * denominator)
        find = code if self.coded else edge
        return one_edge(find(ratio, reached=verb in REACHED), ratio, self.evidence, first=verb in BENEATH)


quick_line = quick(Line)


@dataclass(frozen=True, slots=True)
class Steps:
    """A line for many numbers written alike: each is a mantissa, level = mantissa x 10**power."""

    base: int
    step: int
    whole: int
    coded: bool
    reached: bool
    beneath: bool  # true left of the boundary
    # Where there is one: boundary = (start + slope x mantissa) // whole, as far as boundaries reach.
    slope: int | None
    start: int

    def boundary(self, mantissa: int) -> int:
        """The boundary of the condition with this mantissa."""
        ratio = (self.base + self.step * mantissa, self.whole)
        return code(ratio, reached=self.reached) if self.coded else edge(ratio, reached=self.reached)

    def boundaries(self, mantissas: Sequence[int]) -> list[int]:
        """The same of many, at a fifth of the price."""
        start, slope, whole = self.start, self.slope, self.whole
        if slope is not None:
            found = [start + slope * mantissa for mantissa in mantissas]
            if whole != 1:
                found = [number // whole for number in found]
            if min(found) > -FARTHEST and max(found) < FARTHEST:
                return found
        return [self.boundary(mantissa) for mantissa in mantissas]


quick_steps = quick(Steps)


def stepped(shape: Shape, power: int, verb: str) -> Steps:
    """The line of a pattern whose levels are mantissa x 10**power."""
    offset, slope, parts, coded = shape
    up, down, operator = 10 ** max(power, 0), 10 ** max(-power, 0), CROSSES.get(verb, verb)
    base, step, whole, reached = offset * down, slope * up, parts * down, operator in REACHED
    shared = gcd(base, step, whole)
    base, step, whole = base // shared, step // shared, whole // shared
    start, factor = base + whole - reached, step
    if coded:  # of a whole number the code is twice that, and the next one is beyond it
        start, factor = 2 * base + 1 - reached, 2 * step
    known = None if coded and whole != 1 else factor
    return quick_steps(
        base=base, step=step, whole=whole, coded=coded, reached=reached, beneath=operator in BENEATH,
        slope=known, start=start,
    )  # fmt: skip


stepped_alike = lru_cache(maxsize=4096)(stepped)  # for what instruments with as many decimals share


def code(ratio: Ratio, *, reached: bool) -> int:
    """The boundary of a level on an encoded axis: the first code of numbers at the level, or beyond it."""
    numerator, denominator = ratio
    if abs(numerator) > FARTHEST * denominator:
        numerator, denominator = (FARTHEST if numerator > 0 else -FARTHEST), 1
    at = -2 * (-numerator // denominator)
    return at if reached else at + (numerator % denominator == 0)
