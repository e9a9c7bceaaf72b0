"""Recorded markets as frames: minutes of New York, Binance and Shanghai, 3-second ticks, every trade.

A quote carries the day's running figures as a feed's would. Where only every n-th row becomes a quote, high
and low are those of all rows, so that levels are touched between snapshots as they are in life.
"""

import csv
import gzip
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from rules.model import Frame, Kind, Phase, Quote
from rules.sessions import default_hours
from tests.fixtures import lean
from tests.recorded import DATA

HOURS = default_hours()
SHANGHAI = ZoneInfo("Asia/Shanghai")
FOLDER = "ashare/hikyuu"
NEEDED = (
    FOLDER,
    "us/lean/equity/usa/minute/spy",
    "us/lean/equity/usa/daily",
    "crypto/lean/binance/minute/btcbusd",
    "crypto/hftbacktest",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One recorded price."""

    time: datetime
    price: int  # quanta
    volume: float  # since the row before
    prev_close: int | None = None
    bid: int | None = None
    ask: int | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """Rows of one instrument, oldest first."""

    symbol: str
    kind: Kind
    decimals: int
    rows: tuple[Row, ...]

    def frames(self, every: int = 1, *, fed: bool = True, most: int | None = None) -> tuple[Frame, ...]:
        """A frame a quote, of every n-th row; `fed`: with the day's open, high and low."""
        return tuple(
            Frame(market=quote.symbol.rpartition(".")[2], received=quote.time, quotes=(quote,))
            for quote in list(self._quotes(every, fed=fed))[:most]
        )

    def _quotes(self, every: int, *, fed: bool) -> Iterator[Quote]:
        market, day = self.symbol.rpartition(".")[2], date.min
        opened = high = low = None
        volume = amount = 0.0
        for number, row in enumerate(self.rows):
            session, phase = HOURS.session(market, row.time), HOURS.phase(market, row.time)
            if session is None or phase in (Phase.CLOSED, Phase.BREAK):
                continue
            if session.date != day:
                day, opened, high, low, volume, amount = session.date, None, None, None, 0.0, 0.0
            volume += row.volume
            amount += row.volume * row.price / 10**self.decimals
            if phase in (Phase.CONTINUOUS, Phase.CLOSING_AUCTION):
                opened = opened or row.price
                high, low = max(high or row.price, row.price), min(low or row.price, row.price)
            if number % every:
                continue
            yield Quote(
                symbol=self.symbol,
                time=row.time,
                price=row.price,
                open=opened if fed else None,
                high=high if fed else None,
                low=low if fed else None,
                prev_close=row.prev_close,
                volume=round(volume, 6),
                amount=round(amount, 2),
                bid=row.bid,
                ask=row.ask,
                phase=phase,
                source="recorded",
            )


def spy() -> Recording:
    """Five days of New York with extended hours: four prices a minute, in a bar's likeliest order."""
    closes = {after.start.date(): before.close for before, after in pairwise(lean.daily("spy"))}
    rows: list[Row] = []
    for day in lean.minutes("spy"):
        close = closes[day[0].start.date()]
        for bar in day:
            start = bar.start.astimezone(UTC)
            rows += _bar(start, (bar.open, bar.high, bar.low, bar.close), float(bar.volume), close)
    return Recording("SPY.US", Kind.FUND, 4, tuple(rows))


def bitcoin() -> Recording:
    """A day of Binance, four prices a minute."""
    (file,) = (DATA / "crypto/lean/binance/minute/btcbusd").glob("*_trade.zip")
    start = datetime.strptime(file.name[:8], "%Y%m%d").replace(tzinfo=UTC)
    rows: list[Row] = []
    with zipfile.ZipFile(file) as archive:
        for ms, *prices, volume in csv.reader(archive.read(archive.namelist()[0]).decode().splitlines()):
            four = tuple(int(Decimal(price) * 10**8) for price in prices)
            rows += _bar(start + timedelta(milliseconds=int(ms)), four, float(volume), None)
    return Recording("BTCBUSD.BINANCE", Kind.COIN, 8, tuple(rows))


def _bar(start: datetime, prices: Sequence[int], volume: float, prev_close: int | None) -> Iterator[Row]:
    opened, high, low, close = prices
    path = (opened, low, high, close) if close > opened else (opened, high, low, close)
    for step, price in enumerate(path):
        yield Row(start + timedelta(seconds=15 * step), price, volume / 4, prev_close)


def minutes(code: str) -> Recording:
    """43 days of a Shanghai or Shenzhen stock or index, one price a minute stamped with its bar's end."""
    (file,) = (DATA / FOLDER).glob(f"minline_{code}_*.csv.gz")
    with gzip.open(file, "rt", encoding="utf-8") as text:
        found = [
            (_local(row["datetime"] + "00") + timedelta(minutes=1), row["price"], row["vol"])
            for row in csv.DictReader(text)
        ]
    is_index = code == "SH000001"
    return _china(code, found, Kind.INDEX if is_index else Kind.STOCK, 8 if is_index else 3)


def ticks(code: str) -> Recording:
    """Two days of 3-second trades."""
    (file,) = (DATA / FOLDER).glob(f"tick_{code}_*.csv.gz")
    with gzip.open(file, "rt", encoding="utf-8") as text:
        found = [(_local(row["datetime"]), row["price"], row["vol"]) for row in csv.DictReader(text)]
    return _china(code, found, Kind.STOCK, 3)


def _local(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI).astimezone(UTC)


def _china(code: str, found: Iterable[tuple[datetime, str, str]], kind: Kind, decimals: int) -> Recording:
    rows: list[Row] = []
    close: int | None = None
    for time, price, lots in found:
        if rows and rows[-1].time.date() != time.date():
            close = rows[-1].price
        whole = int(Decimal(price) * 10**decimals)
        rows.append(Row(time, whole, float(lots) * 100, close))
    return Recording(f"{code[2:]}.{code[:2]}", kind, decimals, tuple(rows))


def trades() -> Recording:
    """Six minutes of every trade on Binance, with the best bid and ask of the moment."""
    (file,) = (DATA / "crypto/hftbacktest").glob("*.jsonl.gz")
    rows: list[Row] = []
    bid = ask = None
    with gzip.open(file, "rt", encoding="utf-8") as text:
        for line in text:
            data = json.loads(line.partition(" ")[2]).get("data", {})
            if data.get("e") == "trade":
                time = datetime.fromtimestamp(data["T"] / 1000, UTC)
                time = max(time, rows[-1].time) if rows else time
                rows.append(Row(time, _fine(data["p"]), float(data["q"]), None, bid, ask))
            elif "b" in data and "B" in data:
                bid, ask = _fine(data["b"]), _fine(data["a"])
    return Recording("BTCUSDT.BINANCE", Kind.COIN, 8, tuple(rows))


def _fine(text: str) -> int:
    return int(Decimal(text) * 10**8)
