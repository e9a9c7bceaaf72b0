"""Armed, rang, waiting; provisional, confirmed, withdrawn: every condition's state, and what it says."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from rules.columns import (
    KNOWN,
    PART,
    PLAIN,
    RANG,
    SEEN,
    SLOW,
    TRUE,
    TWO_BYTES,
    UNFINISHED,
    WAIT,
    Columns,
)
from rules.composite import Reading, truth
from rules.events import Fact, Teller, Turn
from rules.live import Lane, Live
from rules.memory import Scene, Tree
from rules.model import Direction, Event, State
from rules.outcome import Outcome, Row, Step, blank_row
from rules.placement import Placement
from rules.region import Absent, Region
from rules.signal import Follows

__all__ = ("Outcome", "Rings", "Row", "Step")


class Rings:
    """The state machine over columns of bytes; a turn is one instrument at one quote.

    Within a turn truths change first, then composites follow, then what rang is told in the order of numbers.
    """

    def __init__(self, columns: Columns, placement: Placement, teller: Teller) -> None:
        self._columns, self.placement, self._teller = columns, placement, teller
        self.held: dict[int, Event] = {}  # the ring a number is in
        self.rows: dict[int, Row] = {}  # the same from the store, not yet told by this process
        self.trees: dict[int, Tree] = {}
        self.owner: dict[int, int] = {}  # leaf -> its composite
        self.sides: dict[int, bool] = {}  # two-way crossings that rang: the side they went to (True: above)
        self.rung: list[int] = []
        self.slow: list[int] = []
        self.dirty: dict[int, int | None] = {}  # composite -> the leaf that became true
        self.leads: dict[int, int] = {}  # composite that rang -> the leaf that decided
        self.away: set[int] = set()
        self.renewed: list[int] = []  # crosses on minute bars inside composites that went back
        self.outcome = Outcome()
        self.said: list[tuple[int, Event]] = []

    def flip(self, numbers: Iterable[int]) -> None:
        """These boundaries were passed: the truth of each is now the other one. The hot path."""
        code = self._columns.code
        for number in numbers:
            state = code[number] ^ TRUE
            if state & (PART | SLOW):
                self.slow.append(number)
                continue
            if state & TRUE:
                if not state & (RANG | WAIT):
                    self.rung.append(number)
                    state |= RANG
            elif state & WAIT:
                state ^= WAIT
            code[number] = state

    def judge(self, number: int, region: Region | Absent, value: int) -> None:
        """The truth of a number at a value of its axis."""
        if isinstance(region, Absent):
            self.unknown(number)
        elif self._columns.code[number] & SLOW:
            self._pass(number, region, value)
        else:
            self.set_truth(number, to=region.truth(value))

    def set_truth(self, number: int, *, to: bool) -> None:
        """Truth as the definition says it on this quote."""
        code = self._columns.code
        before = code[number]
        if to:
            state = before | TRUE | KNOWN
            if not before & (RANG | WAIT):
                self._ring_soon(number)
                state |= RANG
        else:
            state = (before | KNOWN) & ~(TRUE | WAIT)
        code[number] = state
        if state != before and before & PART:
            self.dirty.setdefault(self.owner[number], None)

    def _pass(self, number: int, region: Region, value: int) -> None:
        """`crosses` both ways: a ring where the price is strictly on the other side than it was held on."""
        code, before = self._columns.code, self._columns.code[number]
        below, above = region.boundaries
        if below <= value < above:
            return  # a tie is not crossed
        side = value >= above
        state = (before | KNOWN | TRUE) if side else (before | KNOWN) & ~TRUE
        crossed = before & KNOWN and bool(before & TRUE) is not side
        if crossed and self.sides.get(number) is not side:
            self.sides.pop(number, None)
        if crossed and not before & RANG:
            self.sides[number] = side
            self._ring_soon(number)
            state |= RANG
        code[number] = state
        if before & PART and state != before:
            self.dirty.setdefault(self.owner[number], None)

    def _ring_soon(self, number: int) -> None:
        self.rung.append(number)
        if self._columns.code[number] & PART:
            self.dirty[self.owner[number]] = number

    def unknown(self, number: int) -> None:
        """Absent: neither rings nor re-arms."""
        state = self._columns.code[number]
        self._columns.code[number] = state & ~KNOWN
        if state & PART:
            self.dirty.setdefault(self.owner[number], None)

    def lapse(self, lane: Lane) -> None:
        """The lane has no value now: composites do not know its leaves; single conditions keep theirs."""
        for number in set(lane.numbers):
            if self._columns.code[number] & PART:
                self.unknown(number)

    def wake(self, lane: Lane) -> None:
        """It has one again: its leaves are judged, whether passed or not."""
        code = self._columns.code
        self.slow.extend(sorted(number for number in set(lane.numbers) if code[number] & PART))

    def literal(self, number: int) -> bool | None:
        """A leaf inside its composite: a crossing from its ring until it goes back."""
        state = self._columns.code[number]
        if not state & KNOWN:
            return None
        if state & SLOW:
            return number in self.sides
        return bool(state & TRUE) and not state & WAIT

    def sticky(self, number: int) -> bool | None:
        """The same, held until it is back by the hysteresis."""
        found = self.literal(number)
        return True if found is False and self._columns.code[number] & RANG else found

    def note_seen(self, number: int) -> None:
        """Evaluated; perhaps for the first time ever."""
        marks = self._columns.marks
        if not marks[number] & SEEN and not self._columns.code[number] & PART:
            marks[number] |= SEEN
            self.outcome.seen.append(number)

    def finish(self, turn: Turn) -> None:
        """Composites follow their leaves, what rang is told, all in the order of numbers."""
        rung = self.rung
        if rung:
            self.rung = []
            rung.sort()
        if self.dirty:
            self._follow_all(turn, rung)
        code = self._columns.code
        for number in rung:
            if code[number] & PART:
                continue
            if code[number] & (TRUE | SLOW):
                self._ring(turn, number, number)
            else:
                code[number] &= ~RANG  # in and out of a band in one move
        self.away.clear()
        self.flush()

    def _follow_all(self, turn: Turn, rung: Collection[int]) -> None:
        """Composites, after all leaves have moved."""
        for number in rung:
            if self._columns.code[number] & PART:
                sight = self.placement.sight(number)
                self.await_return(turn, number, sight.region, sight.lane)
        deciders: dict[int, int] = {}
        for tree in sorted(self.dirty):
            if self.trees[tree].cells:
                self.recall(turn, tree, rung)
            self.follow(turn, tree, deciders)
        self.dirty.clear()
        self.complete(turn, deciders)

    def complete(self, turn: Turn, deciders: dict[int, int]) -> None:
        """Ring the composites that became true, each with the leaf that decided."""
        self.leads.update(deciders)
        for number, leaf in deciders.items():
            self._ring(turn, number, leaf)

    def recall(
        self, turn: Turn, number: int, rung: Collection[int] = (), *, closing: timedelta | None = None
    ) -> None:
        """The cells of a composite take this quote in, or a bar's close, and say what they wait for."""
        live = turn.live
        assert live.session is not None  # noqa: S101 - quotes and closes belong to one
        scene = Scene(turn.time, live.session, self.literal, self.sticky, rung, closing)
        live.wait(number, self.trees[number].see(scene))
        self.note_seen(number)  # unknown or not: after a restart it has a past

    def follow(self, turn: Turn, number: int, deciders: dict[int, int]) -> None:
        """The truth of a composite by its leaves and cells; one that became true is put among `deciders`."""
        code, tree = self._columns.code, self.trees[number]
        found, before = truth(tree.formula, self.literal), self._columns.code[number]
        if found is None:
            code[number] = before & ~KNOWN
            return
        self.note_seen(number)
        if found:
            code[number] = before | TRUE | KNOWN | RANG
            if not before & RANG:
                became = self.dirty.get(number)
                true = [part for part in tree.deciding if self.literal(part)]
                deciders[number] = became if became in true else (true or tree.deciding)[0]
            return
        code[number] = (before | KNOWN) & ~TRUE
        is_open = turn.live.provisional is not None and number in turn.live.provisional
        reading = Reading.STANDING if is_open else Reading.LASTING
        if before & RANG and truth(tree.formula, self.sticky, reading) is False:
            self.rearm(turn, number)

    def touch(self, turn: Turn, numbers: Iterable[int], extreme: int) -> None:
        """The day's high or low passed these single levels since the last quote; the last price did not."""
        code = self._columns.code
        for number in sorted(numbers):
            if code[number] & (KNOWN | TRUE | RANG | WAIT | PART | SLOW) == KNOWN and self._is_single(number):
                self._ring(turn, number, number, touched=extreme)

    def _is_single(self, number: int) -> bool:
        """Whether there is one level alone: between two nobody knows what the price did."""
        if self._columns.marks[number] & PLAIN:
            return True
        region = self.placement.region(number)
        return isinstance(region, Region) and len(region.boundaries) == 1

    def _ring(self, turn: Turn, number: int, leaf: int, *, touched: int | None = None) -> None:
        columns = self._columns
        columns.code[number] |= RANG
        ring = columns.rings[number] + 1
        if ring > TWO_BYTES:
            columns.set_ring(number, ring)
        else:
            columns.rings[number] = ring
        lane = turn.live.price_lane
        if columns.marks[number] & PLAIN and lane is not None:
            self._ring_plain(turn, number, touched, lane)
            return
        unfinished = columns.code[number] & UNFINISHED
        fact = Fact(
            number=number,
            state=State.PROVISIONAL if unfinished else State.FIRED,
            leaf=leaf,
            direction=self.direction(number, leaf),
            touched=touched,
            away=number in self.away,
            evidence=self.trees[number].tell() if number in self.trees else None,
        )
        sight = self.placement.sight(leaf)
        event = self._teller.tell(turn, fact, sight)
        self.held[number] = event
        self.said.append((number, event))
        if unfinished:
            turn.live.note_provisional(number)
        if touched is not None and unfinished:
            self.rearm(turn, number)
        elif number not in self.trees:
            self.await_return(turn, number, sight.region, sight.lane)

    def _ring_plain(self, turn: Turn, number: int, touched: int | None, lane: Lane) -> None:
        """The same where the columns hold the level itself: nothing is compiled."""
        level = self._columns.ratio(number, turn.live.instrument.decimals)
        event = self._teller.tell_plain(turn, number, level, touched, away=number in self.away)
        self.held[number] = event
        self.said.append((number, event))
        down, up = self.placement.back(number, level)
        if (down is not None and lane.value <= down) or (up is not None and lane.value >= up):
            self.rearm(turn, number)
        else:
            lane.await_return(number, down, up)

    def direction(self, number: int, leaf: int) -> Direction | None:
        """Which way a ring points, a composite as its first leaf that says so; None: by the change."""
        if number in self.trees:
            found = (self._teller.direction(part) for part in self.trees[number].deciding)
            return next((direction for direction in found if direction is not None), None)
        if number in self.sides:
            return Direction.UP if self.sides[number] else Direction.DOWN
        return self._teller.direction(leaf)

    def await_return(self, turn: Turn, number: int, region: Region | Absent, lane: Lane) -> None:
        """A number that rang waits until it is false and back by the hysteresis, or re-arms at once."""
        ways = self.placement.ways(number, region, lane)
        if ways is None:
            self.rearm(turn, number)
        else:
            lane.await_return(number, *ways)

    def rearm(self, turn: Turn, number: int) -> None:
        """Back: an unfinished ring is withdrawn, any other is armed again."""
        code = self._columns.code
        code[number] &= ~RANG
        if code[number] & PART:
            self.dirty.setdefault(self.owner[number], None)
            if self._columns.manner(number).anew:
                self.renewed.append(number)
            return
        event, row = self.held.pop(number, None), self.rows.pop(number, None)
        if turn.live.provisional and number in turn.live.provisional:
            self.decide(turn, number, State.WITHDRAWN, event)
            return
        self.sides.pop(number, None)
        told = event or row
        armed = blank_row()
        armed.condition = told.condition if told else self._columns.identity(number)
        armed.ring = self._columns.rings[number]
        armed.state = "armed"
        armed.time = told.time if told else None
        armed.session = told.session if told else None
        armed.__class__ = Row
        self.outcome.armed.append(armed)

    def forget(self, number: int) -> None:
        """A condition goes, whatever state it is in, and what was to be said of it."""
        if self.outcome.armed or self.outcome.events:  # of a joining, until the next frame
            identity = self._columns.identity(number)
            self.outcome.armed = [row for row in self.outcome.armed if row.condition != identity]
            self.outcome.events = [event for event in self.outcome.events if event.condition != identity]
        for kept in (self.held, self.rows, self.sides, self.leads, self.trees, self.owner):
            kept.pop(number, None)

    def decide(self, turn: Turn, number: int, state: State, event: Event | None) -> None:
        """Confirm or withdraw a provisional ring; `event` is the word it was told with, if known."""
        turn.live.settled(number)
        direction = event.direction if event else self.direction(number, number)
        fact = Fact(number=number, state=state, leaf=self.leaf(number), direction=direction)
        self.said.append((number, self._teller.tell(turn, fact)))

    def close(self, turn: Turn, number: int) -> None:
        """The bar closes: truth alone decides; a withdrawn ring leaves its condition armed."""
        if self.stands(number):
            self.decide(turn, number, State.CONFIRMED, self.held.get(number))
        else:
            event = self.held.get(number)
            self.let_go(number, turn.live)
            self.decide(turn, number, State.WITHDRAWN, event)

    def stands(self, number: int) -> bool:
        """Whether a ring is true still; what the clock alone made false stands."""
        tree = self.trees.get(number)
        return truth(number if tree is None else tree.formula, self._at_close, Reading.CLOSING) is True

    def _at_close(self, number: int) -> bool | None:
        """A leaf by the finished bar: the last quote may have moved its high and low after it was judged."""
        columns = self._columns
        found = self.literal(number)
        if found is None or columns.manner(number).follows is not Follows.EXTREMES:
            return found
        sight = self.placement.sight(number)
        if isinstance(sight.region, Absent) or columns.code[number] & WAIT:
            return False
        return sight.region.truth(sight.lane.value)

    def let_go(self, number: int, live: Live) -> None:
        """The ring is over: armed, and nothing waits for its return."""
        self._columns.code[number] &= ~RANG
        for lane in live.lanes:
            lane.stop_waiting(number)
        self.held.pop(number, None)
        self.rows.pop(number, None)

    def redo(self, number: int, live: Live) -> None:
        """Follow a composite at its instrument's next quote, whether a leaf flips or not."""
        if number in self.trees:
            live.later = {*(live.later or ()), number}

    def leaf(self, number: int) -> int:
        """The leaf that decided a ring: the number itself unless it is a composite."""
        return self.leads.get(number, self.trees[number].deciding[0]) if number in self.trees else number

    def say(self, number: int, event: Event) -> None:
        """One event more in this turn."""
        self.said.append((number, event))

    def flush(self) -> None:
        """Put what was said in this turn behind what the frame said before, in the order of numbers."""
        said = self.said
        if len(said) > 1:
            said.sort(key=_number)
        for _, event in said:
            self.outcome.events.append(event)
        said.clear()


def _number(said: tuple[int, Event]) -> int:
    return said[0]
