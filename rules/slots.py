"""Where the bars of one size lie: aligned to trading time from the start of each run of regular phases.

A run is what adjoins without a break, as continuous trading and the closing auction do; no bar spans a break,
so a run may end with a short one. A run's last bar keeps what is printed in the minute after it, as
`Session.phase` does; round the clock bars are aligned to UTC and a session's last one has no such minute.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from rules.sessions import GRACE, Hours, Session

MICROSECOND = timedelta(microseconds=1)
HALF_A_DAY = timedelta(hours=12)  # a step that leaves out no day of any zone


@dataclass(frozen=True, slots=True)
class Slot:
    """One bar's place in time: [start, end), closed by the first market time at or after `due`."""

    start: datetime
    end: datetime
    due: datetime


class Slots:
    """The bars of one size in one session."""

    def __init__(self, session: Session, size: timedelta) -> None:
        self.session, self.size = session, size
        self._runs = runs(session)
        self._starts = [start for start, _ in self._runs]

    def at(self, moment: datetime) -> Slot:
        """The bar a regular quote belongs to; before the open the first, in a break the one before it."""
        at = max(bisect_right(self._starts, moment) - 1, 0)
        start, end = self._runs[at]
        count = -(-(end - start) // self.size)
        return self._slot(at, min(max((moment - start) // self.size, 0), count - 1))

    def after(self, moment: datetime) -> Slot | None:
        """The first bar that begins at this moment or later."""
        for at, (start, end) in enumerate(self._runs):
            number = max(-((start - moment) // self.size), 0)
            if start + number * self.size < end:
                return self._slot(at, number)
        return None

    def _slot(self, at: int, number: int) -> Slot:
        start, end = self._runs[at]
        begin = start + number * self.size
        if begin + self.size < end:
            return Slot(begin, begin + self.size, begin + self.size)
        if self.session.always:
            return Slot(begin, end, end)
        ahead = [start for start in self._starts if start > begin]
        return Slot(begin, end, min([end + GRACE, *ahead[:1]]))


def runs(session: Session) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches of regular trading between breaks, ends of adjoining phases joined."""
    spans = session.regular
    begins = [start for (_, end, _), (start, _, _) in pairwise(spans) if start > end]
    ends = [end for (_, end, _), (start, _, _) in pairwise(spans) if start > end]
    return tuple(zip([session.open, *begins], [*ends, session.close], strict=True))


def begins(hours: Hours, market: str, size: timedelta, between: tuple[datetime, datetime]) -> bool:
    """Whether a bar begins after the first of two moments and not after the second."""
    after, upto = between
    moment = after
    while True:
        session = hours.session(market, moment)
        slot = None if session is None else Slots(session, size).after(after + MICROSECOND)
        if slot is not None and slot.start <= upto:
            return True
        if moment >= upto:
            return False
        moment = min(moment + HALF_A_DAY, upto)
