"""Fills the store's minute bars of instruments that have rules on them: at once, and after each session.

At once where a rule is new or the engine wished for what nobody knows up to now; and once more when the
minute of the wish is over, since what was traded in it before the engine watched is then known. A hole that
single minutes do not reach over is bridged by longer bars; what lies before an unbridged one goes.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Any

import numpy as np

from bot.errors import FeedError
from bot.history.courtesy import Courtesy
from bot.history.grains import Ask, Grain, Page, regular
from bot.history.intraday import Intraday
from bot.store.minutes import Known
from handlers.ports import Clock
from rules.kept import Kept, inserted, joined
from rules.sessions import Hours
from rules.table import KEPT, gathered, micros, moment_of

log = logging.getLogger(__name__)

MINUTE, NOTHING = timedelta(minutes=1), timedelta()
SETTLE = timedelta(seconds=10)  # after a minute, until sources have its bar as it stays
EVENING = timedelta(minutes=10)  # after a close, until they have the session's last
AGAIN = 60.0  # seconds until an instrument that no source answered for is tried again
IDLE = 3600.0  # likewise one that a source has no bars of
TOGETHER = 10  # instruments between two looks at what is due
DAY = "datetime64[D]"
Sizes = Mapping[str, frozenset[int]]  # symbol -> minutes of the bars that rules speak of


class Refill:
    """Keeps the minutes of the instruments that rules want them of."""

    def __init__(
        self,
        kept: Intraday,
        grains: Sequence[Grain],
        courtesy: Courtesy,
        *,
        hours: Hours,
        clock: Clock,
        wanted: Callable[[], Sizes],
    ) -> None:
        self._kept, self._grains, self._courtesy = kept, tuple(grains), courtesy
        self._hours, self._clock, self._wanted = hours, clock, wanted
        self._now = asyncio.get_running_loop().time
        self._later: dict[str, float] = {}  # instruments that nobody answered for, until when

    async def turn(self) -> None:
        """Fill what is due; StoreError where the store is away."""
        wanted = self._wanted()
        await self._kept.look(wanted)
        # A few at a time: who is newly watched does not wait for the evening's many.
        for symbol in list(islice(self.due(wanted), TOGETHER)):
            await self.fill(symbol, wanted[symbol])

    def due(self, wanted: Sizes) -> Iterator[str]:
        """What is to be asked for now: first what an engine waits for, then evenings' tails."""
        open_ones = [symbol for symbol in wanted if self._may(symbol)]
        urgent = {symbol: None for symbol in open_ones if self._is_awaited(symbol, wanted[symbol])}
        yield from urgent
        yield from (symbol for symbol in open_ones if symbol not in urgent and self._is_behind(symbol))

    def _may(self, symbol: str) -> bool:
        is_late = self._later.get(symbol, 0.0) > self._now()
        return not symbol.startswith("@") and not is_late and any(self._serving(symbol))

    def _serving(self, symbol: str) -> Iterator[Grain]:
        return (one for one in self._grains if one.serves(symbol) and self._courtesy.may(one))

    def _is_awaited(self, symbol: str, sizes: frozenset[int]) -> bool:
        """Whether a rule is new, or the engine asked for what was not known then."""
        known, wish = self._kept.known(symbol), self._kept.wishes.get(symbol)
        if known is None or not sizes.issubset(known.sizes):
            return True
        if wish is None:
            return False
        whole = wish - (wish - moment_of(0)) % MINUTE + MINUTE + SETTLE
        if known.checked >= whole:
            del self._kept.wishes[symbol]
            return False
        return known.checked < wish or self._clock.now() >= whole

    def _is_behind(self, symbol: str) -> bool:
        """Whether a session has ended since the source was asked."""
        known = self._kept.known(symbol)
        return known is not None and known.checked < self._settled(symbol.rpartition(".")[2])

    def _settled(self, market: str) -> datetime:
        """Since when sources have the last session that ended whole."""
        now = self._clock.now()
        day = self._hours.local(market, now).date()
        session = self._hours.on(market, day)
        while session is None or session.close + EVENING > now:
            day = self._hours.previous(market, day)
            session = self._hours.on(market, day)
        return session.close + EVENING

    async def fill(self, symbol: str, sizes: frozenset[int]) -> None:
        """One instrument from the first source that answers; StoreError where the store is away."""
        for grain in list(self._serving(symbol)):
            try:
                await self._from(grain, symbol, sizes)
            except FeedError as error:
                self._courtesy.failed(grain, error)
            else:
                self._courtesy.answered(grain)
                return
        self._later[symbol] = self._now() + AGAIN

    async def _from(self, grain: Grain, symbol: str, sizes: frozenset[int]) -> None:
        known, old, asked = self._kept.known(symbol), self._kept.bars(symbol), self._clock.now()
        page = await self._page(grain, symbol, 1)
        if not len(page.bars.begins) and not grain.window:
            # Suspended for long, delisted, or the answer of a bad moment: it changes nothing.
            self._later[symbol] = self._now() + IDLE
            return
        bars, since, had = page.bars, page.since, frozenset[int]()
        if known is not None and old is not None and not self._missed(old, since):
            bars, had, old = joined(old, bars, since), frozenset(known.sizes), None
        else:
            log.info("fetching minutes of %s from %s", symbol, grain.name)
        for span in sorted({grain.layer(size) for size in sizes - had} - {1}):
            layer = await self._page(grain, symbol, span)
            bars, since = inserted(bars, layer.bars, layer.since, span), min(since, layer.since)
        if old is not None and not self._missed(old, since):
            bars = joined(old, bars, since)
        bars = thinned(bars, self._hours, sorted(grain.layer(size) for size in had | sizes))
        told = Known(
            source=grain.name, checked=asked, until=moment_of(bars.until), sizes=tuple(sorted(had | sizes))
        )
        await self._kept.write(symbol, bars, told)

    def _missed(self, old: Kept, since: int) -> bool:
        """Whether there was trading between what is known and what came."""
        market = old.symbol.rpartition(".")[2]
        return self._hours.elapsed(market, moment_of(old.until), moment_of(since)) > NOTHING

    async def _page(self, grain: Grain, symbol: str, span: int) -> Page:
        """The newest bars of so many minutes that are over, and known to the last full minute."""
        ask = Ask(symbol=symbol, span=span, now=self._clock.now())
        page = grain.page(await self._courtesy.get(grain, grain.path(ask)), ask)
        until = self._until(grain, page.bars, ask.now - SETTLE)
        bars = regular(page.bars.rows(page.bars.ends <= micros(until)), self._hours)
        columns = {name: getattr(bars, name) for name in ("begins", "open", "high", "low", "close", "volume")}
        whole = Kept(symbol=symbol, spans=bars.spans, until=micros(until), **columns)
        return Page(bars=whole, since=page.since)

    def _until(self, grain: Grain, bars: Kept, now: datetime) -> datetime:
        """Up to when the source knows: the last full minute, unless its bar should be there and is not."""
        now -= (now - moment_of(0)) % MINUTE
        last = moment_of(bars.until)
        market = bars.symbol.rpartition(".")[2]
        if grain.is_dense and len(bars.begins) and self._hours.elapsed(market, last, now) > NOTHING:
            return moment_of(int(bars.begins[-1]))  # nor may the newest that it has be whole
        return now


