"""How a day's volume usually spreads over its trading time, for instruments without minutes of their own."""

from datetime import timedelta
from fractions import Fraction
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


def share(session: Session, elapsed: int) -> Fraction:
    """Part of a usual day's volume traded until then; round the clock it is even.

    Shorter and longer sessions stretch the curve to their length.
    """
    length = session.length // MICROSECOND
    if session.always:
        return Fraction(elapsed % length, length)
    time = min(elapsed * MINUTES, MINUTES * length)  # minutes of the curve x length
    (start, low), (end, high) = next(pair for pair in pairwise(KNOTS) if time <= pair[1][0] * length)
    whole = (end - start) * length
    return Fraction(low * whole + (high - low) * (time - start * length), WHOLE * whole)
