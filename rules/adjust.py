"""Daily bars as one session sees them: which history may be believed, and prices scaled by dated factors."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from rules.model import Bar, History

Column: TypeAlias = npt.NDArray[np.int64] | npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Daily:
    """Finished daily bars before a session, oldest first, on that session's price scale (ratio convention).

    Columns have shape (days,): int64 quanta where no factor changed them, so that averages are exact; else
    float64. `memo` keeps what signals computed from these bars, `courses` how far their recursions are.
    """

    dates: npt.NDArray[np.datetime64]
    open: Column
    high: Column
    low: Column
    close: Column
    volume: npt.NDArray[np.float64]  # shares as traded, not adjusted
    memo: dict[Hashable, Any] = field(default_factory=dict)
    courses: dict[Hashable, tuple[int, Any, Any]] = field(default_factory=dict)  # see rules.recursion

    def __len__(self) -> int:
        return len(self.dates)

    def total(self, days: int) -> float:
        """Sum of the last `days` closes: an int on raw prices, a float on adjusted ones."""
        key = ("total", days)
        if key not in self.memo:
            self.memo[key] = self.close[len(self) - days :].sum().item()
        found: float = self.memo[key]
        return found

    def last(self) -> float:
        """The newest close, in the number that `total` speaks."""
        return self.total(1)

    def before(self) -> "Daily":
        """The same bars without the newest one: what the newest bar itself saw as its past."""
        if "before" not in self.memo:
            self.memo["before"] = Daily(
                dates=self.dates[:-1],
                open=self.open[:-1],
                high=self.high[:-1],
                low=self.low[:-1],
                close=self.close[:-1],
                volume=self.volume[:-1],
                courses=self.courses,
            )
        found: Daily = self.memo["before"]
        return found


def believed(
    history: History | None, session: date, prev_close: int | None, previous: date
) -> tuple[Daily | None, str]:
    """Bars before `session` if they may be believed, else None and the reason.

    They are believed when the last close equals the feed's previous close, or when the last bar is of the
    `previous` session: then previous close / last close is the factor older prices are scaled by.
    """
    days = 0 if history is None else int(np.searchsorted(history.dates, np.datetime64(session, "D")))
    if history is None or not days:
        return None, "no history"
    last = int(history.close[days - 1])
    fresh = history.dates[days - 1] == np.datetime64(previous, "D")
    if not fresh and last != prev_close:
        return None, "stale history"
    return _scaled(history, days, last if prev_close is None else prev_close), ""


def _scaled(history: History, days: int, prev_close: int) -> Daily:
    factor = history.factor[:days]
    last = int(history.close[days - 1])
    columns = (history.open[:days], history.high[:days], history.low[:days], history.close[:days])
    dates, volume = history.dates[:days], history.volume[:days]
    if last == prev_close and bool((factor == factor[-1]).all()):
        opened, high, low, close = columns
        return Daily(dates=dates, open=opened, high=high, low=low, close=close, volume=volume)
    # Without an ex-date today the scale is the factors' alone, so older bars are the same floats every day.
    scale = factor / factor[-1]
    if last != prev_close:
        scale = factor * prev_close / (factor[-1] * last)
    opened, high, low, adjusted = (column * scale for column in columns)
    adjusted[-1] = prev_close
    return Daily(dates=dates, open=opened, high=high, low=low, close=adjusted, volume=volume)


def appended(history: History | None, symbol: str, bar: Bar) -> History:
    """The history with one more finished bar, under the newest factor."""
    if history is None:
        history = _empty(symbol)
    factor = float(history.factor[-1]) if len(history.factor) else 1.0
    return History(
        symbol=symbol,
        dates=np.append(history.dates, np.datetime64(bar.date, "D")),
        open=np.append(history.open, np.int64(bar.open)),
        high=np.append(history.high, np.int64(bar.high)),
        low=np.append(history.low, np.int64(bar.low)),
        close=np.append(history.close, np.int64(bar.close)),
        volume=np.append(history.volume, np.float64(bar.volume)),
        factor=np.append(history.factor, np.float64(factor)),
    )


def _empty(symbol: str) -> History:
    whole, real = np.empty(0, np.int64), np.empty(0, np.float64)
    return History(
        symbol=symbol,
        dates=np.empty(0, "datetime64[D]"),
        open=whole,
        high=whole,
        low=whole,
        close=whole,
        volume=real,
        factor=real,
    )
