"""Tencent's quote lines: fields by index, one layout a market, exact prices and honest units.

Undocumented; lines grow at their end, so fields are never counted. The body is GB18030, whose second bytes
include `~`: it is decoded before it is split. Field 3 is an indicative price in auctions (open is 0.00 then);
volume is in lots, but in shares for 688 and 689, and the day's mean price tells which.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bot.errors import FeedError
from bot.formats.lots import LOT, Traded, lot
from bot.formats.numeral import NumeralError, figure, price
from bot.master.listing import shaped
from rules.making import changed, made
from rules.model import Kind, OffGridError, Quote

KEY = re.compile(r"(?:v_)?(r_hk|hk|sh|sz|bj|us)([A-Za-z0-9.]{1,16})", re.ASCII)
MARKETS = MappingProxyType({"sh": "SH", "sz": "SZ", "bj": "BJ", "hk": "HK", "r_hk": "HK", "us": "US"})
# Field 40, empty while listed and trading; letters as the site's page reads them (inferred, none recorded).
STATUS = MappingProxyType({"S": "suspended", "D": "delisted", "U": "unlisted", "Z": "suspended"})
# New York's indices have names of the site's own.
INDICES = MappingProxyType({".INX": "SPX", ".IXIC": "IXIC", ".NDX": "NDX", ".DJI": "DJI"})
ASKED = MappingProxyType({name: code for code, name in INDICES.items()})
PREFIXES = MappingProxyType({"SH": "sh", "SZ": "sz", "BJ": "bj", "HK": "r_hk", "US": "us"})
HUNDRED_MILLION = 1e8
BIDS, ASKS = range(9, 19, 2), range(19, 29, 2)  # prices of five levels, each before its size
YOUNG = re.compile("[NC][\u4e00-\u9fff]")  # the name of a listing's first sessions: N the first, then C


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a market's line has what differs from the others; -1 where it has none."""

    zone: ZoneInfo
    amount: int
    lots: bool = False  # volumes and sizes come in lots of 100
    limit_up: int = -1  # the lower limit stands next
    shares: int = -1
    float_shares: int = -1
    volume_ratio: int = -1


CHINA = Layout(
    zone=ZoneInfo("Asia/Shanghai"),
    lots=True,
    amount=35,
    limit_up=47,
    shares=73,
    float_shares=72,
    volume_ratio=49,
)
LAYOUTS = MappingProxyType(
    {
        "HK": Layout(zone=ZoneInfo("Asia/Hong_Kong"), amount=37, shares=70, float_shares=69),
        "US": Layout(zone=ZoneInfo("America/New_York"), amount=37),
    }
)


class MismatchError(ValueError):
    """A line that is another instrument's than its key says: fields have shifted."""


def records(payload: bytes) -> Iterator[tuple[str, Sequence[str]]]:
    """(key, fields) of each line `v_key="a~b~c";`, or of the `qt` tables that k-line answers carry.

    FeedError for anything else: empty bodies, pages, other encodings, answers cut short.
    """
    try:
        text = payload.decode("gb18030").strip()
    except UnicodeDecodeError as error:
        raise FeedError("tencent: the answer is not GB18030") from error
    yield from _lines(text) if text.startswith("v_") else _tables(text)


def symbol_of(key: str) -> str | None:
    """The full symbol that a key means, None where it means no instrument of ours."""
    found = KEY.fullmatch(key)
    if found is None:
        return None
    code = INDICES.get(found[2], found[2])
    return None if code.startswith(".") else f"{code}.{MARKETS[found[1]]}"


def quote(key: str, fields: Sequence[str], received: datetime) -> Quote | None:
    """The quote of one line, flawed where it cannot be read, None for lines that are no quotes."""
    symbol = symbol_of(key)
    if symbol is None:
        return None
    code, _, market = symbol.rpartition(".")
    code = ASKED.get(code, code)
    try:
        if fields[2] != code and not fields[2].startswith(code + "."):  # New York: AAPL.OQ
            raise MismatchError(key)  # noqa: TRY301 -- one place turns faults into words
        return _read(symbol, shaped(symbol).decimals, fields, LAYOUTS.get(market, CHINA))
    except MismatchError:
        flaw = "another instrument's line"
    except OffGridError:
        flaw = "off grid"
    except IndexError:
        flaw = "too few fields"
    except (ValueError, OverflowError):
        flaw = "unreadable"
    return made(symbol=symbol, time=received, price=None, source="tencent", flaw=flaw)


def key_of(symbol: str) -> str:
    """What to ask for: Hong Kong's plain `hk` lines are 15 minutes late, `r_hk` ones are not."""
    code, _, market = symbol.rpartition(".")
    return PREFIXES[market] + (ASKED.get(code, code) if market == "US" else code)


def _lines(text: str) -> Iterator[tuple[str, Sequence[str]]]:
    *whole, rest = text.split('";')
    yield from map(entry, whole)
    if rest.strip():
        raise FeedError(f"tencent: the answer is cut short: {rest[:40]!r}")


def entry(line: str) -> tuple[str, Sequence[str]]:
    """(key, fields) of one line, which has lost its end; FeedError where it has no key."""
    key, equals, body = line.strip().partition('="')
    if not equals or not key.startswith("v_"):
        raise FeedError(f"tencent: a line without a key: {key[:40]!r}")
    return key, body.split("~")


