"""Why a condition rang or is silent, from the engine's own state: value, level, distance, what it awaits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.columns import KNOWN, RANG, TRUE, WAIT, Columns
from rules.events import value_of
from rules.evidence import BEFORE, Scene, deciding, proof
from rules.levels import level_of
from rules.live import Live
from rules.placement import Placement, Sight
from rules.region import NO_EVIDENCE, Absent
from rules.rings import Rings

# What a condition is doing, in the order they are asked for.
ABSENT = "absent"  # neither rings nor re-arms: see the reason
PROVISIONAL = "provisional"  # rang on an unfinished bar
RINGING = "rang, still true"
RETURNING = "rang, not back by its hysteresis"
UNSEEN = "true, must be seen false first"
ARMED = "armed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One condition as the engine sees it now; a composite has its leaves as `parts`."""

    text: str
    symbol: str
    state: str
    truth: bool | None  # None: unknown
    ring: int  # number of its newest ring, 0 if it never rang
    reason: str = ""  # why it is absent
    value: float | None = None  # in the unit the language writes
    level: float | None = None
    level_price: float | None = None  # the unrounded price at which its truth changes, nearest to the last
    distance: float | None = None  # level_price / last price - 1
    remaining: float | None = None  # level - value, in the unit of both
    evidence: Mapping[str, str | float] = field(default_factory=lambda: NO_EVIDENCE)
    parts: "tuple[Explanation, ...]" = ()
    refusals: tuple[str, ...] = ()  # the gate's last words on quotes of the instrument, oldest first
    memory: Mapping[str, str] = field(default_factory=dict)  # what it remembers: when A of `then` rang ...
    waits: datetime | None = None  # from then on the next quote is looked at, whatever its price


class Explainer:
    """Reads one engine's state."""

    def __init__(self, columns: Columns, placement: Placement, rings: Rings) -> None:
        self._columns, self._placement, self._rings = columns, placement, rings

    def explain(self, number: int, refusals: tuple[str, ...] = ()) -> Explanation:
        """A condition and, of a composite, each leaf in the order written."""
        live = self._placement.home(number)
        tree = self._rings.trees.get(number)
        if tree is None:
            return self._leaf(number, live, self._columns.text(number), refusals)
        parts = tuple(self._leaf(part, live, self._columns.manner(part).words, ()) for part in tree.parts)
        unknown = dict.fromkeys(part.reason for part in parts if part.reason)
        state = self._state(number, live)
        return Explanation(
            text=self._columns.text(number),
            symbol=live.symbol,
            state=state,
            truth=self._truth(number),
            ring=self._columns.rings[number],
            reason="; ".join(unknown) if state == ABSENT else "",
            parts=parts,
            refusals=refusals,
            memory=tree.tell(),
            waits=(live.waits or {}).get(number),
        )

    def _leaf(self, number: int, live: Live, text: str, refusals: tuple[str, ...]) -> Explanation:
        sight, price = self._placement.sight(number), live.price
        state = self._state(number, live)
        reason = ""
        if state == ABSENT:
            absent = isinstance(sight.region, Absent)
            reason = sight.region.reason if isinstance(sight.region, Absent) else "no value yet"
            reason = reason if absent or sight.lane.own is not None else "no quote yet"
        near = _nearest(sight, live)
        is_known = price is not None if sight.lane.own is None else sight.lane.known
        value = value_of(sight.leaf, live, sight.lane, price) if is_known else None
        evidence = self._evidence(number, sight, live)
        level = near if sight.leaf.level is None else level_of(sight.leaf)
        if level is None and isinstance(own := evidence.get("level"), float):
            level = own
        return Explanation(
            text=text,
            symbol=live.symbol,
            state=state,
            truth=self._truth(number),
            ring=self._columns.rings[number],
            reason=reason,
            value=value,
            level=level,
            level_price=near,
            distance=None if near is None or not price else near * _scale(live) / price - 1,
            remaining=None if level is None or value is None else level - value,
            evidence=evidence,
            refusals=refusals,
        )

    def _evidence(self, number: int, sight: Sight, live: Live) -> Mapping[str, str | float]:
        """As an event of now would carry it; nothing where it is absent."""
        if isinstance(sight.region, Absent):
            return NO_EVIDENCE
        others = self._placement.beside(live, sight.lane)
        found = proof(Scene(sight.leaf, live, sight.lane, live.price, live.quote, others), sight.region)
        found.update(deciding(self._placement.closing.get(number), live))
        found.pop(BEFORE, None)  # nothing happens now
        return found

    def _truth(self, number: int) -> bool | None:
        state = self._columns.code[number]
        return bool(state & TRUE) if state & KNOWN else None

    def _state(self, number: int, live: Live) -> str:
        code = self._columns.code[number]
        if not code & KNOWN:
            return ABSENT
        if live.provisional and number in live.provisional:
            return PROVISIONAL
        if code & RANG:
            return RINGING if code & TRUE else RETURNING
        return UNSEEN if code & WAIT else ARMED


def _scale(live: Live) -> int:
    return int(10**live.instrument.decimals)


def _nearest(sight: Sight, live: Live) -> float | None:
    """The level nearest to the last price, in currency; None where other things than the price decide."""
    last = (live.price or 0) / _scale(live)
    return min(sight.prices(_scale(live)), key=lambda level: abs(level - last), default=None)
