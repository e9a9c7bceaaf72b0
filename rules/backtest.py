"""How often a condition would have rung, when, and what followed: stored bars through the same engine."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from rules.engine import Engine
from rules.model import Event, Frame, History, Instrument, Minutes, Phase, Quote, State
from rules.sessions import Hours, Session

MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000  # microseconds; bars are [start, end)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AFTER: Mapping[str, timedelta] = {"5m": timedelta(minutes=5), "30m": timedelta(minutes=30)}
CLOSE, NEXT_DAY = "close", "next_day"
HORIZONS = (*AFTER, CLOSE, NEXT_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One ring, how it ended, and what followed."""

    event: Event
    ended: State | None  # confirmed or withdrawn, where it was provisional
    after: Mapping[str, float | None]  # by horizon: later price / price at the ring - 1; None: unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """All rings of a back-test over the sessions it saw."""

    outcomes: tuple[Outcome, ...]
    sessions: tuple[date, ...]  # ascending
    skipped: int = 0  # bars on days that are no sessions of their market


@dataclass(slots=True)
class _Course:
    """The prices of one instrument in one session, by trading time."""

    prev_close: int | None
    elapsed: list[int] = field(default_factory=list)  # microseconds since the open
    prices: list[int] = field(default_factory=list)

    def at(self, moment: int) -> int | None:
        """The last price at a trading time; None before the first quote and after the last."""
        if not self.elapsed or moment > self.elapsed[-1]:
            return None
        found = bisect_right(self.elapsed, moment)
        return self.prices[found - 1] if found else None


