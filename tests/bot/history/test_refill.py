"""Minutes from local sources into a real store and an engine: at first watch, after breaks, each evening."""

from datetime import timedelta

import numpy as np
import pytest

from bot.store.client import Store
from rules.table import micros, moment_of
from tests.bot.refilling import CLOSE, COIN, PAIR, SYMBOL, is_true, scene
from tests.fakes.candles import stamp, walk


@pytest.mark.parametrize("name", ["tencent", "eastmoney", "sina"])
async def test_a_rule_made_in_a_session_has_its_bars_at_once(store: Store, name: str) -> None:
    """Absent at its first quote, then filled; the open bar's high and low are those of all its minutes."""
    async with scene(store, name) as made:
        (rule,) = await made.open(f"{SYMBOL} price > ma(20, 5m)")
        assert made.see(1) == []
        assert made.level(rule) is None
        await made.refill.turn()
        assert made.told == [SYMBOL]
        series = made.engine._market.by_symbol[SYMBOL].series
        assert series is not None
        bars = series[timedelta(minutes=5)]
        truth = made.bourse.table(SYMBOL, 5)
        assert made.see(2) == []
        closes = truth.prices[3, -20:-1]
        assert made.level(rule) == pytest.approx(closes.mean() / 1000, abs=0.001)
        assert (bars.high, bars.low) == (truth.prices[1, -1], 1)
        assert is_true(made.table(5), made, 5)
        assert made.known().until == stamp("2025-11-26 02:17:00")


async def test_the_minute_of_a_wish_is_asked_for_again_when_it_is_over(store: Store) -> None:
    """What was traded in it before the engine watched is then in the bar; after that nothing is asked."""
    async with scene(store, "eastmoney") as made:
        await made.open(f"{SYMBOL} price > ma(2, 5m)")
        made.see(100_000)
        await made.refill.turn()
        first = len(made.bourse.asked)
        assert first == 2, "minutes, and fives under them"
        await made.refill.turn()
        assert len(made.bourse.asked) == first
        made.time = stamp("2025-11-26 02:18:11")
        await made.refill.turn()
        await made.refill.turn()
        assert len(made.bourse.asked) == first + 1
        series = made.engine._market.by_symbol[SYMBOL].series
        assert series is not None
        truth = made.bourse.bars[SYMBOL]
        places = np.searchsorted(truth.begins, (micros(stamp("2025-11-26 02:15:00")), micros(made.time)))
        high = max(int(truth.high[places[0] : places[1] - 1].max()), 100_000)
        assert series[timedelta(minutes=5)].high == high
        made.time = stamp("2025-11-26 02:30:00")
        made.see(100_000)
        await made.refill.turn()
        assert len(made.bourse.asked) == first + 1, "bars grow from quotes"


async def test_a_new_rule_does_not_wait_for_the_evening(store: Store) -> None:
    """Many instruments' tails are due; what is newly listened to comes first, ten a turn."""
    async with scene(store, "eastmoney") as made:
        symbols = [f"{number}.SH" for number in range(600_000, 600_012)]
        for symbol in symbols:
            made.bourse.bars[symbol] = walk(symbol, stamp("2025-11-26 00:00:00"), CLOSE)
        await made.open(*(f"{symbol} price > ma(2, 1m)" for symbol in symbols))
        for count in (10, 12):
            await made.refill.turn()
            assert len(made.bourse.asked) == count
        made.time = CLOSE + timedelta(minutes=11)
        made.rule(f"{SYMBOL} price > ma(2, 1m)")
        await made.refill.turn()
        assert "0.300308" in made.bourse.asked[12]
        assert len(made.bourse.asked) == 22


async def test_only_instruments_with_rules_on_minutes_are_asked_for(store: Store) -> None:
    """Neither one with a price level, nor a group, nor one that no source serves."""
    async with scene(store, "eastmoney", "binance") as made:
        await made.open(
            "600519.SH price > 2000", "00700.HK rsi(14, 15m) > 80", f"{COIN} macd(15m) golden cross"
        )
        await made.refill.turn()
        assert made.bourse.asked
        assert all("BTCUSDT" in path for path in made.bourse.asked)
        assert made.known(COIN).sizes == (15,)


async def test_evenings_bring_the_rest_and_a_restart_asks_nothing_twice(store: Store) -> None:
    """After the close the tail alone; the next morning's first quote finds its bars in the store."""
    async with scene(store, "tencent") as made:
        await made.open(f"{SYMBOL} price > ma(2, 5m)")
        await made.refill.turn()
        asked = len(made.bourse.asked)
        made.time = CLOSE + timedelta(minutes=9)
        await made.refill.turn()
        assert len(made.bourse.asked) == asked, "sources are not sure yet"
        made.time = CLOSE + timedelta(minutes=11)
        await made.refill.turn()
        await made.refill.turn()
        assert len(made.bourse.asked) == asked + 1
        assert "m1,,320" in made.bourse.asked[-1]
        assert moment_of(int(made.bars().ends[-1])) == CLOSE
        made.time = stamp("2025-11-27 01:30:03")
        (rule,) = await made.open(f"{SYMBOL} price > ma(2, 5m)")
        made.see(1)
        truth = made.bourse.bars[SYMBOL]
        last = int(np.searchsorted(truth.begins, micros(CLOSE))) - 1
        assert made.level(rule) == truth.close[last] / 1000
        await made.refill.turn()
        assert len(made.bourse.asked) == asked + 1
        assert made.intraday.wishes == {}


