"""The engine against plain definitions in fractions, evaluated for every condition on every quote."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, TypeAlias

import pytest

from rules.model import Instrument, Leaf
from tests.rules.world import SYMBOL, World, history, leaf

SHARES = 1000
DAYS = ("2025-11-26", "2025-11-27", "2025-11-28")
H = Fraction(2, 1000)
OPERATORS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}
RISES = {">", ">=", "above", "crosses above", "reclaim", "is"}
Truth: TypeAlias = tuple[bool, bool]  # holds; is false and back by the hysteresis


@dataclass
class Day:
    """What the definitions may look at: closes and highs before today, today's prices before this one."""

    closes: list[Fraction]
    highs: list[Fraction]
    lows: list[Fraction]
    today: list[tuple[int, Fraction]] = field(default_factory=list)  # seconds since the open, price


def compare(verb: str, value: Fraction, level: Fraction, price: Fraction, at: Fraction) -> Truth:
    """Truth on the signal's own scale, hysteresis around the price level `at`."""
    holds = OPERATORS[verb](value, level)
    back = price <= at * (1 - H) if verb in RISES else price >= at * (1 + H)
    return holds, not holds and back


def average(one: Leaf, price: Fraction, day: Day) -> Truth | None:
    """Averages with the live price as today's."""
    (days,) = one.args
    assert isinstance(days, int)
    if one.verb in ("reclaim", "lose"):
        yesterday = sum(day.closes[-days:], Fraction()) / days
        beyond = day.closes[-1] > yesterday if one.verb == "reclaim" else day.closes[-1] < yesterday
        if beyond:
            return False, True
    past = sum(day.closes[len(day.closes) - days + 1 :], Fraction())
    mean, level = (past + price) / days, past / (days - 1)
    return compare(">" if one.verb in RISES else "<", price, mean, price, level)


def extreme(one: Leaf, price: Fraction, day: Day) -> Truth | None:
    """Beyond the highest high or the lowest low of the span."""
    high = one.signal.endswith("high")
    bars = day.highs if high else day.lows
    if one.args == ("day",):
        bars = [seen for _, seen in day.today]
    elif one.args:
        bars = bars[-int(str(one.args[0]).removesuffix("d")) :]
    if not bars:
        return None
    level = max(bars) if high else min(bars)
    return compare(">" if high else "<", price, level, price, level)


