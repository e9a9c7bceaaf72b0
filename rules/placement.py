"""Between conditions and axes: which lane a number lives on, what its region is, what waits to be judged."""

from collections.abc import Collection, Iterable
from fractions import Fraction

from rules.columns import CROSS, RANG, SLOW, UNFINISHED, Columns, Pattern
from rules.levels import compiled
from rules.market import Lane, Live, Market
from rules.region import Absent, Region, Ways, ways_back
from rules.signal import SIGNALS, Follows

PRICE_HYSTERESIS = Fraction(2, 1000)  # of the level (design 4.3)
PERCENT_HYSTERESIS = Fraction(2, 1000)  # points of an own percent axis
OTHER_HYSTERESIS = Fraction(2, 100)  # of the level


class Placement:
    """Puts numbers on lanes and takes them off; compiles on demand from the session's inputs."""

    def __init__(self, columns: Columns, market: Market) -> None:
        self._columns, self._market = columns, market
        self.negated: set[int] = set()

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
        leaf = self._columns.leaf(number)
        return compiled(leaf, self.home(number).now(), negated=number in self.negated)

    def seat(self, number: int) -> None:
        """A new number: flags from its manner, its lane's waiting list, and the lists of what it follows."""
        manner, live, code = self._columns.manner(number), self.home(number), self._columns.code
        crossing = manner.crossing and number not in self.negated
        code[number] |= CROSS * crossing | UNFINISHED * manner.unfinished
        code[number] |= SLOW * manner.two_way
        if manner.follows is not Follows.LEVEL:
            live.note_dynamic(number, extremes=manner.follows is Follows.EXTREMES)
        live.inputs = None
        self.wait(self.lane(number), (number,))
        live.settle_quiet()

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
        self.negated.discard(number)
        live.settle_quiet()

    @staticmethod
    def wait(lane: Lane, numbers: Iterable[int]) -> None:
        """Judge these at the lane's next value."""
        lane.pending = [*(lane.pending or ()), *numbers]

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

    def ways(self, number: int, region: Region, lane: Lane) -> Ways | None:
        """Where a number that rang re-arms: false and back by the hysteresis."""
        pattern: Pattern = self._columns.pattern(number)
        part, own = PRICE_HYSTERESIS, lane.own
        if own is not None:
            part = OTHER_HYSTERESIS
        if pattern.hysteresis is not None:
            part = Fraction(pattern.hysteresis)
        elif own is not None and own.percent:
            points = PERCENT_HYSTERESIS * own.scale
            return ways_back(region, lane.value, lambda _: points, 2)
        return ways_back(region, lane.value, lambda level: abs(level) * part, 1 if own is None else 2)
