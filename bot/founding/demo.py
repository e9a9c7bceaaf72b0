"""The founding day as a world to run: instruments, groups, histories and every frame of 26 November 2025.

A reconstruction: made-up paths between published figures (published.py beside it), the same bytes at every
call. Named instruments are quoted every 5 s, the crowd every 2 minutes; frames of one market carry what is
due then.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from heapq import merge
from operator import itemgetter
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from bot.founding import published
from bot.founding.crowd import BARS, CROWD_BARS, LOT, crowd, history, uniform
from bot.founding.published import Figure
from bot.master.reference import Reference
from rules.model import Frame, History, Instrument, Kind, Quote

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

ZONE = ZoneInfo("Asia/Shanghai")
STEP = 5  # seconds between two quotes of a named instrument
CROWD_EVERY = 24  # steps between two quotes of one of the crowd
LAG = {"SZ": timedelta(seconds=0.4), "SH": timedelta(seconds=0.7)}  # receive after exchange time; never equal
OPENS, MATCHED, CLOSES = time(9, 30), time(9, 25, 3), time(15)
WIGGLE, CROWD_WIGGLE = 0.0005, 0.002  # how far a path strays from the straight line, as a share of the price
QUIET = 60  # seconds: between anchors this close a path is straight
AUCTION_SHARE, CLOSING_SHARE = 0.012, 0.02  # of the day's volume


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything the demo runs on; `frames` gives the whole day anew at each call."""

    label: str
    instruments: tuple[Instrument, ...]
    groups: Mapping[str, tuple[str, ...]]
    histories: Mapping[str, History]
    frames: Callable[[], Iterator[Frame]]
    start: datetime  # of the day's first frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One instrument's quotes: columns of shape (quotes,), `steps` being positions in `grid()`."""

    plain: Quote  # what never changes within the day
    indicated: int
    open: int
    close: int
    steps: Whole
    price: Whole
    high: Whole
    low: Whole
    volume: Floats
    amount: Floats
    final: tuple[float, float]  # volume and amount after the closing auction
    opening: float  # volume of the opening auction
    scale: int  # quanta in one unit of currency
    counted: bool  # an index has no volume of its own


def at(clock: time | str) -> datetime:
    """A Chinese wall-clock time of the day, as UTC."""
    moment = time.fromisoformat(clock) if isinstance(clock, str) else clock
    return datetime.combine(published.DAY, moment, ZONE).astimezone(UTC)


@cache
def grid() -> tuple[datetime, ...]:
    """The times of the continuous session's quotes, every 5 s with the lunch break left out."""
    morning = [at(OPENS) + timedelta(seconds=second) for second in range(0, 7200 + 1, STEP)]
    afternoon = [at(time(13)) + timedelta(seconds=second) for second in range(0, 7020 + 1, STEP)]
    return (*morning, *afternoon)


def _smooth(seed: int, count: int) -> Floats:
    """A wandering line within [-1, 1]."""
    width = 15
    total = np.cumsum(uniform(seed, count + width) - 0.5)
    line = total[width:] - total[:-width]
    return np.asarray(line / max(float(np.abs(line).max()), 1e-9), dtype=np.float64)


def walk(path: Sequence[tuple[datetime, float]], seed: int, wiggle: float) -> Floats:
    """Prices on the grid: exact at the path's points, straying by `wiggle` at most between them."""
    seconds = np.array([moment.timestamp() for moment in grid()])
    knots = np.array([moment.timestamp() for moment, _ in path])
    values = np.array([price for _, price in path])
    line = np.interp(seconds, knots, values)
    segment = np.clip(np.searchsorted(knots, seconds, side="right") - 1, 0, len(knots) - 2)
    length = knots[segment + 1] - knots[segment]
    within = np.clip((seconds - knots[segment]) / length, 0.0, 1.0)
    taper = np.where(length > QUIET, 4.0 * within * (1.0 - within), 0.0)
    return np.asarray(line * (1.0 + wiggle * taper * _smooth(seed, len(seconds))), dtype=np.float64)


