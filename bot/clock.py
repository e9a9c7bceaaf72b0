"""Clocks as values: the wall's, and one that a demo or test moves."""

from datetime import UTC, datetime, timedelta


class WallClock:
    """The machine's clock, aware UTC; with `start`, as if the machine's had shown that when this was made."""

    def __init__(self, start: datetime | None = None) -> None:
        self._offset = timedelta() if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        """Aware UTC now."""
        return datetime.now(UTC) + self._offset


class MarketClock:
    """The time of the last frame, for demo and replay."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The largest time set so far."""
        return self._now

    def advance(self, to: datetime) -> None:
        """Move forward; a time before the present one changes nothing."""
        self._now = max(self._now, to)
