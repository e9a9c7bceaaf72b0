"""Minutes as somebody keeps them: older ones as longer bars, and none missing up to a known moment.

Sources have single minutes of a few days alone, and hours of months: a row may cover more minutes than one
and serves the bars that are at least as long. Rows never overlap, are whole, and end by `until`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.model import Minutes
from rules.slots import MICROSECOND

MINUTE = timedelta(minutes=1) // MICROSECOND
COLUMNS = ("begins", "open", "high", "low", "close", "volume", "spans")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept(Minutes):
    """Bars of one or more minutes, oldest first; all columns have shape (bars,)."""

    spans: npt.NDArray[np.int64]  # minutes that each covers
    until: int  # microseconds since 1970, UTC: of trades before it none is missing

    @property
    def ends(self) -> npt.NDArray[np.int64]:
        """When each bar ended, microseconds since 1970."""
        found: npt.NDArray[np.int64] = self.begins + self.spans * MINUTE
        return found

    def rows(self, which: object) -> "Kept":
        """Some of the bars, by a mask or slice."""
        columns: dict[str, Any] = {name: getattr(self, name)[which] for name in COLUMNS}
        return Kept(symbol=self.symbol, until=self.until, **columns)

    def tail(self, minutes: int) -> "Kept":
        """The newest bars up to the first that covers more than so many minutes."""
        longer = np.flatnonzero(self.spans > minutes)
        return self.rows(slice(int(longer[-1]) + 1 if len(longer) else 0, None))


def joined(older: Kept, newer: Kept, since: int) -> Kept:
    """The newer bars, which none since a moment is missing of, behind the older ones.

    A bar of the older that reaches beyond that moment stays, and newer ones begin after it.
    """
    if newer.until <= older.until:
        return older
    return _chained(older.rows(older.begins < since), newer, since)


def inserted(bars: Kept, layer: Kept, since: int, minutes: int) -> Kept:
    """The bars with a layer of so many minutes each in place of what is longer; shorter ones stay."""
    fine = bars.tail(minutes)
    first = int(fine.begins[0]) if len(fine.begins) else layer.until
    if since >= first:
        return bars
    longer = bars.rows(slice(0, len(bars.begins) - len(fine.begins)))
    under = _chained(longer.rows(longer.begins < since), layer.rows(layer.begins < first), since)
    return _chained(under, fine, first)


def _chained(older: Kept, newer: Kept, since: int) -> Kept:
    """The newer bars behind the older ones, from where these end or a later moment."""
    start = max(since, int(older.ends[-1])) if len(older.begins) else since
    fresh = newer.rows(newer.begins >= start)
    columns: dict[str, Any] = {
        name: np.concatenate((getattr(older, name), getattr(fresh, name))) for name in COLUMNS
    }
    return Kept(symbol=newer.symbol, until=newer.until, **columns)
