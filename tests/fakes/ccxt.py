"""The package ccxt in its own shape, as far as the feed uses it: exchanges that a test lets speak."""

import asyncio
import sys
from collections import defaultdict
from types import ModuleType
from typing import Any, ClassVar

import pytest

MIDNIGHT = 1775520000000  # 2026-04-07 00:00 UTC in ms
DAY = 86_400_000


PAIRS = ("BTC/USD", "ETH/USD", "ETH/USDT:USDT")


class BadSymbolError(Exception):
    """What ccxt raises for a pair that is not listed."""


class NetworkError(Exception):
    """What ccxt raises; its text holds addresses."""


class Exchange:
    """One of ccxt.pro's classes."""

    made: ClassVar[list["Exchange"]] = []
    is_many = True
    has_no_candles = False

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.number: Any = float
        self.markets: dict[str, Any] | None = None
        self.has = {"watchTrades": True, "watchTradesForSymbols": self.is_many}
        self.trades: defaultdict[str, asyncio.Queue[Any]] = defaultdict(asyncio.Queue)
        self.together: asyncio.Queue[Any] = asyncio.Queue()
        self.watched: list[str] = []
        self.asked: list[str] = []
        self.is_closed = False
        Exchange.made.append(self)

    async def load_markets(self) -> dict[str, Any]:
        """What is listed."""
        self.markets = {pair: {} for pair in PAIRS}
        return self.markets

    async def watch_trades(self, symbol: str) -> Any:
        """New trades of a pair, as soon as there are any."""
        self.watched.append(symbol)
        return await self._next(self.trades[symbol])

    async def watch_trades_for_symbols(self, symbols: list[str]) -> Any:
        """New trades of several."""
        self.watched += symbols
        return await self._next(self.together)

    async def fetch_ohlcv(
        self, symbol: str, timeframe: str, since: int | None, limit: int
    ) -> list[list[Any]]:
        """Daily candles, oldest first."""
        assert (timeframe, since, limit, self.number) == ("1d", None, 2, str)
        self.asked.append(symbol)
        if symbol not in PAIRS or self.has_no_candles:
            raise BadSymbolError(symbol)
        return [
            [MIDNIGHT - DAY, "80", "99", "70", "98", "9"],
            [MIDNIGHT, "100", "120", "90", "110", "5"],
        ]

    async def close(self) -> None:
        """Put the connections away."""
        self.is_closed = True

    def trade(self, symbol: str, price: str, moment: int | None = MIDNIGHT + 5, amount: str = "2") -> None:
        """A trade happens."""
        found = [{"symbol": symbol, "price": price, "amount": amount, "timestamp": moment, "side": "buy"}]
        (self.together if self.is_many else self.trades[symbol]).put_nowait(found)

    def fail(self, symbol: str = "BTC/USD") -> None:
        """The connection is lost for good."""
        error = NetworkError("GET https://secret.example/?apiKey=cAnArY")
        (self.together if self.is_many else self.trades[symbol]).put_nowait(error)

    async def _next(self, queue: "asyncio.Queue[Any]") -> Any:
        found = await queue.get()
        if isinstance(found, Exception):
            raise found
        return found


class Kraken(Exchange):
    """An exchange with one stream for many pairs."""


class Bitstamp(Exchange):
    """An exchange with a stream for each pair."""

    is_many = False


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the package where imports find it."""
    package, pro = ModuleType("ccxt"), ModuleType("ccxt.pro")
    for name, kind in (("kraken", Kraken), ("bitstamp", Bitstamp)):
        setattr(pro, name, kind)
    monkeypatch.setitem(sys.modules, "ccxt", package)
    monkeypatch.setitem(sys.modules, "ccxt.pro", pro)
    monkeypatch.setattr(Exchange, "made", [])
