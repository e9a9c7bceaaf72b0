"""What was foreseen of an instrument foreseen anew, where mostly nothing but time has passed.

A trail ends a hundred times for each ring it leads to, so this costs a third of a look.
"""

from collections.abc import Callable, Iterable

from rules.calm import Trail, calm_after
from rules.index import HIGHEST, LOWEST
from rules.live import Live
from rules.model import Quote, SessionKind

Flip = Callable[[Iterable[int]], None]  # turns the truths of numbers


def renewed(live: Live, trail: Trail, quote: Quote, price: int, flip: Flip) -> bool:
    """Whether a quiet quote beyond what was foreseen says nothing, and the instrument is at it now.

    Otherwise its axes stand where they were at the quote before, the last to pass. From that one on they are
    foreseen again, which mostly lets this one pass; if not they are read here, and foreseen from here on.
    """
    old = live.quote
    if trail.is_ahead and old is not None and old.price is not None:
        live.catch_up()
        _advance(live, trail, old, old.price, flip)
        if trail.holds(quote, price):
            live.quote = quote
            return True
    return _advance(live, trail, quote, price, flip)


def _advance(live: Live, trail: Trail, quote: Quote, price: int, flip: Flip) -> bool:
    """Read the axes at a quote and foresee them from it on; False where one is beyond what was foreseen."""
    moment = trail.reach(quote, price)
    calm = calm_after(moment, live.number)
    is_calm, axis = not live.watched, live.price_lane
    if axis is not None:
        flip(axis.passed(*axis.move(price)))
    for lane in live.lanes:
        meter, foreseen = lane.meter, lane.foreseen
        if meter is None or foreseen is None or SessionKind.REGULAR not in lane.kinds:
            continue
        low, high = lane.quiet(LOWEST, HIGHEST)
        value = meter.read(moment)
        if value is None or not low <= value < high:
            return False
        start, stop = lane.move(value)
        if start != stop:  # what nobody waits for
            flip(lane.passed(start, stop))
            low, high = lane.quiet(LOWEST, HIGHEST)
        is_calm = is_calm and not lane.pending and foreseen.foresee(calm, moment, low, high)
    live.quote = quote
    live.settle_quiet(trail.begin(calm, quote) if is_calm else None)
    return True
