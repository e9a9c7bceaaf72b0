"""Closed forms: a condition on today's unfinished bar -> none, one or two boundaries; where it would ring."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from functools import partial
from math import ceil, floor
from types import MappingProxyType

import rules.signals  # noqa: F401 - importing the signals registers them
from rules.adjust import Daily, Factors, believed, factors
from rules.composite import Formula, grow, truth
from rules.dated import current, told
from rules.limits import NEW, NO_LIMITS, is_free, limits
from rules.line import Line
from rules.measured import number_of
from rules.meter import Meter, Moment, decode, is_invertible
from rules.model import Condition, History, Instrument, Kind, Leaf, Quote
from rules.region import Absent, Inputs, Region
from rules.sessions import Hours
from rules.signal import SIGNALS, Own, Straight, Unit, in_currency
from rules.standing import Stand, edges, moved
from rules.table import EMPTY
from rules.timeframe import size_of

NOBODY: Mapping[str, Stand] = MappingProxyType({})
__all__ = ["Absent", "Inputs", "Outlook", "Region", "compiled", "inputs_of", "level_of", "outlook", "region"]


NO_BARS = EMPTY.daily()
UNDECIDED = Absent("the price alone does not decide it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a condition says now and where it would ring; numbers in the unit the language writes.

    `rings_at` holds the nearest prices beneath and above (quanta, on the exchange's tick, rounded away from
    the level) at which it becomes true; where it is true already, the ends of the span it is true in.
    """

    value: float | None  # the first leaf's value: percent points, currency, counts
    level: float | None  # same unit as value
    rings_at: tuple[int, ...] = ()
    truth: bool | None = None  # None: unknown
    absent: str = ""  # why it is unknown
    moving: bool = False  # the prices rest on figures that move within the day: they hold as things stand
    adjusted: str = ""  # the convention by which bars it rests on were adjusted; empty where none had to be


def compiled(leaf: Leaf, inputs: Inputs, *, negated: bool = False) -> Region | Absent:
    """A leaf as a region of its own axis or the price's, or why it has none today."""
    today = leaf if leaf.made is None else current(leaf, inputs)
    signal = SIGNALS[leaf.signal]
    is_usual = not signal.groups_only and inputs.instrument.kind is not Kind.GROUP
    found = (None if is_usual else _refused(today, inputs)) or signal.boundaries(today, _sized(today, inputs))
    if today is not leaf and isinstance(found, Region):
        found = replace(found, evidence={**found.evidence, **told(leaf, inputs)})
    if negated and isinstance(found, Region):
        return Region(found.boundaries, not found.first, found.ratios, found.evidence)
    return found


def _sized(leaf: Leaf, inputs: Inputs) -> Inputs:
    """The inputs, without bars where those are of another size than the leaf's."""
    size = size_of(leaf) if leaf.args else None
    return (
        inputs if size is inputs.size or size == inputs.size else replace(inputs, history=NO_BARS, size=size)
    )


def line_of(leaf: Leaf, inputs: Inputs) -> Line | None:
    """The line that comparisons like this one have on these inputs, whatever their numbers; None without."""
    signal = SIGNALS[leaf.signal]
    if not isinstance(signal, Straight) or _refused(leaf, inputs):
        return None
    found = signal.line(leaf, _sized(leaf, inputs))
    return found if isinstance(found, Line) else None


def _refused(leaf: Leaf, inputs: Inputs) -> Absent | None:
    """What a group or a single instrument cannot be asked."""
    signal, is_group = SIGNALS[leaf.signal], inputs.instrument.kind is Kind.GROUP
    if signal.groups_only and not is_group:
        return Absent(f"{leaf.signal} exists on groups alone")
    if is_group and signal.axis(leaf, inputs) is None:
        return Absent("a group has no price")
    return None


def region(leaf: Leaf, inputs: Inputs) -> Region | Absent:
    """A leaf as a region of the price axis (quanta), or why it has none."""
    if SIGNALS[leaf.signal].axis(leaf, inputs) is not None:
        return UNDECIDED
    return compiled(leaf, inputs)


