"""Where bars of minutes are asked for: what each source serves, how much at a time, and how it is asked.

Sources of Chinese shares label a bar by its end and serve so many newest ones; a minute that ended at 9:30 is
the opening auction, which becomes part of the first. The others label by the beginning.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np

from bot.errors import FeedError
from bot.formats import exchanges, klines, minutes
from bot.formats.candles import Columns, Row, columns
from bot.formats.gtimg import key_of
from bot.formats.klines import Adjustment
from bot.history.origins import CHINA
from bot.intake.wishes import code
from rules.kept import COLUMNS, MINUTE, Kept
from rules.sessions import Hours
from rules.table import micros, moment_of

LENGTHS = (1, 5, 15, 30, 60)
DIGITS = MappingProxyType({span: str(span) for span in LENGTHS})
BINANCE = MappingProxyType({1: "1m", 5: "5m", 15: "15m", 30: "30m", 60: "1h"})
OKX = MappingProxyType({**BINANCE, 60: "1H"})
CODES = ("ONE_MINUTE", "FIVE_MINUTE", "FIFTEEN_MINUTE", "THIRTY_MINUTE", "ONE_HOUR")
WINDOW = 340  # bars of Coinbase's at a time, of 350
MOST = 1500  # bars asked for where a source serves more
ALPACA = 7 * 1440  # bars round the clock, of which a stock has less than half


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The newest bars of so many minutes of an instrument, as of a moment."""

    symbol: str
    span: int
    now: datetime

    def ago(self, count: int) -> datetime:
        """When the bar so many before the running one began, counted round the clock."""
        length = timedelta(minutes=self.span)
        return self.now - (self.now - moment_of(0)) % length - count * length


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came: bars, and since when none is missing."""

    bars: Kept
    since: int  # microseconds since 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class Grain:
    """One source of minute bars; see `bot.history.courtesy.Site`."""

    name: str
    place: str
    markets: frozenset[str]
    spans: Mapping[int, str]  # minutes of a bar -> what the source calls it
    path: Callable[[Ask], str]
    read: Callable[[bytes, Ask], Kept]
    window: int = 0  # bars in a span of time that is asked for; 0: so many newest ones
    is_dense: bool = (
        False  # has a bar of every minute, traded or not: where its newest ends, it knows no more
    )
    headers: Mapping[str, str] = field(default_factory=dict)

    def serves(self, symbol: str) -> bool:
        """Whether it has bars of this market."""
        return symbol.rpartition(".")[2] in self.markets

    def layer(self, size: int) -> int:
        """Minutes of the longest bars it has that bars of a size can be made of."""
        return max(span for span in self.spans if size % span == 0)

    def page(self, body: bytes, ask: Ask) -> Page:
        """An answer's bars; without any, none since now. FeedError where it is none, or another's."""
        found = self.read(body, ask)
        if found.symbol != ask.symbol:
            raise FeedError(f"{self.name} answers for {found.symbol} instead of {ask.symbol}")
        if self.window:
            return Page(bars=found, since=micros(ask.ago(self.window)))
        return Page(bars=found, since=int(found.begins[0]) if len(found.begins) else micros(ask.now))


def kept(symbol: str, found: Mapping[str, Any], span: int) -> Kept:
    """Columns as bars of so many minutes, known up to the end of the newest."""
    begins = found["begins"]
    until = int(begins[-1]) + span * MINUTE if len(begins) else 0
    return Kept(symbol=symbol, spans=np.full(len(begins), span, np.int64), until=until, **found)


def _ended(found: minutes.Minutes, ask: Ask) -> Kept:
    """Bars that were labelled by their end."""
    begins = found.ends.astype("datetime64[us]").astype(np.int64) - ask.span * MINUTE
    prices = {name: getattr(found, name) for name in ("open", "high", "low", "close", "volume")}
    bars = kept(found.symbol, {"begins": begins, **prices}, ask.span)
    return _with_auctions(bars) if ask.span == 1 else bars


def _with_auctions(bars: Kept) -> Kept:
    """The minute that ended with the opening auction, 9:29 to 9:30 in Shanghai, as part of the first."""
    auctions = np.flatnonzero(bars.begins % (1440 * MINUTE) == (89 * MINUTE))
    table: dict[str, Any] = {name: getattr(bars, name).copy() for name in COLUMNS}
    for place in auctions.tolist():
        after = place + 1
        if after == len(bars.begins) or bars.begins[after] != bars.begins[place] + MINUTE:
            continue  # nothing came since: the minute stands for the first
        table["open"][after] = table["open"][place]
        table["high"][after] = max(table["high"][place], table["high"][after])
        table["low"][after] = min(table["low"][place], table["low"][after])
        table["volume"][after] += table["volume"][place]
    begun = np.isin(table["begins"] + MINUTE, table["begins"])
    first = np.zeros(len(bars.begins), np.bool_)
    first[auctions] = True
    table["begins"][first & ~begun] += MINUTE
    found = replace(bars, **{name: table[name] for name in COLUMNS})
    return found.rows(~(first & begun))


def _begun(symbol: str, rows: list[Row], ask: Ask) -> Kept:
    """Rows that are labelled by their beginning, in UTC."""
    found: Columns = columns(symbol, rows, usual=1, is_timed=True)
    stamps = [label.replace(tzinfo=UTC) for label in found.labels]
    begins = np.array([micros(stamp) for stamp in stamps], np.int64)
    prices = {name: getattr(found, name) for name in ("open", "high", "low", "close", "volume")}
    return kept(symbol, {"begins": begins, **prices}, ask.span)


def _coins(read: exchanges.Read) -> Callable[[bytes, Ask], Kept]:
    return lambda body, ask: _begun(ask.symbol, read(body, code(ask.symbol)), ask)


def _sina_path(ask: Ask) -> str:
    name, _, market = ask.symbol.rpartition(".")
    return (
        "/cn/api/jsonp_v2.php/=/CN_MarketDataService.getKLineData"
        f"?symbol={market.lower()}{name}&scale={ask.span}&ma=no&datalen={MOST}"
    )


def _eastmoney_path(ask: Ask) -> str:
    path = klines.eastmoney_path(ask.symbol, Adjustment.RAW)
    return path.replace("&klt=101&", f"&klt={ask.span}&") + f"&lmt={MOST}"


def _coinbase_path(ask: Ask) -> str:
    start, end = (int(one.timestamp()) for one in (ask.ago(WINDOW), ask.now))
    name = COINBASE[ask.span]
    path = f"/api/v3/brokerage/market/products/{code(ask.symbol)}/candles"
    return f"{path}?granularity={name}&start={start}&end={end}&limit=350"


def _alpaca_path(ask: Ask) -> str:
    start = f"{ask.ago(ALPACA):%Y-%m-%dT%H:%M:%SZ}"
    return (
        f"/v2/stocks/bars?symbols={code(ask.symbol)}&timeframe={ask.span}Min&adjustment=raw"
        f"&sort=desc&limit=10000&start={start}"
    )


def regular(bars: Kept, hours: Hours) -> Kept:
    """The bars within sessions: extended hours make no bars of ours."""
    market, which = bars.symbol.rpartition(".")[2], np.zeros(len(bars.begins), np.bool_)
    for day in np.unique(bars.begins.astype("datetime64[us]").astype("datetime64[D]")):
        session = hours.on(market, day.item())
        if session is not None:
            which |= (bars.begins >= micros(session.open)) & (bars.begins < micros(session.due))
    return bars.rows(which)


COINBASE = dict(zip(LENGTHS, CODES, strict=True))
GRAINS: Mapping[str, Grain] = MappingProxyType(
    {
        grain.name: grain
        for grain in (
            Grain(
                name="tencent",
                place="minutes",
                markets=CHINA,
                spans=DIGITS,
                path=lambda ask: f"/appstock/app/kline/mkline?param={key_of(ask.symbol)},m{ask.span},,320",
                read=lambda body, ask: _ended(minutes.tencent_bars(body), ask),
                is_dense=True,
                headers={"Referer": "https://gu.qq.com/"},
            ),
            Grain(
                name="eastmoney",
                place="klines",
                markets=CHINA,
                spans=DIGITS,
                path=_eastmoney_path,
                read=lambda body, ask: _ended(minutes.eastmoney(body), ask),
                is_dense=True,
                headers={"Referer": "https://quote.eastmoney.com/", "User-Agent": "Mozilla/5.0"},
            ),
            Grain(
                name="sina",
                place="minutes",
                markets=CHINA,
                spans=DIGITS,
                path=_sina_path,
                read=lambda body, ask: _ended(minutes.sina(body, ask.symbol), ask),
                is_dense=True,
                headers={"Referer": "https://finance.sina.com.cn/"},
            ),
            Grain(
                name="binance",
                place="rest",
                markets=frozenset({"BINANCE"}),
                spans=BINANCE,
                path=lambda ask: (
                    f"/api/v3/klines?symbol={code(ask.symbol)}&interval={BINANCE[ask.span]}&limit=1000"
                ),
                read=_coins(exchanges.binance),
                is_dense=True,
            ),
            Grain(
                name="okx",
                place="rest",
                markets=frozenset({"OKX"}),
                spans=OKX,
                path=lambda ask: (
                    f"/api/v5/market/candles?instId={code(ask.symbol)}&bar={OKX[ask.span]}&limit=300"
                ),
                read=_coins(exchanges.okx),
                is_dense=True,
            ),
            Grain(
                name="coinbase",
                place="rest",
                markets=frozenset({"COINBASE"}),
                spans=COINBASE,
                path=_coinbase_path,
                read=_coins(exchanges.coinbase),
                window=WINDOW,
            ),
            Grain(
                name="alpaca",
                place="rest",
                markets=frozenset({"US"}),
                # Its hours begin at full ones, New York's first bar at 9:30: hours are made of half ones.
                spans={1: "1Min", 5: "5Min", 15: "15Min", 30: "30Min"},
                path=_alpaca_path,
                read=_coins(exchanges.alpaca),
                window=ALPACA,
            ),
        )
    }
)
