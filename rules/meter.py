"""Axes of their own: numbers the price alone does not decide, encoded whole so that ties are exact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol, TypeGuard, runtime_checkable

from rules.adjust import Daily
from rules.contract import keeps
from rules.formulas.curves import Profile
from rules.line import code
from rules.model import Instrument, Quote
from rules.region import BENEATH, REACHED, Inputs, Region
from rules.sessions import Session

if TYPE_CHECKING:
    from rules.groups import Tally

PERCENT_SCALE = 10**10  # levels carry at most ten decimals
AMOUNT_SCALE = 10**2
RATIO_SCALE = 10**10
COUNT_SCALE = 1


class Standing(Protocol):
    """What a group reads of a member."""

    @property
    def instrument(self) -> Instrument:
        """Its limit, where the feed says none."""
        ...

    @property
    def quote(self) -> Quote | None:
        """Its last regular quote of the session."""
        ...

    @property
    def price(self) -> int | None:
        """That quote's price, quanta."""
        ...

    @property
    def prev_close(self) -> int | None:
        """In quanta."""
        ...

    @property
    def daily(self) -> Daily | None:
        """Its finished daily bars as the session believes them."""
        ...

    @property
    def shares(self) -> int | None:
        """As the feed or the master say."""
        ...

    @property
    def tally(self) -> "Tally | None":
        """A group's sums over its members."""
        ...

    def now(self) -> Inputs:
        """The inputs of closed forms."""
        ...

    def top(self) -> int | None:
        """The regular session's high so far."""
        ...

    def standing(self) -> "Sequence[Standing]":
        """A group's members that have traded in its session; for the rare case that sums do not decide."""
        ...


@dataclass(slots=True)
class Moment:
    """One quote as a meter sees it; a group's moment has no quote, its own tally says what its members do."""

    quote: Quote | None
    price: int
    elapsed: int  # trading microseconds since the open; round the clock: since 1970
    open: int | None  # the session's first price; None round the clock
    early: bool  # the session was watched from its open on
    own: Standing | None = None  # the instrument itself
    # Those its axis names (Own.others), as of the end of the frame; None: no session or not this one's day.
    others: Sequence[Standing | None] = ()
    session: Session | None = None
    profile: Profile | None = None  # of the instrument's minutes, where somebody keeps them


class Meter(Protocol):
    """Follows one own axis of one instrument."""

    def read(self, moment: Moment) -> int | None:
        """The encoded number now, None while it is unknown; called once a quote, in order."""
        ...

    def restart(self) -> None:
        """A new session begins."""
        ...


@runtime_checkable
class Invertible(Protocol):
    """A meter that knows the price behind a number while everything else stands still."""

    def price_of(self, number: Fraction) -> Fraction | None:
        """The price in quanta at which the number would be this; None while it is unknown."""
        ...


def is_invertible(meter: object) -> TypeGuard[Invertible]:
    """Whether an axis's meter is one of these; the price axis has none."""
    return keeps(type(meter), Invertible)


@runtime_checkable
class Telling(Protocol):
    """A meter that says what its last number was computed from; the event carries it."""

    def evidence(self) -> Mapping[str, str | float]:
        """As of the last `read`."""
        ...


def is_telling(meter: object) -> TypeGuard[Telling]:
    """Whether an axis's meter is one of these."""
    return keeps(type(meter), Telling)


def encode(numerator: int, denominator: int, scale: int) -> int:
    """Code x = numerator / denominator as 2 * floor(x * scale) + (1 if that was not exact).

    For a level L with L * scale whole: x >= L where the code is >= 2 * L * scale, x > L where it is greater.
    """
    whole, rest = divmod(numerator * scale, denominator)
    return 2 * whole + (rest != 0)


def decode(code: int, scale: int) -> float:
    """The number behind a code, for people."""
    return code / (2 * scale)


def beyond(verb: str, level: Decimal, scale: int) -> Region:
    """`x > level` and its siblings on an encoded axis."""
    numerator, denominator = level.as_integer_ratio()
    ratio = (numerator * scale, denominator)
    return Region((code(ratio, reached=verb in REACHED),), verb in BENEATH, (ratio,))
