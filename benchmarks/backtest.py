"""Back-tests: a year of daily bars for one rule, and a day of minutes for thousands of instruments.

    python -m benchmarks.backtest [--instruments N] [--seed N]

CPU time of this process. The peer of the second job is the same engine given every bar: what the jump over
quiet minutes saves; both must tell the same events.
"""

import argparse
import gc
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from time import process_time

import numpy as np
import numpy.typing as npt

from rules import backtest
from rules.backtest import Tape, day_frames, minute_events, study
from rules.engine import Engine
from rules.evidence import BEFORE
from rules.language import parse
from rules.model import Event, History, Instrument, Minutes
from rules.sessions import default_hours

YEAR, MINUTES = 245, 240
OPEN = datetime(2025, 11, 26, 1, 30, tzinfo=UTC)
GOAL_YEAR, GOAL_DAY = 0.050, 2.0  # seconds of CPU; the second for 5,000 instruments
RULES = ("change > 5%", "reclaim ma(20)", "macd golden cross", "record high", "rsi(6) > 80", "price > 100")


@dataclass(frozen=True, slots=True)
class Day:
    """One instrument's minutes."""

    bars: Minutes
    prev_close: int


def known(name: str) -> Instrument | None:
    """Any code of six digits."""
    return Instrument(symbol=name) if name.endswith(".SZ") and len(name) == 9 else None


def made(name: str) -> Instrument:
    """The same for the engine, which asks for nothing else."""
    return Instrument(symbol=name)


def year(seed: int, days: int) -> History:
    """A walk of daily bars ending on 25 November 2025."""
    chance = np.random.default_rng(seed)
    close = (100_000 * np.exp(np.cumsum(chance.normal(0, 0.02, days)))).astype(np.int64) // 10 * 10
    span = (close * chance.uniform(0, 0.02, days)).astype(np.int64)
    last = np.datetime64(date(2025, 11, 25), "D")
    dates = np.busday_offset(last, np.arange(1 - days, 1), roll="backward").astype("datetime64[D]")
    return History(
        symbol="000001.SZ", dates=dates, open=close, high=close + span, low=close - span, close=close,
        volume=np.full(days, 1e6), factor=np.ones(days),
    )  # fmt: skip


def years(seed: int) -> bool:
    """The year's study for each rule; the history before it is three more years."""
    bars = year(seed, 4 * YEAR)
    last = History(
        symbol=bars.symbol,
        **{name: getattr(bars, name)[-YEAR:] for name in ("dates", "open", "high", "low", "close", "volume")},
        factor=bars.factor[-YEAR:],
    )
    hours, good = default_hours(), True
    for text in RULES:
        times = []
        for _ in range(5):
            start = process_time()
            engine = Engine(hours, made, lambda _: bars, lambda _: ())
            engine.add(parse(f"000001.SZ {text}", known).condition)
            frames, _ = day_frames([(made("000001.SZ"), last)], hours)
            found = study(frames, engine, Tape(hours), by_day=True)
            times.append(process_time() - start)
        ok = min(times) <= GOAL_YEAR
        good &= ok
        print(
            f"a year of days, {text:<20}{1000 * min(times):>8.1f} ms {'ok' if ok else 'MISSED'}"
            f" (<={1000 * GOAL_YEAR:g})  {len(found.outcomes)} rings"
        )
    return good


def days(instruments: int, seed: int) -> list[Day]:
    """A day of minutes for each: 09:30 to 15:00 without the break."""
    chance = np.random.default_rng(seed)
    minute = np.arange(MINUTES) + 90 * (np.arange(MINUTES) >= 120)
    begins = np.int64(OPEN.timestamp()) * 1_000_000 + minute.astype(np.int64) * 60_000_000
    found = []
    for number in range(instruments):
        start = int(chance.integers(5_000, 300_000)) * 10
        close: npt.NDArray[np.int64] = np.maximum(
            start + np.cumsum(chance.normal(0, start * 0.0008, MINUTES)).astype(np.int64), 10
        )
        opened = np.concatenate((np.array([start]), close[:-1]))
        bars = Minutes(
            symbol=f"{number:06d}.SZ", begins=begins, open=opened, high=np.maximum(opened, close),
            low=np.minimum(opened, close), close=close, volume=np.full(MINUTES, 1000.0),
        )  # fmt: skip
        found.append(Day(bars, start))
    return found


def every_bar(_engine: Engine, bars: Minutes, *_extremes: object) -> Iterator[int]:
    """No jump."""
    return iter(range(len(bars.begins)))


def play(made_days: list[Day], *, skips: bool) -> tuple[float, list[Event]]:
    """CPU seconds and what was told: one rule an instrument, `change > 1%`."""
    engine = Engine(default_hours(), made, lambda _: None, lambda _: ())
    for day in made_days:
        engine.add(parse(f"{day.bars.symbol} change > 1%", known).condition)
    gc.collect()
    loud = backtest._loud  # noqa: SLF001 - the peer takes every bar
    if not skips:
        backtest._loud = every_bar  # type: ignore[assignment]  # noqa: SLF001
    told: list[Event] = []
    start = process_time()
    for day in made_days:
        told += minute_events(engine, day.bars, day.prev_close)
    spent = process_time() - start
    backtest._loud = loud  # noqa: SLF001
    return spent, told


def bare(events: Sequence[Event]) -> list[Event]:
    """Without the number before: it is that of the last minute played."""
    return [
        replace(event, evidence={name: figure for name, figure in event.evidence.items() if name != BEFORE})
        for event in events
    ]


def main() -> int:
    """Both jobs; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description="Back-tests through the engine.")
    parser.add_argument("--instruments", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=20251126)
    options = parser.parse_args()
    good = years(options.seed)
    made_days = days(options.instruments, options.seed)
    (spent, told), (every, same) = play(made_days, skips=True), play(made_days, skips=False)
    told, same = bare(told), bare(same)
    ok = spent * 5000 / options.instruments <= GOAL_DAY and told == same
    verdict = "ok" if ok else "MISSED"
    print(
        f"a day of minutes, {options.instruments:,} instruments {spent:.2f} s of CPU {verdict}"
        f" (<={GOAL_DAY:g} for 5,000), {every / spent:.1f}x giving it every bar; {len(told):,} events,"
        f" {'the same' if told == same else 'DIFFERENT'}"
    )
    return int(not (good and ok))


if __name__ == "__main__":
    sys.exit(main())
