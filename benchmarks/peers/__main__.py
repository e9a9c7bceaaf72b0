"""Rule engines that evaluate one compiled expression a rule, and an SQLite index, beside ours.

    python -m benchmarks.peers [--rules N] [--instruments N] [--frames N] [--seed N]

A hundred rules an instrument, `price crosses above/below L`, the same fires everywhere. The engines of the
field compile each rule and evaluate all of an instrument's at every quote; the index is asked by price.
"""

import argparse
import sys

from benchmarks.match import index_alone, whole
from benchmarks.peers.engines import by_rule_engine, by_sqlite, by_zen
from benchmarks.peers.report import Report
from benchmarks.peers.world import make

RULE_ENGINE, ZEN, SQLITE = 700.0, 100.0, 2.5  # times as many quotes a second


def main() -> int:
    """The table; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description="Rules matched per second, against rule engines.")
    parser.add_argument("--rules", type=int, default=20_000)
    parser.add_argument("--instruments", type=int, default=200)
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20251126)
    options = parser.parse_args()
    world = make("uniform", options.rules, options.instruments, options.frames, options.seed)
    report = Report()
    print(f"{options.rules:,} rules, {options.instruments:,} instruments")
    print(f"{'':<34}{'quotes/s':>12}{'x rule-engine':>14}{'':>9}{'x zen':>8}{'':>14}{'x SQLite':>8}")
    index, (engine, _) = index_alone(world), whole(world)
    slow, rust, store = by_rule_engine(world), by_zen(world), by_sqlite(world)
    report.row("rule-engine 5.1", slow)
    report.row("zen-engine 2.1, Rust", rust, (slow, None))
    report.row("SQLite in memory, covering index", store, (slow, None), (rust, None))
    report.row("the index alone", index, (slow, RULE_ENGINE), (rust, ZEN), (store, SQLITE))
    report.row("the engine, quotes to events", engine, (slow, None), (rust, None), (store, None))
    report.same("index, rule-engine, zen and SQLite", index, slow, rust, store)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
