"""Eastmoney's intraday anomalies: who rocketed, dived, was sealed, and what else its page lists.

A row has its kind's number, a time of day without a date, and figures whose meaning depends on the kind: of
sizes they are shares, price, share of the book or amount; of moves a fraction, the price, a fraction.
Kinds: akshare's table (feeds.md 1.3); 8217 to 8222 occur and nobody has told what they mean.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

import msgspec

from bot.errors import FeedError
from bot.formats.numeral import figure, price
from bot.formats.push2 import Row, message, signed, text
from bot.formats.secid import symbol_in
from bot.master.listing import shaped
from rules.language.presets import PRESETS

CHINA = ZoneInfo("Asia/Shanghai")
# What our own conditions are called (rules/language/presets.py), and the kinds that have no condition yet.
NAMES = MappingProxyType(
    {
        **{preset.number: (preset.en, preset.zh) for preset in PRESETS},
        8207: ("auction up", "竞价上涨"),
        8208: ("auction down", "竞价下跌"),
        8209: ("opens above its 5-day average", "高开5日线"),
        8210: ("opens below its 5-day average", "低开5日线"),
        8215: ("rise of 60 days", "60日大幅上涨"),
        8216: ("fall of 60 days", "60日大幅下跌"),
    }
)
LISTED = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
PRICE = 1  # its place among the figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """One row of the page."""

    symbol: str
    name: str
    time: datetime
    kind: int
    figures: tuple[float, ...]
    price: int | None  # quanta; None where it is finer than the grid, or absent

    @property
    def words(self) -> tuple[str, str]:
        """The kind in English and Chinese."""
        return words(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomalies:
    """One page: how many there are in all, and those on it, newest first as they came."""

    total: int
    rows: tuple[Anomaly, ...]
    skipped: int = 0


def words(kind: int) -> tuple[str, str]:
    """A kind in English and Chinese; its number where nobody has named it."""
    return NAMES.get(kind, (f"anomaly {kind}", f"异动 {kind}"))


def path(page: int = 0, size: int = 64) -> str:
    """Where a page is asked for, on push2ex.eastmoney.com."""
    kinds = ",".join(map(str, NAMES))
    return (
        f"/getAllStockChanges?type={kinds}&pageindex={page}&pagesize={size}"
        "&ut=7eea3edcaed734bea9cbfc24409ed989&dpt=wzchanges"
    )


def read(payload: bytes, day: date) -> Anomalies:
    """An answer of `getAllStockChanges`, told on that day in China; FeedError where it is none."""
    data = message(payload).data
    if data is None:
        return Anomalies(total=0, rows=())
    try:
        listed = LISTED.decode(data["allstock"])
        total = int(figure(text(data, "tc")) or 0)
    except (msgspec.MsgspecError, KeyError, ValueError, RecursionError) as error:
        raise FeedError("eastmoney: the answer holds no anomalies") from error
    found = [_anomaly(row, day) for row in listed]
    kept = tuple(anomaly for anomaly in found if anomaly is not None)
    return Anomalies(total=total, rows=kept, skipped=found.count(None))


def _anomaly(row: Row, day: date) -> Anomaly | None:
    try:
        clock = f"{int(text(row, 'tm')):06}"
        symbol = symbol_in(int(text(row, "m")), text(row, "c"))
        if symbol is None:
            return None
        parts = text(row, "i").split(",")
        return Anomaly(
            symbol=symbol,
            name=text(row, "n"),
            time=datetime.combine(
                day, time(int(clock[:2]), int(clock[2:4]), int(clock[4:])), CHINA
            ).astimezone(UTC),
            kind=int(text(row, "t")),
            figures=tuple(signed(part) or 0.0 for part in parts),
            price=_price(parts, symbol),
        )
    except (ValueError, OverflowError):
        return None


def _price(parts: list[str], symbol: str) -> int | None:
    try:
        return price(parts[PRICE], shaped(symbol).decimals) or None
    except (IndexError, ValueError):
        return None
