"""When polled sources are asked: often while a wanted market is at work, seldom while nothing can change.

Each list carries one index of every market it names: a lone quiet stock then never looks like a dead source.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType

from bot.master.calendar import hours
from rules.model import Phase
from rules.sessions import Hours

POLL, IDLE = 3.0, 30.0  # seconds between rounds: exchanges print every 3 s; at most, while markets rest
GROWTH = 1.5
AHEAD = timedelta(seconds=IDLE + 5)  # a market about to open is at work
REST = frozenset({Phase.CLOSED, Phase.BREAK})
PULSES = MappingProxyType({**dict.fromkeys(("SH", "SZ", "BJ"), "000001.SH"), "HK": "HSI.HK", "US": "SPX.US"})


def pause(symbols: Iterable[str], now: datetime, quiet: int, poll: float = POLL) -> float:
    """Seconds between two rounds; `quiet` counts the rounds in a row that brought nothing new."""
    markets = {symbol.rpartition(".")[2] for symbol in symbols}
    table = _hours()
    moments = (now, now + AHEAD)
    if any(table.phase(market, moment) not in REST for market in markets for moment in moments):
        return poll
    return min(poll * GROWTH ** min(quiet, 10), max(poll, IDLE))


def pulsed(symbols: Sequence[str]) -> list[str]:
    """The symbols, and of each of their markets one index that moves whenever the market does."""
    markets = {symbol.rpartition(".")[2] for symbol in symbols}
    return list(dict.fromkeys((*symbols, *(PULSES[market] for market in PULSES if market in markets))))


@cache
def _hours() -> Hours:
    return hours()
