"""Windows of trading time: what a number was w ago, and the lowest or highest price within w.

Time is counted in buckets of max(1 s, w / 60): the number of w ago is that at the end of the last bucket that
ended w ago or earlier, so a window costs at most some sixty entries however many quotes come.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from rules.meter import Moment
from rules.model import Leaf

SECOND = 1_000_000  # microseconds
BUCKETS = 60
T = TypeVar("T")


class Past(Generic[T]):
    """A number of w ago; None where what is known does not reach that far back."""

    def __init__(self, window: timedelta) -> None:
        self.window = window // timedelta(microseconds=1)
        self.size = max(SECOND, self.window // BUCKETS)
        self._ends: dict[int, T] = {}  # bucket -> its last number, ascending; it ends where the next begins
        self._base: T | None = None
        self._first: tuple[int, T] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was noted yet."""
        return self._first is None

    def note(self, elapsed: int, number: T) -> None:
        """The number now."""
        self._ends[elapsed // self.size] = number
        if self._first is None:
            self._first = (elapsed, number)

    def extend(self, origin: datetime, times: Sequence[datetime], numbers: Sequence[T]) -> None:
        """Numbers that came after the first, none of which was asked about; elapsed = time - origin."""
        size, ends, bucket, edge = timedelta(microseconds=self.size), self._ends, 0, times[0]
        for time, number in zip(times, numbers, strict=True):
            if time >= edge:  # comparing costs a tenth of dividing
                bucket = (time - origin) // size
                edge = origin + (bucket + 1) * size
            ends[bucket] = number

    def find(self, elapsed: int) -> T | None:
        """The number of w before now; `elapsed` never goes back."""
        ago = elapsed - self.window
        ends, begun = self._ends, ago // self.size  # buckets before this one ended w ago or earlier
        while ends and (bucket := next(iter(ends))) < begun:
            self._base = ends.pop(bucket)
        if self._base is not None:
            return self._base
        return self._first[1] if self._first is not None and self._first[0] <= ago else None

    def numbers(self) -> list[T]:
        """What was noted and may be found later, in no order."""
        found = [*self._ends.values()]
        if self._base is None and self._first is not None:
            found.append(self._first[1])
        return found

    def ahead(self, time: int) -> Iterator[tuple[int, T]]:
        """What will be found before a time, each with the time from which on; that of now left out."""
        window, size, first = self.window, self.size, self._first
        if self._base is None and first is not None and first[0] + window < time:
            yield first[0] + window, first[1]
        begun = (time - 1 - window) // size
        yield from (
            ((bucket + 1) * size + window, number) for bucket, number in self._ends.items() if bucket < begun
        )

    def end(self, elapsed: int) -> int:
        """The end of the bucket that a time lies in."""
        return (elapsed // self.size + 1) * self.size

    def clear(self) -> None:
        """Nothing is known."""
        self._ends.clear()
        self._base = self._first = None


class Base:
    """The price a move within w is counted from.

    While w has not passed since the open, the open; round the clock there is no open, and a window not seen
    whole has no base.
    """

    def __init__(self, window: timedelta) -> None:
        self.past: Past[int] = Past(window)
        self.is_whole = False  # watched from the session's first quote on
        self.is_open = False  # the base found last is the open

    def find(self, moment: Moment) -> int | None:
        """The base at a quote, before the quote itself is noted."""
        if self.past.is_empty:
            self.is_whole = moment.early and (moment.own is None or moment.own.quote is None)
        found = None
        if moment.open is None or moment.elapsed >= self.past.window:
            found = self.past.find(moment.elapsed)
        self.is_open = found is None and (self.is_whole or moment.elapsed < self.past.window)
        return moment.open if self.is_open else found

    def may_come(self, moment: Moment, time: int) -> list[int]:
        """Bases among which are all that may come after the one just found, before a time."""
        return [] if self._stays_open(moment, time) else self.past.numbers()

    def ahead(self, moment: Moment, time: int) -> Iterator[tuple[int, int]]:
        """These alone, each with the time from which on it counts."""
        return iter(()) if self._stays_open(moment, time) else self.past.ahead(time)

    def _stays_open(self, moment: Moment, time: int) -> bool:
        return moment.open is not None and time <= self.past.window

    def lasting(self, time: int) -> int:
        """Until when, at most then, there is a base: what was not seen whole has no open for it later."""
        return min(time, self.past.window) if self.is_open and not self.is_whole else time

    def note(self, moment: Moment) -> None:
        """The price now."""
        self.past.note(moment.elapsed, moment.price)

    def follow(self, origin: datetime, times: Sequence[datetime], prices: Sequence[int]) -> None:
        """Prices that came after the first, none of which was asked about; elapsed = time - origin."""
        self.past.extend(origin, times, prices)

    def clear(self) -> None:
        """A session begins: it has an open of its own."""
        self.past.clear()


class Extreme:
    """The lowest (sign +1) or highest (sign -1) price within w, the base and the price of now included."""

    def __init__(self, window: timedelta, sign: int) -> None:
        self._base, self._sign = Base(window), sign
        self._best: deque[tuple[int, int]] = deque()  # (end of a bucket, signed price), both ascending
        self._since: int | None = None  # trading time of the first price seen

    @property
    def is_open(self) -> bool:
        """Whether the window reaches back to the open only."""
        return self._base.is_open

    def find(self, moment: Moment) -> int | None:
        """The extreme at a quote, None while not every price of the window was seen."""
        base = self._base.find(moment)
        self._note(moment)
        if self._since is None:
            self._since = moment.elapsed
        window = self._base.past.window
        if not base or not (self._base.is_whole or self._since <= moment.elapsed - window):
            return None
        return self._sign * min(self._sign * base, self._best[0][1])

    def clear(self) -> None:
        """A session begins."""
        self._base.clear()
        self._best.clear()
        self._since = None

    def _note(self, moment: Moment) -> None:
        self._base.note(moment)
        past, best, price = self._base.past, self._best, self._sign * moment.price
        end = past.end(moment.elapsed)
        while best and best[0][0] <= moment.elapsed - past.window:
            best.popleft()
        while best and best[-1][1] >= price:
            best.pop()
        if not best or best[-1][0] < end:  # a worse price of the same bucket leaves with it
            best.append((end, price))


def width(leaf: Leaf) -> timedelta:
    """The window among a leaf's arguments."""
    return next(argument for argument in leaf.args if isinstance(argument, timedelta))


def told(base: int | None, decimals: int, *, since_open: bool) -> Mapping[str, str | float]:
    """The price a window counts from as an event's evidence, which says where that is the open's."""
    if base is None:
        return {}
    return {"since the open" if since_open else "base": base / 10**decimals}
