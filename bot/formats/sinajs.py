"""Sina's quote records: fields by index, one layout a market, and push messages laid over what was known.

Undocumented; records grow at their end, so fields are never counted. REST speaks GB18030 and writes
`var hq_str_KEY="...";`, the stream speaks UTF-8 and writes `KEY=...`, with the same fields. A record without
fields is a code nobody knows. In the opening auction the last price is 0.000 and the match price stands on
both sides of the book. Layouts: reference feeds.md 1.1, 2 and 3, checked on recorded lines of each.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.errors import FeedError
from bot.formats.candles import moment
from bot.formats.gtimg import ASKED, INDICES, YOUNG
from bot.formats.lots import LOT
from bot.formats.numeral import NumeralError, figure, price
from bot.master.listing import shaped
from rules.model import Kind, OffGridError, Quote

LINE = re.compile(r'var hq_str_([\w$.]{1,32})="([^"]*)";?', re.ASCII)
PUSH = re.compile(r"([\w$.]{1,32})=(.*)", re.ASCII)
CHINA_KEY = re.compile(r"(sh|sz|bj)([0-9]{6})", re.ASCII)
HONG_KONG_KEY = re.compile(r"(?:rt_)?hk([0-9]{5}|[A-Z]{2,8})", re.ASCII)
AMERICA_KEY = re.compile(r"(?:gb|usr)_([a-z0-9$.]{1,12})", re.ASCII)
REFUSAL, KINSOKU = b'sys_auth="FAILED"', b"Kinsoku jikou desu"
PREFIXES = MappingProxyType({"SH": "sh", "SZ": "sz", "BJ": "bj", "HK": "rt_hk", "US": "gb_"})
SHANGHAI, HONG_KONG = ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Hong_Kong")
NEW_YORK = ZoneInfo("America/New_York")
BIDS, ASKS = range(10, 20, 2), range(20, 30, 2)  # sizes of five levels, each before its price
# Field 32, as the site's page reads it: halts of an hour, a day, long, within the day, half a day, half an
# hour, pauses, circuit breakers; then no record, not yet listed, delisted.
STATUS = MappingProxyType(
    {
        **dict.fromkeys(("01", "02", "04", "05", "06", "07", "08", "09"), "halted"),
        "03": "suspended",
        "-1": "unlisted",
        "-2": "unlisted",
        "-3": "delisted",
    }
)
# The unit of an index's volume; Beijing's nobody has told.
INDEX_UNITS = MappingProxyType({"SH": LOT, "SZ": 1})
ALIKE = timedelta(seconds=90)  # a stamp of minutes and the page's second are of the same moment
LATEST = timedelta(days=2)  # no stamp is so far ahead of the page


def records(payload: bytes) -> Iterator[tuple[str, Sequence[str]]]:
    """(key, fields) of each record that has fields; FeedError for refusals, pages and cut answers."""
    if REFUSAL in payload or KINSOKU in payload:
        raise FeedError(f"sina refuses: {payload.strip()[:40]!r}")
    is_push = not payload.lstrip().startswith(b"var ")
    form = PUSH if is_push else LINE
    lines = [line for line in _text(payload, is_push=is_push).splitlines() if line.strip()]
    if not lines:
        raise FeedError("sina: an empty answer")
    for line in lines:
        found = form.fullmatch(line.strip())
        if found is None:
            raise FeedError(f"sina: this is no record: {line[:40]!r}")
        if found[2]:
            yield found[1], found[2].split(",")


def merged(known: dict[str, list[str]], payload: bytes) -> bytes:
    """A push message completed by what was known of its codes, and kept; an empty field is unchanged."""
    lines = []
    for key, fields in records(payload):
        before = known.get(key, [])
        whole = [new or old for new, old in zip(fields, before, strict=False)]
        whole += fields[len(before) :] or before[len(fields) :]
        known[key] = whole
        lines.append(f"{key}={','.join(whole)}")
    return "\n".join(lines).encode()


def completed(known: dict[str, list[str]], payload: bytes) -> bytes:
    """The same; as it came where it cannot be read, for the parser to say so."""
    try:
        return merged(known, payload)
    except FeedError:
        return payload


def key_of(symbol: str) -> str:
    """What to ask for: Hong Kong in real time, New York in lower case with `$` for a dot."""
    code, _, market = symbol.rpartition(".")
    if market == "US":
        code = ASKED.get(code, code).lower().replace(".", "$")
    return PREFIXES[market] + code


def symbol_of(key: str) -> str | None:
    """The full symbol that a key means, None where it means no instrument of ours."""
    if found := CHINA_KEY.fullmatch(key):
        return f"{found[2]}.{found[1].upper()}"
    if found := HONG_KONG_KEY.fullmatch(key):
        return f"{found[1]}.HK"
    if found := AMERICA_KEY.fullmatch(key):
        code = found[1].upper().replace("$", ".")
        code = INDICES.get(code, code)
        return None if code.startswith(".") else f"{code}.US"
    return None


def quote(key: str, fields: Sequence[str], received: datetime) -> Quote | None:
    """The quote of one record, flawed where it cannot be read, None for keys that are no quotes."""
    symbol = symbol_of(key)
    if symbol is None:
        return None
    read = {"HK": _hong_kong, "US": _america}.get(symbol.rpartition(".")[2], _china)
    try:
        return read(symbol, fields)
    except OffGridError:
        flaw = "off grid"
    except IndexError:
        flaw = "too few fields"
    except (ValueError, OverflowError):
        flaw = "unreadable"
    return Quote(symbol=symbol, time=received, price=None, source="sina", flaw=flaw)


def _text(payload: bytes, *, is_push: bool) -> str:
    try:
        return payload.decode("utf-8" if is_push else "gb18030")
    except UnicodeDecodeError as error:
        raise FeedError("sina: the answer is in another encoding") from error


def _china(symbol: str, fields: Sequence[str]) -> Quote:
    instrument = shaped(symbol)
    decimals, is_index = instrument.decimals, instrument.kind is Kind.INDEX
    opened, last = price(fields[1], decimals), price(fields[3], decimals)
    bid, ask = price(fields[6], decimals), price(fields[7], decimals)
    if not last and not opened and bid == ask:
        last = bid  # the auction's match price; the gate says whether it is one
    unit = INDEX_UNITS.get(instrument.market) if is_index else 1
    volume = figure(fields[8])
    found = Quote(
        symbol=symbol,
        time=_moment(f"{fields[30]} {fields[31]}", SHANGHAI),
        price=last or None,
        open=opened,  # 0 says "not traded yet", which the gate must hear
        high=price(fields[4], decimals) or None,
        low=price(fields[5], decimals) or None,
        prev_close=price(fields[2], decimals) or None,
        volume=None if volume is None or unit is None else volume * unit,
        amount=figure(fields[9]),
        status=STATUS.get(fields[32], "new" if YOUNG.match(fields[0]) else ""),
        source="sina",
    )
    if is_index:
        return found
    return replace(
        found,
        bid=bid or None,
        ask=ask or None,
        bid_size=figure(fields[BIDS[0]]),
        ask_size=figure(fields[ASKS[0]]),
        bid_depth=_depth(fields, BIDS),
        ask_depth=_depth(fields, ASKS),
    )


def _depth(fields: Sequence[str], places: range) -> float:
    """Currency on the five levels of one side."""
    return sum((figure(fields[place]) or 0.0) * (figure(fields[place + 1]) or 0.0) for place in places)


def _hong_kong(symbol: str, fields: Sequence[str]) -> Quote:
    """Two names, open, previous close, high, low, last, change, percent, bid, ask, amount, volume, ..."""
    decimals = shaped(symbol).decimals
    return Quote(
        symbol=symbol,
        time=_moment(f"{fields[17]} {fields[18]}", HONG_KONG),
        price=price(fields[6], decimals) or None,
        open=price(fields[2], decimals),
        high=price(fields[4], decimals) or None,
        low=price(fields[5], decimals) or None,
        prev_close=price(fields[3], decimals) or None,
        bid=price(fields[9], decimals) or None,
        ask=price(fields[10], decimals) or None,
        amount=figure(fields[11]),
        volume=figure(fields[12]),
        source="sina",
    )


def _america(symbol: str, fields: Sequence[str]) -> Quote:
    """Regular: 1 at 25, with 5, 6, 7, 10, 26, 30; extended: 21 at 24, and 35 once a new day began."""
    decimals = shaped(symbol).decimals
    page = _moment(fields[3], SHANGHAI)
    regular, extended = _stamp(fields[25], fields[29], page), None
    outside = price(fields[21], decimals)
    if outside and fields[24]:
        extended = _stamp(fields[24], fields[29], page)
    is_outside = extended is not None and extended > regular
    stamp = extended if extended is not None and is_outside else regular
    is_new = stamp.astimezone(NEW_YORK).date() != regular.astimezone(NEW_YORK).date()
    found = Quote(
        symbol=symbol,
        time=page if abs(page - stamp) < ALIKE else stamp,
        price=(outside if is_outside else price(fields[1], decimals)) or None,
        prev_close=price(fields[35 if is_new else 26], decimals) or None,
        shares=int(figure(fields[19]) or 0) or None,
        source="sina",
    )
    if is_new:  # what stands in the other fields is the day before's
        return found
    return replace(
        found,
        open=price(fields[5], decimals),
        high=price(fields[6], decimals) or None,
        low=price(fields[7], decimals) or None,
        volume=figure(fields[10]),
        amount=figure(fields[30]),
        market_cap=figure(fields[12]) or None,
    )


def _moment(text: str, local: ZoneInfo) -> datetime:
    """A date and a time, with or without seconds, as UTC."""
    return moment(text, is_timed=True).replace(tzinfo=local).astimezone(UTC)


def _stamp(text: str, year: str, page: datetime) -> datetime:
    """`Nov 05 04:27AM EST` of a year, as UTC; ValueError where it is none.

    In January a December is last year's: never long after the page's own time.
    """
    if not (year.isascii() and year.isdigit()):
        raise NumeralError(year[:32])
    clock = text.rpartition(" ")[0]
    found = datetime.strptime(f"{year} {clock}", "%Y %b %d %I:%M%p").replace(tzinfo=NEW_YORK)
    if found > page + LATEST:
        found = found.replace(year=found.year - 1)
    return found.astimezone(UTC)
