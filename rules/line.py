"""Comparisons whose level lies on its axis as a straight line over the number the user typed.

Price, change, market value and whatever has an axis of its own: conditions of one pattern on one instrument
share the line, so each costs a multiplication and a division of whole numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rules.model import Leaf
from rules.region import BENEATH, CROSSES, FARTHEST, NO_EVIDENCE, REACHED, Ratio, Region, edge


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

    def region(self, leaf: Leaf) -> Region:
        """The region of a leaf with its own level."""
        verb = CROSSES.get(leaf.verb, leaf.verb)
        numerator, denominator = (leaf.level or Decimal()).as_integer_ratio()
        ratio = (self.offset * denominator + self.slope * numerator, self.whole * denominator)
        find = code if self.coded else edge
        return Region((find(ratio, reached=verb in REACHED),), verb in BENEATH, (ratio,), self.evidence)


@dataclass(frozen=True, slots=True)
class Steps:
    """A line for many numbers written alike: each is a mantissa, level = mantissa x 10**power."""

    base: int
    step: int
    whole: int
    coded: bool
    reached: bool
    beneath: bool  # true left of the boundary

    def boundary(self, mantissa: int) -> int:
        """The boundary of the condition with this mantissa."""
        ratio = (self.base + self.step * mantissa, self.whole)
        return code(ratio, reached=self.reached) if self.coded else edge(ratio, reached=self.reached)


def stepped(line: Line, power: int, *, reached: bool, beneath: bool) -> Steps:
    """The line of a pattern whose levels are mantissa x 10**power."""
    up, down = 10 ** max(power, 0), 10 ** max(-power, 0)
    return Steps(line.offset * down, line.slope * up, line.whole * down, line.coded, reached, beneath)


def code(ratio: Ratio, *, reached: bool) -> int:
    """The boundary of a level on an encoded axis: the first code of numbers at the level, or beyond it."""
    numerator, denominator = ratio
    if abs(numerator) > FARTHEST * denominator:
        numerator, denominator = (FARTHEST if numerator > 0 else -FARTHEST), 1
    at = -2 * (-numerator // denominator)
    return at if reached else at + (numerator % denominator == 0)
