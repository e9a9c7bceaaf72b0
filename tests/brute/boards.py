"""Definitions of states at the daily limit, read from the whole list of the day's snapshots each time.

A snapshot is sealed (at the limit, own side of the book there, other side empty), off (price or own side has
left), says neither (both sides at the limit) or nothing (no book). Two sealed in a row seal, from the first
on; two off in a row unseal, which is an opening if the first comes a minute or more after the seal's first.
"""

from dataclasses import dataclass
from fractions import Fraction

from rules.model import Leaf, Quote
from tests.brute.clock import MINUTE, REGULAR
from tests.brute.plain import days
from tests.brute.sense import Measured
from tests.brute.tape import Bar, Day, Look, Tape, phase_of

SEALED, OFF, NEITHER, NOTHING = "sealed", "off", "neither", "nothing"


@dataclass(frozen=True)
class Snapshot:
    """One that tells something, with its trading time."""

    elapsed: int
    said: str


@dataclass(frozen=True)
class Story:
    """What a list of snapshots adds up to."""

    sealed: bool
    opened: bool  # since the last opening it was not sealed again
    openings: int


def say(quote: Quote, price: int, limit: int, *, up: bool) -> str:
    """One snapshot."""
    own, other = (quote.bid, quote.ask) if up else (quote.ask, quote.bid)
    if price < limit if up else price > limit:
        return OFF
    if not own and not other:
        return NOTHING
    if not own or (own < limit if up else own > limit):
        return OFF
    return NEITHER if other else SEALED


def tell(snapshots: list[Snapshot]) -> Story:
    """The whole list from its begin."""
    sealed, opened, openings, since = False, False, 0, 0
    first: Snapshot | None = None  # of two in a row that would turn the state
    for snapshot in snapshots:
        if snapshot.said != (OFF if sealed else SEALED):
            first = None
        elif first is None:
            first = snapshot
        else:
            began, first = first.elapsed, None
            if not sealed:
                sealed, opened, since = True, False, began
                continue
            sealed = False
            if began - since >= MINUTE:
                opened, openings = True, openings + 1
    return Story(sealed, opened, openings)


class Board(Measured):
    """What all states share: the day's snapshots."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.up = "down" not in leaf.signal
        self.snapshots: list[Snapshot] = []
        self.time: int | None = None
        self.said = NOTHING

    def begin(self, day: Day) -> None:
        """Another day."""
        del day
        self.snapshots, self.time, self.said = [], None, NOTHING

    def limit(self, at: Look) -> int | None:
        """Of its side."""
        return at.day.limits[0 if self.up else 1]

    def take(self, at: Look) -> Story | None:
        """The story with this quote; None where it tells nothing. A page served twice is one snapshot."""
        limit = self.limit(at)
        if not limit or phase_of(at.quote, at.day.session) not in REGULAR:
            return None
        if at.now != self.time:
            self.time, self.said = at.now, say(at.quote, at.price, limit, up=self.up)
            if self.said != NOTHING:
                self.snapshots.append(Snapshot(at.elapsed, self.said))
        return None if self.said == NOTHING else tell(self.snapshots)


class State(Board):
    """Sealed, opened, sealed again; every trade of the day at the limit."""

    verb = ">="

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.level = Fraction(1)
        self.crossing = leaf.verb == "opened"
        self.prices: list[int] = []

    def begin(self, day: Day) -> None:
        """Another day."""
        super().begin(day)
        self.prices = []

    def measure(self, at: Look) -> Fraction | None:
        """1 or 0."""
        if self.leaf.verb == "one price":
            return self._one_price(at)
        story = self.take(at)
        if story is None:
            return None
        found = {
            "sealed": story.sealed,
            "opened": story.opened,
            "resealed": story.sealed and story.openings > 0,
        }
        return Fraction(found[self.leaf.verb])

    def _one_price(self, at: Look) -> Fraction | None:
        limit = self.limit(at)
        if not limit or phase_of(at.quote, at.day.session) not in REGULAR:
            return None
        far = at.quote.low if self.up else at.quote.high
        self.prices += [price for price in (at.quote.open, far, at.price) if price]
        is_one = all(price == limit for price in self.prices)
        return None if is_one and not far and not at.day.early else Fraction(is_one)


class Openings(Board):
    """How often it opened today."""

    def measure(self, at: Look) -> Fraction | None:
        """A count."""
        story = self.take(at)
        return None if story is None else Fraction(story.openings)


def at_limit(tape: Tape, bars: list[Bar], at: int, *, up: bool) -> bool:
    """Whether a finished bar closed at its limit; raw prices only."""
    if at == 0:
        return False
    limits = tape.table(int(bars[at - 1].close), bars[at].date)
    return bars[at].close == limits[0 if up else 1]


class Streak(Board):
    """Closes at the limit in a row, or among the last sessions, one more while sealed today."""

    def measure(self, at: Look) -> Fraction | None:
        """A count; absent without the bars."""
        story, bars = self.take(at), at.day.bars
        if story is None or bars is None:
            return None
        hits = [at_limit(at.tape, bars, place, up=self.up) for place in range(len(bars))]
        if self.leaf.signal.startswith("limits"):
            wanted = days(self.leaf)
            if len(bars) < wanted:
                return None
            return Fraction(sum(hits[len(bars) - wanted + 1 :]) + story.sealed)
        row = 0
        while row < len(hits) and hits[-1 - row]:
            row += 1
        return Fraction(row + story.sealed)


class Seal(Board):
    """The orders that hold it: worth, part of the float, halved within three minutes."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.percent = leaf.signal.startswith("seal_ratio")
        self.crossing = leaf.verb == "halved"
        self.sizes: list[tuple[int, Fraction]] = []
        if self.crossing:
            self.verb, self.level = ">=", Fraction(1)

    def begin(self, day: Day) -> None:
        """Another day."""
        super().begin(day)
        self.sizes = []

    def shares(self, at: Look) -> Fraction | None:
        """0 while it is not sealed, or this snapshot is off."""
        story = self.take(at)
        if story is None or self.said == NEITHER:
            return None
        if not story.sealed or self.said == OFF:
            return Fraction()
        size = at.quote.bid_size if self.up else at.quote.ask_size
        return None if size is None else Fraction(size)

    def measure(self, at: Look) -> Fraction | None:
        """By the leaf."""
        shares = self.shares(at)
        if shares is None:
            return None
        if self.crossing:
            return self._halved(at, shares)
        if self.percent:
            return shares / at.quote.float_shares if at.quote.float_shares else None
        return shares * at.price / at.tape.unit

    def _halved(self, at: Look, shares: Fraction) -> Fraction:
        if not shares:
            self.sizes = []
            return Fraction()
        self.sizes.append((at.elapsed, shares))
        most = max(size for then, size in self.sizes if then >= at.elapsed - 3 * MINUTE)
        return Fraction(2 * shares <= most)
