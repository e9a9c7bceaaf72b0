"""Levels with an axis of their own: swings, opening ranges, the trading before the open, float value."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, TypeAlias

import pytest

from rules.model import Leaf
from tests.rules.signals.levels import OPERATORS
from tests.rules.world import SYMBOL, World, history, leaf

DAYS = ("2025-11-26", "2025-11-27", "2025-11-28")
POINTS = Fraction(2, 1000)
SHARES = 1003
SHARE = 20  # of the forms a seed
MINUTES = timedelta(minutes=15)
WINDOWS = (180, 900)  # seconds
Value: TypeAlias = Callable[["Today"], Fraction | None]


@dataclass
class Today:
    """One day so far, this quote included; currency."""

    prev_close: Fraction
    price: Fraction = Fraction()
    now: int = -1
    high: Fraction = Fraction(0)
    low: Fraction = Fraction(999)
    ranges: dict[int, tuple[Fraction, Fraction]] = field(default_factory=dict)  # by window

    def note(self, now: int, price: Fraction, high: Fraction, low: Fraction) -> None:
        """A quote with the feed's own high and low."""
        self.now, self.price = now, price
        self.high, self.low = max(self.high, high, price), min(self.low, low, price)
        for window in WINDOWS:
            if now < window:
                self.ranges[window] = (self.high, self.low)


def swing(name: str, today: Today) -> Fraction:
    """Parts of the previous close."""
    high, low = today.high, today.low
    found = {"amplitude": high - low, "from_high": high - today.price, "from_low": today.price - low}[name]
    return found / today.prev_close


def value(one: Leaf, today: Today) -> Fraction | None:
    """A leaf's number by its plain definition."""
    if one.signal == "float_cap":
        return today.price * SHARES
    if not one.args:
        return swing(one.signal, today)
    (window,) = one.args
    assert isinstance(window, timedelta)
    seconds = int(window.total_seconds())
    if today.now < seconds or seconds not in today.ranges:
        return None
    return today.price / today.ranges[seconds][one.signal == "opening low"] - 1


@dataclass
class Life:
    """One condition's states by the book, on an axis of its own."""

    one: Leaf
    ring: int = 0
    is_armed: bool = True
    is_first: bool = True

    def begin(self) -> None:
        """A session begins: what is measured within it starts armed."""
        self.is_armed = self.is_armed or self.one.signal != "float_cap"
        self.is_first = True

    def see(self, today: Today) -> list[str]:
        """One quote; the words it brings."""
        found = value(self.one, today)
        if found is None:
            return []
        level = Fraction(self.one.level or 0)
        verb = self.one.verb if self.one.level is not None else "<>"[self.one.verb.endswith("above")]
        margin = level * 2 / 100 if self.one.signal == "float_cap" else POINTS
        holds = OPERATORS[verb](found, level)
        if holds and self.is_first and self.one.verb.startswith("crosses"):
            return []  # to be seen false first
        self.is_first = False
        if holds and self.is_armed:
            self.ring, self.is_armed = self.ring + 1, False
            return [f"{self.ring}:fired"]
        if not holds and (found <= level - margin if verb[0] == ">" else found >= level + margin):
            self.is_armed = True
        return []


def leaves(chance: random.Random) -> list[Leaf]:
    """Every form, with levels on the walk's grid, ties included."""
    found = []
    for verb in OPERATORS:
        for name in ("amplitude", "from_high", "from_low"):
            found += [leaf(name, verb, f"{chance.randrange(0, 90) / 1000}") for _ in range(2)]
        found.append(leaf("float_cap", verb, f"{chance.randrange(970, 1030) * SHARES}e-1"))
    for name in ("opening high", "opening low"):
        for verb in ("above", "below", "crosses above", "crosses below"):
            found += [leaf(name, verb, None, MINUTES), leaf(name, verb, None, MINUTES / 5)]
    return list(dict.fromkeys(found))


def play(seed: int) -> tuple[list[str], list[str]]:
    """A random world by the engine and by the definitions: the words of each, in order."""
    chance = random.Random(seed)  # noqa: S311 - a seeded walk
    world = World({SYMBOL: history(["100"] * 3)})
    lives = {world.add(one).id: Life(one) for one in chance.sample(leaves(chance), SHARE)}
    said: list[str] = []
    close, fed = Fraction(100), seed % 2
    for name in DAYS:
        today, now, price = Today(close), 0, close
        for life in lives.values():
            life.begin()
        for _ in range(230):
            step = Fraction(chance.choice((0, 0, 1, -1, 3, -3, 12, -12)), 10)
            price = min(max(price + step, Fraction(95)), Fraction(106))
            beyond = [Fraction(chance.choice((0, 0, 0, 0, 4, 9)), 10) * fed for _ in range(2)]
            today.note(now, price, price + beyond[0], price - beyond[1])
            spans: dict[str, Any] = {"high": float(today.high), "low": float(today.low)} if fed else {}
            minute, second = divmod(now, 60)
            clock = f"{9 + (30 + minute) // 60:02}:{(30 + minute) % 60:02}:{second:02}"
            before = float(close)
            world.see(clock, float(price), prev_close=before, day=name, float_shares=SHARES, **spans)
            for key, life in lives.items():
                said += [f"{key}:{word}" for word in life.see(today)]
            now += chance.choice((1, 2, 3, 7, 30))
        world.pass_time("15:01", day=date.fromisoformat(name))
        close = price
    return [event.id for event in world.events], said


@pytest.mark.parametrize("seed", range(30))
def test_identical_events(seed: int) -> None:
    """Three days of quotes, with and without a feed's own high and low; 20,000 quotes over all seeds."""
    told, expected = play(seed)
    assert told == expected
    assert len(told) > 50
