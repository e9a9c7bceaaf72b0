"""How far a demo's or replay's day was taken: a receive time, and how many frames of that very time."""

from dataclasses import dataclass
from datetime import datetime

from rules.model import Frame


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """Everything received before `time` was taken, and the first `count` frames received at it."""

    time: datetime
    count: int

    def __str__(self) -> str:
        return f"{self.time.isoformat()} {self.count}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """What `str` wrote."""
        time, _, count = text.partition(" ")
        return cls(datetime.fromisoformat(time), int(count))

    def passed(self, frame: Frame) -> "Cursor":
        """The cursor behind one more frame; times do not run backwards."""
        if frame.received == self.time:
            return Cursor(self.time, self.count + 1)
        return Cursor(frame.received, 1) if frame.received > self.time else self
