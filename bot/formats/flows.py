"""Today's money flow of a stock or board, minute by minute, as Eastmoney defines it.

Its sums are cumulative for the day, in yuan, by size of order: small, medium, large, super-large; what it
calls the main force is large and super-large together. Other sites draw other lines, so the definition
belongs to every figure that is shown.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.errors import FeedError
from bot.formats.candles import moment
from bot.formats.klines import data_of, symbol_of_data
from bot.formats.push2 import INFLOW, signed

CHINA = ZoneInfo("Asia/Shanghai")
PARTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Net inflow since the open, yuan, at the end of a minute."""

    time: datetime
    main: float  # large + super-large
    small: float
    medium: float
    large: float
    huge: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """One instrument's day; a board's symbol is `@bk1128`."""

    symbol: str
    flows: tuple[Flow, ...]  # oldest first
    definition: str = INFLOW
    skipped: int = 0

    @property
    def inflow(self) -> float | None:
        """What has flowed in so far, None before the first minute."""
        return self.flows[-1].main if self.flows else None


def path(secid: str) -> str:
    """Where an instrument's day is asked for."""
    return (
        f"/api/qt/stock/fflow/kline/get?lmt=0&klt=1&secid={secid}"
        "&fields1=f1,f2,f3,f7&fields2=f51,f52,f53,f54,f55,f56"
    )


def read(payload: bytes) -> Flows:
    """An answer of `fflow/kline/get` at klt 1; FeedError where it is none."""
    data = data_of(payload)
    lines = data.get("klines")
    if not isinstance(lines, list):
        raise FeedError("eastmoney: the answer holds no flows")
    found = [_flow(line) for line in lines]
    kept = sorted((flow for flow in found if flow is not None), key=lambda flow: flow.time)
    return Flows(symbol=symbol_of_data(data), flows=tuple(kept), skipped=found.count(None))


def _flow(line: object) -> Flow | None:
    parts = line.split(",") if isinstance(line, str) else []
    if len(parts) < PARTS:
        return None
    try:
        time = moment(parts[0], is_timed=True).replace(tzinfo=CHINA).astimezone(UTC)
        main, small, medium, large, huge = (signed(part) or 0.0 for part in parts[1:PARTS])
    except ValueError:
        return None
    return Flow(time=time, main=main, small=small, medium=medium, large=large, huge=huge)
