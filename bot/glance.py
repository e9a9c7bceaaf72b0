"""Tencent's usual lines read at a glance: one pattern checks a line and finds what rules are about.

A Chinese security's line that has everything and that `bot.gtimg` would read without a fault is matched as
bytes, and its book stays in it until somebody asks (`bot.sketch`). Any other line is read by `bot.gtimg`, as
all are where the answer as a whole is not what it should be. Both give the same quotes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from bot.errors import FeedError
from bot.frames import frames
from bot.gtimg import CHINA, YOUNG, book, clock, entry, quote, records, symbol_of
from bot.listing import shaped
from bot.lots import LOT, SLACK
from bot.numeral import price
from bot.sketch import Sketch, blank_quote
from rules.model import Frame, Quote

DECIMALS, GRID = 3, 10.0**3  # of the prices of China's securities
MOST = 1 << 15  # prices and instruments remembered
# Parts of a line: a price; a count; a figure that may be missing; what nobody reads. A part never gives back
# what it took. All are single bytes; without `Z` no field is the word for an index.
PRICE, COUNT = r"\d{1,9}+\.\d{2,3}+", r"\d{1,15}+"
FIGURE, ANY = r"(?:-?+\d{1,12}+(?:\.\d{1,6}+)?+)?+", r"[ !#-Y\[-}]*+"
USUAL = "~".join(
    (
        rf'(v_(?:s[hz]|bj)\d{{6}}="\d{{1,3}}+~[^~"\n]{{1,40}}+~\d{{6}}~)({PRICE})',
        *(rf"({PRICE})", rf"({PRICE})", ANY, ANY, ANY),  # previous close, open
        *(rf"{PRICE}~{COUNT}" for _ in range(10)),  # the book
        *(ANY, r"(20\d{12})", ANY, ANY, rf"({PRICE})", rf"({PRICE})"),  # time, high, low
        *(rf"[!#-.0-Y\[-}}]*+/[!#-.0-Y\[-}}]*+/({COUNT})", rf"({COUNT})"),  # amount, volume
        *(ANY, ANY, ANY, "", ANY, ANY, ANY, ANY, FIGURE, ANY),  # no status, market value
        *(rf"({PRICE})", rf"({PRICE})", FIGURE),  # limits, volume ratio
        *(ANY for _ in range(50, 72)),
        *(rf"({COUNT})", rf"({COUNT})", r"[ !#-Y\[-~]*+"),  # shares in free float, shares
    )
)
LINES = re.compile(rf'({USUAL})";\s*+|(.*?)";\s*+|(.+)'.encode(), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Known:
    """What the head of a line says, up to its code: the same all day."""

    symbol: str
    market: str
    status: str
    unit: int  # shares in one of its volume, unless the amount says otherwise


class Prices(dict[bytes, int]):
    """Prices in quanta by their text, read where they are new."""

    def __missing__(self, text: bytes) -> int:
        """Most come again and again."""
        if len(self) >= MOST:
            self.clear()
        found = self[text] = price(text.decode(), DECIMALS) or 0
        return found


PRICES = Prices()


def page(payload: bytes, received: datetime) -> tuple[Frame, ...]:
    """The frames of an answer, one a market; FeedError for what is no answer."""
    try:
        return frames(_quotes(payload, received), received)
    except UnicodeDecodeError as error:
        raise FeedError("tencent: the answer is not GB18030") from error


def _quotes(payload: bytes, received: datetime) -> Iterator[Quote | None]:
    if not payload.startswith(b"v_"):
        yield from (quote(key, fields, received) for key, fields in records(payload))
        return
    for line, *parts, other, rest in LINES.findall(payload):
        found = _sketch(line, parts) if line else None
        if rest:
            raise FeedError(f"tencent: the answer is cut short: {rest[:40]!r}")
        yield found or quote(*entry((line or other).decode("gb18030")), received)


def _sketch(line: bytes, parts: list[bytes]) -> Quote | None:
    """The quote of a usual line; None where something speaks against it."""
    head, now, before, first, time, top, bottom, paid, count, up, down, floating, whole = parts
    known, moment = _known(head), _moment(time)
    last, high, low, opened, volume, amount = (
        PRICES[now], PRICES[top], PRICES[bottom], PRICES[first], float(count), float(paid)
    )  # fmt: skip
    if known is None or moment is None or not (last and high and low and opened and volume and amount):
        return None
    unit = known.unit
    mean, slack = amount / volume * GRID / unit, SLACK + 1 / volume
    if not low * (1 - slack) <= mean <= high * (1 + slack):
        return None
    made = blank_quote()
    made.symbol, made.time, made.price, made.open, made.high, made.low = known.symbol, moment, last, opened, high, low
    made.prev_close = PRICES[before] or None
    made.volume, made.amount, made.traded = volume * unit, amount, None
    made.limit_up, made.limit_down = PRICES[up] or None, PRICES[down] or None
    made.shares, made.float_shares = int(whole) or None, int(floating) or None
    made.status, made.phase, made.source, made.flaw = known.status, None, "tencent", None
    made.late = _book, line, unit
    made.__class__ = Sketch
    return made


def _book(line: bytes, unit: int) -> dict[str, Any]:
    """What a sketch leaves out."""
    return book(line.decode("gb18030").split("~"), CHINA, unit, DECIMALS)


@lru_cache(maxsize=MOST)
def _known(head: bytes) -> Known | None:
    """What a head says; None where it is not to be read at a glance."""
    key, fields = entry(head.decode("gb18030"))
    symbol = symbol_of(key)
    if symbol is None or len(fields) != len(("51", "name", "code", "")) or fields[2] != symbol[:6]:
        return None
    if shaped(symbol).decimals != DECIMALS:
        return None
    unit = 1 if symbol.startswith(("688", "689")) else LOT
    return Known(symbol, symbol[7:], "new" if YOUNG.match(fields[1]) else "", unit)


@lru_cache(maxsize=1024)
def _moment(text: bytes) -> datetime | None:
    """A line's time; None where there is no such."""
    try:
        return clock(text.decode(), CHINA.zone)
    except ValueError:
        return None
