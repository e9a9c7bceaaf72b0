"""From a condition's tree to what the engine follows: numbers for its leaves, cells for what remembers."""

from collections.abc import Callable

from rules.composite import Formula, grow
from rules.dial import Dial
from rules.forms import bar_of, ends, is_anew, is_crossing
from rules.memory import Edge, Memory, Origin, Tree
from rules.model import At, Between, Held, Leaf, Node, OnClose, Remembered, Then
from rules.sequence import Holding, Sequence
from rules.timed import Decision, Taken, Window


class Planting:
    """One condition being planted; `number` gives a leaf its number and is told whether it stands negated."""

    def __init__(self, number: Callable[[Leaf, bool], int], dial: Callable[[], Dial], *, blind: bool) -> None:
        self._number, self._dial, self._blind = number, dial, blind
        self._parts: list[int] = []
        self._before: set[int] = set()  # leaves of A in `A then B`
        self._cells: list[Memory] = []
        self._closed: set[int] = set()  # leaves that only a close decides

    def tree(self, root: Node) -> Tree:
        """The condition's tree."""
        formula = self._grow(root)
        deciding = tuple(part for part in self._parts if part not in self._before)
        live = tuple(part for part in self._parts if part not in self._closed)
        return Tree(formula, tuple(self._parts), tuple(self._cells), deciding, live)

    def _grow(self, node: Node) -> Formula:
        return grow(node, self._part, self._cell)

    def _part(self, leaf: Leaf, negated: bool) -> int:  # noqa: FBT001 - called by position from the walk
        self._parts.append(self._number(leaf, negated))
        return self._parts[-1]

    def _cell(self, node: Remembered, negated: bool) -> Formula:  # noqa: FBT001 - called by position from the walk
        origin, begin = Origin(self._dial(), negated, self._blind), len(self._parts)
        cell = self._sequence(origin, node) if isinstance(node, Then) else self._qualified(origin, node)
        if isinstance(node, OnClose):
            self._closed.update(self._parts[begin:])
        self._cells.append(cell)
        return cell

    def _sequence(self, origin: Origin, node: Then) -> Memory:
        begin = len(self._parts)
        first = self._edge(node.first)
        self._before.update(self._parts[begin:])
        return Sequence(origin, first, self._edge(node.second), node.within)

    def _qualified(self, origin: Origin, node: Held | At | Between | OnClose) -> Memory:
        if isinstance(node, Between):
            edge = self._edge(node.part) if is_crossing(node.part) else None
            return Window(origin, node, edge.formula if edge else self._grow(node.part), edge)
        part = self._grow(node.part)
        if isinstance(node, Held):
            return Holding(origin, node, part)
        if isinstance(node, At):
            return Taken(origin, node, part)
        return Decision(origin, part, bar_of(node.part), resets=ends(node.part), anew=is_anew(node.part))

    def _edge(self, node: Node) -> Edge:
        return Edge(self._grow(node), crossing=ends(node), blind=self._blind)
