"""Worlds to compare in: the recordings, and made-up ones that are as unkind as their seed allows.

A made-up world has a coarse grid, so that prices meet levels; it jumps, halts, opens late, leaves figures
out, corrects previous closes, splits shares, swaps its history at night, loses its feed; conditions come
and go.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import numpy as np

from rules.model import Frame, History, Instrument, Kind, Node, Phase, Quote, SessionKind
from rules.sessions import default_hours
from tests.brute.compare import Pair, World
from tests.brute.pool import Ground, composites, leaves
from tests.brute.recordings import Recording

HOURS = default_hours()
BOTH = frozenset({SessionKind.REGULAR, SessionKind.EXTENDED})
REGULAR = frozenset({SessionKind.REGULAR})
LAST = date(2025, 11, 21)  # a Friday; made-up worlds begin on the Monday after


def recorded(recording: Recording, history: History | None, chance: random.Random, variant: int) -> World:
    """A recording: all rows, or every third one with the extremes of all, with or without these."""
    every, fed = ((1, True), (3, True), (1, False), (7, True))[variant % 4]
    frames = recording.frames(every, fed=fed)
    prices = sorted({quote.price for frame in frames for quote in frame.quotes if quote.price})
    days = sorted({frame.received.date() for frame in frames})
    instrument = Instrument(
        symbol=recording.symbol, kind=recording.kind, decimals=recording.decimals, shares=10**9
    )
    if recording.kind is not Kind.STOCK:
        instrument = replace(instrument, shares=None)
    ground = Ground(
        prices=prices,
        decimals=recording.decimals,
        tick=max(1, min((b - a for a, b in itertools.pairwise(prices)), default=1)),
        dates=[day + timedelta(days=shift) for day in days[:20] for shift in (0, -1, -40)],
        volumes=True,
        limits=instrument.market in ("SH", "SZ"),
        windows=(10, 60, 300) if instrument.market == "BINANCE" else (10, 60, 300, 900, 1800),
        shares=instrument.shares or 0,
        early=instrument.market == "US",
    )
    sessions = BOTH if instrument.market == "US" and chance.random() < 0.3 else REGULAR
    return World(
        f"{recording.symbol} every {every}{'' if fed else ' bare'}", frames, instrument, history, ground,
        sessions=sessions,
    )  # fmt: skip


def populate(world: World, nodes: Sequence[Node], chance: random.Random) -> Pair:
    """A pair that begins with most of the nodes; some come in mid-stream, some go, the feed is lost twice."""
    pair, size = Pair(world), len(world.frames)
    deeds: dict[int, list[Callable[[Pair], None]]] = {at: [deed] for at, deed in world.deeds.items()}

    def later(deed: Callable[[Pair], None]) -> None:
        deeds.setdefault(chance.randrange(1, size), []).append(deed)

    for node in nodes:
        margin = chance.choice((None, None, None, "0", "0.01"))
        fate = chance.random()
        if fate > 0.75:
            later(partial(_join, node=node, margin=margin))
            continue
        made = pair.add(node, hysteresis=margin)
        if fate < 0.08:
            later(partial(Pair.remove, made=made))
    for _ in range(2):
        later(Pair.reconnected)
    world.deeds = {at: partial(_all, deeds=listed) for at, listed in deeds.items()}
    return pair


def _all(pair: Pair, *, deeds: Sequence[Callable[[Pair], None]]) -> None:
    for deed in deeds:
        deed(pair)


def _join(pair: Pair, *, node: Node, margin: str | None) -> None:
    pair.add(node, hysteresis=margin)


@dataclass
class Unkind:
    """A made-up share, one day after the other."""

    chance: random.Random
    instrument: Instrument
    closes: list[int]
    history: History
    frames: list[Frame] = field(default_factory=list)
    deeds: dict[int, Callable[[Pair], None]] = field(default_factory=dict)
    price: int = 0
    grid: int = 100

    def live(self, days: int) -> None:
        """So many trading days from the Monday on."""
        self.price = self.closes[-1]
        day = LAST
        for _ in range(days):
            day += timedelta(days=3 if day.weekday() == 4 else 1)
            self._day(day)

    def _day(self, day: date) -> None:
        chance = self.chance
        close = self.price
        if chance.random() < 0.2:  # ex-date: a split, or a dividend
            close = self.price = self._on_grid(self.price * chance.choice((0.5, 0.98, 0.95)))
        figures = _Figures(close, chance)
        for time, phase in self._times(day):
            self.price = self._step(figures, phase)
            self._see(time, phase, figures)
        if chance.random() < 0.7:
            end = datetime(day.year, day.month, day.day, 7, 1, tzinfo=UTC)
            self.frames.append(Frame(market=self.instrument.market, received=end))
        if chance.random() < 0.3 and figures.high:
            self._learn(day, figures)

    def _times(self, day: date) -> Iterator[tuple[datetime, Phase]]:
        """Uneven: from the auction, from the open, or joined late; some seconds, some minutes apart."""
        chance = self.chance
        start = datetime(day.year, day.month, day.day, 1, 30, tzinfo=UTC)
        now = start + timedelta(seconds=chance.choice((-600, -120, 0, 0, 0, 3, 45, 61, 1800)))
        end = start + timedelta(hours=5, minutes=30, seconds=50)
        while now < end:
            phase = HOURS.phase(self.instrument.market, now)
            if phase is Phase.CONTINUOUS and chance.random() < 0.01:
                phase = Phase.HALTED
            yield now, phase
            now += timedelta(seconds=chance.choice((1, 3, 3, 3, 7, 15, 30, 60, 60, 200, 900)))

    def _step(self, figures: "_Figures", phase: Phase) -> int:
        chance = self.chance
        step = chance.choice((0, 0, 0, 1, 1, -1, -1, 2, -2, 5, -5, 25, -25))
        if chance.random() < 0.02:
            step = chance.randrange(-80, 80)
        price = self._on_grid(self.price + step * self.grid)
        up, down = figures.limits
        price = min(max(price, down), up)
        if chance.random() < 0.03:
            price = chance.choice((up, down, figures.close))
        return price if phase is not Phase.HALTED else self.price

    def _see(self, time: datetime, phase: Phase, figures: "_Figures") -> None:
        chance, price = self.chance, self.price
        regular = phase in (Phase.CONTINUOUS, Phase.CLOSING_AUCTION)
        if regular:
            figures.trade(price, self.grid)
        absent = chance.random() < 0.02
        fed = figures.fed and regular
        quote = Quote(
            symbol=self.instrument.symbol,
            time=time,
            price=chance.choice((None, 0)) if absent else price,
            open=figures.open if fed else None,
            high=figures.high if fed else None,
            low=figures.low if fed else None,
            prev_close=figures.said_close(),
            volume=figures.volume if chance.random() > 0.03 else None,
            amount=figures.amount if chance.random() > 0.03 else None,
            limit_up=figures.limits[0] if figures.says_limits else None,
            limit_down=figures.limits[1] if figures.says_limits else None,
            float_shares=900_000_000 if chance.random() < 0.5 else None,
            indicative=Decimal(figures.close).scaleb(-3) if chance.random() < 0.9 else None,
            inflow=round(figures.volume * 13.7 - 1e8, 2) if chance.random() < 0.9 else None,
            bid_depth=chance.choice((None, 49_999_999.99, 50_000_000.0, 7e7)),
            ask_depth=chance.choice((None, 49_999_999.99, 50_000_000.0, 7e7)),
            phase=phase if chance.random() > 0.05 or phase is Phase.HALTED else None,
            source="made",
        )
        quote = figures.book(quote, price, self.grid)
        self.frames.append(Frame(market=self.instrument.market, received=time, quotes=(quote,)))

    def _learn(self, day: date, figures: "_Figures") -> None:
        """The provider has the day's bar from tomorrow on, with its own high."""
        past, close = self.history, self.price
        self.history = replace(
            past,
            dates=np.append(past.dates, np.datetime64(day, "D")),
            open=np.append(past.open, np.int64(figures.open)),
            high=np.append(past.high, np.int64(figures.high + self.grid)),
            low=np.append(past.low, np.int64(figures.low)),
            close=np.append(past.close, np.int64(close)),
            volume=np.append(past.volume, figures.volume),
            factor=np.append(past.factor, past.factor[-1]),
        )
        history = self.history
        self.deeds[len(self.frames)] = lambda pair: pair.learn(history)

    def _on_grid(self, price: float) -> int:
        return max(self.grid, round(price / self.grid) * self.grid)


