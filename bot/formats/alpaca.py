"""Alpaca's messages as quotes: trades, minute bars, halts, corrections, in JSON or MessagePack.

A message is an array of events. Bars are told at their end; re-issued bars (updatedBars) change a past minute
and make no price. A corrected or cancelled print is told to the gate, and the day's figures are asked anew.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import nan
from typing import Annotated, Any

import msgspec

from bot.errors import FeedError
from bot.feed import RefusedError, decoded
from bot.formats.numeral import NumeralError
from bot.formats.tape import day_of, exact, flawed, is_price, stock, trade
from bot.intake.daily import Day
from bot.intake.relay import PLAIN, Mark
from bot.intake.wishes import code
from rules.making import made
from rules.model import Quote

MINUTE = timedelta(minutes=1)
HALTS = frozenset("2FHP")  # CTA: halt, limit-up-limit-down pause; UTP: halt, volatility pause
IN_USE, ELSEWHERE = 406, timedelta(minutes=5)  # the key has a connection; until another try
REFUSALS = {
    402: "does not accept the key (402)",
    IN_USE: "has a connection with this key already and allows one (406); stop the other program",
    409: "does not offer this stream with the key's plan (409)",
}
WORDS = {
    404: "authentication took too long",
    405: "more symbols than the key's plan allows",
    407: "messages were read too slowly",
}


class Event(msgspec.Struct):
    """Whatever the stream sends; T says what it is and which fields it has."""

    T: str = ""
    S: str = ""
    t: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    p: float = 0.0
    s: float | None = None
    v: float = 0.0
    c: Any = None  # conditions of a trade, close of a bar
    z: str = ""
    sc: str = ""
    op: float = 0.0
    cp: float = 0.0
    code: int = 0
    msg: str = ""


class Bar(msgspec.Struct):
    """A day of a snapshot, or a daily bar of the stream."""

    t: Annotated[datetime, msgspec.Meta(tz=True)]
    o: float
    h: float
    l: float  # noqa: E741 -- their name
    c: float
    v: float
    vw: float = 0.0


class Snapshot(msgspec.Struct, rename={"last": "dailyBar", "before": "prevDailyBar"}):
    """What REST knows of a stock; the stream's daily bar has no day before."""

    last: Bar | None = None
    before: Bar | None = None


# Events that matter before they are parsed: daily bars, corrections, cancellations, errors.
SPECIAL = re.compile(rb'"T":\s*"(?:[dcx]|error)"|\xa1T(?:\xa1[dcx]|\xa5error)')
ANSWER = re.compile(rb'"T":\s*"(?:success|subscription|error)"|\xa1T[\xa5-\xac](?:succ|subs|erro)')
EVENTS = msgspec.json.Decoder(list[Event])
PACKED = msgspec.msgpack.Decoder(list[Event])
SNAPSHOT = msgspec.json.Decoder(Snapshot)
MANY = msgspec.json.Decoder(dict[str, msgspec.Raw])
ANY = msgspec.json.Decoder(list[dict[str, Any]])
ANY_PACKED = msgspec.msgpack.Decoder(list[dict[str, Any]])


def events(message: bytes) -> list[Event]:
    """The events of a message; FeedError where it is none, or an error of the source."""
    found = decoded("alpaca", EVENTS if message[:1] == b"[" else PACKED, message)
    for event in found:
        if event.T == "error":
            raise failure(event)
    return found


def failure(event: Event) -> FeedError:
    """What an error means: some are waited out for long."""
    if event.code in REFUSALS:
        after = ELSEWHERE if event.code == IN_USE else None
        return RefusedError(f"alpaca {REFUSALS[event.code]}", after)
    return FeedError(f"alpaca refuses: {WORDS.get(event.code, event.msg[:80])} ({event.code})")


def quotes(found: Sequence[Event]) -> list[Quote] | None:
    """The events that tell of prices, in order; None where all are answers."""
    told = [event for event in found if event.S]
    if not told:
        return None
    return [quote for event in told if (quote := _quote(event)) is not None]


def _quote(event: Event) -> Quote | None:
    try:
        time = event.t.astimezone(UTC) if event.t else None
        return None if time is None else _read(event, stock(event.S, "alpaca"), time)
    except OverflowError:  # a time at the end of all times
        return None


def _read(event: Event, symbol: str, time: datetime) -> Quote | None:
    found: Quote | None = None
    if event.T == "t":
        conditions = list(map(str, event.c)) if isinstance(event.c, list) else []
        if is_price(conditions, event.z, time):
            found = trade(symbol, event.p, time, event.s, "alpaca")
    elif event.T == "b":
        close = event.c if isinstance(event.c, int | float) else nan
        found = trade(symbol, close, time + MINUTE, event.v, "alpaca")
    elif event.T == "s" and event.sc in HALTS:
        found = made(symbol=symbol, time=time, price=None, status="halted", source="alpaca")
    elif event.T == "c":
        found = flawed(symbol, time, "alpaca", f"corrected print: {event.op:g} is {event.cp:g}")
    elif event.T == "x":
        found = flawed(symbol, time, "alpaca", f"cancelled print: {event.p:g}")
    return found


def day(_: str, figures: bytes, moment: datetime) -> Day | None:
    """New York's day of a moment out of a snapshot."""
    try:
        found = SNAPSHOT.decode(figures)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NumeralError(str(figures[:40])) from error
    bar, before = found.last, found.before
    if bar is None:
        return None
    if day_of(bar.t) != day_of(moment):
        return Day(prev_close=exact(bar.c)) if before is not None else None
    return Day(
        price=exact(bar.c),
        open=exact(bar.o),
        high=exact(bar.h),
        low=exact(bar.l),
        prev_close=None if before is None else exact(before.c),
        volume=bar.v,
        amount=bar.v * bar.vw,
    )


def snapshots(body: bytes) -> dict[str, bytes]:
    """The snapshot of each stock out of one answer."""
    return {name: bytes(text) for name, text in decoded("alpaca", MANY, body).items()}


def is_answer(message: bytes) -> bool:
    """Whether a message answers something we said."""
    return ANSWER.search(message) is not None


def mark(message: bytes) -> Mark:
    """Daily bars are figures of the day; corrections make those doubtful; errors end the connection."""
    if SPECIAL.search(message) is None:
        return PLAIN
    found = events(message)
    bars = decoded("alpaca", ANY if message[:1] == b"[" else ANY_PACKED, message)
    days = {str(bar.get("S")): msgspec.json.encode({"dailyBar": bar}) for bar in bars if bar.get("T") == "d"}
    return Mark(figures=days, ask=tuple({event.S for event in found if event.T in ("c", "x")}))


def priced(message: bytes) -> list[str]:
    """The stocks that a message has a price of."""
    return [code(quote.symbol) for quote in quotes(events(message)) or () if quote.price]
