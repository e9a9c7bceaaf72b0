"""Fills the store's daily bars from web sources: at once for what is new, each evening its tail.

One request at a time and so many a minute; who is turned away is left alone for longer each time. What a
source does not answer changes nothing: an instrument's bars are written once, whole, or not at all.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice

import numpy as np

from bot.errors import FeedError, SettingsError
from bot.formats.klines import Adjustment
from bot.history.archive import Archive
from bot.history.courtesy import Courtesy
from bot.history.merging import holes, merged, rows
from bot.history.origins import REACH, Origin, Wish
from bot.store.bars import Filled
from handlers.ports import Clock
from rules.model import History
from rules.sessions import Hours

log = logging.getLogger(__name__)

SETTLE = timedelta(minutes=45)  # after a close, until sources have the day's bar as it stays
SOON = timedelta(minutes=1)  # likewise where trading never stops
OVERLAP = timedelta(days=21)  # calendar days asked for again: the seam that factors continue over
FOLLOW = 10.0  # seconds between readings of what other processes wrote
AGAIN = 300.0  # seconds until an instrument that no source answered for is tried again
TOGETHER = 10  # instruments between two looks at what is due
MOST_PAGES = 60
MOST_EMPTY = 2  # pages in a row: more than four years without a trade are the beginning


class Filler:
    """Keeps the archive's bars of the instruments that are wanted."""

    def __init__(
        self,
        archive: Archive,
        origins: Sequence[Origin],
        courtesy: Courtesy,
        *,
        hours: Hours,
        clock: Clock,
        wanted: Callable[[], Iterable[str]],
    ) -> None:
        self._archive, self._origins, self._courtesy = archive, tuple(origins), courtesy
        self._hours, self._clock, self._wanted = hours, clock, wanted
        self._now = asyncio.get_running_loop().time
        self._later: dict[str, float] = {}  # instruments that nobody answered for, until when
        self._followed = self._now()

    async def turn(self) -> None:
        """Take up what other processes wrote, then fill some of what is due; StoreError from the store."""
        if self._now() >= self._followed + FOLLOW:
            self._followed = self._now()
            await self._archive.follow()
        # A few at a time: who is newly watched does not wait for the evening's thousands.
        for symbol in list(islice(self.due(), TOGETHER)):
            await self.fill(symbol)

    def due(self) -> Iterator[str]:
        """What is to be asked for now: first what has no bars, then evenings' tails."""
        wanted = [symbol for symbol in dict.fromkeys(self._wanted()) if self._may(symbol)]
        filled = self._archive.filled
        yield from (symbol for symbol in wanted if symbol not in filled)
        yield from (symbol for symbol in wanted if symbol in filled and self._is_behind(symbol))

    def _may(self, symbol: str) -> bool:
        """Whether a source could answer for it now, and nothing of the operator's stands before it."""
        if symbol.startswith("@") or self._later.get(symbol, 0.0) > self._now():
            return False
        return any(self._serving(symbol)) and not self._archive.is_own(symbol)

    def _serving(self, symbol: str) -> Iterator[Origin]:
        return (one for one in self._origins if one.serves(symbol) and self._courtesy.may(one))

    def _finished(self, symbol: str) -> tuple[date, datetime]:
        """The last session whose bar sources have for good, and since when."""
        market, now = symbol.rpartition(".")[2], self._clock.now()
        day = self._hours.local(market, now).date()
        session = self._hours.on(market, day)
        settle = SOON if session is not None and session.always else SETTLE
        while session is None or session.close + settle > now:
            day = self._hours.previous(market, day)
            session = self._hours.on(market, day)
        return day, session.close + settle

    def _is_behind(self, symbol: str) -> bool:
        return self._archive.filled[symbol].checked < self._finished(symbol)[1]

    async def fill(self, symbol: str) -> None:
        """One instrument from the first source that answers; StoreError where the store is away."""
        origins = list(self._serving(symbol))
        for origin in origins:
            try:
                await self._from(origin, symbol)
            except FeedError as error:
                self._courtesy.failed(origin, error)
            else:
                self._courtesy.answered(origin)
                return
        self._later[symbol] = self._now() + AGAIN
        if origins and symbol not in self._archive.filled:
            await self._archive.miss(symbol, [origin.name for origin in origins])

    async def _from(self, origin: Origin, symbol: str) -> None:
        known, filled = self._archive.stored(symbol), self._archive.filled.get(symbol)
        asked = self._clock.now()
        wish = Wish(symbol=symbol, today=self._hours.local(symbol.rpartition(".")[2], asked).date())
        if known is None or filled is None or not len(known.dates):
            # All of them before any is believed: a record of the last years alone would be none.
            log.info("fetching all daily bars of %s from %s", symbol, origin.name)
            known, part = None, await self._stretch(origin, wish, back_to=date.min)
        else:
            since = self._seam(known, filled)
            part = await self._stretch(origin, replace(wish, since=since), back_to=since)
        day, _ = self._finished(symbol)
        part = rows(part, part.dates <= np.datetime64(day, "D"))
        await self._write(merged(known, part), part, origin.name, asked)

    def _seam(self, known: History, filled: Filled) -> date:
        """From where on it is asked for: the last bar, or a hole that nobody was asked about."""
        missing = holes(known, self._hours)
        last: date = known.dates[-1].item()
        return (min(missing) if len(missing) > filled.holes else last) - OVERLAP

    async def _write(self, bars: History, part: History, source: str, asked: datetime) -> None:
        """The years that a part touched, whole."""
        filled = Filled(
            source=source,
            checked=asked,
            first=bars.dates[0].item() if len(bars.dates) else None,
            last=bars.dates[-1].item() if len(bars.dates) else None,
            days=len(bars.dates),
            holes=len(holes(bars, self._hours)),
        )
        years = bars.dates.astype("datetime64[Y]")
        touched = rows(bars, np.isin(years, part.dates.astype("datetime64[Y]")))
        await self._archive.write(bars.symbol, touched if len(touched.dates) else None, filled)

    async def _stretch(self, origin: Origin, wish: Wish, *, back_to: date) -> History:
        """Raw bars with factors, back to a day or the source's first."""
        raw = await self._pages(origin, wish, back_to=back_to)
        if not origin.adjusts or not len(raw.dates):
            return raw
        first: date = raw.dates[0].item()
        adjusted = await self._pages(origin, wish.adjusted(), back_to=first)
        found = replace(raw, factor=origin.factors(raw, adjusted))
        return rows(found, found.dates >= np.datetime64(wish.since or first, "D"))

    async def _pages(self, origin: Origin, wish: Wish, *, back_to: date) -> History:
        """One page after the other, newest first, until a day or the source's first is reached."""
        found: History | None = None
        empty = 0
        for _ in range(MOST_PAGES):
            page = await self._page(origin, wish)
            found, is_newest = merged(found, page), wish.until is None
            empty = 0 if len(page.dates) else empty + 1
            if not origin.page or empty == MOST_EMPTY or (is_newest and len(page.dates) < origin.page):
                return found
            first: date = page.dates[0].item() if len(page.dates) else (wish.until or wish.today) - REACH
            if first <= back_to:
                return found
            wish = replace(wish, until=first - timedelta(days=1))
        raise FeedError(f"{origin.name}: the bars of {wish.symbol} have no end")

    async def _page(self, origin: Origin, wish: Wish) -> History:
        body = await self._courtesy.get(origin, origin.path(wish))
        found = origin.read(body, wish)
        if found.bars.symbol != wish.symbol:
            raise FeedError(f"{origin.name} answers for {found.bars.symbol} instead of {wish.symbol}")
        if found.adjustment is not Adjustment.RAW and wish.adjustment is Adjustment.RAW:
            raise FeedError(f"{origin.name} adjusts bars that were asked for raw")
        return found.bars


def chosen(text: str, feeds: Sequence[str], origins: Mapping[str, Origin]) -> tuple[Origin, ...]:
    """The sources that a setting names, in order; empty: those among the live feeds; "off": none."""
    names = feeds if not text else [] if text == "off" else [name for name in text.split(",") if name]
    with suppress(KeyError):
        return tuple(origins[name] for name in names if text or name in origins)
    raise SettingsError(f"TICKBELL_KLINES is {text!r}; {', '.join(origins)} or off would fit")
