"""First looks: numbers judged when their boundaries are new, and what a new session resets."""

from typing import TYPE_CHECKING

from rules.columns import (
    CROSS,
    KNOWN,
    LATE,
    MET,
    PART,
    RANG,
    RESTORED,
    SEEN,
    SLOW,
    STORED,
    TRUE,
    WAIT,
    Columns,
)
from rules.composite import truth
from rules.events import Turn
from rules.levels import compiled
from rules.live import Lane
from rules.placement import Placement
from rules.region import Region
from rules.rings import Rings

if TYPE_CHECKING:
    from datetime import datetime


class Settler:
    """Compiles what waits on a lane and decides what its first value means."""

    def __init__(self, columns: Columns, placement: Placement, rings: Rings) -> None:
        self._columns, self.placement, self.rings = columns, placement, rings
        self.after: dict[int, datetime] = {}  # restored number -> quotes up to here were told already

    def settle(self, turn: Turn, lane: Lane) -> set[int]:
        """Judge everything that waits on the lane at its value; the numbers that no earlier quote met."""
        waiting, lane.pending = lane.pending or [], None
        fresh: set[int] = set()
        pairs: list[tuple[int, int]] = []
        for number in sorted(waiting):
            if self.is_told(turn, number):
                self.placement.wait(lane, (number,))
                continue
            if not self._columns.marks[number] & MET:
                self._columns.marks[number] |= MET
                fresh.add(number)
            region = self.placement.region(number)
            if not isinstance(region, Region):
                self.rings.judge(number, region, lane.value)
                continue
            pairs.extend((boundary, number) for boundary in region.boundaries)
            if not self._columns.code[number] & KNOWN:
                self._first(turn, lane, number, region)
            self._judge(turn, lane, number, region)
        lane.extend(pairs)
        return fresh

    def is_told(self, turn: Turn, number: int) -> bool:
        """Whether this quote is not newer than the stored ring, so that it changes nothing."""
        if number not in self.after:
            return False
        if turn.time <= self.after[number]:
            return True
        del self.after[number]
        return False

    def _judge(self, turn: Turn, lane: Lane, number: int, region: Region) -> None:
        code, rings = self._columns.code, self.rings
        self.greet(number)
        rang = code[number] & RANG
        rings.judge(number, region, lane.value)
        rings.note_seen(number)
        if rang:
            rings.await_return(turn, number, region, lane)

    def greet(self, number: int) -> None:
        """A condition seen before and restored rings `away` if it rings now; its marks are spent."""
        marks = self._columns.marks
        if marks[number] & RESTORED and marks[number] & SEEN:
            self.rings.away.add(number)
        marks[number] &= ~(RESTORED | STORED | LATE)

    def _first(self, turn: Turn, lane: Lane, number: int, region: Region) -> None:
        """Crossing forms must be seen false; the last bar before counts for rules older than this one."""
        state, marks = self._columns.code[number], self._columns.marks[number]
        if not state & CROSS or state & RANG or marks & STORED:
            return
        live = turn.live
        size = None if live.series is None else self._columns.manner(number).size
        opening, past = live.opened(size, lane)
        if not opening or marks & LATE or lane.own is not None:
            if not state & SLOW and region.truth(lane.value):
                self._columns.code[number] |= WAIT
            return
        manner = self._columns.manner(number)
        if past is None or manner.bars or manner.anew:
            return
        inputs, close = past
        seen = compiled(self._columns.leaf(number), inputs)
        if not isinstance(seen, Region):
            return
        if state & SLOW:
            self.rings.judge(number, seen, close)
        elif seen.truth(close):
            self._columns.code[number] |= WAIT

    def reset(self, turn: Turn) -> None:
        """A session begins: what is measured within it starts armed, crosses of day bars decide anew."""
        live = turn.live
        parts = {part for tree in live.trees or () for part in self.rings.trees[tree].parts}
        for number in sorted(parts):
            self._end_crossing(turn, number)
        for number in live.dynamic or ():
            manner = self._columns.manner(number)
            if manner.anew and self._columns.code[number] & PART:
                self._columns.code[number] &= ~(TRUE | WAIT | KNOWN)
            if (manner.fresh or manner.bars) and not self._is_of_today(turn, number):
                self._start_armed(turn, number)
        for tree in live.trees or ():
            self._reset_tree(turn, tree)
        self.placement.unsettle(live, live.dynamic or ())

    def _start_armed(self, turn: Turn, number: int) -> None:
        code = self._columns.code
        if code[number] & RANG:
            self.rings.rearm(turn, number)
        code[number] &= ~(TRUE | WAIT | KNOWN)

    def _end_crossing(self, turn: Turn, number: int) -> None:
        """Inside a composite a crossing is true until the session ends at most."""
        code = self._columns.code
        if not code[number] & CROSS:
            return
        self.rings.sides.pop(number, None)
        if code[number] & RANG:
            code[number] &= ~RANG
            for lane in turn.live.lanes:
                lane.stop_waiting(number)
        if code[number] & TRUE and not code[number] & SLOW:
            code[number] |= WAIT

    def _reset_tree(self, turn: Turn, number: int) -> None:
        if not self._columns.code[number] & RANG or self._is_of_today(turn, number):
            return

        def literal(part: int) -> bool | None:
            return False if self._columns.manner(part).fresh else self.rings.sticky(part)

        if truth(self.rings.trees[number].formula, literal) is False:
            self.rings.rearm(turn, number)

    def _is_of_today(self, turn: Turn, number: int) -> bool:
        told = self.rings.held.get(number) or self.rings.rows.get(number)
        session = turn.live.session
        return told is not None and session is not None and told.session == session.date
