"""Closed forms: a condition on today's unfinished bar -> none, one or two boundaries; where it would ring."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import rules.signals  # noqa: F401 - importing the signals registers them
from rules.adjust import Daily, believed
from rules.composite import Formula, grow, truth
from rules.limits import NO_LIMITS, is_free, limits
from rules.measured import number_of
from rules.meter import Moment, decode
from rules.model import Condition, History, Instrument, Kind, Leaf, Quote
from rules.region import Absent, Inputs, Region
from rules.sessions import Hours
from rules.signal import SIGNALS, Unit, in_currency
from rules.table import EMPTY
from rules.timeframe import size_of

__all__ = ["Absent", "Inputs", "Outlook", "Region", "compiled", "inputs_of", "level_of", "outlook", "region"]


NO_BARS = EMPTY.daily()


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


def compiled(leaf: Leaf, inputs: Inputs, *, negated: bool = False) -> Region | Absent:
    """A leaf as a region of its own axis or the price's, or why it has none today."""
    signal = SIGNALS[leaf.signal]
    group = inputs.instrument.kind is Kind.GROUP
    if signal.groups_only and not group:
        return Absent(f"{leaf.signal} exists on groups alone")
    if group and signal.axis(leaf, inputs) is None:
        return Absent("a group has no price")
    found = signal.boundaries(leaf, _sized(leaf, inputs))
    if negated and isinstance(found, Region):
        return Region(found.boundaries, not found.first, found.ratios, found.evidence)
    return found


def _sized(leaf: Leaf, inputs: Inputs) -> Inputs:
    """The inputs, without bars where those are of another size than the leaf's."""
    size = size_of(leaf) if leaf.args else None
    return inputs if size == inputs.size else replace(inputs, history=NO_BARS, size=size)


def region(leaf: Leaf, inputs: Inputs) -> Region | Absent:
    """A leaf as a region of the price axis (quanta), or why it has none."""
    if SIGNALS[leaf.signal].axis(leaf, inputs) is not None:
        return Absent("the price alone does not decide it")
    return compiled(leaf, inputs)


def inputs_of(quote: Quote | None, history: History | None, instrument: Instrument, hours: Hours) -> Inputs:
    """The inputs of the session a stored quote belongs to, from raw history; without one, the master's."""
    if quote is None:
        return Inputs(instrument=instrument, shares=instrument.shares, stale="no quote yet")
    session = hours.session(instrument.market, quote.time)
    bars: Daily | None = None
    table = NO_LIMITS
    stale, prev_close = "no session today", quote.prev_close
    if session is not None:
        previous = hours.previous(instrument.market, session.date)
        bars, stale = believed(history, session.date, prev_close, previous)
        if prev_close is None and bars is not None:
            prev_close = int(bars.last())
        before = partial(hours.previous, instrument.market)
        if prev_close and not is_free(instrument, session.date, before):
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
        stale=stale,
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
    seen: Callable[[timedelta | None], Inputs] | None = None,
) -> Outlook:
    """A condition's value, level and ringing prices on today's inputs.

    `seen` has the inputs on minute bars of a size; without it parts that want them are unknown.
    """
    price = inputs.prev_close if quote is None else quote.price
    views: list[_View] = []

    def part(leaf: Leaf, negated: bool) -> int:  # noqa: FBT001 - called by position from the walk
        own = inputs if seen is None else seen(size_of(leaf))
        views.append(_view(leaf, own, quote, price, negated=negated))
        return len(views) - 1

    formula = grow(condition.root, part)
    spans = list(_spans(formula, views))
    now = truth(formula, lambda at: views[at].truth(price))
    first = views[0]
    level = level_of(first.leaf)
    if level is None and isinstance(first.region, Region) and first.region.ratios:
        level = in_currency(inputs, first.region.ratios[0][0] / first.region.ratios[0][1])
    reasons = [view.region.reason for view in views if isinstance(view.region, Absent) and view.fixed is None]
    return Outlook(
        value=first.value,
        level=level,
        rings_at=tuple(_ends(spans, price, inputs.instrument.tick)),
        truth=now,
        absent="" if now is not None else "; ".join(dict.fromkeys(reasons)) or "no price yet",
    )


@dataclass(frozen=True, slots=True)
class _View:
    """One leaf as far as a stored quote shows it."""

    leaf: Leaf
    region: Region | Absent  # of the price axis
    value: float | None
    fixed: bool | None = None  # the truth of a leaf that has an axis of its own

    def truth(self, price: int | None) -> bool | None:
        if isinstance(self.region, Absent):
            return self.fixed
        return None if price is None else self.region.truth(price)


def _view(leaf: Leaf, inputs: Inputs, quote: Quote | None, price: int | None, *, negated: bool) -> _View:
    found, own = compiled(leaf, inputs, negated=negated), SIGNALS[leaf.signal].axis(leaf, inputs)
    if isinstance(found, Absent):
        return _View(leaf, found, None)
    if own is None:
        value = None if price is None else number_of(leaf, inputs, price)
        return _View(leaf, _ahead(found, price) if leaf.verb == "crosses" else found, value)
    code = own.meter().read(Moment(quote, price or 0, 0, None, early=False))
    if code is None:
        return _View(leaf, Absent("the price alone does not decide it"), None)
    value = decode(code, own.scale) * (100 if own.percent else 1)
    return _View(leaf, Absent("the price alone does not decide it"), value, found.truth(code))


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
