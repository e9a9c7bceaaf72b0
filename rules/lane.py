"""One axis of one instrument: its numbers, its meter, and how far its value may go without a look."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rules.calm import Foreseeing, is_foreseeing
from rules.columns import DULL, SLOW
from rules.index import HIGHEST, NEAR, Axis
from rules.model import SessionKind
from rules.signal import Own

if TYPE_CHECKING:
    from rules.meter import Meter
    from rules.model import Quote


class Lane(Axis):
    """One axis of one instrument for one set of session kinds, and the numbers to be judged on it."""

    __slots__ = (
        "absent", "before", "code", "double", "foreseen", "is_regular", "kinds", "known", "meter", "opening",
        "own", "paired", "pending",
    )  # fmt: skip

    def __init__(self, own: Own | None, kinds: frozenset[SessionKind], code: bytearray) -> None:
        super().__init__()
        self.code = code  # states of all numbers (rules.columns)
        self.own = own
        self.paired = own is not None and bool(own.others)  # its meter reads other instruments
        self.kinds = kinds
        self.is_regular = SessionKind.REGULAR in kinds
        self.meter: Meter | None = None if own is None else own.meter()
        self.foreseen: Foreseeing | None = self.meter if is_foreseeing(self.meter) else None
        self.known = False  # `value` is one the axis really had
        self.absent = False  # but not at the last quote
        self.before: int | None = None  # its value at the quote before, of an axis of its own
        self.double = False  # some of its numbers have two boundaries
        self.opening = True  # its next value is the session's first
        self.pending: list[int] | None = None  # numbers to compile and judge at the next value

    def passed(self, start: int, stop: int) -> Iterable[int]:
        """The numbers whose truth a move turned; what lies between two boundaries may be passed in one."""
        numbers = self.numbers[start:stop]
        if not self.double or stop - start == 1:
            return numbers
        times = Counter(numbers)
        return [number for number in numbers if self.code[number] & SLOW or times[number] == 1]

    def is_quiet(self, quote: "Quote", old: "Quote", price: int) -> bool:
        """Whether a quote after another passes nothing on the price axis; its high and low neither."""
        floor, ceiling = self.quiet(1, HIGHEST)
        high, low = quote.high, quote.low
        if high is None or low is None or not floor <= price < ceiling:
            return False
        return (high == old.high or high < ceiling) and (low == old.low or low >= floor)

    def quiet(self, floor: int, ceiling: int) -> tuple[int, int]:
        """The part of floor <= value < ceiling around the present value in which nobody wants a look.

        Boundaries whose passing says nothing now (DULL) are flipped later, by the next move looked at.
        """
        levels, numbers, code, at = self.levels, self.numbers, self.code, self.at
        up, end = at, len(levels)
        last = min(at + NEAR, end)
        while up < last and DULL[code[numbers[up]]]:
            up += 1
        down, first = at - 1, 0 if at < NEAR else at - NEAR
        while down >= first and DULL[code[numbers[down]]]:
            down -= 1
        if up < end and (level := levels[up]) < ceiling:
            ceiling = level
        if down >= 0 and (level := levels[down]) > floor:
            floor = level
        if self.fall >= floor:
            floor = self.fall + 1
        return floor, min(ceiling, self.rise)
