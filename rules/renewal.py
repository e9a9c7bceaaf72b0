"""Axes of an instrument's own behind a trail: read as of its end, and foreseen anew.

Mostly nothing but time has passed then: trails end far more often than anything rings.
"""

from collections.abc import Callable, Iterable

from rules.calm import Trail, calm_after
from rules.index import HIGHEST, LOWEST
from rules.live import Lane, Live
from rules.model import Quote

Flip = Callable[[Iterable[int]], None]  # turns the truths of numbers


def reread(live: Live, quote: Quote, flip: Flip) -> None:
    """Axes of the instrument's own as of a quote up to which they were foreseen."""
    trail = live.trail
    if trail is None or not trail.is_ahead:
        return
    live.catch_up(quote)
    moment = trail.reach(quote, quote.price or 0)
    for lane in live.lanes:
        value = lane.meter.read(moment) if lane.meter and lane.foreseen and lane.known else None
        if value is not None:
            flip(lane.passed(*lane.move(value)))


def renewed(live: Live, trail: Trail, quote: Quote, price: int, flip: Flip) -> bool:
    """Whether a quiet quote beyond what was foreseen says nothing, and the instrument is at it now.

    Otherwise its axes stand where they were at the quote before, the last to pass. Where the trail was only
    full, that is all. From the quote before on they are foreseen again, which mostly lets this one pass; if
    not they are read here, and foreseen from here on.
    """
    old = live.quote
    if trail.is_ahead and old is not None and old.price is not None:
        live.catch_up()
        if trail.holds(quote, price) or (
            _advance(live, trail, old, old.price, flip) and trail.holds(quote, price)
        ):
            live.quote = quote
            return True
    return _advance(live, trail, quote, price, flip)


def _advance(live: Live, trail: Trail, quote: Quote, price: int, flip: Flip) -> bool:
    """Read the axes at a quote and foresee them from it on; False where one is beyond what was foreseen."""
    moment = trail.reach(quote, price)
    read: list[tuple[Lane, int, int, int]] = []  # with its value, and where it is quiet
    for lane in live.lanes:
        meter = lane.meter if lane.is_regular else None
        if meter is None:
            continue
        low, high = lane.quiet(LOWEST, HIGHEST)
        value = meter.read(moment)
        if value is None or not low <= value < high:
            return False
        read.append((lane, value, low, high))
    axis, calm = live.price_lane, calm_after(moment, live.number)
    if axis is not None:
        flip(axis.passed(*axis.move(price)))
    is_calm = not live.watched
    for lane, value, low, high in read:
        start, stop = lane.move(value)
        if start != stop:  # what nobody waits for
            flip(lane.passed(start, stop))
            low, high = lane.quiet(LOWEST, HIGHEST)  # noqa: PLW2901 - where it is quiet now
        foreseen = lane.foreseen
        is_calm = is_calm and bool(
            foreseen and not lane.pending and foreseen.foresee(calm, moment, low, high)
        )
    live.quote = quote
    live.settle_quiet(trail.begin(calm, quote) if is_calm else None)
    return True
