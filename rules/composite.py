"""And, or, not over the leaves of one instrument, in three-valued logic; what remembers is a cell in it."""

from collections.abc import Callable
from enum import Enum
from typing import Protocol, TypeAlias

from rules.model import And, Leaf, Node, Not, Or, Remembered, Then

Literal: TypeAlias = Callable[[int], bool | None]


class Reading(Enum):
    """In which sense a formula is read; they differ in what cells answer."""

    NOW = "now"  # true as of the last quote looked at
    LASTING = "lasting"  # not yet back by the hysteresis, so a ring lasts
    STANDING = "standing"  # the same whatever the clock says: a provisional ring is not withdrawn by it
    CLOSING = "closing"  # true at the bar's close whatever the clock says: what confirms a provisional ring
    BAR = "bar"  # as far as a finished bar alone can tell


class Cell(Protocol):
    """A part of a composite that remembers (rules.memory)."""

    def read(self, literal: Literal, reading: Reading) -> bool | None:
        """Its truth in a sense, by the literals of its leaves where the sense asks for them."""
        ...


Formula: TypeAlias = "int | Cell | tuple[bool, tuple[Formula, ...]]"
Planter: TypeAlias = Callable[[Remembered, bool], Formula]


def grow(
    node: Node, part: Callable[[Leaf, bool], int], cell: Planter | None = None, *, negated: bool = False
) -> Formula:
    """A condition's root as a formula; `part` numbers a leaf and is told whether it stands negated.

    `cell` makes what remembers, told the same; without it such a part is read as what it says of one quote.
    """
    if isinstance(node, Leaf):
        return part(node, negated)
    if isinstance(node, Not):
        return grow(node.part, part, cell, negated=not negated)
    if not isinstance(node, And | Or):
        return cell(node, negated) if cell else grow(present(node), part, negated=negated)
    every = isinstance(node, And) is not negated
    return every, tuple(grow(child, part, cell, negated=negated) for child in node.parts)


def present(node: Remembered) -> Node:
    """What a part that remembers asks of the present quote."""
    return node.second if isinstance(node, Then) else node.part


def truth(formula: Formula, literal: Literal, reading: Reading = Reading.NOW) -> bool | None:
    """Kleene's logic: unknown only where what is known does not decide."""
    if isinstance(formula, int):
        return literal(formula)
    if not isinstance(formula, tuple):
        return formula.read(literal, reading)
    every, parts = formula
    found = [truth(part, literal, reading) for part in parts]
    if (not every) in found:
        return not every
    return None if None in found else every
