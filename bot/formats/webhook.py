"""Posts as quotes: the columns of the quotes file as JSON, or an alert as TradingView writes it.

One object, a list of them, or {"quotes": [...]}. Quotes have the columns of the file, and no others. An alert
has `ticker` and `close` (or `price`), and `exchange`, `time` and `timenow` where it likes; its other fields
mean nothing. As text it is a line like that of the manual: `NASDAQ:AAPL, price = 277.01, volume = 1`
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
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
SHAPES = "a JSON object with a quote, a list of them, or an alert such as `NASDAQ:AAPL, price = 277.01`"
BODY = msgspec.json.Decoder(dict[str, msgspec.Raw] | list[dict[str, msgspec.Raw]])
ROWS = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
TEXT = msgspec.json.Decoder(str)
# An alert in words: the ticker, then what it tells, each after a comma.
ALERT = re.compile(r"([A-Z_]{2,16}:[\w.!-]{1,32})((?:,\s*[A-Za-z_]{1,32}\s*=[^,]{1,256})+)", re.ASCII)
TOLD = re.compile(r",\s*([A-Za-z_]+)\s*=([^,]+)", re.ASCII)
COUNTED = re.compile(r"[0-9]{10}(?:[0-9]{3})?", re.ASCII)  # a time as seconds or milliseconds since 1970
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rows(body: bytes) -> list[dict[str, msgspec.Raw]]:
    """The objects of a post; FeedError for anything else."""
    try:
        if alert := ALERT.fullmatch(body.decode().strip()):  # bytes that are no text end here
            told = {name: text.strip() for name, text in TOLD.findall(alert[2])}
            return [_encoded({"ticker": alert[1]} | told)]
        read = BODY.decode(body)
        found = [read] if isinstance(read, dict) else read
        if isinstance(read, dict) and "quotes" in read:
            found = ROWS.decode(read["quotes"])
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FeedError(f"webhook: a post is {SHAPES}") from error
    if not 0 < len(found) <= MOST:
        raise FeedError(f"webhook: a post has 1 to {MOST} quotes, this one {len(found)}")
    return found


def _encoded(cells: Mapping[str, str]) -> dict[str, msgspec.Raw]:
    """Texts as the values of a JSON object."""
    return {name: msgspec.Raw(msgspec.json.encode(text)) for name, text in cells.items()}


def frames(body: bytes, received: datetime) -> tuple[Frame, ...]:
    """A post's quotes, a frame a market, in order of time; FeedError names the quote, column and reason."""
    markets: dict[str, list[Quote]] = {}
    for number, row in enumerate(rows(body), 1):
        cells = {name: _text(number, name, bytes(raw)) for name, raw in row.items() if name != SECRET}
        if "ticker" in cells:
            cells = _alert(number, cells)
        if COUNTED.fullmatch(cells.get("time", "")):
            cells["time"] = _counted(cells["time"]).isoformat()
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


def plain(raw: bytes) -> str:
    """A JSON text; FeedError where its escapes are none, which nobody has looked at before."""
    try:
        return TEXT.decode(raw)
    except (msgspec.MsgspecError, ValueError) as error:
        raise FeedError(f"webhook: a post is {SHAPES}") from error


@cache
def _find() -> Callable[[str], Instrument | None]:
    return Reference.load().find


def _text(number: int, name: str, raw: bytes) -> str:
    """A value as a file would write it; FeedError for what is neither text nor a number."""
    if raw == b"null":
        return ""
    if raw[:1] in b"{[tf":
        raise FeedError(f"post, line {number}, column {name[:40]}: a text or a number would fit")
    return plain(raw) if raw[:1] == b'"' else raw.decode()


def _counted(time: str) -> datetime:
    """Milliseconds since 1970, seconds where there are ten digits."""
    return EPOCH + timedelta(milliseconds=int(time.ljust(13, "0")))


def _alert(number: int, cells: Mapping[str, str]) -> dict[str, str]:
    """TradingView's placeholders as columns; {{time}} is a bar's beginning, {{timenow}} is now."""
    exchange, _, ticker = cells["ticker"].rpartition(":")
    exchange = (cells.get("exchange") or exchange).upper()
    price = cells.get("close") or cells.get("price", "")
    found = {"symbol": _symbol(number, ticker.upper(), exchange), "price": price}
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
