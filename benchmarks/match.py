"""A million rules over ten thousand instruments: Tickbell's index and engine against the loops every bot has.

    python -m benchmarks.match [--world uniform|zipf] [--rules N] [--instruments N] [--frames N] [--seed N]

Two worlds: `uniform` (100 rules an instrument, quotes round-robin, a day under way) and `zipf` (one
instrument holds a tenth of all rules, quotes come in proportion to rules, the first minutes). Frames of 800
quotes; prices walk on a 0.01 grid in steps like those of snapshots three seconds apart; levels lie within
20 % of the price. Rules lie in memory in the order people made them, not sorted by instrument. Two jobs, each
done by every engine on it with the same fires (count and checksum):

- cross: `price crosses above/below L`, nothing remembered; naive loop, hand-tuned loop, index alone.
- ring: the same with re-arming 0.2 % behind the level; naive loop with an armed flag, and the whole engine:
  `Engine.take` over `Frame` and `Quote` values that have passed the gate, with the day's high and low, ring
  numbers, and an `Event` value with its evidence for every ring.

Rates are of the lower quartile of frame times. Exits 1 when a goal is missed.
"""

import argparse
import gc
import random
import sys
import time
from array import array
from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import accumulate, count

from rules.engine import Engine
from rules.index import Axis, sweep
from rules.model import Condition, Frame, Instrument, Leaf, Phase, Quote
from rules.sessions import default_hours

FRAME = 800
TICK = 10  # quanta
OPEN = datetime(2025, 11, 26, 1, 30, tzinfo=UTC)
MASK = (1 << 61) - 1
DATA_BYTES = 50

Frames = Sequence[tuple[Sequence[int], Sequence[int]]]  # instrument numbers, prices


@dataclass(slots=True)
class World:
    """Rules as columns in the order they were made, start prices, and a walk of frames."""

    name: str
    starts: list[int]
    homes: list[int]
    levels: list[int]
    frames: Frames
    warm: (
        int  # so many of them go before the clock starts: a day under way, not one where every rule is fresh
    )
    slow: int  # so many more the naive loops can walk in a few seconds

    def is_above(self, rule: int) -> bool:
        """Every other rule waits for the price to rise."""
        return bool(rule & 1)


@dataclass
class Rule:
    """A rule as a bot keeps it."""

    number: int
    symbol: int
    direction: str
    level: int
    back: int
    armed: bool = True


@dataclass(slots=True)
class Score:
    """What one engine did."""

    rate: float  # quotes a second
    fires: list[int]  # rule numbers in the order they fired, over the frames every engine walked

    @property
    def sum(self) -> tuple[int, int]:
        """Count and checksum; within one quote the order of fires is nobody's promise."""
        return len(self.fires), sum((number + 1) * 2654435761 & MASK for number in self.fires) & MASK


