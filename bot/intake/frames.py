"""Quotes of several markets that arrived together, as frames."""

from collections.abc import Iterable
from datetime import datetime

from rules.model import Frame, Quote

GROUPS = "SH"  # whose hours a board's own quote keeps


def frames(quotes: Iterable[Quote | None], received: datetime) -> tuple[Frame, ...]:
    """One frame a market, in the order in which markets come; None stands for what is no quote."""
    markets: dict[str, list[Quote]] = {}
    for quote in quotes:
        if quote is not None:
            market = GROUPS if quote.symbol.startswith("@") else quote.symbol.rpartition(".")[2]
            markets.setdefault(market, []).append(quote)
    return tuple(
        Frame(market=market, received=received, quotes=tuple(found)) for market, found in markets.items()
    )
