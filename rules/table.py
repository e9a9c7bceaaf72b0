"""Finished minute bars of one size as columns, and how one-minute bars known from outside become them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from rules.adjust import Column, Daily
from rules.model import History, Minutes
from rules.sessions import GRACE, Hours
from rules.slots import MICROSECOND, runs

KEPT = 1500  # bars a series keeps; recursions (EMA, RSI, KDJ) begin with the first of them
DAY = timedelta(days=1)
FINE = 6  # decimals of a quantum on another scale: what was one price stays one
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Times: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Bars, oldest first; columns have shape (bars,), prices (4, bars): open, high, low, close in quanta."""

    begins: Times  # microseconds since 1970, UTC
    days: npt.NDArray[np.datetime64]  # datetime64[D], the sessions' dates
    prices: Column  # int64; float64 once a factor changed them
    volume: npt.NDArray[np.float64]  # shares

    def __len__(self) -> int:
        return len(self.begins)

    def rows(self, start: int, stop: int) -> "Table":
        """The bars from one place to before another."""
        cut = slice(start, stop)
        return Table(
            begins=self.begins[cut],
            days=self.days[cut],
            prices=self.prices[:, cut],
            volume=self.volume[cut],
        )

    def upto(self, begin: datetime) -> "Table | None":
        """The bars up to the one that began then; None where it is not among them."""
        at = int(np.searchsorted(self.begins, micros(begin)))
        is_known = at < len(self) and self.begins[at] == micros(begin)
        return self.rows(0, at + 1) if is_known else None

    def with_bar(self, begin: datetime, day: date, prices: Sequence[int], volume: float) -> "Table":
        """One bar more; the oldest beyond `KEPT` go."""
        bar = np.array(prices, self.prices.dtype).reshape(4, 1)
        found = Table(
            begins=np.append(self.begins, micros(begin)),
            days=np.append(self.days, np.datetime64(day, "D")),
            prices=np.concatenate([self.prices, bar], axis=1),
            volume=np.append(self.volume, volume),
        )
        return found.rows(max(len(found) - KEPT, 0), len(found))

    def scaled(self, count: int, base: float, now: float) -> "Table":
        """The first `count` bars on the price scale on which `base` has become `now`; exact at that price."""
        if not count or base == now:
            return self
        prices = self.prices.astype(np.float64)
        is_base = prices[3, count - 1] == base
        prices[:, :count] = np.round(prices[:, :count] * (now / base), FINE)
        if is_base:
            prices[3, count - 1] = now
        return replace(self, prices=prices)

    def daily(self) -> Daily:
        """The columns as closed forms read them."""
        opened, high, low, close = self.prices
        return Daily(
            dates=self.begins.view("datetime64[us]"),
            open=opened,
            high=high,
            low=low,
            close=close,
            volume=self.volume,
        )


EMPTY = Table(
    begins=np.empty(0, np.int64),
    days=np.empty(0, "datetime64[D]"),
    prices=np.empty((4, 0), np.int64),
    volume=np.empty(0),
)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def moment_of(micro: int) -> datetime:
    """The moment so many microseconds after 1970 began."""
    return EPOCH + micro * MICROSECOND


def gathered(minutes: Minutes, hours: Hours, size: timedelta, upto: datetime) -> Table:
    """The minutes that ended by a moment as bars of a size, raw; those of no session are left out."""
    known = int(np.searchsorted(minutes.begins, micros(upto - timedelta(minutes=1)), "right"))
    if not known:
        return EMPTY
    market = minutes.symbol.rpartition(".")[2]
    places: list[npt.NDArray[Any]] = []  # rows (minute, bar's begin, day)
    day = moment_of(int(minutes.begins[0])).date() - DAY
    last = moment_of(int(minutes.begins[known - 1])).date() + DAY
    while day <= last:
        session = hours.on(market, day)
        spans = () if session is None else runs(session)
        for at, (start, end) in enumerate(spans):
            ahead = spans[at + 1][0] if at + 1 < len(spans) else end + GRACE
            late = end if session is not None and session.always else min(end + GRACE, ahead)
            places.append(_run(minutes.begins[:known], (start, end, late), size, day))
        day += DAY
    placed = np.concatenate(places, axis=1) if places else np.empty((3, 0), np.int64)
    return _bars(minutes, placed)


def _run(begins: Times, run: tuple[datetime, datetime, datetime], size: timedelta, day: date) -> Times:
    """Which minutes a run of trading has, and where their bars begin."""
    start, end, late = map(micros, run)
    step = size // MICROSECOND
    low, high = np.searchsorted(begins, (start, late))
    number = np.minimum((begins[low:high] - start) // step, (end - start - 1) // step)
    days = np.full(high - low, np.datetime64(day, "D").astype(np.int64))
    return np.stack([np.arange(low, high), start + number * step, days])


def _bars(minutes: Minutes, placed: Times) -> Table:
    if not placed.shape[1]:
        return EMPTY
    rows, begins, days = placed
    first = np.flatnonzero(np.diff(begins, prepend=begins[0] - 1))
    last = np.append(first[1:], len(rows)) - 1
    prices = np.stack(
        [
            minutes.open[rows[first]],
            np.maximum.reduceat(minutes.high[rows], first),
            np.minimum.reduceat(minutes.low[rows], first),
            minutes.close[rows[last]],
        ]
    )
    return Table(
        begins=begins[first],
        days=days[first].astype("datetime64[D]"),
        prices=prices,
        volume=np.add.reduceat(minutes.volume[rows], first),
    )


def adjusted(table: Table, count: int, history: History | None) -> Table:
    """The first `count` bars on the scale of the newest of them, by the dated factors of daily history."""
    if history is None or not len(history.dates) or not count:
        return table
    at = np.minimum(np.searchsorted(history.dates, table.days[:count]), len(history.dates) - 1)
    factor = history.factor[at]
    if bool((factor == factor[-1]).all()):
        return table
    prices = table.prices.astype(np.float64)
    prices[:, :count] = np.round(prices[:, :count] * (factor / factor[-1]), FINE)
    return replace(table, prices=prices)
