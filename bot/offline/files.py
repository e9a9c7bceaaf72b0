"""Readers of the files people write: quotes, daily history, rules (design.md section 6).

They stream, believe nothing, and name file, line, column and reason in the InputError they raise.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import InputError
from bot.offline.table import CellError
from bot.offline.table import Row as _Row
from bot.offline.table import reading as _reading
from bot.offline.table import rows as _rows
from bot.offline.table import short as _short
from bot.offline.table import word as _word
from bot.recorder.reels import frames as recorded
from bot.recorder.reels import is_recording
from rules.actions import ratios
from rules.language import LanguageError, Line, parse
from rules.language.presets import NAMES
from rules.model import Frame, History, Instrument, Phase, Quote

PRICES = ("open", "high", "low", "prev_close", "limit_up", "limit_down", "bid", "ask")
AMOUNTS = ("volume", "amount", "market_cap", "bid_size", "ask_size")
COUNTS = ("shares", "float_shares")
WORDS = ("status", "source")
QUOTE_NEEDS = ("time", "symbol", "price")
QUOTE_COLUMNS = (
    *("time", "symbol", "price", "open", "high", "low", "prev_close", "volume", "amount", "limit_up"),
    *("limit_down", "market_cap", "shares", "float_shares", "bid", "ask", "bid_size", "ask_size"),
    *("inflow", "status", "phase", "source"),
)
BAR_PRICES = ("open", "high", "low", "close")
HISTORY_NEEDS = ("date", *BAR_PRICES, "volume")
AFFINE = ("a", "b")
HISTORY_COLUMNS = (*HISTORY_NEEDS, "factor", *AFFINE)

MOST_QUANTA = 10**16  # sums of 500 prices stay in 64 bits
FIRST_YEAR, LAST_YEAR = 1800, 2200  # of times and dates; room for every recording, none for typing errors
MOST_AMOUNT = 1e20
_NUMBER = re.compile(r"(-?\d{1,20})(?:\.(\d{1,20}))?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def quotes(path: Path, find: Callable[[str], Instrument | None]) -> Iterator[Frame]:
    """The frames of a quotes file, in order: consecutive rows of one time and market form a frame.

    `find` resolves the symbol column. A price of 0 is an absent one. Raises InputError at the first fault.
    A recording, or a folder of them, is read as it was received.
    """
    if is_recording(path):
        yield from recorded(path)
        return
    known: dict[str, Instrument] = {}
    batch: list[Quote] = []
    market = ""
    for row in _rows(path, QUOTE_COLUMNS, QUOTE_NEEDS):
        instrument = _instrument(row, known, find)
        quote = _quote(row, instrument)
        if batch and quote.time < batch[-1].time:
            raise row.fault("time", f"{row.cells['time']} is earlier than the line before; sort by time")
        if batch and (quote.time, instrument.market) != (batch[-1].time, market):
            yield Frame(market=market, received=batch[-1].time, quotes=tuple(batch))
            batch = []
        market = instrument.market
        batch.append(quote)
    if batch:
        yield Frame(market=market, received=batch[-1].time, quotes=tuple(batch))


def posted(cells: Mapping[str, str], number: int, find: Callable[[str], Instrument | None]) -> Quote:
    """One quote out of the same columns, posted to us; InputError names the number, the column and why."""
    row = _Row("post", number, cells)
    for name in cells:
        if name not in QUOTE_COLUMNS:
            raise row.fault(name, f"unknown column; known are {' '.join(QUOTE_COLUMNS)}")
    return _quote(row, _instrument(row, {}, find))


def history(path: Path, instrument: Instrument) -> History:
    """The daily bars of one instrument, raw, oldest first; raises InputError at the first fault.

    `a` and `b`, where corporate actions are known, are the affine convention's (rules.model.History), b in
    currency; without `factor` the ratio convention's follows from them.
    """
    dates: list[date] = []
    columns: dict[str, list[float]] = {name: [] for name in HISTORY_COLUMNS[1:]}
    has_factor = is_affine = False
    for row in _rows(path, HISTORY_COLUMNS, HISTORY_NEEDS):
        day: date = row.need("date", _date)
        if dates and day <= dates[-1]:
            raise row.fault("date", f"{day} does not come after {dates[-1]}; one line a day, oldest first")
        dates.append(day)
        bar = {name: row.need(name, lambda cell: _price(cell, instrument)) for name in BAR_PRICES}
        _check_bar(row, bar)
        for name in BAR_PRICES:
            columns[name].append(bar[name])
        columns["volume"].append(row.need("volume", _amount))
        columns["factor"].append(_factor(row, "factor"))
        columns["a"].append(_factor(row, "a"))
        columns["b"].append((row.take("b", _signed) or 0.0) * 10**instrument.decimals)
        has_factor, is_affine = "factor" in row.cells, _is_affine(row)
    prices = {name: np.array(columns[name], dtype=np.int64) for name in BAR_PRICES}
    gain, shift = (np.array(columns[name], dtype=np.float64) for name in AFFINE)
    factor = np.array(columns["factor"], dtype=np.float64)
    if is_affine and not has_factor:
        factor = ratios(prices["close"], gain, shift)
    return History(
        symbol=instrument.symbol,
        dates=np.array(dates, dtype="datetime64[D]"),
        open=prices["open"],
        high=prices["high"],
        low=prices["low"],
        close=prices["close"],
        volume=np.array(columns["volume"], dtype=np.float64),
        factor=factor,
        gain=gain if is_affine else None,
        shift=shift if is_affine else None,
    )


def rules(
    path: Path, resolve: Callable[[str], Instrument | None], presets: Mapping[str, str] = NAMES
) -> tuple[tuple[str, Line], ...]:
    """The rules of a file, each with its line as written; `#` opens a comment, blank lines are skipped."""
    found: list[tuple[str, Line]] = []
    with _reading(path):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    for number, whole in enumerate(lines, start=1):
        text = _uncommented(whole)
        if not text.strip():
            continue
        try:
            found.append((text.strip(), parse(text, resolve, presets=presets)))
        except LanguageError as error:
            raise InputError(error.reason, file=str(path), line=number, column=error.column) from None
    return tuple(found)


def _instrument(
    row: _Row, known: dict[str, Instrument], find: Callable[[str], Instrument | None]
) -> Instrument:
    text = row.need("symbol", str)
    if text not in known:
        if (instrument := find(text)) is None:
            raise row.fault("symbol", f"{_short(text)} is not a known symbol")
        known[text] = instrument
    return known[text]


def _quote(row: _Row, instrument: Instrument) -> Quote:
    """Empty cells are left to Quote's defaults; each reader fits its column's type there."""
    rest: dict[str, Any] = {}
    for name, cell in row.cells.items():
        if cell and not cell.isspace() and name not in QUOTE_NEEDS:
            read = _READERS.get(name)
            rest[name] = row.take(name, read) if read else _present(row, name, instrument)
    price = _present(row, "price", instrument)
    return Quote(symbol=instrument.symbol, time=row.need("time", _time), price=price, **rest)


def _present(row: _Row, name: str, instrument: Instrument) -> int | None:
    """A price cell, None where it is empty or 0: sources print zero for what is absent."""
    return row.take(name, lambda cell: _price(cell, instrument)) or None


def _factor(row: _Row, column: str) -> float:
    factor = row.take(column, _amount)
    if factor is not None and factor <= 0:
        raise row.fault(column, "a factor is above zero")
    return 1.0 if factor is None else float(factor)


def _is_affine(row: _Row) -> bool:
    """Whether the file has both of the affine convention's columns; one alone says nothing."""
    missing = [name for name in AFFINE if name not in row.cells]
    if len(missing) == 1:
        raise InputError(
            "a and b go together; this column is missing", file=row.file, line=1, column=missing[0]
        )
    return not missing


