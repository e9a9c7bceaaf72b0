"""Composites in three-valued logic. A node of another kind is one branch more in `grow` and in `truth`."""

from collections.abc import Callable
from typing import TypeAlias

from rules.model import And, Leaf, Node, Not, Or

Formula: TypeAlias = "int | tuple[str, tuple[Formula, ...]]"


def grow(node: Node, part: Callable[[Leaf, bool], int], *, negated: bool = False) -> Formula:
    """Numbers in place of leaves; `not` goes down to them: each has the hysteresis of what it says."""
    if isinstance(node, Leaf):
        return part(node, negated)
    if isinstance(node, Not):
        return grow(node.part, part, negated=not negated)
    assert isinstance(node, And | Or)
    word = "all" if isinstance(node, And) is not negated else "any"
    return word, tuple(grow(child, part, negated=negated) for child in node.parts)


def truth(formula: Formula, literal: Callable[[int], bool | None]) -> bool | None:
    """Unknown only where what is known does not decide."""
    if isinstance(formula, int):
        return literal(formula)
    word, parts = formula
    found = {truth(part, literal) for part in parts}
    decisive = word == "any"
    if decisive in found:
        return decisive
    return None if None in found else not decisive
