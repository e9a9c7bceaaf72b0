"""Between conditions and axes: which lane a number lives on, what its region is, what waits to be judged."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules.columns import CROSS, PART, PLAIN, RANG, SLOW, UNFINISHED, Columns
from rules.levels import compiled
from rules.live import Lane, Live
from rules.market import Market
from rules.model import REGULAR, Direction, Kind, Leaf
from rules.region import Absent, Inputs, Ratio, Region, Ways, ways_back
from rules.signal import SIGNALS, Follows

if TYPE_CHECKING:
    from datetime import timedelta

# Hysteresis (design 4.3).
PRICE_HYSTERESIS = (2, 1000)  # of the level
PERCENT_POINTS = 2  # tenths of a point, on a percent axis of its own
OTHER_HYSTERESIS = (2, 100)  # of the level
HELD = CROSS | PART | RANG  # a cross inside a composite is true from its ring until it goes back


@dataclass(slots=True)
class Sight:
    """A number as its instrument's inputs show it now."""

    leaf: Leaf
    region: Region | Absent
    lane: Lane


class Placement:
    """Puts numbers on lanes and takes them off; compiles on demand from the session's inputs."""

    def __init__(self, columns: Columns, market: Market) -> None:
        self._columns, self._market = columns, market
        self.negated: set[int] = set()
        self.closing: dict[int, timedelta] = {}  # conditions that a minute bar decides: its size

    def home(self, number: int) -> Live:
        """The instrument a number belongs to."""
        return self._market.by_number[self._columns.homes[number]]

    def lane(self, number: int) -> Lane:
        """The lane a number belongs to with today's inputs."""
        live, leaf = self.home(number), self._columns.leaf(number)
        own = SIGNALS[leaf.signal].axis(leaf, live.now())
        return live.lane(own, self._columns.pattern(number).sessions)

    def region(self, number: int) -> Region | Absent:
        """The region of a number with today's inputs."""
        leaf, live = self._columns.leaf(number), self.home(number)
        return compiled(leaf, self._inputs(number, live), negated=number in self.negated)

    def _inputs(self, number: int, live: Live) -> Inputs:
        """What a number is compiled from: day bars or those of its size."""
        if live.series is None:
            return live.now()
        manner = self._columns.manner(number)
        held = manner.anew and self._columns.code[number] & HELD == HELD
        return live.seen(manner.size, held=held)

    def sight(self, number: int) -> "Sight":
        """Leaf, region and lane of a number in one look."""
        live, leaf = self.home(number), self._columns.leaf(number)
        inputs = self._inputs(number, live)
        own = SIGNALS[leaf.signal].axis(leaf, inputs)
        found = compiled(leaf, inputs, negated=number in self.negated)
        return Sight(leaf, found, live.lane(own, self._columns.pattern(number).sessions))

    def seat(self, number: int) -> Lane:
        """A new number: flags from its manner, its lane's waiting list, and the lists of what it follows."""
        manner, live, code = self._columns.manner(number), self.home(number), self._columns.code
        crossing = manner.crossing and number not in self.negated
        code[number] |= CROSS * crossing | UNFINISHED * manner.unfinished
        code[number] |= SLOW * manner.two_way
        if manner.follows is Follows.LEVEL:
            self._note_plain(number, live)
        else:
            extremes = manner.follows is Follows.EXTREMES
            live.note_dynamic(number, extremes=extremes and manner.size is None)
            self._note_bars(number, live, extremes=extremes)
        live.inputs = None
        lane = self.lane(number)
        self.wait(lane, (number,))
        live.settle_quiet()
        return lane

    def _note_plain(self, number: int, live: Live) -> None:
        """A price level typed by its user, in regular hours, as the columns hold it: nothing to compile."""
        columns = self._columns
        if (
            not columns.code[number] & (PART | SLOW)
            and number not in columns.whole
            and columns.pattern(number).sessions == REGULAR
            and live.instrument.kind is not Kind.GROUP
        ):
            columns.marks[number] |= PLAIN

    def _note_bars(self, number: int, live: Live, *, extremes: bool) -> None:
        """A condition on minute bars: its instrument gathers them, their close decides it."""
        size = self._columns.manner(number).size
        if size is not None:
            live.note_bars(number, size, extremes=extremes)
            self.closing[number] = size

    def join(self, tree: int, parts: Iterable[int]) -> None:
        """A composite: the largest bars among its unfinished parts decide it; days are larger than any."""
        sizes = [self.closing.get(part) for part in parts if self._columns.code[part] & UNFINISHED]
        known = [size for size in sizes if size is not None]
        if known and len(known) == len(sizes):
            self.closing[tree] = max(known)

    def back(self, number: int, level: Ratio) -> Ways:
        """Where a plain number that rang re-arms, as `ways` would find it; the hot path of rings."""
        pattern = self._columns.pattern(number)
        numerator, denominator = level
        part, whole = (
            PRICE_HYSTERESIS if pattern.hysteresis is None else pattern.hysteresis.as_integer_ratio()
        )
        if self._columns.manner(number).direction is Direction.UP:
            down = numerator * (whole - part) // (denominator * whole)
            return (min(down, -(-numerator // denominator) - 1) if pattern.verb == ">=" else down), None
        up = -(-numerator * (whole + part) // (denominator * whole))
        return None, (max(up, numerator // denominator + 1) if pattern.verb == "<=" else up)

    def unseat(self, number: int) -> None:
        """A number goes: off its lane and every list."""
        live = self.home(number)
        for lane in live.lanes:
            if lane.pending and number in lane.pending:
                lane.pending.remove(number)
            if self._columns.code[number] & RANG:
                lane.stop_waiting(number)
        region = self.region(number)
        if isinstance(region, Region):
            lane = self.lane(number)
            for boundary in region.boundaries:
                lane.remove(boundary, number)
        live.forget(number)
        self.closing.pop(number, None)
        self.negated.discard(number)
        live.settle_quiet()

    @staticmethod
    def wait(lane: Lane, numbers: Iterable[int]) -> None:
        """Judge these at the lane's next value."""
        if lane.pending is None:
            lane.pending = []
        lane.pending.extend(numbers)

    def unsettle(self, live: Live, numbers: Collection[int]) -> None:
        """Boundaries of these move: off every lane, to be compiled and judged at the next value."""
        gone = frozenset(numbers)
        if not gone:
            return
        for lane in live.lanes:
            lane.forget(gone)
            if lane.pending:
                lane.pending = [number for number in lane.pending if number not in gone]
        live.inputs = None
        for number in sorted(gone):
            self.wait(self.lane(number), (number,))

    def ways(self, number: int, region: Region | Absent, lane: Lane) -> Ways | None:
        """Where a number that rang re-arms: false and back by the hysteresis."""
        if isinstance(region, Absent):
            return None, None
        margin, own = self._columns.pattern(number).hysteresis, lane.own
        part = None if margin is None else margin.as_integer_ratio()
        if own is None:
            return ways_back(region, lane.value, part or PRICE_HYSTERESIS, 0)
        if part is None and own.percent:
            return ways_back(region, lane.value, None, own.scale * PERCENT_POINTS // 1000, 2)
        return ways_back(region, lane.value, part or OTHER_HYSTERESIS, 0, 2)
