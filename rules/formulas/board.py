"""A stock at its daily limit as a state machine over snapshots: sealed, opened, sealed again.

Definitions (conditions.md section 1, limit states). A snapshot is sealed where the price is at the limit, its
own side of the book stands there and the other side is empty; it is off where the price or its own side has
left the limit. At the limit with both sides, as auctions print what they match, it says neither. Sealed from
two sealed snapshots in a row on; no longer from two in a row that are off; that is an opening where the
first of them comes 60 s of trading time or more after the seal's first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from rules.limits import Side
from rules.meter import COUNT_SCALE, Moment, encode
from rules.model import Quote
from rules.sessions import REGULAR_PHASES

LEAST_SEAL = 60_000_000  # microseconds of trading time; a shorter seal's end is no opening


class Look(Enum):
    """What one snapshot says."""

    SEALED = "sealed"
    OFF = "off"
    NEITHER = "neither"
    UNKNOWN = "unknown"  # at the limit, and no book to tell


def look(quote: Quote, price: int, limit: int, side: Side) -> Look:
    """One snapshot against the limit of a side; prices in quanta, an empty side of the book is 0 or None."""
    own, other = (quote.bid, quote.ask) if side is Side.UP else (quote.ask, quote.bid)
    is_at = price >= limit if side is Side.UP else price <= limit
    if not is_at:
        return Look.OFF
    if not own and not other:
        return Look.UNKNOWN
    if not own or (own < limit if side is Side.UP else own > limit):
        return Look.OFF
    return Look.NEITHER if other else Look.SEALED


def regular(moment: Moment) -> Quote | None:
    """The moment's quote where it is of regular hours."""
    quote, session = moment.quote, moment.session
    if quote is None or session is None:
        return None
    return quote if (quote.phase or session.phase(quote.time)) in REGULAR_PHASES else None


def limit_now(moment: Moment, side: Side) -> int | None:
    """The day's limit price of a side in quanta, None where none is known."""
    if moment.own is None:
        return None
    inputs = moment.own.now()
    return inputs.limit_up if side is Side.UP else inputs.limit_down


@dataclass(frozen=True, slots=True)
class _Began:
    """A snapshot that may turn the state if the next one agrees."""

    elapsed: int  # trading microseconds
    time: datetime


class Seal:
    """One side's limit within one session; `take` reads every snapshot once, in order."""

    __slots__ = (
        "_began", "_since", "_time", "first", "first_elapsed", "is_opened", "is_sealed", "look", "openings",
    )  # fmt: skip

    def __init__(self) -> None:
        self.is_sealed = False
        self.is_opened = False  # from an opening until it is sealed again
        self.openings = 0  # as far as the session was watched
        self.first: datetime | None = None  # the first snapshot of the day's first seal
        self.first_elapsed = 0  # its trading microseconds
        self.look = Look.UNKNOWN  # of the newest snapshot
        self._since = 0  # when the seal began
        self._began: _Began | None = None
        self._time: datetime | None = None

    def take(self, moment: Moment, side: Side) -> bool:
        """Read a snapshot of regular hours; False where it tells nothing.

        A page served twice (the same exchange time) is no second snapshot.
        """
        quote, limit = regular(moment), limit_now(moment, side)
        if quote is None or not limit:
            return False
        if quote.time == self._time:
            return self.look is not Look.UNKNOWN
        self._time, self.look = quote.time, look(quote, moment.price, limit, side)
        if self.look is not Look.UNKNOWN:
            self._note(_Began(moment.elapsed, quote.time))
        return self.look is not Look.UNKNOWN

    def _note(self, now: _Began) -> None:
        if self.look is not (Look.OFF if self.is_sealed else Look.SEALED):
            self._began = None
            return
        if self._began is None:
            self._began = now
            return
        began, self._began = self._began, None
        if self.is_sealed:
            self._leave(began)
        else:
            self.is_sealed, self.is_opened = True, False
            self._since = began.elapsed
            if self.first is None:
                self.first, self.first_elapsed = began.time, began.elapsed

    def _leave(self, began: _Began) -> None:
        self.is_sealed = False
        if began.elapsed - self._since >= LEAST_SEAL:
            self.openings += 1
            self.is_opened = True


class Board:
    """A meter of what the machine counts; absent while a snapshot tells nothing."""

    def __init__(self, side: Side, count: Callable[[Seal, Moment], int | None]) -> None:
        self._side, self._count = side, count
        self._seal = Seal()

    def read(self, moment: Moment) -> int | None:
        """The count, encoded."""
        if not self._seal.take(moment, self._side):
            return None
        found = self._count(self._seal, moment)
        return None if found is None else encode(found, 1, COUNT_SCALE)

    def restart(self) -> None:
        """Each session has its own seals."""
        self._seal = Seal()

    def evidence(self) -> Mapping[str, str | float]:
        """When it was first sealed today (UTC), and how often it opened since."""
        if self._seal.first is None:
            return {}
        return {"first_seal": self._seal.first.isoformat(), "openings": float(self._seal.openings)}