def move(one: Leaf, price: Fraction, day: Day, now: int) -> Truth:
    """Against the price at the end of the last bucket that ended w ago or earlier; else the open."""
    (window,) = one.args
    assert isinstance(window, timedelta)
    width = int(window.total_seconds())
    size = max(1, width // 60)
    edge = (now - width) // size * size
    earlier = [seen for second, seen in day.today if second < edge]
    base = earlier[-1] if earlier and now >= width else (day.today[0][1] if day.today else price)
    assert one.level is not None
    value, level = price / base - 1, Fraction(one.level)
    holds = OPERATORS[one.verb](value, level)
    back = value <= level - H if one.verb in RISES else value >= level + H
    return holds, not holds and back


def define(one: Leaf, price: Fraction, day: Day, now: int) -> Truth | None:
    """A leaf by its plain definition."""
    if one.signal == "ma":
        return average(one, price, day)
    if one.signal == "move":
        return move(one, price, day, now)
    if one.level is None:
        return extreme(one, price, day)
    level, verb = Fraction(one.level), one.verb
    if one.signal == "change":
        last = day.closes[-1]
        return compare(verb, price / last - 1, level, price, last * (1 + level))
    if one.signal == "market_cap":
        return compare(verb, price * SHARES, level, price, level / SHARES)
    return compare({"crosses above": ">", "crosses below": "<"}.get(verb, verb), price, level, price, level)


@dataclass
class Oracle:
    """One condition's life: states by the book, nothing remembered but them."""

    one: Leaf
    ring: int = 0
    state: str = "new"  # new, armed, rang, waiting
    provisional: bool = False
    holds: bool = False

    @property
    def is_crossing(self) -> bool:
        """Must be seen false first."""
        return self.one.verb.startswith("crosses") or self.one.verb in ("reclaim", "lose")

    def begin(self, day: Day) -> None:
        """A session begins."""
        bars = self.one.verb in ("reclaim", "lose")
        if bars or self.one.signal in ("change", "move") or self.one.args == ("day",):
            self.state, self.provisional = "armed", False
        elif self.state == "new":
            past = Day(day.closes[:-1], day.highs[:-1], day.lows[:-1])
            seen = define(self.one, day.closes[-1], past, 0) if self.is_crossing else None
            self.state = "waiting" if seen and seen[0] else "armed"

    def see(self, price: Fraction, day: Day, now: int) -> list[str]:
        """One quote; the words it brings."""
        found = define(self.one, price, day, now)
        if found is None:
            return []
        self.holds, back = found
        if self.holds and self.state == "armed":
            self.ring, self.state, self.provisional = self.ring + 1, "rang", self.one.signal == "ma"
            return [f"{self.ring}:{'provisional' if self.provisional else 'fired'}"]
        if self.state == "waiting" and not self.holds:
            self.state = "armed"
        if self.state == "rang" and back:
            self.state, told, self.provisional = "armed", self.provisional, False
            return [f"{self.ring}:withdrawn"] if told else []
        return []

    def close(self) -> list[str]:
        """The bar closes: truth alone decides."""
        if not self.provisional:
            return []
        self.provisional = False
        if not self.holds:
            self.state = "armed"
        return [f"{self.ring}:{'confirmed' if self.holds else 'withdrawn'}"]


def leaves(chance: random.Random) -> list[Leaf]:
    """Every simple condition, with levels on and around the walk's grid, ties included."""
    found = [leaf("record high", "is"), leaf("record low", "is")]
    for span in ("day", "3d", "10d"):
        found += [leaf("new high", "is", None, span), leaf("new low", "is", None, span)]
    for days in (2, 3, 5, 8):
        verbs = ("above", "below", "crosses above", "crosses below", "reclaim", "lose")
        found += [leaf("ma", verb, None, days) for verb in verbs]
    for _ in range(12):
        price = f"{chance.randrange(96, 105)}.{chance.choice(['000', '300', '305', '9'])}"
        found += [leaf("price", verb, price) for verb in (*OPERATORS, "crosses above", "crosses below")]
        change = f"{chance.randrange(-40, 41) / 1000}"
        found += [leaf("change", verb, change) for verb in OPERATORS]
        found.append(leaf("market_cap", chance.choice(list(OPERATORS)), f"{chance.randrange(960, 1050)}00"))
    for seconds in (10, 60, 300):
        for level in ("0.005", "-0.005", "0.0125"):
            window = timedelta(seconds=seconds)
            found += [leaf("move", verb, level, window) for verb in OPERATORS]
    return list(dict.fromkeys(found))


def walk(chance: random.Random, start: Fraction, count: int) -> list[Fraction]:
    """Prices on a grid of 0.1 with repeats, steps and leaps."""
    prices, price = [], start
    for _ in range(count):
        price += Fraction(chance.choice((0, 0, 1, -1, 2, -2, 3, -3, 15, -15)), 10)
        price = min(max(price, Fraction(95)), Fraction(106))
        prices.append(price)
    return prices


def is_priced(one: Leaf) -> bool:
    """Decided by the price alone, without the day's extremes: such instruments take the hot path."""
    return one.signal != "move" and one.args != ("day",)


def play(seed: int, *, stamped: bool = True, priced: bool = False) -> tuple[list[str], list[str]]:
    """A random world by the engine and by the definitions: the words of each, in order."""
    chance = random.Random(seed)  # noqa: S311 - a seeded walk
    closes = [Fraction(chance.randrange(970, 1030), 10) for _ in range(12)]
    world = World(
        {SYMBOL: history([f"{float(close):.1f}" for close in closes])},
        instruments=[Instrument(symbol=SYMBOL, shares=SHARES)],
    )
    world.is_stamped = stamped
    chosen = [one for one in leaves(chance) if is_priced(one) or not priced]
    if priced:
        chosen = chance.sample(chosen, 12)
    oracles = {world.add(one).id: Oracle(one) for one in chosen}
    order = list(oracles)
    said: list[str] = []
    highs, lows = closes[:], closes[:]
    for name in DAYS:
        day, now = Day(closes[:], highs[:], lows[:]), 0
        for oracle in oracles.values():
            oracle.begin(day)
        for price in walk(chance, closes[-1], 60):
            minute, second = divmod(now, 60)
            clock = f"{9 + (30 + minute) // 60:02}:{(30 + minute) % 60:02}:{second:02}"
            prices = [seen for _, seen in day.today] + [price]
            span: dict[str, Any] = {"high": float(max(prices)), "low": float(min(prices))} if priced else {}
            world.see(clock, float(price), prev_close=float(closes[-1]), day=name, **span)
            for key in order:
                said += [f"{key}:{word}" for word in oracles[key].see(price, day, now)]
            day.today.append((now, price))
            now += chance.choice((1, 2, 3, 7, 30))
        world.pass_time("15:01", day=date.fromisoformat(name))
        for key in order:
            said += [f"{key}:{word}" for word in oracles[key].close()]
        prices = [price for _, price in day.today]
        closes.append(prices[-1])
        highs.append(max(prices))
        lows.append(min(prices))
    return [event.id for event in world.events], said


@pytest.mark.parametrize("seed", range(12))
def test_identical_events(seed: int) -> None:
    """Every simple condition, three days, averages and records that move: the same words, the same order."""
    told, expected = play(seed, stamped=seed % 3 > 0)
    assert told == expected
    assert len(told) > 200


@pytest.mark.parametrize("seed", range(40))
def test_identical_events_on_the_hot_path(seed: int) -> None:
    """A few conditions of the price alone, so that most quotes are quiet: the same words, the same order."""
    told, expected = play(seed, priced=True)
    assert told == expected


def test_the_same_frames_give_the_same_events() -> None:
    """Nothing but the input decides."""
    assert play(99) == play(99)
