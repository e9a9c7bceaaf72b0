"""Daily bars as one session sees them: which history may be believed, and prices scaled by dated factors.

Two conventions: ratio (price x gain) and, where a history knows its corporate actions, the affine one of
Chinese terminals (price x gain + shift), whose early prices may fall below zero.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from rules.frozen import quick
from rules.model import Bar, History

Column: TypeAlias = npt.NDArray[np.int64] | npt.NDArray[np.float64]
Real: TypeAlias = npt.NDArray[np.float64]
RATIO, AFFINE = "ratio", "affine"
# Exchanges whose previous close is the reference price of an ex-date; elsewhere it is the last close, and
# only a split makes it differ by as much as a JUMP.
STATED = frozenset({"SH", "SZ", "BJ"})
JUMP = 0.1
WHOLE = np.dtype(np.int64)
SHORT = 128  # numbers that Python goes through sooner than numpy begins
NOISE = 1e-9  # of a factor: what arithmetic leaves


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Daily:
    """Finished daily bars before a session, oldest first, on that session's price scale.

    Columns have shape (days,): int64 quanta where no factor changed them, so that averages are exact; else
    float64. `adjusted` names the convention that did, empty where none had to. `memo` keeps what signals
    computed from these bars, `courses` how far their recursions are.
    """

    dates: npt.NDArray[np.datetime64]
    open: Column
    high: Column
    low: Column
    close: Column
    volume: Real  # shares as traded, not adjusted
    adjusted: str = ""
    memo: dict[Hashable, Any] = field(default_factory=dict)
    courses: dict[Hashable, tuple[int, Any, Any]] = field(default_factory=dict)  # rules/formulas/recursion.py

    def __len__(self) -> int:
        return len(self.dates)

    def total(self, days: int) -> float:
        """Sum of the last `days` closes: an int on raw prices, a float on adjusted ones."""
        sums: list[float] | None = self.memo.get("sums")
        if sums is None:  # whole numbers have one sum each, whatever their order
            newest = self.close[: -SHORT - 1 : -1]
            sums = [0, *accumulate(newest.tolist())] if newest.dtype == WHOLE else []
            self.memo["sums"] = sums
        if days < len(sums):
            return sums[days]
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
                adjusted=self.adjusted,
                courses=self.courses,
            )
        found: Daily = self.memo["before"]
        return found


quick_daily = quick(Daily)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Factors:
    """How prices of earlier days read in a session's: price x gain + shift; columns of shape (days,)."""

    session: date
    dates: npt.NDArray[np.datetime64]  # of the bars before the session
    gain: Real
    shift: Real  # quanta

    def since(self, day: date) -> tuple[float, float]:
        """Gain and shift of a price of that day; of a day without a bar those of the bar before it.

        What is older than every bar is taken like the first of them: nobody knows more.
        """
        if day >= self.session:
            return 1.0, 0.0
        at = max(int(np.searchsorted(self.dates, np.datetime64(day, "D"), "right")) - 1, 0)
        gain, shift = float(self.gain[at]), float(self.shift[at])
        return (1.0, 0.0) if abs(gain - 1) <= NOISE and abs(shift) <= NOISE else (gain, shift)

    def newest(self) -> date:
        """The last ex-date, at most the session itself."""
        gain, shift = np.append(self.gain, 1.0), np.append(self.shift, 0.0)
        steps = (np.abs(np.diff(gain)) > NOISE) | (np.abs(np.diff(shift)) > NOISE)
        at = int(np.flatnonzero(steps)[-1]) + 1
        return self.session if at == len(self.dates) else self.dates[at].astype(date)


def believed(
    history: History | None, session: date, prev_close: int | None, previous: date
) -> tuple[Daily | None, str]:
    """Bars before `session` if they may be believed, else None and the reason.

    They are believed when the last close equals the feed's previous close, or when the last bar is of the
    `previous` session: then previous close / last close is the factor older prices are scaled by.
    """
    days = _before(history, session)
    if history is None or not days:
        return None, "no history"
    last = int(history.close[days - 1])
    fresh = history.dates[days - 1].item() == previous
    if not fresh and last != prev_close:
        return None, "stale history"
    return _scaled(history, days, last if prev_close is None else prev_close), ""


