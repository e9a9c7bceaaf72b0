"""Conditions that remember on recorded minutes of SPY: the engine against the definition, bar by bar."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from rules.model import Leaf
from tests.fixtures import lean
from tests.recorded import needs
from tests.rules.chronicle import Session, Trading
from tests.rules.test_memory_oracle import Chance, Play
from tests.rules.test_oracle import Day
from tests.rules.world import leaf

CLOSE = lean.CLOSE - lean.OPEN


class Market(Chance):
    """Recorded days with levels among their prices."""

    def __init__(self, seed: int, days: list[list[lean.Bar]]) -> None:
        super().__init__(seed)
        self.days = {day[0].start.date(): [bar for bar in day if bar.is_regular] for day in days}
        self.prices = sorted(bar.close for day in self.days.values() for bar in day)

    def leaf(self, *, crossing: bool) -> Leaf:
        """The same kinds of leaves, at prices and changes these days had."""
        found = super().leaf(crossing=crossing)
        if found.signal == "price":
            return leaf("price", found.verb, f"{self.random.choice(self.prices) / 10_000:.2f}")
        if found.signal == "change":
            return leaf("change", found.verb, f"{self.random.randrange(-60, 61) / 10_000}")
        return found

    def walk(self, session: Session, price: Fraction) -> Iterator[tuple[datetime, Fraction]]:
        """The close of each minute at its end."""
        del price
        for bar in self.days[(session.midnight + timedelta(hours=12)).date()]:
            end = bar.start + lean.MINUTE - timedelta(microseconds=1)
            yield end.astimezone(UTC), Fraction(bar.close, 10_000)


class Recorded(Play):
    """The recorded sessions in the place of made-up ones."""

    late = 0.003

    def __init__(self, seed: int, days: list[list[lean.Bar]]) -> None:
        super().__init__(seed, "SPY.US")
        self.chance = Market(seed, days)
        opening = days[0][0].open
        self.closes = [Fraction(opening // 100 + step % 5, 100) for step in range(12)]
        self.bars = self.history(days[0][0].start.date())
        self.engine = self.fresh()
        self.sessions = []
        for day in days:
            midnight = day[0].start.replace(hour=0, minute=0)
            opened = (midnight + lean.OPEN).astimezone(UTC)
            span = (opened, opened + CLOSE)
            self.sessions.append(Session(opened, (span,), midnight.astimezone(UTC), Day([], [], [])))
        self.trading = Trading(self.sessions)


@needs("us")
@pytest.mark.parametrize("seed", range(2))
def test_identical_words_on_recorded_minutes(seed: int) -> None:
    """Random trees of every node over a week of real minutes."""
    days = lean.minutes("spy")
    assert all(before[0].start < after[0].start for before, after in pairwise(days))
    play = Recorded(random.Random(seed).randrange(10**6), days)  # noqa: S311 - a seeded world
    play.play(15)
    said = 0
    for name, story in play.stories.items():
        ours = [(one.ring, one.state.value, one.time) for one in play.told if one.condition == name]
        assert ours == story.said, next(one.text for one in play.engine.conditions() if one.id == name)
        said += len(ours)
    assert said > 10
