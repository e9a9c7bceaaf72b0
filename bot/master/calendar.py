"""Exchange calendars: the usual week of each market, the days that differ, and an operator's own.

Holidays and half days are data (data/holidays.csv, a line a year), made from exchange_calendars 4.13 and
compared with it by a test: Shanghai from its first session on, Hong Kong and New York from 1990 on. Beyond
the last known day the weekday rule holds: a feed without a quote of today says what the calendar cannot.
"""

import csv
import os
from collections.abc import Iterator, Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from types import MappingProxyType

from bot.master.closures import Closure, read
from rules.model import Phase
from rules.sessions import CHINA, HONG_KONG, NEW_YORK, Hours, LocalSpan, MarketHours, spans

HOLIDAYS = Path(__file__).parent / "data" / "holidays.csv"
OWN = "TICKBELL_CALENDAR"  # the setting that names an operator's own file
SOON = 30  # days before a table ends in which the operator is told
# The last day each table answers for. China's holidays of a year are announced in the November before.
LAST: Mapping[str, date] = MappingProxyType(
    {"CN": date(2026, 12, 31), "HK": date(2027, 12, 31), "US": date(2027, 12, 31)}
)
TABLES: Mapping[str, str] = MappingProxyType(
    {**dict.fromkeys(("SH", "SZ", "BJ"), "CN"), "HK": "HK", "US": "US"}
)
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
_USUAL: Mapping[str, tuple[str, tuple[LocalSpan, ...], tuple[LocalSpan, ...]]] = MappingProxyType(
    {
        "CN": ("Asia/Shanghai", CHINA, CHINA),
        "HK": ("Asia/Hong_Kong", HONG_KONG, HONG_KONG_MORNING),
        "US": ("America/New_York", NEW_YORK, NEW_YORK_EARLY),
    }
)
_AROUND = ("BINANCE", "OKX")


def hours() -> Hours:
    """Phases and sessions of every market the program knows; others trade round the clock.

    InputError where the operator's own file has a fault.
    """
    return made(os.environ.get(OWN, ""))


@cache
def made(own: str) -> Hours:
    """The same with a given file of own days, "" for none; read once."""
    closures = read(Path(own), TABLES) if own else ()
    tables = {name: _market(name, [one for one in closures if one.table == name]) for name in _USUAL}
    around = MarketHours(always=True)
    return Hours({market: tables[table] for market, table in TABLES.items()} | dict.fromkeys(_AROUND, around))


def zone(market: str) -> str:
    """The time zone in which a market's times are printed; groups follow Shanghai, 24-hour markets UTC."""
    table = TABLES.get("SH" if market == "GROUP" else market)
    return _USUAL[table][0] if table else "UTC"


def left(today: date) -> dict[str, int]:
    """Days for which each table still answers, counted from `today`; negative where it ended."""
    return {table: (last - today).days for table, last in LAST.items()}


def ending(today: date) -> list[str]:
    """What the operator must know of tables that end within thirty days or have ended, a sentence each."""
    found = []
    for table, days in left(today).items():
        if days < 0:
            found.append(
                f"calendar: {table} holidays end on {LAST[table]}; since then only weekends are closed"
                f" ({OWN} can name others)"
            )
        elif days <= SOON:
            found.append(
                f"calendar: {table} holidays end on {LAST[table]}, in {days} days; update the program before"
            )
    return found


def _market(table: str, own: list[Closure]) -> MarketHours:
    tz, usual, short = _USUAL[table]
    closed = set(_days(table, "closed"))
    special = dict.fromkeys(_days(table, "half"), short)
    for one in own:
        closed.discard(one.day)
        special.pop(one.day, None)
        if one.kind == "closed":
            closed.add(one.day)
        elif one.kind != "open":
            special[one.day] = short if one.kind == "half" else one.phases
    return MarketHours(tz=tz, phases=usual, holidays=frozenset(closed), special=special)


def _days(table: str, kind: str) -> Iterator[date]:
    for row in _shipped():
        if (row["market"], row["kind"]) == (table, kind):
            yield from (date.fromisoformat(f"{row['year']}-{day}") for day in row["days"].split())


@cache
def _shipped() -> tuple[dict[str, str], ...]:
    with HOLIDAYS.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
