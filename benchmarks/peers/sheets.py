"""Pages as columns, as a feed's parser leaves them, for worlds that are made up."""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime

import numpy as np

from rules.making import made
from rules.model import Phase, Quote
from rules.sheet import Mask, Sheet

WHOLE = ("price", "open", "high", "low", "prev_close")
ABSENT = ("limit_up", "limit_down", "shares", "float_shares")


class Page(Sheet):
    """All rows usual, all at one time, in the midst of trading."""

    def __init__(
        self, roster: tuple[str, ...], time: datetime, columns: Mapping[str, Sequence[float]]
    ) -> None:
        count = len(roster)
        self.roster, self.moments, self.which = roster, [time], np.zeros(count, np.intp)
        self.usual, self.odd, self.phase = np.ones(count, bool), {}, Phase.CONTINUOUS
        for name in WHOLE:
            setattr(self, name, np.array(columns[name], np.int64))
        for name in ABSENT:
            setattr(self, name, np.zeros(count, np.int64))
        self.volume, self.amount = np.array(columns["volume"], np.float64), np.zeros(count)

    def made(self, row: int) -> Quote:
        """A quote of its own."""
        price, opened, high, low, before = (getattr(self, name)[row].item() for name in WHOLE)
        return made(
            symbol=self.roster[row], time=self.moments[0], price=price, open=opened, high=high, low=low,
            prev_close=before, volume=self.volume[row].item(), phase=self.phase,
        )  # fmt: skip

    def judged(self, passed: Mask, phase: Phase, odd: Mapping[int, Quote]) -> Sheet:
        """These rows."""
        found = copy(self)
        found.usual, found.phase, found.odd = passed, phase, odd
        return found
