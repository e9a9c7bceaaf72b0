"""An engine role on a real store, with a coin that trades round the clock and chats that make rules."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

import msgspec

from bot.clock import MarketClock
from bot.master.reference import Reference
from bot.master.world import World
from bot.roles.engine import Watcher
from bot.store.chats import Chats
from bot.store.client import Store
from bot.store.keys import PARTITIONS, i_key
from handlers.command import AddRule, DeleteRule
from rules.language import canonical, parse
from rules.model import Event, Frame, Instrument, Mode, Quote, Rule, Start, quanta
from rules.sessions import default_hours

COIN, OTHER = "BTCUSDT.BINANCE", "ETHUSDT.BINANCE"
START = datetime(2025, 11, 26, 2, 0, tzinfo=UTC)


def moment(seconds: float) -> datetime:
    """Seconds after the start."""
    return START + timedelta(seconds=seconds)


def frame(seconds: float, *prices: float, symbol: str = COIN) -> Frame:
    """A frame with a quote of the coin at each price, all of them at one moment; none: an empty frame."""
    quotes = tuple(
        Quote(
            symbol=symbol,
            time=moment(seconds),
            price=quanta(Decimal(str(price)), 8),
            prev_close=quanta(Decimal(100), 8),
        )
        for price in prices
    )
    return Frame(market="BINANCE", received=moment(seconds), quotes=quotes)


@dataclass(slots=True)
class Rig:
    """A watcher with what feeds and chats do to it."""

    store: Store
    watcher: Watcher
    updates: list[int] = field(default_factory=lambda: [0])

    async def rule(self, text: str, *, chat: str = "1", start: Start = Start.NOW) -> Rule:
        """A chat makes a rule, as a command does; the engine has not heard of it yet."""
        self.updates[0] += 1
        rule = rule_of(text, str(self.updates[0]), chat, start)
        await Chats(self.store).apply(chat, self.updates[0], [AddRule(rule=rule)], None)
        return rule

    async def delete(self, rule: Rule) -> None:
        """The chat takes it back."""
        self.updates[0] += 1
        await Chats(self.store).apply(rule.chat, self.updates[0], [DeleteRule(rule=rule.id)], None)

    async def follow(self) -> None:
        """One sweep of the watcher's rounds."""
        await self.watcher._round(None)

    async def take(self, frames: Iterable[Frame]) -> None:
        """What a feed delivers."""
        for one in frames:
            await self.watcher.take(one)

    async def prices(self, *prices: float, since: float = 0) -> None:
        """The coin's prices, a second apart."""
        await self.take(frame(since + index, price) for index, price in enumerate(prices))

    def next(self, *, keeps_cursor: bool = False) -> "Rig":
        """Another watcher on the same store, as after a crash."""
        return Rig(self.store, make(self.store, keeps_cursor=keeps_cursor), self.updates)


@cache
def master() -> Reference:
    """The shipped master, read once."""
    return Reference.load()


def rule_of(
    text: str,
    identity: str,
    chat: str = "1",
    start: Start = Start.NOW,
    *,
    find: Callable[[str], Instrument | None] | None = None,
) -> Rule:
    """A rule of a chat, its symbol looked up in the shipped master or by `find`."""
    line = parse(text, find or master().find)
    return Rule(
        id=f"r{identity}",
        chat=chat,
        condition=line.condition.id,
        symbol=line.condition.symbol,
        text=canonical(line),
        mode=Mode.DAILY,
        start=start,
        created=START,
    )


def make(
    store: Store,
    *,
    keeps_cursor: bool = False,
    shard: tuple[int, int] = (0, 1),
    known: Reference | None = None,
) -> Watcher:
    """A watcher that has not started; `known` is a master of its own."""
    world = World(
        hours=default_hours(),
        master=known or master(),
        history=lambda _: None,
        clock=MarketClock(START),
    )
    return Watcher(store, world, keeps_cursor=keeps_cursor, shard=shard)


async def rig_on(store: Store, *rules: str, keeps_cursor: bool = False) -> Rig:
    """A started watcher, listening to some rules of chat 1."""
    rig = Rig(store, make(store, keeps_cursor=keeps_cursor))
    for text in rules:
        await rig.rule(text)
    await rig.watcher.start()
    return rig


async def entries(store: Store) -> list[tuple[Event, dict[bytes, bytes]]]:
    """Every event in every stream, each partition's in order, with its other fields."""
    found = [await store.call("XRANGE", i_key(number, "events"), "-", "+") for number in range(PARTITIONS)]
    return [
        (msgspec.json.decode(fields[b"e"], type=Event), fields) for stream in found for _, fields in stream
    ]


async def rung(store: Store) -> list[tuple[str, int, str]]:
    """(text, ring, state) of every event."""
    return [(event.text, event.ring, event.state.value) for event, _ in await entries(store)]


@asynccontextmanager
async def connected(url: str, *, patience: float = 0.3) -> AsyncIterator[Store]:
    """A store that gives up soon."""
    store = Store.connect(url, timeout=timedelta(seconds=0.3), patience=timedelta(seconds=patience))
    try:
        yield store
    finally:
        await store.close()


def texts(events: Sequence[tuple[str, int, str]]) -> list[tuple[int, str]]:
    """Ring and state alone."""
    return [(ring, state) for _, ring, state in events]