def _tables(text: str) -> Iterator[tuple[str, Sequence[str]]]:
    try:
        found: Any = msgspec.json.decode(text[text.index("{") :])
        lines = [line for table in found["data"].values() for line in table["qt"].items()]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise FeedError(f"tencent: no quotes in the answer: {text[:40]!r}") from error
    for key, fields in lines:
        if isinstance(fields, list) and all(isinstance(field, str) for field in fields):
            yield key, fields


def _read(symbol: str, decimals: int, fields: Sequence[str], layout: Layout) -> Quote:
    kind = Kind.INDEX if "ZS" in fields[50:] else Kind.STOCK
    high, low = price(fields[33], decimals), price(fields[34], decimals)
    volume, amount = figure(fields[36]), _amount(fields[layout.amount])
    unit = _lot(symbol, layout, kind, decimals, Traded(volume=volume, amount=amount, low=low, high=high))
    found = made(
        symbol=symbol,
        time=clock(fields[30], layout.zone),
        price=price(fields[3], decimals) or None,
        prev_close=price(fields[4], decimals) or None,
        open=price(fields[5], decimals),  # 0 says "not traded yet", which the gate must hear
        high=high or None,
        low=low or None,
        volume=None if volume is None else volume * unit,
        amount=amount,
        status=STATUS.get(fields[40], "") or ("new" if YOUNG.match(fields[1]) else ""),
        source="tencent",
    )
    return found if kind is Kind.INDEX else _detailed(found, fields, layout, unit)


def _detailed(found: Quote, fields: Sequence[str], layout: Layout, unit: int) -> Quote:
    """What only a security has: book, limits, shares, market value."""
    decimals = shaped(found.symbol).decimals
    limits = (fields[layout.limit_up], fields[layout.limit_up + 1]) if layout.limit_up >= 0 else ("", "")
    return changed(
        found,
        limit_up=price(limits[0], decimals) or None,
        limit_down=price(limits[1], decimals) or None,
        shares=_shares(fields, layout.shares),
        float_shares=_shares(fields, layout.float_shares),
        **book(fields, layout, unit, decimals),
    )


def book(fields: Sequence[str], layout: Layout, unit: int, decimals: int) -> dict[str, Any]:
    """What few rules ask for, by the names of quotes' fields: book, market value, the feed's own ratio."""
    cap = figure(fields[45])
    sizes = (figure(fields[10]), figure(fields[20])) if layout.lots else (None, None)
    return {
        "bid": price(fields[9], decimals) or None,
        "ask": price(fields[19], decimals) or None,
        "bid_size": None if sizes[0] is None else sizes[0] * unit,
        "ask_size": None if sizes[1] is None else sizes[1] * unit,
        "bid_depth": _depth(fields, BIDS, unit) if layout.lots else None,
        "ask_depth": _depth(fields, ASKS, unit) if layout.lots else None,
        "market_cap": float(round(cap * HUNDRED_MILLION)) if cap else None,
        "volume_ratio": _late(fields, layout.volume_ratio),
        "unmatched": _unmatched(fields, unit) if layout.lots else None,
    }


def _unmatched(fields: Sequence[str], lot: int) -> float | None:
    """Shares left over in an auction: the second level of the book has no price then, and says them."""
    if figure(fields[5]) or not figure(fields[9]) or fields[9] != fields[19]:
        return None
    if figure(fields[11]) or figure(fields[21]):
        return None
    return ((figure(fields[12]) or 0) - (figure(fields[22]) or 0)) * lot


def _shares(fields: Sequence[str], place: int) -> int | None:
    """A share count."""
    count = _late(fields, place)
    return int(count) if count else None


def _late(fields: Sequence[str], place: int) -> float | None:
    """A figure above zero; lines of some years end before it, some markets have none."""
    return (figure(fields[place]) or None) if 0 <= place < len(fields) else None


def _amount(field: str) -> float | None:
    """Currency: Chinese lines have it exact as the third part of `last/volume/amount`, others plain."""
    return figure(field.rpartition("/")[2])


def _lot(symbol: str, layout: Layout, kind: Kind, decimals: int, day: Traded) -> int:
    """Shares in one unit of volume: lots but for STAR, unless the amount says otherwise."""
    if not layout.lots:
        return 1
    usual = 1 if symbol.startswith(("688", "689")) else LOT
    return usual if kind is Kind.INDEX else lot(day, usual, decimals)


def _depth(fields: Sequence[str], places: range, size: int) -> float | None:
    """Currency on the levels of one side; None where the line has no book."""
    levels = [(figure(fields[place]), figure(fields[place + 1])) for place in places]
    if all(price is None for price, _ in levels):
        return None
    return sum((price or 0.0) * (count or 0.0) * size for price, count in levels)


@lru_cache(maxsize=1024)  # lines of one answer share a few times
def clock(text: str, zone: ZoneInfo) -> datetime:
    """`20260910105512`, `2026/09/10 15:07:59` or `2026-09-09 16:43:19` in the market's own time."""
    digits = "".join(filter(str.isdigit, text))
    if len(digits) != len("YYYYMMDDHHMMSS") or not digits.isascii():
        raise NumeralError(text[:32])
    parts = (digits[:4], *(digits[start : start + 2] for start in range(4, 14, 2)))
    year, month, day, hour, minute, second = map(int, parts)
    return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
