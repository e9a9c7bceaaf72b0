"""Quotes refused, counted by reason and source, written for /why as seldom as serves it."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from bot.errors import StoreError
from bot.intake.doubts import KEPT, Doubts, read
from bot.master.reference import Group, Reference
from bot.store.chats import Chats
from bot.store.client import Store
from bot.store.keys import i_key, partition
from handlers.command import AddRule
from rules.model import Quote, quanta
from tests.bot.rig import COIN, OTHER, Rig, frame, make, moment, rig_on, rule_of

COINS = [f"{name}USDT.BINANCE" for name in ("ETH", "SOL", "XRP", "ADA", "DOT")]


def quote(seconds: float, price: float = 100, *, source: str = "sina", symbol: str = COIN) -> Quote:
    """A quote so many seconds after the start."""
    return Quote(symbol=symbol, time=moment(seconds), price=quanta(Decimal(str(price)), 8), source=source)


async def kept(store: Store, symbol: str = COIN) -> Sequence[tuple[str, str, int, float, float]]:
    """What commands read: reason, source, count, first and last second."""
    start = moment(0)
    return [
        (one.reason, one.source, one.count, (one.since - start).seconds, (one.time - start).seconds)
        for one in await read(store, symbol)
    ]


async def test_refusals_alike_are_counted_and_two_sources_do_not_hide_each_other(store: Store) -> None:
    """Alternating polls of two sources stay two entries; the newest stands last with its price."""
    doubts = Doubts(store)
    for second in range(0, 12, 3):
        doubts.note([(quote(second, 100 + second), "stale")], moment(second))
        doubts.note([(quote(second + 1, source="tencent"), "frozen")], moment(second + 1))
    await doubts.publish()
    assert await kept(store) == [
        ("stale", "sina", 4, 0, 9),
        ("frozen", "tencent", 4, 1, 10),
    ]
    assert (await read(store, COIN))[0].price == 10_900_000_000
    assert await read(store, OTHER) == ()


async def test_what_only_grew_is_written_once_a_minute(store: Store) -> None:
    """News goes out with the next round."""
    doubts = Doubts(store)
    doubts.note([(quote(0), "stale")], moment(0))
    await doubts.publish()
    for second in range(3, 60, 3):
        doubts.note([(quote(second), "stale")], moment(second))
        await doubts.publish()
    assert await kept(store) == [("stale", "sina", 1, 0, 0)]
    doubts.note([(quote(60), "stale")], moment(60))
    await doubts.publish()
    assert await kept(store) == [("stale", "sina", 21, 0, 60)]
    doubts.note([(quote(61), "backwards")], moment(61))
    await doubts.publish()
    assert [reason for reason, *_ in await kept(store)] == ["stale", "backwards"]


async def test_the_same_reason_long_after_is_news(store: Store) -> None:
    """Its count and beginning start anew."""
    doubts = Doubts(store)
    doubts.note([(quote(0), "stale"), (quote(1), "stale")], moment(1))
    doubts.note([(quote(700), "stale")], moment(700))
    await doubts.publish()
    assert await kept(store) == [("stale", "sina", 1, 700, 700)]


async def test_the_oldest_reasons_go(store: Store) -> None:
    """An instrument keeps so many."""
    doubts = Doubts(store)
    for number in range(KEPT + 3):
        doubts.note([(quote(number), f"reason {number}")], moment(number))
    await doubts.publish()
    assert [reason for reason, *_ in await kept(store)] == [
        f"reason {number}" for number in range(3, KEPT + 3)
    ]


async def test_while_the_store_is_away_they_stay_due(store: Store) -> None:
    """A key of the wrong type stands for a store that refuses."""
    doubts = Doubts(store)
    doubts.note([(quote(0), "stale")], moment(0))
    key = i_key(partition(COIN), "doubts")
    await store.call("SET", key, "x")
    with pytest.raises(StoreError):
        await doubts.publish()
    await store.call("DEL", key)
    await doubts.publish()
    assert await kept(store) == [("stale", "sina", 1, 0, 0)]


async def test_an_engine_writes_what_its_gate_refused_of_what_is_listened_to(store: Store) -> None:
    """A jump of 20 % that nothing confirmed; of instruments without listeners nothing is kept."""
    rig = await rig_on(store, f"{COIN} price > 101")
    await rig.prices(100, 120)
    await rig.take([frame(0, 100, symbol=OTHER), frame(1, 120, symbol=OTHER)])
    await rig.follow()
    ((reason, _, count, *_),) = await kept(store)
    assert (reason, count) == ("unconfirmed jump", 1)
    assert (await read(store, COIN))[0].price == 12_000_000_000
    assert await read(store, OTHER) == ()


async def test_of_two_shards_each_writes_its_own(store: Store) -> None:
    """A member that another shard's group needs is refused here too, and written there."""
    known = Reference.load()
    near, far = ((partition(COIN) + away) % 2 for away in (0, 1))
    other = next(name for name in COINS if partition(name) % 2 == far)
    known.update([Group(symbol="@pair", members=(COIN, other))])
    rig = Rig(store, make(store, shard=(partition("@pair") % 2, 2), known=known))
    await Chats(store).apply("1", 1, [AddRule(rule=rule_of("@pair change > 1%", "1", find=known.find))], None)
    await rig.watcher.start()
    assert rig.watcher.symbols == {COIN, other}
    for symbol in (COIN, other):
        await rig.take([frame(0, 100, symbol=symbol), frame(1, 120, symbol=symbol)])
    await rig.follow()
    written = [len(await read(store, symbol)) for symbol in (COIN, other)]
    assert written == [int(partition("@pair") % 2 == place) for place in (near, far)]
