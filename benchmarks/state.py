"""Ten thousand instruments kept up to date, against recomputing their indicators by TA-Lib at every tick.

    python -m benchmarks.state [--instruments N] [--frames N] [--seed N]

Both are asked which averages of 5, 10, 20 and 60 days the price is above and on which side of zero MACD's bar
is; the answers in the end are compared. The peer, as bots do it, puts the tick behind its 250 finished closes
for each indicator and calls TA-Lib: SMA four times, MACD once. A second one keeps the array and writes into
its last place, which no bot met does. The engine holds the averages and MACD as today's price levels, with
the record of twenty days and the day's change beside them; in later rows it follows the move within five
minutes and the volume against the usual, too, which the peers do not. It is given pages in columns, as a
feed's parser leaves them, and the same quotes one by one.
"""

import argparse
import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from time import process_time

import numpy as np
import numpy.typing as npt
import talib

from benchmarks.mixed import histories, instrument, paged, quoted, symbol_of
from benchmarks.peers.kinds import SPANS, Frames, Kinds, make
from benchmarks.peers.report import Report
from benchmarks.peers.world import FRAME, Score, timed, usual
from rules.engine import Engine
from rules.model import Frame, Instrument
from rules.sessions import default_hours
from rules.texts import Texts

GOAL = 20.0
DAYS = 250
ASKED = (*(f"price > ma({days})" for days in SPANS), "macd bar > 0")
LEVELS = (*ASKED, "new high(20d)", "change > 9%")
ALL = (*LEVELS, "move(5m) > 3%", "move(5m) < -3%", "volume > 8x")

Truths = list[tuple[bool, ...]]
Closes = npt.NDArray[np.float64]


def kept(world: Kinds, texts: Sequence[str], frames: Iterator[Frame]) -> tuple[Score, Truths]:
    """Quotes a second through the engine, and the truths it holds in the end."""
    bars = histories(world)
    engine = Engine(default_hours(), lambda symbol: Instrument(symbol=symbol), bars.get, lambda _: ())
    reader = Texts(instrument)
    homes = range(len(world.starts))
    conditions = [reader.read(f"{symbol_of(home)} {text}")[0] for home in homes for text in texts]
    engine.add_all(conditions)
    gc.collect()
    gc.freeze()
    times = []
    for index, frame in enumerate(frames):
        start = process_time()
        engine.take(frame)
        if index >= world.warm:
            times.append((process_time() - start) / len(frame.quotes))
    gc.unfreeze()
    found = []
    for home in homes:
        asked = conditions[home * len(texts) :][: len(ASKED)]
        told = [engine.explain(condition.id) for condition in asked]
        found.append(tuple(bool(one and one.truth) for one in told))
    return Score(1 / usual(times), []), found


def appended(closes: Closes, price: int) -> Truths:
    """What a bot does at a tick: every indicator makes its own array."""
    above = [bool(price > talib.SMA(np.append(closes, price), days)[-1]) for days in SPANS]
    _, _, bar = talib.MACD(np.append(closes, price), 12, 26, 9)
    return [(*above, bool(bar[-1] > 0))]


def written(column: Closes, price: int) -> Truths:
    """The least that can be done with TA-Lib: one array, its last place is today's."""
    column[-1] = price
    above = [bool(price > talib.SMA(column, days)[-1]) for days in SPANS]
    _, _, bar = talib.MACD(column, 12, 26, 9)
    return [(*above, bool(bar[-1] > 0))]


def recomputed(
    world: Kinds, columns: Sequence[Closes], work: Callable[[Closes, int], Truths]
) -> tuple[Score, Truths]:
    """The walk's last frames by TA-Lib, every instrument at least once."""
    truths: Truths = [() for _ in world.starts]

    def walk(frames: Sequence[Frames]) -> list[int]:
        for symbols, prices, _, _ in frames:
            for symbol, price in zip(symbols, prices, strict=True):
                (truths[symbol],) = work(columns[symbol], price)
        return []

    last = -(-len(world.starts) // FRAME) + 20
    return timed(walk, world.frames[-last:], 0, 0), truths


def main() -> int:
    """The table; 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description="State of many instruments advanced.")
    parser.add_argument("--instruments", type=int, default=10_000)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20251126)
    options = parser.parse_args()
    world = make(options.instruments, options.instruments, options.frames, options.seed, DAYS)
    report = Report()
    levels, held = kept(world, LEVELS, paged(world))
    single, alike = kept(world, LEVELS, quoted(world))
    everything, _ = kept(world, ALL, paged(world))
    several, _ = kept(world, ALL, quoted(world))
    finished = [np.array(bars.closes, float) for bars in world.bars]
    slow, told = recomputed(world, finished, appended)
    lean, _ = recomputed(world, [np.append(closes, 0.0) for closes in finished], written)
    print(f"{options.instruments:,} instruments, {DAYS} finished bars each")
    print(f"{'':<34}{'quotes/s':>12}{'x TA-Lib':>10}{'':>12}{'x array kept':>12}")
    report.row("TA-Lib at every tick", slow)
    report.row("the same, the array kept", lean, (slow, None))
    report.row("the engine: averages, MACD, highs", levels, (slow, GOAL), (lean, None))
    report.row("the same, quotes one by one", single, (slow, None), (lean, None))
    report.row("the engine: moves and volume, too", everything, (slow, None), (lean, None))
    report.row("the same, quotes one by one", several, (slow, None), (lean, None))
    differ = sum(len({*answers}) > 1 for answers in zip(held, alike, told, strict=True))
    report.figure("instruments on which the answers differ in the end", differ, "", 0)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
