"""What Tencent says of each exchange: the `market` text beside its minute lines and k-lines.

`2026-09-10 10:55:22|HK_open_交易中|SH_open_交易中|US_close_已收盘|...`: a source's own word on holidays and
lunch, for days that no calendar knows yet.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.errors import FeedError
from bot.formats.candles import moment
from bot.formats.klines import tables
from rules.model import Phase

CHINA = ZoneInfo("Asia/Shanghai")
# Their words; what is none of these is told by `open` and `close` alone.
PHASES = MappingProxyType(
    {
        "交易中": Phase.CONTINUOUS,
        "午间休市": Phase.BREAK,
        "集合竞价": Phase.AUCTION,
        "未开盘": Phase.CLOSED,
        "已收盘": Phase.CLOSED,
        "已休市": Phase.CLOSED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One exchange as the source sees it."""

    market: str  # SH, SZ, HK, US and the source's own names of boards
    is_open: bool
    text: str
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Every exchange at one moment."""

    time: datetime
    markets: tuple[Standing, ...]

    def of(self, market: str) -> Standing | None:
        """One exchange, None where the source does not name it."""
        return next((one for one in self.markets if one.market == market), None)


def standings(payload: bytes) -> Standings:
    """The text of the first table that has one; FeedError where none has."""
    for _, table in tables(payload):
        qt = table.get("qt")
        found = qt.get("market") if isinstance(qt, dict) else None
        if isinstance(found, list) and found and isinstance(found[0], str):
            return _read(found[0])
    raise FeedError("tencent: no market status in the answer")


def _read(text: str) -> Standings:
    stamp, *parts = text.split("|")
    try:
        time = moment(stamp, is_timed=True).replace(tzinfo=CHINA).astimezone(UTC)
    except ValueError:
        raise FeedError(f"tencent: a market status without a time: {stamp[:40]!r}") from None
    found = [part.split("_", 2) for part in parts]
    return Standings(
        time=time,
        markets=tuple(_standing(*part) for part in found if len(part) == len(("market", "word", "text"))),
    )


def _standing(market: str, word: str, text: str) -> Standing:
    is_open = word == "open"
    usual = Phase.CONTINUOUS if is_open else Phase.CLOSED
    return Standing(market=market, is_open=is_open, text=text, phase=PHASES.get(text, usual))
