"""How time and memory grow with rules: in one instrument, over ten thousand, and what a rule weighs.

    python -m benchmarks.growth [--rules N] [--instruments N] [--frames N] [--seed N]

Rules are `price crosses above/below L` within 20 % of the price, from a hundredth of N up to N; quotes go the
whole way from `Frame` to `Event`. In one instrument a usual step is a fifth of the way from level to level,
and rules re-arm at their level, so that about every sixth quote passes one however many there are. Over many
instruments the walks are those of `benchmarks.match`: more rules ring more often, which is charged. An
exponent is the slope of log time over log rules. Resident memory is that of a process of its own, before its
rules and after their first quote. A condition added waits for its boundary until the next quote.
"""

import argparse
import gc
import random
import subprocess
import sys
from array import array
from collections.abc import Iterator
from decimal import Decimal
from math import log
from pathlib import Path

from benchmarks.match import Load, condition_of, insertion, quoted, whole
from benchmarks.peers.report import Report
from benchmarks.peers.world import FRAME, Score, World, make
from rules.engine import Engine
from rules.model import Condition, Instrument
from rules.sessions import default_hours

PRICE = 10**9  # quanta: fine enough for a million levels
ONE, MANY = 0.2, 0.3  # exponents
DATA, RESIDENT = 50.0, 120.0  # bytes a rule
STATUS = Path("/proc/self/status")


def alone(rules: int, frames: int, seed: int) -> World:
    """All rules on one instrument; a usual step is a fifth of the way from one level to the next."""
    chance = random.Random(seed)
    levels = chance.sample(range(PRICE * 4 // 5, PRICE * 6 // 5), rules)
    walked, price = [], PRICE
    for _ in range(frames + frames // 5):
        prices = []
        for _ in range(FRAME):
            price += round(chance.gauss(0, PRICE * 0.08 / rules))
            prices.append(price)
        walked.append(([0] * FRAME, prices))
    return World("one", [PRICE], [0] * rules, levels, walked, frames // 5, 0)


def slope(sizes: list[int], scores: list[Score]) -> float:
    """The exponent of time in rules, by least squares."""
    across, up = [log(size) for size in sizes], [-log(score.rate) for score in scores]
    middle, height = sum(across) / len(across), sum(up) / len(up)
    rise = sum((x - middle) * (y - height) for x, y in zip(across, up, strict=True))
    return rise / sum((x - middle) ** 2 for x in across)


def eager(world: World, rule: int) -> Condition:
    """The rule, armed again as soon as the price is back at its level."""
    made = condition_of(world, rule)
    return Condition(symbol=made.symbol, root=made.root, text=made.text, hysteresis=Decimal(0))


def grown(name: str, worlds: Iterator[World], goal: float, report: Report) -> None:
    """One line a size, then the exponent."""
    print(f"\n{name}: us a quote; adding and removing a condition, in times of bisect.insort", flush=True)
    sizes, scores = [], []
    for world in worlds:
        score, load = whole(world, eager if world.name == "one" else condition_of)
        sizes.append(len(world.levels))
        scores.append(score)
        line(world, score, load)
        gc.collect()
    report.figure("exponent of time in rules", slope(sizes, scores), "", goal)


def line(world: World, score: Score, load: Load) -> None:
    """What one size costs."""
    bare, put, gone = insertion(world)
    print(
        f"  {len(world.levels):>9,} rules {1e6 / score.rate:>6.2f} us;"
        f" insort {bare:.2f} us, boundary added {put / bare:.1f}x, removed {gone / bare:.1f}x;"
        f" condition added {load.add_us / bare:.0f}x ({load.add_us:.1f} us),"
        f" removed {load.remove_us / bare:.0f}x ({load.remove_us:.1f} us)",
        flush=True,
    )


def resident() -> int:
    """Bytes of this process in memory."""
    found = next(row for row in STATUS.read_text().splitlines() if row.startswith("VmRSS"))
    return int(found.split()[1]) * 1024


def hold(rules: int, instruments: int, seed: int) -> None:
    """In a process of its own: load rules, show them a quote, print bytes of data and in memory a rule."""
    world = make("uniform", rules, instruments, 1, seed)
    order = array("I", sorted(range(rules), key=world.homes.__getitem__))
    engine = Engine(default_hours(), lambda symbol: Instrument(symbol=symbol), lambda _: None, lambda _: ())
    frames = quoted(world)
    engine.take(next(frames))

    def conditions() -> Iterator[Condition]:
        for rule in order:
            yield condition_of(world, rule)

    gc.collect()
    before = resident()
    engine.add_all(conditions())
    engine.take(next(frames))
    gc.collect()
    after, (columns, objects) = resident(), engine.bytes_held()
    print(columns / rules, objects / rules, (after - before) / rules)


def main() -> int:
    """The table; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description="Time and memory of more and more rules.")
    parser.add_argument("--rules", type=int, default=1_000_000)
    parser.add_argument("--instruments", type=int, default=10_000)
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20251126)
    parser.add_argument("--hold", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.hold:
        hold(options.rules, options.instruments, options.seed)
        return 0
    report, sizes = Report(), [options.rules // 100, options.rules // 10, options.rules]
    command = [sys.executable, "-m", "benchmarks.growth", "--hold", "--rules", str(options.rules)]
    command += ["--instruments", str(options.instruments), "--seed", str(options.seed)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ourselves
    data, objects, held = map(float, told.split())
    print(f"{options.rules:,} rules over {options.instruments:,} instruments")
    report.figure("bytes of data a rule: columns, directory, boundaries", data, "", DATA)
    report.figure("bytes a rule that instruments hold beside", objects, "")
    report.figure("resident bytes a rule", held, "", RESIDENT)
    grown("one instrument", (alone(size, options.frames, options.seed) for size in sizes), ONE, report)
    spread = (make("uniform", size, options.instruments, options.frames, options.seed) for size in sizes)
    grown(f"{options.instruments:,} instruments", spread, MANY, report)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
