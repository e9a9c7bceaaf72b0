"""What the engine's hot path reads of an instrument: where, and until when, nothing is said."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from rules.clock import NEVER
from rules.index import HIGHEST, LOWEST

if TYPE_CHECKING:
    from rules.calm import Trail
    from rules.lane import Lane
    from rules.model import Quote
    from rules.sheet import Book


class Guard:
    """The quiet part of an instrument; a base class, so that what is read together lies close together.

    Where its quotes come in large pages it keeps a row of a book, in which the last of them waits to be made.
    Whatever changes here by itself leaves the book first.
    """

    __slots__ = (
        "book", "ceiling", "floor", "held", "measured", "price_lane", "row", "simple", "trail", "until",
    )  # fmt: skip

    def __init__(self) -> None:
        self.held: Quote | None = None  # `quote`, unless it waits in the book
        self.book: Book[Any] | None = None
        self.row = 0  # there
        self.until = NEVER  # from this time on nothing is quiet
        self.floor, self.ceiling = HIGHEST, LOWEST  # floor <= price < ceiling is quiet
        self.price_lane: Lane | None = None  # the price axis of regular hours
        self.simple = False  # nothing but that axis is watched
        self.measured = False  # it has axes of its own that can be foreseen
        self.trail: Trail | None = None  # what passed since the last look where they are

    @property
    def quote(self) -> "Quote | None":
        """The last regular one of the session."""
        if self.book is not None and (found := self.book.fetch(self.row)) is not None:
            self.held = found
        return self.held

    @quote.setter
    def quote(self, quote: "Quote | None") -> None:
        self.leave()
        self.held = quote

    @property
    def price(self) -> int | None:
        """The last regular price of the session."""
        if self.book is not None and (found := self.book.price(self.row)) is not None:
            return found
        return None if self.held is None else self.held.price

    def leave(self) -> None:
        """Go on without the book, where there is one."""
        if self.book is not None:
            self.held = self.book.leave(self.row) or self.held
            self.book = None

    def stay_until(self, until: datetime) -> None:
        """From this time on nothing is quiet."""
        if until != self.until:
            self.leave()
            self.until = until

    def rouse(self) -> None:
        """Every quote is looked at until `settle_quiet` says otherwise."""
        self.leave()
        self.simple = False
        self.floor, self.ceiling = HIGHEST, LOWEST

    def allow(self, floor: int, ceiling: int) -> None:
        """Prices from floor on and beneath ceiling are quiet, as far as axes of its own allow it."""
        self.leave()
        if self.trail is not None:
            floor, ceiling = max(floor, self.trail.floor), min(ceiling, self.trail.ceiling)
        self.floor, self.ceiling = floor, ceiling
