"""Definitions that move within the day: windows, swings, opening ranges, vwap, market values, premium."""

from bisect import bisect_left, bisect_right
from datetime import timedelta
from fractions import Fraction
from math import pi, sqrt
from typing import Generic, TypeVar

from rules.model import Leaf, Phase
from tests.brute.clock import DAY, SECOND
from tests.brute.plain import adr
from tests.brute.sense import Measured
from tests.brute.tape import Day, Look, decimal, phase_of

T = TypeVar("T")


def window_of(leaf: Leaf) -> int:
    """The window in microseconds."""
    found = next(argument for argument in leaf.args if isinstance(argument, timedelta))
    return found // timedelta(microseconds=1)


class Log(Generic[T]):
    """Every value with its trading time."""

    def __init__(self, window: int) -> None:
        self.window, self.size = window, max(SECOND, window // 60)
        self.times: list[int] = []
        self.values: list[T] = []

    def note(self, now: int, value: T) -> None:
        """One more."""
        self.times.append(now)
        self.values.append(value)

    def ago(self, now: int) -> T | None:
        """At the end of the last bucket that ended a window ago or earlier.

        While no bucket has ended, what was known a window ago.
        """
        edge = (now - self.window) // self.size * self.size  # that bucket's end
        at = bisect_left(self.times, edge)
        if at:
            return self.values[at - 1]
        known = bisect_right(self.times, now - self.window)
        return self.values[0] if known else None

    def since(self, now: int) -> list[T]:
        """Everything in buckets that have not ended a window ago."""
        edge = (now - self.window) // self.size * self.size
        return self.values[bisect_left(self.times, edge) :]

    def clear(self) -> None:
        """Nothing is known."""
        self.times, self.values = [], []


class Window(Measured):
    """What windows share: the base they count from."""

    percent = True

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.log: Log[int] = Log(window_of(leaf))
        self.whole = False  # watched from the session's first quote on

    def begin(self, day: Day) -> None:
        """A session has an open of its own; round the clock there is none."""
        if not day.session.always:
            self.log.clear()

    def base(self, at: Look) -> int | None:
        """The earlier price; the open while the window has not passed since."""
        if not self.log.times:
            self.whole = at.day.early and not at.day.looked
        opened = None if at.day.session.always else at.day.open
        window = self.log.window
        found = None
        if opened is None or at.elapsed >= window:
            found = self.log.ago(at.elapsed)
        if found is None and (self.whole or at.elapsed < window):
            found = opened
        return found

    def measure(self, at: Look) -> Fraction | None:
        """Price / base - 1."""
        base = self.base(at)
        self.log.note(at.elapsed, at.price)
        return Fraction(at.price - base, base) if base else None


class Swing(Window):
    """From the lowest, or beneath the highest, of the window, base and present price in it."""

    def measure(self, at: Look) -> Fraction | None:
        """Known once every price of the window was seen."""
        base = self.base(at)
        self.log.note(at.elapsed, at.price)
        if not base or not (self.whole or self.log.times[0] <= at.elapsed - self.log.window):
            return None
        prices = [base, *self.log.since(at.elapsed)]
        if self.leaf.signal == "rise":
            return Fraction(at.price, min(prices)) - 1
        return 1 - Fraction(at.price, max(prices))


class Sigma(Window):
    """The move in units of what is usual: a random walk with the usual day's range."""

    percent = False
    known: tuple[Day, int] | None = None
    usual: Fraction | None = None

    def measure(self, at: Look) -> Fraction | None:
        """Usual is ADR20 / sqrt(8 / pi) x sqrt(w / session)."""
        base = self.base(at)
        self.log.note(at.elapsed, at.price)
        if self.known != (at.day, at.day.version):
            self.known, self.usual = (at.day, at.day.version), adr(at.day.bars, 20)
        day = self.usual
        if not base or not day:
            return None
        usual = float(day) / sqrt(8 / pi) * sqrt(self.log.window / at.day.session.length)
        return Fraction(at.price - base, base) / Fraction(usual)


class DaySwing(Measured):
    """Amplitude, pull-back, rebound, of the previous close; this quote's price and figures in it."""

    percent = True

    def measure(self, at: Look) -> Fraction | None:
        """None until the regular session has a price."""
        day, fed = at.day, (at.quote.high, at.quote.low) if at.regular else (None, None)
        own = at.price if at.regular else None
        tops = [value for value in (day.high, fed[0], own) if value]
        bottoms = [value for value in (day.low, fed[1], own) if value]
        if not day.prev_close or not tops or not bottoms:
            return None
        high, low = max(tops), min(bottoms)
        span = {"amplitude": high - low, "from_high": high - at.price, "from_low": at.price - low}
        return Fraction(span[self.leaf.signal], day.prev_close)


class Part(Measured):
    """The extreme of a part of the day, once it is over; strict."""

    percent = True

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.crossing = leaf.verb.startswith("crosses")
        self.high = leaf.signal.endswith("high")
        self.levels: list[int] = []

    def begin(self, day: Day) -> None:
        """Another day."""
        del day
        self.levels = []

    def measure(self, at: Look) -> Fraction | None:
        """Price / level - 1."""
        if self.within(at):
            self.levels += self.noted(at)
            return None
        if not self.levels or not at.regular:
            return None
        return Fraction(at.price, max(self.levels) if self.high else min(self.levels)) - 1

    def within(self, at: Look) -> bool:
        """The part lasts."""
        raise NotImplementedError

    def noted(self, at: Look) -> list[int]:
        """What a quote of it says."""
        raise NotImplementedError


class Opening(Part):
    """The first minutes; joined late it takes a feed's own high and low."""

    def within(self, at: Look) -> bool:
        """Of the session, of the UTC day round the clock."""
        return at.regular and at.elapsed % DAY < window_of(self.leaf)

    def noted(self, at: Look) -> list[int]:
        """The price, the feed's, and what the day had before the rule."""
        fed = at.quote.high if self.high else at.quote.low
        if not at.day.early and fed is None:
            return []
        before = at.day.high if self.high else at.day.low
        return [value for value in (at.price, fed, before) if value]


class Premarket(Part):
    """The trading before the open."""

    def within(self, at: Look) -> bool:
        """Before the open."""
        return phase_of(at.quote, at.day.session) is Phase.PRE_OPEN

    def noted(self, at: Look) -> list[int]:
        """Its prices alone."""
        return [at.price]


class FedCap(Measured):
    """The feed's market value, where nobody knows the shares."""

    fresh = False

    def measure(self, at: Look) -> Fraction | None:
        """As fed."""
        return Fraction(at.quote.market_cap) if at.quote.market_cap else None


class FloatCap(Measured):
    """Float shares, stated last, x price."""

    fresh = False
    shares = 0

    def measure(self, at: Look) -> Fraction | None:
        """In currency."""
        self.shares = at.quote.float_shares or self.shares
        return Fraction(at.price * self.shares, at.tape.unit) if self.shares else None


class Premium(Measured):
    """A fund's price over its indicative value."""

    percent = True

    def measure(self, at: Look) -> Fraction | None:
        """Where the feed has one."""
        value = at.quote.indicative
        if not value or value < 0:
            return None
        return Fraction(at.price, at.tape.unit) / Fraction(value) - 1


class Wall(Measured):
    """50 M or more on one side of the book."""

    verb = ">="

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.level = Fraction(50_000_000)

    def measure(self, at: Look) -> Fraction | None:
        """As fed."""
        depth = at.quote.bid_depth if self.leaf.signal == "bid wall" else at.quote.ask_depth
        return None if depth is None else decimal(depth)


class Flow(Measured):
    """Net inflow as fed, in whole cents."""

    def measure(self, at: Look) -> Fraction | None:
        """Signed by the leaf."""
        if at.quote.inflow is None:
            return None
        cents = Fraction(round(at.quote.inflow * 100), 100)
        return cents if self.leaf.signal == "inflow" else -cents
