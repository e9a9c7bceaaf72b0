"""What frames do to conditions: stored states, steps, and what the present frame has said so far."""

from dataclasses import dataclass, field
from datetime import date, datetime

from rules.frozen import blank
from rules.model import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The stored state of one condition's newest ring; without a row a condition never rang."""

    condition: str  # its id
    ring: int
    state: str  # armed, fired, provisional, confirmed, withdrawn, idle
    time: datetime | None = None  # quote time of that ring
    session: date | None = None  # trading day of that ring


blank_row = blank(Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one frame did: events in order, conditions re-armed, conditions evaluated for the first time."""

    events: tuple[Event, ...] = ()
    armed: tuple[Row, ...] = ()
    seen: tuple[str, ...] = ()  # condition ids
    notices: tuple[Event, ...] = ()  # of ex-dates that moved typed levels: told once a condition and day


@dataclass(slots=True)
class Outcome:
    """What the present frame has said so far."""

    events: list[Event] = field(default_factory=list)
    armed: list[Row] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)  # numbers
    notices: list[Event] = field(default_factory=list)
