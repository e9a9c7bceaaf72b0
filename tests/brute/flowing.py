"""Definitions of volume and amount: running figures of the day against what is usual."""

import itertools
from datetime import date
from fractions import Fraction

from rules.model import Leaf, Phase, Quote
from tests.brute.clock import MINUTE, SECOND, Session
from tests.brute.moving import Log, window_of
from tests.brute.sense import Measured
from tests.brute.tape import Day, Look, decimal, phase_of

# (minute, part of the day's volume until then) of a day of 240 minutes, by conditions.md's medians.
CURVE = (
    (0, Fraction(109_375, 10**7)),
    (1, Fraction(187_500, 10**7)),
    (5, Fraction(500_000, 10**7)),
    (30, Fraction(2, 10)),
    (120, Fraction(55, 100)),
    (240, Fraction(1)),
)


class Running:
    """A figure that only grows within a day; what shrinks is another count."""

    def __init__(self) -> None:
        self.day: date | None = None
        self.last: Fraction | None = None
        self.broken = False

    def read(self, figure: float | None, day: date) -> Fraction | None:
        """The figure now; None where it is not said or smaller than before."""
        self.broken = day != self.day
        if self.broken:
            self.day, self.last = day, None
        if figure is None:
            return None
        before, self.last = self.last, decimal(figure)
        self.broken = self.broken or (before is not None and self.last < before)
        return None if before is not None and self.last < before else self.last


def usual_day(day: Day) -> Fraction | None:
    """Mean volume of five days."""
    if day.bars is None or len(day.bars) < 5:
        return None
    return sum((decimal(bar.volume) for bar in day.bars[-5:]), Fraction()) / 5 or None


def part_until(session: Session, elapsed: int) -> Fraction:
    """Part of a usual day's volume by then."""
    if session.always:
        return Fraction(elapsed % session.length, session.length)
    minute = min(Fraction(240 * elapsed, session.length), Fraction(240))
    for (start, low), (end, high) in itertools.pairwise(CURVE):
        if minute <= end:
            return low + (high - low) * (minute - start) / (end - start)
    raise AssertionError


class Turnover(Measured):
    """The day's amount."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.running = Running()

    def measure(self, at: Look) -> Fraction | None:
        """As fed."""
        return self.running.read(at.quote.amount, at.day.date)


class TurnoverRate(Turnover):
    """The day's volume over the float shares stated last."""

    percent = True
    shares = 0

    def measure(self, at: Look) -> Fraction | None:
        """Where both are known."""
        volume = self.running.read(at.quote.volume, at.day.date)
        self.shares = at.quote.float_shares or self.shares
        return None if volume is None or not self.shares else volume / self.shares


class Vwap(Measured):
    """The price over the day's average price, less one, against nought."""

    percent = True

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.crossing = leaf.verb.startswith("crosses")
        self.volume, self.amount = Running(), Running()

    def measure(self, at: Look) -> Fraction | None:
        """Once something was traded."""
        volume = self.volume.read(at.quote.volume, at.day.date)
        amount = self.amount.read(at.quote.amount, at.day.date)
        if not volume or not amount:
            return None
        return Fraction(at.price, at.tape.unit) * volume / amount - 1


class VolumeRatio(Turnover):
    """The feed's own, else volume a minute against the last five days'."""

    def measure(self, at: Look) -> Fraction | None:
        """The first minute counts whole."""
        volume = self.running.read(at.quote.volume, at.day.date)
        if at.quote.volume_ratio is not None:
            return decimal(at.quote.volume_ratio)
        usual, length = usual_day(at.day), at.day.session.length
        if volume is None or usual is None:
            return None
        elapsed = at.elapsed % length if at.day.session.always else at.elapsed
        return volume / max(elapsed, MINUTE) / (usual / length)


class Volume(Turnover):
    """The day's volume against what is usual by now; with a window that of the window."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.log: Log[Fraction] | None = Log(window_of(leaf)) if leaf.args else None

    def measure(self, at: Look) -> Fraction | None:
        """Times."""
        volume = self.running.read(at.quote.volume, at.day.date)
        usual, session = usual_day(at.day), at.day.session
        if self.log is None:
            if volume is None or usual is None:
                return None
            usual *= part_until(session, at.elapsed)
            return volume / usual if usual else None
        return self._within(self.log, at, volume, usual)

    def _within(
        self, log: Log[Fraction], at: Look, volume: Fraction | None, usual: Fraction | None
    ) -> Fraction | None:
        if self.running.broken:
            log.clear()
        if volume is None:
            return None
        before = log.ago(at.elapsed)
        log.note(at.elapsed, volume)
        if before is None or usual is None or is_closing(at.quote, at.day.session):
            return None
        session, unit = at.day.session, at.tape.unit
        usual *= part_until(session, at.elapsed) - part_until(session, at.elapsed - log.window)
        floor = Fraction(200_000 * log.window, MINUTE) / Fraction(at.price, unit)
        return (volume - before) / max(usual, floor)


def is_closing(quote: Quote, session: Session) -> bool:
    """One print says nothing of a minute."""
    return phase_of(quote, session) is Phase.CLOSING_AUCTION


class Print(Measured):
    """Three seconds' amount in multiples of what makes it big, 0 from the other side."""

    verb = ">="

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.level = Fraction(1)
        self.running = Running()
        self.before: tuple[int, Fraction, Quote] | None = None
        self.side = 0

    def measure(self, at: Look) -> Fraction | None:
        """What was traded since the quote before, per three seconds where that was longer ago."""
        amount, before = self.running.read(at.quote.amount, at.day.date), self.before
        if self.running.broken:
            before, self.side = None, 0
        self.before = None if amount is None else (at.elapsed, amount, at.quote)
        usual = usual_day(at.day)
        if amount is None or before is None or usual is None:
            return None
        then, earlier, last = before
        self.side = bought(at.quote, last) or self.side
        size = (amount - earlier) * 3 * SECOND / max(3 * SECOND, at.elapsed - then)
        if self.side != (1 if self.leaf.signal == "big buy" else -1):
            size = Fraction()
        price = Fraction(at.price, at.tape.unit)
        normal = usual * price * 3 * SECOND / at.day.session.length
        return size / max(20 * normal, Fraction(20_000_000))


def bought(quote: Quote, before: Quote) -> int:
    """By the book before, else by where the price went."""
    price = quote.price or 0
    if before.ask and price >= before.ask:
        return 1
    if before.bid and price <= before.bid:
        return -1
    last = before.price or 0
    return (price > last) - (price < last)
