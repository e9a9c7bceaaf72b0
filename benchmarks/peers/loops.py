"""The peers: the loop every hobby bot has, and the same tuned by hand."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.peers.world import Frames, Score, World, timed


@dataclass
class Rule:
    """A rule as a bot keeps it."""

    number: int
    symbol: int
    direction: str
    level: int
    back: int
    armed: bool = True


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
    return timed(walk, world.frames[: world.warm + world.slow], world.warm, world.slow)


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

    return timed(walk, world.frames[: world.warm + world.slow], world.warm, world.slow)
