"""A million rules over ten thousand instruments: Tickbell's index and engine against the loops every bot has.

    python -m benchmarks.match [--world uniform|zipf] [--rules N] [--instruments N] [--frames N] [--seed N]

Two worlds: `uniform` (100 rules an instrument, quotes round-robin, a day under way) and `zipf` (one
instrument holds a tenth of all rules, quotes come in proportion to rules, the first minutes). Frames of 800
quotes; prices walk on a 0.01 grid in steps like those of snapshots three seconds apart; levels lie within
20 % of the price. The engine is given its rules as the program gives them at a start, many at once and sorted
by instrument; the loops keep theirs as they were made. Two jobs, each done by every engine on it with the
same fires (count and checksum):

- cross: `price crosses above/below L`, nothing remembered; naive loop, hand-tuned loop, index alone.
- ring: the same with re-arming 0.2 % behind the level; naive loop with an armed flag, and the whole engine:
  `Engine.take` over `Frame` and `Quote` values that have passed the gate, with the day's high and low, ring
  numbers, and an `Event` value with its evidence for every ring.

Rates are of the lower quartile of frame times, in CPU time of this process. Exits 1 when a goal is missed.
"""

import argparse
import gc
import sys
from array import array
from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from time import process_time

from benchmarks.peers.loops import naive, tuned
from benchmarks.peers.report import Report
from benchmarks.peers.world import FRAME, Frames, Score, World, make, timed, usual
from rules.engine import Engine
from rules.index import Axis, sweep
from rules.model import Condition, Frame, Instrument, Leaf, Phase, Quote
from rules.sessions import default_hours

OPEN = datetime(2025, 11, 26, 1, 30, tzinfo=UTC)
DATA_BYTES = 50


def axes_of(world: World) -> list[Axis]:
    """One axis an instrument, its boundaries as the engine compiles them."""
    axes = [Axis() for _ in world.starts]
    rules: list[list[int]] = [[] for _ in world.starts]
    for number, home in enumerate(world.homes):
        rules[home].append(number)
    for axis, start, numbers in zip(axes, world.starts, rules, strict=True):
        axis.extend([world.levels[number] + world.is_above(number) for number in numbers], numbers)
        axis.stand(start)
    return axes


def index_alone(world: World) -> Score:
    """`rules.index.sweep` over whole frames; direction is the condition's matter."""
    axes = axes_of(world)

    def walk(frames: Frames) -> list[int]:
        fired: list[int] = []
        for symbols, prices in frames:
            moved = [axes[symbol] for symbol in symbols]
            for axis, start, stop, rose in sweep(moved, prices):
                fired += [number for number in axis.numbers[start:stop] if number & 1 == rose]
        return fired

    return timed(walk, world.frames, world.warm, world.slow)


@cache
def symbol_of(number: int) -> str:
    """A made-up instrument; rules and parser find the same string in the master's table."""
    return f"{number:06d}.SZ"


def condition_of(world: World, rule: int) -> Condition:
    """A rule as the language would parse it."""
    verb = "crosses above" if world.is_above(rule) else "crosses below"
    level = Decimal(world.levels[rule]).scaleb(-3)
    root = Leaf("price", (), verb, level)
    return Condition(symbol=symbol_of(world.homes[rule]), root=root, text=f"price {verb} {level:.3f}")


def quoted(world: World) -> Iterator[Frame]:
    """The walk as frames that have passed the gate, with the day's high and low so far."""
    highs, lows = world.starts[:], world.starts[:]
    opening = (list(range(len(world.starts))), world.starts)
    walk = [opening, opening, *world.frames]
    for index, (symbols, prices) in enumerate(walk):
        moment = OPEN + timedelta(seconds=1 + index)
        quotes = []
        for symbol, price in zip(symbols, prices, strict=True):
            highs[symbol], lows[symbol] = max(highs[symbol], price), min(lows[symbol], price)
            quote = Quote(
                symbol=symbol_of(symbol),
                time=moment,
                price=price,
                open=world.starts[symbol],
                high=highs[symbol],
                low=lows[symbol],
                prev_close=world.starts[symbol],
                phase=Phase.CONTINUOUS,
            )
            quotes.append(quote)
        yield Frame(market="SZ", received=moment, quotes=tuple(quotes))


@dataclass(slots=True)
class Load:
    """What it costs to hold the rules."""

    seconds_add: float
    seconds_first: float  # every rule compiled and judged at its first quote
    column_bytes: float  # a rule: columns, directory, boundaries
    object_bytes: float  # a rule: what the instruments hold beside
    add_us: float
    remove_us: float