def inputs_of(quote: Quote | None, history: History | None, instrument: Instrument, hours: Hours) -> Inputs:
    """The inputs of the session a stored quote belongs to, from raw history; without one, the master's."""
    if quote is None:
        return Inputs(
            instrument=instrument,
            shares=instrument.shares,
            shares_as_of=instrument.shares_as_of,
            stale="no quote yet",
        )
    session = hours.session(instrument.market, quote.time)
    bars: Daily | None = None
    since: Factors | None = None
    table = NO_LIMITS
    stale, prev_close = "no session today", quote.prev_close
    if session is not None:
        previous = hours.previous(instrument.market, session.date)
        bars, stale = believed(history, session.date, prev_close, previous)
        since = factors(history, instrument.market, session.date, prev_close, previous)
        if prev_close is None and bars is not None:
            prev_close = int(bars.last())
        before = partial(hours.previous, instrument.market)
        if prev_close and quote.status != NEW and not is_free(instrument, session.date, before):
            table = limits(instrument, prev_close, session.date)
    return Inputs(
        instrument=instrument,
        session=None if session is None else session.date,
        prev_close=prev_close,
        open=quote.open,
        day_high=quote.high,
        day_low=quote.low,
        limit_up=quote.limit_up or table.up,
        limit_down=quote.limit_down or table.down,
        history=bars,
        shares=quote.shares or instrument.shares,
        shares_as_of=instrument.shares_as_of if session is None or not quote.shares else session.date,
        stale=stale,
        factors=since,
    )


def level_of(leaf: Leaf) -> float | None:
    """A leaf's level in the unit the language writes; None where its phrase carries no number."""
    if leaf.level is None:
        return None
    return float(leaf.level * 100 if SIGNALS[leaf.signal].unit is Unit.PERCENT else leaf.level)


