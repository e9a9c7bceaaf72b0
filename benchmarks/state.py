"""Ten thousand instruments kept up to date, against recomputing their indicators by TA-Lib at every tick.

    python -m benchmarks.state [--instruments N] [--frames N] [--seed N]

The engine keeps for each instrument what its conditions need: the day's high and low, the move within five
minutes, volume against the usual, four averages and MACD as today's levels. The peer, as bots do it, puts the
tick behind its 250 closes and calls SMA four times and MACD once; highs, moves and volumes are free for it.
Both are asked for the same: which averages the price is above, and on which side of its signal MACD is.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from time import process_time

import numpy as np
import talib

from benchmarks.mixed import histories, instrument, quoted, symbol_of
from benchmarks.peers.kinds import DAYS, SPANS, Frames, Kinds, make
from benchmarks.peers.report import Report
from benchmarks.peers.world import FRAME, Score, timed, usual
from rules.engine import Engine
from rules.model import Instrument
from rules.sessions import default_hours
from rules.texts import Texts

GOAL = 20.0
AVERAGES = tuple(f"price > ma({days})" for days in SPANS)
MACD = "macd bar > 0"
TEXTS = (*AVERAGES, MACD, "move(5m) > 3%", "move(5m) < -3%", "volume > 8x", "new high(20d)", "change > 9%")


def kept(world: Kinds) -> tuple[float, list[tuple[bool, ...]]]:
    """Quotes a second through the engine, and the truths it holds in the end."""
    bars = histories(world)
    engine = Engine(default_hours(), lambda symbol: Instrument(symbol=symbol), bars.get, lambda _: ())
    reader = Texts(instrument)
    conditions = [
        reader.read(f"{symbol_of(home)} {text}")[0] for home in range(len(world.starts)) for text in TEXTS
    ]
    engine.add_all(conditions)
    gc.collect()
    gc.freeze()
    times = []
    for index, frame in enumerate(quoted(world)):
        start = process_time()
        engine.take(frame)
        if index >= world.warm:
            times.append(process_time() - start)
    gc.unfreeze()
    asked = len(AVERAGES) + 1
    found = []
    for home in range(len(world.starts)):
        ids = [condition.id for condition in conditions[home * len(TEXTS) :][:asked]]
        found.append(tuple(bool(told and told.truth) for told in map(engine.explain, ids)))
    return FRAME / usual(times), found


def recomputed(world: Kinds) -> tuple[float, list[tuple[bool, ...]]]:
    """The same by TA-Lib."""
    closes = [np.array([*bars.closes, 0], float) for bars in world.bars]
    truths: list[tuple[bool, ...]] = [() for _ in world.starts]

    def work(frames: Sequence[Frames]) -> list[int]:
        for symbols, prices, _, _ in frames:
            for symbol, price in zip(symbols, prices, strict=True):
                column = closes[symbol]
                column[-1] = price
                above = [bool(price > talib.SMA(column, days)[-1]) for days in SPANS]
                _, _, bar = talib.MACD(column, 12, 26, 9)
                truths[symbol] = (*above, bool(bar[-1] > 0))
        return []

    score: Score = timed(work, world.frames[-len(world.starts) // FRAME - 40 :], 20, 0)
    return score.rate, truths


def main() -> int:
    """The table; 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description="State of many instruments advanced.")
    parser.add_argument("--instruments", type=int, default=10_000)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20251126)
    options = parser.parse_args()
    world, report = make(options.instruments, options.instruments, options.frames, options.seed), Report()
    rate, held = kept(world)
    slow, told = recomputed(world)
    differ = sum(one != other for one, other in zip(held, told, strict=True))
    print(f"{options.instruments:,} instruments, {DAYS} bars of history each")
    report.figure("TA-Lib at every tick: SMA 5 10 20 60, MACD", slow, "quotes/s")
    report.figure("the engine, with moves, volume and highs", rate, "quotes/s")
    report.figure("ratio", rate / slow, "x", GOAL, most=False)
    report.figure("instruments on which they differ in the end", differ, "")
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
