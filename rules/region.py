"""Where on an axis a condition is true: sorted whole-number boundaries, found by closed forms and checked."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import TypeAlias

from rules.adjust import Daily, Factors
from rules.frozen import quick
from rules.model import Instrument

# Numerator and positive denominator: exact as a Fraction, far cheaper.
Ratio: TypeAlias = tuple[int, int]
Ways: TypeAlias = tuple[int | None, int | None]
FARTHEST = 1 << 58  # boundaries are 64-bit, so levels end here; no number of a market comes near
NO_EVIDENCE: Mapping[str, str | float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Region:
    """Truth over one axis: `first` left of the lowest boundary, flipped at every boundary b from b on.

    `ratios` are the unrounded levels behind the boundaries, on the axis's own scale (quanta on the price
    axis); `evidence` says what they were computed from.
    """

    boundaries: tuple[int, ...]
    first: bool
    ratios: tuple[Ratio, ...]
    evidence: Mapping[str, str | float] = field(default_factory=lambda: NO_EVIDENCE)

    @property
    def levels(self) -> tuple[Fraction, ...]:
        """The unrounded levels, one a boundary."""
        return tuple(Fraction(*ratio) for ratio in self.ratios)

    def truth(self, value: int) -> bool:
        """Whether the condition holds at a value of the axis."""
        return self.first ^ bool(bisect_right(self.boundaries, value) & 1)


quick_region = quick(Region)


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
    shares_as_of: date | None = None  # the day the count was stated for, where anybody said it
    stale: str = "no history"  # why `history` is None
    # Of the bars in `history`; the open one's are then open, day_high and day_low. None: days.
    size: timedelta | None = None
    held: bool = False  # a cross on bars came in an earlier bar: only whether it still stands is asked
    factors: Factors | None = None  # how prices typed on earlier days read in the session; None: as they were


def threshold(verb: str, ratio: Ratio, evidence: Mapping[str, str | float] = NO_EVIDENCE) -> Region:
    """`value > level` and its three siblings as a region; exact, whatever the level's denominator."""
    return one_edge(edge(ratio, reached=verb in REACHED), ratio, evidence, first=verb in BENEATH)


def one_edge(
    boundary: int, ratio: Ratio, evidence: Mapping[str, str | float] = NO_EVIDENCE, *, first: bool
) -> Region:
    """A region of one boundary, at half the price."""
    return quick_region(boundaries=(boundary,), first=first, ratios=(ratio,), evidence=evidence)


def edge(ratio: Ratio, *, reached: bool) -> int:
    """The first whole value at a level, where the level itself counts as `reached`, or beyond it."""
    numerator, denominator = ratio
    found = -(-numerator // denominator) if reached else numerator // denominator + 1
    return found if -FARTHEST < found < FARTHEST else (FARTHEST if found > 0 else -FARTHEST)


def checked(region: Region, definition: Callable[[int], bool]) -> Region:
    """A one-boundary region whose boundary agrees with the definition at itself and one quantum beneath."""
    (boundary,) = region.boundaries
    if abs(boundary) > TOLD_APART:
        return region  # no price comes there
    while definition(boundary) == region.first:
        boundary += 1
    while definition(boundary - 1) != region.first:
        boundary -= 1
    if boundary == region.boundaries[0]:
        return region
    return Region((boundary,), region.first, region.ratios, region.evidence)


def never(evidence: Mapping[str, str | float] = NO_EVIDENCE) -> Region:
    """False at every value."""
    return Region((), first=False, ratios=(), evidence=evidence)


CROSSES: Mapping[str, str] = MappingProxyType({"crosses above": ">", "crosses below": "<"})
TOLD_APART = 1 << 50  # floats tell whole numbers apart up to here, with room for a sum
REACHED, BENEATH = frozenset({">=", "<"}), frozenset({"<", "<="})


def ways_back(region: Region, value: int, part: Ratio | None, points: int, step: int = 1) -> Ways | None:
    """(down, up): where a region that rang at `value` is false again and back by the hysteresis.

    It is at or below `down`, at or above `up`, each None where that way leads nowhere; None alone where it is
    back already. The hysteresis is a `part` of each level, else `points` of the axis's scale; `step` is how
    many values of the axis a unit of that scale spans.
    """
    if len(region.boundaries) == 1:
        (boundary,), (beneath, above) = region.boundaries, _margin(region.ratios[0], part, points, step)
        if region.first:
            back = max(boundary, above)
            return None if value >= back else (None, back)
        back = min(boundary - 1, beneath)
        return None if value <= back else (back, None)
    down: int | None = None
    up: int | None = None
    for low, high in _quiet(region, part, points, step):
        if (low is None or low <= value) and (high is None or value <= high):
            return None
        if high is not None and high < value:
            down = high
        elif low is not None and up is None:
            up = low
    return down, up


def _quiet(region: Region, part: Ratio | None, points: int, step: int) -> Iterator[Ways]:
    """Spans, ends included, where the region is false at a margin from its levels; ascending."""
    edges = [
        (boundary, *_margin(ratio, part, points, step))
        for boundary, ratio in zip(region.boundaries, region.ratios, strict=True)
    ]
    for at in range(len(edges) + 1):
        if region.first ^ bool(at & 1):
            continue
        low = max(edges[at - 1][0], edges[at - 1][2]) if at else None
        high = min(edges[at][0] - 1, edges[at][1]) if at < len(edges) else None
        if low is None or high is None or low <= high:
            yield low, high


def _margin(ratio: Ratio, part: Ratio | None, points: int, step: int) -> Ratio:
    """The last value beneath and the first above a level that are beyond its hysteresis."""
    numerator, denominator = ratio
    margin, whole = points * denominator, denominator
    if part is not None:
        margin, numerator, whole = abs(numerator) * part[0], numerator * part[1], denominator * part[1]
    return step * ((numerator - margin) // whole), -step * (-(numerator + margin) // whole)
