"""A group's running sums over its members, and exact numbers made of them.

Every member has one `Figure` of what it adds to each of its groups; a quote replaces it, so a group's sums
cost the same whatever its size. Bounds decide; fractions are summed only where these leave a doubt.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from fractions import Fraction
from typing import NamedTuple

from rules.limits import NEW, Side, streak
from rules.meter import Standing, encode
from rules.model import Kind, Quote

FINE = 10**24  # bounds are whole numbers of its parts
LEADING = Fraction(45, 100)  # of a member's own limit band
LEADING_AMOUNT = 500_000_000.0  # traded today, currency
EVE = ("groups", "eve")
USUAL_LIMIT = (1, 10)  # where neither feed nor master know one
MOST_DECIMALS = 8  # finest quantum of any market
BOARD = 20  # bits of a digit: more members than a market has
CENTS = 100


class Part(IntEnum):
    """The places of a figure and of a group's sums."""

    PRICED = 0  # members that have a price today
    TRADED = 1  # of these, with a previous close
    FLOORS = 2  # their changes, rounded down to parts of FINE
    RESTS = 3  # how many of these were not whole
    ADVANCERS = 4
    DECLINERS = 5
    LEADERS = 6
    LIMIT_UPS = 7
    LIMIT_DOWNS = 8
    MOVED = 9  # shares x (price - previous close), in the finest quantum
    BASE = 10  # shares x previous close, of members whose share count is known
    TOUCHED_UPS = 11  # members whose high of the day reached their upper limit
    STREAKS = 12  # how many members have each streak of limit-ups: a digit of BOARD bits a streak
    AMOUNT = 13  # traded today, hundredths of the currency
    EVE = 14  # traded yesterday, by volume and close


NOTHING = (0,) * len(Part)


class Figure(NamedTuple):
    """What one member adds to the sums of a day."""

    day: date
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A number that is at least low / FINE and at most high / FINE; `exact` is the number itself, dear."""

    low: int
    high: int
    exact: Callable[[], Fraction]

    def __float__(self) -> float:
        return self.low / FINE

    def minus(self, other: "Span") -> "Span":
        """The difference of two."""
        return Span(self.low - other.high, self.high - other.low, lambda: self.exact() - other.exact())

    def code(self, scale: int) -> int:
        """As `rules.meter.encode` would have it, ties exact."""
        low, high = encode(self.low, FINE, scale), encode(self.high, FINE, scale)
        if self.low == self.high or (low == high and low & 1):
            return low
        number = self.exact()
        return encode(number.numerator, number.denominator, scale)


@dataclass(slots=True)
class Tally:
    """A group's sums of one day."""

    day: date | None = None
    sums: list[int] = field(default_factory=lambda: list(NOTHING))
    fed: Quote | None = None  # the group's own quote of the day, where a feed has one

    def begin(self, day: date, figures: Iterable[Figure | None]) -> None:
        """A new day, or new members: everything anew."""
        if day != self.day:
            self.fed = None
        self.day = day
        self.sums = list(NOTHING)
        for figure in figures:
            self.replace(None, figure)

    def replace(self, old: Figure | None, new: Figure | None) -> None:
        """A member's figure changed; those of other days count for nothing."""
        sums, day = self.sums, self.day
        if old is not None and old.day == day:
            for at, number in enumerate(old.parts):
                sums[at] -= number
        if new is not None and new.day == day:
            for at, number in enumerate(new.parts):
                sums[at] += number


def span(numerator: int, denominator: int) -> Span:
    """A ratio of whole numbers, the denominator positive."""
    whole, rest = divmod(numerator * FINE, denominator)
    return Span(whole, whole + (rest != 0), lambda: Fraction(numerator, denominator))


def change_of(standing: Standing) -> Span | None:
    """The day's change of an instrument, a group's mean over its members; None while it is unknown."""
    if standing.instrument.kind is Kind.GROUP:
        return mean_change(standing)
    if standing.price is None or not standing.prev_close:
        return None
    return span(standing.price - standing.prev_close, standing.prev_close)


