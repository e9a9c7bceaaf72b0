"""The engine's word about a ring, with its evidence: columns and lanes -> frozen events."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from rules.columns import Columns
from rules.evidence import BEFORE, BESIDE, FORMULA, PRICE, Scene, deciding, proof
from rules.frozen import blank
from rules.groups import mean_change
from rules.levels import level_of
from rules.live import Lane, Live
from rules.measured import number_of
from rules.memory import Tree
from rules.meter import Moment, decode
from rules.model import Direction, Event, Leaf, Quote, State
from rules.placement import Placement, Sight
from rules.region import Absent, Region
from rules.sheet import Sheet
from rules.timeframe import size_of

blank_event = blank(Event)


@dataclass(slots=True)
class Turn:
    """One instrument at one instant: what the rings of this instant are told with."""

    live: Live
    time: datetime
    price: int | None  # last price; None for a group
    quote: Quote | None = None  # that brought it
    moment: Moment | None = None  # what meters read, where there were any
    page: Sheet | None = None  # that brought the quote, and its row there, until somebody asks for it
    row: int = 0

    def told(self) -> Quote | None:
        """The quote that brought it."""
        if self.quote is None and self.page is not None:
            self.quote = self.page.quote(self.row)
        return self.quote


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
        self.trees: dict[int, Tree] = {}  # composites by number, as rings keep them

    def tell(self, turn: Turn, fact: Fact, sight: Sight | None = None) -> Event:
        """The event of a fact, in the language's units; `sight` is the deciding leaf's, if at hand."""
        columns, live = self._columns, turn.live
        assert live.session is not None  # noqa: S101 - a ring needs a quote, a quote opens a session
        number, change = fact.number, self._change(turn)
        sight = sight or self._placement.sight(fact.leaf)
        leaf = sight.leaf
        at = turn.price if fact.touched is None else fact.touched
        level_price = passed(sight, at, 10**live.instrument.decimals)
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
            value=value_of(leaf, live, sight.lane, at),
            level=level_price if leaf.level is None else level_of(leaf),
            price=turn.price,
            decimals=live.instrument.decimals,
            change=change,
            level_price=level_price,
            touched=fact.touched is not None,
            away=fact.away,
            evidence=self._evidence(turn, fact, sight),
        )

    def _evidence(self, turn: Turn, fact: Fact, sight: Sight) -> dict[str, str | float]:
        """What the deciding leaf's number was made of; a composite's memory and other parts."""
        live, tree = turn.live, self.trees.get(fact.number)
        others = self._placement.beside(live, sight.lane)
        found = proof(Scene(sight.leaf, live, sight.lane, turn.price, turn.told(), others), sight.region)
        found.update(self._bar(fact.number, live, sight.region))
        if tree is not None:
            found.update(tree.tell())
            found.update(self._parts(turn, fact, tree))
        return found

    def _parts(self, turn: Turn, fact: Fact, tree: Tree) -> Iterator[tuple[str, float]]:
        """Each other part's number now; of one without a level of its own the price at which it turns."""
        for part in tree.parts:
            if part == fact.leaf:
                continue
            sight, name, number = self._placement.sight(part), self._columns.manner(part).words, None
            if sight.leaf.level is None:
                name = f"{name} {sight.leaf.verb}"
                number = next(iter(sight.prices(10**turn.live.instrument.decimals)), None)
            elif sight.lane.known and isinstance(sight.region, Region):
                number = value_of(sight.leaf, turn.live, sight.lane, turn.price)
            if number is not None:
                yield BESIDE + name, number

    def _bar(self, number: int, live: Live, region: Region | Absent) -> dict[str, str | float]:
        """The minute bar that decides a ring: its beginning (UTC) and minutes; why nobody can tell."""
        found = deciding(self._placement.closing.get(number), live)
        return found | {"reason": region.reason} if found and isinstance(region, Absent) else found

    def tell_plain(
        self, turn: Turn, number: int, level: tuple[int, int], touched: int | None, *, away: bool
    ) -> Event:
        """A ring of a plain price level, as `tell` would put it; the hot path of rings."""
        columns, live = self._columns, turn.live
        plain, price, session = columns.plain(number), turn.price, live.session
        decimals, before = live.instrument.decimals, live.prev_close
        scale = 10**decimals
        at, found = price if touched is None else touched, level[0] / (level[1] * scale)
        event = blank_event()
        event.condition = f"{columns.ids[number]:016x}"
        event.ring = columns.rings[number]
        event.state = State.FIRED
        event.symbol = live.instrument.symbol
        event.text = plain.pattern.text(columns.mantissas[number])
        event.time = turn.time
        event.session = turn.time.date() if session is None else session.date
        event.direction = plain.direction
        event.signal = plain.words
        event.value = None if at is None else at / scale
        event.level = event.level_price = found
        event.price = price
        event.decimals = decimals
        event.change = price / before - 1 if price is not None and before else None
        event.touched = touched is not None
        event.away = away
        last = live.price
        if last is not None:
            event.evidence = {FORMULA: PRICE, BEFORE: last / scale}
        elif before is not None:
            event.evidence = {FORMULA: PRICE, BEFORE: before / scale}
        else:
            event.evidence = {FORMULA: PRICE}
        event.__class__ = Event
        return cast("Event", event)

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


def passed(sight: Sight, price: int | None, unit: int) -> float | None:
    """The price at which a truth changes, currency; of a channel's two ends the one nearest to the price."""
    found = sight.prices(unit)
    if len(found) > 1 and price is not None:
        return min(found, key=lambda end: abs(end - price / unit))
    return next(iter(found), None)


def value_of(leaf: Leaf, live: Live, lane: Lane, price: int | None) -> float | None:
    """A leaf's number now, in the unit the language writes."""
    own = lane.own
    if own is not None:
        number = decode(lane.value, own.scale)
        return number * 100 if own.percent else number
    return None if price is None else number_of(leaf, live.seen(size_of(leaf)), price)
