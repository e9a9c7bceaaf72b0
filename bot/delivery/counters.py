"""What delivery did, counted: nothing is held, dropped or delayed without a number that a page can show."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """Totals since the start; `waiting` and `stopped` say how things are now."""

    sent: int = 0
    edited: int = 0
    repeated: int = 0  # sends marked as such because the outcome of an earlier one is unknown
    unknown: int = 0  # outcomes that nobody knows
    answered: int = 0  # button presses
    held: Counter[str] = field(default_factory=Counter)  # waits by reason: chat, all, pause, outage
    failed: Counter[str] = field(default_factory=Counter)  # for good, by reason
    cancelled: int = 0  # rows of chats that went away
    waiting: int = 0
    late: float = 0.0  # seconds of the last ringing card, ring to send
    latest: float = 0.0  # the worst of them
    events: int = 0
    claims: Counter[str] = field(default_factory=Counter)  # answers of the fan-out, by word
    stopped: str = ""  # why nothing is sent any more

    def lateness(self, seconds: float) -> None:
        """A card went out this long after its ring."""
        self.late = seconds
        self.latest = max(self.latest, seconds)

    def as_dict(self) -> dict[str, object]:
        """For a page: numbers by name, reasons as mappings."""
        return {
            "sent": self.sent,
            "edited": self.edited,
            "repeated": self.repeated,
            "unknown": self.unknown,
            "answered": self.answered,
            "held": dict(self.held),
            "failed": dict(self.failed),
            "cancelled": self.cancelled,
            "waiting": self.waiting,
            "late_seconds": round(self.late, 3),
            "latest_seconds": round(self.latest, 3),
            "events": self.events,
            "claims": dict(self.claims),
            "stopped": self.stopped,
        }
