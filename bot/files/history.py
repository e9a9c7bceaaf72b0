"""Daily bars of one instrument as people keep them (design.md section 6)."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bot.errors import InputError
from bot.files import cells
from bot.files.table import Row, rows
from rules.actions import ratios
from rules.model import History, Instrument

BAR_PRICES = ("open", "high", "low", "close")
HISTORY_NEEDS = ("date", *BAR_PRICES, "volume")
AFFINE = ("a", "b")
HISTORY_COLUMNS = (*HISTORY_NEEDS, "factor", *AFFINE)


def read(path: Path, instrument: Instrument) -> History:
    """The daily bars of one instrument, raw, oldest first; raises InputError at the first fault.

    `a` and `b`, where corporate actions are known, are the affine convention's (rules.model.History), b in
    currency; without `factor` the ratio convention's follows from them.
    """
    dates: list[np.datetime64] = []
    columns: dict[str, list[float]] = {name: [] for name in HISTORY_COLUMNS[1:]}
    has_factor = is_affine = False
    for row in rows(path, HISTORY_COLUMNS, HISTORY_NEEDS):
        day = np.datetime64(row.need("date", cells.day), "D")
        if dates and day <= dates[-1]:
            raise row.fault("date", f"{day} does not come after {dates[-1]}; one line a day, oldest first")
        dates.append(day)
        bar = {name: row.need(name, lambda cell: cells.price(cell, instrument)) for name in BAR_PRICES}
        _check_bar(row, bar)
        for name in BAR_PRICES:
            columns[name].append(bar[name])
        columns["volume"].append(row.need("volume", cells.amount))
        columns["factor"].append(_factor(row, "factor"))
        columns["a"].append(_factor(row, "a"))
        columns["b"].append((row.take("b", cells.signed) or 0.0) * 10**instrument.decimals)
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


def _factor(row: Row, column: str) -> float:
    factor = row.take(column, cells.amount)
    if factor is not None and factor <= 0:
        raise row.fault(column, "a factor is above zero")
    return 1.0 if factor is None else float(factor)


def _is_affine(row: Row) -> bool:
    """Whether the file has both of the affine convention's columns; one alone says nothing."""
    missing = [name for name in AFFINE if name not in row.cells]
    if len(missing) == 1:
        raise InputError(
            "a and b go together; this column is missing", file=row.file, line=1, column=missing[0]
        )
    return not missing


def _check_bar(row: Row, bar: Mapping[str, int]) -> None:
    for name in BAR_PRICES:
        if bar[name] <= 0:
            raise row.fault(name, "a price is above zero")
    if bar["high"] < max(bar.values()):
        raise row.fault("high", f"{row.cells['high']} is below another price of the same day")
    if bar["low"] > min(bar.values()):
        raise row.fault("low", f"{row.cells['low']} is above another price of the same day")