def mean_change(group: Standing) -> Span | None:
    """The mean of the members' changes, over those that have traded and have a previous close."""
    sums = sums_of(group)
    count, floors = sums[Part.TRADED], sums[Part.FLOORS]
    if not count:
        return None

    def exact() -> Fraction:
        changes = (Fraction(*pair) for member in group.standing() if (pair := _change(member)))
        return sum(changes, Fraction()) / count

    return Span(floors // count, -(-(floors + sums[Part.RESTS]) // count), exact)


def cap_change(group: Standing) -> Span | None:
    """The change of the members' value together, over those whose share count is known as well."""
    sums = sums_of(group)
    return span(sums[Part.MOVED], sums[Part.BASE]) if sums[Part.BASE] else None


def sums_of(group: Standing) -> Sequence[int]:
    """A group's sums by `Part`; nothing of what is no group."""
    return NOTHING if group.tally is None else group.tally.sums


def _change(member: Standing) -> tuple[int, int] | None:
    if member.price is None or not member.prev_close:
        return None
    return member.price - member.prev_close, member.prev_close


def figure_of(member: Standing, day: date) -> Figure:
    """What a member that has a price adds to its groups."""
    pair = _change(member)
    if pair is None:
        return Figure(day, (1, *NOTHING[1 : Part.AMOUNT], *_amounts(member)))
    up, base = pair
    whole, rest = divmod(up * FINE, base)
    shares = (member.shares or 0) * 10 ** (MOST_DECIMALS - member.instrument.decimals)
    limits = _at_limits(member)
    parts = (1, 1, whole, rest != 0, up > 0, up < 0, _leads(member, up, base), limits.up, limits.down)
    turned = (limits.touched, _streak(member, limits), *_amounts(member))
    return Figure(day, (*parts, shares * up, shares * base, *turned))


def _leads(member: Standing, up: int, base: int) -> bool:
    """Whether a member is up by 45 % of its limit band or more, with 500 M traded; no new listing."""
    quote = member.quote
    if quote is None or (quote.amount or 0.0) < LEADING_AMOUNT or _is_new(member):
        return False
    band, parts = base * USUAL_LIMIT[0], USUAL_LIMIT[1]
    # The feed's limit price, else that of the session: the dated table knows special treatment too.
    top = quote.limit_up or (member.now().limit_up if member.instrument.limit else None)
    if top:
        band, parts = top - base, 1
    elif member.instrument.limit:
        numerator, denominator = member.instrument.limit.as_integer_ratio()
        band, parts = base * numerator, denominator
    return up * parts * LEADING.denominator >= LEADING.numerator * band


def _is_new(member: Standing) -> bool:
    """Whether it is in its first days, when what has limits later has none."""
    instrument, quote = member.instrument, member.quote
    is_young = instrument.listed is not None or (quote is not None and quote.status == NEW)
    return is_young and bool(instrument.limit) and member.now().limit_up is None


class _Limited(NamedTuple):
    """Where a member stands against its limit prices: the feed's, else the session's."""

    up: bool
    down: bool
    touched: bool  # the upper one, some time today


def _at_limits(member: Standing) -> _Limited:
    quote, price = member.quote, member.price or 0
    top, bottom = (None, None) if quote is None else (quote.limit_up, quote.limit_down)
    if not top and not bottom:
        inputs = member.now()
        top, bottom = inputs.limit_up, inputs.limit_down
    touched = bool(top and max(price, member.top() or 0) >= top)
    return _Limited(bool(top and price >= top), bool(bottom and price <= bottom), touched)


def _streak(member: Standing, limits: _Limited) -> int:
    """One in the digit of its limit-ups in a row, today counting while it stands there."""
    bars = member.daily
    days = (0 if bars is None else streak(member.instrument, bars, Side.UP)) + limits.up
    return 1 << BOARD * days if days else 0


def highest_streak(group: Standing) -> int:
    """The longest of the members' streaks of limit-ups."""
    return max(sums_of(group)[Part.STREAKS].bit_length() - 1, 0) // BOARD


def _amounts(member: Standing) -> tuple[int, int]:
    """Traded today and yesterday, in hundredths; nought where nobody says."""
    quote, bars = member.quote, member.daily
    today = 0 if quote is None or quote.amount is None else round(quote.amount * CENTS)
    if bars is None:
        return today, 0
    if EVE not in bars.memo:
        unit = 10**member.instrument.decimals
        bars.memo[EVE] = round(bars.volume[-1].item() * bars.close[-1].item() * CENTS / unit)
    return today, int(bars.memo[EVE])
