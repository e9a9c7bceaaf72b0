"""What a group costs for each quote of a member, and for each member: with one member and with 5,500.

    python -m benchmarks.groups [--members N] [--frames N] [--seed N]

Every instrument has one price rule of its own; the group has six conditions on five axes, none of which
rings, for rings are another benchmark's. Each frame holds one quote, the worst case: the group is looked at
after every one. Time is the lower quartile of CPU per quote over batches. Bytes are what tracemalloc finds
more with the group than without, quotes excepted. Goal: a member quote in the large group at most twice as
dear as in a group of one.
"""

import argparse
import gc
import random
import sys
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import quantiles
from time import process_time

from rules.engine import Engine
from rules.model import Condition, Frame, Instrument, Kind, Leaf, Phase, Quote
from rules.sessions import default_hours

OPEN = datetime(2025, 11, 26, 1, 30, tzinfo=UTC)
GROUP = "@market"
GOAL = 2.0
BATCH = 100
CONDITIONS = (
    Leaf("change", (), ">", Decimal("0.05")),
    Leaf("change", (), "<", Decimal("-0.05")),
    Leaf("cap_change", (), ">", Decimal("0.05")),
    Leaf("breadth", (), ">", Decimal(2)),
    Leaf("advancers", (), ">=", Decimal(4000)),
    Leaf("limit_ups", (), ">=", Decimal(100)),
)


def symbols(count: int) -> list[str]:
    """Codes of one market."""
    return [f"{number:06}.SZ" for number in range(count)]


def engine_of(instruments: Sequence[str], members: Sequence[str]) -> Engine:
    """An engine with a rule on each instrument, and the group's where it has members."""

    def instrument(symbol: str) -> Instrument:
        kind = Kind.GROUP if symbol == GROUP else Kind.STOCK
        return Instrument(symbol=symbol, kind=kind, limit=Decimal("0.1"), shares=1_000_000)

    engine = Engine(default_hours(), instrument, lambda _: None, lambda _: tuple(members))
    for symbol in instruments:
        leaf = Leaf("price", (), ">", Decimal(200))
        engine.add(Condition(symbol=symbol, root=leaf, text="price > 200"))
    for leaf in CONDITIONS if members else ():
        engine.add(Condition(symbol=GROUP, root=leaf, text=f"{leaf.signal} {leaf.verb} {leaf.level}"))
    return engine


def quotes(instruments: Sequence[str], count: int, seed: int) -> list[Frame]:
    """One quote a frame, within 4 % of the previous close, which divides nothing evenly."""
    draw = random.Random(seed)
    found: list[Frame] = []
    for number in range(count):
        time = OPEN + timedelta(milliseconds=number)
        price = 100_000 + 10 * draw.randint(-400, 400)
        quote = Quote(
            symbol=instruments[number % len(instruments)],
            time=time,
            price=price,
            prev_close=99_990,
            amount=6e8,
            limit_up=110_000,
            limit_down=90_000,
            phase=Phase.CONTINUOUS,
        )
        found.append(Frame(market="SZ", received=time, quotes=(quote,)))
    return found


def seconds(engine: Engine, frames: Sequence[Frame], warm: int) -> float:
    """CPU seconds a quote: the lower quartile of batches, after the first `warm` frames."""
    for frame in frames[:warm]:
        engine.take(frame)
    gc.collect()
    gc.disable()
    times = []
    for start in range(warm, len(frames) - BATCH + 1, BATCH):
        begin = process_time()
        for frame in frames[start : start + BATCH]:
            engine.take(frame)
        times.append((process_time() - begin) / BATCH)
    gc.enable()
    return quantiles(times, n=4)[0]


def bytes_of(instruments: Sequence[str], members: Sequence[str], frames: Sequence[Frame]) -> int:
    """Bytes an engine holds after these frames, the frames themselves excepted."""
    gc.collect()
    tracemalloc.start()
    engine = engine_of(instruments, members)
    for frame in frames:
        engine.take(frame)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del engine
    return held


def main() -> int:
    """Print both ratios; 1 when the goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=5500)
    parser.add_argument("--frames", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    many = symbols(options.members)
    frames = quotes(many, options.frames + len(many), options.seed)
    alone = quotes(many[:1], options.frames, options.seed)
    none = seconds(engine_of(many, ()), frames, len(many))
    one = seconds(engine_of(many[:1], many[:1]), alone, BATCH)
    all_of_them = seconds(engine_of(many, many), frames, len(many))
    print(f"a quote of an instrument in no group:      {none * 1e6:6.2f} us")
    print(f"a member quote, group of 1:                {one * 1e6:6.2f} us")
    print(f"a member quote, group of {len(many)}:             {all_of_them * 1e6:6.2f} us")
    ratio = all_of_them / one
    print(f"ratio: {ratio:.2f} (goal {GOAL:g})")
    first = frames[: len(many)]
    without, held = bytes_of(many, (), first), bytes_of(many, many, first)
    print(
        f"bytes: {without / len(many):.0f} an instrument, {(held - without) / len(many):.0f} more as a member"
    )
    return int(ratio > GOAL)


if __name__ == "__main__":
    sys.exit(main())
