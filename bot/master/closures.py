"""An operator's own calendar: days on which a market is closed, open, half open, or open at given times.

CSV with the header `market,date,kind`: market SH, HK or US (SH stands for Shenzhen and Beijing too), kind
`closed`, `open` (as usual, where the shipped table has a holiday), `half`, or local times such as
`09:30-11:30 13:00-15:00`. It says what the shipped table could not know: a typhoon, a day of mourning, next
year's holidays.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from pathlib import Path

from bot.errors import InputError
from rules.model import Phase
from rules.sessions import LocalSpan

COLUMNS = ["market", "date", "kind"]
KINDS = frozenset({"closed", "open", "half"})
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_WOULD_FIT = "closed, open, half or times such as 09:30-11:30 13:00-15:00 would fit"


@dataclass(frozen=True, slots=True)
class Closure:
    """One day of one table that differs; `phases` where times were given, which `kind` then repeats."""

    table: str
    day: date
    kind: str
    phases: tuple[LocalSpan, ...] = ()


def read(path: Path, tables: Mapping[str, str]) -> tuple[Closure, ...]:
    """The days of a file; `tables` names each market's table. InputError at the first fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot be read as UTF-8 text", file=str(path)) from error
    found: dict[tuple[str, date], Closure] = {}
    for line, cells in enumerate(csv.reader(text.splitlines()), 1):
        if line == 1:
            if [cell.strip() for cell in cells] != COLUMNS:
                raise InputError(f"the header is not {','.join(COLUMNS)}", file=str(path), line=1)
            continue
        if not cells:
            continue
        try:
            closure = _closure(cells, tables)
        except InputError as fault:
            raise InputError(fault.reason, file=str(path), line=line, column=fault.column) from None
        if (closure.table, closure.day) in found:
            raise InputError(f"{closure.day} stands twice", file=str(path), line=line, column="date")
        found[closure.table, closure.day] = closure
    return tuple(found.values())


def _closure(cells: list[str], tables: Mapping[str, str]) -> Closure:
    if len(cells) != len(COLUMNS):
        raise InputError(f"{len(cells)} cells where the header has {len(COLUMNS)}")
    market, day, kind = (cell.strip() for cell in cells)
    if market not in tables:
        raise InputError(f"{market!r} has no calendar; {', '.join(tables)} would fit", column="market")
    try:
        when = date.fromisoformat(day)
    except ValueError:
        raise InputError(f"{day!r} is not a date such as 2027-02-08", column="date") from None
    if kind in KINDS:
        return Closure(tables[market], when, kind)
    return Closure(tables[market], when, kind, _phases(kind))


def _phases(text: str) -> tuple[LocalSpan, ...]:
    """Times as continuous phases with breaks between them."""
    matches = [_SPAN.fullmatch(word) for word in text.split()]
    times = [time(int(m[i]), int(m[i + 1])) for m in matches if m for i in (1, 3)]
    ascend = all(early < late for early, late in pairwise(times))
    if not times or not all(matches) or not ascend:
        raise InputError(f"{text!r} is no kind of day; {_WOULD_FIT}", column="kind")
    return tuple(
        (start, end, Phase.CONTINUOUS if at % 2 == 0 else Phase.BREAK)
        for at, (start, end) in enumerate(pairwise(times))
    )
