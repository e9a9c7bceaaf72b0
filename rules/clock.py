"""Market time of one market, and whose bars wait for it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rules.sessions import GRACE

if TYPE_CHECKING:
    from rules.live import Live
    from rules.series import Series

NEVER = datetime.min.replace(tzinfo=UTC)


class Clock:
    """Market time of one market, the instruments whose day bar is open, the series whose minute bar is."""

    __slots__ = ("bars", "due", "first", "live", "newest", "next", "quoted")

    def __init__(self) -> None:
        self.first: datetime | None = None
        self.newest = NEVER
        self.quoted = NEVER  # the same for minute bars, of which prints may come a minute late
        self.due: datetime | None = None
        self.live: list[Live] = []
        self.next: datetime | None = None  # when the first of the open minute bars is due
        self.bars: list[Series] = []

    def reach(self, time: datetime) -> bool:
        """Move forward to a quote's time; True where open bars are due."""
        if self.first is None:
            self.first = time
        self.newest, self.quoted = max(self.newest, time), max(self.quoted, time)
        return self._is_due()

    def wait(self, received: datetime) -> bool:
        """Nothing came up to a receive time; True where open bars are due."""
        if self.first is None:
            self.first = received
        self.newest, self.quoted = max(self.newest, received), max(self.quoted, received - GRACE)
        return self._is_due()

    def _is_due(self) -> bool:
        if self.next is not None and self.quoted >= self.next:
            return True
        return self.due is not None and self.newest >= self.due

    def expect(self, series: "Series", due: datetime) -> None:
        """A minute bar opened: whatever quote of the market comes then is looked at."""
        self.bars.append(series)
        if self.next is not None and self.next <= due:
            return
        self.next = due
        until = NEVER if due <= self.quoted else due  # opened late: it ends with the very next quote
        for live in self.live:
            live.stay_until(min(live.until, until))

    def settle(self) -> None:
        """Bars closed: when the next ones are due."""
        self.bars = [series for series in self.bars if series.slot is not None and series.numbers]
        self.next = min((series.due for series in self.bars), default=None)
        self.due = min((live.session.due for live in self.live if live.session), default=None)
        for live in self.live:
            live.rest()
