"""Bars as sources write them, text by text, made into columns: sorted, each label once, units fixed.

What is no bar is left out and counted: days without trade, prices out of order. Nothing here knows a source.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from bot.errors import FeedError
from bot.formats.lots import LOT, Traded, fits
from bot.formats.numeral import NumeralError, figure
from bot.master.listing import shaped
from rules.model import Kind

CHINA = frozenset({"SH", "SZ", "BJ"})
_PRICE = re.compile(r"-?[0-9]{1,10}(?:\.[0-9]{1,10})?", re.ASCII)
# By the count of digits: a day, and a minute with or without seconds.
_DATED, _TIMED = {8: "%Y%m%d"}, {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bar as text; `label` is a day or a minute in the market's own time."""

    label: str
    open: str
    high: str
    low: str
    close: str
    volume: str
    amount: str = ""  # currency; empty where the source has none


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """Bars by column, shape (bars,); labels in the market's own time, strictly increasing."""

    labels: Sequence[datetime]
    open: npt.NDArray[np.int64]  # quanta
    high: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    close: npt.NDArray[np.int64]
    volume: npt.NDArray[np.float64]  # shares
    amount: npt.NDArray[np.float64]  # currency; NaN where unknown
    skipped: int  # rows that are no bars


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candle:
    """One row read: prices in quanta, volume in the source's unit."""

    label: datetime
    prices: tuple[int, int, int, int]  # open, high, low, close
    volume: float
    amount: float | None


def document(payload: bytes, opening: str, source: str) -> Any:
    """The JSON inside an answer, also where a script wraps it; FeedError where there is none."""
    try:
        text = payload.decode("utf-8")
        closing = {"{": "}", "[": "]"}[opening]
        return msgspec.json.decode(text[text.index(opening) : text.rindex(closing) + 1])
    except (ValueError, RecursionError) as error:
        raise FeedError(f"{source}: this is no answer of its: {payload[:40]!r}") from error


def columns(
    symbol: str, rows: Sequence[Row], *, usual: int = LOT, is_timed: bool = False, is_adjusted: bool = False
) -> Columns:
    """The bars in `rows`; `usual` is what one unit of the source's volume is said to be.

    Where the source tells amounts, the unit that explains most of them is taken: 1 or 100 shares. Adjusted
    prices may be negative (the affine convention) and are rounded; their amounts prove nothing.
    """
    decimals = shaped(symbol).decimals
    read = [_candle(row, decimals, is_timed=is_timed, is_adjusted=is_adjusted) for row in rows]
    found = {candle.label: candle for candle in read if candle is not None}
    candles = [found[label] for label in sorted(found)]
    unit = _unit(symbol, candles, usual, decimals=decimals, is_adjusted=is_adjusted)
    prices = np.array([candle.prices for candle in candles], dtype=np.int64).reshape(-1, 4)
    return Columns(
        labels=[candle.label for candle in candles],
        open=prices[:, 0],
        high=prices[:, 1],
        low=prices[:, 2],
        close=prices[:, 3],
        volume=np.array([candle.volume * unit for candle in candles], dtype=np.float64),
        amount=np.array([np.nan if c.amount is None else c.amount for c in candles], dtype=np.float64),
        skipped=read.count(None),
    )


def moment(text: str, *, is_timed: bool) -> datetime:
    """A day, or a minute, however its parts are separated; ValueError where it is none."""
    digits = "".join(filter(str.isdigit, text))
    if len(text) > len("YYYY-MM-DD HH:MM:SS.000") or not digits.isascii():
        raise NumeralError(text[:32])
    form = (_TIMED if is_timed else _DATED).get(len(digits))
    if form is None:
        raise NumeralError(text[:32])
    return datetime.strptime(digits, form)  # noqa: DTZ007 -- the market's own time by contract


def _candle(row: Row, decimals: int, *, is_timed: bool, is_adjusted: bool) -> _Candle | None:
    try:
        close = _price(row.close, decimals)
        if close is None or (close <= 0 and not is_adjusted):
            return None
        opened = _first(_price(row.open, decimals), close, is_adjusted=is_adjusted)
        high = _first(_price(row.high, decimals), max(opened, close), is_adjusted=is_adjusted)
        low = _first(_price(row.low, decimals), min(opened, close), is_adjusted=is_adjusted)
        if not low <= min(opened, close) <= max(opened, close) <= high:
            return None
        return _Candle(
            label=moment(row.label, is_timed=is_timed),
            prices=(opened, high, low, close),
            volume=figure(row.volume) or 0.0,
            amount=figure(row.amount),
        )
    except ValueError:
        return None


def _first(price: int | None, instead: int, *, is_adjusted: bool) -> int:
    """A price, or what stands for it where the source writes nothing or zero, as in minutes long past."""
    return instead if price is None or (price <= 0 and not is_adjusted) else price


def _price(text: str, decimals: int) -> int | None:
    if text in {"", "-"}:
        return None
    if not _PRICE.fullmatch(text):
        raise NumeralError(text[:32])
    return int(Decimal(text).scaleb(decimals).to_integral_value(ROUND_HALF_UP))


def _unit(symbol: str, candles: Sequence[_Candle], usual: int, *, decimals: int, is_adjusted: bool) -> int:
    """Shares in one unit of volume, by the most bars."""
    market = symbol.rpartition(".")[2]
    if market not in CHINA:
        return 1
    if is_adjusted or shaped(symbol).kind is Kind.INDEX:
        return usual
    other = LOT + 1 - usual

    def votes(lot: int) -> int:
        return sum(_explains(candle, lot, decimals) for candle in candles)

    return other if votes(other) > votes(usual) else usual


def _explains(candle: _Candle, lot: int, decimals: int) -> bool:
    _, high, low, _ = candle.prices
    return fits(Traded(volume=candle.volume, amount=candle.amount, low=low, high=high), lot, decimals)


def texts(cells: object, places: Sequence[int]) -> list[str] | None:
    """The cells at some places of a row; None where it is no row of texts as long as that."""
    if not isinstance(cells, list) or len(cells) <= max(places):
        return None
    found = [cells[place] for place in places]
    return found if all(isinstance(cell, str) for cell in found) else None


def rows_of(found: object, read: Callable[[object], Row | None], source: str) -> list[Row]:
    """Every row of a list that `read` understands; FeedError where it understands none of several."""
    if not isinstance(found, list):
        raise FeedError(f"{source}: the answer holds no bars")
    rows = [row for row in map(read, found) if row is not None]
    if found and not rows:
        raise FeedError(f"{source}: rows of another shape: {str(found[0])[:60]!r}")
    return rows
