"""Pages as columns, made of quotes: what a large answer is to whoever judges it."""

from collections.abc import Mapping, Sequence
from copy import copy

import numpy as np

from rules.making import changed
from rules.model import Phase, Quote
from rules.sheet import Mask, Sheet

WHOLE = ("price", "open", "high", "low", "prev_close", "limit_up", "limit_down", "shares", "float_shares")
NEEDED = ("price", "open", "high", "low", "volume")


class Made(Sheet):
    """Quotes by row of a roster; those that no page has as columns are odd."""

    def __init__(
        self, roster: tuple[str, ...], quotes: Mapping[int, Quote], phase: Phase | None = None
    ) -> None:
        count = len(roster)
        self.roster, self.phase, self.asked = roster, phase, list[int]()
        self.quotes = dict(quotes)
        self.odd = {row: quote for row, quote in quotes.items() if not is_usual(quote, phase)}
        self.usual = np.array([row in quotes and row not in self.odd for row in range(count)])
        self.moments = sorted({quote.time for quote in quotes.values()}) or [next(iter(quotes.values())).time]
        self.which = np.array(
            [self.moments.index(quotes[row].time) if row in quotes else 0 for row in range(count)], np.intp
        )
        for name in (*WHOLE, "volume", "amount"):
            column = [getattr(quotes.get(row), name, None) or 0 for row in range(count)]
            setattr(self, name, np.array(column, np.int64 if name in WHOLE else np.float64))

    def made(self, row: int) -> Quote:
        """The row's, stamped."""
        self.asked.append(row)
        return changed(self.quotes[row], phase=self.phase)

    def judged(self, passed: Mask, phase: Phase, odd: Mapping[int, Quote]) -> Sheet:
        """These rows."""
        found = copy(self)
        found.usual, found.phase, found.odd = passed, phase, dict(odd)
        return found


def is_usual(quote: Quote, phase: Phase | None = None) -> bool:
    """Whether a page has it as columns."""
    has_all = all(getattr(quote, name) and getattr(quote, name) > 0 for name in NEEDED)
    plain = not quote.status and not quote.flaw and quote.traded is None
    return has_all and plain and quote.phase is phase


def sheet(quotes: Sequence[Quote], phase: Phase | None = None) -> Made:
    """A page of quotes of different instruments, in their order."""
    return Made(tuple(quote.symbol for quote in quotes), dict(enumerate(quotes)), phase)
