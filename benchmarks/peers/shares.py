"""A made-up beginning of a day of China's whole stock market, as snapshots three seconds apart show it.

Figures are those of recorded level-1 days (SH600000, SH600004, SZ000002; two days of February 2019, turnovers
of 200 M to 1.4 bn): trades in 65 to 95 % of three-second intervals, price steps of -2 ... 2 ticks in 5, 18,
54, 18 and 5 % of them, lots log-normal with sigma 1.55 and medians of 14 to 41. Here 72 % of intervals have a
trade on average. Books have five levels a side, some of which change in most snapshots.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.making import made
from rules.model import Frame

OPEN = datetime(2026, 9, 10, 1, 30, tzinfo=UTC)
SIZES = {"SH": 2300, "SZ": 2920, "BJ": 280}
POLLS = 4800  # of a day: four hours, one every three seconds
STEP = timedelta(seconds=3)
TICK, LOT, LEVELS = 10, 100, 5  # quanta, shares
STEPS, SHARES_OF = np.array([-2, -1, 0, 1, 2]), (0.05, 0.18, 0.54, 0.18, 0.05)
CODES = {"SH": 600_000, "SZ": 1, "BJ": 920_000}
Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Market:
    """One exchange's instruments as columns, advanced a poll at a time."""

    name: str
    rng: np.random.Generator
    symbols: list[str]
    trades: Floats  # chance of a trade within three seconds
    changes: Floats  # chance of any change
    lots: Floats  # median of a trade
    price: Whole
    first: Whole  # the previous close
    high: Whole
    low: Whole
    shares: Whole
    volume: Whole
    amount: Floats
    ratio: Floats
    bid: Whole
    book: Whole  # lots: instruments, sides, levels
    seconds: Whole  # within a poll at which an instrument's snapshots are made
    time: Whole  # seconds since the open

    def poll(self, number: int) -> None:
        """Three seconds pass."""
        rng, count = self.rng, len(self.symbols)
        changed = rng.random(count) < self.changes
        traded = changed & (rng.random(count) < self.trades / self.changes)
        step = np.where(traded, rng.choice(STEPS, count, p=SHARES_OF), 0) * TICK
        price = np.clip(self.price + step, self.first * 9 // 10, self.first * 11 // 10)
        moved = (price - self.price) // TICK
        lots = np.where(traded, np.ceil(self.lots * np.exp(rng.normal(0, 1.55, count))), 0).astype(np.int64)
        behind = np.where(rng.random(count) < 0.5, (lots * rng.random(count)).astype(np.int64), 0)
        self.volume += lots * LOT
        self.amount += np.round((lots * price - behind * TICK * np.sign(moved + 0.5)) * LOT / 1000)
        self.price, self.high, self.low = price, np.maximum(self.high, price), np.minimum(self.low, price)
        at_bid = rng.random(count) < 0.5
        self.bid = np.where(traded, np.where(at_bid, price, price - TICK), self.bid)
        self.ratio = np.where(
            rng.random(count) < 0.2, np.round(self.ratio + rng.choice([-0.01, 0.01], count), 2), self.ratio
        )
        self._turn(changed, moved)
        now = np.where(rng.random(count) < 0.1, rng.integers(0, 3, count), self.seconds)
        self.time = np.where(changed, 3 * number + now, self.time)

    def _turn(self, changed: npt.NDArray[np.bool_], moved: Whole) -> None:
        """Orders come and go on one to four levels; where the price moves, levels move with it."""
        rng, book = self.rng, self.book
        for side in range(2):
            for level in range(LEVELS):
                here = changed & (rng.random(len(moved)) < 0.25)
                size = book[:, side, level]
                noise = np.round(size * rng.laplace(0, 0.3, len(moved))).astype(np.int64)
                book[:, side, level] = np.where(here, np.maximum(1, size + noise), size)
            away = moved != 0
            fresh = np.ceil(self.lots * np.exp(rng.normal(2.2, 1.0, len(moved)))).astype(np.int64)
            book[away, side] = np.roll(book[away, side], 1, axis=1)
            book[away, side, 0] = fresh[away]

    def frame(self, number: int) -> Frame:
        """What a poll brings."""
        received = OPEN + number * STEP + timedelta(microseconds=int(self.rng.integers(0, 900_000)))
        levels = np.arange(LEVELS) * TICK
        prices = np.stack((self.bid[:, None] - levels, self.bid[:, None] + TICK + levels), axis=1)
        depths = (prices * self.book).sum(axis=2) * LOT / 1000
        sizes = (self.book[:, :, 0] * LOT).astype(float)
        columns: dict[str, list[Any]] = {
            "symbol": self.symbols,
            "time": [OPEN + timedelta(seconds=second) for second in self.time.tolist()],
            "price": self.price.tolist(),
            "open": self.first.tolist(),
            "high": self.high.tolist(),
            "low": self.low.tolist(),
            "prev_close": self.first.tolist(),
            "volume": self.volume.astype(float).tolist(),
            "amount": self.amount.tolist(),
            "limit_up": (self.first * 11 // 100 * 10).tolist(),
            "limit_down": (self.first * 9 // 100 * 10).tolist(),
            "market_cap": (np.round(self.shares * self.price / 1e11, 2) * 1e8).round().tolist(),
            "shares": self.shares.tolist(),
            "float_shares": self.shares.tolist(),
            "bid": self.bid.tolist(),
            "ask": (self.bid + TICK).tolist(),
            "bid_size": sizes[:, 0].tolist(),
            "ask_size": sizes[:, 1].tolist(),
            "bid_depth": depths[:, 0].tolist(),
            "ask_depth": depths[:, 1].tolist(),
            "volume_ratio": self.ratio.tolist(),
            "source": ["tencent"] * len(self.symbols),
        }
        rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
        return Frame(market=self.name, received=received, quotes=tuple(made(**row) for row in rows))


def market(name: str, seed: int, share: float = 1.0) -> Market:
    """An exchange at the open."""
    rng = np.random.default_rng([seed, CODES[name]])
    count = max(1, round(SIZES[name] * share))
    price = np.maximum(100, np.round(np.exp(rng.normal(2.5, 0.8, count)), 2) * 1000 // TICK * TICK).astype(
        np.int64
    )
    trades = np.clip(rng.beta(4.5, 1.75, count), 0.05, 0.98)
    lots = np.clip(np.exp(rng.normal(3.1, 0.6, count)), 3, 300)
    volume = rng.integers(1000, 20_000, count) * LOT
    return Market(
        name=name,
        rng=rng,
        symbols=[f"{CODES[name] + number:06d}.{name}" for number in range(count)],
        trades=trades,
        changes=np.maximum(trades, np.clip(rng.beta(12, 1.4, count), 0.3, 0.995)),
        lots=lots,
        price=price.copy(),
        first=price.copy(),
        high=price.copy(),
        low=price.copy(),
        shares=np.exp(rng.normal(20.3, 1.1, count)).astype(np.int64),
        volume=volume,
        amount=np.round(volume * price / 1000),
        ratio=np.asarray(np.round(np.exp(rng.normal(0, 0.4, count)), 2), dtype=np.float64),
        bid=price - TICK,
        book=np.ceil(lots[:, None, None] * np.exp(rng.normal(2.2, 1.0, (count, 2, LEVELS)))).astype(np.int64),
        seconds=rng.integers(0, 3, count),
        time=np.zeros(count, dtype=np.int64),
    )


def frames(name: str, seed: int, polls: int, share: float = 1.0) -> Iterator[Frame]:
    """The first polls of an exchange's day."""
    made_up = market(name, seed, share)
    for number in range(polls):
        if number:
            made_up.poll(number)
        yield made_up.frame(number)
