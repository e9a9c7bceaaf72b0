"""What leaves the engine: rows for the store and steps for the caller."""

from dataclasses import dataclass
from datetime import date, datetime

from rules.model import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The stored state of one condition's newest ring; without a row a condition never rang."""

    condition: str  # its id
    ring: int
    state: str  # armed, fired, provisional, confirmed, withdrawn, idle
    time: datetime | None = None  # quote time of that ring
    session: date | None = None  # trading day of that ring


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one frame did: events in order, conditions re-armed, conditions evaluated for the first time ever."""

    events: tuple[Event, ...] = ()
    armed: tuple[Row, ...] = ()
    seen: tuple[str, ...] = ()  # condition ids
