"""Two stretches of one instrument's bars as one: each day once, factors continued; and the holes in it."""

from dataclasses import replace
from datetime import date
from typing import cast

import numpy as np

from rules.model import History
from rules.sessions import Hours

RECENT = 640  # sessions in which holes are looked for
COLUMNS = ("dates", "open", "high", "low", "close", "volume", "factor")


def merged(known: History | None, part: History) -> History:
    """The union by day; where both have a day the newer word, `part`, stands.

    Factors are relative, so `part`'s are scaled to agree with those known on a day that both have: its first
    where `part` goes on from there, its last where it comes before.
    """
    if known is None or not len(known.dates):
        return part
    if not len(part.dates):
        return known
    scaled = replace(part, factor=part.factor * _scale(known, part))
    kept = rows(known, ~np.isin(known.dates, part.dates))
    whole = {name: np.concatenate((getattr(kept, name), getattr(scaled, name))) for name in COLUMNS}
    order = np.argsort(whole["dates"])
    return History(symbol=known.symbol, **{name: column[order] for name, column in whole.items()})


def rows(bars: History, which: object) -> History:
    """Some of the days, by a mask or slice."""
    return replace(bars, **{name: getattr(bars, name)[which] for name in COLUMNS})


def holes(bars: History, hours: Hours) -> list[date]:
    """Sessions between the first and the last bar, of the recent ones, that have no bar; newest first."""
    if not len(bars.dates):
        return []
    market = bars.symbol.rpartition(".")[2]
    present = {cast("date", day) for day in bars.dates[-RECENT:].tolist()}
    first, day = min(present), max(present)
    found = []
    for _ in range(RECENT):
        day = hours.previous(market, day)
        if day <= first:
            break
        if day not in present:
            found.append(day)
    return found


def _scale(known: History, part: History) -> float:
    both, mine, its = np.intersect1d(known.dates, part.dates, return_indices=True)
    if not len(both):
        is_later = part.dates[0] > known.dates[-1]
        return float(known.factor[-1] / part.factor[0] if is_later else known.factor[0] / part.factor[-1])
    place = 0 if part.dates[-1] >= known.dates[-1] else -1
    return float(known.factor[mine[place]] / part.factor[its[place]])
