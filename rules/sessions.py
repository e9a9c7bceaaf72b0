"""Which phase a market is in at an instant: tables in, answers out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

from rules.model import Phase, SessionKind

LocalSpan: TypeAlias = tuple[time, time, Phase]
Span: TypeAlias = tuple[datetime, datetime, Phase]

REGULAR_PHASES = frozenset({Phase.CONTINUOUS, Phase.CLOSING_AUCTION})
KINDS: Mapping[Phase, SessionKind] = MappingProxyType(
    {
        Phase.CONTINUOUS: SessionKind.REGULAR,
        Phase.CLOSING_AUCTION: SessionKind.REGULAR,
        Phase.AUCTION: SessionKind.AUCTION,
        Phase.PRE_OPEN: SessionKind.EXTENDED,
        Phase.AFTER_HOURS: SessionKind.EXTENDED,
    }
)
DAY = timedelta(days=1)
MOST_KEPT = 4096  # sessions made, of all markets: years of a back-test
# A day bar closes this long after its session; prints stamped within it belong to the last bar (design 2).
GRACE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketHours:
    """One market's table: local phases of a usual day, and the days that differ."""

    tz: str = "UTC"
    phases: tuple[LocalSpan, ...] = ()  # ascending, within one local day
    weekdays: frozenset[int] = frozenset(range(5))  # Monday is 0
    holidays: frozenset[date] = frozenset()
    special: Mapping[date, tuple[LocalSpan, ...]] = field(default_factory=dict)  # half days
    always: bool = False  # trades round the clock; its session is the UTC day


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One trading day of one market; `open` and `close` bound its regular phases, all times UTC."""

    date: date
    open: datetime
    close: datetime
    phases: tuple[Span, ...]
    always: bool = False
    due: datetime = field(init=False)  # the first market time at which the day bar closes
    length: timedelta = field(init=False)  # trading time of the whole session
    regular: tuple[Span, ...] = field(init=False)  # the phases whose time counts as trading time

    def __post_init__(self) -> None:
        object.__setattr__(self, "due", self.close if self.always else self.close + GRACE)
        regular = tuple(span for span in self.phases if span[2] in REGULAR_PHASES)
        object.__setattr__(self, "regular", regular)
        object.__setattr__(self, "length", self.elapsed(self.close))

    def phase(self, moment: datetime) -> Phase:
        """The phase at an instant; the minute after a regular phase that none follows belongs to it."""
        found = Phase.CLOSED
        for start, end, phase in self.phases:
            if start <= moment < end:
                found = phase
        if found in REGULAR_PHASES or self.always:
            return found
        for _, end, phase in self.regular:
            if end <= moment < end + GRACE:
                return phase
        return found

    def elapsed(self, moment: datetime) -> timedelta:
        """Trading time between the open and an instant, breaks skipped."""
        total = timedelta()
        for start, end, _ in self.regular:
            if start >= moment:
                break
            total += (min(moment, end)) - start
        return total

    def instant(self, elapsed: timedelta) -> datetime:
        """The first instant with so much trading time since the open; the close at the latest."""
        for start, end, _ in self.regular:
            if elapsed <= end - start:
                return start + elapsed
            elapsed -= end - start
        return self.close


@dataclass(slots=True)
class _Day:
    """The session found last for one market, with the local day (UTC bounds) it answers for."""

    start: datetime
    end: datetime
    session: Session | None


class Hours:
    """Phases and sessions of every market; a market without a table never closes."""

    def __init__(self, markets: Mapping[str, MarketHours]) -> None:
        self._markets = dict(markets)
        self._around = MarketHours(always=True)
        self._zones = {name: ZoneInfo(hours.tz) for name, hours in markets.items()}
        self._latest: dict[str, _Day] = {}
        self._found: dict[tuple[str, date], Session | None] = {}

    def phase(self, market: str, moment: datetime) -> Phase:
        """The phase a market is in at an instant."""
        session = self.session(market, moment)
        return Phase.CLOSED if session is None else session.phase(moment)

    def session(self, market: str, moment: datetime) -> Session | None:
        """The session of an instant's local day, None where that day is no trading day."""
        day = self._latest.get(market)
        if day is None or not day.start <= moment < day.end:
            day = self._find(market, moment)
            self._latest[market] = day
        return day.session

    def on(self, market: str, day: date) -> Session | None:
        """The session of a date, None where it is no trading day."""
        key = (market, day)
        if key not in self._found:
            if len(self._found) >= MOST_KEPT:
                self._found.clear()
            self._found[key] = self._made(market, day)
        return self._found[key]

    def _made(self, market: str, day: date) -> Session | None:
        hours = self._table(market)
        if hours.always:
            start = datetime.combine(day, time(), UTC)
            spans: tuple[Span, ...] = ((start, start + DAY, Phase.CONTINUOUS),)
            return Session(date=day, open=start, close=start + DAY, phases=spans, always=True)
        if day.weekday() not in hours.weekdays or day in hours.holidays:
            return None
        zone = self._zone(market)
        spans = tuple(
            (_utc(day, start, zone), _utc(day, end, zone), phase)
            for start, end, phase in hours.special.get(day, hours.phases)
        )
        regular = [span for span in spans if span[2] in REGULAR_PHASES]
        return Session(date=day, open=regular[0][0], close=regular[-1][1], phases=spans)

    def previous(self, market: str, day: date) -> date:
        """The last trading day before a date."""
        day -= DAY
        while self.on(market, day) is None:
            day -= DAY
        return day

    def elapsed(self, market: str, start: datetime, end: datetime) -> timedelta:
        """Trading time between two instants: breaks, nights and holidays skipped."""
        if self._table(market).always:
            return end - start
        zone = self._zone(market)
        day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        total = timedelta()
        while day <= last:
            session = self.on(market, day)
            if session is not None:
                total += session.elapsed(end) - session.elapsed(start)
            day += DAY
        return total

    def local(self, market: str, moment: datetime) -> datetime:
        """An instant on the market's own clock."""
        return moment.astimezone(self._zone(market))

    def at(self, market: str, day: date, clock: time) -> datetime:
        """A time of the market's own clock on a date, as UTC."""
        return _utc(day, clock, self._zone(market))

    def _find(self, market: str, moment: datetime) -> _Day:
        zone = self._zone(market)
        day = moment.astimezone(zone).date()
        return _Day(_utc(day, time(), zone), _utc(day + DAY, time(), zone), self.on(market, day))

    def _table(self, market: str) -> MarketHours:
        return self._markets.get("SH" if market == "GROUP" else market, self._around)

    def _zone(self, market: str) -> ZoneInfo:
        found = self._zones.get("SH" if market == "GROUP" else market)
        return ZoneInfo("UTC") if found is None else found


