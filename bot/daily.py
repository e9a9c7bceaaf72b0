"""The UTC day of Binance pairs from their daily k-lines: asked for, wrapped with symbol and time, read."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from bot.errors import FeedError
from bot.feed import Context, Payload, RefusedError, fetch
from bot.numeral import NumeralError, figure, price
from rules.model import INDEX_DECIMALS, OffGridError, Quote

log = logging.getLogger(__name__)

TOGETHER = 8  # asked for at once; weight 2 each of 6000 a minute
DAY, MILLISECOND = timedelta(days=1), timedelta(milliseconds=1)
SLACK = timedelta(seconds=2)  # after midnight, until the new day's k-line exists
AGAIN, BANNED = timedelta(minutes=1), timedelta(minutes=2)  # after an answer that failed, or a refusal
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 1 << 43  # milliseconds: no time beyond the year 2248 is meant
OPEN_TIME, OPEN, CLOSE, VOLUME, AMOUNT = 0, 1, 4, 5, 7
Row: TypeAlias = list[int | str]


def moment(milliseconds: int) -> datetime:
    """Binance's time as UTC; OverflowError where it cannot be one."""
    if not 0 < milliseconds < LATEST:
        raise OverflowError(milliseconds)
    return EPOCH + milliseconds * MILLISECOND


def quote(name: str, milliseconds: int, rows: Sequence[Row]) -> Quote | None:
    """The day so far from the k-lines of yesterday and today; None where today has none yet."""
    time = moment(milliseconds)
    today = (time - EPOCH) // DAY * (DAY // MILLISECOND)
    days = {row[OPEN_TIME]: row for row in rows if len(row) > AMOUNT}
    row, before = days.get(today), days.get(today - DAY // MILLISECOND)
    if row is None:
        return None
    symbol = f"{name}.BINANCE"
    try:
        opened, high, low, close = (price(str(cell), INDEX_DECIMALS) for cell in row[OPEN : CLOSE + 1])
        return Quote(
            symbol=symbol,
            time=time,
            price=close,
            open=opened,
            high=high,
            low=low,
            prev_close=price(str(before[CLOSE]), INDEX_DECIMALS) if before else None,
            volume=figure(str(row[VOLUME])),
            amount=figure(str(row[AMOUNT])),
            source="binance",
        )
    except (NumeralError, OffGridError):
        return Quote(symbol=symbol, time=time, price=None, source="binance", flaw="unreadable")


async def snapshots(context: Context, names: Sequence[str]) -> tuple[list[Payload], datetime]:
    """The day of every pair as far as it could be had, and when to ask again; trades go on meanwhile."""
    found: list[Payload] = []
    now = context.now()
    for start in range(0, len(names), TOGETHER):
        answers = await asyncio.gather(*(_ask(context, name) for name in names[start : start + TOGETHER]))
        found += [answer for answer in answers if isinstance(answer, Payload)]
        failed = [answer for answer in answers if isinstance(answer, FeedError)]
        if failed:
            log.warning("binance: no daily figures: %s", failed[0])
            return found, now + _patience(failed[0])
    return found, now.replace(hour=0, minute=0, second=0, microsecond=0) + DAY + SLACK


def _patience(error: FeedError) -> timedelta:
    return (error.after or BANNED) if isinstance(error, RefusedError) else AGAIN


async def _ask(context: Context, name: str) -> Payload | FeedError:
    """The k-lines of one pair, stamped with the server's time: ours may run ahead of its trades."""
    try:
        url = f"{context.urls['rest']}/api/v3/klines?symbol={name}&interval=1d&limit=2"
        answer = await fetch(context.http, url)
    except FeedError as error:
        return error
    received = context.now()
    head = f'{{"snapshot":"{name}","time":{((answer.date or received) - EPOCH) // MILLISECOND},"klines":'
    return Payload(data=head.encode() + answer.body + b"}", received=received)
