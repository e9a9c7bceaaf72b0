"""Prices measured from earlier prices by their definitions in fractions, and a condition's life."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from rules.model import Leaf

Verdict: TypeAlias = tuple[bool, bool]  # holds; is false and back by the hysteresis
H = Fraction(2, 1000)
OPERATORS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}
SHIFTED = {"gap", "gap up", "gap down"}
FRESH = SHIFTED | {"change_open", "open", "reversal"}


@dataclass
class Bar:
    """One finished day in currency."""

    date: date
    open: Fraction
    high: Fraction
    low: Fraction
    close: Fraction


@dataclass
class Day:
    """What the definitions may look at: the days before, and today's prices before this one."""

    date: date
    bars: list[Bar]
    prev_close: Fraction | None
    prices: list[Fraction] = field(default_factory=list)
    opened: Fraction | None = None

    @cached_property
    def usual(self) -> Fraction:
        """ADR20."""
        ranges = []
        for before, bar in zip(self.bars[-21:-1], self.bars[-20:], strict=True):
            true_range = max(bar.high - bar.low, abs(bar.high - before.close), abs(bar.low - before.close))
            ranges.append(true_range / before.close)
        return sum(ranges, Fraction()) / 20

    def before(self) -> "Day":
        """What yesterday's close was compared with."""
        return Day(self.date, self.bars[:-1], None)


def define(one: Leaf, price: Fraction, day: Day) -> Verdict | None:
    """A leaf by its plain definition; None where it says nothing."""
    if one.signal in SHIFTED:
        return shifted(one, day)
    if one.signal == "reversal":
        return reversal(one, price, day)
    if one.level is None:
        base = bound(one.signal, day)
        verb = ">" if one.verb.endswith("above") else "<"
        return None if base is None else judged(verb, price, base, price, base)
    level = Fraction(one.level)
    if one.signal == "trailing":
        top = highest(date.fromisoformat(str(one.args[0])), day)
        return (
            None
            if top is None
            else judged(">=", (top - price) / top, level, price, top * (1 - level), grows=False)
        )
    if one.signal == "record_gap":
        record = max(bar.high for bar in day.bars)
        verb = "<" if one.verb == "near" else one.verb
        return judged(verb, 1 - price / record, level, price, record * (1 - level), grows=False)
    base = earlier(one, day)
    return None if base is None else judged(one.verb, price / base - 1, level, price, base * (1 + level))


def judged(
    verb: str, value: Fraction, level: Fraction, price: Fraction, at: Fraction, *, grows: bool = True
) -> Verdict:
    """Truth on the signal's own scale; back by the hysteresis around the price `at` where it turns.

    `grows`: the value grows with the price.
    """
    holds = OPERATORS[verb](value, level)
    is_above = (verb[0] == ">") is grows
    return holds, not holds and (price <= at * (1 - H) if is_above else price >= at * (1 + H))


def shifted(one: Leaf, day: Day) -> Verdict | None:
    """The open against yesterday: it never goes back within the day."""
    if day.opened is None:
        return None
    if one.signal == "gap":
        assert one.level is not None
        assert day.prev_close is not None
        return OPERATORS[one.verb](day.opened / day.prev_close - 1, Fraction(one.level)), False
    last = day.bars[-1]
    return (day.opened > last.high if one.signal == "gap up" else day.opened < last.low), False


def reversal(one: Leaf, price: Fraction, day: Day) -> Verdict | None:
    """A usual range on one side of the previous close, and through it."""
    if len(day.bars) < 21:
        return None
    base, usual = day.bars[-1].close, day.usual
    if one.verb == "up":
        was = bool(day.prices) and min(day.prices) / base - 1 <= -usual
        return was and price > base, was and price <= base * (1 - H)
    was = bool(day.prices) and max(day.prices) / base - 1 >= usual
    return was and price < base, was and price >= base * (1 + H)


def bound(name: str, day: Day) -> Fraction | None:
    """A level with a name."""
    if name == "open":
        return day.opened
    if name == "prev close" and day.prev_close is not None:
        return day.prev_close
    if not day.bars:
        return None
    last = day.bars[-1]
    return {"prev high": last.high, "prev low": last.low, "prev close": last.close}[name]


def highest(since: date, day: Day) -> Fraction | None:
    """The highest price since a date, today's included, this quote's not."""
    if since > day.date:
        return None
    return max([bar.high for bar in day.bars if bar.date >= since] + day.prices, default=None)


def earlier(one: Leaf, day: Day) -> Fraction | None:
    """The price a percentage is counted from."""
    if one.signal == "change_open":
        return day.opened
    if one.signal in ("since price", "cost"):
        return Fraction(str(one.args[0]))
    since = date.fromisoformat(str(one.args[0]))
    bars = [bar for bar in day.bars if bar.date <= since]
    if not bars or since >= day.date:
        return None
    return bars[-1].low if one.signal == "since low" else bars[-1].close


@dataclass
class Life:
    """One condition's states by the book (design 4.3)."""

    one: Leaf
    ring: int = 0
    state: str = "new"  # new, armed, rang, waiting

    @property
    def is_crossing(self) -> bool:
        """Must be seen false first."""
        return self.one.verb.startswith("crosses") or self.one.verb == "near"

    def begin(self, day: Day) -> None:
        """A session begins."""
        if self.one.signal in FRESH:
            self.state = "armed"
        elif self.state == "new":
            past = day.before()
            seen = define(self.one, day.bars[-1].close, past) if self.is_crossing and past.bars else None
            self.state = "waiting" if seen and seen[0] else "armed"

    def see(self, price: Fraction, day: Day) -> list[str]:
        """One quote; the words it brings."""
        found = define(self.one, price, day)
        if found is None:
            return []
        holds, back = found
        if holds and self.state == "armed":
            self.ring, self.state = self.ring + 1, "rang"
            return [f"{self.ring}:fired"]
        if (self.state == "waiting" and not holds) or (self.state == "rang" and back):
            self.state = "armed"
        return []