async def test_a_hole_is_bridged_by_longer_bars(store: Store) -> None:
    """Away for three days: minutes of a day and a half do not reach back, fives do; hours stay whole."""
    async with scene(store, "tencent") as made:
        rules = (f"{SYMBOL} price > ma(2, 5m)", f"{SYMBOL} price > ma(2, 60m)")
        made.time = stamp("2025-11-21 07:20:00")
        await made.open(*rules)
        await made.refill.turn()
        made.time = stamp("2025-11-26 07:20:00")
        await made.open(*rules)
        await made.refill.turn()
        assert is_true(made.table(5), made, 5)
        assert is_true(made.table(60), made, 60)
        assert made.table(5).begins[0] < micros(stamp("2025-11-21 00:00:00"))
        ends = made.bars().ends
        assert (made.bars().begins[1:] >= ends[:-1]).all(), "no minute twice"


async def test_a_weekend_is_no_hole(store: Store) -> None:
    """New York, a Friday evening and the Monday: one request, hours made of half ones from 9:30 on."""
    async with scene(store, "alpaca") as made:
        symbol = "AAPL.US"
        made.bourse.bars[symbol] = walk(symbol, stamp("2025-11-03 00:00:00"), stamp("2025-11-28 00:00:00"), 3)
        made.time = stamp("2025-11-21 21:20:00")
        rule = f"{symbol} price > ma(2, 60m)"
        await made.open(rule)
        await made.refill.turn()
        assert len(made.bourse.asked) == 2
        made.time = stamp("2025-11-24 15:10:20")
        (found,) = await made.open(rule)
        made.see(10, symbol)
        await made.refill.turn()
        assert len(made.bourse.asked) == 3
        table = made.table(60, symbol)
        assert is_true(table, made, 60, symbol)
        assert len(table) > 50
        assert made.level(found) == table.prices[3, -2] / 10_000


async def test_what_lies_before_a_hole_that_nothing_bridges_goes(store: Store) -> None:
    """Bars on both sides of missing ones would be an average over the wrong days."""
    async with scene(store, "tencent") as made:
        made.bourse.most = 20
        made.time = stamp("2025-11-21 07:20:00")
        await made.open(f"{SYMBOL} price > ma(2, 5m)")
        await made.refill.turn()
        made.time = stamp("2025-11-26 07:20:00")
        await made.refill.turn()
        assert len(made.table(5)) == 20
        assert made.bars().begins[0] == micros(stamp("2025-11-26 05:20:00"))


async def test_a_rule_on_longer_bars_gets_what_lies_further_back(store: Store) -> None:
    """The minutes stay, hours come under them; a rule on quarters later comes between."""
    async with scene(store, "tencent") as made:
        made.bourse.most = 40
        await made.open(f"{SYMBOL} price > ma(2, 1m)")
        await made.refill.turn()
        assert set(made.bars().spans.tolist()) == {1}
        made.rule(f"{SYMBOL} price > ma(20, 60m)")
        await made.refill.turn()
        assert len(made.table(60)) > 30
        made.rule(f"{SYMBOL} price > ma(20, 15m)")
        await made.refill.turn()
        assert [int(span) for span in dict.fromkeys(made.bars().spans.tolist())] == [60, 15, 1]
        assert is_true(made.table(15), made, 15)
        assert is_true(made.table(60), made, 60)
        assert made.known().sizes == (1, 15, 60)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_what_is_believed_is_what_was_traded(store: Store, seed: int) -> None:
    """Rules of any size, away for minutes or days, short pages: no bar is wrong, none between is missing."""
    chance = np.random.default_rng(seed)
    symbol, name = ((SYMBOL, "tencent"), (PAIR, "okx"))[seed % 2]
    async with scene(store, name) as made:
        made.bourse.bars[PAIR] = walk(PAIR, stamp("2025-11-14 00:00:00"), stamp("2025-12-08 00:00:00"), seed)
        made.time = stamp("2025-11-20 02:00:20")
        rules = [f"{symbol} price > ma(2, {chance.choice([1, 5, 15, 30, 60])}m)"]
        for _ in range(14):
            made.time += timedelta(minutes=int(chance.choice([1, 7, 60, 400, 1500])))
            made.bourse.most = int(chance.choice([30, 120, 320]))
            if chance.random() < 0.3:
                rules.append(f"{symbol} price > ma(2, {chance.choice([1, 5, 15, 30, 60])}m)")
            await made.open(*rules)
            made.intraday.wishes[symbol] = made.time
            await made.refill.turn()
            for size in made.known(symbol).sizes:
                found, truth = made.table(size, symbol), made.bourse.table(symbol, size)
                assert len(found), "a page has at least one"
                first, last = np.searchsorted(truth.begins, (found.begins[0], found.begins[-1]))
                assert found.begins.tolist() == truth.begins[first : last + 1].tolist()
                assert np.array_equal(found.prices[:, 1:-1], truth.prices[:, first + 1 : last])
