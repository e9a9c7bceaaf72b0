"""Sorted boundaries per (instrument, axis): a move touches exactly those it passes."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from typing import TypeVar

import numpy as np

LOWEST, HIGHEST = -(1 << 62), 1 << 62
NEAR = 8  # boundaries, a cache line of them
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

    def extend(self, levels: Sequence[int], numbers: Sequence[int]) -> None:
        """Many boundaries at once, each beside the number at its place; of many the equal ones by number."""
        if len(levels) <= FEW:
            self._extend_by_few(levels, numbers)
            return
        all_levels, all_numbers = self.levels + array("q", levels), self.numbers + array("I", numbers)
        columns = np.frombuffer(all_levels, np.int64), np.frombuffer(all_numbers, np.uint32)
        order = np.lexsort(columns[::-1])
        self.levels = array("q", columns[0][order].tobytes())
        self.numbers = array("I", columns[1][order].tobytes())

    def _extend_by_few(self, levels: Sequence[int], numbers: Sequence[int]) -> None:
        if self.levels:
            for level, number in zip(levels, numbers, strict=True):
                self.insert(level, number)
            return
        order = sorted(range(len(levels)), key=levels.__getitem__)
        self.levels = array("q", [levels[at] for at in order])
        self.numbers = array("I", [numbers[at] for at in order])

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

    def bytes_held(self) -> int:
        """Bytes of both columns, as allocated."""
        return self.levels.__sizeof__() + self.numbers.__sizeof__()

    def reached(self, value: int) -> list[int]:
        """Take away, highest first, the numbers whose boundary is at or above `value`."""
        levels, numbers = self.levels, self.numbers
        found: list[int] = []
        while levels and levels[-1] >= value:
            levels.pop()
            found.append(numbers.pop())
        return found


class Axis(Boundaries):
    """Boundaries on one axis, the value the axis stands at, and the way back for conditions that rang.

    `falls` re-arms when the value is at or below a boundary; `rises` holds negated boundaries and re-arms
    when it is at or above. What rang last lies near the end of both, so they behave like stacks; `fall` and
    `rise` repeat the nearest way back, so that a usual move looks at neither. Few have `both` ways.
    """

    __slots__ = ("at", "both", "fall", "falls", "rise", "rises", "value")

    def __init__(self) -> None:
        super().__init__()
        self.value = 0
        self.at = 0  # how many boundaries are at or below `value`
        self.fall, self.rise = LOWEST, HIGHEST
        self.falls: Boundaries | None = None
        self.rises: Boundaries | None = None
        self.both: set[int] | None = None

    def stand(self, value: int) -> None:
        """Be at a value from which nothing was touched."""
        self.value = value
        self.at = bisect_right(self.levels, value)

    def move(self, value: int) -> tuple[int, int]:
        """Go to a value; numbers[start:stop] are touched: the boundaries in (min, max].

        Most moves are short, so the search begins beside where the axis stands: one cache line, not many.
        """
        levels, at = self.levels, self.at
        if value > self.value:
            near = min(at + NEAR, len(levels))
            stop = bisect_right(levels, value, at, near)
            self.at = stop = stop if stop < near else bisect_right(levels, value, near)
            start = at
        else:
            near = max(at - NEAR, 0)
            start = bisect_right(levels, value, near, at)
            self.at = start = start if start > near else bisect_right(levels, value, 0, near)
            stop = at
        self.value = value
        return start, stop

    def insert(self, level: int, number: int) -> None:
        """One boundary more; equal ones stay in the order they came."""
        super().insert(level, number)
        self.at += level <= self.value

    def extend(self, levels: Sequence[int], numbers: Sequence[int]) -> None:
        """Many boundaries at once, each beside the number at its place."""
        super().extend(levels, numbers)
        self.stand(self.value)

    def remove(self, level: int, number: int) -> None:
        """Take one boundary of a condition away, if it is there."""
        super().remove(level, number)
        self.stand(self.value)

    def await_return(self, number: int, down: int | None, up: int | None) -> None:
        """Re-arm `number` at or below `down`, or at or above `up`; farther than any value is no way."""
        if down is not None and down > LOWEST:
            if self.falls is None:
                self.falls = Boundaries()
            self.falls.insert(down, number)
            self.fall = self.falls.levels[-1]
        if up is not None and up < HIGHEST:
            if self.rises is None:
                self.rises = Boundaries()
            self.rises.insert(-up, number)
            self.rise = -self.rises.levels[-1]
        if down is not None and up is not None:
            if self.both is None:
                self.both = set()
            self.both.add(number)

    def returned(self, value: int) -> list[int]:
        """Take away and list the numbers that are back at this value."""
        found: list[int] = []
        if value <= self.fall and self.falls is not None:
            found += self.falls.reached(value)
        if value >= self.rise and self.rises is not None:
            found += self.rises.reached(-value)
        if self.both is not None:
            for number in self.both.intersection(found):
                self.stop_waiting(number)
        self._find_ways()
        return found

    def stop_waiting(self, number: int) -> None:
        """Forget the ways back of one number."""
        if self.both is not None:
            self.both.discard(number)
        for pile in (self.falls, self.rises):
            if pile and number in pile.numbers:
                pile.forget((number,))
        self._find_ways()

    def cancel_return(self, number: int, down: int | None, up: int | None) -> None:
        """Forget the ways back of one number where they are known: no search through all of them."""
        if down is not None and self.falls is not None:
            self.falls.remove(down, number)
        if up is not None and self.rises is not None:
            self.rises.remove(-up, number)
        self._find_ways()

    def forget(self, numbers: Collection[int]) -> None:
        """Take the boundaries and the ways back of these conditions away."""
        if self.levels:
            super().forget(numbers)
            self.stand(self.value)
        if self.both is not None:
            self.both.difference_update(numbers)
        for pile in (self.falls, self.rises):
            if pile:
                pile.forget(numbers)
        self._find_ways()

    def _find_ways(self) -> None:
        falls, rises = self.falls, self.rises
        self.fall = falls.levels[-1] if falls is not None and falls.levels else LOWEST
        self.rise = -rises.levels[-1] if rises is not None and rises.levels else HIGHEST


AnyAxis = TypeVar("AnyAxis", bound=Axis)


def sweep(axes: Sequence[AnyAxis], values: Sequence[int]) -> list[tuple[AnyAxis, int, int, bool]]:
    """Move each axis to its value; those whose numbers[start:stop] were touched.

    Each comes as (axis, start, stop, whether the value rose).
    A move a -> b touches the boundaries in (min, max]. The loop lives here, because one call a quote costs
    three times as much as one call for many.
    """
    touched = []
    for axis, value in zip(axes, values, strict=True):
        before = axis.value
        if value == before:
            continue
        levels, at = axis.levels, axis.at
        axis.value = value
        if value > before:
            axis.at = stop = bisect_right(levels, value, at)
            if stop != at:
                touched.append((axis, at, stop, True))
        else:
            axis.at = start = bisect_right(levels, value, 0, at)
            if start != at:
                touched.append((axis, start, at, False))
    return touched
