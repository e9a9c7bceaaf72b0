"""What a symbol's shape alone says: its market by prefix, its kind, tick and daily limit by board.

Source: the exchanges' code ranges and limit rules (reference feeds.md 1.4, conditions.md 1):
main board 10 %, ChiNext and STAR 20 %, Beijing 30 %, funds 10 or 20 %, convertible bonds 20 %.
"""

import re
from decimal import Decimal
from functools import lru_cache

from handlers.lists import WATCHLIST
from rules.model import INDEX_DECIMALS, Instrument, Kind, decimals_of

SUFFIXES = {"SS": "SH", "XSHG": "SH", "XSHE": "SZ"}  # other vendors' names of the same markets
# Markets of coins: exchanges with a feed of their own, Yahoo's coins, and those that ccxt reaches.
BY_CCXT = (
    *("BITFINEX", "BITGET", "BITMEX", "BITSTAMP", "BYBIT", "CRYPTOCOM", "DERIBIT", "GATE", "GEMINI", "HTX"),
    *("HYPERLIQUID", "KRAKEN", "KUCOIN", "MEXC", "PHEMEX", "UPBIT"),
)
COINS = ("BINANCE", "OKX", "COINBASE", "YAHOO", *BY_CCXT)
MARKETS = frozenset({"SH", "SZ", "BJ", "HK", "US", *COINS})
HUNDREDTH = 10**6  # of an index point, in quanta
_TEN, _TWENTY, _THIRTY = Decimal("0.1"), Decimal("0.2"), Decimal("0.3")

# A bare code's market by its first digits.
_BARE = (
    (re.compile(r"(?:60[0-5]|68[89]|900|5[0-9][0-9]|11[0-9])[0-9]{3}"), "SH"),
    (re.compile(r"(?:00[0-3]|30[0-2]|200|399|1[256][0-9])[0-9]{3}"), "SZ"),
    (re.compile(r"(?:920|899|43[0-9]|8[37][0-9])[0-9]{3}"), "BJ"),
    (re.compile(r"[0-9]{5}"), "HK"),
    (re.compile(r"[A-Z0-9]{2,12}-USD"), "COINBASE"),
    (re.compile(r"[A-Z0-9]{2,12}-(?:USDT|USDC|USD|EUR|BTC)(?:-SWAP)?"), "OKX"),
    (re.compile(r"[A-Z0-9]{2,12}(?:USDT|USDC|FDUSD|BUSD)"), "BINANCE"),
)
_TICKER = re.compile(r"[A-Z]{1,5}(?:\.[A-Z])?")  # unknown US tickers only in capitals: words are no tickers
_PREFIXED = re.compile(r"(sh|sz|bj)\.?([0-9]{6})", re.IGNORECASE)
_HONG_KONG = re.compile(r"(?:r_)?hk\.?([0-9]{4,5})", re.IGNORECASE)
_AMERICAN = re.compile(r"us([A-Z]{1,5}(?:\.[A-Z])?)")
_FULL = {
    **dict.fromkeys(("SH", "SZ", "BJ"), re.compile(r"[0-9]{6}")),
    "HK": re.compile(r"[0-9]{5}|[A-Z]{2,8}"),
    "US": re.compile(r"[A-Z][A-Z0-9]{0,7}(?:[.-][A-Z])?"),
    **dict.fromkeys(COINS, re.compile(r"[A-Z0-9]{1,16}(?:-[A-Z0-9]{2,16}){1,3}")),
    "BINANCE": re.compile(r"[A-Z0-9]{3,24}"),
}
# Coinbase's books in USDC are those in USD, and are quoted as such; these two are books of their own.
_USDC = frozenset({"USDT-USDC", "EURC-USDC"})
# The least order in shares: 200 on STAR, 10 of a convertible bond, else 100; companies of Hong Kong choose.
_LOTS = (
    ("SH", re.compile(r"68[89]"), 200),
    ("SH", re.compile(r"11"), 10),
    ("SZ", re.compile(r"12"), 10),
    *((market, re.compile(r""), 100) for market in ("SH", "SZ", "BJ")),
    ("US", re.compile(r""), 1),
)
# Boards: market, code, kind, tick, limit; the first that matches.
_BOARDS = (
    ("SH", re.compile(r"000"), Kind.INDEX, HUNDREDTH, None),
    ("SZ", re.compile(r"399"), Kind.INDEX, HUNDREDTH, None),
    ("BJ", re.compile(r"899"), Kind.INDEX, HUNDREDTH, None),
    ("HK", re.compile(r"[A-Z]"), Kind.INDEX, HUNDREDTH, None),
    ("US", re.compile(r"(?:SPX|IXIC|NDX|DJI)$"), Kind.INDEX, HUNDREDTH, None),
    ("SH", re.compile(r"588"), Kind.FUND, 1, _TWENTY),
    ("SH", re.compile(r"5"), Kind.FUND, 1, _TEN),
    ("SZ", re.compile(r"1[56]"), Kind.FUND, 1, _TEN),
    ("SH", re.compile(r"11"), Kind.FUND, 1, _TWENTY),
    ("SZ", re.compile(r"12"), Kind.FUND, 1, _TWENTY),
    ("SH", re.compile(r"900"), Kind.STOCK, 1, _TEN),
    ("SH", re.compile(r"68[89]"), Kind.STOCK, 10, _TWENTY),
    ("SZ", re.compile(r"30[0-2]"), Kind.STOCK, 10, _TWENTY),
    ("SH", re.compile(r""), Kind.STOCK, 10, _TEN),
    ("SZ", re.compile(r""), Kind.STOCK, 10, _TEN),
    ("BJ", re.compile(r""), Kind.STOCK, 10, _THIRTY),
    ("HK", re.compile(r""), Kind.STOCK, 10, None),
    ("US", re.compile(r""), Kind.STOCK, 100, None),
    *((market, re.compile(r""), Kind.COIN, 1, None) for market in COINS),
)


