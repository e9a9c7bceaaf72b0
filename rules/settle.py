"""First looks: numbers judged when their boundaries are new, and what a new session resets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rules.columns import (
    CROSS,
    KNOWN,
    LATE,
    MET,
    PART,
    PLAIN,
    RANG,
    RESTORED,
    SEEN,
    SLOW,
    STORED,
    TRUE,
    WAIT,
    Columns,
)
from rules.composite import Reading, truth
from rules.events import Turn
from rules.levels import compiled
from rules.line import Steps
from rules.live import Lane, Live
from rules.model import Quote
from rules.placement import Placement
from rules.region import Region
from rules.rings import Rings
from rules.sessions import KINDS

if TYPE_CHECKING:
    from datetime import datetime


UNUSUAL = PART | SLOW | RANG | WAIT  # what only a close look can judge
SPENT = RESTORED | STORED | LATE


@dataclass(slots=True)
class FirstLook:
    """What waits on a lane, judged at one value: the boundaries it has, and which no quote met before."""

    turn: Turn
    lane: Lane
    kept: Quote | None = None  # the instrument's last one before a restart
    fresh: set[int] = field(default_factory=set)
    pairs: list[tuple[int, int]] = field(default_factory=list)

    def held(self, line: Steps, boundary: int, mark: int) -> bool:
        """Whether a plain crossing that is true now was not seen false before: it waits for that."""
        if (left := self.left(mark)) is not None:
            return (boundary <= left) is not line.beneath
        if not self.lane.opening or mark & LATE:
            return True
        close = self.turn.live.close_before()
        return close is None or (boundary <= close) is not line.beneath

    def left(self, mark: int) -> int | None:
        """The price at which the process before left a condition that it saw and that never rang.

        None where there is none of this session and of the hours listened to, or it is new to the store.
        """
        kept, session = self.kept, self.turn.live.session
        if kept is None or session is None or mark & (RESTORED | SEEN | STORED) != RESTORED | SEEN:
            return None
        is_of_today = session.always or kept.time >= session.phases[0][0]
        phase = kept.phase or session.phase(kept.time)
        is_heard = self.lane.own is None and KINDS.get(phase) in self.lane.kinds
        return kept.price if is_of_today and is_heard else None


class Settler:
    """Compiles what waits on a lane and decides what its first value means."""

    def __init__(self, columns: Columns, placement: Placement, rings: Rings) -> None:
        self._columns, self.placement, self.rings = columns, placement, rings
        self.kept: dict[str, Quote] = {}  # by symbol: the last one that the process before took
        self.after: dict[int, datetime] = {}  # restored number -> quotes up to here were told already

    def settle(self, turn: Turn, lane: Lane) -> set[int]:
        """Judge everything that waits on the lane at its value; the numbers no earlier quote left armed."""
        waiting, lane.pending = sorted(lane.pending or ()), None
        seen = self.rings.outcome.seen
        first = len(seen)
        look = FirstLook(turn, lane, self.kept.get(turn.live.symbol))
        for number in self._settle_straight(look, waiting):
            if self.is_told(turn, number):
                self.placement.wait(lane, (number,))
                continue
            if not self._was_armed(number):
                look.fresh.add(number)
            self._columns.marks[number] |= MET
            region = self.placement.region(number)
            if not isinstance(region, Region):
                self.rings.judge(number, region, lane.value)
                continue
            look.pairs.extend((boundary, number) for boundary in region.boundaries)
            lane.double = lane.double or len(region.boundaries) > 1
            if not self._columns.code[number] & KNOWN:
                self._first(look, number, region)
            self._judge(turn, lane, number, region)
        lane.extend(look.pairs)
        seen[first:] = sorted(seen[first:])
        return look.fresh

    def _settle_straight(self, look: FirstLook, waiting: Sequence[int]) -> list[int]:
        """The same for comparisons with a number, many of a pattern by one line; the others are left over."""
        columns, rings, value = self._columns, self.rings, look.lane.value
        code, marks, mantissas = columns.code, columns.marks, columns.mantissas
        lines: dict[int, Steps | None] = {}
        left: list[int] = []
        for number in waiting:
            line = self._line(number, lines)
            if line is None:
                left.append(number)
                continue
            state, mark, boundary = code[number], marks[number], line.boundary(mantissas[number])
            look.pairs.append((boundary, number))
            if not mark & MET or state & (CROSS | KNOWN) == CROSS:
                look.fresh.add(number)  # no earlier quote left it armed
            if mark & SPENT:
                self.greet(number)
            if not mark & SEEN:
                rings.outcome.seen.append(number)
            marks[number] |= MET | SEEN
            if (boundary <= value) is line.beneath:
                code[number] = (state | KNOWN) & ~TRUE
            elif state & (CROSS | KNOWN) == CROSS and look.held(line, boundary, mark):
                code[number] = state | TRUE | KNOWN | WAIT
            else:
                code[number] = state | TRUE | KNOWN | RANG
                rings.rung.append(number)
        return left

    def _line(self, number: int, lines: dict[int, Steps | None]) -> Steps | None:
        """The line of a number's pattern; None where a close look must judge it."""
        state, kind = self._columns.code[number], self._columns.patterns[number]
        crosses = state & CROSS and not self._columns.marks[number] & PLAIN
        if state & UNUSUAL or crosses or number in self.after:
            return None
        if kind not in lines:
            lines[kind] = self.placement.steps(number)
        return lines[kind]

    def _was_armed(self, number: int) -> bool:
        """Whether an earlier quote left it armed, so that what happened since may ring it."""
        state = self._columns.code[number]
        if not self._columns.marks[number] & MET or state & (RANG | WAIT):
            return False
        return bool(state & KNOWN) or not state & CROSS

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
        marks[number] &= ~SPENT

    def _first(self, look: FirstLook, number: int, region: Region) -> None:
        """Crossing forms must be seen false; the last bar before counts for rules older than this one.

        So does the last quote before a restart, for what was listened to then.
        """
        state, marks = self._columns.code[number], self._columns.marks[number]
        if not state & CROSS or state & RANG or marks & STORED:
            return
        live, lane, manner = look.turn.live, look.lane, self._columns.manner(number)
        size = None if live.series is None else manner.size
        if size is None and (left := look.left(marks)) is not None:
            self._stand(number, region, left)
            return
        opening, past = live.opened(size, lane)
        anew = manner.bars or manner.anew
        if not opening or marks & LATE or lane.own is not None or (past is None and not anew):
            if not state & SLOW and region.truth(lane.value):
                self._columns.code[number] |= WAIT
            return
        if past is None or anew:
            return
        inputs, close = past
        seen = compiled(self._columns.leaf(number), inputs)
        if not isinstance(seen, Region):
            return
        self._stand(number, seen, close)

    def _stand(self, number: int, region: Region, price: int) -> None:
        """A crossing was on this price's side; from where it is true it has to be seen false first."""
        if self._columns.code[number] & SLOW:
            self.rings.judge(number, region, price)
        elif region.truth(price):
            self._columns.code[number] |= WAIT

    def reset(self, turn: Turn) -> None:
        """A session begins: what is measured within it starts armed, crosses of day bars decide anew."""
        live = turn.live
        parts = {part for tree in live.trees or () for part in self.rings.trees[tree].parts}
        for number in sorted(parts):
            self._end_crossing(turn, number)
        code = self._columns.code
        for number in live.dynamic or ():
            if not code[number] & (RANG | TRUE | WAIT | KNOWN):
                continue  # as it would start
            manner = self._columns.manner(number)
            if manner.anew and self._columns.code[number] & PART:
                self._columns.code[number] &= ~(TRUE | WAIT | KNOWN)
            if (manner.fresh or manner.bars) and not self._is_of_today(turn, number):
                self._start_armed(turn, number)
        for tree in live.trees or ():
            self._remember(turn, tree)
            self._reset_tree(turn, tree)
        self.placement.unsettle(live, live.dynamic or ())
        self._forget_late(live)

    def _forget_late(self, live: Live) -> None:
        """What was made in an earlier session, however late, existed before this one."""
        session = live.session
        if live.lated is None or session is None or live.lated == session.date:
            return
        live.lated = None
        for lane in live.lanes:
            for number in lane.pending or ():
                self._columns.marks[number] &= ~LATE

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
        self.rings.dirty.setdefault(self.rings.owner[number], None)
        self.rings.sides.pop(number, None)
        if code[number] & RANG:
            code[number] &= ~RANG
            for lane in turn.live.lanes:
                lane.stop_waiting(number)
        if code[number] & TRUE and not code[number] & SLOW:
            code[number] |= WAIT

    def _remember(self, turn: Turn, number: int) -> None:
        """Cells are told that a session begins, and see its first quote."""
        tree = self.rings.trees[number]
        if tree.cells:
            tree.begin(self._literal, self._sticky)
            self.rings.redo(number, turn.live)

    def _literal(self, part: int) -> bool | None:
        """A leaf as a session begins: what is measured within it is false."""
        return False if self._columns.manner(part).fresh else self.rings.literal(part)

    def _sticky(self, part: int) -> bool | None:
        manner = self._columns.manner(part)
        return False if manner.fresh or manner.bars else self.rings.sticky(part)

    def _reset_tree(self, turn: Turn, number: int) -> None:
        if not self._columns.code[number] & RANG or self._is_of_today(turn, number):
            return
        if truth(self.rings.trees[number].formula, self._sticky, Reading.LASTING) is False:
            self.rings.rearm(turn, number)

    def _is_of_today(self, turn: Turn, number: int) -> bool:
        told = self.rings.held.get(number) or self.rings.rows.get(number)
        session = turn.live.session
        return told is not None and session is not None and told.session == session.date
