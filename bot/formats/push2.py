"""Eastmoney's quotes: rows of its lists and its single quote, fields by number, `"-"` for what is absent.

Asked for with `fltt=2`, so that prices are plain numbers; they are read as the text they are written in.
Volume comes in lots of 100; the net inflow is Eastmoney's own: of orders it calls large and super-large, in
yuan since the open. Field numbers: reference feeds.md 1.3; f350 and f351 are limit prices by inference and
believed only around the previous close.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

import msgspec

from bot.errors import FeedError
from bot.formats.gtimg import YOUNG
from bot.formats.lots import LOT, Traded, lot
from bot.formats.numeral import ABSENT, NumeralError, figure, price
from bot.formats.secid import symbol_in
from bot.master.listing import shaped
from rules.model import Kind, OffGridError, Quote

Row: TypeAlias = Mapping[str, msgspec.Raw]  # by field name, each value as it was written

INFLOW = "net inflow of large and super-large orders, yuan since the open, by Eastmoney's own order sizes"
LIST = MappingProxyType(
    {
        "price": "f2",
        "volume": "f5",
        "amount": "f6",
        "ratio": "f10",
        "code": "f12",
        "market": "f13",
        "name": "f14",
        "high": "f15",
        "low": "f16",
        "open": "f17",
        "prev": "f18",
        "cap": "f20",
        "inflow": "f62",
        "time": "f124",
        "up": "f350",
        "down": "f351",
        "indicative": "f441",
    }
)
# Of the single quote; bids f11 to f20 and asks f31 to f40 stand from the fifth level to the first.
SINGLE = MappingProxyType(
    {
        "price": "f43",
        "high": "f44",
        "low": "f45",
        "open": "f46",
        "volume": "f47",
        "amount": "f48",
        "ratio": "f50",
        "up": "f51",
        "down": "f52",
        "code": "f57",
        "name": "f58",
        "prev": "f60",
        "shares": "f84",
        "float": "f85",
        "time": "f86",
        "market": "f107",
        "cap": "f116",
        "indicative": "f441",
        "bid": "f19",
        "bid size": "f20",
        "ask": "f39",
        "ask size": "f40",
    }
)
FIELDS = ",".join(LIST.values())
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WHOLE = re.compile(r"[0-9]{1,12}", re.ASCII)
_EXACT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,8})?", re.ASCII)
_SIGNED = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,8})?", re.ASCII)


class Message(msgspec.Struct):
    """What every answer and event has: a code, and data that may be null."""

    rc: int = 0
    data: dict[str, msgspec.Raw] | None = None


MESSAGES = msgspec.json.Decoder(Message)
LISTED = msgspec.json.Decoder(list[dict[str, msgspec.Raw]] | dict[str, dict[str, msgspec.Raw]])


def message(payload: bytes) -> Message:
    """An answer or event; FeedError for pages, cut answers and codes of failure."""
    try:
        found = MESSAGES.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FeedError(f"eastmoney: this is no answer of its: {payload[:40]!r}") from error
    if found.rc:
        raise FeedError(f"eastmoney answers with code {found.rc}")
    return found


def rows(diff: msgspec.Raw) -> dict[str, Row]:
    """The rows of a list by index, whether it came as a list or by index; FeedError for another shape."""
    try:
        found = LISTED.decode(diff)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FeedError("eastmoney: rows of another shape") from error
    if isinstance(found, list):
        return {str(place): row for place, row in enumerate(found)}
    return dict(found)


def quotes(payload: bytes, received: datetime) -> list[Quote]:
    """The quotes of a list or of a single quote's answer, flawed where they cannot be read.

    Data of null is a heartbeat or a list of unknown codes: no quotes. FeedError for everything else.
    """
    data = message(payload).data
    if data is None:
        return []
    if "diff" in data:
        found = [_quote(row, LIST, received) for row in rows(data["diff"]).values()]
    elif SINGLE["code"] in data:
        found = [_quote(data, SINGLE, received)]
    else:
        raise FeedError(f"eastmoney: no quotes in the answer: {payload[:40]!r}")
    return [quote for quote in found if quote is not None]


def text(row: Row, field: str | None) -> str:
    """A value as it was written, without quotation marks; "-" where the row has none.

    NumeralError where it is no text and no number.
    """
    raw = row.get(field or "")
    written = b"null" if raw is None else bytes(raw)
    if written == b"null":
        return "-"
    try:
        if written[:1] in {b"[", b"{"}:
            raise NumeralError(repr(written[:32]))
        return msgspec.json.decode(written, type=str) if written[:1] == b'"' else written.decode("ascii")
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NumeralError(repr(written[:32])) from error


def signed(written: str) -> float | None:
    """A sum that may be negative, None where absent; NumeralError where it is none."""
    if written in ABSENT:
        return None
    if not _SIGNED.fullmatch(written):
        raise NumeralError(written[:32])
    return float(written)


def _quote(row: Row, names: Mapping[str, str], received: datetime) -> Quote | None:
    """The quote of one row, a board's with its inflow alone; None for what is not ours."""
    symbol = None
    try:
        market, code = text(row, names["market"]), text(row, names["code"])
        symbol = symbol_in(int(market), code) if _WHOLE.fullmatch(market) else None
        if symbol is None:
            return None
        return _read(symbol, row, names)
    except OffGridError:
        flaw = "off grid"
    except (ValueError, OverflowError):
        flaw = "unreadable"
    if symbol is None:
        return None
    return Quote(symbol=symbol, time=received, price=None, source="eastmoney", flaw=flaw)


