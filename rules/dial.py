"""Trading time and the market's own clock, as the memory of composites reads them for one instrument."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from rules.clock import NEVER

if TYPE_CHECKING:
    from rules.live import Live
    from rules.market import Market

MOST_DAYS = 40  # no market rests longer; what lies beyond nobody waits for
DAY = timedelta(days=1)


class Dial:
    """One instrument's clock: windows are counted in trading time, breaks, nights and holidays skipped."""

    __slots__ = ("_hours", "_live", "_made", "_market")

    def __init__(self, market: "Market", live: "Live") -> None:
        self._market, self._live, self._hours = market, live, market.hours
        newest = live.clock.newest
        self._made = None if newest == NEVER else newest

    def at(self, day: date, clock: time) -> datetime:
        """A time of the market's own clock on a date."""
        return self._hours.at(self._market.market(self._live), day, clock)

    def written(self, moment: datetime) -> str:
        """An instant by the market's own clock, for people."""
        return f"{self._hours.local(self._market.market(self._live), moment):%H:%M:%S}"

    def elapsed(self, start: datetime, end: datetime, most: timedelta) -> timedelta:
        """Trading time between two instants; what exceeds `most` is not counted to its end."""
        name = self._market.market(self._live)
        day, last = (self._hours.local(name, moment).date() for moment in (start, end))
        total = timedelta()
        while day <= last and total <= most:
            session = self._hours.on(name, day)
            if session is not None:
                total += session.elapsed(end) - session.elapsed(start)
            day += DAY
        return total

    def due(self, start: datetime, span: timedelta) -> datetime | None:
        """The first instant with so much trading time behind `start`; None where no session is in sight."""
        name = self._market.market(self._live)
        day = self._hours.local(name, start).date()
        for _ in range(MOST_DAYS):
            session = self._hours.on(name, day)
            if session is not None:
                before = session.elapsed(start)
                if session.length - before >= span:
                    return session.instant(before + span)
                span -= session.length - before
            day += DAY
        return None

    def is_first(self, moment: datetime) -> bool | None:
        """Whether the first quote met from `moment` on is the instrument's first one from then on.

        It is not where the rule was made later than that; None where the market was joined later.
        """
        joined = self._live.clock.first
        if self._made is not None and self._made >= moment:
            return False
        return True if joined is not None and joined <= moment else None
