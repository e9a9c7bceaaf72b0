"""Finnhub's messages as quotes: trades with condition codes, and the day's figures of /quote.

What the codes mean is inferred from captured messages: 12 marks odd lots, 24 prints outside regular hours. No
message states a volume of the day, so sizes are left out. Source: finnhub.io/docs/api.
"""

from datetime import UTC, datetime

import msgspec

from bot.errors import FeedError
from bot.feed import decoded
from bot.formats.numeral import NumeralError
from bot.formats.tape import EXTENDED, day_of, exact, flawed, is_price, stock, trade
from bot.intake.daily import EPOCH, Day, moment
from rules.model import Quote

TAPE = "C"  # the codes know no difference
CONDITIONS = {"12": "I", "24": EXTENDED}


class Print(msgspec.Struct):
    """One trade; t in milliseconds."""

    s: str = ""
    p: float = 0.0
    t: int = 0
    c: list[str] | None = None


class Message(msgspec.Struct):
    """Trades, a ping, or an error."""

    type: str = ""
    msg: str = ""
    data: list[Print] = []


class Figures(msgspec.Struct):
    """The answer to /quote: last, high, low, open, previous close, and when, in seconds."""

    c: float
    h: float
    l: float  # noqa: E741 -- their name
    o: float
    pc: float
    t: int


MESSAGES, FIGURES = msgspec.json.Decoder(Message), msgspec.json.Decoder(Figures)


def quotes(message: bytes) -> list[Quote] | None:
    """The trades of a message that make a price; None where it has none to tell."""
    found = decoded("finnhub", MESSAGES, message)
    if found.type == "error":
        raise FeedError(f"finnhub refuses: {found.msg[:80]!r}")
    if found.type != "trade":
        return None
    return [quote for one in found.data if (quote := _quote(one)) is not None]


def _quote(one: Print) -> Quote | None:
    symbol = stock(one.s, "finnhub")
    try:
        time = moment(one.t)
    except OverflowError:
        return flawed(symbol, EPOCH, "finnhub", "unreadable")
    conditions = [CONDITIONS.get(name, "@") for name in one.c or ()]
    return trade(symbol, one.p, time, None, "finnhub") if is_price(conditions, TAPE, time) else None


def day(_: str, body: bytes, at: datetime) -> Day | None:
    """New York's day of a moment; a quote of another day gives its last price as the previous close."""
    try:
        found = FIGURES.decode(body)
        time = datetime.fromtimestamp(found.t, UTC)
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError, RecursionError) as error:
        raise NumeralError(str(body[:40])) from error
    if not found.c:
        return None
    if day_of(time) != day_of(at):
        return Day(prev_close=exact(found.c))
    return Day(
        price=exact(found.c),
        open=exact(found.o) or None,
        high=exact(found.h) or None,
        low=exact(found.l) or None,
        prev_close=exact(found.pc) or None,
    )