def factors(
    history: History | None, market: str, session: date, prev_close: int | None, previous: date
) -> Factors | None:
    """How a price typed on an earlier day reads in the session's prices; None where nothing changed it.

    The dated factors tell, and for the session itself the feed's previous close against the last close of the
    `previous` session. Stale bars tell what they know.
    """
    days = _before(history, session)
    if history is None or not days:
        return None
    step, last = 1.0, int(history.close[days - 1])
    if prev_close and prev_close != last and history.dates[days - 1] == np.datetime64(previous, "D"):
        found = prev_close / last
        step = found if market in STATED or abs(found - 1) > JUMP else 1.0
    gain, shift = _steps(history, days)
    if step == 1.0 and not (np.abs(gain - 1) > NOISE).any() and not (np.abs(shift) > NOISE).any():
        return None
    return Factors(session=session, dates=history.dates[:days], gain=gain * step, shift=shift * step)


def _before(history: History | None, session: date) -> int:
    """How many bars are older than the session."""
    if history is None or not len(history.dates):
        return 0
    if history.dates[-1].item() < session:
        return len(history.dates)
    return int(np.searchsorted(history.dates, np.datetime64(session, "D")))


def _steps(history: History, days: int) -> tuple[Real, Real]:
    """Gain and shift that bring each of the first `days` bars to the scale of the last of them."""
    if history.gain is None or history.shift is None:
        factor = history.factor[:days]
        return factor / factor[-1], np.zeros(days)
    gain, shift = history.gain[:days], history.shift[:days]
    return gain / gain[-1], (shift - shift[-1]) / gain[-1]


def _scaled(history: History, days: int, prev_close: int) -> Daily:
    last = int(history.close[days - 1])
    columns = (history.open[:days], history.high[:days], history.low[:days], history.close[:days])
    dates, volume = history.dates[:days], history.volume[:days]
    if last == prev_close and _is_plain(history, days):
        opened, high, low, close = columns
        return quick_daily(dates=dates, open=opened, high=high, low=low, close=close, volume=volume)
    # Without an ex-date today the scale is the factors' alone, so older bars are the same floats every day.
    scale, move = _steps(history, days)
    convention = RATIO if history.gain is None or history.shift is None else AFFINE
    if last != prev_close and convention == RATIO:
        factor = history.factor[:days]
        scale = factor * prev_close / (factor[-1] * last)
    elif last != prev_close:
        scale, move = scale * prev_close / last, move * prev_close / last
    scaled = [column * scale + move for column in columns]
    scaled[-1][-1] = prev_close
    return Daily(
        dates=dates, open=scaled[0], high=scaled[1], low=scaled[2], close=scaled[3], volume=volume,
        adjusted=convention,
    )  # fmt: skip


def _is_plain(history: History, days: int) -> bool:
    """Whether no factor changes within the bars."""
    columns = (history.factor,) if history.gain is None else (history.gain, history.shift)
    for column in columns:
        if column is not None and np.count_nonzero(column[:days] != column[days - 1]):
            return False
    return True


def step_of(found: Factors | None) -> float:
    """What the session itself multiplies older prices by: 1 but on an ex-date."""
    return 1.0 if found is None else float(found.gain[-1])


def ended(history: History, days: int) -> History:
    """The first bars of a history."""
    gain, shift = history.gain, history.shift
    return History(
        symbol=history.symbol,
        dates=history.dates[:days],
        open=history.open[:days],
        high=history.high[:days],
        low=history.low[:days],
        close=history.close[:days],
        volume=history.volume[:days],
        factor=history.factor[:days],
        gain=None if gain is None else gain[:days],
        shift=None if shift is None else shift[:days],
    )


def appended(history: History | None, symbol: str, bar: Bar, step: float = 1.0) -> History:
    """The history with one more finished bar, under the newest factor.

    `step` is what prices of the bars before are multiplied by to be on this bar's scale: of an ex-date.
    """
    if history is None:
        history = _empty(symbol)
    factor = float(history.factor[-1]) / step if len(history.factor) else 1.0
    gain, shift = history.gain, history.shift
    return History(
        symbol=symbol,
        dates=np.append(history.dates, np.datetime64(bar.date, "D")),
        open=np.append(history.open, np.int64(bar.open)),
        high=np.append(history.high, np.int64(bar.high)),
        low=np.append(history.low, np.int64(bar.low)),
        close=np.append(history.close, np.int64(bar.close)),
        volume=np.append(history.volume, np.float64(bar.volume)),
        factor=np.append(history.factor, np.float64(factor)),
        gain=None if gain is None else np.append(gain, gain[-1:] / step if len(gain) else 1.0),
        shift=None if shift is None else np.append(shift, shift[-1:] if len(shift) else 0.0),
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
