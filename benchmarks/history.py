"""Daily bars of the whole market: bytes in the store, and how long a start takes, on a part of them.

Goals for 5,500 instruments x 20 years: at most 400 MB in the store, at most 10 s to read at start. Measured
on a twentieth of them, made ones, on a real embedded server, and multiplied. The start reads packed bytes;
an instrument's bars are unpacked when somebody listens to it, whose time is printed beside, without a goal.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np

from bot.archive import Archive
from bot.history import Folder
from bot.listing import shaped
from bot.store.bars import Bars, Filled
from bot.store.client import Store
from bot.store.embedded import serve
from rules.model import History

INSTRUMENTS, MARKET = 275, 5500
YEARS, SESSIONS = 20, 243
MOST_BYTES, MOST_SECONDS = 400e6, 10.0
LISTENED = 100  # instruments that somebody listens to, unpacked


def made(number: int) -> History:
    """A random walk of 2 % a day with a dividend a year, priced between 2 and 200 yuan; volumes in lots."""
    chance = np.random.default_rng(number)
    days = YEARS * SESSIONS
    first = np.datetime64("2006-01-02", "D")
    dates = np.busday_offset(first, np.arange(days) * 261 // SESSIONS, roll="forward")
    walk = 10 * np.round(
        chance.uniform(200, 20_000) * np.exp(np.cumsum(chance.normal(0, 0.02, days) - 0.0002))
    )
    close = np.clip(walk, 1000, 2_000_000).astype(np.int64)
    opened = 10 * np.round(close * (1 + chance.normal(0, 0.01, days)) / 10).astype(np.int64)
    wide = 10 * np.round(np.abs(close * chance.normal(0, 0.01, (2, days))) / 10).astype(np.int64)
    return History(
        symbol=f"{600_000 + number}.SH",
        dates=dates,
        open=opened,
        high=np.maximum(opened, close) + wide[0],
        low=np.maximum(np.minimum(opened, close) - wide[1], 10),
        close=close,
        volume=np.round(chance.lognormal(11, 1, days)) * 100,
        factor=np.power(1.02, np.arange(days) // SESSIONS, dtype=np.float64),
    )


async def measured(store: Store, folder: Path) -> Iterator[tuple[str, float, float, str]]:
    """Each figure extrapolated to the market: its name, value, goal and unit."""
    bars = Bars(store)
    before = (await store.call("INFO", "memory"))["used_memory"]
    begin = perf_counter()
    for number in range(INSTRUMENTS):
        history = made(number)
        filled = Filled(source="tencent", checked=datetime.now(UTC), days=len(history.dates))
        await bars.write(history.symbol, history, filled)
    print(f"{INSTRUMENTS} instruments x {YEARS} years written in {perf_counter() - begin:.1f} s")
    used = (await store.call("INFO", "memory"))["used_memory"] - before
    begin = perf_counter()
    archive = Archive(Folder(folder, shaped))
    await archive.load(bars)
    load = perf_counter() - begin
    begin = perf_counter()
    rows = sum(len(found.dates) for name in list(archive.filled)[:LISTENED] if (found := archive.get(name)))
    unpack = perf_counter() - begin
    print(f"{used / INSTRUMENTS / YEARS / SESSIONS:.1f} bytes a bar in the store, keys and index included")
    times = MARKET / INSTRUMENTS
    whole = unpack * MARKET / LISTENED
    print(f"{LISTENED} instruments ({rows} bars) unpacked in {unpack:.2f} s; all would take {whole:.0f} s")
    return iter(
        (
            ("store", used * times / 1e6, MOST_BYTES / 1e6, "MB"),
            ("load at start", load * times, MOST_SECONDS, "s"),
        )
    )


async def run() -> int:
    """Print the table; 1 when a goal is missed."""
    with tempfile.TemporaryDirectory(prefix="tickbell-") as name:
        async with serve(Path(name)) as url:
            store = Store.connect(url)
            figures = list(await measured(store, Path(name) / "history"))
            await store.close()
    for name, value, goal, unit in figures:
        print(f"{name}: {value:.1f} {unit} for {MARKET} instruments, extrapolated (goal {goal:.0f} {unit})")
    return int(any(value > goal for _, value, goal, _ in figures))


def main() -> int:
    """Run it."""
    return asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
