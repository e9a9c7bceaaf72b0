"""Minutes where a source, the store or time is at fault, and how much of them is kept."""

import logging
from datetime import datetime, timedelta

import numpy as np
import pytest

from bot.errors import StoreError
from bot.history.intraday import Intraday
from bot.history.refill import thinned
from bot.store.client import Store
from bot.store.minutes import Known, MinuteBars
from rules.kept import MINUTE, Kept
from rules.model import Minutes
from rules.table import KEPT, gathered, micros, moment_of
from tests.bot.refilling import CLOSE, COIN, NOW, SYMBOL, is_true, scene
from tests.bot.rig import connected
from tests.fakes.candles import HOURS, stamp, walk
from tests.fakes.proxy import Fault, proxied


@pytest.mark.parametrize("mode", ["refuse", "ban", "html", "gone", "empty", "odd"])
async def test_a_source_that_fails_changes_nothing_and_the_next_serves(
    store: Store, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log, a ban is not asked again, what is stored stays."""
    async with scene(store, "tencent") as made:
        await made.open(f"{SYMBOL} price > ma(2, 5m)")
        await made.refill.turn()
        before, asked = made.bars(), len(made.bourse.asked)
        made.bourse.mode = mode
        made.time = CLOSE + timedelta(minutes=11)
        for _ in range(3):
            await made.refill.turn()
        assert made.bars() is before
        assert len(made.bourse.asked) == asked + 1, "left alone for a while"
        assert caplog.text.count("bars: tencent fails") == 1
        made.names = ("tencent", "eastmoney")
        await made.open(f"{SYMBOL} price > ma(2, 5m)")
        assert len(made.bars().begins) == len(before.begins)
        serve = made.bourse.ask

        async def ask(site: object, path: str) -> bytes:
            made.bourse.mode = "well" if "kline/get" in path else mode
            return await serve(site, path)  # type: ignore[arg-type]

        made.refill._courtesy._ask = ask
        await made.refill.turn()
        assert (made.known().source, moment_of(int(made.bars().ends[-1]))) == ("eastmoney", CLOSE)


async def test_an_instrument_without_minutes_is_left_alone(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Delisted: no failure of the source, asked once an hour; a bad moment takes nothing away."""
    async with scene(store, "eastmoney") as made:
        await made.open(f"{SYMBOL} price > ma(2, 5m)")
        await made.refill.turn()
        before, whole = made.bars(), made.bourse.bars[SYMBOL]
        columns = ("begins", "open", "high", "low", "close", "volume")
        made.bourse.bars[SYMBOL] = Minutes(
            symbol=SYMBOL, **{name: getattr(whole, name)[:0] for name in columns}
        )
        made.time = CLOSE + timedelta(minutes=11)
        made.bourse.asked.clear()
        for _ in range(3):
            await made.refill.turn()
        assert len(made.bourse.asked) == 1
        assert made.bars().begins.tolist() == before.begins.tolist()
        assert not caplog.text


async def test_a_source_that_is_behind_is_not_believed_up_to_now(store: Store) -> None:
    """Its newest bar is four minutes old: bars after it are not known."""
    async with scene(store, "binance") as made:
        made.bourse.behind = timedelta(minutes=4)
        (rule,) = await made.open(f"{COIN} price > ma(2, 1m)")
        made.see(10**12, COIN)
        await made.refill.turn()
        assert made.known(COIN).until == stamp("2025-11-26 02:13:00")
        made.see(10**12, COIN)
        assert made.level(rule) is None


async def test_a_lost_reply_of_the_store_loses_and_doubles_nothing(store: Store, store_url: str) -> None:
    """Memory follows the store; while that is away everything stays and is tried again."""
    async with (
        proxied(store_url) as proxy,
        connected(proxy.url, patience=5) as weak,
        scene(weak, "sina") as made,
    ):
        await made.open(f"{SYMBOL} price > ma(2, 5m)")
        proxy.set(b"EVALSHA", Fault.LOSE)
        await made.refill.turn()
        assert proxy.sprung == 1
        found = await MinuteBars(store).read([SYMBOL])
        assert found[SYMBOL].bars(SYMBOL).begins.tolist() == made.bars().begins.tolist()


async def test_without_a_store_nothing_is_kept() -> None:
    """An error, and unreadable bytes are none."""
    empty = Intraday(HOURS, await_clock())
    await empty.look([SYMBOL])
    with pytest.raises(StoreError, match="no store is open"):
        await empty.write(SYMBOL, walked(1), Known(source="x", checked=NOW, until=NOW))


async def test_unreadable_minutes_are_fetched_again(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """One line in the log."""
    async with scene(store, "eastmoney") as made:
        await made.open(f"{SYMBOL} price > ma(2, 5m)")
        caplog.set_level(logging.INFO)
        await made.refill.turn()
        await store.call("HSET", "{i:10}:minutes:300308.SZ", "2025-11", b"\x09rubbish")
        await made.open(f"{SYMBOL} price > ma(2, 5m)")
        assert made.intraday.known(SYMBOL) is None
        await made.refill.turn()
        assert is_true(made.table(5), made, 5)
    assert caplog.text.count("will be fetched again") == 1
    assert caplog.text.count("fetching minutes of 300308.SZ") == 2


# How much is kept


class Standing:
    """A clock."""

    @staticmethod
    def now() -> datetime:
        """Always the same."""
        return NOW


def await_clock() -> Standing:
    """A clock that stands."""
    return Standing()


def walked(days: int, symbol: str = SYMBOL) -> Kept:
    """Single minutes of so many days."""
    last = stamp("2025-11-27 00:00:00")
    found = walk(symbol, last - timedelta(days=days), last)
    columns = {name: getattr(found, name) for name in ("begins", "open", "high", "low", "close", "volume")}
    spans = np.ones(len(found.begins), np.int64)
    return Kept(symbol=symbol, spans=spans, until=micros(last), **columns)


@pytest.mark.parametrize(("symbol", "day"), [(SYMBOL, 240), (COIN, 1440)])
def test_old_minutes_become_longer_bars_or_go(symbol: str, day: int) -> None:
    """As many of each length as a series holds, to whole days; an engine makes the same of them."""
    whole = walked(30, symbol)
    assert thinned(whole.rows(slice(-KEPT, None)), HOURS, ()).begins.tolist() == whole.begins[-KEPT:].tolist()
    alone = thinned(whole, HOURS, ())
    assert KEPT <= len(alone.begins) < KEPT + day
    layered = thinned(whole, HOURS, (1, 5, 60))
    counts = {span: int((layered.spans == span).sum()) for span in (1, 5, 60)}
    assert counts[1] == len(alone.begins)
    assert counts[5] <= KEPT + day // 5
    now, five = moment_of(whole.until), timedelta(minutes=5)
    for size in (timedelta(minutes=60), five):
        mine, truth = gathered(layered, HOURS, size, now), gathered(whole, HOURS, size, now)
        assert mine.begins.tolist() == truth.begins[-len(mine) :].tolist()
        assert np.array_equal(mine.prices, truth.prices[:, -len(mine) :])
        assert np.allclose(mine.volume, truth.volume[-len(mine) :])
    again = thinned(layered, HOURS, (1, 5, 60))
    assert again.begins.tolist() == layered.begins.tolist()
    assert int(layered.ends[-1]) <= whole.until + MINUTE


async def test_bars_stay_packed_but_for_the_last_ones_asked_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was let go of is unpacked again, the same."""
    monkeypatch.setattr("bot.history.intraday.RECENT", 1)
    async with scene(store, "eastmoney", "binance") as made:
        await made.open(f"{SYMBOL} price > ma(2, 1m)", f"{COIN} price > ma(2, 1m)")
        await made.refill.turn()
        first, second = made.bars(), made.bars(COIN)
        assert made.bars() is not first
        assert made.bars().begins.tolist() == first.begins.tolist()
        assert made.bars(COIN) is not second