def thinned(bars: Kept, hours: Hours, spans: Sequence[int]) -> Kept:
    """At most `KEPT` bars of each length, to whole days: older ones become longer ones, or go."""
    for span, longer in pairwise((1, *(span for span in spans if span > 1), 0)):
        mine = np.flatnonzero(bars.spans == span)
        if len(mine) <= KEPT:
            continue
        days = bars.begins.astype("datetime64[us]").astype(DAY)
        edge = days[mine[-KEPT]]
        old = bars.rows((days < edge) & (bars.spans == span))
        rest = bars.rows((days >= edge) | (bars.spans != span))
        bars = rest if not longer else _longer(old, rest, hours, longer)
    return bars


def _longer(old: Kept, rest: Kept, hours: Hours, span: int) -> Kept:
    """The old bars as bars of so many minutes, among the rest by their time."""
    table = gathered(old, hours, span * MINUTE, moment_of(old.until))
    opened, high, low, close = table.prices
    made: dict[str, Any] = {
        "begins": table.begins, "open": opened, "high": high, "low": low, "close": close,
        "volume": table.volume, "spans": np.full(len(table), span, np.int64),
    }  # fmt: skip
    columns: dict[str, Any] = {name: np.concatenate((made[name], getattr(rest, name))) for name in made}
    order = np.argsort(columns["begins"], kind="stable")
    ordered = {name: column[order] for name, column in columns.items()}
    return Kept(symbol=rest.symbol, until=rest.until, **ordered)
