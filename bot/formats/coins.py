"""Coins: trades as quotes, and the UTC day of a pair out of its daily candles."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

import msgspec

from bot.errors import FeedError
from bot.feed import Context, fetch
from bot.formats.numeral import NumeralError, figure, price
from bot.intake.daily import EPOCH, MILLISECOND, Answered, Day, Fetch, Join, moment
from rules.making import made
from rules.model import INDEX_DECIMALS, OffGridError, Quote

DAY = timedelta(days=1)
PAIR = re.compile(r"[A-Z0-9]{1,24}(?:-[A-Z0-9]{1,24}){0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Candle:
    """One day of one pair as its exchange writes it."""

    start: int  # milliseconds
    open: str
    high: str
    low: str
    close: str
    volume: str  # in coins
    amount: str = ""  # in the quote currency


def candle(row: Sequence[object], places: Sequence[int]) -> Candle:
    """A row of an array as a candle: where its start, open, high, low, close, volume and amount stand."""
    start, opened, high, low, close, volume, amount = (str(row[place]) for place in places)
    return Candle(int(start), opened, high, low, close, volume, amount)


# A pair's candles out of an answer; whatever a decoder or an index raises says that it is none.
Read: TypeAlias = Callable[[str, bytes], Iterable[Candle]]


def trade(
    symbol: str, cost: str, at: datetime | int, size: str, received: datetime, opened: str = ""
) -> Quote:
    """A trade as a quote, flawed where it cannot be read.

    `at` may be in milliseconds; `opened` is the price at the day's beginning, where the source states it.
    """
    source, flaw = _source(symbol), "unreadable"
    try:
        start = price(opened, INDEX_DECIMALS) if opened else None
        return made(
            symbol=symbol,
            time=at if isinstance(at, datetime) else moment(at),
            price=price(cost, INDEX_DECIMALS),
            open=start,
            prev_close=start,
            traded=figure(size),
            source=source,
        )
    except OffGridError:
        flaw = "off grid"
    except (NumeralError, OverflowError):
        pass
    return made(symbol=symbol, time=received, price=None, source=source, flaw=flaw)


@lru_cache(maxsize=10_000)
def _source(symbol: str) -> str:
    return symbol.rpartition(".")[2].lower()


@lru_cache(maxsize=10_000)
def symbol_of(pair: str, market: str) -> str:
    """The full symbol; FeedError for a name that is no pair's, since symbols become keys in the store."""
    if PAIR.fullmatch(pair) is None:
        raise FeedError(f"{market.lower()}: no pair is called {pair[:40]!r}")
    return f"{pair}.{market}"


def join(market: str, read: Read) -> Join:
    """How daily candles become part of the quotes of an exchange."""
    return Join(
        source=market.lower(),
        market=market,
        symbol=lambda pair: symbol_of(pair, market),
        read=lambda pair, body, time: day(_candles(pair, body, read), time),
    )


def asking(context: Context, address: Callable[[str], str], read: Read) -> Fetch:
    """Asks for the daily candles of one pair at a time."""

    async def ask(names: Sequence[str]) -> Answered:
        answer = await fetch(context.http, address(names[0]))
        try:
            candles = _candles(names[0], answer.body, read)
        except NumeralError as error:
            raise FeedError(f"unreadable candles: {error}") from error
        start = _midnight(answer.date or context.now())
        is_current = any(candle.start == start for candle in candles)
        return Answered(figures={names[0]: answer.body} if is_current else {}, date=answer.date)

    return ask


def day(candles: Iterable[Candle], time: datetime) -> Day | None:
    """The UTC day of a moment; without a candle of its own it has a previous close at most."""
    start = _midnight(time)
    today, before = None, None
    for candle in candles:
        if candle.start == start:
            today = candle
        elif candle.start < start and (before is None or candle.start > before.start):
            before = candle
    prev_close = None if before is None else price(before.close, INDEX_DECIMALS)
    if today is None:
        return Day(prev_close=prev_close) if prev_close else None
    return Day(
        price=price(today.close, INDEX_DECIMALS),
        open=price(today.open, INDEX_DECIMALS),
        high=price(today.high, INDEX_DECIMALS),
        low=price(today.low, INDEX_DECIMALS),
        prev_close=prev_close,
        volume=figure(today.volume),
        amount=figure(today.amount),
    )


def _candles(pair: str, body: bytes, read: Read) -> list[Candle]:
    try:
        return list(read(pair, body))
    except (msgspec.MsgspecError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise NumeralError(str(body[:40])) from error


def _midnight(time: datetime) -> int:
    """The beginning of the UTC day, in milliseconds."""
    return (time - EPOCH) // DAY * (DAY // MILLISECOND)
