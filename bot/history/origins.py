"""Where daily bars of Chinese shares are asked for: what each source serves, how much at a time, and how.

`bot.history.abroad` has those of coins and US shares, `bot.history.sources` all of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from bot.formats import klines
from bot.formats.klines import Adjustment, Klines
from bot.history import dated
from rules.model import History

CHINA = frozenset({"SH", "SZ", "BJ"})
PAGE = 640  # rows in an answer of Tencent's
# Calendar days in which no market has more sessions than a page of Tencent's has rows.
REACH = timedelta(days=860)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which bars of an instrument: up to a day or the newest, and how far back from there."""

    symbol: str
    adjustment: Adjustment = Adjustment.RAW
    since: date | None = None  # None: as far as the source goes
    until: date | None = None  # None: the newest
    today: date

    def adjusted(self) -> "Wish":
        """The same days, adjusted backward."""
        return replace(self, adjustment=Adjustment.BACKWARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One source of daily bars, asked at TICKBELL_<NAME>_KLINES_URL or where its feed's REST is (`place`)."""

    name: str
    markets: frozenset[str]
    page: int  # rows in a full answer; 0: it answers everything at once
    adjusts: bool  # serves adjusted bars too, from which factors follow
    path: Callable[[Wish], str]
    read: Callable[[bytes, Wish], Klines]
    headers: Mapping[str, str] = field(default_factory=dict)
    place: str = "klines"
    factors: Callable[[History, History], npt.NDArray[np.float64]] = dated.factors  # of raw and adjusted

    def serves(self, symbol: str) -> bool:
        """Whether it has bars of this market."""
        return symbol.rpartition(".")[2] in self.markets


def _tencent(wish: Wish) -> str:
    """So many newest rows, or the rows between two days: 640 at most either way."""
    if wish.until is not None:
        path = klines.tencent_path(wish.symbol, wish.adjustment)
        return path.replace(",,,", f",{wish.until - REACH},{wish.until},")
    days = PAGE if wish.since is None else (wish.today - wish.since).days + 1
    return klines.tencent_path(wish.symbol, wish.adjustment, min(days, PAGE))


def _eastmoney(wish: Wish) -> str:
    path = klines.eastmoney_path(wish.symbol, wish.adjustment)
    return path if wish.since is None else path.replace("&beg=0&", f"&beg={wish.since:%Y%m%d}&")


ORIGINS: Mapping[str, Origin] = MappingProxyType(
    {
        origin.name: origin
        for origin in (
            Origin(
                name="tencent",
                markets=CHINA | {"HK"},
                page=PAGE,
                adjusts=True,
                path=_tencent,
                read=lambda body, _wish: klines.tencent(body),
                headers={"Referer": "https://gu.qq.com/"},
            ),
            Origin(
                name="eastmoney",
                markets=CHINA,
                page=0,
                adjusts=True,
                path=_eastmoney,
                read=lambda body, wish: klines.eastmoney(body, wish.adjustment),
                headers={"Referer": "https://quote.eastmoney.com/", "User-Agent": "Mozilla/5.0"},
            ),
            Origin(
                name="sina",
                markets=CHINA,
                page=0,
                adjusts=False,
                path=lambda wish: klines.sina_path(wish.symbol),
                read=lambda body, wish: klines.sina(body, wish.symbol),
                headers={"Referer": "https://finance.sina.com.cn/"},
            ),
        )
    }
)
