"""Between conditions and axes: which lane a number lives on, what its region is, what waits to be judged."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from rules.columns import CROSS, PART, PLAIN, RANG, SLOW, UNFINISHED, Columns
from rules.dated import current
from rules.levels import compiled, line_of
from rules.line import Shape, Steps, stepped, stepped_alike
from rules.live import Lane, Live
from rules.market import Market
from rules.meter import is_invertible
from rules.model import REGULAR, Kind, Leaf, SessionKind
from rules.pattern import PRICE_HYSTERESIS, Manner
from rules.region import Absent, Inputs, Ratio, Region, Ways, edge, ways_back
from rules.signal import SIGNALS, Follows

if TYPE_CHECKING:
    from datetime import timedelta

# Hysteresis (design 4.3) on axes of their own.
PERCENT_POINTS = 2  # tenths of a point, on a percent axis of its own
OTHER_HYSTERESIS = (2, 100)  # of the level
HELD = CROSS | PART | RANG  # a cross inside a composite is true from its ring until it goes back


@dataclass(slots=True)
class Sight:
    """A number as its instrument's inputs show it now."""

    leaf: Leaf
    region: Region | Absent
    lane: Lane

    def prices(self, unit: int) -> list[float]:
        """The unrounded prices, currency, at which its truth changes; none where other things decide it."""
        if isinstance(self.region, Absent):
            return []
        ratios, own, meter = self.region.ratios, self.lane.own, self.lane.meter
        if own is None:
            return [numerator / (denominator * unit) for numerator, denominator in ratios]
        if not is_invertible(meter):
            return []
        found = (
            meter.price_of(Fraction(numerator, denominator * own.scale)) for numerator, denominator in ratios
        )
        return [float(price / unit) for price in found if price is not None]


# Numbers of one pattern on one instrument, and their boundaries where they share a line.
Row: TypeAlias = tuple[list[int], Steps | None, list[int]]


class Style(NamedTuple):
    """How numbers of a pattern are compiled and where they live, looked up once a pattern."""

    place: int  # shared by patterns that are on one lane whatever the inputs, straight ones by one line
    leaf: Leaf | None  # of straight ones any: axis and line are the same for all
    power: int
    sessions: frozenset[SessionKind]
    is_priced: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """What the first condition of a pattern on an instrument found, for those that follow."""

    lane: Lane
    code: int
    marks: int
    manner: Manner
    dated: bool


