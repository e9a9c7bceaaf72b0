"""Minute bars in a real store: packed without loss, months that go, writes whose reply is lost."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from bot.errors import StoreError
from bot.store.client import Store
from bot.store.minutes import LIFETIME, Held, Known, MinuteBars, packed
from rules.kept import COLUMNS, MINUTE, Kept
from rules.table import micros
from tests.bot.rig import connected
from tests.fakes.proxy import Fault, proxied

SYMBOL, OTHER = "300308.SZ", "BTCUSDT.BINANCE"
KEY = "{i:10}:minutes:300308.SZ"
UNTIL = datetime(2025, 11, 26, 7, tzinfo=UTC)
FILLED = Known(source="tencent", checked=UNTIL, until=UNTIL, sizes=(5, 60))


def bars(count: int, last: datetime = UNTIL, spans: int = 1, volume: float = 100.0) -> Kept:
    """Made bars up to a moment, one behind the other; the older half is twice as long."""
    chance = np.random.default_rng(count)
    lengths = np.where(np.arange(count) < count // 2, 2 * spans, spans).astype(np.int64)
    close = 100_000 + 10 * np.cumsum(chance.integers(-90, 91, count))
    opened = close + 10 * chance.integers(-30, 31, count)
    return Kept(
        symbol=SYMBOL, begins=micros(last) - MINUTE * np.cumsum(lengths[::-1])[::-1], open=opened,
        high=np.maximum(opened, close) + 10, low=np.minimum(opened, close), close=close, spans=lengths,
        volume=(volume * chance.integers(0, 1000, count)).astype(np.float64), until=micros(last),
    )  # fmt: skip


def same(one: Kept, other: Kept) -> bool:
    """Whether two are the same numbers of the same types, known up to the same moment."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in COLUMNS]
    return one.until == other.until and all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize(("count", "volume"), [(0, 1.0), (1, 1.0), (1500, 100.0), (1500, 0.001)])
def test_nothing_is_lost(count: int, volume: float) -> None:
    """What is unpacked is what was packed, lengths and fractions too."""
    found = bars(count, volume=volume)
    assert same(found, Held(FILLED, packed(found)).bars(SYMBOL))


def test_a_bar_takes_few_bytes() -> None:
    """At most 14 bytes a bar of a Chinese share."""
    whole = packed(bars(3000, datetime(2025, 11, 29, tzinfo=UTC)))
    assert list(whole) == ["2025-11"]
    assert len(whole["2025-11"]) < 14 * 3000


async def test_they_come_back_and_what_is_not_kept_goes(store: Store) -> None:
    """Months that differ are written, those no longer kept dropped, the rest stays; all goes one day."""
    kept, long = MinuteBars(store), bars(2000, spans=30)
    assert await kept.read([SYMBOL]) == {}
    held = await kept.write(SYMBOL, long, FILLED)
    assert len(held.months) == 3
    found = (await kept.read([OTHER, SYMBOL]))[SYMBOL]
    assert (found.known, same(found.bars(SYMBOL), long)) == (FILLED, True)
    later = UNTIL + timedelta(minutes=30)
    newer = Known(source="sina", checked=later, until=later)
    short = long.rows(long.begins >= micros(datetime(2025, 10, 5, tzinfo=UTC)))
    await kept.write(SYMBOL, short, newer, found)
    again = (await kept.read([SYMBOL]))[SYMBOL]
    assert again.known == newer
    assert again.bars(SYMBOL).begins.tolist() == short.begins.tolist()
    assert 0 < await store.call("TTL", KEY) <= LIFETIME.total_seconds()


@pytest.mark.parametrize("fault", [Fault.LOSE, Fault.HANG])
async def test_a_lost_reply_loses_and_doubles_nothing(store: Store, store_url: str, fault: Fault) -> None:
    """The script is said again and the store is as if it had been said once."""
    found = bars(100)
    async with proxied(store_url) as proxy, connected(proxy.url, patience=5) as weak:
        kept = MinuteBars(weak)
        await kept.write(SYMBOL, bars(50), FILLED)
        before = (await kept.read([SYMBOL]))[SYMBOL]
        proxy.set(b"EVALSHA", fault)
        await kept.write(SYMBOL, found, FILLED, before)
        assert proxy.sprung == 1
    assert same((await MinuteBars(store).read([SYMBOL]))[SYMBOL].bars(SYMBOL), found)
    assert await store.call("HLEN", KEY) == 2


async def test_bytes_that_cannot_be_read_are_one_error(store: Store) -> None:
    """It names the instrument, whatever of it is broken."""
    kept = MinuteBars(store)
    await kept.write(SYMBOL, bars(3), FILLED)
    await store.call("HSET", KEY, "2025-11", b"\x09rubbish")
    with pytest.raises(StoreError, match=r"300308\.SZ"):
        (await kept.read([SYMBOL]))[SYMBOL].bars(SYMBOL)
    await store.call("HSET", KEY, "known", b"rubbish")
    assert await kept.read([SYMBOL]) == {}
