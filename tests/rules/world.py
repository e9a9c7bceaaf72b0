"""Small worlds for the engine's tests: instruments, histories, quotes and conditions without a language."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as Clock  # noqa: N812 - `time` is an argument here
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from rules.engine import Engine
from rules.model import (
    Argument,
    Condition,
    Event,
    Frame,
    History,
    Instrument,
    Kind,
    Leaf,
    Minutes,
    Node,
    Quote,
    decimals_of,
    quanta,
)
from rules.sessions import Hours, default_hours
from rules.signal import listening

if TYPE_CHECKING:
    from rules.rings import Step

DAY = date(2025, 11, 26)  # a Wednesday
OPEN = datetime(2025, 11, 26, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai
CLOSE = datetime(2025, 11, 26, 7, 0, tzinfo=UTC)
SYMBOL = "300308.SZ"
HOURS = default_hours()


def at(clock: str, day: date = DAY) -> datetime:
    """Shanghai's clock, `HH:MM` or `HH:MM:SS`, as UTC."""
    local = datetime.combine(day, Clock.fromisoformat(clock), UTC)
    return local - timedelta(hours=8)


def q(text: str | float, symbol: str = SYMBOL) -> int:
    """Currency -> quanta of the symbol's market."""
    return quanta(Decimal(str(text)), decimals_of(symbol, Kind.GROUP if symbol[0] == "@" else Kind.STOCK))


def leaf(signal: str, verb: str, level: str | None = None, *args: Argument) -> Leaf:
    """One leaf."""
    return Leaf(signal, args, verb, None if level is None else Decimal(level))


def condition(root: Node, symbol: str = SYMBOL, text: str = "", hysteresis: str | None = None) -> Condition:
    """A condition whose text only has to be unique."""
    margin = None if hysteresis is None else Decimal(hysteresis)
    return Condition(
        symbol=symbol,
        root=root,
        text=text or repr(root),
        sessions=listening(root),
        hysteresis=margin,
    )


def history(
    closes: Sequence[float | str],
    symbol: str = SYMBOL,
    *,
    last: date = date(2025, 11, 25),
    highs: Mapping[int, float | str] | None = None,
    factor: Sequence[float] | None = None,
) -> History:
    """Weekday bars up to `last`; highs and lows equal the close but for the given indexes."""
    days: list[date] = []
    day = last
    while len(days) < len(closes):
        if day.weekday() < 5:
            days.append(day)
        day -= timedelta(days=1)
    close = np.array([q(value, symbol) for value in closes], np.int64)
    high = close.copy()
    for index, value in (highs or {}).items():
        high[index] = q(value, symbol)
    return History(
        symbol=symbol,
        dates=np.array(days[::-1], "datetime64[D]"),
        open=close.copy(),
        high=high,
        low=close.copy(),
        close=close,
        volume=np.ones(len(closes)),
        factor=np.array(factor if factor is not None else np.ones(len(closes)), np.float64),
    )


class World:
    """An engine with a few instruments, and a hand to feed it."""

    def __init__(
        self,
        histories: Mapping[str, History] | None = None,
        *,
        instruments: Sequence[Instrument] = (),
        groups: Mapping[str, Sequence[str]] | None = None,
        hours: Hours = HOURS,
        prev_close: float | str | None = None,
    ) -> None:
        self.histories = dict(histories or {})
        self.instruments = {instrument.symbol: instrument for instrument in instruments}
        self.groups = dict(groups or {})
        self.hours = hours
        self.minutes: dict[str, Minutes] = {}  # one-minute bars known from outside
        self.engine = self.fresh()
        self.prev_close = prev_close
        self.is_stamped = True  # quotes carry their phase, as the gate leaves them
        self.events: list[Event] = []
        self.steps: list[Step] = []

    def fresh(self) -> Engine:
        """Another engine over the same world."""
        return Engine(
            self.hours,
            self.instrument,
            self.histories.get,
            lambda name: self.groups.get(name, ()),
            self.minutes.get,
        )

    def instrument(self, symbol: str) -> Instrument:
        """A listed instrument, or one made from its symbol."""
        kind = Kind.GROUP if symbol.startswith("@") else Kind.STOCK
        made = Instrument(symbol=symbol, kind=kind, decimals=decimals_of(symbol, kind))
        return self.instruments.get(symbol, made)

    def add(
        self, root: Node, symbol: str = SYMBOL, text: str = "", hysteresis: str | None = None
    ) -> Condition:
        """Add a condition and return it."""
        made = condition(root, symbol, text, hysteresis)
        self.engine.add(made)
        return made

    def quote(self, clock: str, price: float | str | None, symbol: str = SYMBOL, **fields: Any) -> Quote:
        """A quote in currency; the world's previous close unless one is given."""
        prices = {"open", "high", "low", "prev_close", "limit_up"}
        found: dict[str, Any] = {
            name: q(value, symbol) if name in prices else value
            for name, value in fields.items()
            if name != "day"
        }
        if self.prev_close is not None:
            found.setdefault("prev_close", q(self.prev_close, symbol))
        day = date.fromisoformat(str(fields["day"])) if "day" in fields else DAY
        time = at(clock, day)
        if self.is_stamped:
            found.setdefault("phase", self.hours.phase(symbol.rpartition(".")[2], time))
        bare = Quote(symbol=symbol, time=time, price=None if price is None else q(price, symbol))
        return replace(bare, **found)

    def take(self, *quotes: Quote) -> tuple[Event, ...]:
        """One frame."""
        newest = max(quote.time for quote in quotes)
        step = self.engine.take(Frame(market="SZ", received=newest, quotes=quotes))
        self.steps.append(step)
        self.events.extend(step.events)
        return step.events

    def see(self, clock: str, price: float | str | None, symbol: str = SYMBOL, **fields: Any) -> list[str]:
        """One quote in a frame of its own; the states that came of it."""
        return [event.state.value for event in self.take(self.quote(clock, price, symbol, **fields))]

    def walk(self, prices: Sequence[float | str], start: str = "09:30", **fields: Any) -> list[list[str]]:
        """Quotes three seconds apart; the states of each."""
        first = at(start)
        found = []
        for index, price in enumerate(prices):
            local = first + timedelta(hours=8, seconds=3 * index)
            found.append(self.see(local.strftime("%H:%M:%S"), price, **fields))
        return found

    def pass_time(self, clock: str, market: str = "SZ", day: date = DAY) -> list[str]:
        """An empty frame."""
        step = self.engine.take(Frame(market=market, received=at(clock, day)))
        self.steps.append(step)
        self.events.extend(step.events)
        return [event.state.value for event in step.events]
