"""Tencent's usual lines read at a glance: one pattern checks a line and finds what rules are about.

A Chinese security's line that has everything and that `gtimg.py` would read without a fault is matched as
bytes, and its book stays in it until somebody asks (`sketch.py`). Any other line is read by `gtimg.py`, as
is an answer that does not begin with one. Both give the same quotes.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

from bot.errors import FeedError
from bot.formats.gtimg import CHINA, YOUNG, book, clock, entry, quote, records, symbol_of
from bot.formats.lots import LOT, SLACK
from bot.formats.numeral import price
from bot.formats.sketch import Sketch
from bot.intake.frames import frames
from bot.master.listing import shaped
from rules.model import Frame, Quote

DECIMALS = 3  # of the prices of China's securities
STAR = ("688", "689")  # whose volumes come in shares
# The mean price is nearer to the day's range than `lots.py` asks for: no rounding makes it another unit.
LEAST, MOST = 1 - SLACK / 2, 1 + SLACK / 2
KEPT = 1 << 15  # texts of one kind remembered
# Parts of a line: a price; a count; a figure that may be missing; what nobody reads. A part never gives back
# what it took. All are single bytes; without `Z` no field is the word for an index.
PRICE, COUNT = r"\d{1,9}+\.\d{2,3}+", r"\d{1,15}+"
FIGURE, ANY = r"(?:-?+\d{1,12}+(?:\.\d{1,6}+)?+)?+", r"[ !#-Y\[-}]*+"
PART = r"[ !#-.0-Y\[-}]*+"  # of field 35, `last/volume/amount`
USUAL = "~".join(
    (
        rf'(v_(?:s[hz]|bj)\d{{6}}="\d{{1,3}}+~[^~"\n]{{1,40}}+~\d{{6}}~)({PRICE})',
        *(rf"({PRICE}~{PRICE})", ANY, ANY, ANY),  # previous close and open
        "(" + "~".join(rf"{PRICE}~{COUNT}" for _ in range(10)),  # the book, from which on a line is kept
        *(ANY, r"(20\d{12})", ANY, ANY, rf"({PRICE}~{PRICE})"),  # time; high and low
        *(rf"{PART}/{PART}/({COUNT})", rf"({COUNT})"),  # amount, volume
        *(ANY, ANY, ANY, "", ANY, ANY, ANY, ANY, FIGURE, ANY),  # no status; market value
        *(rf"({PRICE}~{PRICE})", f"{FIGURE})"),  # limits; volume ratio, up to which it is kept
        *(ANY for _ in range(50, 72)),
        *(rf"({COUNT}~{COUNT})", r"[ !#-Y\[-~]*+"),  # shares in free float, and all
    )
)
START = ("", "", "", "", "", "1", "", "", "")  # fields before the kept ones, of what has an open
LINES = re.compile(rf'{USUAL}";\s*+|(.*?)";\s*+|(.+)'.encode(), re.DOTALL)
Value = TypeVar("Value")


class Known:
    """What is known of an instrument by the head of its line, and what parts of the last one read as.

    All in one place: with thousands of instruments the way to memory costs more than what is read there.
    """

    __slots__ = (
        "close", "day", "down", "floating", "high", "limits", "low", "market", "opened", "quantities",
        "scale", "shares", "span", "status", "symbol", "unit", "up",
    )  # fmt: skip

    def __init__(self, symbol: str, status: str) -> None:
        self.symbol, self.status = symbol, status
        self.market = symbol.rpartition(".")[2]
        self.unit = _unit(symbol)
        self.scale = 10**DECIMALS / self.unit
        self.span, self.high, self.low = b"", 0, 0
        self.day = self.limits = self.quantities = b""
        self.close: int | None = None
        self.opened: int | None = None
        self.up: int | None = None
        self.down: int | None = None
        self.floating: int | None = None
        self.shares: int | None = None

    def reach(self, span: bytes) -> bool:
        """Read another high and low; True."""
        self.high, self.low = map(_price, span.decode().split("~"))
        self.span = span
        return True

    def begin(self, day: bytes, limits: bytes, quantities: bytes) -> bool:
        """Read another day's previous close and open, limits and shares; True."""
        self.close, self.opened = (_price(text) or None for text in day.decode().split("~"))
        self.up, self.down = (_price(text) or None for text in limits.decode().split("~"))
        self.floating, self.shares = (int(text) or None for text in quantities.split(b"~"))
        self.day, self.limits, self.quantities = day, limits, quantities
        return True


