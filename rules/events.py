"""The engine's word about a ring, with its evidence: columns and lanes -> frozen events."""

from dataclasses import dataclass
from datetime import date, datetime

from rules.columns import Columns
from rules.evidence import BEFORE, Scene, proof
from rules.frozen import quick
from rules.groups import mean_change
from rules.levels import level_of
from rules.live import Lane, Live
from rules.measured import number_of
from rules.meter import decode
from rules.model import Direction, Event, Leaf, Quote, State
from rules.placement import Placement, Sight
from rules.region import Region

quick_event = quick(Event)


@dataclass(slots=True)
class Turn:
    """One instrument at one instant: what the rings of this instant are told with."""

    live: Live
    time: datetime
    price: int | None  # last price; None for a group
    quote: Quote | None = None  # that brought it


@dataclass(slots=True, kw_only=True)
class Fact:
    """One state of one ring before it is put into words."""

    number: int
    state: State
    leaf: int  # the number of the deciding leaf; the condition's own unless it is a composite
    direction: Direction | None = None  # None: by the sign of the day's change
    touched: int | None = None  # the day's high or low that touched it
    away: bool = False
    session: date | None = None  # of the ring, where it is not the instrument's present one


class Teller:
    """Puts facts into words."""

    def __init__(self, columns: Columns, placement: Placement) -> None:
        self._columns, self._placement = columns, placement

    def tell(self, turn: Turn, fact: Fact, sight: Sight | None = None) -> Event:
        """The event of a fact, in the language's units; `sight` is the deciding leaf's, if at hand."""
        columns, live = self._columns, turn.live
        assert live.session is not None  # noqa: S101 - a ring needs a quote, a quote opens a session
        number, change = fact.number, self._change(turn)
        sight = sight or self._placement.sight(fact.leaf)
        region, leaf, level_price = sight.region, sight.leaf, None
        if isinstance(region, Region) and sight.lane.own is None and region.ratios:
            numerator, denominator = region.ratios[0]
            level_price = numerator / (denominator * 10**live.instrument.decimals)
        others = self._placement.beside(live, sight.lane)
        return Event(
            condition=columns.identity(number),
            ring=columns.rings[number],
            state=fact.state,
            symbol=live.symbol,
            text=columns.text(number),
            time=turn.time,
            session=fact.session or live.session.date,
            direction=fact.direction
            or (Direction.DOWN if change is not None and change < 0 else Direction.UP),
            signal=columns.manner(fact.leaf).words,
            value=value_of(leaf, live, sight.lane, turn.price if fact.touched is None else fact.touched),
            level=level_price if leaf.level is None else level_of(leaf),
            price=turn.price,
            decimals=live.instrument.decimals,
            change=change,
            level_price=level_price,
            touched=fact.touched is not None,
            away=fact.away,
            evidence=proof(Scene(leaf, live, sight.lane, turn.price, turn.quote, others), region),
        )

    def tell_plain(
        self, turn: Turn, number: int, level: tuple[int, int], touched: int | None, *, away: bool
    ) -> Event:
        """A ring of a plain price level, as `tell` would put it; the hot path of rings."""
        columns, live = self._columns, turn.live
        manner, price, scale = columns.manner(number), turn.price, 10**live.instrument.decimals
        at, session = price if touched is None else touched, live.session
        found = level[0] / (level[1] * scale)
        last = live.quote
        before = live.prev_close if last is None else last.price
        return quick_event(
            condition=columns.identity(number),
            ring=columns.rings[number],
            state=State.FIRED,
            symbol=live.symbol,
            text=columns.text(number),
            time=turn.time,
            session=turn.time.date() if session is None else session.date,
            direction=manner.direction or Direction.UP,
            signal=manner.words,
            value=None if at is None else at / scale,
            level=found,
            price=price,
            decimals=live.instrument.decimals,
            change=price / live.prev_close - 1 if price is not None and live.prev_close else None,
            level_price=found,
            touched=touched is not None,
            away=away,
            evidence={} if before is None else {BEFORE: before / scale},
        )

    def direction(self, number: int) -> Direction | None:
        """Which way a leaf points by its phrase or operator."""
        manner = self._columns.manner(number)
        if manner.direction is None or number not in self._placement.negated:
            return manner.direction
        return Direction.DOWN if manner.direction is Direction.UP else Direction.UP

    def _change(self, turn: Turn) -> float | None:
        live = turn.live
        if turn.price is not None:
            return turn.price / live.prev_close - 1 if live.prev_close else None
        mean = mean_change(live)
        return None if mean is None else float(mean)


def value_of(leaf: Leaf, live: Live, lane: Lane, price: int | None) -> float | None:
    """A leaf's number now, in the unit the language writes."""
    own = lane.own
    if own is not None:
        number = decode(lane.value, own.scale)
        return number * 100 if own.percent else number
    return None if price is None else number_of(leaf, live.now(), price)
