"""First looks: numbers judged when their boundaries are new, and what a new session resets."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
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
from rules.index import FEW
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


NONE: AbstractSet[int] = frozenset()
UNUSUAL = PART | SLOW | RANG | WAIT  # what only a close look can judge
SPENT = RESTORED | STORED | LATE
LOOKED = MET | SEEN
NOTED = LOOKED | SPENT  # of these, a condition that was looked at before has LOOKED alone


class FirstLook:
    """What waits on a lane, judged at one value: the boundaries it has, and which no quote met before."""

    __slots__ = ("before", "fresh", "is_first", "kept", "lane", "levels", "numbers", "turn")

    def __init__(self, turn: Turn, lane: Lane, kept: Quote | None = None) -> None:
        self.turn, self.lane = turn, lane
        self.kept = kept  # the instrument's last one before a restart
        # Nothing was touched before the first quote, so then nobody asks.
        self.fresh: set[int] | None = None if turn.live.quote is None else set()
        self.levels: list[int] = []
        self.numbers: list[int] = []
        # Whether a crossing that is true now was so before: at a session's first value the close tells.
        self.is_first, self.before = lane.opening, turn.live.close_before()

    def order(self) -> None:
        """By number where there are few, which keep the order in which they come."""
        if 1 < len(self.numbers) <= FEW:
            numbers, self.numbers = self.numbers, sorted(self.numbers)
            known = dict(zip(numbers, self.levels, strict=True))
            self.levels = [known[number] for number in self.numbers]

    def held(self, boundary: int, mark: int, *, beneath: bool) -> bool:
        """Whether a crossing that is true now was not seen false before: it waits for that."""
        before = self.before
        if (left := self.left(mark)) is not None:
            before = left
        elif not self.is_first or mark & LATE:
            return True
        return before is None or (boundary <= before) is not beneath

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

    def settle(self, turn: Turn, lane: Lane) -> AbstractSet[int]:
        """Judge everything that waits on the lane at its value; the numbers no earlier quote left armed."""
        waiting, lane.pending = sorted(lane.pending or ()), None
        seen = self.rings.outcome.seen
        first = len(seen)
        look = FirstLook(turn, lane, self.kept.get(turn.live.symbol))
        for number in self._settle_straight(look, waiting):
            if number in self.after and self.is_told(turn, number):
                self.placement.wait(lane, (number,))
            else:
                self._settle_one(look, number)
        lane.extend(look.levels, look.numbers)
        seen[first:] = sorted(seen[first:])
        return look.fresh or NONE

    def _settle_one(self, look: FirstLook, number: int) -> None:
        """One that a close look must judge."""
        state, marks = self._columns.code[number], self._columns.marks
        is_armed = marks[number] & MET and not state & (RANG | WAIT) and state & (CROSS | KNOWN) != CROSS
        if look.fresh is not None and not is_armed:  # by an earlier quote: what happened since may ring it
            look.fresh.add(number)
        marks[number] |= MET
        region = self.placement.region(number)
        if isinstance(region, Region):
            self._judge(look, number, region)
        else:
            self.rings.judge(number, region, look.lane.value)

    def _judge(self, look: FirstLook, number: int, region: Region) -> None:
        """The same with its region."""
        lane, code, marks = look.lane, self._columns.code, self._columns.marks
        state = code[number]
        for boundary in region.boundaries:
            look.levels.append(boundary)
            look.numbers.append(number)
        lane.double = lane.double or len(region.boundaries) > 1
        if state & (CROSS | KNOWN | RANG) == CROSS and not marks[number] & STORED:
            self._first(look, number, region)
        if marks[number] & SPENT:
            self.greet(number)
        state, value = code[number], lane.value
        if state & SLOW:
            self.rings.judge(number, region, value)
        else:
            self.rings.set_truth(number, to=region.truth(value))
        if not state & PART and not marks[number] & SEEN:
            self.rings.note_seen(number)
        if state & RANG:
            self.rings.await_return(look.turn, number, region, lane)

    def _settle_straight(self, look: FirstLook, waiting: Sequence[int]) -> list[int]:
        """The same for comparisons with a number, those of a pattern together; the others are left over."""
        alike, left = self._sort_out(waiting)
        for numbers, line, boundaries in self.placement.rows(look.turn.live, alike):
            if line is None:
                left.extend(numbers)
                continue
            look.levels += boundaries
            look.numbers += numbers
            self._settle_alike(look, line, zip(boundaries, numbers, strict=True))
        look.order()
        left.sort()
        return left

    def _sort_out(self, waiting: Sequence[int]) -> tuple[dict[int, list[int]], list[int]]:
        """By pattern those that may share a line, and those that a close look must judge."""
        columns, after = self._columns, self.after
        code, marks, patterns = columns.code, columns.marks, columns.patterns
        alike: dict[int, list[int]] = {}
        left: list[int] = []
        for number in waiting:
            state, kind = code[number], patterns[number]
            if state & UNUSUAL or (state & CROSS and not marks[number] & PLAIN) or number in after:
                left.append(number)
            elif kind in alike:
                alike[kind].append(number)
            else:
                alike[kind] = [number]
        return alike, left

    def _settle_alike(self, look: FirstLook, line: Steps, pairs: Iterable[tuple[int, int]]) -> None:
        """Numbers of one line: marks, and truths at the lane's value. The hot path of an open."""
        code, marks, value, beneath = self._columns.code, self._columns.marks, look.lane.value, line.beneath
        seen, fresh = self.rings.outcome.seen, look.fresh
        for boundary, number in pairs:
            state, mark = code[number], marks[number]
            if mark & NOTED != LOOKED:
                if mark & SPENT:
                    self.greet(number)
                if not mark & SEEN:
                    seen.append(number)
                marks[number] |= LOOKED
            if fresh is not None and (not mark & MET or state & (CROSS | KNOWN) == CROSS):
                fresh.add(number)  # no earlier quote left it armed
            if (boundary <= value) is beneath:
                code[number] = (state | KNOWN) & ~TRUE
            elif state & (CROSS | KNOWN) == CROSS and look.held(boundary, mark, beneath=beneath):
                code[number] = state | TRUE | KNOWN | WAIT
            else:
                code[number] = state | TRUE | KNOWN | RANG
                self.rings.rung.append(number)

    def is_told(self, turn: Turn, number: int) -> bool:
        """Whether this quote is not newer than the stored ring, so that it changes nothing."""
        if number not in self.after:
            return False
        if turn.time <= self.after[number]:
            return True
        del self.after[number]
        return False

    def greet(self, number: int) -> None:
        """A condition seen before and restored rings `away` if it rings now; its marks are spent."""
        marks = self._columns.marks
        if marks[number] & RESTORED and marks[number] & SEEN:
            self.rings.away.add(number)
        marks[number] &= ~SPENT

    def _first(self, look: FirstLook, number: int, region: Region) -> None:
        """Crossing forms have to be seen false; the last bar before counts for rules older than this one.

        So does the last quote before a restart, for what was listened to then.
        """
        live, lane, manner = look.turn.live, look.lane, self._columns.manner(number)
        marks, size = self._columns.marks[number], None if live.series is None else manner.size
        if size is None and (left := look.left(marks)) is not None:
            self._stand(number, region, left)
            return
        if manner.bars and lane.opening and lane.own is None and not marks & LATE:
            return
        opening, past = live.opened(size, lane)
        anew = manner.bars or manner.anew
        if not opening or marks & LATE or lane.own is not None or (past is None and not anew):
            if not self._columns.code[number] & SLOW and region.truth(lane.value):
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
        code = self._columns.code
        for number in sorted(number for number in parts if code[number] & CROSS):
            self._end_crossing(turn, number)
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
