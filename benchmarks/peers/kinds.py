"""A world of thirteen kinds of rules, and the loop that evaluates each on metrics computed once a quote."""

import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, pairwise
from operator import gt, lt
from typing import TypeAlias

from benchmarks.peers.world import FRAME, TICK, Score, timed

Frames: TypeAlias = tuple[list[int], list[int], list[int], list[int]]  # instruments, prices, seconds, volumes

# Kind -> rules in a hundred (performance.md 1.8).
KINDS = {
    "above": 24, "below": 24, "change": 15, "new high": 5, "ma 5": 2, "ma 10": 2, "ma 20": 2, "ma 60": 2,
    "pair": 3, "macd": 4, "move": 9, "volume": 5, "both": 3,
}  # fmt: skip
SPANS = (5, 10, 20, 60)
DAYS = 120  # of history
# Seconds between two quotes of an instrument, and how many of them: an hour goes by, then a quarter of one in
# which every instrument falls into a rhythm of its own, then the snapshots that are measured.
STEPS = ((12, 300), (30, 30))
STEP = 3
WARM_SWEEPS = sum(count for count, _ in STEPS)
WINDOW = 300  # seconds of the move
BUCKET = 5  # of its base
BOTH = 1.2  # times the usual volume that the composite wants
USUAL = 1_000_000  # mean volume a day, shares
# How a usual day's volume spreads over its minutes: (minute, part of the day).
CURVE = ((0, 0.0109375), (1, 0.01875), (5, 0.05), (30, 0.2), (120, 0.55), (240, 1.0))


@dataclass(slots=True)
class Bars:
    """What an instrument's finished days leave to the loops, prices in quanta."""

    closes: list[int]
    highs: list[int]


@dataclass(slots=True)
class Kinds:
    """Rules as columns, bars, and a walk of frames; levels in quanta, tenths of a percent, times 100."""

    bars: list[Bars]
    starts: list[int]
    homes: list[int]
    kinds: list[str]
    levels: list[int]
    frames: list[Frames]
    warm: int
    slow: int

    def text(self, rule: int) -> str:
        """A rule as its owner would type it, symbol apart."""
        kind, level = self.kinds[rule], self.levels[rule]
        if kind in ("above", "below"):
            return f"price crosses {kind} {level / 1000:.2f}".rstrip("0").rstrip(".")
        if kind == "both":
            return f"price > {level / 1000:.2f}".rstrip("0").rstrip(".") + " and volume > 1.2x"
        return {
            "change": f"change {'>' if level > 0 else '<'} {level / 10:g}%",
            "new high": f"new high({level}d)",
            "pair": "ma(5) crosses above ma(20)",
            "macd": "macd golden cross",
            "move": f"move(5m) {'>' if level > 0 else '<'} {level / 10:g}%",
            "volume": f"volume > {level / 100:g}x",
        }.get(kind, f"reclaim ma({kind[3:]})")