def whole(world: World, made: Callable[[World, int], Condition] = condition_of) -> tuple[Score, Load]:
    """The real path: frames of quotes in, steps with events out."""
    engine = Engine(default_hours(), lambda symbol: Instrument(symbol=symbol), lambda _: None, lambda _: ())
    frames = quoted(world)
    engine.take(next(frames))
    rules = sorted(range(len(world.levels)), key=world.homes.__getitem__)
    conditions = [made(world, rule) for rule in rules]
    numbers = {condition.id: rule for rule, condition in zip(rules, conditions, strict=True)}
    start = process_time()
    engine.add_all(conditions)
    added = process_time() - start
    del conditions
    first = next(frames)
    start = process_time()
    engine.take(first)
    judged = process_time() - start
    gc.collect()
    gc.freeze()  # as the program does once its conditions are loaded
    times: list[float] = []
    fires: list[int] = []
    for index, frame in enumerate(
        frames
    ):  # made one by one, as warm in the caches as after a parser and a gate
        start = process_time()
        step = engine.take(frame)
        if index >= world.warm:
            times.append(process_time() - start)
        if index < world.warm + world.slow:
            fires += [numbers[event.condition] for event in step.events]
    gc.unfreeze()
    columns, objects = engine.bytes_held()
    load = Load(added, judged, columns / len(engine), objects / len(engine), *one_rule(engine, world))
    return Score(FRAME / usual(times), fires), load


def one_rule(engine: Engine, world: World, times: int = 200) -> tuple[float, float]:
    """Microseconds to add and to remove one condition where most rules are."""
    level = world.starts[0]
    made = [
        Condition(
            symbol=symbol_of(0),
            root=Leaf("price", (), ">", Decimal(level + step).scaleb(-3)),
            text=f"price > {Decimal(level + step).scaleb(-3)}",
        )
        for step in range(1, times + 1)
    ]
    start = process_time()
    for condition in made:
        engine.add(condition)
    middle = process_time()
    for condition in made:
        engine.remove(condition.id)
    return (middle - start) / times * 1e6, (process_time() - middle) / times * 1e6


def insertion(world: World, times: int = 2000) -> tuple[float, float, float]:
    """Microseconds of bisect.insort, and of adding and removing one boundary, where most rules are."""
    axis = axes_of(world)[0]
    bare = array("q", axis.levels)
    levels = [world.starts[0] + step for step in range(times)]
    start = process_time()
    for level in levels:
        insort(bare, level)
    sorted_in = process_time()
    for level in levels:
        axis.insert(level, 4_000_000_000)
    inserted = process_time()
    for level in levels:
        axis.remove(level, 4_000_000_000)
    removed = process_time()
    each = 1e6 / times
    return (sorted_in - start) * each, (inserted - sorted_in) * each, (removed - inserted) * each


GOALS = {"uniform": (60.0, 50.0), "zipf": (500.0, 50.0)}


def compare(world: World, report: Report) -> None:
    """One world's table; the engine goes first, while the heap is as tidy as a program's own."""
    alone_goal, engine_goal = GOALS[world.name]
    print(
        f"\n{world.name}: {len(world.levels):,} rules, {len(world.starts):,} instruments, {described(world)}"
    )
    print(f"{'':<34}{'quotes/s':>12}{'x naive':>10}", flush=True)
    engine, load = whole(world)
    index = index_alone(world)
    hand = tuned(world)
    loop = naive(world, rearm=False)
    armed = naive(world, rearm=True)
    report.row("cross: naive dataclass loop", loop)
    report.row("cross: hand-tuned tuples", hand, (loop, None))
    report.row("cross: index alone", index, (loop, alone_goal))
    report.same("cross", loop, hand, index)
    report.row("ring: naive dataclass loop, armed", armed)
    report.row("ring: the engine, quotes to events", engine, (armed, engine_goal))
    report.same("ring", armed, engine)
    print(f"  the engine against the naive loop without re-arming {engine.rate / loop.rate:.1f}x")
    print(
        f"  bytes a rule {load.column_bytes:.1f}{report.judged(load.column_bytes, DATA_BYTES, most=True)}"
        f" + {load.object_bytes:.1f} of instruments; a million added in {load.seconds_add:.1f} s,"
        f" judged at the first quote in {load.seconds_first:.1f} s"
    )
    bare, put, gone = insertion(world)
    print(
        f"  where most rules are: insort {bare:.2f} us; boundary added {put / bare:.1f}x, removed"
        f" {gone / bare:.1f}x; condition added {load.add_us:.1f} us, removed {load.remove_us:.1f} us"
    )


def described(world: World) -> str:
    """Quotes on the clock, and how many repeat their price."""
    last, same, total = world.starts[:], 0, 0
    for index, (symbols, prices) in enumerate(world.frames):
        for symbol, price in zip(symbols, prices, strict=True):
            if index >= world.warm:
                same += last[symbol] == price
                total += 1
            last[symbol] = price
    return f"{total:,} quotes of which {same / total:.0%} repeat their price"


def main() -> int:
    """Both worlds; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description="Rules matched per second, against the loops every bot has.")
    parser.add_argument("--rules", type=int, default=1_000_000)
    parser.add_argument("--instruments", type=int, default=10_000)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--world", choices=list(GOALS), action="append", help="only this one")
    parser.add_argument("--seed", type=int, default=20251126)
    options = parser.parse_args()
    report = Report()
    for name in options.world or GOALS:
        compare(make(name, options.rules, options.instruments, options.frames, options.seed), report)
        gc.collect()
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