class _Figures:
    """A day's running figures."""

    def __init__(self, close: int, chance: random.Random) -> None:
        self.close, self.chance = close, chance
        band = chance.choice((0.1, 0.05, 0.2))
        self.limits = round(close * (1 + band) / 10) * 10, round(close * (1 - band) / 10) * 10
        self.fed, self.says_limits = chance.random() < 0.7, chance.random() < 0.8
        self.late_close = chance.random() < 0.15
        self.open = self.high = self.low = 0
        self.volume = self.amount = 0.0

    def trade(self, price: int, grid: int) -> None:
        """One more price; sometimes one nobody was shown."""
        beyond = self.chance.choice((0, 0, 0, 0, 0, 3, 11)) * grid
        up, down = self.limits
        self.open = self.open or price
        self.high = min(max(self.high or price, price + beyond), max(up, price))
        self.low = max(
            min(self.low or price, price - self.chance.choice((0, 0, 0, 0, 4)) * grid), min(down, price)
        )
        lot = self.chance.choice((0, 100, 2_000, 50_000, 2_000_000))
        self.volume += lot
        self.amount = round(self.amount + lot * price / 1000, 2)

    def said_close(self) -> int | None:
        """Late on some days, and now and then corrected."""
        if self.late_close and self.chance.random() < 0.2:
            self.late_close = False
        return None if self.late_close else self.close

    def book(self, quote: Quote, price: int, grid: int) -> Quote:
        """Both sides, one at a limit, none at all."""
        up, down = self.limits
        size = self.chance.choice((100.0, 90_000.0, 1_000_000.0, 4_000_000.0))
        if self.chance.random() < 0.05:
            return quote
        bid: int | None = price
        ask: int | None = price + grid
        if price >= up:
            bid, ask = (up, self.chance.choice((None, None, None, 0, up)))
        elif price <= down:
            bid, ask = (self.chance.choice((None, None, None, 0, down)), down)
        return replace(
            quote, bid=bid, ask=ask, bid_size=size if bid else None, ask_size=size if ask else None
        )