def _volumes(seed: int, total: float, count: int) -> tuple[float, Floats]:
    """The opening auction's volume and each quote's own, in whole lots, heavy at both ends of the day."""
    shape = 1.0 + 1.5 * np.linspace(-1.0, 1.0, count) ** 2
    weight = shape * (0.4 + 1.2 * uniform(seed, count))
    share = weight / weight.sum() * (1.0 - AUCTION_SHARE - CLOSING_SHARE)
    return round(total * AUCTION_SHARE / LOT) * LOT, np.round(total * share / LOT) * LOT


def track(instrument: Instrument, figure: Figure, seed: int, *, every: int = 1) -> Track:
    """The day of one instrument from its figures; `every` and the seed choose which steps it is quoted at."""
    scale, tick = 10**instrument.decimals, instrument.tick

    def whole(price: float | None) -> int | None:
        return None if price is None else round(price * scale / tick) * tick

    wiggle = WIGGLE if every == 1 else CROWD_WIGGLE
    prices = walk([(at(clock), price) for clock, price in figure.path], seed, wiggle)
    quanta = np.asarray(np.round(prices * scale / tick) * tick, dtype=np.int64)
    low, high, first = whole(figure.low) or 0, whole(figure.high) or 0, whole(figure.open) or 0
    steps = np.arange(seed % every, len(quanta), every)
    price = np.clip(quanta[steps], low, high)
    opening, each = _volumes(seed + 1, figure.volume, len(price))
    volume = opening + np.cumsum(each)
    amount = opening * first / scale + np.cumsum(each * price) / scale
    close = whole(figure.close) or 0
    last = round(figure.volume * CLOSING_SHARE / LOT) * LOT
    return Track(
        plain=Quote(
            symbol=instrument.symbol,
            time=at(OPENS),
            price=None,
            prev_close=whole(figure.prev_close),
            limit_up=whole(figure.limit_up),
            limit_down=whole(figure.limit_down),
            shares=figure.shares,
            source=published.SOURCE,
        ),
        indicated=whole(figure.indicated) or 0,
        open=first,
        close=close,
        steps=steps,
        price=price,
        high=np.maximum(np.maximum.accumulate(price), first),
        low=np.minimum(np.minimum.accumulate(price), first),
        volume=volume,
        amount=amount,
        final=(float(volume[-1] + last), float(amount[-1] + last * close / scale)),
        opening=opening,
        scale=scale,
        counted=instrument.kind is not Kind.INDEX,
    )


def _traded(track: Track, moment: datetime, row: int) -> Quote:
    """The quote of a row of the track, stamped with a time."""
    return replace(
        track.plain,
        time=moment,
        price=int(track.price[row]),
        open=track.open,
        high=int(track.high[row]),
        low=int(track.low[row]),
        volume=float(track.volume[row]) if track.counted else None,
        amount=round(float(track.amount[row]), 2) if track.counted else None,
    )


def _zero(track: Track, moment: datetime) -> Quote:
    """Before the auction: nothing but the previous close."""
    return replace(track.plain, time=moment, open=0)


def _indication(track: Track, moment: datetime) -> Quote:
    """In the auction: an indicative price that fades from its first to the open, and no trade."""
    left = (at("09:25:00") - moment) / timedelta(minutes=10)
    step = max(10, 10 ** (len(str(track.open)) - 5))
    price = track.open + round((track.indicated - track.open) * left / step) * step
    return replace(
        track.plain, time=moment, price=price, open=0, volume=0.0, amount=0.0, bid=price, ask=price
    )


def _matched(track: Track, moment: datetime) -> Quote:
    """After the opening auction: one print."""
    volume = float(track.opening)
    scale = track.scale
    return replace(
        track.plain,
        time=moment,
        price=track.open,
        open=track.open,
        high=track.open,
        low=track.open,
        volume=volume if track.counted else None,
        amount=round(volume * track.open / scale, 2) if track.counted else None,
    )


def _closed(track: Track, moment: datetime) -> Quote:
    """After the closing auction: its print, and the same with a later clock."""
    volume, amount = track.final
    return replace(
        _traded(track, moment, -1),
        price=track.close,
        high=max(int(track.high[-1]), track.close),
        low=min(int(track.low[-1]), track.close),
        volume=volume if track.counted else None,
        amount=round(amount, 2) if track.counted else None,
    )


