"""Exchanges through ccxt: each opened, watched for trades and for silence, and asked for daily candles.

ccxt connects again by itself, but its streams have been seen to fall silent without an error (ccxt#22662), so
a pair that always trades is listened to beside those wished for. Of its errors only their kind is told.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias

import msgspec

from bot.errors import FeedError
from bot.intake.wishes import code

log = logging.getLogger(__name__)

SILENT = 60.0  # seconds without a trade of the pulse
PULSES = ("BTC/USDT", "BTC/USD", "BTC/KRW", "BTC/USDC:USDC", "BTC/USD:BTC")
STABLE = frozenset({"USDT", "USDC"})  # swaps in these settle in them, others in the coin


def pair_of(symbol: str) -> str:
    """Ccxt's name: BTC-USD.KRAKEN is BTC/USD, BTC-USDT-SWAP.BYBIT is BTC/USDT:USDT."""
    base, _, quote = code(symbol).partition("-")
    if not quote.endswith("-SWAP"):
        return f"{base}/{quote}"
    quote = quote.removesuffix("-SWAP")
    return f"{base}/{quote}:{quote if quote in STABLE else base}"


Row: TypeAlias = "asyncio.Queue[bytes | FeedError]"  # messages, and the failure that ends them


class Venue:
    """One exchange: `exchange` is an object of one of ccxt.pro's classes."""

    def __init__(self, market: str, exchange: Any, symbols: Iterable[str]) -> None:
        self.market, self._exchange = market, exchange
        self._symbols = {pair_of(symbol): symbol for symbol in symbols}
        self._pulse = ""
        exchange.number = str  # exact prices; ccxt's own choice are floats

    async def watch(self, row: Row) -> None:
        """Put messages of trades into the row until something fails; the failure is the last."""
        try:
            await self._exchange.load_markets()
            known = self._exchange.markets
            for pair in set(self._symbols).difference(known):
                log.warning("ccxt: %s has no %s", self.market, self._symbols.pop(pair))
            self._pulse = next((pair for pair in PULSES if pair in known), "")
            pairs = sorted({*self._symbols, self._pulse} - {""})
            if self._exchange.has.get("watchTradesForSymbols"):
                await self._listen(self._exchange.watch_trades_for_symbols, pairs, pairs, row)
                return
            async with asyncio.TaskGroup() as group:
                for pair in pairs:
                    listening = self._listen(self._exchange.watch_trades, pair, [pair], row)
                    group.create_task(listening, name=f"ccxt {self.market} {pair}")
        except* Exception as errors:  # noqa: BLE001 -- ccxt's errors have no common root that it promises
            kinds = ", ".join(sorted({type(error).__name__ for error in _leaves(errors)}))
            await row.put(FeedError(f"ccxt: {self.market}: {kinds}"))

    async def day(self, symbol: str) -> bytes:
        """The last two daily candles as JSON."""
        try:
            rows = await self._exchange.fetch_ohlcv(pair_of(symbol), "1d", None, 2)
        except Exception as error:  # noqa: BLE001 -- the same
            raise FeedError(f"{self.market}: {type(error).__name__}") from None
        return msgspec.json.encode(rows)

    async def close(self) -> None:
        """Put its connections away."""
        await self._exchange.close()

    async def _listen(
        self, watch: Callable[[Any], Awaitable[Any]], wish: Any, pairs: list[str], row: Row
    ) -> None:
        patience = SILENT if self._pulse in pairs else None
        while pairs:
            async with asyncio.timeout(patience):
                trades = await watch(wish)
            await row.put(self._message(trades))

    def _message(self, trades: Iterable[Any]) -> bytes:
        """The trades of wished pairs, contracts uncounted; those of the pulse are proof of life."""
        found = [
            {
                "symbol": self._symbols[trade["symbol"]],
                "price": str(trade["price"]),
                "amount": "" if ":" in trade["symbol"] else str(trade["amount"]),
                "timestamp": int(trade["timestamp"] or 0),
            }
            for trade in trades
            if trade["symbol"] in self._symbols
        ]
        return msgspec.json.encode({"market": self.market, "trades": found})


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterable[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