def _check_bar(row: _Row, bar: Mapping[str, int]) -> None:
    for name in BAR_PRICES:
        if bar[name] <= 0:
            raise row.fault(name, "a price is above zero")
    if bar["high"] < max(bar.values()):
        raise row.fault("high", f"{row.cells['high']} is below another price of the same day")
    if bar["low"] > min(bar.values()):
        raise row.fault("low", f"{row.cells['low']} is above another price of the same day")


def _price(cell: str, instrument: Instrument) -> int:
    """Whole quanta by digits alone: a file has millions of prices, and Decimal takes three times as long."""
    if (number := _NUMBER.fullmatch(cell)) is None:
        raise CellError(f"{_short(cell)} is not a price")
    whole, fraction = number[1], (number[2] or "").rstrip("0")
    if whole.startswith("-"):
        raise CellError(f"{_short(cell)} is negative")
    if len(fraction) > instrument.decimals:
        raise CellError(
            f"{_short(cell)} is off the grid: {instrument.symbol} has {instrument.decimals} decimals"
        )
    if (price := int(whole + fraction.ljust(instrument.decimals, "0"))) > MOST_QUANTA:
        raise CellError(f"{_short(cell)} is too large")
    return price


def _amount(cell: str) -> float:
    number = float(cell) if _SCIENTIFIC.fullmatch(cell) else math.nan
    if not 0 <= number <= MOST_AMOUNT:  # a NaN is in no interval
        raise CellError(f"{_short(cell)} is not an amount of 0 or more")
    return number


def _signed(cell: str) -> float:
    return -_amount(cell[1:]) if cell.startswith("-") else _amount(cell)


def _count(cell: str) -> int:
    number = _amount(cell)
    if not number.is_integer():
        raise CellError(f"{_short(cell)} is not a whole number")
    return int(number)


@lru_cache(maxsize=16)  # rows of one frame carry the same text
def _time(cell: str) -> datetime:
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        raise CellError(f"{_short(cell)} is not an ISO 8601 time such as 2025-11-26T09:30:00+08:00") from None
    if moment.tzinfo is None:
        raise CellError(f"{_short(cell)} has no offset; write one such as +08:00 or Z")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise CellError(f"{_short(cell)} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return moment.astimezone(UTC)


def _date(cell: str) -> date:
    try:
        day = date.fromisoformat(cell if _DAY.fullmatch(cell) else "")
    except ValueError:
        raise CellError(f"{_short(cell)} is not a date such as 2025-11-26") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CellError(f"{_short(cell)} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _phase(cell: str) -> Phase:
    try:
        return Phase(cell)
    except ValueError:
        raise CellError(f"{_short(cell)} is no phase; one of: {', '.join(Phase)}") from None


_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(AMOUNTS, _amount),
    **dict.fromkeys(COUNTS, _count),
    "inflow": _signed,
    **dict.fromkeys(WORDS, _word),
    "phase": _phase,
}


def _uncommented(line: str) -> str:
    """The line without its comment; a `#` in quotes or within a word opens none."""
    bare = _QUOTED.sub(lambda note: "x" * len(note[0]), line)
    comment = re.search(r"(?:^|\s)#", bare)
    return line[: comment.start()] if comment else line
