"""Massive's messages as quotes: trades, and bars of a second or a minute with the day so far.

Each message is an array of events. Codes of sale conditions are those of its reference list; prints that move
neither last price nor high and low make no price. Source: massive.com/docs/websocket/stocks.
"""

from datetime import UTC, datetime, timedelta
from math import nan
from types import MappingProxyType
from typing import Any

import msgspec

from bot.errors import FeedError
from bot.feed import RefusedError, decoded
from bot.formats.numeral import NumeralError
from bot.formats.tape import EXTENDED, day_of, exact, flawed, is_price, stock, trade
from bot.intake.daily import EPOCH, Day, moment
from rules.making import changed
from rules.model import OffGridError, Quote

TAPE = "C"  # the codes know no difference
# Codes as the tape writes them: average, bunched late, cash, derived, outside hours, late outside, official
# close and open, next day, price variation, prior reference, seller, out of sequence, odd lot, contingent.
CONDITIONS = MappingProxyType(
    {2: "W", 5: "G", 7: "C", 10: "4", 12: EXTENDED, 13: "U", 15: "M", 16: "Q", 20: "N", 21: "H", 22: "P"}
    | {29: "R", 32: "Z", 33: "Z", 37: "I", 52: "V", 53: "7"}
)
ELSEWHERE = timedelta(minutes=5)  # until another try while the key is in use
REFUSALS = MappingProxyType(
    {
        "auth_failed": "does not accept the key",
        "max_connections": "closed this connection, for another program uses the key; one at a time",
    }
)
NANOSECONDS = 10**9
STATUS = b'[{"ev":"status"'


class Event(msgspec.Struct):
    """A trade (p, s, c, t), a bar (c, e, op, av, a), or a status."""

    ev: str = ""
    sym: str = ""
    p: float = 0.0
    s: float | None = None  # size of a trade, start of a bar
    c: Any = None  # conditions of a trade, close of a bar
    t: Any = None  # time of a trade, name of what a band belongs to
    e: int = 0
    op: float = 0.0
    av: float | None = None
    a: float | None = None
    status: str = ""
    message: str = ""


class Bar(msgspec.Struct):
    """A day of a snapshot."""

    c: float = 0.0
    h: float = 0.0
    l: float = 0.0  # noqa: E741 -- their name
    o: float = 0.0
    v: float = 0.0
    vw: float = 0.0


class Ticker(msgspec.Struct, rename={"before": "prevDay"}):
    """One stock of a snapshot; `updated` in nanoseconds."""

    ticker: str = ""
    day: Bar = msgspec.field(default_factory=Bar)
    before: Bar = msgspec.field(default_factory=Bar)
    updated: int = 0


class Snapshot(msgspec.Struct):
    """The answer to a question for snapshots."""

    tickers: list[msgspec.Raw]


EVENTS, TICKER = msgspec.json.Decoder(list[Event]), msgspec.json.Decoder(Ticker)
SNAPSHOT = msgspec.json.Decoder(Snapshot)


def events(message: bytes) -> list[Event]:
    """The events of a message; FeedError where it is none, or says that something failed."""
    found = decoded("massive", EVENTS, message)
    for event in found:
        if event.status in REFUSALS:
            after = ELSEWHERE if event.status == "max_connections" else None
            raise RefusedError(f"massive {REFUSALS[event.status]}", after)
        if event.status in ("error", "auth_timeout"):
            raise FeedError(f"massive refuses: {event.message[:80]!r}")
    return found


def quotes(message: bytes) -> list[Quote] | None:
    """The trades and bars of a message; None where it has neither."""
    found = [event for event in events(message) if not event.status]
    told = [quote for event in found if (quote := _quote(event)) is not None]
    return told if found else None


def _quote(event: Event) -> Quote | None:
    if event.ev not in ("T", "A", "AM"):
        return None
    symbol = stock(event.sym, "massive")
    try:
        time = moment(event.t if event.ev == "T" and isinstance(event.t, int) else event.e)
        return _trade(symbol, event, time) if event.ev == "T" else _bar(symbol, event, time)
    except (OverflowError, NumeralError, OffGridError):
        return flawed(symbol, EPOCH, "massive", "unreadable")


def _trade(symbol: str, event: Event, time: datetime) -> Quote | None:
    codes = event.c if isinstance(event.c, list) else []
    conditions = [CONDITIONS.get(code, "@") for code in codes if isinstance(code, int)]
    return trade(symbol, event.p, time, event.s, "massive") if is_price(conditions, TAPE, time) else None


def _bar(symbol: str, event: Event, time: datetime) -> Quote:
    """The close at the bar's end, with the official open and the volume and mean price of the day so far."""
    close = event.c if isinstance(event.c, int | float) else nan
    quote = trade(symbol, close, time, None, "massive")
    if quote.flaw:
        return quote
    amount = event.av * event.a if event.av is not None and event.a is not None else None
    return changed(quote, open=exact(event.op) or None, volume=event.av, amount=amount)


def snapshots(body: bytes) -> dict[str, bytes]:
    """Each stock's snapshot out of one answer."""
    rows = [bytes(row) for row in decoded("massive", SNAPSHOT, body).tickers]
    return {decoded("massive", TICKER, row).ticker: row for row in rows}


def day(_: str, figures: bytes, at: datetime) -> Day | None:
    """New York's day of a moment; of another day, its last price is the previous close."""
    try:
        found = TICKER.decode(figures)
        time = datetime.fromtimestamp(found.updated // NANOSECONDS, UTC)
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError, RecursionError) as error:
        raise NumeralError(str(figures[:40])) from error
    today, before = found.day, found.before
    if day_of(time) != day_of(at) or not today.o:
        is_over = day_of(time) != day_of(at) and today.c
        return Day(prev_close=exact(today.c if is_over else before.c) or None)
    return Day(
        price=exact(today.c),
        open=exact(today.o),
        high=exact(today.h),
        low=exact(today.l),
        prev_close=exact(before.c) or None,
        volume=today.v,
        amount=today.v * today.vw,
    )
