"""Exchange calendars: the usual week of each market, and the days of 2025 and 2026 that differ.

Outside those years the weekday rule alone holds. Sources: the yearly closing notices of the Shanghai and
Shenzhen exchanges (the State Council's holiday arrangement), HKEX's and NYSE's published calendars.
"""

from collections.abc import Iterable
from datetime import date, time

from rules.model import Phase
from rules.sessions import CHINA, HONG_KONG, NEW_YORK, Hours, LocalSpan, MarketHours, spans

FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)  # the days the tables answer for

_CHINA_CLOSED = (
    # 2025: New Year, Spring Festival, Qingming, Labour Day, Dragon Boat, National Day with Mid-Autumn
    "2025-01-01 2025-01-28 2025-01-29 2025-01-30 2025-01-31 2025-02-03 2025-02-04 2025-04-04 2025-05-01 "
    "2025-05-02 2025-05-05 2025-06-02 2025-10-01 2025-10-02 2025-10-03 2025-10-06 2025-10-07 2025-10-08 "
    # 2026: the same feasts, Mid-Autumn on its own
    "2026-01-01 2026-01-02 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-02-23 2026-04-06 "
    "2026-05-01 2026-05-04 2026-05-05 2026-06-19 2026-09-25 2026-10-01 2026-10-02 2026-10-05 2026-10-06 "
    "2026-10-07"
)
_HONG_KONG_CLOSED = (
    "2025-01-01 2025-01-29 2025-01-30 2025-01-31 2025-04-04 2025-04-18 2025-04-21 2025-05-01 2025-05-05 "
    "2025-07-01 2025-10-01 2025-10-07 2025-10-29 2025-12-25 2025-12-26 "
    "2026-01-01 2026-02-17 2026-02-18 2026-02-19 2026-04-03 2026-04-06 2026-04-07 2026-05-01 2026-05-25 "
    "2026-06-19 2026-07-01 2026-10-01 2026-10-19 2026-12-25"
)
_HONG_KONG_HALF = "2025-01-28 2025-12-24 2025-12-31 2026-02-16 2026-12-24 2026-12-31"
_NEW_YORK_CLOSED = (
    # 2025-01-09 was the national day of mourning for President Carter
    "2025-01-01 2025-01-09 2025-01-20 2025-02-17 2025-04-18 2025-05-26 2025-06-19 2025-07-04 2025-09-01 "
    "2025-11-27 2025-12-25 "
    "2026-01-01 2026-01-19 2026-02-16 2026-04-03 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-11-26 "
    "2026-12-25"
)
_NEW_YORK_EARLY = "2025-07-03 2025-11-28 2025-12-24 2026-11-27 2026-12-24"

HONG_KONG_MORNING = spans(
    (time(9), Phase.AUCTION),
    (time(9, 30), Phase.CONTINUOUS),
    (time(12), Phase.CLOSING_AUCTION),
    end=time(12, 10),
)
NEW_YORK_EARLY = spans(
    (time(4), Phase.PRE_OPEN),
    (time(9, 30), Phase.CONTINUOUS),
    (time(13), Phase.AFTER_HOURS),
    end=time(17),
)


def hours() -> Hours:
    """Phases and sessions of every market the program knows; others trade round the clock."""
    china = _market("Asia/Shanghai", CHINA, _CHINA_CLOSED)
    around = MarketHours(always=True)
    return Hours(
        {
            **dict.fromkeys(("SH", "SZ", "BJ"), china),
            "HK": _market(
                "Asia/Hong_Kong", HONG_KONG, _HONG_KONG_CLOSED, (_HONG_KONG_HALF, HONG_KONG_MORNING)
            ),
            "US": _market("America/New_York", NEW_YORK, _NEW_YORK_CLOSED, (_NEW_YORK_EARLY, NEW_YORK_EARLY)),
            **dict.fromkeys(("BINANCE", "OKX"), around),
        }
    )


def zone(market: str) -> str:
    """The time zone in which a market's times are printed; groups follow Shanghai, 24-hour markets UTC."""
    return _ZONES.get(market, "UTC")


def left(today: date) -> int:
    """Days for which the tables still answer, counted from `today`; negative when they ended."""
    return (LAST - today).days


_ZONES = {
    **dict.fromkeys(("SH", "SZ", "BJ", "GROUP"), "Asia/Shanghai"),
    "HK": "Asia/Hong_Kong",
    "US": "America/New_York",
}


def _market(
    tz: str, usual: tuple[LocalSpan, ...], closed: str, short: tuple[str, tuple[LocalSpan, ...]] = ("", ())
) -> MarketHours:
    days, phases = short
    return MarketHours(
        tz=tz, phases=usual, holidays=frozenset(_dates(closed)), special=dict.fromkeys(_dates(days), phases)
    )


def _dates(text: str) -> Iterable[date]:
    return map(date.fromisoformat, text.split())