def make(rules: int, instruments: int, frames: int, seed: int, days: int = DAYS) -> Kinds:
    """A world from its seed."""
    chance = random.Random(seed)
    bars, starts = [], []
    for _ in range(instruments):
        price, closes = 5000 * 40 ** chance.random(), []
        for _ in range(days):
            price *= 2 ** chance.gauss(0, 0.03)
            closes.append(max(TICK, round(price / TICK) * TICK))
        bars.append(
            Bars(closes, [close + round(close * 0.01 * chance.random() / TICK) * TICK for close in closes])
        )
        starts.append(max(TICK, round(closes[-1] * (1 + chance.gauss(0, 0.005)) / TICK) * TICK))
    homes = [rule % instruments for rule in range(rules)]
    chance.shuffle(homes)
    kinds = chance.choices(list(KINDS), list(KINDS.values()), k=rules)
    levels = [level(kind, starts[home], chance) for kind, home in zip(kinds, homes, strict=True)]
    warm = WARM_SWEEPS * -(-instruments // FRAME)
    walked = list(walk(starts, warm + frames, chance))
    return Kinds(bars, starts, homes, kinds, levels, walked, warm, frames // 5)


def level(kind: str, start: int, chance: random.Random) -> int:
    """A rule's number, in the unit of `Kinds`."""
    if kind in ("above", "below", "both"):
        return max(TICK, round(start * chance.uniform(0.8, 1.2) / TICK) * TICK)
    if kind == "change":
        return chance.choice((-1, 1)) * chance.randrange(5, 100)
    if kind == "new high":
        return chance.choice(SPANS)
    return chance.choice((-1, 1)) * chance.randrange(3, 60) if kind == "move" else chance.randrange(105, 600)


def walk(starts: list[int], frames: int, chance: random.Random) -> Iterator[Frames]:
    """Sweeps over all instruments, a page a frame: prices step as snapshots do, volumes grow as usual."""
    last, volumes, pace, sent = starts[:], [0] * len(starts), [1.0] * len(starts), [0] * len(starts)
    sweep = [range(start, len(starts))[:FRAME] for start in range(0, len(starts), FRAME)]
    for symbols in islice(cycle(sweep), frames):
        picked = list(symbols)
        frame: Frames = (picked, [], [], [])
        for symbol in picked:
            is_warm, second = sent[symbol] < WARM_SWEEPS, clock(sent[symbol])
            sent[symbol] += 1
            step = chance.gauss(0, 0.001 if is_warm else 0.0003)
            last[symbol] = max(TICK, last[symbol] + round(step * last[symbol] / TICK) * TICK)
            pace[symbol] *= 2 ** chance.gauss(0, 0.01)
            volumes[symbol] = max(volumes[symbol], round(USUAL * share(second) * pace[symbol]))
            for column, value in zip(frame[1:], (last[symbol], second, volumes[symbol]), strict=True):
                column.append(value)
        yield frame


def clock(sent: int) -> int:
    """Seconds since the open at an instrument's quote, so many having come before it."""
    second = 0
    for count, step in STEPS:
        second += min(sent, count) * step
        sent = max(0, sent - count)
    return second + sent * STEP


def share(second: int) -> float:
    """The part of a usual day's volume that is traded until then."""
    minute = second / 60
    for (start, low), (end, high) in pairwise(CURVE):
        if minute <= end:
            return low + (high - low) * (minute - start) / (end - start)
    return 1.0


@dataclass
class Rule:
    """A rule as a bot keeps it."""

    number: int
    kind: str
    level: float
    was: bool = False
    done: bool = False


class Metrics:
    """What every rule of an instrument may ask, computed once a quote."""

    def __init__(self, bars: Bars) -> None:
        closes = bars.closes
        self.close = closes[-1]
        self.sums = {days: sum(closes[-(days - 1) :]) for days in SPANS}
        self.highs = {days: max(bars.highs[-days:]) for days in SPANS}
        averages = {days: sum(closes[-days:]) / days for days in SPANS}
        self.beneath = {days: closes[-1] <= averages[days] for days in SPANS}  # a cross comes from there
        self.pair_beneath = averages[5] <= averages[20]
        self.fast = self.slow = float(closes[0])
        self.dea = 0.0
        for close in closes[1:]:
            self.fast, self.slow = (
                self.fast + (close - self.fast) * 2 / 13,
                self.slow + (close - self.slow) * 2 / 27,
            )
            self.dea += (self.fast - self.slow - self.dea) * 2 / 10
        self.macd_beneath = self.fast - self.slow <= self.dea
        self.past: deque[tuple[int, int]] = deque()  # (end of a bucket, its last price)
        self.base = 0
        self.price = self.change = self.move = self.volume = self.bar = 0.0
        self.ma: dict[int, float] = {}

    def see(self, price: int, second: int, volume: int) -> None:
        """One quote."""
        self.price = price
        self.change = price / self.close - 1
        self.ma = {days: (total + price) / days for days, total in self.sums.items()}
        fast, slow = self.fast + (price - self.fast) * 2 / 13, self.slow + (price - self.slow) * 2 / 27
        self.bar = fast - slow - (self.dea + (fast - slow - self.dea) * 2 / 10)
        while self.past and self.past[0][0] <= second - WINDOW:
            self.base = self.past.popleft()[1]
        if not self.base:
            self.base = price
        self.move = price / self.base - 1
        end = (second // BUCKET + 1) * BUCKET
        if self.past and self.past[-1][0] == end:
            self.past.pop()
        self.past.append((end, price))
        self.volume = volume / (USUAL * share(second))


def naive(world: Kinds) -> tuple[Score, set[int]]:
    """Kinder than any bot: metrics once a quote, then every rule of the instrument, until each has fired.

    Beside the score: the rules it fired on a float's tie, where the exact number is not beyond the level.
    """
    rules: list[list[Rule]] = [[] for _ in world.starts]
    for number, (home, kind, level) in enumerate(zip(world.homes, world.kinds, world.levels, strict=True)):
        rule = Rule(number, kind, level / 1000 if kind in ("change", "move") else float(level))
        rule.was = kind in SIDES and SIDES[kind](world.bars[home].closes[-1], level)
        rules[home].append(rule)
    metrics = [Metrics(bars) for bars in world.bars]
    ties: set[int] = set()

    def look(rule: Rule, now: Metrics, price: int) -> bool:
        """Whether a rule that waits fires on these metrics."""
        holds = truth(rule, now)
        rule.done = holds and not rule.was
        rule.was = holds
        if rule.done and is_tie(rule, now, price, world.levels[rule.number]):
            ties.add(rule.number)
        return rule.done

    def work(frames: Sequence[Frames]) -> list[int]:
        fired: list[int] = []
        for columns in frames:
            for symbol, price, second, volume in zip(*columns, strict=True):
                now = metrics[symbol]
                now.see(price, second, volume)
                fired += [rule.number for rule in rules[symbol] if not rule.done and look(rule, now, price)]
        return fired

    return timed(work, world.frames[: world.warm + world.slow], world.warm, world.slow), ties


def is_tie(rule: Rule, now: Metrics, price: int, level: int) -> bool:
    """Whether whole numbers say that a rule which just fired is at its level, not beyond it."""
    if rule.kind in ("change", "move"):
        base = now.close if rule.kind == "change" else now.base
        return (price - base) * 1000 == level * base
    if rule.kind == "pair":
        return 4 * (now.sums[5] + price) == now.sums[20] + price
    days = int(rule.kind[3:]) if rule.kind.startswith("ma ") else 0
    return bool(days) and price * (days - 1) == now.sums[days]


SIDES: dict[str, Callable[[int, int], bool]] = {"above": gt, "below": lt}


def truth(rule: Rule, now: Metrics) -> bool:  # noqa: C901, PLR0911 - the chain every bot has
    """One rule on the metrics of its instrument."""
    kind, level = rule.kind, rule.level
    if kind == "above":
        return now.price > level
    if kind == "below":
        return now.price < level
    if kind == "change":
        return now.change > level if level > 0 else now.change < level
    if kind == "move":
        return now.move > level if level > 0 else now.move < level
    if kind == "volume":
        return now.volume * 100 > level
    if kind == "new high":
        return now.price > now.highs[int(level)]
    if kind == "pair":
        return now.pair_beneath and now.ma[5] > now.ma[20]
    if kind == "macd":
        return now.macd_beneath and now.bar > 0
    if kind == "both":
        return now.price > level and now.volume > BOTH
    days = int(kind[3:])
    return now.beneath[days] and now.price > now.ma[days]
