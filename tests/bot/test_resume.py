"""The founding day through the engine role, killed and resumed, against the day that ran through."""

import random
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

import pytest

from bot.clock import MarketClock
from bot.founding.demo import World as Demo
from bot.founding.demo import world
from bot.master.calendar import hours
from bot.master.reference import Reference
from bot.master.world import World
from bot.roles.engine import Watcher
from bot.store.chats import Chats
from bot.store.client import Store
from handlers.command import AddRule
from rules.model import Frame, currency
from tests.bot.rig import rule_of, rung

FORMS = (
    "change > 1%",
    "change < -1%",
    "reclaim ma(5)",
    "lose ma(10)",
    "macd golden cross",
    "price crosses above ma(20)",
    "new high(day)",
    "record high",
    "move(5m) > 1%",
    "change > 2% and move(5m) > 0.5%",
)
KILLS = 6


@cache
def day() -> Demo:
    """The founding day, built once."""
    return world()


@cache
def frames() -> tuple[Frame, ...]:
    """Its frames."""
    return tuple(day().frames())


def masters() -> Reference:
    """The shipped master with the day's made-up instruments."""
    reference = Reference.load()
    reference.extend(day().instruments, day().groups)
    return reference


def first_prices(symbols: Sequence[str]) -> dict[str, Decimal]:
    """The first price of each instrument, which its day crosses again and again."""
    decimals = {one.symbol: one.decimals for one in day().instruments}
    found: dict[str, Decimal] = {}
    for quote in (quote for frame in frames() for quote in frame.quotes):
        if quote.price and quote.symbol in symbols:
            found.setdefault(quote.symbol, currency(quote.price, decimals[quote.symbol]))
    return found


async def listen(store: Store, master: Reference) -> None:
    """One chat, ten rules on each of some instruments, two on each group."""
    symbols = [one.symbol for one in day().instruments if not one.symbol.startswith("@")][:30]
    texts = [f"{symbol} {form}" for symbol in symbols for form in FORMS]
    texts += [f"{symbol} price crosses {price}" for symbol, price in first_prices(symbols).items()]
    texts += [f"{group} {form}" for group in day().groups for form in ("change > 1%", "leaders >= 3")]
    effects = [
        AddRule(rule=rule_of(text, str(number), find=master.find)) for number, text in enumerate(texts)
    ]
    await Chats(store).apply("1", 1, effects, None)


def watcher_on(store: Store, master: Reference) -> Watcher:
    """An engine role for the day."""
    markets = World(hours=hours(), master=master, history=day().histories.get, clock=MarketClock(day().start))
    return Watcher(store, markets, keeps_cursor=True)


async def run(watcher: Watcher, until: Frame | None = None) -> None:
    """Take what is left of the day, up to but without a frame."""
    for frame in frames():
        if frame is until:
            return
        if frame.received.isoformat() > watcher.after:
            await watcher.take(frame)


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_founding_day_killed_at_random_ends_like_a_calm_one(store: Store, seed: int) -> None:
    """Provisional rings, crosses both ways, composites, groups: the same events, once each, in all states."""
    master = masters()
    await listen(store, master)
    calm = watcher_on(store, master)
    await calm.start()
    await run(calm)
    expected = Counter(await rung(store))
    assert {"fired", "provisional", "confirmed", "withdrawn"} <= {state for _, _, state in expected}
    await store.call("FLUSHALL")
    await listen(store, master)
    kills = sorted(random.Random(seed).sample(range(1, len(frames())), KILLS))  # noqa: S311 - a seeded choice
    for kill in (*kills, None):
        watcher = watcher_on(store, master)
        await watcher.start(frames())
        await run(watcher, None if kill is None else frames()[kill])
    assert Counter(await rung(store)) == expected