def symbol_of(text: str) -> str | None:
    """The full symbol that a code means by its shape alone, or None: 300308 -> 300308.SZ."""
    if prefixed := _PREFIXED.fullmatch(text):
        return f"{prefixed[2]}.{prefixed[1].upper()}"
    if hong_kong := _HONG_KONG.fullmatch(text):
        return f"{hong_kong[1].zfill(5)}.HK"
    if american := _AMERICAN.fullmatch(text):
        return f"{american[1]}.US"
    return _full(text.upper()) or _bare(text)


def _full(text: str) -> str | None:
    code, _, market = text.rpartition(".")
    market = SUFFIXES.get(market, market)
    if market == "HK" and code.isdigit():
        code = code.zfill(5)
    if market == "COINBASE" and code.endswith("-USDC") and code not in _USDC:
        code = code.removesuffix("C")
    pattern = _FULL.get(market)
    return f"{code}.{market}" if pattern and pattern.fullmatch(code) else None


def _bare(text: str) -> str | None:
    for pattern, market in _BARE:
        if pattern.fullmatch(text.upper()):
            return f"{text.upper()}.{market}"
    return f"{text}.US" if _TICKER.fullmatch(text) else None


def _lot(market: str, code: str) -> int | None:
    return next((lot for board, pattern, lot in _LOTS if board == market and pattern.match(code)), None)


@lru_cache(maxsize=20_000)
def shaped(symbol: str) -> Instrument:
    """An instrument as its full symbol's shape describes it; a group by its @, a chat's own list by its /."""
    if symbol.startswith("@"):
        called = symbol[1:].rpartition("/")[2]
        is_watchlist = symbol.endswith(f"/{WATCHLIST}")
        return Instrument(
            symbol=symbol,
            kind=Kind.GROUP,
            name="自选" if is_watchlist else called,
            english="Watchlist" if is_watchlist else called,
            decimals=INDEX_DECIMALS,
            tick=1,
        )
    code, _, market = symbol.rpartition(".")
    for board, pattern, kind, tick, limit in _BOARDS:
        if board == market and pattern.match(code):
            decimals = decimals_of(symbol, kind)
            lot = None if kind is Kind.INDEX else _lot(market, code)
            return Instrument(symbol=symbol, kind=kind, decimals=decimals, tick=tick, lot=lot, limit=limit)
    return Instrument(symbol=symbol, decimals=decimals_of(symbol), tick=1)
