"""Posts as quotes: the columns of the quotes file as JSON, or an alert as TradingView writes it.

One object, a list of them, or {"quotes": [...]}. Quotes have the columns of the file, and no others. An alert
has `ticker` and `close`, and `exchange`, `time` and `timenow` where it likes; its other fields mean nothing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType

import msgspec

from bot.errors import FeedError, InputError
from bot.files import quotes
from bot.master.listing import COINS
from bot.master.reference import Reference
from rules.model import Frame, Instrument, Quote

MOST = 1000  # quotes in a post
SECRET = "secret"  # noqa: S105 -- the name of the field
# TradingView's names of exchanges; others are markets of coins under their own names.
EXCHANGES = MappingProxyType(
    {"SSE": "SH", "SZSE": "SZ", "HKEX": "HK"}
    | dict.fromkeys(("NASDAQ", "NYSE", "AMEX", "ARCA", "BATS", "CBOE"), "US")
)
QUOTED_IN = ("USDT", "USDC", "USD", "EUR", "KRW", "BTC")  # what coins are priced in, to part BTCUSD
WHOLE = frozenset({"BINANCE"})  # exchanges that write pairs without a dash
BODY = msgspec.json.Decoder(dict[str, msgspec.Raw] | list[dict[str, msgspec.Raw]])
ROWS = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
TEXT = msgspec.json.Decoder(str)


def rows(body: bytes) -> list[dict[str, msgspec.Raw]]:
    """The objects of a post; FeedError for anything else."""
    try:
        read = BODY.decode(body)
        found = [read] if isinstance(read, dict) else read
        if isinstance(read, dict) and "quotes" in read:
            found = ROWS.decode(read["quotes"])
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FeedError("webhook: a post is a JSON object with a quote, or a list of them") from error
    if not 0 < len(found) <= MOST:
        raise FeedError(f"webhook: a post has 1 to {MOST} quotes, this one {len(found)}")
    return found


def frames(body: bytes, received: datetime) -> tuple[Frame, ...]:
    """A post's quotes, a frame a market, in order of time; FeedError names the quote, column and reason."""
    markets: dict[str, list[Quote]] = {}
    for number, row in enumerate(rows(body), 1):
        cells = {name: _text(number, name, bytes(raw)) for name, raw in row.items() if name != SECRET}
        if "ticker" in cells:
            cells = _alert(number, cells)
        cells = {"time": received.isoformat(), "source": "webhook"} | cells
        try:
            quote = quotes.posted(cells, number, _find())
        except InputError as error:
            raise FeedError(str(error)) from error
        markets.setdefault(quote.symbol.rpartition(".")[2], []).append(quote)
    return tuple(
        Frame(market=market, received=received, quotes=tuple(sorted(quotes, key=lambda quote: quote.time)))
        for market, quotes in markets.items()
    )


@cache
def _find() -> Callable[[str], Instrument | None]:
    return Reference.load().find


def _text(number: int, name: str, raw: bytes) -> str:
    """A value as a file would write it; FeedError for what is neither text nor a number."""
    if raw == b"null":
        return ""
    if raw[:1] in b"{[tf":
        raise FeedError(f"post, line {number}, column {name[:40]}: a text or a number would fit")
    return TEXT.decode(raw) if raw[:1] == b'"' else raw.decode()


def _alert(number: int, cells: Mapping[str, str]) -> dict[str, str]:
    """TradingView's placeholders as columns; {{time}} is a bar's beginning, {{timenow}} is now."""
    exchange, _, ticker = cells["ticker"].rpartition(":")
    exchange = (cells.get("exchange") or exchange).upper()
    found = {"symbol": _symbol(number, ticker.upper(), exchange), "price": cells.get("close", "")}
    time = cells.get("timenow") or cells.get("time")
    return found | ({"time": time} if time else {})


def _symbol(number: int, ticker: str, exchange: str) -> str:
    """What TradingView calls NASDAQ:AAPL, HKEX:700, COINBASE:BTCUSD or BYBIT:BTCUSDT.P."""
    if not exchange:
        return ticker
    market = EXCHANGES.get(exchange, exchange)
    if market not in COINS:
        if market == exchange:
            raise FeedError(f"post, line {number}, column exchange: {exchange[:40]!r} is not known")
        return f"{ticker}.{market}"
    pair, swap = ticker.removesuffix(".P"), "-SWAP" if ticker.endswith(".P") else ""
    quoted = next((coin for coin in QUOTED_IN if pair.endswith(coin) and pair != coin), "")
    if market not in WHOLE and "-" not in pair and quoted:
        pair = f"{pair.removesuffix(quoted)}-{quoted}"
    return f"{pair}{swap}.{market}"
