"""Made-up worlds of rules and quotes, and how long an engine takes to walk them."""

import gc
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, count
from time import process_time
from typing import TypeVar

FRAME = 800
TICK = 10  # quanta
MASK = (1 << 61) - 1

Frames = Sequence[tuple[Sequence[int], Sequence[int]]]  # instrument numbers, prices
Frame = TypeVar("Frame", bound=Sequence[Sequence[int]])  # columns, the instruments' numbers first


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


def timed(
    work: Callable[[Sequence[Frame]], list[int]], frames: Sequence[Frame], warm: int, slow: int
) -> Score:
    """Warm up, then walk frame by frame; fires up to where the naive loops stop are compared."""
    gc.collect()
    fires = work(frames[:warm])
    times: list[float] = []
    for index, frame in enumerate(frames[warm:]):
        start = process_time()
        fired = work((frame,))
        times.append((process_time() - start) / len(frame[0]))
        if index < slow:
            fires += fired
    return Score(1 / usual(times), fires)


def usual(times: list[float]) -> float:
    """The lower quartile: what a quote takes where no neighbour on the machine disturbs its frame."""
    return sorted(times)[len(times) // 4]
