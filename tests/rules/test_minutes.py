"""Conditions on minute bars: the engine against the book, where everything is looked up at every quote."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from rules.engine import Engine
from rules.model import And, Condition, Frame, History, Instrument, Node, Not, Or, Phase, Quote
from tests.rules.clerk import MINUTE, bars
from tests.rules.ledger import Ledger, Word
from tests.rules.world import HOURS, condition, leaf

SCALE, STEP = 1000, 100  # quanta of a unit, of a price step
LOWEST, HIGHEST = 96_000, 105_000
GRID = range(94_000, 107_200, STEP)  # with room for every level that a price can be back from
SIZES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
DAY = datetime(2025, 11, 26, 12, tzinfo=UTC)  # a Wednesday, at no market's midnight
SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.timeout(600)


CROSSES = ("golden cross", "death cross", "low golden cross", "high death cross")
BANDS = ("break upper", "break lower", "reclaim mid", "crosses below upper", "above lower")


def families(chance: random.Random, size: timedelta) -> list[Node]:
    """Every family that has bars of a size, in one or two of its forms."""

    def one_of(*verbs: str) -> str:
        return chance.choice(verbs)

    def level(*values: str) -> str:
        return chance.choice(values)

    numbers = (">", ">=", "<", "<=", "crosses above", "crosses below")
    lines = ("above", "below", "crosses above", "crosses below", "reclaim", "lose")
    n, m = chance.choice((2, 3, 5)), chance.choice((6, 8))
    pair = one_of("above", "below", "crosses above", "crosses below")
    return [
        leaf("ma", one_of(*lines), None, n, size),
        leaf("ma", one_of("reclaim", "lose"), None, m, size),
        leaf("ema", one_of(*lines), None, n, size),
        leaf("ma pair", pair, None, n, m, size),
        leaf("ema pair", pair, None, n, m, size),
        leaf("bias", one_of(*numbers), level("0.004", "-0.003", "0"), m, size),
        leaf("near ma", "near", level("0.002", "0.005"), m, size),
        leaf("macd", one_of("golden cross", "death cross"), None, size),
        leaf("macd dif", one_of(*numbers), level("0", "0.1"), size),
        leaf("macd bar", one_of(*numbers), level("0", "-0.05"), size),
        leaf("rsi", one_of(*numbers), level("50", "70", "20"), n, size),
        leaf("kdj", one_of(*CROSSES), None, size),
        leaf(f"kdj {one_of('k', 'd', 'j')}", one_of(*numbers), level("20", "80", "50"), size),
        leaf("boll", one_of(*BANDS), None, size),
        leaf("cci", one_of(*numbers), level("100", "-100", "0"), m, size),
        leaf("range", one_of(*numbers[:4]), level("1.5", "2", "0.5"), n, size),
    ]  # fmt: skip


def composites(chance: random.Random) -> list[Node]:
    """Parts of several sizes and of days, crosses among them."""
    sizes = chance.sample(SIZES, 3)
    cross = chance.choice(
        [leaf("ma", "reclaim", None, 3, sizes[0]), leaf("ema pair", "crosses above", None, 2, 5, sizes[0]),
         leaf("boll", "break upper", None, sizes[0]), leaf("ma", "crosses below", None, 4, sizes[0])]
    )  # fmt: skip
    state = leaf("rsi", chance.choice("><"), "50", 3, sizes[1])
    wide = leaf("range", ">", "1.2", 3, sizes[1])
    days = leaf("ma", chance.choice(("above", "below")), None, 3)
    price = leaf("price", chance.choice("><"), chance.choice(("100", "99.5", "101")))
    return [
        And((cross, price)),
        And((cross, state)),
        Or((state, wide)),
        And((Not(state), cross)),
        And((cross, days)),
        And((wide, price)),
        Or((And((state, days)), leaf("ma", "above", None, 2, sizes[2]))),
    ]


def walk(chance: random.Random, market: str, days: int) -> Iterator[tuple[datetime, int]]:
    """Times of regular trading and prices on a grid: steps, leaps, flats, edges of bars, silence."""
    price = 100_000
    for day in range(days):
        pace = chance.choice((30, 120, 300))
        for bar in bars(market, timedelta(minutes=30), DAY + timedelta(days=day)):
            moment = bar.start + chance.choice((0, 0, 1, 90)) * SECOND
            silent = chance.random() < (0.7 if market == "BINANCE" else 0.08)
            while moment < bar.end and not silent:
                price += STEP * chance.choice((0, 0, 0, 1, -1, 1, -1, 2, -2, 6, -6))
                price = min(max(price, LOWEST), HIGHEST)
                yield moment, price
                moment += chance.randrange(1, pace) * SECOND
                if chance.random() < 0.2:
                    over = (moment - bar.start) % MINUTE
                    moment += MINUTE - over + timedelta(microseconds=chance.choice((-1, 0, 1)))
            if chance.random() < 0.5 and bar.due > bar.end:
                yield bar.end + chance.choice((0, 1, 59)) * SECOND, price


def quotes(chance: random.Random, symbol: str, days: int, *, fed: bool) -> Iterator[Quote]:
    """The walk as quotes of one instrument; `fed` ones carry the day's extremes, seen or between quotes."""
    market = symbol.rpartition(".")[2]
    day, last, high, low = None, 100_000, 0, 10**6
    before: int | None = None
    for moment, price in walk(chance, market, days):
        opened = bars(market, MINUTE, moment)[0].start
        if opened != day:
            day, before, high, low = opened, last - STEP * chance.choice((0, 0, 7)), 0, 10**6  # an ex-date
        leap = STEP * chance.choice((0,) * 9 + (4,))
        high, low, last = max(high, price + leap), min(low, price - chance.choice((0, leap))), price
        quote = Quote(symbol=symbol, time=moment, price=price, prev_close=before, phase=Phase.CONTINUOUS)
        yield replace(quote, high=high, low=low) if fed else quote