def make(name: str, rules: int, instruments: int, frames: int, seed: int) -> World:
    """A world from its seed."""
    chance = random.Random(seed)
    starts = [round(5 * 40 ** chance.random() * 100) * TICK for _ in range(instruments)]
    if name == "uniform":
        homes = [rule % instruments for rule in range(rules)]
        picks: Iterator[int] = (quote % instruments for quote in count())
        warm, slow = 6 * instruments // FRAME, frames // 5
    else:
        weights = [(rank + 1) ** -0.5 for rank in range(instruments - 1)]
        hot = sum(weights) / 9
        homes = [0] * (rules // 10) + chance.choices(range(1, instruments), weights, k=rules - rules // 10)
        cumulative = list(accumulate([hot, *weights]))
        picks = iter(chance.choices(range(instruments), cum_weights=cumulative, k=frames * FRAME))
        warm, slow = 0, max(1, frames // 150)
        for home, held in Counter(homes).items():
            starts[home] = max(starts[home], 15 * held // TICK * TICK)  # dear enough for so many levels
    chance.shuffle(homes)
    levels = distinct(starts, homes, chance)
    walked: list[tuple[list[int], list[int]]] = []
    last = starts[:]
    for index in range(warm + frames):
        size = 0.001 if index < warm else 0.0003
        symbols, prices = [next(picks) for _ in range(FRAME)], []
        for symbol in symbols:
            step = round(chance.gauss(0, size) * last[symbol] / TICK) * TICK
            last[symbol] = max(TICK, last[symbol] + step)
            prices.append(last[symbol])
        walked.append((symbols, prices))
    return World(name, starts, homes, levels, walked, warm, slow)


def distinct(starts: list[int], homes: list[int], chance: random.Random) -> list[int]:
    """Levels within 20 % of the start, none twice on one side: the engine would hold such twins once."""
    taken: set[tuple[int, int, int]] = set()
    levels = []
    for rule, home in enumerate(homes):
        level = round(starts[home] * chance.uniform(0.8, 1.2))
        while (home, level, rule & 1) in taken:
            level = round(starts[home] * chance.uniform(0.8, 1.2))
        taken.add((home, level, rule & 1))
        levels.append(level)
    return levels


def timed(work: Callable[[Frames], list[int]], world: World, frames: Frames) -> Score:
    """Warm up, then walk frame by frame; fires up to where the naive loops stop are compared."""
    gc.collect()
    fires = work(frames[: world.warm])
    times: list[float] = []
    for index, frame in enumerate(frames[world.warm :]):
        start = time.perf_counter()
        fired = work((frame,))
        times.append(time.perf_counter() - start)
        if index < world.slow:
            fires += fired
    return Score(FRAME / usual(times), fires)


def usual(times: list[float]) -> float:
    """The lower quartile: what a frame takes where no neighbour on the machine disturbs it."""
    return sorted(times)[len(times) // 4]


def naive(world: World, *, rearm: bool) -> Score:
    """Every hobby bot: a dataclass a rule, a list of them a symbol, a loop at each price."""
    rules: list[list[Rule]] = [[] for _ in world.starts]
    for number, (home, level) in enumerate(zip(world.homes, world.levels, strict=True)):
        above = world.is_above(number)
        back = level * 998 // 1000 if above else -(-level * 1002 // 1000)
        rules[home].append(Rule(number, home, "above" if above else "below", level, back))
    walk = crossing_loop(rules, world.starts[:])
    if rearm:
        walk = armed_loop(rules, world.starts[:])
    return timed(walk, world, world.frames[: world.warm + world.slow])


def crossing_loop(rules: list[list[Rule]], last: list[int]) -> Callable[[Frames], list[int]]:
    """Fire where the price passes a level."""

    def walk(frames: Frames) -> list[int]:
        fired = []
        for symbols, prices in frames:
            for symbol, price in zip(symbols, prices, strict=True):
                before = last[symbol]
                for rule in rules[symbol]:
                    if rule.direction == "above":
                        if before <= rule.level < price:
                            fired.append(rule.number)
                    elif price < rule.level <= before:
                        fired.append(rule.number)
                last[symbol] = price
        return fired

    return walk


def armed_loop(rules: list[list[Rule]], last: list[int]) -> Callable[[Frames], list[int]]:
    """Fire once, then again only after the price was back."""

    def walk(frames: Frames) -> list[int]:
        fired = []
        for symbols, prices in frames:
            for symbol, price in zip(symbols, prices, strict=True):
                before = last[symbol]
                for rule in rules[symbol]:
                    up = rule.direction == "above"
                    if not rule.armed:
                        rule.armed = price <= rule.back if up else price >= rule.back
                    elif before <= rule.level < price if up else price < rule.level <= before:
                        rule.armed = False
                        fired.append(rule.number)
                last[symbol] = price
        return fired

    return walk


def tuned(world: World) -> Score:
    """The same by hand: tuples in two lists a symbol, one comprehension a price."""
    ups: list[list[tuple[int, int]]] = [[] for _ in world.starts]
    downs: list[list[tuple[int, int]]] = [[] for _ in world.starts]
    for number, (home, level) in enumerate(zip(world.homes, world.levels, strict=True)):
        (ups if world.is_above(number) else downs)[home].append((level, number))
    last = world.starts[:]

    def walk(frames: Frames) -> list[int]:
        fired: list[int] = []
        for symbols, prices in frames:
            for symbol, price in zip(symbols, prices, strict=True):
                before = last[symbol]
                if price > before:
                    fired += [number for level, number in ups[symbol] if before <= level < price]
                elif price < before:
                    fired += [number for level, number in downs[symbol] if price < level <= before]
                last[symbol] = price
        return fired

    return timed(walk, world, world.frames[: world.warm + world.slow])


def axes_of(world: World) -> list[Axis]:
    """One axis an instrument, its boundaries as the engine compiles them."""
    axes = [Axis() for _ in world.starts]
    pairs: list[list[tuple[int, int]]] = [[] for _ in world.starts]
    for number, (home, level) in enumerate(zip(world.homes, world.levels, strict=True)):
        pairs[home].append((level + world.is_above(number), number))
    for axis, start, found in zip(axes, world.starts, pairs, strict=True):
        axis.extend(found)
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

    return timed(walk, world, world.frames)


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
    walk = [(list(range(len(world.starts))), world.starts), *world.frames]
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


def whole(world: World) -> tuple[Score, Load]:
    """The real path: frames of quotes in, steps with events out."""
    engine = Engine(default_hours(), lambda symbol: Instrument(symbol=symbol), lambda _: None, lambda _: ())
    numbers = {}
    start = time.perf_counter()
    for rule in range(len(world.levels)):
        condition = condition_of(world, rule)
        engine.add(condition)
        numbers[condition.id] = rule
    added = time.perf_counter() - start
    frames = quoted(world)
    first = next(frames)
    start = time.perf_counter()
    engine.take(first)
    judged = time.perf_counter() - start
    gc.collect()
    gc.freeze()  # as the program does once its conditions are loaded
    times: list[float] = []
    fires: list[int] = []
    for index, frame in enumerate(
        frames
    ):  # made one by one, as warm in the caches as after a parser and a gate
        start = time.perf_counter()
        step = engine.take(frame)
        if index >= world.warm:
            times.append(time.perf_counter() - start)
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
    start = time.perf_counter()
    for condition in made:
        engine.add(condition)
    middle = time.perf_counter()
    for condition in made:
        engine.remove(condition.id)
    return (middle - start) / times * 1e6, (time.perf_counter() - middle) / times * 1e6


def insertion(world: World, times: int = 2000) -> tuple[float, float, float]:
    """Microseconds of bisect.insort, and of adding and removing one boundary, where most rules are."""
    axis = axes_of(world)[0]
    bare = array("q", axis.levels)
    levels = [world.starts[0] + step for step in range(times)]
    start = time.perf_counter()
    for level in levels:
        insort(bare, level)
    sorted_in = time.perf_counter()
    for level in levels:
        axis.insert(level, 4_000_000_000)
    inserted = time.perf_counter()
    for level in levels:
        axis.remove(level, 4_000_000_000)
    removed = time.perf_counter()
    each = 1e6 / times
    return (sorted_in - start) * each, (inserted - sorted_in) * each, (removed - inserted) * each


class Report:
    """Lines of the table, and whether every goal was met."""

    def __init__(self) -> None:
        self.missed = 0

    def row(self, name: str, score: Score, *against: tuple[Score, float | None]) -> None:
        """One engine; each peer with the ratio wanted of it, None for information."""
        cells = [f"{name:<34}{score.rate:>12,.0f}"]
        for peer, goal in against:
            ratio = score.rate / peer.rate
            cells.append(f"{ratio:>9.1f}x" + self.judged(ratio, goal))
        print("".join(cells), flush=True)

    def judged(self, ratio: float, goal: float | None, *, most: bool = False) -> str:
        """The goal beside its figure."""
        if goal is None:
            return " " * 12
        good = ratio <= goal if most else ratio >= goal
        self.missed += not good
        return f" {'ok' if good else 'MISSED'} ({'<=' if most else '>='}{goal:g})".ljust(12)

    def same(self, job: str, *scores: Score) -> None:
        """Every engine of a job must have fired the same rules."""
        sums = {score.sum for score in scores}
        self.missed += len(sums) != 1
        print(f"  fires of {job}: {'same' if len(sums) == 1 else 'DIFFERENT'} {sorted(sums)}", flush=True)


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
    print("\nall goals met" if not report.missed else f"\n{report.missed} goals missed")
    return int(report.missed > 0)


if __name__ == "__main__":
    sys.exit(main())
