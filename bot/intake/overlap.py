"""What two connections bring while one takes over from the other: told once, in order of time."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from rules.model import Frame, Quote

Trade: TypeAlias = tuple[int | None, float | None]
NEVER = datetime.min.replace(tzinfo=UTC)


class Overlap:
    """Passes a quote only if it is newer than the instrument's last one, or another of the same instant."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[datetime, set[Trade]]] = {}

    def filtered(self, frame: Frame) -> Frame:
        """The frame without what the other connection has told already, or has told better."""
        kept = tuple(filter(self._is_news, frame.quotes))
        return frame if len(kept) == len(frame.quotes) else replace(frame, quotes=kept)

    def _is_news(self, quote: Quote) -> bool:
        newest, told = self._told.get(quote.symbol, (NEVER, set()))
        trade = (quote.price, quote.traded)  # the day's figures ride on it in one connection alone
        if quote.time > newest:
            self._told[quote.symbol] = (quote.time, {trade})
            return True
        if quote.time < newest or trade in told:
            return False
        told.add(trade)
        return True
