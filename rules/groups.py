"""Numbers about several instruments at once: bounds decide, fractions only where the bounds leave a doubt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rules.meter import Standing, encode
from rules.model import Kind

FINE = 10**24  # bounds are whole numbers of its parts


@dataclass(frozen=True, slots=True)
class Span:
    """A number that is at least low / FINE and at most high / FINE; `exact` is the number itself, dear."""

    low: int
    high: int
    exact: Callable[[], Fraction]

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


def span(numerator: int, denominator: int) -> Span:
    """A ratio of whole numbers, the denominator positive."""
    whole, rest = divmod(numerator * FINE, denominator)
    return Span(whole, whole + (rest != 0), lambda: Fraction(numerator, denominator))


def mean_change(group: Standing) -> Span | None:
    """The mean of the members' changes, over those that have traded and have a previous close."""
    changes = [
        (member.price - member.prev_close, member.prev_close)
        for member in group.standing()
        if member.price is not None and member.prev_close
    ]
    return mean(changes) if changes else None


def mean(changes: Sequence[tuple[int, int]]) -> Span:
    """The mean of up / base over pairs of these."""
    count, floors, rests = len(changes), 0, 0
    for up, base in changes:
        whole, rest = divmod(up * FINE, base)
        floors += whole
        rests += rest != 0
    return Span(
        floors // count,
        -(-(floors + rests) // count),
        lambda: sum((Fraction(up, base) for up, base in changes), Fraction()) / count,
    )


def change_of(standing: Standing) -> Span | None:
    """The day's change of an instrument or a group, None while it is unknown."""
    if standing.instrument.kind is Kind.GROUP:
        return mean_change(standing)
    if standing.price is None or not standing.prev_close:
        return None
    return span(standing.price - standing.prev_close, standing.prev_close)
