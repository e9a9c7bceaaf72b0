"""The quotes of one large page as columns, judged in one piece; a quote is made when somebody asks for it.

Making one costs more than judging it. Sources send the same instruments in the same order again and again:
whoever follows them keeps what it knows in columns of that order (`Book`), compares them with the page's, and
asks for a quote only where something may come of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar, overload

import numpy as np
import numpy.typing as npt

from rules.model import Phase, Quote
from rules.table import micros

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
NO_QUOTES: Mapping[int, Quote] = MappingProxyType({})
ROSTERS = 256  # books kept at most: one a page, and what is watched seldom changes


class Sheet(Sequence[Quote]):
    """Quotes of one market in the order of a roster of symbols, none twice; some rows may have none.

    Rows that are `usual` are in columns of shape (rows,): prices in quanta, volume in shares, amount in
    currency, 0 where a figure is absent; they have neither status nor flaw. Others are `odd` quotes by row.
    `moments` are the different exchange times, `which` (rows,) says each row's.
    """

    roster: tuple[str, ...]  # sheets of the same instruments share one object
    usual: Mask
    odd: Mapping[int, Quote]
    phase: Phase | None  # of the usual ones
    moments: Sequence[datetime]
    which: Places
    price: Whole
    open: Whole
    high: Whole
    low: Whole
    prev_close: Whole
    limit_up: Whole
    limit_down: Whole
    shares: Whole
    float_shares: Whole
    volume: Floats
    amount: Floats

    def made(self, row: int) -> Quote:
        """A usual row's quote."""
        raise NotImplementedError

    def judged(self, passed: Mask, phase: Phase, odd: Mapping[int, Quote]) -> "Sheet":
        """The same page with these usual rows, in a phase, and these other quotes."""
        raise NotImplementedError

    def quote(self, row: int) -> Quote:
        """The quote of a row that has one."""
        found = self.odd.get(row)
        return self.made(row) if found is None else found

    def rows(self) -> list[int]:
        """The rows that have a quote."""
        if not self.odd:
            return np.flatnonzero(self.usual).tolist()
        return sorted([*np.flatnonzero(self.usual).tolist(), *self.odd])

    def times(self) -> Whole:
        """Exchange times (rows,), microseconds since 1970."""
        return np.array([micros(moment) for moment in self.moments], np.int64)[self.which]

    def newest(self) -> datetime | None:
        """The newest exchange time; None without quotes."""
        found = {self.moments[index] for index in np.unique(self.which[self.usual]).tolist()}
        return max([*found, *(quote.time for quote in self.odd.values())], default=None)

    def __len__(self) -> int:
        return int(np.count_nonzero(self.usual)) + len(self.odd)

    def __iter__(self) -> Iterator[Quote]:
        return map(self.quote, self.rows())

    @overload
    def __getitem__(self, place: int) -> Quote: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Quote, ...]: ...
    def __getitem__(self, place: int | slice) -> Quote | tuple[Quote, ...]:
        """As of a tuple of the quotes."""
        if isinstance(place, slice):
            return tuple(map(self.quote, self.rows()[place]))
        return self.quote(self.rows()[place])

    def __eq__(self, other: object) -> bool:
        """As tuples of quotes are equal."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def newest(quotes: Sequence[Quote]) -> datetime | None:
    """The newest exchange time among quotes; None without any."""
    if isinstance(quotes, Sheet):
        return quotes.newest()
    return max((quote.time for quote in quotes), default=None)


class Owner(Protocol):
    """Whoever a row's quotes are about, and where its last one is when it has not asked for it."""

    book: Any
    row: int


AnyOwner = TypeVar("AnyOwner", bound=Owner)


class Book(Generic[AnyOwner]):
    """What is known of each row of a roster; a row whose owner changes by itself is no longer `ready`."""

    def __init__(self, roster: tuple[str, ...], owners: Sequence[AnyOwner]) -> None:
        self.roster, self.owners = roster, owners
        count = len(roster)
        self.ready = np.zeros(count, bool)  # the columns are true of the owner
        self.pending = np.zeros(count, bool)  # the owner's last quote is the sheet's, and not yet made
        self.sheet: Sheet | None = None  # the newest

    def leave(self, row: int) -> Quote | None:
        """The owner goes its own way; the quote it has not asked for, if there is one."""
        self.ready[row] = False
        return self.fetch(row)

    def price(self, row: int) -> int | None:
        """The price of the quote that the owner has not asked for; None where it has the last one."""
        return None if self.sheet is None or not self.pending[row] else int(self.sheet.price[row])

    def fetch(self, row: int) -> Quote | None:
        """The quote that the owner has not asked for, made now; None where it has the last one."""
        if self.sheet is None or not self.pending[row]:
            return None
        self.pending[row] = False
        return self.sheet.made(row)


AnyBook = TypeVar("AnyBook", bound=Book[Any])


class Shelf(Generic[AnyBook]):
    """The books of the rosters that were met last, but for those that everybody has left."""

    def __init__(self, make: Callable[[tuple[str, ...]], AnyBook]) -> None:
        self._make = make
        self._books: dict[int, AnyBook] = {}  # by the roster's identity, which its book keeps alive

    def book(self, roster: tuple[str, ...]) -> AnyBook:
        """A roster's, made where it is missing."""
        found = self._books.get(id(roster))
        if found is None:
            self._books = {key: book for key, book in self._books.items() if book.ready.any()}
            if len(self._books) >= ROSTERS:
                self._books.pop(next(iter(self._books)))
            found = self._books[id(roster)] = self._make(roster)
        return found
