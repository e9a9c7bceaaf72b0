"""Bars as compact bytes: a year's columns, each written as the fewest bytes that hold its differences.

A column of whole numbers is its least value, a common step and the multiples of that step in 1, 2, 4 or 8
bytes each: closes as differences from day to day, the other prices as distances from them. A year of a
Chinese share takes about 13 bytes a bar. Nothing is rounded: what comes out is what went in.
"""

import struct
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.errors import StoreError
from rules.model import History

Whole = npt.NDArray[np.int64]
VERSION = 1
_HEAD = struct.Struct("<BH")  # version, bars
_COLUMN = struct.Struct("<qQB")  # least value, step, bytes a value; 0 bytes: all are the least
_WIDTHS = (1, 2, 4, 8)
_EXACT = 2.0**53
MOST_RUNS = 24  # a factor changes a few times a year


def packed(history: History) -> dict[str, bytes]:
    """Each year of a history by its number, "2025": as many bytes as `unpacked` needs to give it back."""
    years = history.dates.astype("datetime64[Y]")
    edges = [*_starts(years), len(years)]
    return {str(years[start]): _year(history, slice(start, end)) for start, end in pairwise(edges)}


def unpacked(symbol: str, years: Mapping[str, bytes]) -> History:
    """The history in such bytes, oldest year first; StoreError where they are cut or of a later version."""
    try:
        parts = [list(_columns(years[name])) for name in sorted(years)]
    except (struct.error, ValueError, IndexError) as error:
        raise StoreError(f"the bars of {symbol} cannot be read: {error}") from error
    days, close, opened, high, low, volume, factor = (
        np.concatenate([part[place] for part in parts]) if parts else np.empty(0) for place in range(7)
    )
    whole = [column.astype(np.int64) for column in (opened, high, low, close)]
    return History(
        symbol=symbol,
        dates=days.astype(np.int64).astype("datetime64[D]"),
        open=whole[0],
        high=whole[1],
        low=whole[2],
        close=whole[3],
        volume=volume.astype(np.float64),
        factor=factor.astype(np.float64),
    )


def _year(history: History, rows: slice) -> bytes:
    opened, high, low, close = (
        column[rows] for column in (history.open, history.high, history.low, history.close)
    )
    days = history.dates[rows].astype("datetime64[D]").astype(np.int64)
    columns = (
        *(_whole(np.diff(column, prepend=column[:1])) + column[:1].tobytes() for column in (days, close)),
        _whole(opened - close),
        _whole(high - np.maximum(opened, close)),
        _whole(np.minimum(opened, close) - low),
        _real(history.volume[rows]),
        _real(history.factor[rows]),
    )
    return _HEAD.pack(VERSION, len(days)) + b"".join(columns)


def _starts(values: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Where a run of equal values begins."""
    return np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])


def _whole(values: Whole) -> bytes:
    least = int(values.min())
    rest = values - least
    step = int(np.gcd.reduce(rest)) or 1
    rest //= step
    most = int(rest.max())
    width = next(width for width in _WIDTHS if most < 1 << 8 * width) if most else 0
    return _COLUMN.pack(least, step, width) + (rest.astype(f"<u{width}").tobytes() if width else b"")


def _real(values: npt.NDArray[np.float64]) -> bytes:
    """Whole numbers as such; what seldom changes as its runs; others as they are."""
    if bool((values == np.floor(values)).all() and (np.abs(values) < _EXACT).all()):
        return b"w" + _whole(values.astype(np.int64))
    starts = _starts(values)
    if len(starts) <= MOST_RUNS:
        return b"c" + bytes([len(starts)]) + starts.astype("<u2").tobytes() + values[starts].tobytes()
    return b"r" + values.astype("<f8").tobytes()


def _columns(data: bytes) -> Iterator[npt.NDArray[np.float64] | Whole]:
    """Days, close, open, high, low, volume and factor."""
    version, count = _HEAD.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"version {version}")
    reader = _Reader(data, _HEAD.size, count)
    yield reader.running()
    yield (close := reader.running())
    yield (opened := reader.whole() + close)
    yield reader.whole() + np.maximum(opened, close)
    yield np.minimum(opened, close) - reader.whole()
    yield reader.real()
    yield reader.real()
    if reader.place != len(data):
        raise ValueError(f"{len(data) - reader.place} bytes too many")


class _Reader:
    """Columns one after the other."""

    __slots__ = ("_count", "_data", "place")

    def __init__(self, data: bytes, place: int, count: int) -> None:
        self._data, self._count, self.place = data, count, place

    def whole(self) -> Whole:
        least, step, width = _COLUMN.unpack_from(self._data, self.place)
        self.place += _COLUMN.size
        if not width:
            return np.full(self._count, least, dtype=np.int64)
        found: Whole = self._take(f"<u{width}", width).astype(np.int64) * step + least
        return found

    def running(self) -> Whole:
        differences = self.whole()
        found: Whole = np.cumsum(differences) + self._take("<i8", 8, 1)
        return found

    def real(self) -> npt.NDArray[np.float64]:
        kind = self._data[self.place : self.place + 1]
        self.place += 1
        if kind == b"w":
            return self.whole().astype(np.float64)
        if kind == b"c":
            return self._runs()
        return self._take("<f8", 8).astype(np.float64)

    def _runs(self) -> npt.NDArray[np.float64]:
        runs = self._data[self.place]
        self.place += 1
        starts = self._take("<u2", 2, runs).astype(np.int64)
        values = self._take("<f8", 8, runs).astype(np.float64)
        return np.repeat(values, np.diff(starts, append=self._count))

    def _take(self, kind: str, width: int, count: int | None = None) -> npt.NDArray[np.int64]:
        count = self._count if count is None else count
        found = np.frombuffer(self._data, dtype=kind, count=count, offset=self.place)
        self.place += width * count
        return found
