"""Sorted boundaries per (instrument, axis): a move touches exactly those it passes."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

FEW = 16  # up to this many insertions one by one beat a merge of everything


class Boundaries:
    """Boundaries ascending (int64) beside the condition numbers they belong to (uint32): 12 bytes each."""

    __slots__ = ("levels", "numbers")

    def __init__(self) -> None:
        self.levels = array("q")
        self.numbers = array("I")

    def __len__(self) -> int:
        return len(self.levels)

    def insert(self, level: int, number: int) -> None:
        """One boundary more; equal ones stay in the order they came."""
        at = bisect_right(self.levels, level)
        self.levels.insert(at, level)
        self.numbers.insert(at, number)

    def extend(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Many (boundary, number) pairs at once."""
        if len(pairs) <= FEW:
            for level, number in pairs:
                self.insert(level, number)
            return
        merged = sorted([*zip(self.levels, self.numbers, strict=True), *pairs])
        self.levels = array("q", [level for level, _ in merged])
        self.numbers = array("I", [number for _, number in merged])

    def remove(self, level: int, number: int) -> None:
        """Take one boundary of a condition away, if it is there."""
        levels, numbers = self.levels, self.numbers
        at = bisect_left(levels, level)
        while at < len(levels) and levels[at] == level:
            if numbers[at] == number:
                del levels[at]
                del numbers[at]
                return
            at += 1

    def forget(self, numbers: Collection[int]) -> None:
        """Take every boundary of these conditions away."""
        kept = [pair for pair in zip(self.levels, self.numbers, strict=True) if pair[1] not in numbers]
        self.levels = array("q", [level for level, _ in kept])
        self.numbers = array("I", [number for _, number in kept])

    def reached(self, value: int) -> Iterator[int]:
        """Take away and yield, highest first, the numbers whose boundary is at or above `value`."""
        levels = self.levels
        while levels and levels[-1] >= value:
            levels.pop()
            yield self.numbers.pop()


class Axis(Boundaries):
    """Boundaries on one axis, the value the axis stands at, and the way back for conditions that rang.

    `falls` re-arms when the value is at or below a boundary; `rises` holds negated boundaries and re-arms
    when it is at or above. What rang last lies near the end of both, so they behave like stacks.
    """

    __slots__ = ("falls", "rises", "value")

    def __init__(self) -> None:
        super().__init__()
        self.value = 0
        self.falls: Boundaries | None = None
        self.rises: Boundaries | None = None

    def await_return(self, number: int, down: int | None, up: int | None) -> None:
        """Re-arm `number` at or below `down`, or at or above `up`."""
        if down is not None:
            self.falls = self.falls or Boundaries()
            self.falls.insert(down, number)
        if up is not None:
            self.rises = self.rises or Boundaries()
            self.rises.insert(-up, number)

    def returned(self, value: int) -> list[int]:
        """Take away and list the numbers that are back at this value."""
        found: list[int] = []
        if self.falls:
            found.extend(self.falls.reached(value))
        if self.rises:
            found.extend(self.rises.reached(-value))
        for number in found:
            self.stop_waiting(number)
        return found

    def stop_waiting(self, number: int) -> None:
        """Forget the ways back of one number."""
        for pile in (self.falls, self.rises):
            if pile and number in pile.numbers:
                pile.forget((number,))

    def forget(self, numbers: Collection[int]) -> None:
        """Take the boundaries and the ways back of these conditions away."""
        super().forget(numbers)
        for pile in (self.falls, self.rises):
            if pile:
                pile.forget(numbers)

    def quiet(self, value: int) -> tuple[int, int]:
        """(floor, ceiling): while floor <= value < ceiling nothing on this axis is touched or re-armed."""
        at = bisect_right(self.levels, value)
        floor = self.levels[at - 1] if at else LOWEST
        ceiling = self.levels[at] if at < len(self.levels) else HIGHEST
        if self.falls:
            floor = max(floor, self.falls.levels[-1] + 1)
        if self.rises:
            ceiling = min(ceiling, -self.rises.levels[-1])
        return floor, ceiling


LOWEST, HIGHEST = -(1 << 62), 1 << 62
AnyAxis = TypeVar("AnyAxis", bound=Axis)


def sweep(axes: Sequence[AnyAxis], values: Sequence[int]) -> list[tuple[AnyAxis, int, int]]:
    """Move each axis to its value; (axis, start, stop) for those whose numbers[start:stop] were touched.

    A move a -> b touches the boundaries in (min, max]. The loop lives here, because one call a quote costs
    three times as much as one call for many.
    """
    touched = []
    for axis, value in zip(axes, values, strict=True):
        before = axis.value
        if value == before:
            continue
        levels = axis.levels
        if value > before:
            start = bisect_right(levels, before)
            stop = bisect_right(levels, value, start)
        else:
            start = bisect_right(levels, value)
            stop = bisect_right(levels, before, start)
        axis.value = value
        if start != stop:
            touched.append((axis, start, stop))
    return touched
