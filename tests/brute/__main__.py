"""Compares the engine with the book: `python -m tests.brute [--quotes N] [--seed N]`; 1 where they differ.

Every condition kind over every recording, in groups of some twenty so that quiet quotes stay quiet, then
made-up worlds until so many quotes (a million) were taken by both. It takes about ten minutes of one core.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from time import process_time

from tests.brute.compare import Pair, Tally, World
from tests.brute.definitions import DEFINITIONS, UNPROVED
from tests.brute.past import history_of
from tests.brute.recordings import Recording, bitcoin, minutes, spy, ticks, trades
from tests.brute.worlds import nodes_of, populate, recorded, unkind

# Recordings by name, the variants they are played in (tests.brute.worlds.recorded), how many groups of each.
PLAN = (
    ("spy", spy, (0, 1), 12),
    ("bitcoin", bitcoin, (0, 1), 12),
    ("minutes SH600000", lambda: minutes("SH600000"), (1, 2), 8),
    ("minutes SH000001", lambda: minutes("SH000001"), (0, 3), 8),
    ("minutes SZ000001", lambda: minutes("SZ000001"), (1,), 12),
    ("minutes SZ000002", lambda: minutes("SZ000002"), (0,), 12),
    ("ticks SH600000", lambda: ticks("SH600000"), (0, 1), 12),
    ("ticks SZ000002", lambda: ticks("SZ000002"), (1, 2), 12),
    ("trades", trades, (0, 1), 8),
)
GROUP = 20
COMPOSED = 60


def groups(world: World, seed: int, most: int) -> Iterator[Pair]:
    """Pairs over one world, each with its own part of everything it can be asked."""
    chance = random.Random(seed)  # noqa: S311 - a seeded choice
    nodes = nodes_of(world, chance, composed=COMPOSED)
    chance.shuffle(nodes)
    for at in range(0, min(len(nodes), most * GROUP), GROUP):
        copy = replace(world, name=f"{world.name} [{seed}:{at}]")
        yield populate(copy, nodes[at : at + GROUP], random.Random(seed * 1000 + at))  # noqa: S311


def recordings(seed: int) -> Iterator[Iterator[Pair]]:
    """Every recording in each of its variants."""
    for name, load, variants, most in PLAN:
        recording: Recording = load()
        for variant in variants:
            chance = random.Random(f"{name} {seed}")  # noqa: S311 - a seeded choice
            world = recorded(recording, history_of(recording), chance, variant)
            yield groups(world, seed + variant, most)


def made(seed: int) -> Iterator[Iterator[Pair]]:
    """Made-up worlds without end."""
    while True:
        yield groups(unkind(seed), seed, 100)
        seed += 1


def say(text: object) -> None:
    """One line more."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def play(source: Iterator[Iterator[Pair]], total: Tally, quotes: int) -> None:
    """Run worlds until so many quotes were taken; say of each what it came to."""
    for pairs in source:
        if total.quotes >= quotes:
            return
        part, name = Tally(), ""
        for pair in pairs:
            part.add(pair.run())
            name = pair.world.name.partition(" [")[0]
        total.add(part)
        say(f"{name}: {part.quotes:,} quotes, {part.words.total():,} words")
        for difference in part.differences:
            say(difference)


def main(arguments: list[str]) -> int:
    """Print what was compared and every difference."""
    parser = argparse.ArgumentParser(prog="tests.brute", description=__doc__)
    parser.add_argument("--quotes", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    total, start = Tally(), process_time()
    play(recordings(asked.seed), total, asked.quotes)
    play(made(asked.seed), total, asked.quotes)
    say(", ".join(f"{count:,} {state}" for state, count in sorted(total.words.items())))
    say(
        f"{total.quotes:,} quotes, {len(total.conditions):,} conditions of {len(DEFINITIONS)} signals, "
        f"{len(total.differences)} differences, {process_time() - start:.0f} s of CPU; "
        f"not compared here: {', '.join(sorted(UNPROVED))}"
    )
    return int(bool(total.differences))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
