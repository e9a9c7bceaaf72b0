"""The exchange calendars against the recorded sessions, and their days that differ."""

import csv
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import exchange_calendars
import pytest

from bot.master import calendar
from bot.master.calendar import LAST, hours, left, zone
from rules.model import Phase

DATA = Path(os.environ.get("TICKBELL_DATA", "../shared/data")) / "calendars"
FIRST = date(2024, 7, 15)  # of the recorded tails
HOURS = hours()


def recorded(name: str) -> dict[date, tuple[datetime, datetime]]:
    """Open and close of each recorded session, as far as the record goes."""
    file = DATA / name
    if not file.is_file():
        pytest.skip(f"no recorded calendar {file}")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = {date.fromisoformat(row[""][:10]): row for row in csv.DictReader(lines)}
    return {
        day: (datetime.fromisoformat(row["open"]), datetime.fromisoformat(row["close"]))
        for day, row in rows.items()
        if day >= FIRST
    }


@pytest.mark.parametrize(("name", "market"), [("xshg_tail.csv", "SH"), ("xhkg_tail.csv", "HK")])
def test_sessions_are_those_of_the_recorded_calendar(name: str, market: str) -> None:
    """Every day of the record is a session exactly where the record has one."""
    sessions = recorded(name)
    day = FIRST
    while day <= max(sessions):
        found = HOURS.on(market, day)
        assert (found is not None) == (day in sessions), day
        if found:
            start, end = sessions[day]
            closing = (
                timedelta(minutes=10) if market == "HK" else timedelta()
            )  # its closing auction is recorded apart
            assert (found.open, found.close - closing) == (start, end), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("market", "moment", "phase"),
    [
        ("SZ", "2025-11-26T09:20:00+08:00", Phase.AUCTION),
        ("SZ", "2025-11-26T09:30:00+08:00", Phase.CONTINUOUS),
        ("BJ", "2025-11-26T12:00:00+08:00", Phase.BREAK),
        ("SH", "2025-10-01T10:00:00+08:00", Phase.CLOSED),
        ("HK", "2025-12-24T11:59:00+08:00", Phase.CONTINUOUS),
        ("HK", "2025-12-24T13:30:00+08:00", Phase.CLOSED),
        ("HK", "2025-10-07T10:00:00+08:00", Phase.CLOSED),
        ("US", "2025-11-26T10:00:00-05:00", Phase.CONTINUOUS),
        ("US", "2025-11-27T10:00:00-05:00", Phase.CLOSED),
        ("US", "2025-11-28T12:59:00-05:00", Phase.CONTINUOUS),
        ("US", "2025-11-28T13:30:00-05:00", Phase.AFTER_HOURS),
        ("US", "2025-07-01T15:59:00-04:00", Phase.CONTINUOUS),
        ("US", "2025-07-03T15:59:00-04:00", Phase.AFTER_HOURS),
        ("US", "2026-07-03T10:00:00-04:00", Phase.CLOSED),
        ("BINANCE", "2025-11-29T03:00:00+00:00", Phase.CONTINUOUS),
        ("OKX", "2025-12-25T03:00:00+00:00", Phase.CONTINUOUS),
    ],
)
def test_phases_of_days_that_differ(market: str, moment: str, phase: Phase) -> None:
    """Feasts, half days, early closes and summer time."""
    assert HOURS.phase(market, datetime.fromisoformat(moment).astimezone(UTC)) is phase


def test_the_day_before_skips_feasts() -> None:
    """Spring Festival and Thanksgiving are no sessions."""
    assert HOURS.previous("SH", date(2026, 2, 24)) == date(2026, 2, 13)
    assert HOURS.previous("US", date(2025, 11, 28)) == date(2025, 11, 26)
    assert HOURS.previous("HK", date(2026, 4, 8)) == date(2026, 4, 2)


def test_zones_are_those_in_which_times_are_printed() -> None:
    """Shanghai for China and for groups, UTC around the clock."""
    assert [zone(market) for market in ("SH", "GROUP", "HK", "US", "BINANCE")] == [
        "Asia/Shanghai",
        "Asia/Shanghai",
        "Asia/Hong_Kong",
        "America/New_York",
        "UTC",
    ]


def test_the_calendar_knows_when_it_ends() -> None:
    """Days left count down to each table's last known day and go below zero after it."""
    assert left(LAST["CN"])["CN"] == 0
    assert left(date(2026, 12, 1)) == {"CN": 30, "HK": 395, "US": 395}
    assert left(date(2027, 1, 1))["CN"] == -1


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Series.values")  # of the peer's own making
@pytest.mark.parametrize(
    ("name", "market", "first"),
    [("XSHG", "SH", "1990-12-19"), ("XHKG", "HK", "1990-01-01"), ("XNYS", "US", "1990-01-01")],
)
def test_every_day_is_that_of_exchange_calendars(name: str, market: str, first: str) -> None:
    """Sessions and short days of all years that the tables answer for."""
    table = calendar.TABLES[market]
    peer = exchange_calendars.get_calendar(name, start=first, end=str(LAST[table]))
    sessions = set(peer.sessions.date)
    short = {moment.date() for moment in peer.early_closes}
    day, usual = date.fromisoformat(first), HOURS.on(market, date(2025, 11, 26))
    assert usual is not None
    while day <= LAST[table]:
        found = HOURS.on(market, day)
        assert (found is not None) == (day in sessions), day
        if found is not None:
            assert (found.length < usual.length) == (day in short), day
        day += timedelta(days=1)


def test_beyond_the_last_day_weekdays_are_sessions() -> None:
    """The program keeps working; a feed without a quote of today says what the calendar cannot."""
    assert HOURS.on("SH", date(2027, 2, 8)) is not None
    assert HOURS.on("SH", date(2027, 2, 7)) is None


def test_windows_count_trading_minutes_over_summer_time() -> None:
    """New York's clock jumps on 2026-03-08 and 2026-11-01; its sessions keep their length."""
    for before, after in (("2026-03-06", "2026-03-09"), ("2026-10-30", "2026-11-02")):
        sessions = [HOURS.on("US", date.fromisoformat(day)) for day in (before, after)]
        first, second = sessions
        assert first is not None
        assert second is not None
        assert first.length == second.length == timedelta(hours=6.5)
        assert first.open.hour != second.open.hour
        span = HOURS.elapsed("US", first.close - timedelta(minutes=2), second.open + timedelta(minutes=3))
        assert span == timedelta(minutes=5)
