"""Minute lines and minute k-lines of Tencent, Sina and Eastmoney: pure parsers, units and labels made one.

Every row is labelled by the END of its minute; the one ending 09:30 is the opening auction. Tencent's minute
query counts volume and amount from the open and knows closes alone; Eastmoney's rows are per minute, and with
`iscr=1` begin with the auction's indications, which are dropped. What follows 15:00 is after-hours trade at
the close and is dropped too (reference feeds.md 1.2, 1.3, pitfalls 7, 10, 11).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from bot.errors import FeedError
from bot.formats.candles import CHINA, Columns, Row, columns, document, rows_of
from bot.formats.gtimg import symbol_of
from bot.formats.klines import (
    data_of,
    eastmoney_row,
    sina_row,
    symbol_of_data,
    tables,
    tencent_row,
    usual_of,
)
from bot.formats.lots import LOT
from bot.formats.numeral import NumeralError, figure
from bot.master.calendar import zone

OPENING, CLOSING = time(9, 30), time(15)
MINUTE = timedelta(minutes=1)
LISTS = ("m1", "m5", "m15", "m30", "m60")  # Tencent's names of minute bars
PARTS = 4  # of a row of the minute query: HHMM, price, volume so far, amount so far


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Minutes:
    """Minute bars as one source serves them, shape (bars,), oldest first."""

    source: str
    symbol: str
    ends: npt.NDArray[np.datetime64]  # datetime64[s], UTC: when each bar ended
    open: npt.NDArray[np.int64]  # quanta
    high: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    close: npt.NDArray[np.int64]
    volume: npt.NDArray[np.float64]  # shares in the minute
    amount: npt.NDArray[np.float64]  # currency in the minute; NaN where unknown
    closes_only: bool = False  # the source knows no open, high and low, so they repeat the close
    skipped: int = 0


def tencent(payload: bytes) -> Minutes:
    """A minute query's answer, of one instrument and day; FeedError where it is none."""
    for key, table in tables(payload):
        symbol, inner = symbol_of(key), table.get("data")
        if symbol is None or not isinstance(inner, dict):
            continue
        day, lines = inner.get("date"), inner.get("data")
        if isinstance(day, str) and isinstance(lines, list):
            rows = _per_minute(day, [line for line in lines if isinstance(line, str)])
            found = columns(symbol, rows, usual=usual_of(symbol), is_timed=True)
            return replace(_minutes("tencent", symbol, found), closes_only=True)
    raise FeedError("tencent: no minute line in the answer")


def tencent_bars(payload: bytes) -> Minutes:
    """A minute k-line's answer (`mkline`, list `m1`, `m5` ...); FeedError where it is none."""
    for key, table in tables(payload):
        symbol = symbol_of(key)
        name = next((name for name in LISTS if isinstance(table.get(name), list)), None)
        if symbol is not None and name is not None:
            rows = rows_of(table[name], tencent_row, "tencent")
            rows = [replace(row, amount="") for row in rows]  # their ninth cell is no amount
            return _minutes("tencent", symbol, columns(symbol, rows, usual=usual_of(symbol), is_timed=True))
    raise FeedError("tencent: no minute bars in the answer")


def sina(payload: bytes, symbol: str) -> Minutes:
    """A `getKLineData` answer at a scale up to 60, which does not say whose; FeedError where it is none.

    14:58 and 14:59 are absent: the closing auction prints at 15:00 alone.
    """
    rows = rows_of(document(payload, "[", "sina"), sina_row, "sina")
    return _minutes("sina", symbol, columns(symbol, rows, usual=1, is_timed=True))


def eastmoney(payload: bytes) -> Minutes:
    """An answer of `trends2/get`, or of `kline/get` at klt 1 to 60 and fqt 0; FeedError where it is none."""
    data = data_of(payload)
    symbol = symbol_of_data(data)
    rows = rows_of(data.get("trends") or data.get("klines"), eastmoney_row, "eastmoney")
    return _minutes("eastmoney", symbol, columns(symbol, rows, usual=LOT, is_timed=True))


def _per_minute(day: str, lines: Sequence[str]) -> list[Row]:
    """Rows whose volume and amount are the minute's own; a count that falls starts again."""
    rows: list[Row] = []
    before = (0.0, 0.0)
    for line in lines:
        parts = line.split(" ")
        if len(parts) < PARTS:
            continue
        try:
            now = (figure(parts[2]) or 0.0, figure(parts[3]) or 0.0)
        except NumeralError:
            continue
        volume, amount = (max(late - early, 0.0) for late, early in zip(now, before, strict=True))
        price, before = parts[1], now
        rows.append(
            Row(
                label=day + parts[0],
                open=price,
                high=price,
                low=price,
                close=price,
                volume=f"{volume:.0f}",
                amount=f"{amount:.2f}",
            )
        )
    return rows


def _minutes(source: str, symbol: str, found: Columns) -> Minutes:
    market = symbol.rpartition(".")[2]
    local = ZoneInfo(zone(market))
    kept = np.array(
        [market not in CHINA or OPENING <= label.time() <= CLOSING for label in found.labels], dtype=np.bool_
    )
    ends = [label.replace(tzinfo=local).astimezone(UTC).replace(tzinfo=None) for label in found.labels]
    return Minutes(
        source=source,
        symbol=symbol,
        ends=np.array(ends, dtype="datetime64[s]")[kept],
        open=found.open[kept],
        high=found.high[kept],
        low=found.low[kept],
        close=found.close[kept],
        volume=found.volume[kept],
        amount=found.amount[kept],
        skipped=found.skipped,
    )
