"""What a closing bar decides by: the truths of what it finished, not those of the next quote."""

from collections.abc import Iterable
from typing import Protocol

from rules.columns import WAIT, Columns
from rules.composite import Reading, truth
from rules.live import Live
from rules.memory import Tree
from rules.placement import Placement
from rules.region import Absent
from rules.signal import Follows


class Leaves(Protocol):
    """Composites, and their leaves as of the last quote."""

    trees: dict[int, Tree]
    owner: dict[int, int]

    def literal(self, number: int) -> bool | None:
        """A leaf inside its composite."""


class Verdict:
    """Truth alone decides at a close, by bars that ended up to then.

    A bar may end before a larger one, of which a composite speaks too: what it said counts until its next
    bar has a quote.
    """

    def __init__(self, columns: Columns, placement: Placement, leaves: Leaves) -> None:
        self._columns, self._placement, self._leaves = columns, placement, leaves
        self.ended: dict[int, bool | None] = {}  # leaf of a provisional ring -> what its finished bar said

    def stands(self, number: int) -> bool:
        """Whether a ring is true still; what the clock alone made false stands."""
        tree = self._leaves.trees.get(number)
        return truth(number if tree is None else tree.formula, self._said, Reading.CLOSING) is True

    def _said(self, number: int) -> bool | None:
        """A leaf by the finished bar: the last quote may have moved its high and low after it was judged."""
        if number in self.ended:
            return self.ended[number]
        columns, found = self._columns, self._leaves.literal(number)
        if found is None or columns.manner(number).follows is not Follows.EXTREMES:
            return found
        sight = self._placement.sight(number)
        if isinstance(sight.region, Absent) or columns.code[number] & WAIT:
            return False
        return sight.region.truth(sight.lane.value)

    def remember(self, numbers: Iterable[int], live: Live) -> None:
        """A bar of these leaves ends."""
        open_still = live.provisional
        if open_still:
            self.ended.update(
                {one: self._said(one) for one in numbers if self._leaves.owner.get(one) in open_still}
            )

    def reopen(self, numbers: Iterable[int]) -> None:
        """The next bar of these leaves has a quote."""
        for number in numbers if self.ended else ():
            self.ended.pop(number, None)
