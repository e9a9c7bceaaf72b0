"""What two connections bring while one takes over from the other: told once, in order of time."""

from dataclasses import replace
from datetime import UTC, datetime

from rules.model import Frame, Quote

NEVER = datetime.min.replace(tzinfo=UTC)


class Overlap:
    """Passes a quote only if it is newer than the instrument's last one, or another of the same instant."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[datetime, set[Quote]]] = {}

    def filtered(self, frame: Frame) -> Frame:
        """The frame without what the other connection has told already, or has told better."""
        kept = tuple(filter(self._is_news, frame.quotes))
        return frame if len(kept) == len(frame.quotes) else replace(frame, quotes=kept)

    def _is_news(self, quote: Quote) -> bool:
        newest, told = self._told.get(quote.symbol, (NEVER, set()))
        if quote.time > newest:
            self._told[quote.symbol] = (quote.time, {quote})
            return True
        if quote.time < newest or quote in told:
            return False
        told.add(quote)
        return True
