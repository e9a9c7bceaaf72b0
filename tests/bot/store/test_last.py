"""The last quotes that commands read."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.store.client import Store
from bot.store.keys import i_key, partition
from bot.store.last import Last
from rules.model import Phase, Quote

QUOTE = Quote(
    symbol="300308.SZ",
    time=datetime(2025, 11, 26, 1, 31, 3, tzinfo=UTC),
    price=532_000,
    prev_close=506_600,
    volume=1.5e7,
    phase=Phase.CONTINUOUS,
    source="demo",
)


async def test_a_quote_comes_back_whole(store: Store) -> None:
    """Every field survives; the newest replaces the one before; others are untouched."""
    last = Last(store)
    assert await last.last(QUOTE.symbol) is None
    other = replace(QUOTE, symbol="AAPL.US", price=1)
    await last.write([QUOTE, other])
    await last.write([replace(QUOTE, price=533_000)])
    await last.write([])
    assert await last.last(QUOTE.symbol) == replace(QUOTE, price=533_000)
    assert await last.last("AAPL.US") == other
    assert await store.call("HLEN", i_key(partition(QUOTE.symbol), "last")) == 1


async def test_many_come_at_once(store: Store) -> None:
    """From several partitions, each asked for once; what nobody quoted is left out."""
    last = Last(store)
    quotes = {symbol: replace(QUOTE, symbol=symbol) for symbol in ("300308.SZ", "AAPL.US", "600519.SH")}
    await last.write(quotes.values())
    assert await last.some(["AAPL.US", "300308.SZ", "NONE.US", "AAPL.US"]) == {
        symbol: quotes[symbol] for symbol in ("AAPL.US", "300308.SZ")
    }
    assert await last.some([]) == {}