def unkind(seed: int) -> World:
    """A made-up share of Shenzhen: five or so days after eighty bars of history."""
    chance = random.Random(seed)  # noqa: S311 - a seeded world
    grid = chance.choice((10, 100, 100, 500))
    closes = [100_000]
    for _ in range(chance.choice((0, 1, 4, 30, 80, 80)) or 0):
        closes.append(max(60_000, closes[-1] + chance.randrange(-30, 31) * 100))
    bars = _history(closes, chance, grid)
    instrument = Instrument(symbol="300308.SZ", shares=chance.choice((10**9, None)))
    made = Unkind(chance, instrument, closes, bars, grid=grid)
    made.live(chance.choice((2, 4, 6)))
    prices = sorted({quote.price for frame in made.frames for quote in frame.quotes if quote.price})
    ground = Ground(
        prices=prices,
        decimals=3,
        tick=grid,
        dates=[day.astype(object) for day in bars.dates[-15:]] + [LAST + timedelta(days=4)],
        volumes=True,
        limits=True,
        books=True,
        early=True,
        swings=("0.001", "0.005", "0.01", "0.02", "0.03", "0.05"),
        shares=instrument.shares or 0,
    )
    first = bars if chance.random() < 0.85 else None
    sessions = chance.choice((REGULAR, REGULAR, BOTH, frozenset(SessionKind)))
    return World(f"made {seed}", made.frames, instrument, first, ground, deeds=made.deeds, sessions=sessions)


def _history(closes: Sequence[int], chance: random.Random, grid: int) -> History:
    """Bars with ranges, some splits and dividends among them."""
    days, day = list[date](), LAST
    while len(days) < len(closes):
        days.insert(0, day)
        day -= timedelta(days=3 if day.weekday() == 0 else 1)
    size = len(closes)
    highs = [close + chance.choice((0, 1, 3, 8)) * grid for close in closes]
    lows = [close - chance.choice((0, 1, 3, 8)) * grid for close in closes]
    factor, factors = 1.0, []
    for _ in range(size):
        factor *= chance.choice((1.0,) * 20 + (2.0, 1.03)) if chance.random() < 0.5 else 1.0
        factors.append(factor)
    if chance.random() < 0.6:
        factors = [1.0] * size
    return History(
        symbol="300308.SZ",
        dates=np.array(days, "datetime64[D]"),
        open=np.array(closes, np.int64),
        high=np.array(highs, np.int64),
        low=np.array(lows, np.int64),
        close=np.array(closes, np.int64),
        volume=np.array([chance.randrange(1, 9) * 1e7 for _ in closes]),
        factor=np.array(factors),
    )


def nodes_of(world: World, chance: random.Random, *, composed: int) -> list[Node]:
    """Everything a world can be asked."""
    assert world.ground is not None
    simple = leaves(world.ground, chance)
    return [*simple, *composites(simple, chance, composed)]
