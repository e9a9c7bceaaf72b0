"""Percentages of an earlier price: price / base - 1 against a level, solved for the price, exactly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rules.region import NO_EVIDENCE, Region, threshold


@dataclass(frozen=True, slots=True)
class Base:
    """The price a percentage is counted from: quanta, a float where the history is adjusted."""

    price: float
    evidence: Mapping[str, str | float] = field(default_factory=lambda: NO_EVIDENCE)


def risen(verb: str, base: Base, level: Decimal | None) -> Region:
    """`price / base - 1 > level` and its siblings as base x (1 + level).

    The ratio of an adjusted float is that float exactly, so the boundary needs no check.
    """
    numerator, denominator = (level or Decimal()).as_integer_ratio()
    price, part = base.price.as_integer_ratio()
    return threshold(verb, (price * (numerator + denominator), part * denominator), base.evidence)


def points(base: float, price: float) -> float:
    """Price / base - 1 in percent points, for people."""
    return 100 * (price / base - 1)


def constant(evidence: Mapping[str, str | float], *, holds: bool) -> Region:
    """True at every price, or at none: what the price of now has no part in."""
    return Region((), first=holds, ratios=(), evidence=evidence)