def _utc(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def spans(*edges: tuple[time, Phase], end: time) -> tuple[LocalSpan, ...]:
    """Adjoining local phases from their starts and the last one's end."""
    starts = [*edges, (end, Phase.CLOSED)]
    return tuple((start, stop, phase) for (start, phase), (stop, _) in pairwise(starts))


# Usual days: exchanges' published timetables. Shanghai, Shenzhen and Beijing share theirs, but only some of
# their boards trade after the close (rules.fixed); New York with the extended hours that consolidated feeds
# print; Hong Kong with its closing auction session.
CHINA = spans(
    (time(9, 15), Phase.AUCTION),
    (time(9, 25), Phase.PRE_OPEN),
    (time(9, 30), Phase.CONTINUOUS),
    (time(11, 30), Phase.BREAK),
    (time(13), Phase.CONTINUOUS),
    (time(14, 57), Phase.CLOSING_AUCTION),
    (time(15), Phase.CLOSED),
    (time(15, 5), Phase.AFTER_HOURS),
    end=time(15, 30),
)
NEW_YORK = spans(
    (time(4), Phase.PRE_OPEN),
    (time(9, 30), Phase.CONTINUOUS),
    (time(16), Phase.AFTER_HOURS),
    end=time(20),
)
HONG_KONG = spans(
    (time(9), Phase.AUCTION),
    (time(9, 30), Phase.CONTINUOUS),
    (time(12), Phase.BREAK),
    (time(13), Phase.CONTINUOUS),
    (time(16), Phase.CLOSING_AUCTION),
    end=time(16, 10),
)


_USUAL = MappingProxyType(
    {**dict.fromkeys(("SH", "SZ", "BJ", "GROUP"), CHINA), "HK": HONG_KONG, "US": NEW_YORK}
)


def usual_hours(market: str) -> tuple[time, time] | None:
    """When a usual day's regular session opens and closes, by the market's clock; None: round the clock."""
    if market not in _USUAL:
        return None
    regular = [span for span in _USUAL[market] if span[2] in REGULAR_PHASES]
    return regular[0][0], regular[-1][1]


def default_hours() -> Hours:
    """The usual weekdays of every market, without holidays."""
    china = MarketHours(tz="Asia/Shanghai", phases=CHINA)
    return Hours(
        {
            "SH": china,
            "SZ": china,
            "BJ": china,
            "HK": MarketHours(tz="Asia/Hong_Kong", phases=HONG_KONG),
            "US": MarketHours(tz="America/New_York", phases=NEW_YORK),
            "BINANCE": MarketHours(always=True),
            "OKX": MarketHours(always=True),
        }
    )