class Tape:
    """What was quoted, kept to say what followed a ring."""

    def __init__(self, hours: Hours) -> None:
        self._hours = hours
        self._courses: dict[str, dict[date, _Course]] = defaultdict(dict)

    def note(self, quote: Quote) -> None:
        """Remember a quote of regular hours."""
        session = self._hours.session(quote.symbol.rpartition(".")[2], quote.time)
        if session is None or not quote.price:
            return
        course = self._courses[quote.symbol].setdefault(session.date, _Course(quote.prev_close))
        course.elapsed.append(session.elapsed(quote.time) // MICROSECOND)
        course.prices.append(quote.price)

    @property
    def sessions(self) -> tuple[date, ...]:
        """The trading days seen."""
        return tuple(sorted({day for courses in self._courses.values() for day in courses}))

    def after(self, event: Event, *, by_day: bool) -> Mapping[str, float | None]:
        """What followed an event, by horizon; day bars know nothing of minutes."""
        courses = self._courses.get(event.symbol, {})
        course, base = courses.get(event.session), _base(event)
        if course is None or base is None:
            return dict.fromkeys(HORIZONS)
        session = self._hours.session(event.symbol.rpartition(".")[2], event.time)
        began = session.elapsed(event.time) // MICROSECOND if session else 0
        found: dict[str, float | None] = {}
        for name, wait in AFTER.items():
            later = None if by_day else course.at(began + wait // MICROSECOND)
            found[name] = None if later is None else later / base - 1
        close = course.prices[-1]
        found[CLOSE] = close / base - 1
        days = sorted(day for day in courses if day > event.session)
        found[NEXT_DAY] = None if not days else _next(courses[days[0]], close) * close / base - 1
        return found


def _base(event: Event) -> float | None:
    """The price one could have had: the level where it was touched, else the last price; quanta."""
    if event.touched and event.level_price is not None:
        scale: int = 10**event.decimals
        return event.level_price * scale
    return event.price


def _next(course: _Course, close: int) -> float:
    """Next close over this one; over an ex-date by the previous close that the exchange states."""
    return course.prices[-1] / (course.prev_close or close)


def study(
    frames: Iterable[Frame],
    engine: Engine,
    tape: Tape,
    *,
    by_day: bool = False,
    judge: Callable[[Frame], Frame] = lambda frame: frame,
) -> Study:
    """Play frames through an engine that has its conditions; `judge` is the gate's."""
    told: list[Event] = []
    for frame in frames:
        believed = judge(frame)
        told.extend(engine.take(believed).events)
        for quote in believed.quotes:
            tape.note(quote)
    told.extend(engine.finish().events)
    ended = {(event.condition, event.ring): event.state for event in told}
    outcomes = tuple(
        Outcome(
            event=event,
            ended=_ended(event, ended[event.condition, event.ring]),
            after=tape.after(event, by_day=by_day),
        )
        for event in told
        if event.state in (State.FIRED, State.PROVISIONAL)
    )
    return Study(outcomes=outcomes, sessions=tape.sessions)


def is_intraday(node: object) -> bool:
    """Whether a condition, or a part of it, speaks of a span or time within the day."""
    if isinstance(node, timedelta | time):
        return True
    if isinstance(node, tuple):
        return any(map(is_intraday, node))
    return is_dataclass(node) and any(is_intraday(getattr(node, part.name)) for part in fields(node))


def _ended(event: Event, last: State) -> State | None:
    return last if last is not event.state else None


def day_frames(
    histories: Sequence[tuple[Instrument, History]], hours: Hours
) -> tuple[tuple[Frame, ...], int]:
    """Daily bars as quotes in order of time, and how many lie on no session's date.

    A bar is read as open, envelope, close (design 6): one quote at the open, one at the close that carries
    the day's high and low, so that single levels may be touched and composites see open and close.
    """
    quotes: list[Quote] = []
    ends: dict[str, datetime] = {}
    skipped = 0
    for instrument, history in histories:
        before = _closes_before(history)
        for row, day in enumerate(history.dates.astype(object)):
            session = hours.on(instrument.market, day)
            if session is None:
                skipped += 1
                continue
            quotes.extend(_bar_quotes(instrument.symbol, history, row, before[row], session))
            ends[instrument.market] = max(session.due, ends.get(instrument.market, session.due))
    quotes.sort(key=lambda quote: (quote.time, quote.symbol))
    frames = [
        Frame(market=quote.symbol.rpartition(".")[2], received=quote.time, quotes=(quote,))
        for quote in quotes
    ]
    frames.extend(Frame(market=market, received=due) for market, due in sorted(ends.items()))
    return tuple(frames), skipped


def _bar_quotes(
    symbol: str, history: History, row: int, before: int | None, session: Session
) -> tuple[Quote, Quote]:
    opened, phase = int(history.open[row]), Phase.CONTINUOUS
    first = Quote(
        symbol=symbol,
        time=session.open,
        price=opened,
        open=opened,
        high=opened,
        low=opened,
        prev_close=before,
        phase=phase,
    )
    last = Quote(
        symbol=symbol,
        time=session.close - MICROSECOND,
        price=int(history.close[row]),
        open=opened,
        high=int(history.high[row]),
        low=int(history.low[row]),
        prev_close=before,
        volume=float(history.volume[row]),
        phase=phase,
    )
    return first, last


def _closes_before(history: History) -> list[int | None]:
    """Each day's previous close on that day's own scale, as the exchange states it on an ex-date."""
    if not len(history.dates):
        return []
    scaled = history.close[:-1] * history.factor[:-1] / history.factor[1:]
    same = history.factor[:-1] == history.factor[1:]
    exact = np.where(same, history.close[:-1], np.rint(scaled).astype(np.int64))
    return [None, *map(int, exact)]


def minute_events(engine: Engine, bars: Minutes, prev_close: int | None) -> list[Event]:
    """One session's minute bars through the engine; what lies between quiet prices is skipped.

    Each bar is one quote at its end, with the day's open, high, low and volume so far.
    """
    if not len(bars.begins):
        return []
    market = bars.symbol.rpartition(".")[2]
    high, low = np.maximum.accumulate(bars.high), np.minimum.accumulate(bars.low)
    volume = np.cumsum(bars.volume)
    told: list[Event] = []
    for row in _loud(engine, bars, high, low):
        end = EPOCH + (int(bars.begins[row]) + MINUTE - 1) * MICROSECOND
        quote = Quote(
            symbol=bars.symbol,
            time=end,
            price=int(bars.close[row]),
            open=int(bars.open[0]),
            high=int(high[row]),
            low=int(low[row]),
            prev_close=prev_close,
            volume=float(volume[row]),
            phase=Phase.CONTINUOUS,
        )
        told.extend(engine.take(Frame(market=market, received=end, quotes=(quote,))).events)
    return told


def _loud(
    engine: Engine, bars: Minutes, high: npt.NDArray[np.int64], low: npt.NDArray[np.int64]
) -> Iterator[int]:
    """The bars the engine has to see: the first, each that leaves the quiet prices, the last."""
    row, last = 0, len(bars.begins) - 1
    while row < last:
        yield row
        floor, ceiling = engine.quiet(bars.symbol)
        ahead = slice(row + 1, last)
        loud = (bars.close[ahead] < floor) | (bars.close[ahead] >= ceiling)
        loud |= (high[ahead] >= ceiling) & (high[ahead] != high[row])
        loud |= (low[ahead] < floor) & (low[ahead] != low[row])
        loud |= bars.begins[ahead] + MINUTE > (engine.waits(bars.symbol) - EPOCH) // MICROSECOND
        row = row + 1 + int(loud.argmax()) if loud.any() else last
    yield last
