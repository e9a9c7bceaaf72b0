"""Quotes that arrived together, by market."""

from bot.intake.frames import frames
from rules.model import Quote
from tests.bot.sources import BUSY


def test_each_market_has_one_frame() -> None:
    """In the order they come; a board's own quote keeps Shanghai's hours; nothing gives nothing."""
    symbols = ("300308.SZ", "600519.SH", "300502.SZ", "@bk1128")
    quotes = [Quote(symbol=symbol, time=BUSY, price=1) for symbol in symbols]
    found = frames([*quotes, None], BUSY)
    assert [(frame.market, [quote.symbol for quote in frame.quotes]) for frame in found] == [
        ("SZ", ["300308.SZ", "300502.SZ"]),
        ("SH", ["600519.SH", "@bk1128"]),
    ]
    assert frames([], BUSY) == ()