class Texts(dict[bytes, Value], Generic[Value]):
    """What texts mean, each read once: most come again and again."""

    def __init__(self, read: Callable[[str], Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: bytes) -> Value:
        """A new one."""
        if len(self) >= KEPT:
            self.clear()
        found = self[text] = self._read(text.decode("gb18030"))
        return found


class Line(Sketch):
    """A quote that keeps the fields of its line from the book to the volume ratio."""

    __slots__ = ()

    def read(self, late: bytes) -> dict[str, Any]:
        """The book, market value and volume ratio."""
        return book([*START, *late.decode().split("~")], CHINA, _unit(self.symbol), DECIMALS)


draft: Any = Line  # whose fields can be set


def page(payload: bytes, received: datetime) -> tuple[Frame, ...]:
    """The frames of an answer, one a market; FeedError for what is no answer."""
    if not payload.startswith(b"v_"):
        return frames((quote(key, fields, received) for key, fields in records(payload)), received)
    try:
        found = lines(payload, received)
    except UnicodeDecodeError as error:
        raise FeedError("tencent: the answer is not GB18030") from error
    return tuple(Frame(market=name, received=received, quotes=tuple(some)) for name, some in found.items())


def lines(payload: bytes, received: datetime) -> dict[str, list[Quote]]:
    """The quotes of each market; written in one piece, since each line is worth a microsecond or two."""
    found: defaultdict[str, list[Quote]] = defaultdict(list)
    for match in LINES.finditer(payload):
        head, last, day, kept, time, span, paid, count, limits, shares, _, _ = match.groups()
        if (
            head
            and (known := HEADS[head]) is not None
            and (moment := TIMES[time]) is not None
            and (span == known.span or known.reach(span))
            and ((day == known.day and limits == known.limits and shares == known.quantities)
                 or known.begin(day, limits, shares))
            and (price := PRICES[last])
            and (low := known.low)
            and known.opened
            and (volume := float(count))
            and (amount := float(paid))
            and low * LEAST <= amount / volume * known.scale <= known.high * MOST
        ):  # fmt: skip
            made = draft()
            made.symbol, made.time, made.price, made.open = known.symbol, moment, price, known.opened
            made.high, made.low, made.prev_close = known.high, low, known.close
            made.volume, made.amount, made.traded = volume * known.unit, amount, None
            made.limit_up, made.limit_down = known.up, known.down
            made.shares, made.float_shares = known.shares, known.floating
            made.status, made.source, made.flaw, made.late = known.status, "tencent", None, kept
            made.phase = None
            found[known.market].append(made)
        elif (other := _other(match, received)) is not None:
            found[other.symbol.rpartition(".")[2]].append(other)
    return found


def _other(match: re.Match[bytes], received: datetime) -> Quote | None:
    """The quote of any other line; FeedError for what is behind the last one."""
    text = match[0].decode("gb18030").strip()
    if match.lastindex == LINES.groups:
        if text:
            raise FeedError(f"tencent: the answer is cut short: {text[:40]!r}")
        return None
    return quote(*entry(text.removesuffix('";')), received)


def _unit(symbol: str) -> int:
    """Shares in one unit of volume, unless the amount says otherwise."""
    return 1 if symbol.startswith(STAR) else LOT


def _known(head: str) -> Known | None:
    """What a head says; None where its line is not to be read at a glance."""
    key, fields = entry(head)
    symbol = symbol_of(key)
    if symbol is None or len(fields) != len(("51", "name", "code", "")) or fields[2] != symbol[:6]:
        return None
    if shaped(symbol).decimals != DECIMALS:
        return None
    return Known(symbol, "new" if YOUNG.match(fields[1]) else "")


def _moment(text: str) -> datetime | None:
    """A line's time; None where there is no such."""
    try:
        return clock(text, CHINA.zone)
    except ValueError:
        return None


def _price(text: str) -> int:
    """In quanta; 0 where there is none."""
    return price(text, DECIMALS) or 0


HEADS, TIMES, PRICES = Texts(_known), Texts(_moment), Texts(_price)
