"""Daily k-lines of Tencent, Sina and Eastmoney: pure parsers that give raw or adjusted bars with units fixed.

Facts by source (reference feeds.md 1.1 to 1.3): Tencent writes open, CLOSE, high, low and calls its list
`day` where no adjustment applies, else `qfqday` or `hfqday`; volume in lots, for STAR in shares. Eastmoney
writes the same order in one text a bar, volume in lots. Sina names its columns, unadjusted, volume in shares.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from bot.errors import FeedError
from bot.formats.candles import Row, columns, document, rows_of, texts
from bot.formats.gtimg import key_of, symbol_of
from bot.formats.lots import LOT
from bot.formats.secid import secid_of, symbol_in
from rules.model import History

TEN_THOUSAND = 10_000  # Tencent's longer rows have the amount in it
AMOUNT = 8  # its place in them
STAR = ("688", "689")


class Adjustment(StrEnum):
    """What a source did to its prices; Eastmoney asks for it by number."""

    RAW = "raw"
    FORWARD = "qfq"  # today's price stands
    BACKWARD = "hfq"  # the first price stands

    @property
    def number(self) -> int:
        """Eastmoney's parameter `fqt`."""
        return list(Adjustment).index(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Klines:
    """Daily bars as one source serves them; `bars.factor` is 1 throughout, whatever the adjustment."""

    source: str
    adjustment: Adjustment
    bars: History
    skipped: int = 0  # rows that are no bars: suspended days, prices out of order


# By the name of Tencent's list.
TENCENT = {"day": Adjustment.RAW, "qfqday": Adjustment.FORWARD, "hfqday": Adjustment.BACKWARD}


def tencent_path(symbol: str, adjustment: Adjustment, count: int = 640) -> str:
    """Where Tencent's daily bars are asked for, on web.ifzq.gtimg.cn; at most 640 at a time."""
    manner = "" if adjustment is Adjustment.RAW else adjustment
    return f"/appstock/app/fqkline/get?param={key_of(symbol).removeprefix('r_')},day,,,{count},{manner}"


def sina_path(symbol: str, count: int = 1970) -> str:
    """Where Sina's daily bars are asked for, on money.finance.sina.com.cn; China alone."""
    code, _, market = symbol.rpartition(".")
    return (
        "/quotes_service/api/json_v2.php/CN_MarketData.getKLineData"
        f"?symbol={market.lower()}{code}&scale=240&ma=no&datalen={count}"
    )


def eastmoney_path(symbol: str, adjustment: Adjustment) -> str:
    """Where Eastmoney's daily bars are asked for, on push2his.eastmoney.com; all of them at once.

    ValueError for an instrument that it names by more than our symbol says.
    """
    secid = secid_of(symbol)
    if secid is None:
        raise ValueError(symbol)
    return (
        f"/api/qt/stock/kline/get?secid={secid}&klt=101&fqt={adjustment.number}&beg=0&end=20500101"
        "&fields1=f1,f2,f3,f4,f5,f6&fields2=f51,f52,f53,f54,f55,f56,f57,f58,f59,f60,f61"
    )


def tencent(payload: bytes) -> Klines:
    """A day k-line answer (`fqkline`, `newfqkline`) of one instrument; FeedError where it is none."""
    for key, table in tables(payload):
        symbol = symbol_of(key)
        name = next((name for name in TENCENT if isinstance(table.get(name), list)), None)
        if symbol is None or name is None:
            continue
        rows = rows_of(table[name], tencent_row, "tencent")
        return _klines("tencent", symbol, TENCENT[name], rows, usual_of(symbol))
    raise FeedError("tencent: no daily bars in the answer")


def sina(payload: bytes, symbol: str) -> Klines:
    """A `getKLineData` answer at scale 240, which does not say whose it is; FeedError where it is none."""
    rows = rows_of(document(payload, "[", "sina"), sina_row, "sina")
    return _klines("sina", symbol, Adjustment.RAW, rows, 1)


def eastmoney(payload: bytes, adjustment: Adjustment) -> Klines:
    """A `kline/get` answer at klt 101, asked for with `adjustment.number`; FeedError where it is none."""
    data = data_of(payload)
    rows = rows_of(data.get("klines"), eastmoney_row, "eastmoney")
    return _klines("eastmoney", symbol_of_data(data), adjustment, rows, LOT)


def usual_of(symbol: str) -> int:
    """Shares in one unit of Tencent's volume."""
    return 1 if symbol.startswith(STAR) else LOT


def tables(payload: bytes) -> list[tuple[str, dict[str, Any]]]:
    """(key, table) of each instrument in an answer of Tencent's k-lines or minutes."""
    found = document(payload, "{", "tencent")
    data = found.get("data")
    if not isinstance(data, dict):
        raise FeedError("tencent: the answer holds no data")
    return [(key, table) for key, table in data.items() if isinstance(table, dict)]


def tencent_row(cells: object) -> Row | None:
    """`[day, open, close, high, low, volume, {}, turnover, amount in 10,000]`, the end often absent."""
    found = texts(cells, range(6))
    if found is None:
        return None
    day, opened, close, high, low, volume = found
    long = texts(cells, (AMOUNT,))
    amount = _scaled(long[0]) if long else ""
    return Row(label=day, open=opened, high=high, low=low, close=close, volume=volume, amount=amount)


def sina_row(cells: object) -> Row | None:
    """`{"day": .., "open": .., "high": .., "low": .., "close": .., "volume": ..}`."""
    names = ("day", "open", "high", "low", "close", "volume")
    found = texts([cells.get(name) for name in names] if isinstance(cells, dict) else None, range(len(names)))
    if found is None:
        return None
    day, opened, high, low, close, volume = found
    return Row(label=day, open=opened, high=high, low=low, close=close, volume=volume)


def eastmoney_row(cells: object) -> Row | None:
    """`day,open,close,high,low,volume,amount,...` in one text."""
    found = texts(cells.split(",") if isinstance(cells, str) else None, range(7))
    if found is None:
        return None
    day, opened, close, high, low, volume, amount = found
    return Row(label=day, open=opened, high=high, low=low, close=close, volume=volume, amount=amount)


def data_of(payload: bytes) -> dict[str, Any]:
    """The `data` of an answer of Eastmoney's; FeedError where it is null, as for a wrong secid."""
    data = document(payload, "{", "eastmoney").get("data")
    if not isinstance(data, dict):
        raise FeedError("eastmoney: the answer holds no data")
    return data


def symbol_of_data(data: dict[str, Any]) -> str:
    """Whose answer it is, by `market` and `code`; FeedError for a market that is not ours."""
    market, code = data.get("market"), data.get("code")
    symbol = symbol_in(market, code) if isinstance(market, int) and isinstance(code, str) else None
    if symbol is None:
        raise FeedError(f"eastmoney: whose answer is this: {str(market)[:8]}.{str(code)[:16]}")
    return symbol


def _scaled(amount: str) -> str:
    try:
        return str(float(amount) * TEN_THOUSAND)
    except ValueError:
        return ""


def _klines(source: str, symbol: str, adjustment: Adjustment, rows: list[Row], usual: int) -> Klines:
    found = columns(symbol, rows, usual=usual, is_adjusted=adjustment is not Adjustment.RAW)
    bars = History(
        symbol=symbol,
        dates=np.array([label.date() for label in found.labels], dtype="datetime64[D]"),
        open=found.open,
        high=found.high,
        low=found.low,
        close=found.close,
        volume=found.volume,
        factor=np.ones(len(found.labels), dtype=np.float64),
    )
    return Klines(source=source, adjustment=adjustment, bars=bars, skipped=found.skipped)
