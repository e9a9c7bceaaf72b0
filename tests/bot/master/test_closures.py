"""An operator's own days, and how a fault in them is told."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.master import calendar
from rules.model import Phase


def own(folder: Path, text: str) -> str:
    """A file of own days."""
    file = folder / "own.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_own_days_win_over_the_shipped_ones(tmp_path: Path) -> None:
    """Closed by a typhoon, open on a shipped holiday, half, and at times of their own."""
    hours = calendar.made(
        own(
            tmp_path,
            "market,date,kind\nHK,2026-09-01,closed\n\nSH,2026-06-19,open\nUS,2026-07-01,half\n"
            "HK,2025-12-24,open\nSZ,2027-02-08,closed\nUS,2026-07-02,09:30-12:00 13:00-14:00\n",
        )
    )
    assert hours.on("HK", date(2026, 9, 1)) is None
    assert hours.on("SZ", date(2026, 6, 19)) is not None
    assert hours.on("SH", date(2027, 2, 8)) is None
    assert hours.phase("US", datetime(2026, 7, 1, 17, 30, tzinfo=UTC)) is Phase.AFTER_HOURS
    assert hours.phase("HK", datetime(2025, 12, 24, 6, tzinfo=UTC)) is Phase.CONTINUOUS
    phases = [hours.phase("US", datetime(2026, 7, 2, hour, 30, tzinfo=UTC)) for hour in (13, 16, 17, 18)]
    assert phases == [Phase.CONTINUOUS, Phase.BREAK, Phase.CONTINUOUS, Phase.CLOSED]


def test_the_setting_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command reads it."""
    monkeypatch.setenv(calendar.OWN, own(tmp_path, "market,date,kind\nHK,2026-09-01,closed\n"))
    assert calendar.hours().on("HK", date(2026, 9, 1)) is None


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("day,market\n", 1, None, "the header is not market,date,kind"),
        (
            "market,date,kind\nXX,2026-09-01,closed\n",
            2,
            "market",
            "'XX' has no calendar; SH, SZ, BJ, HK, US would fit",
        ),
        ("market,date,kind\nSH,2026-9-1,closed\n", 2, "date", "'2026-9-1' is not a date such as 2027-02-08"),
        ("market,date,kind\nSH,2026-09-01\n", 2, None, "2 cells where the header has 3"),
        ("market,date,kind\nSH,2026-09-01,09:30-08:00\n", 2, "kind", "'09:30-08:00' is no kind of day; "),
        (
            "market,date,kind\nSH,2026-09-01,09:30-11:30 13-15\n",
            2,
            "kind",
            "'09:30-11:30 13-15' is no kind of day; ",
        ),
        ("market,date,kind\nSH,2026-09-01,\n", 2, "kind", "'' is no kind of day; "),
        ("market,date,kind\nSH,2026-09-01,open\nSZ,2026-09-01,half\n", 3, "date", "2026-09-01 stands twice"),
    ],
)
def test_a_fault_names_its_place(
    tmp_path: Path, text: str, line: int, column: str | None, reason: str
) -> None:
    """File, line, column, reason."""
    with pytest.raises(InputError) as error:
        calendar.made(own(tmp_path, text))
    assert (error.value.line, error.value.column) == (line, column)
    assert error.value.reason.startswith(reason)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Absent, or no text."""
    with pytest.raises(InputError, match="cannot be read"):
        calendar.made(str(tmp_path / "none.csv"))