def _read(symbol: str, row: Row, names: Mapping[str, str]) -> Quote:
    time, inflow = _time(text(row, names["time"])), signed(text(row, names.get("inflow")))
    if symbol.startswith("@"):
        return Quote(symbol=symbol, time=time, price=None, inflow=inflow, source="eastmoney")
    instrument = shaped(symbol)

    def quanta(name: str) -> int | None:
        return price(text(row, names.get(name)), instrument.decimals)

    volume, amount = figure(text(row, names["volume"])), figure(text(row, names["amount"]))
    high, low, prev = quanta("high") or None, quanta("low") or None, quanta("prev") or None
    is_index = instrument.kind is Kind.INDEX
    traded = Traded(volume=volume, amount=amount, low=low, high=high)
    unit = LOT if is_index else lot(traded, LOT, instrument.decimals)
    found = Quote(
        symbol=symbol,
        time=time,
        price=quanta("price") or None,
        open=quanta("open"),
        high=high,
        low=low,
        prev_close=prev,
        volume=None if volume is None else volume * unit,
        amount=amount,
        inflow=inflow,
        status="new" if YOUNG.match(text(row, names["name"])) else "",
        source="eastmoney",
    )
    return found if is_index else _detailed(found, row, names, unit)


def _detailed(found: Quote, row: Row, names: Mapping[str, str], unit: int) -> Quote:
    """What only a security has."""
    decimals = shaped(found.symbol).decimals
    up, down = (price(text(row, names[name]), decimals) for name in ("up", "down"))
    has_limits = bool(up and down and found.prev_close) and (down or 0) < (found.prev_close or 0) < (up or 0)
    sizes = [figure(text(row, names.get(name))) for name in ("bid size", "ask size")]
    value = text(row, names["indicative"])
    return replace(
        found,
        limit_up=up if has_limits else None,
        limit_down=down if has_limits else None,
        volume_ratio=figure(text(row, names["ratio"])) or None,
        market_cap=figure(text(row, names["cap"])) or None,
        indicative=_exact(value),
        shares=_count(text(row, names.get("shares"))),
        float_shares=_count(text(row, names.get("float"))),
        bid=price(text(row, names.get("bid")), decimals) or None,
        ask=price(text(row, names.get("ask")), decimals) or None,
        bid_size=None if sizes[0] is None else sizes[0] * unit,
        ask_size=None if sizes[1] is None else sizes[1] * unit,
    )


def _exact(written: str) -> Decimal | None:
    if written in ABSENT:
        return None
    if not _EXACT.fullmatch(written):
        raise NumeralError(written[:32])
    return Decimal(written) or None


def _count(written: str) -> int | None:
    return int(figure(written) or 0) or None


def _time(written: str) -> datetime:
    if not _WHOLE.fullmatch(written):
        raise NumeralError(written[:32])
    return EPOCH + timedelta(seconds=int(written))
