"""Phases, sessions and trading time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from rules.model import Phase
from rules.sessions import CHINA, Hours, MarketHours, default_hours, spans
from tests.rules.world import CLOSE, DAY, HOURS, OPEN, at


@pytest.mark.parametrize(
    ("clock", "phase"),
    [
        ("09:14:59", Phase.CLOSED),
        ("09:15:00", Phase.AUCTION),
        ("09:25:00", Phase.PRE_OPEN),
        ("09:30:00", Phase.CONTINUOUS),
        ("11:29:59", Phase.CONTINUOUS),
        ("11:30:59", Phase.CONTINUOUS),  # the morning's last prints
        ("11:31:00", Phase.BREAK),
        ("13:00:00", Phase.CONTINUOUS),
        ("14:57:00", Phase.CLOSING_AUCTION),
        ("15:00:59", Phase.CLOSING_AUCTION),
        ("15:01:00", Phase.CLOSED),
        ("15:04:59", Phase.CLOSED),
        ("15:05:00", Phase.AFTER_HOURS),
        ("15:29:59", Phase.AFTER_HOURS),
        ("15:30:00", Phase.CLOSED),
    ],
)
def test_shanghai(clock: str, phase: Phase) -> None:
    """[start, end), and the minute after a regular phase that no other regular one follows."""
    assert HOURS.phase("SH", at(clock)) is phase


def test_new_york_follows_its_own_clock() -> None:
    """14:30 UTC opens in winter, 13:30 UTC in summer; extended hours around."""
    assert HOURS.phase("US", datetime(2025, 11, 26, 14, 29, tzinfo=UTC)) is Phase.PRE_OPEN
    assert HOURS.phase("US", datetime(2025, 11, 26, 14, 30, tzinfo=UTC)) is Phase.CONTINUOUS
    assert HOURS.phase("US", datetime(2025, 7, 1, 13, 30, tzinfo=UTC)) is Phase.CONTINUOUS
    assert HOURS.phase("US", datetime(2025, 11, 26, 21, 0, 30, tzinfo=UTC)) is Phase.CONTINUOUS
    assert HOURS.phase("US", datetime(2025, 11, 26, 21, 1, tzinfo=UTC)) is Phase.AFTER_HOURS


def test_round_the_clock() -> None:
    """The session is the UTC day; midnight belongs to the next."""
    midnight = datetime(2025, 11, 27, tzinfo=UTC)
    session = HOURS.session("BINANCE", midnight)
    assert session is not None
    assert (session.date, session.open, session.due) == (date(2025, 11, 27), midnight, session.close)
    assert HOURS.phase("BINANCE", midnight - timedelta(seconds=1)) is Phase.CONTINUOUS
    assert HOURS.elapsed("BINANCE", midnight - timedelta(days=3), midnight) == timedelta(days=3)


def test_sessions_bound_the_regular_phases() -> None:
    """09:30 to 15:00, due a minute later; a group keeps Shanghai's."""
    session = HOURS.session("GROUP", at("08:00:00"))
    assert session is not None
    assert (session.date, session.open, session.close) == (DAY, OPEN, CLOSE)
    assert session.due == CLOSE + timedelta(minutes=1)


def test_weekends_and_holidays_have_none() -> None:
    """And the previous session skips them."""
    hours = Hours(
        {"SH": MarketHours(tz="Asia/Shanghai", phases=CHINA, holidays=frozenset({date(2025, 11, 25)}))}
    )
    assert hours.session("SH", at("10:00", date(2025, 11, 23))) is None
    assert hours.phase("SH", at("10:00", date(2025, 11, 25))) is Phase.CLOSED
    assert hours.previous("SH", DAY) == date(2025, 11, 24)
    assert hours.previous("SH", date(2025, 11, 24)) == date(2025, 11, 21)


def test_special_days_have_their_own_phases() -> None:
    """A half day ends at noon."""
    half = spans((time(9, 30), Phase.CONTINUOUS), end=time(12))
    hours = Hours({"HK": MarketHours(tz="Asia/Hong_Kong", phases=CHINA, special={DAY: half})})
    session = hours.on("HK", DAY)
    assert session is not None
    assert session.close == at("12:00")


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("09:00", "09:31", 1),
        ("11:25", "13:05", 10),
        ("12:00", "12:30", 0),
        ("14:59", "16:00", 1),
        ("09:30", "15:00", 240),
    ],
)
def test_trading_time_skips_breaks(start: str, end: str, minutes: int) -> None:
    """Lunch and evening do not pass."""
    assert HOURS.elapsed("SZ", at(start), at(end)) == timedelta(minutes=minutes)


def test_trading_time_skips_nights_and_weekends() -> None:
    """Friday 14:00 to Monday 10:00 is an hour and a half."""
    friday, monday = date(2025, 11, 21), date(2025, 11, 24)
    assert HOURS.elapsed("SZ", at("14:00", friday), at("10:00", monday)) == timedelta(minutes=90)


def test_a_market_without_a_table_never_closes() -> None:
    """Better every quote than none."""
    assert Hours({}).phase("MARS", CLOSE) is Phase.CONTINUOUS
    assert Hours({}).session("GROUP", CLOSE) == Hours({}).session("MARS", CLOSE)


def test_alternating_days_and_markets() -> None:
    """The latest answer is kept per market and never given for another day."""
    hours = default_hours()
    for day in (DAY, date(2025, 11, 27), DAY):
        for market in ("SH", "US", "HK"):
            session = hours.session(market, at("22:40", day))
            assert session is not None
            assert session.date == day


def test_sessions_are_kept_within_bounds() -> None:
    """Asked for more days than are kept, the answers stay the same."""
    hours = default_hours()
    first = hours.on("SH", date(2025, 11, 26))
    for number in range(5000):
        hours.on("SH", date(2000, 1, 1) + timedelta(days=number))
    assert hours.on("SH", date(2025, 11, 26)) == first
