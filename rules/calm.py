"""How far quotes may go before a number of an axis of its own passes anything, so that they need no look.

Looking at a quote costs a hundred times what it costs to see that it lies between two prices. A meter that
can foresee its number says how far price and volume may go and for how long; what passes meanwhile is kept as
a trail of times and prices, which the meter follows before it is read again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeGuard, runtime_checkable

from rules.contract import keeps
from rules.meter import Moment
from rules.model import Quote

MICROSECOND = timedelta(microseconds=1)
HORIZON = 900_000_000  # trading microseconds that are foreseen at most
STAGGER = 64  # instruments are foreseen for between three quarters of that and all of it
LONGEST = 128  # quotes on a trail; then meters follow, and nothing is read
FULL = 2 * LONGEST  # a time and a price each
LOWEST, HIGHEST = 1, 1 << 62
NO_BOUND = float(1 << 100)  # of volumes that must be known and must not fall all the same


@dataclass(slots=True)
class Calm:
    """While trading time < until, floor <= price < ceiling and volume < most, every number stays where it is.

    Each meter asked narrows it.
    """

    until: int  # microseconds, as Moment.elapsed
    floor: int = LOWEST
    ceiling: int = HIGHEST
    most: float | None = None  # of the day's volume; None: whatever it is

    def hold(self, until: int) -> None:
        """Not beyond a time."""
        self.until = min(self.until, until)

    def keep(self, floor: int, ceiling: int) -> None:
        """Not beyond these prices."""
        self.floor, self.ceiling = max(self.floor, floor), min(self.ceiling, ceiling)

    def bound(self, most: float) -> None:
        """Volume known, not falling, and less than this."""
        self.most = most if self.most is None else min(self.most, most)


@runtime_checkable
class Foreseeing(Protocol):
    """A meter that can say what keeps its number where it is."""

    def foresee(self, calm: Calm, moment: Moment, low: int, high: int) -> bool:
        """Narrow to what keeps low <= code < high true after the moment just read; False: nothing does."""
        ...

    def follow(
        self, origin: datetime, times: Sequence[datetime], prices: Sequence[int], newest: Quote
    ) -> None:
        """Take in quotes that passed unread: their times, prices, and the newest of them.

        Trading time is counted from the origin: no break lies between them.
        """
        ...


def is_foreseeing(meter: object) -> TypeGuard[Foreseeing]:
    """Whether an axis's meter is one of these."""
    return keeps(type(meter), Foreseeing)


class Log:
    """What each quote that passes reads and writes; a base class, so that it lies close together."""

    __slots__ = ("log", "most", "still", "volume")

    def __init__(self, still: datetime, most: float | None, volume: float) -> None:
        self.still = still  # from this time on a quote is looked at
        self.most = most  # as Calm has it
        self.volume = volume  # of the newest quote
        self.log: list[Any] = []  # time and price of each quote in turn

    def passes(self, quote: Quote, price: int) -> bool:
        """Whether a quote at a quiet price may pass; then it is on the trail."""
        time, log = quote.time, self.log
        if time >= self.still or len(log) >= FULL:
            return False
        most = self.most
        if most is not None:
            volume = quote.volume
            if volume is None or not self.volume <= volume < most:
                return False
            self.volume = volume
        log.append(time)
        log.append(price)
        return True


class Trail(Log):
    """Quotes that passed since the last look at an instrument, and how far they may go."""

    __slots__ = ("ceiling", "end", "floor", "is_led", "moment", "since")

    def __init__(self, calm: Calm, moment: Moment, quote: Quote, end: datetime) -> None:
        super().__init__(end, None, 0.0)
        self.moment = moment  # what meters read at the last look
        self.since = quote.time  # of that
        self.end = end  # of the phase of the session it is in
        self.is_led = False  # meters followed it, what they say now was not asked
        self.begin(calm, quote)

    @property
    def is_ahead(self) -> bool:
        """Whether quotes passed since the axes were read."""
        return self.is_led or bool(self.log)

    def holds(self, quote: Quote, price: int) -> bool:
        """The same where only the price axis has something to say about the price."""
        return self.floor <= price < self.ceiling and self.passes(quote, price)

    def is_lost(self, quote: Quote) -> bool:
        """Whether a number that was foreseen is unknown at this quote: its volume is, or it fell."""
        return self.most is not None and (quote.volume is None or quote.volume < self.volume)

    def reach(self, quote: Quote, price: int) -> Moment:
        """What meters read at a quote of the same phase, with which the trail begins anew."""
        moment = self.moment
        moment.elapsed += (quote.time - self.since) // MICROSECOND
        moment.quote, moment.price, self.since = quote, price, quote.time
        self.is_led = False
        return moment

    def begin(self, calm: Calm, quote: Quote) -> "Trail":
        """Empty from the quote just reached on, as far as its axes foresee now."""
        span = timedelta(microseconds=calm.until - self.moment.elapsed)
        self.still = min(self.since + span, self.end)
        self.most, self.floor, self.ceiling = calm.most, calm.floor, calm.ceiling
        self.volume = quote.volume or 0.0
        return self

    def lead(self, meters: Iterable[Foreseeing], newest: Quote) -> None:
        """Let meters follow: no break lies between the last look and the newest of these quotes."""
        origin = self.since - self.moment.elapsed * MICROSECOND
        times, prices = self.log[::2], self.log[1::2]
        for meter in meters:
            meter.follow(origin, times, prices, newest)
        self.log, self.is_led = [], True


def calm_after(moment: Moment, number: int) -> Calm:
    """Nothing narrows it yet; not all instruments end in one frame."""
    return Calm(moment.elapsed + HORIZON - number % STAGGER * HORIZON // (4 * STAGGER))


def trail_from(calm: Calm, moment: Moment, quote: Quote) -> Trail:
    """An empty trail from a look on, within its phase of the session: breaks are no trading time."""
    time, phases = quote.time, moment.session.phases if moment.session else ()
    return Trail(calm, moment, quote, next((end for start, end, _ in phases if start <= time < end), time))
