"""Candles of coin exchanges and of Alpaca as rows: pure readers, each label the UTC moment of a beginning.

By the sources' REST documentation.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec

from bot.errors import FeedError
from bot.formats.candles import Row
from bot.formats.coins import Candle, candle

BINANCE, OKX_SPOT, OKX_CONTRACT = (0, 1, 2, 3, 4, 5, 7), (0, 1, 2, 3, 4, 5, 7), (0, 1, 2, 3, 4, 6, 7)
EPOCH, MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
FAULTS = (msgspec.MsgspecError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError)
# An answer's rows, the instrument given by its code, since most answers do not name it.
Read: TypeAlias = Callable[[bytes, str], list[Row]]


def _reading(source: str, read: Read, body: bytes, code: str) -> list[Row]:
    """The rows, whatever goes wrong in between a FeedError."""
    try:
        return read(body, code)
    except (*FAULTS, RecursionError) as error:
        raise FeedError(f"{source}: these are no candles: {body[:40]!r}") from error


def binance(body: bytes, code: str) -> list[Row]:
    """`klines`: an array of arrays, oldest first."""
    return _reading("binance", lambda found, _: _rows(msgspec.json.decode(found), BINANCE), body, code)


def okx(body: bytes, code: str) -> list[Row]:
    """`candles` or `history-candles`: newest first; volume in coins is elsewhere for contracts."""
    places = OKX_CONTRACT if code.count("-") > 1 else OKX_SPOT

    def read(found: bytes, _: str) -> list[Row]:
        answer = msgspec.json.decode(found)
        if answer["code"] != "0":
            raise ValueError(answer["msg"])
        return _rows(answer["data"], places)

    return _reading("okx", read, body, code)


def coinbase(body: bytes, code: str) -> list[Row]:
    """`candles`: newest first, starts in seconds; a span without a match has none."""

    def read(found: bytes, _: str) -> list[Row]:
        names = ("open", "high", "low", "close", "volume")
        return [
            row_of(Candle(int(one["start"]) * 1000, *(str(one[name]) for name in names)))
            for one in msgspec.json.decode(found)["candles"]
        ]

    return _reading("coinbase", read, body, code)


def alpaca(body: bytes, code: str) -> list[Row]:
    """`bars` of one stock; null where it had none in the span."""

    def read(found: bytes, ticker: str) -> list[Row]:
        bars = msgspec.json.decode(found)["bars"] or {}
        return [_bar(one) for one in bars.get(ticker) or ()]

    return _reading("alpaca", read, body, code)


def _bar(one: dict[str, Any]) -> Row:
    begin = datetime.fromisoformat(one["t"])
    opened, high, low, close, volume = (_text(one[name]) for name in "ohlcv")
    label = f"{begin.astimezone(UTC):%Y%m%d%H%M%S}"
    return Row(label=label, open=opened, high=high, low=low, close=close, volume=volume)


def row_of(one: Candle) -> Row:
    """A candle as a row; `coins.Candle` has its start in milliseconds."""
    begin = EPOCH + one.start * MILLISECOND
    return Row(
        label=f"{begin:%Y%m%d%H%M%S}",
        open=one.open,
        high=one.high,
        low=one.low,
        close=one.close,
        volume=one.volume,
    )


def _rows(found: Iterable[Sequence[object]], places: Sequence[int]) -> list[Row]:
    return [row_of(candle(one, places)) for one in found]


def _text(number: float) -> str:
    """As short as it reads and never with an exponent."""
    return f"{Decimal(repr(number)):f}"
