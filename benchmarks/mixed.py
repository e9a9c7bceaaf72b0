"""Thirteen kinds of rules, a million of them, stored texts to events, against the loop on shared metrics.

    python -m benchmarks.mixed [--rules N] [--instruments N] [--frames N] [--seed N]

Price levels 48 %, change 15, N-day high 5, averages 8, a pair of averages 3, MACD 4, move within 5 minutes 9,
volume 5, and 3 of price and volume together. The peer computes price, change, averages, MACD, move and volume
once a quote, then evaluates each rule of the instrument until it fired. The engine gives its first ring of
each condition; identical rules are one condition with many listeners, and count as many.
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
from benchmarks.peers.world import FRAME, Score, usual
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


def quoted(world: Kinds) -> Iterator[Frame]:
    """The walk as frames that have passed the gate, with the day's open, high and low so far."""
    names = [symbol_of(number) for number in range(len(world.starts))]
    opens: dict[int, int] = {}
    highs, lows = [0] * len(names), [1 << 62] * len(names)
    for symbols, prices, seconds, volumes in world.frames:
        quotes = []
        for symbol, price, second, volume in zip(symbols, prices, seconds, volumes, strict=True):
            highs[symbol], lows[symbol] = max(highs[symbol], price), min(lows[symbol], price)
            quote = Quote(
                symbol=names[symbol], time=OPEN + timedelta(seconds=second), price=price,
                open=opens.setdefault(symbol, price), high=highs[symbol], low=lows[symbol],
                prev_close=world.bars[symbol].closes[-1], volume=float(volume), phase=Phase.CONTINUOUS,
            )  # fmt: skip
            quotes.append(quote)
        yield Frame(market="SZ", received=quotes[-1].time, quotes=tuple(quotes))


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


def whole(world: Kinds) -> tuple[Score, Start]:
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
    score, firsts, compiling = walk(engine, world, rules)
    gc.unfreeze()
    worst = sorted(firsts)[len(firsts) * 99 // 100]
    return score, Start(read - begin, added - read, compiling, sum(firsts), worst, len(engine))


def walk(engine: Engine, world: Kinds, rules: dict[str, list[int]]) -> tuple[Score, list[float], float]:
    """The whole walk: the score, what each instrument's first quote took, and what compiling takes alone."""
    fires: list[int] = []
    times: list[float] = []
    firsts: list[float] = []
    compiling = 0.0
    for index, frame in enumerate(quoted(world)):
        some = [frame]
        if index * FRAME < len(world.starts):  # first quotes, each alone
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
            firsts += spent[: len(world.starts) - index * FRAME]
        if index >= world.warm:
            times += spent
        if index < world.warm + world.slow:
            rings = [event for event in events if event.ring == 1 and event.state in FIRST]
            fires += [rule for event in rings for rule in rules[event.condition]]
    return Score(FRAME / usual(times), fires), firsts, compiling


def main() -> int:
    """The table; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description="Thirteen kinds of rules matched per second.")
    parser.add_argument("--rules", type=int, default=1_000_000)
    parser.add_argument("--instruments", type=int, default=10_000)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20251126)
    options = parser.parse_args()
    world, report = make(options.rules, options.instruments, options.frames, options.seed), Report()
    engine, start = whole(world)
    loop, ties = naive(world)
    scale = options.rules / 1e6
    held = f"{start.conditions:,} conditions, {options.instruments:,} instruments"
    print(f"{options.rules:,} rules of 13 kinds, {held}")
    print(f"{'':<34}{'quotes/s':>12}{'x naive':>10}")
    report.row("naive loop, metrics shared", loop)
    report.row("the engine, quotes to events", engine, (loop, GOAL))
    exact = [
        Score(score.rate, [rule for rule in score.fires if rule not in ties]) for score in (loop, engine)
    ]
    report.same(f"both, but for {len(ties)} where the loop's floats fired on a tie", *exact)
    report.figure("texts to conditions", start.read / scale, "s a million")
    report.figure("conditions added, one batch", start.add / scale, "s a million")
    report.figure("boundaries of all conditions computed", start.compile / scale, "s a million", COMPILE)
    report.figure("the open: first quotes of all instruments", start.open / scale, "s a million", OPENING)
    report.figure("an instrument's first quote, 99th of 100", 1000 * start.worst, "ms", WORST)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
