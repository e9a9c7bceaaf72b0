"""Where on an axis a condition is true: sorted whole-number boundaries, found by closed forms and checked."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from rules.adjust import Daily
from rules.model import Instrument

Exact: TypeAlias = Fraction


@dataclass(frozen=True, slots=True)
class Region:
    """Truth over one axis: `first` left of the lowest boundary, flipped at every boundary b from b on.

    `levels` are the unrounded levels behind the boundaries, on the axis's own scale (quanta on the price
    axis); `evidence` says what they were computed from.
    """

    boundaries: tuple[int, ...]
    first: bool
    levels: tuple[Exact, ...]
    evidence: Mapping[str, str | float] = field(default_factory=dict)

    def truth(self, value: int) -> bool:
        """Whether the condition holds at a value of the axis."""
        return self.first ^ bool(bisect_right(self.boundaries, value) & 1)


@dataclass(frozen=True, slots=True)
class Absent:
    """No truth at all, and why: neither rings nor re-arms."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything a closed form may use about one instrument on one day, as known before the next quote."""

    instrument: Instrument
    session: date | None = None
    prev_close: int | None = None  # quanta
    open: int | None = None
    day_high: int | None = None  # of the regular session so far
    day_low: int | None = None
    limit_up: int | None = None
    limit_down: int | None = None
    history: Daily | None = None  # believed and adjusted to the session's scale
    shares: int | None = None
    stale: str = "no history"  # why `history` is None


def threshold(verb: str, level: Fraction, evidence: Mapping[str, str | float] | None = None) -> Region:
    """`value > level` and its three siblings as a region; exact, whatever the level's denominator."""
    floor, ceiling = level.__floor__(), level.__ceil__()
    boundary = ceiling if verb in (">=", "<") else floor + 1
    return Region((boundary,), verb in ("<", "<="), (level,), evidence or {})


def checked(region: Region, definition: Callable[[int], bool]) -> Region:
    """A one-boundary region whose boundary agrees with the definition at itself and one quantum beneath."""
    (boundary,) = region.boundaries
    while definition(boundary) == region.first:
        boundary += 1
    while definition(boundary - 1) != region.first:
        boundary -= 1
    return Region((boundary,), region.first, region.levels, region.evidence)


def never(evidence: Mapping[str, str | float] | None = None) -> Region:
    """False at every value."""
    return Region((), first=False, levels=(), evidence=evidence or {})


Ways: TypeAlias = tuple[int | None, int | None]


def ways_back(region: Region, value: int, margin: Callable[[Exact], Exact], step: int = 1) -> Ways | None:
    """(down, up): where a region that rang at `value` is false again and back by the hysteresis.

    It is at or below `down`, at or above `up`, each None where that way leads nowhere; None alone where it is
    back already. `margin` is the hysteresis of a level, `step` how many values of the axis it spans a unit.
    """
    down: int | None = None
    up: int | None = None
    for low, high in _quiet(region, margin, step):
        if (low is None or low <= value) and (high is None or value <= high):
            return None
        if high is not None and high < value:
            down = high
        elif low is not None and up is None:
            up = low
    return down, up


def _quiet(region: Region, margin: Callable[[Exact], Exact], step: int) -> Iterator[Ways]:
    """Spans, ends included, where the region is false at a margin from its levels; ascending."""
    edges = [
        (boundary, step * (level - margin(level)).__floor__(), step * (level + margin(level)).__ceil__())
        for boundary, level in zip(region.boundaries, region.levels, strict=True)
    ]
    for at in range(len(edges) + 1):
        if region.first ^ bool(at & 1):
            continue
        low = max(edges[at - 1][0], edges[at - 1][2]) if at else None
        high = min(edges[at][0] - 1, edges[at][1]) if at < len(edges) else None
        if low is None or high is None or low <= high:
            yield low, high
