"""What a recorded answer holds beside quotes, in sentences: k-lines, minutes, states, flows, refusals.

`decode` prints these where an answer has no quotes, and on stderr where it has both; nothing live reads them.
"""

from collections.abc import Callable
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.errors import FeedError
from bot.formats import anomalies, boards, flows, klines, minutes, sinajs
from bot.formats.klines import Adjustment, Klines
from bot.formats.minutes import Minutes
from bot.formats.standing import standings
from bot.master.calendar import zone

Reader: TypeAlias = Callable[[bytes], list[str]]
UNDATED = date(1970, 1, 1)  # anomalies tell a time of day alone
EXCHANGES = frozenset({"SH", "SZ", "BJ", "HK", "US"})
NOBODY = "000000.SZ"
CLOCK = ZoneInfo("Asia/Shanghai")
MANNERS = MappingProxyType(
    {
        Adjustment.RAW: "raw",
        Adjustment.FORWARD: "adjusted to today's price (qfq)",
        Adjustment.BACKWARD: "adjusted to the first price (hfq)",
    }
)
REFUSALS = MappingProxyType(
    {
        sinajs.KINSOKU: "sina's answer to a request without its Referer (HTTP 403)",
        sinajs.REFUSAL: "sina refuses the whole list: ask for fewer symbols at a time",
    }
)


def sentences(feed: str, payload: bytes) -> list[str]:
    """What an answer of a feed holds beside quotes, each thing a sentence; empty for what is not known."""
    found: list[str] = []
    for reader in READERS.get(feed, ()):
        try:
            found += reader(payload)
        except FeedError:
            continue
    return found


def _daily(found: Klines, manner: str) -> list[str]:
    bars = found.bars
    count = len(bars.dates)
    if not count:
        raise FeedError("no daily bars")
    span = f"{bars.dates[0]}" if count == 1 else f"{bars.dates[0]} to {bars.dates[-1]}"
    return [f"{_plural(count, 'daily bar')} of {bars.symbol}, {manner}, {span}" + _skipped(found.skipped)]


def _minutes(found: Minutes) -> list[str]:
    count = len(found.ends)
    if not count:
        raise FeedError("no minutes")
    local = ZoneInfo(zone(found.symbol.rpartition(".")[2]))
    first, last = (
        datetime.fromisoformat(f"{found.ends[place]}+00:00").astimezone(local) for place in (0, -1)
    )
    return [
        f"{_plural(count, 'minute')} of {found.symbol}, {first:%Y-%m-%d %H:%M} to {last:%H:%M}, "
        f"{found.volume.sum():.0f} shares" + _skipped(found.skipped)
    ]


def _tencent_days(payload: bytes) -> list[str]:
    found = klines.tencent(payload)
    return _daily(found, MANNERS[found.adjustment])


def _states(payload: bytes) -> list[str]:
    found = standings(payload)
    parts = ", ".join(f"{one.market} {one.text}" for one in found.markets if one.market in EXCHANGES)
    return [f"states of markets at {found.time.astimezone(CLOCK):%Y-%m-%d %H:%M:%S}: {parts}"]


def _anomalies(payload: bytes) -> list[str]:
    found = anomalies.read(payload, UNDATED)
    return [
        f"{one.time.astimezone(CLOCK):%H:%M:%S} {one.symbol} {one.name}: {one.words[0]} ({one.words[1]}), "
        f"figures {', '.join(f'{figure:g}' for figure in one.figures)}"
        for one in found.rows
    ] + [f"{found.total} anomalies in all, {len(found.rows)} of them here" + _skipped(found.skipped)]


def _flows(payload: bytes) -> list[str]:
    found = flows.read(payload)
    if not found.flows:
        raise FeedError("eastmoney: no flows")
    return [f"net inflow of {found.symbol}: {found.inflow:.0f} yuan so far ({found.definition})"]


def _boards(payload: bytes) -> list[str]:
    return [
        f"board {board.symbol} {board.name}: {board.advancers} up, {board.decliners} down"
        for board in boards.read(payload)
    ]


def _refusal(payload: bytes) -> list[str]:
    return [words for mark, words in REFUSALS.items() if mark in payload]


def _sina_bars(payload: bytes) -> list[str]:
    """Its bars do not say whose they are."""
    daily, minute = klines.sina(payload, NOBODY), minutes.sina(payload, NOBODY)
    words = _plural(len(daily.bars.dates), "daily bar"), _plural(len(minute.ends), "minute")
    return [f"{word} of an instrument that the answer does not name" for word in words if word[0] != "0"]


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _skipped(count: int) -> str:
    return f"; {_plural(count, 'row')} could not be read" if count else ""


READERS: MappingProxyType[str, tuple[Reader, ...]] = MappingProxyType(
    {
        "tencent": (
            _tencent_days,
            lambda payload: _minutes(minutes.tencent(payload)),
            lambda payload: _minutes(minutes.tencent_bars(payload)),
            _states,
        ),
        "sina": (_refusal, _sina_bars),
        "eastmoney": (
            lambda payload: _minutes(minutes.eastmoney(payload)),
            lambda payload: _daily(
                klines.eastmoney(payload, Adjustment.RAW), "raw or adjusted, as asked for"
            ),
            _anomalies,
            _flows,
            _boards,
        ),
    }
)