def frames(chance: random.Random, market: str, days: int, *, fed: bool) -> Iterator[Frame]:
    """Two instruments in order of time but for a few that come late, and seconds in which nothing comes."""
    both = [
        quote for name in ("300308", "600000") for quote in quotes(chance, f"{name}.{market}", days, fed=fed)
    ]
    delays = {id(quote): chance.choice((0,) * 19 + (chance.randrange(90),)) for quote in both}
    both.sort(key=lambda quote: (quote.time + delays[id(quote)] * SECOND, quote.symbol))
    newest: dict[str, datetime] = {}
    for quote in both:
        if quote.time < newest.get(quote.symbol, quote.time):
            continue  # an instrument's own time never runs back: the gate
        newest[quote.symbol] = quote.time
        yield Frame(market=market, received=quote.time, quotes=(quote,))
        if chance.random() < 0.1:
            yield Frame(market=market, received=quote.time + chance.choice((1, 45, 61, 3700)) * SECOND)


def history(symbol: str, closes: list[int]) -> History:
    """Daily bars up to the day before."""
    close = np.array(closes, np.int64)
    last = np.datetime64(DAY.date(), "D")
    dates = last - np.arange(len(closes), 0, -1)
    return History(
        symbol=symbol, dates=dates, open=close, high=close, low=close, close=close,
        volume=np.ones(len(closes)), factor=np.ones(len(closes)),
    )  # fmt: skip


@pytest.mark.parametrize(("market", "days"), [("SZ", 2), ("HK", 1), ("US", 1), ("BINANCE", 1)])
def test_identical_events(market: str, days: int) -> None:
    """Every family on five sizes, composites, late rules, feeds that were away: the same words in order."""
    world(market, 0, days)


def world(market: str, seed: int, days: int) -> None:
    """One made-up world, all of it by its seed."""
    chance = random.Random(f"{market}{seed}")  # noqa: S311 - a seeded world
    symbols = [f"{name}.{market}" for name in ("300308", "600000")]
    closes = [STEP * chance.randrange(980, 1020) for _ in range(9)] + [100_000]
    told = play(chance, market, symbols, closes, days)
    assert told > 300


def play(chance: random.Random, market: str, symbols: list[str], closes: list[int], days: int) -> int:
    """One world by the engine and by the book, frame by frame; how many words it had."""
    listed = {name: history(name, closes) for name in symbols}
    engine = Engine(HOURS, lambda name: Instrument(symbol=name), listed.get, lambda _: ())
    ledger = Ledger(market, SCALE, GRID)
    made: list[Condition] = []
    for name in symbols:
        ledger.enlist(name, closes)
        roots = [root for size in SIZES for root in chance.sample(families(chance, size), 6)]
        made += [condition(root, name, f"{at} {root}") for at, root in enumerate(roots + composites(chance))]
    later = chance.sample(made, 12)
    for one in [one for one in made if one not in later]:
        engine.add(one)
        ledger.add(one)
    count = 0
    for frame in frames(chance, market, days, fed=chance.random() < 0.6):
        if later and chance.random() < 0.02:
            one = later.pop()
            engine.add(one)
            ledger.add(one)
        if chance.random() < 0.001:
            engine.reconnected(market)
            ledger.lose()
        expected = ledger.take(frame)
        told: list[Word] = [(event.id, event.time) for event in engine.take(frame).events]
        assert told == expected, frame
        count += len(told)
    return count
