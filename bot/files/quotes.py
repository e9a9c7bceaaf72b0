"""Quotes as people write them, streamed and believed nothing (design.md section 6); recordings beside them.

The InputError of a reader names file, line, column and reason.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.files import cells
from bot.files.table import Row, rows, short, word
from bot.recorder.reels import frames as recorded
from bot.recorder.reels import is_recording
from rules.model import Frame, Instrument, Quote

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


def read(path: Path, find: Callable[[str], Instrument | None]) -> Iterator[Frame]:
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
    for row in rows(path, QUOTE_COLUMNS, QUOTE_NEEDS):
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


def posted(given: Mapping[str, str], number: int, find: Callable[[str], Instrument | None]) -> Quote:
    """One quote out of the same columns, posted to us; InputError names the number, the column and why."""
    row = Row("post", number, given)
    for name in given:
        if name not in QUOTE_COLUMNS:
            raise row.fault(name, f"unknown column; known are {' '.join(QUOTE_COLUMNS)}")
    return _quote(row, _instrument(row, {}, find))


def _instrument(
    row: Row, known: dict[str, Instrument], find: Callable[[str], Instrument | None]
) -> Instrument:
    text = row.need("symbol", str)
    if text not in known:
        if (instrument := find(text)) is None:
            raise row.fault("symbol", f"{short(text)} is not a known symbol")
        known[text] = instrument
    return known[text]


def _quote(row: Row, instrument: Instrument) -> Quote:
    """Empty cells are left to Quote's defaults; each reader fits its column's type there."""
    rest: dict[str, Any] = {}
    for name, cell in row.cells.items():
        if cell and not cell.isspace() and name not in QUOTE_NEEDS:
            read = _READERS.get(name)
            rest[name] = row.take(name, read) if read else _present(row, name, instrument)
    price = _present(row, "price", instrument)
    return Quote(symbol=instrument.symbol, time=row.need("time", cells.time), price=price, **rest)


def _present(row: Row, name: str, instrument: Instrument) -> int | None:
    """A price cell, None where it is empty or 0: sources print zero for what is absent."""
    return row.take(name, lambda cell: cells.price(cell, instrument)) or None


_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(AMOUNTS, cells.amount),
    **dict.fromkeys(COUNTS, cells.count),
    "inflow": cells.signed,
    **dict.fromkeys(WORDS, word),
    "phase": cells.phase,
}