class Placement:
    """Puts numbers on lanes and takes them off; compiles on demand from the session's inputs."""

    def __init__(self, columns: Columns, market: Market) -> None:
        self._columns, self._market = columns, market
        self._styles: dict[int, Style] = {}  # of patterns
        self._known: dict[tuple[object, frozenset[SessionKind]], int] = {}  # places
        self.negated: set[int] = set()
        self.closing: dict[int, timedelta] = {}  # conditions that a minute bar decides: its size

    def home(self, number: int) -> Live:
        """The instrument a number belongs to."""
        return self._market.by_number[self._columns.homes[number]]

    def lane(self, number: int) -> Lane:
        """The lane a number belongs to with today's inputs."""
        kind = self._columns.patterns[number]
        style = self._styles.get(kind) or self._style(kind, number)
        return self._lane_of(self.home(number), number, style)

    def _lane_of(self, live: Live, number: int, style: Style) -> Lane:
        if style.is_priced:
            return live.lane(None, style.sessions)
        leaf = style.leaf or self._columns.leaf(number)
        return live.lane(SIGNALS[leaf.signal].axis(leaf, live.now()), style.sessions)

    def region(self, number: int) -> Region | Absent:
        """The region of a number with today's inputs."""
        live = self._market.by_number[self._columns.homes[number]]
        inputs = self._inputs(number, live) if live.series else live.inputs or live.now()
        return compiled(self._columns.leaf(number), inputs, negated=number in self.negated)

    def _inputs(self, number: int, live: Live) -> Inputs:
        """What a number is compiled from: day bars or those of its size."""
        if live.series is None:
            return live.now()
        manner = self._columns.manner(number)
        held = manner.anew and self._columns.code[number] & HELD == HELD
        return live.seen(manner.size, held=held)

    def rows(self, live: Live, alike: Mapping[int, list[int]]) -> Iterator[Row]:
        """Boundaries of many numbers of one instrument, given by pattern: by one line a pattern, if any."""
        mantissas, styles, factors = self._columns.mantissas, self._styles, live.factors
        shapes: dict[int, Shape | None] = {}  # by place
        for kind, numbers in alike.items():
            style = styles.get(kind) or self._style(kind, numbers[0])
            leaf, place = style.leaf, style.place
            if leaf is None or (factors is not None and self._is_moved(leaf.made, live)):
                yield numbers, None, []
                continue
            if place not in shapes:
                line = line_of(leaf, self._inputs(numbers[0], live))
                shapes[place] = None if line is None else line.shape
            shape = shapes[place]
            if shape is None:
                yield numbers, None, []
                continue
            # A line that begins at nought rests on no figure of the instrument's own.
            steps = (stepped if shape[0] else stepped_alike)(shape, style.power, leaf.verb)
            yield numbers, steps, steps.boundaries([mantissas[number] for number in numbers])

    def _style(self, kind: int, number: int) -> Style:
        """How numbers of a pattern are compiled and where they live."""
        pattern, manner = self._columns.pattern(number), self._columns.manner(number)
        is_straight = manner.straight and pattern.power is not None
        what: object = kind
        if is_straight:
            what = pattern.signal, pattern.args
        elif manner.priced:
            what = None
        place = self._known.setdefault((what, pattern.sessions), len(self._known))
        leaf = self._columns.leaf(number) if is_straight else None
        style = Style(place, leaf, pattern.power or 0, pattern.sessions, manner.priced)
        self._styles[kind] = style
        return style

    def sight(self, number: int) -> "Sight":
        """Leaf, region and lane of a number in one look."""
        live, leaf = self.home(number), self._columns.leaf(number)
        inputs = self._inputs(number, live)
        own = SIGNALS[leaf.signal].axis(leaf, inputs)
        found = compiled(leaf, inputs, negated=number in self.negated)
        return Sight(current(leaf, inputs), found, live.lane(own, self._columns.pattern(number).sessions))

    def seat(self, number: int) -> Lane:
        """A new number: flags from its manner, its lane's waiting list, and the lists of what it follows."""
        manner, live, code = self._columns.manner(number), self.home(number), self._columns.code
        crossing = manner.crossing and number not in self.negated
        code[number] |= CROSS * crossing | UNFINISHED * manner.unfinished | SLOW * manner.two_way
        if self._columns.pattern(number).made is not None:
            live.note_dated(number)
        live.inputs = None
        if manner.plain and self._is_plain(number, live):
            self._columns.marks[number] |= PLAIN
            lane = live.price_lane or live.lane(None, REGULAR)
        else:
            self._follow(number, live, manner)
            lane = self.lane(number)
        self.wait(lane, (number,))
        live.rouse()
        return lane

    def beside(self, live: Live, lane: Lane) -> tuple[Live | None, ...]:
        """The instruments that a lane's axis names besides, where they have a session of the same day."""
        if lane.own is None or not lane.paired:
            return ()
        return tuple(self._market.beside(live, symbol) for symbol in lane.own.others)

    def join(self, number: int, live: Live, seats: dict[int, Seat]) -> Lane:
        """The same for one of many new numbers: beside the first of its pattern, kept in `seats`."""
        columns = self._columns
        kind = columns.patterns[number]
        seat = seats.get(kind)
        if seat is None:
            lane, state, manner = self.seat(number), columns.code[number], columns.manner(number)
            dated = columns.pattern(number).made is not None
            seats[kind] = Seat(lane, state, columns.marks[number] & PLAIN, manner, dated)
            return lane
        columns.code[number] |= seat.code
        columns.marks[number] |= seat.marks
        if seat.dated:
            live.note_dated(number)
        self._follow(number, live, seat.manner)
        self.wait(seat.lane, (number,))
        return seat.lane

    @staticmethod
    def _is_moved(made: date | None, live: Live) -> bool:
        """Whether an ex-date moved prices typed on a day."""
        return made is not None and live.factors is not None and live.factors.since(made) != (1.0, 0.0)

    def _is_plain(self, number: int, live: Live) -> bool:
        """Whether its level is as the columns hold it and the price decides."""
        columns = self._columns
        return (
            not self._is_moved(columns.pattern(number).made, live)
            and not columns.code[number] & PART
            and number not in columns.whole
            and live.instrument.kind is not Kind.GROUP
        )

    def _follow(self, number: int, live: Live, manner: Manner) -> None:
        """Note what its boundaries move with; minute bars are gathered and decide it by closing."""
        if manner.follows is Follows.LEVEL:
            return
        size, extremes = manner.size, manner.follows is Follows.EXTREMES
        live.note_dynamic(number, extremes=extremes and size is None)
        if size is not None:
            live.note_bars(number, size, extremes=extremes)
            self.closing[number] = size

    def await_bars(self, tree: int, parts: Iterable[int]) -> None:
        """A composite: the largest bars among its unfinished parts decide it; days are larger than any."""
        sizes = [self.closing.get(part) for part in parts if self._columns.code[part] & UNFINISHED]
        known = [size for size in sizes if size is not None]
        if known and len(known) == len(sizes):
            self.closing[tree] = max(known)

    def back(self, number: int, level: Ratio) -> Ways:
        """Where a plain number that rang re-arms, as `ways` would find it; the hot path of rings."""
        plain, (numerator, denominator) = self._columns.plain(number), level
        part, whole, verb = plain.part, plain.whole, plain.pattern.verb
        if plain.rises:
            down = numerator * (whole - part) // (denominator * whole)
            return (min(down, -(-numerator // denominator) - 1) if verb == ">=" else down), None
        up = -(-numerator * (whole + part) // (denominator * whole))
        return None, (max(up, numerator // denominator + 1) if verb == "<=" else up)

    def unseat(self, number: int) -> None:
        """A number goes: off its lane and every list."""
        live = self.home(number)
        if self._columns.marks[number] & PLAIN and live.price_lane is not None:
            self._unseat_plain(number, live, live.price_lane)
            live.undate(number)
            live.settle_quiet()
            return
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

    def _unseat_plain(self, number: int, live: Live, lane: Lane) -> None:
        """The same where the columns hold the level: nothing is compiled, nothing searched."""
        level = self._columns.ratio(number, live.instrument.decimals)
        if lane.pending and number in lane.pending:
            lane.pending.remove(number)
        else:
            lane.remove(edge(level, reached=self._columns.manner(number).reached), number)
        if self._columns.code[number] & RANG:
            lane.cancel_return(number, *self.back(number, level))

    def wait(self, lane: Lane, numbers: Iterable[int]) -> None:
        """Judge these at the lane's next value."""
        self.queue(lane).extend(numbers)

    @staticmethod
    def queue(lane: Lane) -> list[int]:
        """What waits on a lane, to be added to."""
        if lane.pending is None:
            lane.pending = []
        return lane.pending

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
        patterns = self._columns.patterns
        queues: dict[int, list[int]] = {}  # the same for all of a pattern
        places: dict[int, list[int]] = {}  # and of a place
        for number in sorted(gone):
            kind = patterns[number]
            queue = queues.get(kind)
            if queue is None:
                style = self._styles.get(kind) or self._style(kind, number)
                queue = places.get(style.place)
                if queue is None:
                    queue = places[style.place] = self.queue(self._lane_of(live, number, style))
                queues[kind] = queue
            queue.append(number)

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
