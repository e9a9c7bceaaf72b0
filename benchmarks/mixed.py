"""Thirteen kinds of rules, a million of them, stored texts to events, against the loop on shared metrics.

    python -m benchmarks.mixed [--rules N] [--instruments N] [--frames N] [--seed N]

Price levels 48 %, change 15, N-day high 5, averages 8, a pair of averages 3, MACD 4, move within 5 minutes 9,
volume 5, and 3 of price and volume together. The peer computes price, change, averages, MACD, move and volume
once a quote, then evaluates each rule of the instrument until it fired. The engine is given quotes one by
one, and once more pages as a feed's parser leaves them, in columns as the loop has them. It gives its first
ring of each condition; identical rules are one condition with many listeners, and count as many.
"""

import argparse
import gc
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from time import process_time

import numpy as np

from benchmarks.peers.kinds import Kinds, make, naive
from benchmarks.peers.report import Report
from benchmarks.peers.sheets import Page
from benchmarks.peers.world import Score, usual
from rules.engine import Engine
from rules.model import Event, Frame, History, Instrument, Phase, Quote, State
from rules.sessions import default_hours
from rules.texts import Texts

OPEN = datetime(2025, 11, 26, 1, 30, tzinfo=UTC)
GOAL = 18.0  # times the loop
COMPILE, OPENING, WORST = 0.5, 3.0, 1.0  # seconds, seconds, milliseconds
FIRST = frozenset({State.FIRED, State.PROVISIONAL})


def symbol_of(number: int) -> str:
    """A made-up instrument."""
    return f"{number:06d}.SZ"


def instrument(symbol: str) -> Instrument | None:
    """Any code of six digits."""
    return Instrument(symbol=symbol) if symbol.endswith(".SZ") and len(symbol) == 9 else None


def histories(world: Kinds) -> dict[str, History]:
    """Each instrument's finished days."""
    days = len(world.bars[0].closes)
    last = np.datetime64(date(2025, 11, 25), "D")
    dates = np.busday_offset(last, np.arange(1 - days, 1), roll="backward").astype("datetime64[D]")
    volume, factor = np.full(days, 1e6), np.ones(days)
    found = {}
    for number, bars in enumerate(world.bars):
        close, high = np.array(bars.closes, np.int64), np.array(bars.highs, np.int64)
        found[symbol_of(number)] = History(
            symbol=symbol_of(number), dates=dates, open=close, high=high, low=close, close=close,
            volume=volume, factor=factor,
        )  # fmt: skip
    return found


def paged(world: Kinds) -> Iterator[Frame]:
    """The walk as pages that have passed the gate, with the day's open, high and low so far."""
    rosters: dict[int, tuple[str, ...]] = {}
    for symbols, time, columns in columned(world):
        roster = rosters.setdefault(symbols[0], tuple(map(symbol_of, symbols)))
        yield Frame(market="SZ", received=time, quotes=Page(roster, time, columns))


def quoted(world: Kinds) -> Iterator[Frame]:
    """The same as quotes, one by one; what did not change is the same object, as parsers have it."""
    names = [symbol_of(number) for number in range(len(world.starts))]
    for symbols, time, columns in columned(world):
        rows = zip(*columns.values(), strict=True)
        quotes = tuple(
            Quote(
                symbol=names[symbol], time=time, price=price, open=opened, high=high, low=low,
                prev_close=close, volume=float(volume), phase=Phase.CONTINUOUS,
            )
            for symbol, (price, opened, high, low, close, volume) in zip(symbols, rows, strict=True)
        )  # fmt: skip
        yield Frame(market="SZ", received=time, quotes=quotes)


def columned(world: Kinds) -> Iterator[tuple[list[int], datetime, dict[str, list[int]]]]:
    """Instruments' numbers, time and figures of each page."""
    count = len(world.starts)
    opens, highs, lows = [0] * count, [0] * count, [1 << 62] * count
    closes = [bars.closes[-1] for bars in world.bars]
    for symbols, prices, seconds, volumes in world.frames:
        for symbol, price in zip(symbols, prices, strict=True):
            opens[symbol] = opens[symbol] or price
            highs[symbol], lows[symbol] = max(highs[symbol], price), min(lows[symbol], price)
        first, last = symbols[0], symbols[-1] + 1
        columns = {
            "price": prices, "open": opens[first:last], "high": highs[first:last], "low": lows[first:last],
            "prev_close": closes[first:last], "volume": volumes,
        }  # fmt: skip
        yield symbols, OPEN + timedelta(seconds=seconds[-1]), columns


@dataclass(slots=True)
class Start:
    """What it costs until all rules watch the market, seconds of CPU."""

    read: float
    add: float
    compile: float
    open: float
    worst: float  # of an instrument's first quote, the 99th of 100
    conditions: int


