"""Trading days and trading time by plain tables, in whole microseconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from rules.model import Phase

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
GRACE = MINUTE  # prints stamped this long after the close belong to the last bar
REGULAR = frozenset({Phase.CONTINUOUS, Phase.CLOSING_AUCTION})

Table: TypeAlias = tuple[tuple[str, str, Phase], ...]
CHINA: Table = (
    ("09:15", "09:25", Phase.AUCTION),
    ("09:25", "09:30", Phase.PRE_OPEN),
    ("09:30", "11:30", Phase.CONTINUOUS),
    ("11:30", "13:00", Phase.BREAK),
    ("13:00", "14:57", Phase.CONTINUOUS),
    ("14:57", "15:00", Phase.CLOSING_AUCTION),
)
NEW_YORK: Table = (
    ("04:00", "09:30", Phase.PRE_OPEN),
    ("09:30", "16:00", Phase.CONTINUOUS),
    ("16:00", "20:00", Phase.AFTER_HOURS),
)
TABLES: Mapping[str, tuple[str, Table]] = {
    "SH": ("Asia/Shanghai", CHINA),
    "SZ": ("Asia/Shanghai", CHINA),
    "BJ": ("Asia/Shanghai", CHINA),
    "US": ("America/New_York", NEW_YORK),
}


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True)
class Session:
    """One trading day; spans are (start, end, phase), without any it trades round the clock."""

    date: date
    start: int
    close: int
    spans: tuple[tuple[int, int, Phase], ...] = ()

    @property
    def always(self) -> bool:
        """Whether it never closes."""
        return not self.spans

    @property
    def due(self) -> int:
        """From this market time on its day bar is closed."""
        return self.close if self.always else self.close + GRACE

    @property
    def length(self) -> int:
        """Trading time of the whole session."""
        return self.elapsed(self.close)

    def elapsed(self, now: int) -> int:
        """Trading time since the open; round the clock since midnight."""
        if self.always:
            return now - self.start
        return sum(
            min(end, now) - start for start, end, phase in self.spans if phase in REGULAR and start < now
        )

    def phase(self, now: int) -> Phase:
        """The phase at an instant; a minute after a regular one that no other follows is still of it."""
        if self.always:
            return Phase.CONTINUOUS
        found = next((phase for start, end, phase in self.spans if start <= now < end), Phase.CLOSED)
        if found not in REGULAR:
            late = [phase for _, end, phase in self.spans if phase in REGULAR and end <= now < end + GRACE]
            found = late[0] if late else found
        return found


@dataclass
class Calendar:
    """Every market's trading days."""

    holidays: frozenset[date] = frozenset()
    _days: dict[tuple[str, date], Session | None] = field(default_factory=dict)

    def session(self, market: str, now: int) -> Session | None:
        """The session of an instant's local day."""
        return self.on(market, self._local(market, now))

    def on(self, market: str, day: date) -> Session | None:
        """The session of a date."""
        key = market, day
        if key not in self._days:
            self._days[key] = self._made(market, day)
        return self._days[key]

    def previous(self, market: str, day: date) -> date:
        """The trading day before."""
        day -= timedelta(days=1)
        while self.on(market, day) is None:
            day -= timedelta(days=1)
        return day

    @staticmethod
    def _local(market: str, now: int) -> date:
        zone = ZoneInfo(TABLES[market][0]) if market in TABLES else UTC
        return (EPOCH + timedelta(microseconds=now)).astimezone(zone).date()

    def _made(self, market: str, day: date) -> Session | None:
        if market not in TABLES:
            start = micros(datetime.combine(day, time(), UTC))
            return Session(day, start, start + DAY)
        if day.weekday() > 4 or day in self.holidays:
            return None
        zone, table = TABLES[market]

        def at(clock: str) -> int:
            return micros(datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)))

        spans = tuple((at(start), at(end), phase) for start, end, phase in table)
        regular = [span for span in spans if span[2] in REGULAR]
        return Session(day, regular[0][0], regular[-1][1], spans)
