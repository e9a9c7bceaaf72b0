"""Any other exchange of coins, by the package ccxt: trades of its streams, daily candles of its REST.

The package is an extra and is imported here alone. The day is the UTC day of the candles.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import import_module
from types import ModuleType

import msgspec

from bot.errors import FeedError
from bot.feed import FEEDS, Context, Endpoint, Needs, Payload, decoded
from bot.formats.coins import candle, day, trade
from bot.formats.numeral import NumeralError
from bot.intake.daily import Answered, Asking, Day, Join, days, framed, split
from bot.intake.venues import Row, Venue
from bot.master.listing import BY_CCXT, symbol_of
from rules.model import Frame

MOST, TICK, PAUSE = 10_000, 1.0, 1.0  # messages that wait; seconds between looks, and between questions
PACKAGE = "ccxt"


class Print(msgspec.Struct):
    """One trade: the full symbol, numbers as text, milliseconds."""

    symbol: str
    price: str
    amount: str = ""
    timestamp: int = 0


class Message(msgspec.Struct):
    """Trades of one exchange."""

    market: str
    trades: list[Print] = []


MESSAGES = msgspec.json.Decoder(Message)
ROWS = msgspec.json.Decoder(list[list[int | float | str]])


@FEEDS.add("ccxt")
class Ccxt:
    """Trades of the exchanges that ccxt knows."""

    name = "ccxt"
    summary = "every trade of other exchanges, by the package ccxt: pip install 'tickbell[ccxt]'"
    markets: tuple[str, ...] = BY_CCXT
    endpoints: tuple[Endpoint, ...] = ()
    key_needed = False
    latency = "push"
    limits = "each exchange's own, kept by ccxt"
    terms = "public market data of each exchange, no key"
    silence = timedelta(seconds=90)
    lifetime: timedelta | None = None
    replays = False
    needs = Needs(package=PACKAGE)

    async def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Watch every exchange that something is wished of, until one of them fails."""
        library = await _imported()
        wished: dict[str, list[str]] = {}
        for symbol in context.symbols:
            wished.setdefault(symbol.rpartition(".")[2], []).append(symbol)
        venues = {
            market: Venue(market, getattr(library, market.lower())({"enableRateLimit": True}), symbols)
            for market, symbols in wished.items()
        }

        async def ask(names: Sequence[str]) -> Answered:
            candles = await venues[names[0].rpartition(".")[2]].day(names[0])
            return Answered(figures={names[0]: candles}, date=None)

        row: Row = asyncio.Queue(MOST)
        tasks = [asyncio.create_task(venue.watch(row), name=f"ccxt {name}") for name, venue in venues.items()]
        try:
            async with days(context, PACKAGE, ask, Asking(pause=PAUSE)) as told:
                told.ask(context.symbols)
                while True:
                    data = await _next(row)
                    for figures in told.look():
                        yield Payload(data=figures, received=context.now())
                    if data is not None:
                        names = [one.symbol for one in decoded(PACKAGE, MESSAGES, data).trades]
                        yield Payload(data=told.ride(names, data), received=context.now())
        finally:
            for task in tasks:
                task.cancel()
            farewells = (venue.close() for venue in venues.values())
            await asyncio.gather(*tasks, *farewells, return_exceptions=True)

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """Trades and a day's figures are quotes of their exchange; the pulse's trades are an empty frame."""
        told, tick = split(PACKAGE, payload)
        alone = Message(told[0].name.rpartition(".")[2]) if told else None
        message = decoded(PACKAGE, MESSAGES, tick) if tick or alone is None else alone
        if message.market not in BY_CCXT:
            raise FeedError(f"ccxt: no exchange is called {message.market[:40]!r}")
        quotes = [
            trade(_symbol(one.symbol), one.price, one.timestamp or received, one.amount, received)
            for one in message.trades
        ]
        join = Join(source=message.market.lower(), market=message.market, symbol=_symbol, read=_day)
        ours = [quote for quote in quotes if quote.symbol.endswith(f".{message.market}")]
        return framed(join, received, ours, told)


async def _imported() -> ModuleType:
    """The package, which takes a second to load; FeedError where it is not installed."""
    try:
        return await asyncio.to_thread(import_module, f"{PACKAGE}.pro")
    except ImportError:
        raise FeedError("ccxt is not installed; run: pip install 'tickbell[ccxt]'") from None


async def _next(row: Row) -> bytes | None:
    """What comes within a second, or None; the failure of an exchange ends the connection."""
    with suppress(TimeoutError):
        async with asyncio.timeout(TICK):
            found = await row.get()
        if isinstance(found, FeedError):
            raise found
        return found
    return None


def _symbol(name: str) -> str:
    """A full symbol as it is; FeedError for what is none."""
    if symbol_of(name) != name:
        raise FeedError(f"ccxt: no pair is called {name[:40]!r}")
    return name


def _day(_: str, body: bytes, moment: datetime) -> Day | None:
    try:
        rows = ROWS.decode(body)
        candles = [candle((*row, ""), range(7)) for row in rows]
    except (msgspec.MsgspecError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise NumeralError(str(body[:40])) from error
    return day(candles, moment)
