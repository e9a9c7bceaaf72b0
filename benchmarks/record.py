"""The recorder: bytes of a day of China's whole stock market, and what it costs to write and to read one.

    python -m benchmarks.record [--polls N] [--share X] [--seed N]

5,500 instruments every three seconds for four hours, each with every figure that a snapshot has, recorded
block by block as the program does, one file an exchange. Only the first polls are made and written; the day's
size is the first block, which names everything, and as many of the later ones as a day has. Quotes are read
back and compared. `benchmarks/peers/shares.py` says what the market is like. Exits 1 when a goal is missed.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.peers.shares import POLLS, SIZES, frames
from bot.recorder.blocks import WALLS, Writer
from bot.recorder.recorder import ROUND
from bot.recorder.reels import append, blocks
from bot.recorder.reels import frames as read
from rules.model import Frame, Quote

GOAL = 150.0  # MB
BLOCK = round(ROUND / 3)  # polls a block


@dataclass(slots=True)
class Score:
    """One exchange's part of a day."""

    day: float  # bytes
    quotes: int  # written
    changed: int  # of them, against the one before
    written: float  # seconds of CPU
    read: float


def kept(frame: Frame) -> Iterator[Quote]:
    """The quotes as they are recorded: sums of the book that are no walls are 0."""
    for quote in frame.quotes:
        depths = {name: getattr(quote, name) for name in ("bid_depth", "ask_depth")}
        small: dict[str, Any] = {
            name: 0.0 for name, depth in depths.items() if depth is not None and depth < WALLS
        }
        yield replace(quote, **small) if small else quote


def record(name: str, folder: Path, options: argparse.Namespace) -> Score:
    """Write the first polls of an exchange's day, read them back, and say what a day would be."""
    given = list(frames(name, options.seed, options.polls, options.share))
    path, writer = folder / f"{name}.tbr", Writer(name)
    start = time.process_time()
    for number, frame in enumerate(given, 1):
        writer.add(frame)
        if number % BLOCK == 0:
            append(path, writer.take(), fresh=number == BLOCK)
    written = time.process_time() - start
    start = time.process_time()
    back = list(read(path))
    took = time.process_time() - start
    for frame, again in zip(given, back, strict=False):
        if frame.received != again.received or tuple(kept(frame)) != again.quotes:
            raise SystemExit("what was read is not what was written")
    sizes = [len(body) for _, _, body in blocks(path)]
    later = sum(sizes[1:]) / (len(sizes) - 1) / BLOCK
    changed = sum(a != b for one, two in pairwise(given) for a, b in zip(one.quotes, two.quotes, strict=True))
    day = sizes[0] + later * (POLLS - BLOCK)
    return Score(day, sum(len(frame.quotes) for frame in given), changed, written, took)


def main() -> int:
    """All three exchanges; 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description="Size and cost of a recorded day.")
    parser.add_argument("--polls", type=int, default=5 * BLOCK, help="of the 4,800 of a day")
    parser.add_argument("--share", type=float, default=1.0, help="of each exchange's instruments")
    parser.add_argument("--seed", type=int, default=20260910)
    options = parser.parse_args()
    total = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name in SIZES:
            score = record(name, Path(folder), options)
            day = score.day / options.share
            total += day
            each = day / (SIZES[name] * POLLS)
            print(
                f"  {name}: {day / 1e6:6.1f} MB a day, {each:.2f} bytes a quote,"
                f" {score.changed / score.quotes:.0%} of them other than the one before;"
                f" written in {score.written / score.quotes * 1e6:.1f} us,"
                f" read in {score.read / score.quotes * 1e6:.1f} us"
            )
    is_met = total / 1e6 <= GOAL
    rate = sum(SIZES.values()) / 3
    print(
        f"  whole market: {total / 1e6:.0f} MB a day (goal {GOAL:.0f}{'' if is_met else ', MISSED'}),"
        f" extrapolated from {options.polls} of {POLLS} polls; {rate:.0f} quotes a second"
    )
    return int(not is_met)


if __name__ == "__main__":
    sys.exit(main())
