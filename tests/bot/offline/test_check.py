"""What `check` says of settings and calendar, without starting anything."""

from datetime import date
from pathlib import Path

import pytest

from bot.offline import check
from bot.settings import load

TODAY = date(2025, 11, 26)


def wrong(values: dict[str, str] | None = None, today: date = TODAY) -> list[str]:
    """What is wrong with these settings."""
    return check.wrong(load({f"TICKBELL_{name}": value for name, value in (values or {}).items()}), today)


def test_defaults_are_in_order() -> None:
    """Nobody has to set anything."""
    assert wrong() == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LANGUAGE", "fr", "settings: TICKBELL_LANGUAGE is 'fr'; one of en, zh would fit"),
        ("ADJUST", "qfq", "settings: TICKBELL_ADJUST is 'qfq'; one of ratio, affine would fit"),
        ("LOG", "loud", "settings: TICKBELL_LOG is 'loud'; one of debug, info, warning, error would fit"),
        ("WEB_PORT", "x", "settings: TICKBELL_WEB_PORT is 'x'; a number from 0 to 65535 would fit"),
        ("WEB_PORT", "65536", "settings: TICKBELL_WEB_PORT is '65536'; a number from 0 to 65535 would fit"),
        (
            "WEB_HOST",
            "0.0.0.0",  # noqa: S104 - the address that must be refused
            "settings: TICKBELL_WEB_HOST is '0.0.0.0'; a loopback address such as 127.0.0.1 would fit",
        ),
        (
            "WEB_HOST",
            "example.org",
            "settings: TICKBELL_WEB_HOST is 'example.org'; a loopback address such as 127.0.0.1 would fit",
        ),
        ("RECORD", __file__, f"settings: TICKBELL_RECORD {__file__} is no folder"),
        ("ALPACA_KY", "x", "settings: TICKBELL_ALPACA_KY is not a setting"),
        ("HISTORY", "/nowhere", "settings: TICKBELL_HISTORY /nowhere is no folder"),
        ("SYMBOLS", "zjxc, nosuch", "settings: TICKBELL_SYMBOLS: 'nosuch' is not known"),
        ("FEDS", "binance", "settings: TICKBELL_FEDS is not a setting"),
    ],
)
def test_a_wrong_setting_is_told_with_what_would_fit(name: str, value: str, sentence: str) -> None:
    """One sentence each."""
    assert wrong({name: value}) == [sentence]


def test_right_settings_are_left_alone(tmp_path: Path) -> None:
    """A feed's own settings, secrets' files, and folders that exist."""
    secret = tmp_path / "token"
    secret.touch(mode=0o600)
    values = {
        "TICKBELL_BINANCE_WS_URL": "ws://127.0.0.1:1",
        "TICKBELL_TELEGRAM_TOKEN_FILE": str(secret),
        "TICKBELL_DATA_DIR": str(tmp_path),
        "TICKBELL_HISTORY": str(tmp_path),
        "TICKBELL_WEB_HOST": "localhost",
        "TICKBELL_SYMBOLS": "zjxc,BTCUSDT",
    }
    assert check.wrong(load(values), TODAY) == []


def test_a_data_folder_that_is_a_file_is_wrong(tmp_path: Path) -> None:
    """The store could not be opened there."""
    file = tmp_path / "file"
    file.touch()
    assert wrong({"DATA_DIR": str(file)}) == [f"settings: TICKBELL_DATA_DIR {file} is no folder"]


def test_the_operator_is_told_before_the_calendar_ends() -> None:
    """Thirty days before, and after."""
    assert wrong(today=date(2026, 11, 30)) == []
    assert wrong(today=date(2026, 12, 2)) == [
        "calendar: CN holidays end on 2026-12-31, in 29 days; update the program before"
    ]
    assert wrong(today=date(2027, 1, 1)) == [
        (
            "calendar: CN holidays end on 2026-12-31; since then only weekends are closed"
            " (TICKBELL_CALENDAR can name others)"
        )
    ]


def test_what_is_in_force_names_no_secret() -> None:
    """Token and store address stay out of what is printed."""
    token, store = "123456:canary", "redis://:canary@127.0.0.1"
    shown = check.right(load({"TICKBELL_TELEGRAM_TOKEN": token, "TICKBELL_REDIS_URL": store}))
    assert shown == [
        "chat: Telegram",
        "store: TICKBELL_REDIS_URL",
        "feeds: binance,tencent",
        "language of new chats: en",
        "calendar: holidays known to 2026-12-31 (CN), 2027-12-31 (HK), 2027-12-31 (US)",
    ]
    assert check.right(load({}))[:2] == [
        "chat: playground (no TICKBELL_TELEGRAM_TOKEN)",
        "store: embedded, in .tickbell",
    ]


def test_a_fault_in_the_own_calendar_is_told(tmp_path: Path) -> None:
    """With file, line and column, as everywhere."""
    own = tmp_path / "own.csv"
    own.write_text("market,date,kind\nSH,2027-02-08,shut\n", encoding="utf-8")
    (sentence,) = wrong({"CALENDAR": str(own)})
    assert sentence.startswith(f"calendar: {own}, line 2, column kind: 'shut' is no kind of day; ")
