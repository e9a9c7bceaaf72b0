"""Daily bars of the whole market, minute bars of some: bytes in the store, and how long a start takes.

Goals for 5,500 instruments x 20 years: at most 400 MB in the store, at most 10 s to read at start. Measured
on a twentieth of them, made ones, on a real embedded server, and multiplied. The start reads packed bytes;
an instrument's bars are unpacked when somebody listens to it, whose time is printed beside, without a goal.
Minute bars are kept of instruments with rules on them alone: their bytes and time are an instrument's,
with as many bars as are ever kept for rules on 5 and 60 minutes.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np

from bot.history.archive import Archive
from bot.history.folder import Folder
from bot.history.refill import thinned
from bot.master.listing import shaped
from bot.store.bars import Bars, Filled
from bot.store.client import Store
from bot.store.embedded import serve
from bot.store.minutes import Known, MinuteBars
from rules.kept import MINUTE, Kept
from rules.model import History
from rules.sessions import default_hours
from rules.slots import runs
from rules.table import micros, moment_of

INSTRUMENTS, MARKET = 275, 5500
YEARS, SESSIONS = 20, 243
DAYS = 700  # of minutes, which are more than are kept of the longest bars
MOST_BYTES, MOST_SECONDS = 400e6, 10.0
WATCHED, SIZES = 100, (1, 5, 60)  # instruments with rules on minutes; lengths of bars that are kept
MOST_MINUTES = 100e3  # bytes of one of them
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


def kept(number: int) -> Kept:
    """As many minutes, fives and hours as are ever kept: a random walk of a cent or more a minute."""
    chance = np.random.default_rng(number)
    hours, symbol = default_hours(), f"{600_000 + number}.SH"
    last = datetime(2025, 11, 26, tzinfo=UTC)
    begins = np.concatenate(
        [
            np.arange(micros(start), micros(end), MINUTE)
            for back in range(DAYS, 0, -1)
            if (session := hours.on("SH", (last - timedelta(days=back)).date())) is not None
            for start, end in runs(session)
        ]
    )
    close = 10 * (2000 + np.cumsum(chance.integers(-4, 5, len(begins))).clip(-1800))
    opened = close + 10 * chance.integers(-3, 4, len(begins))
    wide = 10 * chance.integers(0, 4, (2, len(begins)))
    whole = Kept(
        symbol=symbol,
        begins=begins,
        open=opened,
        high=np.maximum(opened, close) + wide[0],
        low=np.minimum(opened, close) - wide[1],
        close=close,
        volume=np.round(chance.lognormal(6, 1, len(begins))) * 100,
        spans=np.ones(len(begins), np.int64),
        until=micros(last),
    )
    return thinned(whole, hours, SIZES)


async def minutes(store: Store) -> Iterator[tuple[str, float, float, str]]:
    """What minute bars take of an instrument that has rules on them."""
    bars, made_ones = MinuteBars(store), [kept(number) for number in range(WATCHED)]
    before = (await store.call("INFO", "memory"))["used_memory"]
    now = datetime.now(UTC)
    for one in made_ones:
        await bars.write(one.symbol, one, Known(source="sina", checked=now, until=moment_of(one.until)))
    used = ((await store.call("INFO", "memory"))["used_memory"] - before) / WATCHED
    begin = perf_counter()
    held = await bars.read(one.symbol for one in made_ones)
    rows = sum(len(found.bars(symbol).begins) for symbol, found in held.items())
    took = 1000 * (perf_counter() - begin) / WATCHED
    each = rows / WATCHED
    print(f"{WATCHED} instruments: {each:.0f} minute bars each, {used / each:.1f} bytes a bar")
    print(f"read and unpacked in {took:.1f} ms an instrument")
    return iter((("minute bars", used / 1e3, MOST_MINUTES / 1e3, "kB"),))


async def run() -> int:
    """Print the table; 1 when a goal is missed."""
    with tempfile.TemporaryDirectory(prefix="tickbell-") as name:
        async with serve(Path(name)) as url:
            store = Store.connect(url)
            figures = list(await measured(store, Path(name) / "history"))
            one = list(await minutes(store))
            await store.close()
    for name, value, goal, unit in figures:
        print(f"{name}: {value:.1f} {unit} for {MARKET} instruments, extrapolated (goal {goal:.0f} {unit})")
    for name, value, goal, unit in one:
        print(f"{name}: {value:.1f} {unit} an instrument with rules on them (goal {goal:.0f} {unit})")
    return int(any(value > goal for _, value, goal, _ in (*figures, *one)))


def main() -> int:
    """Run it."""
    return asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
