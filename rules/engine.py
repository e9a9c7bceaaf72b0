"""Frames in, events out: conditions come and go while it runs; the same frames give the same events."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from rules.model import Condition, Event, Frame, History, Instrument, Quote
from rules.rings import Row as Row
from rules.rings import Step as Step
from rules.sessions import Hours


class Engine:
    """All conditions over all instruments; `take` is the hot path. Frames have passed the gate."""

    def __init__(
        self,
        hours: Hours,
        instrument: Callable[[str], Instrument],
        history: Callable[[str], History | None],
        members: Callable[[str], Sequence[str]],
    ) -> None:
        raise NotImplementedError

    def __contains__(self, condition_id: object) -> bool:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def conditions(self) -> Iterator[Condition]:
        """Every condition, in the order of adding as far as numbers were not reused."""
        raise NotImplementedError

    def add(self, condition: Condition, *, row: Row | None = None, seen: bool = False) -> None:
        """Listen for a condition from its instrument's next quote on; twice is once.

        `row` is its stored state, `seen` whether it was ever evaluated; both as the store has them.
        """
        raise NotImplementedError

    def remove(self, condition_id: str) -> None:
        """Forget a condition; an unknown id changes nothing."""
        raise NotImplementedError

    def take(self, frame: Frame) -> Step:
        """Move the market by one frame (maybe empty) and say what rang, re-armed and was seen first."""
        raise NotImplementedError

    def advance(self, frame: Frame) -> None:
        """Move the market with rings mute; `restore` follows when the stored moment is reached."""
        raise NotImplementedError

    def restore(self, rows: Iterable[Row], seen: Iterable[str]) -> None:
        """Put every condition into its stored state, whatever it saw before; without a row it never rang."""
        raise NotImplementedError

    def rejoin(self, condition_id: str) -> None:
        """A rule joined a condition that rang: re-arm it if it is false now; the next step carries the word."""
        raise NotImplementedError

    def last_ring(self, condition_id: str) -> Event | None:
        """The event of the ring a condition is still in, for a rule that joins it; None where it is armed."""
        raise NotImplementedError

    def reconnected(self, market: str) -> None:
        """A feed of this market was away: its next quote's high and low touch nothing."""
        raise NotImplementedError

    def finish(self) -> Step:
        """The end of a replay: close every session whose end is not after its market's last time."""
        raise NotImplementedError

    def last(self, symbol: str) -> Quote | None:
        """The last quote taken of an instrument, in or out of session."""
        raise NotImplementedError