def outlook(
    condition: Condition,
    inputs: Inputs,
    quote: Quote | None,
    others: Mapping[str, Stand] = NOBODY,
    seen: Callable[[timedelta | None], Inputs] | None = None,
) -> Outlook:
    """A condition's value, level and ringing prices on today's inputs.

    `others` are the stands of what it reads beside its own quote: other instruments, and a group itself.
    `seen` has the inputs on minute bars of a size; without it parts that want them are unknown.
    """
    price = inputs.prev_close if quote is None else quote.price
    views: list[_View] = []

    def part(leaf: Leaf, negated: bool) -> int:  # noqa: FBT001 - called by position from the walk
        own = inputs if seen is None else seen(size_of(leaf))
        views.append(_view(leaf, _Seen(own, quote, price, others), negated=negated))
        return len(views) - 1

    formula = grow(condition.root, part)
    spans = list(_spans(formula, views))
    now = truth(formula, lambda at: views[at].truth(price))
    first = views[0]
    level = level_of(current(first.leaf, inputs))
    if level is None and isinstance(first.region, Region) and first.region.ratios:
        level = in_currency(inputs, first.region.ratios[0][0] / first.region.ratios[0][1])
    rests = any(size_of(one.leaf) is None and SIGNALS[one.leaf.signal].need(one.leaf.args) for one in views)
    reasons = [view.region.reason for view in views if isinstance(view.region, Absent) and view.fixed is None]
    return Outlook(
        value=first.value,
        level=level,
        rings_at=tuple(_ends(spans, price, inputs.instrument.tick))
        or (first.behind if len(views) == 1 else ()),
        truth=now,
        absent="" if now is not None else "; ".join(dict.fromkeys(reasons)) or "no price yet",
        adjusted=inputs.history.adjusted if rests and inputs.history else "",
        moving=any(view.moving for view in views),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """One leaf as far as a stored quote shows it."""

    leaf: Leaf
    region: Region | Absent  # of the price axis
    value: float | None
    fixed: bool | None = None  # the truth of a leaf that has an axis of its own and no price decides
    moving: bool = False  # it has an axis of its own, and the price alone moves it as things stand
    behind: tuple[int, ...] = ()  # the price, on the tick, at which such a number is what its level says

    def truth(self, price: int | None) -> bool | None:
        if isinstance(self.region, Absent):
            return self.fixed
        return None if price is None else self.region.truth(price)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is known of the instrument, and of what it is compared with."""

    inputs: Inputs
    quote: Quote | None
    price: int | None
    others: Mapping[str, Stand]

    def code(self, own: Own, meter: Meter, price: int) -> int | None:
        """What an axis's fresh meter reads at a price, everything else being as it stands."""
        quote = self.quote if self.quote is None else moved(self.quote, price)
        me = None
        if own.others or self.inputs.instrument.kind is Kind.GROUP:
            me = self.others.get(self.inputs.instrument.symbol)
            me = me or Stand(instrument=self.inputs.instrument, quote=self.quote, inputs=self.inputs)
            me = me.at(price)
        beside = tuple(self._of_today(symbol) for symbol in own.others)
        return meter.read(Moment(quote, price, 0, None, early=False, own=me, others=beside))

    def _of_today(self, symbol: str) -> Stand | None:
        """Another instrument, where its quote is of the same day."""
        other = self.others.get(symbol)
        mine = self.others.get(self.inputs.instrument.symbol)
        day = self.inputs.session if mine is None else mine.inputs.session
        return other if other is not None and other.inputs.session == day else None

    @property
    def reach(self) -> tuple[int, int]:
        """How far the price may go today: to its limits, else to half and to double."""
        price, inputs = self.price or 0, self.inputs
        return min(inputs.limit_down or price // 2, price), max(inputs.limit_up or 2 * price, price)


def _view(leaf: Leaf, seen: _Seen, *, negated: bool) -> _View:
    inputs, price = seen.inputs, seen.price
    found, own = compiled(leaf, inputs, negated=negated), SIGNALS[leaf.signal].axis(leaf, inputs)
    if isinstance(found, Absent):
        return _View(leaf, found, None)
    if own is None:
        value = None if price is None else number_of(leaf, inputs, price)
        return _View(leaf, _ahead(found, price) if leaf.verb == "crosses" else found, value)
    meter = own.meter()
    code = seen.code(own, meter, price or 0)
    if code is None:
        return _View(leaf, UNDECIDED, None)
    value, region = decode(code, own.scale) * (100 if own.percent else 1), found
    if is_invertible(meter):
        there = None if found.truth(code) else meter.price_of(Fraction(*found.ratios[0]) / own.scale)
        behind = () if there is None else (_on_tick(there, seen),)
        return _View(leaf, UNDECIDED, value, found.truth(code), bool(behind), behind)

    def truth(at: int) -> bool | None:
        number = seen.code(own, own.meter(), at)
        return None if number is None else region.truth(number)

    moves = edges(truth, price, seen.reach) if price and seen.quote is not None else None
    if moves is not None:
        return _View(leaf, moves, value, moving=True)
    return _View(leaf, UNDECIDED, value, found.truth(code))


def _on_tick(price: Fraction, seen: _Seen) -> int:
    """A price in quanta on the tick, away from the last one."""
    tick = seen.inputs.instrument.tick
    steps = price / tick
    return (ceil(steps) if price > (seen.price or 0) else floor(steps)) * tick


def _ahead(band: Region, price: int | None) -> Region:
    """`crosses` as the side it would ring on: the other one, both from the level itself."""
    below, above = band.boundaries
    if price is not None and price < below:
        return Region((above,), first=False, ratios=band.ratios[:1])
    if price is not None and price >= above:
        return Region((below,), first=True, ratios=band.ratios[:1])
    return Region(band.boundaries, first=True, ratios=band.ratios)


def _spans(formula: Formula, views: list[_View]) -> Iterator[tuple[int | None, int | None]]:
    """Spans of prices, ends included, in which the condition is true; neighbours merged."""
    edges = sorted(
        {edge for view in views if isinstance(view.region, Region) for edge in view.region.boundaries}
    )
    start: int | None = None
    inside = bool(truth(formula, lambda at: views[at].truth((edges[0] if edges else 1) - 1)))
    for edge in edges:
        holds = bool(truth(formula, lambda at: views[at].truth(edge)))  # noqa: B023 - called before the next edge
        if inside and not holds:
            yield start, edge - 1
        if holds and not inside:
            start = edge
        inside = holds
    if inside:
        yield start, None


def _ends(spans: list[tuple[int | None, int | None]], price: int | None, tick: int) -> Iterator[int]:
    """The nearest entry beneath the price and the nearest above it; the ends of the span it stands in."""
    beneath: int | None = None
    above: int | None = None
    for low, high in spans:
        if (
            low is not None
            and (price is None or low > price or high is None or high >= price)
            and above is None
        ):
            above = low
        if high is not None and (price is None or high < price or low is None or low <= price):
            beneath = high
    if beneath is not None:
        yield beneath // tick * tick
    if above is not None and above != beneath:
        yield -(-above // tick) * tick
