"""Rule engines with one compiled expression a rule, and an SQLite index: the same crossings."""

import sqlite3
from collections.abc import Callable

import rule_engine
import zen

from benchmarks.peers.world import Frames, Score, World, timed

Matches = Callable[[dict[str, int]], bool]


def expression(world: World, rule: int) -> str:
    """A rule as both engines read it."""
    level = world.levels[rule]
    if world.is_above(rule):
        return f"last <= {level} and price > {level}"
    return f"last >= {level} and price < {level}"


def by_rule_engine(world: World) -> Score:
    """github.com/zeroSteiner/rule-engine, pure Python."""
    return each(world, lambda text: rule_engine.Rule(text).matches)


def by_zen(world: World) -> Score:
    """github.com/gorules/zen, Rust."""
    return each(world, lambda text: zen.compile_expression(text).evaluate)


def each(world: World, compile_: Callable[[str], Matches]) -> Score:
    """One compiled expression a rule, all of an instrument evaluated on one context a quote."""
    rules: list[list[tuple[Matches, int]]] = [[] for _ in world.starts]
    for rule, home in enumerate(world.homes):
        rules[home].append((compile_(expression(world, rule)), rule))
    last = world.starts[:]

    def walk(frames: Frames) -> list[int]:
        fired: list[int] = []
        for symbols, prices in frames:
            for symbol, price in zip(symbols, prices, strict=True):
                context = {"last": last[symbol], "price": price}
                fired += [rule for matches, rule in rules[symbol] if matches(context)]
                last[symbol] = price
        return fired

    return timed(walk, world.frames[: world.warm + world.slow], world.warm, world.slow)


def by_sqlite(world: World) -> Score:
    """In memory, a covering index, one query a quote."""
    store = sqlite3.connect(":memory:")
    store.execute("create table rules (home integer, above integer, level integer, rule integer)")
    rows = (
        (world.homes[rule], world.is_above(rule), world.levels[rule], rule)
        for rule in range(len(world.homes))
    )
    store.executemany("insert into rules values (?, ?, ?, ?)", rows)
    store.execute("create index by_level on rules (home, above, level, rule)")
    last = world.starts[:]
    query = "select rule from rules where home = ? and above = ? and level >= ? and level {} ?"
    rising, falling = query.format("<"), query.format("<=").replace("level >=", "level >")

    def walk(frames: Frames) -> list[int]:
        fired: list[int] = []
        for symbols, prices in frames:
            for symbol, price in zip(symbols, prices, strict=True):
                before = last[symbol]
                if price > before:
                    fired += [rule for (rule,) in store.execute(rising, (symbol, 1, before, price))]
                elif price < before:
                    fired += [rule for (rule,) in store.execute(falling, (symbol, 0, price, before))]
                last[symbol] = price
        return fired

    return timed(walk, world.frames, world.warm, world.slow)
