"""Daily bars of coins and of US shares: where each source is asked for them, and how its answers are read.

A coin's day is the UTC day, a share's New York's. US factors are of splits alone: a dividend moves no line
that American terminals draw. Yahoo's prices are of today's shares; raw ones are made again from its splits.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt

from bot.errors import FeedError
from bot.formats import exchanges
from bot.formats.candles import Row, columns
from bot.formats.exchanges import FAULTS
from bot.formats.klines import Adjustment, Klines
from bot.formats.yahoo import name_of
from bot.history.origins import Origin, Wish
from bot.intake.wishes import code
from bot.master.calendar import zone
from rules.model import History

Real = npt.NDArray[np.float64]
DAY = timedelta(days=1)
LATEST, OLDER = 300, 100  # rows of OKX's candles and of its older ones
WINDOW, SLACK = 340, 10  # days of Coinbase's at a time, of 350; of them without a match at most
THOUSAND, STEP, MOST = 1000, 0.01, 100
CENT = 1.0  # dollars from which on prices have two decimals


def _end(wish: Wish) -> datetime | None:
    """The end of the last day that is wanted; None for the newest."""
    return None if wish.until is None else datetime.combine(wish.until + DAY, time(), UTC)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _count(wish: Wish, most: int) -> int:
    """How many of the newest days are wanted."""
    days = most if wish.since is None else (wish.today - wish.since).days + 1
    return min(days, most)


def _binance_path(wish: Wish) -> str:
    end = _end(wish)
    until = "" if end is None else f"&endTime={_milliseconds(end) - 1}"
    count = THOUSAND if end else _count(wish, THOUSAND)
    return f"/api/v3/klines?symbol={code(wish.symbol)}&interval=1d&limit={count}{until}"


def _okx_path(wish: Wish) -> str:
    end, name = _end(wish), code(wish.symbol)
    if end is None:
        return f"/api/v5/market/candles?instId={name}&bar=1Dutc&limit={_count(wish, LATEST)}"
    return f"/api/v5/market/history-candles?instId={name}&bar=1Dutc&limit={OLDER}&after={_milliseconds(end)}"


def _coinbase_path(wish: Wish) -> str:
    end = _end(wish) or datetime.combine(wish.today + DAY, time(), UTC)
    start = end - _count(wish, WINDOW) * DAY
    path = f"/api/v3/brokerage/market/products/{code(wish.symbol)}/candles?granularity=ONE_DAY"
    return f"{path}&start={int(start.timestamp())}&end={int(end.timestamp()) - 1}&limit=350"


def _alpaca_path(wish: Wish) -> str:
    manner = "raw" if wish.adjustment is Adjustment.RAW else "split"
    return (
        f"/v2/stocks/bars?symbols={code(wish.symbol)}&timeframe=1Day&adjustment={manner}"
        f"&sort=desc&limit=10000&start={wish.since or '1990-01-01'}"
    )


def _yahoo_path(wish: Wish) -> str:
    start = 0 if wish.since is None else int(datetime.combine(wish.since, time(), UTC).timestamp())
    end = int(datetime.combine(wish.today + DAY, time(), UTC).timestamp())
    return f"/v8/finance/chart/{name_of(wish.symbol)}?interval=1d&events=split&period1={start}&period2={end}"


def _coins(name: str, read: exchanges.Read) -> Callable[[bytes, Wish], Klines]:
    """Rows of a coin exchange, or of Alpaca, as daily bars."""

    def klines(body: bytes, wish: Wish) -> Klines:
        rows = read(body, code(wish.symbol))
        return _klines(name, wish, [_dated(row, wish.symbol) for row in rows])

    return klines


def _dated(row: Row, symbol: str) -> Row:
    """A row whose label is the market's day."""
    begin = datetime.strptime(row.label, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    local = begin.astimezone(ZoneInfo(zone(symbol.rpartition(".")[2])))
    return replace(row, label=f"{local:%Y%m%d}")


def _klines(name: str, wish: Wish, rows: list[Row]) -> Klines:
    found = columns(wish.symbol, rows, usual=1)
    bars = History(
        symbol=wish.symbol,
        dates=np.array([label.date() for label in found.labels], dtype="datetime64[D]"),
        open=found.open,
        high=found.high,
        low=found.low,
        close=found.close,
        volume=found.volume,
        factor=np.ones(len(found.labels)),
    )
    return Klines(source=name, adjustment=wish.adjustment, bars=bars, skipped=found.skipped)


def splits(raw: History, adjusted: History) -> Real:
    """Factors of each day of `raw`, 1 on its first, from the closes of a series adjusted for splits alone.

    A step is a ratio of small whole numbers; days that only one of the two has keep the factor before them.
    """
    _, mine, its = np.intersect1d(raw.dates, adjusted.dates, assume_unique=True, return_indices=True)
    ratio = adjusted.close[its] / raw.close[mine]
    steps = np.ones(len(raw.dates))
    base = 0
    for place in range(1, len(ratio)):
        step = ratio[place] / ratio[base]
        if abs(step - 1) > STEP:
            steps[mine[place]], base = _whole(float(step)), place
    days: Real = np.ones(len(raw.dates))
    return np.cumprod(steps, out=days)


def _whole(step: float) -> float:
    """The ratio of small whole numbers that a measured one is, else as measured."""
    near = Fraction(step) if step > 1 else Fraction(1 / step)
    whole = float(near.limit_denominator(MOST))
    found = whole if step > 1 else 1 / whole
    return found if abs(found / step - 1) < STEP else step


def _yahoo(body: bytes, wish: Wish) -> Klines:
    """A chart's answer: raw bars, and in their factors the splits."""
    try:
        return _charted(msgspec.json.decode(body)["chart"]["result"][0], wish)
    except (*FAULTS, RecursionError) as error:
        raise FeedError(f"yahoo: this is no chart: {body[:40]!r}") from error


def _charted(found: dict[str, Any], wish: Wish) -> Klines:
    if found["meta"]["symbol"] != name_of(wish.symbol):
        raise FeedError(f"yahoo answers for {str(found['meta']['symbol'])[:16]} instead of {wish.symbol}")
    local = ZoneInfo(zone(wish.symbol.rpartition(".")[2]))
    told = sorted(
        (datetime.fromtimestamp(one["date"], local).date(), one["numerator"] / one["denominator"])
        for one in found.get("events", {}).get("splits", {}).values()
    )
    days = [day for day, _ in told]
    grown = [1.0, *accumulate((ratio for _, ratio in told), lambda product, ratio: product * ratio)]
    quotes, rows = found["indicators"]["quote"][0], list[Row]()
    for place, stamp in enumerate(found.get("timestamp", ())):
        day = datetime.fromtimestamp(stamp, local).date()
        times = grown[-1] / grown[bisect_right(days, day)]
        cells = [quotes[name][place] for name in ("open", "high", "low", "close", "volume")]
        if None not in cells:
            opened, high, low, close = (_price(cell * times) for cell in cells[:4])
            volume = f"{cells[4] / times:.0f}"
            rows.append(
                Row(label=f"{day:%Y%m%d}", open=opened, high=high, low=low, close=close, volume=volume)
            )
    made = _klines("yahoo", wish, rows)
    factor = np.array([grown[bisect_right(days, day)] for day in made.bars.dates.tolist()], dtype=np.float64)
    return replace(made, bars=replace(made.bars, factor=factor))


def _price(value: float) -> str:
    """Seven digits are right of Yahoo's; a share's price has two decimals, one under a dollar four."""
    return f"{value:.2f}" if value >= CENT else f"{value:.4f}"


ABROAD = (
    Origin(
        name="binance",
        place="rest",
        markets=frozenset({"BINANCE"}),
        page=THOUSAND,
        adjusts=False,
        path=_binance_path,
        read=_coins("binance", exchanges.binance),
    ),
    Origin(
        name="okx",
        place="rest",
        markets=frozenset({"OKX"}),
        page=OLDER,
        adjusts=False,
        path=_okx_path,
        read=_coins("okx", exchanges.okx),
    ),
    Origin(
        name="coinbase",
        place="rest",
        markets=frozenset({"COINBASE"}),
        page=WINDOW - SLACK,
        adjusts=False,
        path=_coinbase_path,
        read=_coins("coinbase", exchanges.coinbase),
    ),
    Origin(
        name="alpaca",
        place="rest",
        markets=frozenset({"US"}),
        page=0,
        adjusts=True,
        path=_alpaca_path,
        read=_coins("alpaca", exchanges.alpaca),
        factors=splits,
    ),
    Origin(
        name="yahoo",
        markets=frozenset({"US"}),
        page=0,
        adjusts=False,
        path=_yahoo_path,
        read=_yahoo,
        headers={"User-Agent": "Mozilla/5.0"},
    ),
)
