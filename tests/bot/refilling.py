"""A process that fills minutes from local sources: its clock, its engine, what it keeps."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from bot.history.courtesy import Courtesy
from bot.history.grains import GRAINS
from bot.history.intraday import Intraday
from bot.history.refill import Refill
from bot.store.client import Store
from bot.store.minutes import Known, MinuteBars
from rules.engine import Engine
from rules.kept import Kept
from rules.language import parse
from rules.model import Condition, Frame, Phase, Quote
from rules.table import Table, gathered
from tests.bot.rig import master
from tests.fakes.candles import HOURS, Bourse, bourse, stamp, walk

SYMBOL, COIN, PAIR = "300308.SZ", "BTCUSDT.BINANCE", "BTC-USDT.OKX"
NOW = stamp("2025-11-26 02:17:20")  # 10:17:20 in Shanghai
CLOSE = stamp("2025-11-26 07:00:00")


@dataclass
class Scene:
    """A process that fills: its clock, its engine, the sources it asks."""

    store: Store
    bourse: Bourse
    names: tuple[str, ...]
    time: datetime = NOW
    intraday: Intraday = field(init=False)
    refill: Refill = field(init=False)
    engine: Engine = field(init=False)
    told: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        """The clock."""
        return self.time

    async def open(self, *rules: str) -> list[Condition]:
        """As a process does at its start, with these rules."""
        self.intraday = Intraday(HOURS, self)
        self.engine = Engine(HOURS, master().get, lambda _: None, lambda _: (), self.intraday.get)
        courtesy = Courtesy(self.bourse.ask)
        courtesy.spacing = 0.0
        grains = [GRAINS[name] for name in self.names]
        self.refill = Refill(
            self.intraday, grains, courtesy, hours=HOURS, clock=self, wanted=self.engine.barred
        )
        made = [self.rule(text) for text in rules]
        await self.intraday.load(MinuteBars(self.store), self.engine.barred())
        self.intraday.refilled = self.learn
        return made

    def learn(self, symbol: str) -> None:
        """The engine hears of it."""
        self.told.append(symbol)
        self.engine.refilled(symbol)

    def rule(self, text: str) -> Condition:
        """Somebody listens."""
        condition = parse(text, master().find).condition
        self.engine.add(condition)
        return condition

    def see(self, price: int, symbol: str = SYMBOL, at: datetime | None = None) -> list[str]:
        """A quote of now; the states it brings."""
        market = symbol.rpartition(".")[2]
        quote = Quote(symbol=symbol, time=at or self.time, price=price, phase=Phase.CONTINUOUS)
        step = self.engine.take(Frame(market=market, received=self.time, quotes=(quote,)))
        return [event.state.value for event in step.events]

    def known(self, symbol: str = SYMBOL) -> Known:
        """What is known of an instrument."""
        found = self.intraday.known(symbol)
        assert found is not None
        return found

    def bars(self, symbol: str = SYMBOL) -> Kept:
        """What is kept of it."""
        found = self.intraday.bars(symbol)
        assert found is not None
        return found

    def table(self, size: int, symbol: str = SYMBOL) -> Table:
        """What an engine makes of it."""
        return gathered(self.bars(symbol), HOURS, timedelta(minutes=size), self.time)

    def level(self, condition: Condition) -> float | None:
        """What the engine says a rule's level is."""
        found = self.engine.explain(condition.id)
        assert found is not None
        return found.level


@asynccontextmanager
async def scene(store: Store, *names: str) -> AsyncIterator[Scene]:
    """Twelve days of a share and of a coin, served by local sources."""
    told: list[Scene] = []
    async with bourse(lambda: told[0].time) as sources:
        told.append(Scene(store, sources, names))
        sources.bars[SYMBOL] = walk(SYMBOL, stamp("2025-11-14 00:00:00"), stamp("2025-11-28 00:00:00"))
        sources.bars[COIN] = walk(COIN, stamp("2025-11-20 00:00:00"), stamp("2025-11-28 00:00:00"), 2)
        yield told[0]


def is_true(found: Table, made: Scene, size: int, symbol: str = SYMBOL) -> bool:
    """Whether bars are those of the source, the last of them up to where it was asked."""
    truth = made.bourse.table(symbol, size)
    both, mine, its = np.intersect1d(found.begins, truth.begins, return_indices=True)
    whole = slice(1, -1)
    return len(both) == len(found) and np.array_equal(
        found.prices[:, mine[whole]], truth.prices[:, its[whole]]
    )