def compiled(engine: Engine) -> float:
    """Seconds to compute the boundaries of every condition anew, as an open does, from today's inputs."""
    columns, placement, count = engine._columns, engine._placement, 0  # noqa: SLF001 - one stage alone
    start = process_time()
    for live in engine._market.by_number:  # noqa: SLF001 - the same
        alike = defaultdict[int, list[int]](list)
        for lane in live.lanes:
            found = set(lane.numbers)
            count += len(found)
            for number in found:
                alike[columns.patterns[number]].append(number)
        for numbers, line, _ in placement.rows(live, alike):
            for number in () if line else numbers:
                placement.region(number)
    return (process_time() - start) * len(engine) / max(count, 1)


def whole(world: Kinds, frames: Iterator[Frame]) -> tuple[Score, Start]:
    """Texts in, events out."""
    bars = histories(world)
    engine = Engine(default_hours(), lambda symbol: Instrument(symbol=symbol), bars.get, lambda _: ())
    order = sorted(range(len(world.homes)), key=world.homes.__getitem__)
    lines = [f"{symbol_of(world.homes[rule])} {world.text(rule)}" for rule in order]
    begin = process_time()
    reader = Texts(instrument)
    conditions = [reader.read(line)[0] for line in lines]
    read = process_time()
    engine.add_all(conditions)
    added = process_time()
    rules: dict[str, list[int]] = {}
    for rule, condition in zip(order, conditions, strict=True):
        rules.setdefault(condition.id, []).append(rule)
    del conditions, lines
    gc.collect()
    gc.freeze()  # as the program does once its conditions are loaded
    score, firsts, compiling = walk(engine, world, rules, frames)
    gc.unfreeze()
    worst = sorted(firsts)[len(firsts) * 99 // 100]
    return score, Start(read - begin, added - read, compiling, sum(firsts), worst, len(engine))


def walk(
    engine: Engine, world: Kinds, rules: dict[str, list[int]], frames: Iterator[Frame]
) -> tuple[Score, list[float], float]:
    """The whole walk: the score, what each instrument's first quote took, and what compiling takes alone."""
    fires: list[int] = []
    times: list[float] = []
    firsts: list[float] = []
    compiling = 0.0
    for index, frame in enumerate(frames):
        some = [frame]
        if len(firsts) < len(world.starts):  # first quotes, each alone
            some = [Frame(market="SZ", received=quote.time, quotes=(quote,)) for quote in frame.quotes]
        elif not compiling:
            compiling = compiled(engine)
        events: list[Event] = []
        spent = []
        for part in some:
            begin = process_time()
            events += engine.take(part).events
            spent.append(process_time() - begin)
        if len(some) > 1:
            firsts += spent
        if index >= world.warm:
            times += [took / len(frame.quotes) for took in spent]
        if index < world.warm + world.slow:
            rings = [event for event in events if event.ring == 1 and event.state in FIRST]
            fires += [rule for event in rings for rule in rules[event.condition]]
    return Score(1 / usual(times), fires), firsts, compiling


def main() -> int:
    """The table; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description="Thirteen kinds of rules matched per second.")
    parser.add_argument("--rules", type=int, default=1_000_000)
    parser.add_argument("--instruments", type=int, default=10_000)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20251126)
    options = parser.parse_args()
    world, report = make(options.rules, options.instruments, options.frames, options.seed), Report()
    single, start = whole(world, quoted(world))
    pages, _ = whole(world, paged(world))
    loop, ties = naive(world)
    scale = options.rules / 1e6
    held = f"{start.conditions:,} conditions, {options.instruments:,} instruments"
    print(f"{options.rules:,} rules of 13 kinds, {held}")
    print(f"{'':<34}{'quotes/s':>12}{'x naive':>10}")
    report.row("naive loop, metrics shared", loop)
    report.row("the engine, quotes to events", single, (loop, None))
    report.row("the engine, pages to events", pages, (loop, GOAL))
    exact = [
        Score(score.rate, [rule for rule in score.fires if rule not in ties])
        for score in (loop, single, pages)
    ]
    report.same(f"all, but for {len(ties)} where the loop's floats fired on a tie", *exact)
    report.figure("texts to conditions", start.read / scale, "s a million")
    report.figure("conditions added, one batch", start.add / scale, "s a million")
    report.figure("boundaries of all conditions computed", start.compile / scale, "s a million", COMPILE)
    report.figure("the open: first quotes of all instruments", start.open / scale, "s a million", OPENING)
    report.figure("an instrument's first quote, 99th of 100", 1000 * start.worst, "ms", WORST)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