class _Day:
    """The tracks of one market, and its frames moment by moment."""

    def __init__(self, market: str, named: Sequence[Track], others: Sequence[Track]) -> None:
        self.market, self._named, self._all = market, named, (*named, *others)
        self._due: list[list[tuple[Track, int]]] = [[] for _ in grid()]
        for one in self._all:
            for row, step in enumerate(one.steps.tolist()):
                self._due[step].append((one, row))

    def _frame(self, moment: datetime, quotes: Sequence[Quote] = ()) -> tuple[datetime, Frame]:
        received = moment + LAG[self.market]
        return received, Frame(market=self.market, received=received, quotes=tuple(quotes))

    def frames(self) -> Iterator[tuple[datetime, Frame]]:
        """(receive time, frame) in order: zeros, auction, both halves, closing auction, evening."""
        yield self._frame(at("09:10:00"), [_zero(one, at("09:10:00")) for one in self._all])
        yield from self._idle("09:11:00", "09:14:00")
        for moment in _moments("09:15:00", "09:24:40", 20):
            yield self._frame(moment, [_indication(one, moment) for one in self._named])
        yield self._frame(at(MATCHED), [_matched(one, at(MATCHED)) for one in self._all])
        for moment in _moments("09:26:00", "09:29:00", 60):
            yield self._frame(moment, [_matched(one, moment) for one in self._named])
        for step, moment in enumerate(grid()):
            if moment == at("13:00:00"):
                yield from self._idle("11:31:00", "12:59:00")
            yield self._frame(moment, [_traded(one, moment, row) for one, row in self._due[step]])
        for moment in _moments("14:57:30", "14:59:30", 30):
            yield self._frame(moment, [_traded(one, moment, -1) for one in self._named])
        yield self._frame(at(CLOSES), [_closed(one, at(CLOSES)) for one in self._all])
        for moment in _moments("15:00:03", "15:00:33", 30):
            yield self._frame(moment, [_closed(one, moment) for one in self._named])
        yield from self._idle("15:01:00", "15:05:00")
        yield self._frame(at("15:34:59"), [_closed(one, at("15:34:59")) for one in self._named])

    def _idle(self, first: str, last: str) -> Iterator[tuple[datetime, Frame]]:
        """Minutes in which nothing comes: time passes all the same."""
        return (self._frame(moment) for moment in _moments(first, last, 60))


def _moments(first: str, last: str, seconds: int) -> list[datetime]:
    count = round((at(last) - at(first)).total_seconds()) // seconds
    return [at(first) + timedelta(seconds=seconds * number) for number in range(count + 1)]


@cache
def world() -> World:
    """The founding day: eight named instruments, three hundred made-up ones, their bars and every frame."""
    master = Reference.load()
    instruments, histories, tracks = [], {}, dict[str, list[list[Track]]]()
    for seed, figure in enumerate(published.NAMED):
        known = master.get(figure.symbol)
        instrument = replace(known, shares=figure.shares or known.shares)
        instruments.append(instrument)
        histories[figure.symbol] = history(instrument, figure, 100 + seed, BARS)
        one = track(instrument, figure, 200 + 10 * seed)
        tracks.setdefault(instrument.market, [[], []])[0].append(one)
    for seed, extra in enumerate(crowd(), 10_000):
        instruments.append(extra.instrument)
        histories[extra.figure.symbol] = history(extra.instrument, extra.figure, seed, CROWD_BARS)
        one = track(
            extra.instrument, extra.figure, seed * CROWD_EVERY + seed % CROWD_EVERY, every=CROWD_EVERY
        )
        tracks[extra.instrument.market][1].append(one)
    days = [_Day(market, named, others) for market, (named, others) in sorted(tracks.items(), reverse=True)]

    def frames() -> Iterator[Frame]:
        return (frame for _, frame in merge(*(day.frames() for day in days), key=itemgetter(0)))

    return World(
        label=published.LABEL,
        instruments=tuple(instruments),
        groups=published.GROUPS,
        histories=histories,
        frames=frames,
        start=at("09:10:00"),
    )
