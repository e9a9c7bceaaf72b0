"""What a leaf says on one quote: whether it holds, is back by its hysteresis, was touched by an extreme.

Two kinds: truth decided by the price alone (`Priced`), with the prices at which it turns, and a number of its
own against a level (`Measured`). Both are asked anew on every quote; what they keep is the past they need.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Any, TypeAlias

from rules.model import Leaf
from tests.brute.tape import Day, Look, Number

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {">": gt, ">=": ge, "<": lt, "<=": le}
Level: TypeAlias = Fraction | int | float
PRICE_PART = Fraction(2, 1000)  # of the level
POINTS = Fraction(2, 1000)  # on a percent axis
OTHER_PART = Fraction(2, 100)  # of the level


class Sense:
    """A leaf on one instrument."""

    crossing = False  # must be seen false first
    fresh = False  # measured within a session, so armed again at each
    bars = False  # CROSS on day bars: each session decides anew
    unfinished = False  # provisional until the close
    two_way = False
    carries_nothing = False  # yesterday says nothing of it: it is measured within the session

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        self.leaf, self.margin = leaf, margin

    def begin(self, day: Day) -> None:
        """A session begins."""

    def holds(self, at: Look) -> bool | None:
        """Truth on this quote; None where it is absent."""
        raise NotImplementedError

    def is_back(self, at: Look) -> bool:
        """Where it is false: whether it is back by the hysteresis."""
        raise NotImplementedError

    def side_of(self, at: Look, price: int) -> int:
        """Of a two-way crossing: -1, 0, 1 for beneath, on and above the level."""
        raise NotImplementedError

    def yesterday(self, at: Look) -> bool | None:
        """What it said of the previous session's last bar with its own inputs; None: nothing."""
        del at
        return None

    def touched(self, at: Look, above: int, upto: int) -> bool:
        """Whether a single level lies beyond one price and not beyond another, further one."""
        del at, above, upto
        return False


class Priced(Sense):
    """Decided by the price alone; subclasses say what is true at a price and where that turns."""

    extremes = False  # follows the day's high and low

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self._version: tuple[object, int, int] | None = None
        self._said: dict[int, bool | None] = {}
        self._levels: tuple[Level, ...] | None = None
        self.day: Day | None = None
        self.at: Look | None = None

    def prepare(self, at: Look) -> bool:
        """Take what the session knows; False where the leaf is absent."""
        raise NotImplementedError

    def true_at(self, price: Number) -> bool:
        """The definition at a price."""
        raise NotImplementedError

    def find_levels(self) -> tuple[Level, ...]:
        """Prices at which the truth turns, ascending."""
        raise NotImplementedError

    def holds(self, at: Look) -> bool | None:
        """Truth at the quote's price."""
        return self._ask(at, at.price)

    def _ask(self, at: Look, price: int) -> bool | None:
        day = at.day
        version = (day, day.version, day.extremes if self.extremes else 0)
        if version != self._version:
            self._version, self._said, self._levels = version, {}, None
            self.day, self.at = day, at
            self._known = self.prepare(at)
        if not self._known:
            return None
        said = self._said.get(price)
        if said is None:
            said = self._said[price] = self.true_at(price)
        return said

    def levels(self) -> tuple[Level, ...]:
        """The same, kept while nothing moved."""
        if self._levels is None:
            self._levels = self.find_levels()
        return self._levels

    def is_back(self, at: Look) -> bool:
        """0.2 % of every level away from it."""
        part = PRICE_PART if self.margin is None else self.margin
        return all(_away(at.price, level, part) for level in self.levels())

    def touched(self, at: Look, above: int, upto: int) -> bool:
        """True at the extreme, false up to where the day had been."""
        return (
            self._ask(at, at.price) is False
            and not self.true_at(above)
            and self.true_at(upto)
            and len(self.levels()) == 1
        )


def _away(price: int, level: Level, part: Fraction) -> bool:
    if isinstance(level, float):
        margin = abs(level) * float(part)
        return price <= level - margin or price >= level + margin
    exact = abs(Fraction(level)) * part
    return price <= level - exact or price >= level + exact


class Measured(Sense):
    """A number of its own against the leaf's level.

    What it keeps of the past begins when the first leaf with this number is made, so leaves share it.
    """

    percent = False
    fresh = True
    carries_nothing = True
    verb = ""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.level = Fraction(leaf.level or 0)
        self.meter: Measured = self
        self.value: Fraction | None = None

    def measure(self, at: Look) -> Fraction | None:
        """The number on this quote; asked once a quote, in order."""
        raise NotImplementedError

    def feed(self, at: Look) -> None:
        """One quote more, whoever listens."""
        self.value = self.measure(at)

    @property
    def operator(self) -> str:
        """The comparison the leaf makes."""
        word = self.verb or self.leaf.verb
        return {"above": ">", "below": "<", "crosses above": ">", "crosses below": "<"}.get(word, word)

    def holds(self, at: Look) -> bool | None:
        """The comparison."""
        del at
        value = self.meter.value
        return None if value is None else COMPARE[self.operator](value, self.level)

    def is_back(self, at: Look) -> bool:
        """Points on a percent axis, else a part of the level."""
        del at
        value = self.meter.value
        assert value is not None
        if self.margin is None and self.percent:
            margin = POINTS
        else:
            margin = abs(self.level) * (OTHER_PART if self.margin is None else self.margin)
        return value <= self.level - margin or value >= self.level + margin
