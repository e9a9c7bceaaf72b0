"""The engine against the definitions of levels, every condition on every quote."""

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from rules.model import Leaf
from tests.rules.signals.levels import OPERATORS, Bar, Day, Life
from tests.rules.world import SYMBOL, World, history, leaf

DAYS = ("2025-11-26", "2025-11-27", "2025-11-28")
QUOTES = 210  # a day
SHARE = 24  # of the forms a seed, so that many seeds cost little


def leaves(chance: random.Random) -> list[Leaf]:
    """Every form, with levels on and around the walk's grid, ties included."""
    found = [leaf("gap up", "is"), leaf("gap down", "is"), leaf("reversal", "up"), leaf("reversal", "down")]
    for name in ("prev high", "prev low", "prev close", "open"):
        found += [leaf(name, verb) for verb in ("above", "below", "crosses above", "crosses below")]
    for verb in OPERATORS:
        percent = [f"{chance.randrange(-30, 31) / 1000}" for _ in range(2)]
        for level in (*percent, "0"):
            found += [leaf("change_open", verb, level), leaf("gap", verb, level)]
            found.append(leaf("since", verb, level, chance.choice(("2025-11-20", "2025-11-23", *DAYS))))
            found.append(leaf("since low", verb, level, chance.choice(("2025-11-12", "2025-11-26"))))
            found.append(leaf("since price", verb, level, Decimal(chance.choice(("100", "99.9", "98.765")))))
            found.append(leaf("cost", verb, level, Decimal(chance.choice(("101.25", "100")))))
        found.append(leaf("record_gap", verb, f"{chance.randrange(-10, 40) / 1000}"))
    for level in ("0.01", "0.02", "0.0375"):
        found.append(leaf("record_gap", "near", level))
        found.append(leaf("trailing", "falls", level, chance.choice(("2025-11-10", *DAYS, "2025-12-01"))))
    return list(dict.fromkeys(found))


def walk(chance: random.Random, start: Fraction, count: int) -> list[Fraction]:
    """Prices on a grid of 0.1 with repeats, steps and leaps; the open may lie anywhere near."""
    prices, price = [], start + Fraction(chance.randrange(-30, 31), 10)
    for _ in range(count):
        prices.append(price)
        price += Fraction(chance.choice((0, 0, 1, -1, 2, -2, 3, -3, 15, -15)), 10)
        price = min(max(price, Fraction(95)), Fraction(106))
    return prices


def past(chance: random.Random, count: int) -> list[Bar]:
    """Weekday bars up to the day before the first; highs above their close, opens and lows at it."""
    bars: list[Bar] = []
    day = date(2025, 11, 25)
    while len(bars) < count:
        if day.weekday() < 5:
            close = Fraction(chance.randrange(980, 1020), 10)
            high = close + Fraction(chance.randrange(0, 12), 10)
            bars.append(Bar(day, close, high, close, close))
        day -= timedelta(days=1)
    return bars[::-1]


def play(seed: int) -> tuple[list[str], list[str]]:
    """A random world by the engine and by the definitions: the words of each, in order."""
    chance = random.Random(seed)  # noqa: S311 - a seeded walk
    bars = past(chance, chance.choice((20, 25, 40)))
    closes, highs = [f"{float(bar.close)}" for bar in bars], [f"{float(bar.high)}" for bar in bars]
    world = World({SYMBOL: history(closes, highs=dict(enumerate(highs)))})
    lives = {world.add(one).id: Life(one) for one in chance.sample(leaves(chance), SHARE)}
    said: list[str] = []
    for name in DAYS:
        day, now = Day(date.fromisoformat(name), bars, bars[-1].close), 0
        prices = walk(chance, bars[-1].close, QUOTES)
        day.opened = prices[0]
        for life in lives.values():
            life.begin(day)
        for price in prices:
            minute, second = divmod(now, 60)
            clock = f"{9 + (30 + minute) // 60:02}:{(30 + minute) % 60:02}:{second:02}"
            world.see(clock, float(price), prev_close=float(bars[-1].close), day=name)
            for key, life in lives.items():
                said += [f"{key}:{word}" for word in life.see(price, day)]
            day.prices.append(price)
            now += chance.choice((1, 2, 3, 7, 30))
        world.pass_time("15:01", day=day.date)
        bars = [*bars, Bar(day.date, prices[0], max(prices), min(prices), prices[-1])]
    return [event.id for event in world.events], said


@pytest.mark.parametrize("seed", range(32))
def test_identical_events(seed: int) -> None:
    """Three days of quotes: the same words in the same order; 20,000 quotes over all seeds."""
    told, expected = play(seed)
    assert told == expected
    assert len(told) > 50
