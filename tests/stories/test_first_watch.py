"""A rule on minute bars made in the middle of a day: its history is there in seconds, and after a break."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from rules.kept import MINUTE
from rules.table import micros
from tests.bot.sources import stream
from tests.fakes.binance import Exchange
from tests.fakes.candles import Bourse, bourse, stamp, walk
from tests.stories.day import Hand, Live, hurried, live

__all__ = ["hurried"]  # a fixture

SYMBOL, PAIR = "BTCUSDT.BINANCE", "BTCUSDT"
BEGINS = stamp("2025-11-26 02:17:20")
RULE = "price > ma(20, 15m)"
pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("hurried")]


@dataclass
class Scene:
    """Binance with a week of a coin, and the program's clock."""

    clock: Hand
    bourse: Bourse
    exchange: Exchange

    def average(self) -> float:
        """Of the nineteen quarters before the running one, at which a price is the average of twenty."""
        return float(self.bourse.table(SYMBOL, 15).prices[3, -20:-1].mean()) / 10**8

    async def trade(self, program: Live, moment: datetime, price: float) -> None:
        """A trade of this moment, and the program has seen it."""
        self.clock.time, seen = moment, program.quotes
        await self.exchange.publish(PAIR, f"{price:.2f}", int(moment.timestamp() * 1000))
        await program.until(f"the trade at {moment}", lambda: program.quotes > seen)


@asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    """Its streams and its REST, running."""
    clock = Hand(BEGINS)
    async with AsyncExitStack() as stack:
        sources = await stack.enter_async_context(bourse(clock.now))
        sources.bars[SYMBOL] = walk(SYMBOL, BEGINS - timedelta(days=6), BEGINS + timedelta(hours=6), 5)
        made = Exchange()
        made.ws = (await stack.enter_async_context(stream(made.talk))).url
        yield Scene(clock, sources, made)


def level(program: Live) -> float | None:
    """Where the engine says that the rule rings."""
    assert program.app.watcher is not None
    (name,) = (one.id for one in program.app.watcher.engine.conditions())
    found = program.app.watcher.engine.explain(name)
    return None if found is None else found.level


def is_listening(made: Scene) -> bool:
    """Whether the feed has subscribed to the coin."""
    return any(f"{PAIR.lower()}@aggTrade" in one.streams for one in made.exchange.clients)


async def test_a_rule_on_quarters_rings_in_its_first_minute_and_after_a_break(tmp_path: Path) -> None:
    """Provisional at the first quote beyond the average of bars nobody watched; told after a restart, too."""
    async with scene() as made:
        env = {
            "TICKBELL_FEEDS": "binance",
            "TICKBELL_BINANCE_WS_URL": made.exchange.ws,
            "TICKBELL_BINANCE_REST_URL": made.bourse.sites["binance"].url,
        }
        async with live(tmp_path, made.clock, **env) as program:
            await program.alert("BTCUSDT", RULE)
            intraday = program.app.scene.intraday
            assert intraday is not None
            await program.until("minutes", lambda: intraday.known(SYMBOL) is not None)
            await program.until("a subscription", partial(is_listening, made))
            average = made.average()
            await made.trade(program, BEGINS + timedelta(seconds=2), average * 0.995)
            assert level(program) == pytest.approx(average, rel=1e-3)
            await made.trade(program, BEGINS + timedelta(seconds=4), average * 1.01)
            await program.told(RULE, "provisional")
            await made.trade(program, stamp("2025-11-26 02:30:00"), average * 1.011)
            await program.told(RULE, "confirmed")
        made.clock.time = stamp("2025-11-26 05:05:00")
        async with live(tmp_path, made.clock, **env) as program:
            await program.until("a subscription", partial(is_listening, made))
            await made.trade(program, stamp("2025-11-26 05:05:05"), average)
            # The running quarter aside, the bars of two and a half hours that nobody watched are among them.
            await program.until("the bars of the break", lambda: level(program) is not None)
            assert level(program) == pytest.approx(made.average(), rel=1e-3)
            truth = made.bourse.bars[SYMBOL]
            kept = program.app.scene.intraday
            assert kept is not None
            bars = kept.bars(SYMBOL)
            assert bars is not None
            ones = bars.rows(bars.spans == 1)
            known = np.isin(truth.begins, ones.begins)
            assert truth.close[known].tolist() == ones.close.tolist()
            assert ones.ends[-1] >= micros(made.clock.time) - 2 * MINUTE
