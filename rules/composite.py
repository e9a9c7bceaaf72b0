"""And, or and not over the leaves of one instrument, in three-valued logic."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from rules.model import And, Leaf, Node, Not

Formula: TypeAlias = "int | tuple[bool, tuple[Formula, ...]]"


@dataclass(frozen=True, slots=True)
class Tree:
    """A composite: its formula over the numbers of its leaves, in the order they were written.

    A number stands for its leaf, or for the leaf's opposite where an odd count of `not` stands before it: so
    hysteresis of `not A` is that of A's opposite. (True, parts) means all, (False, parts) any.
    """

    formula: Formula
    parts: tuple[int, ...]


def grow(node: Node, part: Callable[[Leaf, bool], int], *, negated: bool = False) -> Formula:
    """A condition's root as a formula; `part` numbers a leaf and is told whether it stands negated."""
    if isinstance(node, Leaf):
        return part(node, negated)
    if isinstance(node, Not):
        return grow(node.part, part, negated=not negated)
    every = isinstance(node, And) is not negated
    return every, tuple(grow(child, part, negated=negated) for child in node.parts)


def truth(formula: Formula, literal: Callable[[int], bool | None]) -> bool | None:
    """Kleene's logic: unknown only where what is known does not decide."""
    if isinstance(formula, int):
        return literal(formula)
    every, parts = formula
    found = [truth(part, literal) for part in parts]
    if (not every) in found:
        return not every
    return None if None in found else every
