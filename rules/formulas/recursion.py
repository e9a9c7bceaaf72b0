"""Recursions over finished bars, carried on by each new bar instead of begun anew: the same floats.

A recursion goes through its bars in order, so its state after n + 1 bars is one step from that after n. Bars
hand their states on to those of the next session (`continued`) where they are the same bars and more; where
one differs, as on the day that an ex-date rescales them, everything begins anew.
"""

from collections.abc import Callable, Hashable
from typing import TypeAlias, TypeVar

import numpy as np

from rules.adjust import Daily

S = TypeVar("S")
# (state, bars, start, stop) -> state after bars[start:stop]; the state None stands before the first bar.
Advance: TypeAlias = Callable[[S | None, Daily, int, int], S]


def carried(bars: Daily, key: Hashable, advance: Advance[S], least: int = 1) -> S:
    """The state after the newest bar; with fewer than `least` bars there is none to carry on.

    The state one bar earlier is kept beside it, for whoever asks what the newest bar itself began with.
    """
    count = len(bars)
    reached, now, before = bars.courses.get(key, (0, None, None))
    if reached == count or (reached == count + 1 and before is not None):
        known: S = now if reached == count else before
        return known
    if count <= least:
        return advance(None, bars, 0, count)
    start, state = (reached, now) if 0 < reached < count else (0, None)
    if start < count - 1:
        state = advance(state, bars, start, count - 1)
    found = advance(state, bars, count - 1, count)
    if reached < count:
        bars.courses[key] = (count, found, state)
    return found


def continued(bars: Daily | None, earlier: Daily | None) -> Daily | None:
    """The bars, going on from the states of an earlier session's where these are all among them."""
    if bars is None or earlier is None or not earlier.courses or len(earlier) > len(bars):
        return bars
    pairs = (
        (bars.close, earlier.close),
        (bars.high, earlier.high),
        (bars.low, earlier.low),
        (bars.open, earlier.open),
        (bars.volume, earlier.volume),
    )
    if all(np.array_equal(new[: len(earlier)], old) for new, old in pairs):
        bars.courses.update(earlier.courses)
    return bars
