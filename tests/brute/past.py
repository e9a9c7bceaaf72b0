"""Daily bars before a recording begins: real ones where there are, else made of the recordings themselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np

from rules.model import History
from tests.brute.recordings import FOLDER, HOURS, Recording, Row, minutes
from tests.fixtures import series
from tests.recorded import DATA

MOST = 260  # bars: more change nothing and take time
SLICES = 90


def history_of(recording: Recording) -> History | None:
    """New York's own bars; a share's minutes for its ticks; a coin's own slices in the place of days."""
    first = recording.rows[0].time
    market = recording.symbol.rpartition(".")[2]
    if market == "US":
        session = HOURS.session(market, first)
        assert session is not None
        return _before(series.america("spy"), session.date)
    if market == "BINANCE":
        return _slices(recording)
    code = recording.symbol.partition(".")[0]
    if len(recording.rows) > 9_500 or not list(Path(DATA / FOLDER).glob(f"minline_{market}{code}_*")):
        return None  # its bars grow as the days go by
    past = minutes(market + code)
    days = [list(rows) for _, rows in groupby(past.rows, lambda row: row.time.date())]
    days = [rows for rows in days if rows[0].time.date() < first.date()]
    return _history(recording.symbol, [rows[0].time.date() for rows in days], days)


def _slices(recording: Recording) -> History:
    """The recording itself in slices, each in the place of a day before it."""
    start, end = (recording.rows[at].time.timestamp() for at in (0, -1))
    length = (end - start) / SLICES
    bars = [list(rows) for _, rows in groupby(recording.rows, lambda row: row.time.timestamp() // length)]
    first = recording.rows[0].time.date()
    days = [first - timedelta(days=len(bars) - at) for at in range(len(bars))]
    return _history(recording.symbol, days, bars)


def _before(history: History, day: date) -> History:
    stop = int(np.searchsorted(history.dates, np.datetime64(day, "D")))
    part = slice(max(0, stop - MOST), stop)
    return replace(
        history,
        dates=history.dates[part],
        open=history.open[part],
        high=history.high[part],
        low=history.low[part],
        close=history.close[part],
        volume=history.volume[part],
        factor=history.factor[part],
    )


def _history(symbol: str, days: Sequence[date], bars: Sequence[Sequence[Row]]) -> History:
    prices = [[row.price for row in rows] for rows in bars]
    return History(
        symbol=symbol,
        dates=np.array(days, "datetime64[D]"),
        open=np.array([one[0] for one in prices], np.int64),
        high=np.array([max(one) for one in prices], np.int64),
        low=np.array([min(one) for one in prices], np.int64),
        close=np.array([one[-1] for one in prices], np.int64),
        volume=np.array([round(sum(row.volume for row in rows), 6) for rows in bars]),
        factor=np.ones(len(bars)),
    )
