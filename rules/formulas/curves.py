"""How a day's volume usually spreads over its trading time, for instruments without minutes of their own."""

from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from rules.sessions import Session

MICROSECOND = timedelta(microseconds=1)
MINUTES = 240  # of the session the figures were published for
# (minute, ten-millionths of the day's volume until then). The volume ratio's published medians are 4.5 at one
# minute, 2.4 at 5, 1.6 at 30 and 1.1 at 120; a ratio r at minute m is a share of r x m / 240. What lies at
# minute 0 is the opening auction: the pace of the minutes 1 to 5 continued back to the open.
KNOTS = ((0, 109_375), (1, 187_500), (5, 500_000), (30, 2_000_000), (120, 5_500_000), (240, 10_000_000))
WHOLE = 10_000_000


class Profile(Protocol):
    """What an instrument usually trades and moves by this time of day; None where its minutes do not say.

    Times are trading microseconds since the open.
    """

    def volume_until(self, elapsed: int) -> Fraction | None:
        """Mean volume of the last days from the opening auction to this time."""
        ...

    def volume_between(self, start: int, end: int) -> Fraction | None:
        """Mean volume of these minutes and two on either side, for as much time; auctions left out."""
        ...

    def print_amount(self) -> Fraction | None:
        """Median amount of three seconds of the last five days, currency."""
        ...

    def usual_move(self, window: int, elapsed: int) -> float | None:
        """Standard deviation of the move within a window that ends at this time of day."""
        ...


@lru_cache
def curve(length: timedelta) -> tuple[tuple[int, int, int, int], ...]:
    """The curve of a session of this length, stretch by stretch: up to when, base, slope, whole.

    The part traded until a trading microsecond t of the stretch is (base + slope x t) / whole.
    """
    long, stretches = length // MICROSECOND, []
    for (start, low), (end, high) in pairwise(KNOTS):
        whole, rise = (end - start) * long, high - low
        stretches.append(
            (end * long // MINUTES, low * whole - rise * start * long, rise * MINUTES, WHOLE * whole)
        )
    return tuple(stretches)


def parts(session: Session, elapsed: int) -> tuple[int, int]:
    """Numerator and denominator of `share`, not reduced: whole numbers cost a tenth of fractions."""
    if session.always:
        length = session.length // MICROSECOND
        return elapsed % length, length
    for upto, base, slope, whole in curve(session.length):
        if elapsed <= upto:
            return base + slope * elapsed, whole
    return 1, 1


def share(session: Session, elapsed: int) -> Fraction:
    """Part of a usual day's volume traded until then; round the clock it is even.

    Shorter and longer sessions stretch the curve to their length.
    """
    return Fraction(*parts(session, elapsed))
