"""Minutes from local sources into a real store and an engine: at first watch, after breaks, each evening."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pytest

from bot.courtesy import Courtesy
from bot.errors import StoreError
from bot.grains import GRAINS
from bot.intraday import Intraday
from bot.refill import Refill, thinned
from bot.store.client import Store
from bot.store.minutes import Known, MinuteBars
from rules.engine import Engine
from rules.kept import MINUTE, Kept
from rules.language import parse
from rules.model import Condition, Frame, Minutes, Phase, Quote
from rules.table import KEPT, Table, gathered, micros, moment_of
from tests.bot.rig import connected, master
from tests.fakes.candles import HOURS, Bourse, bourse, stamp, walk
from tests.fakes.proxy import Fault, proxied

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
