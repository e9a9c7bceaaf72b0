"""Minute bars in memory for the engine, as the store has them; and which of them the engine wished for.

An engine asks while a quote waits, so nothing here waits. What it asks for and nobody can say up to now is
noted as a wish: a rule is new, the engine or a feed was away. `bot.history.refill` sees to it.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.errors import StoreError
from bot.store.minutes import Held, Known, MinuteBars
from handlers.ports import Clock
from rules.kept import Kept
from rules.sessions import Hours

log = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
RECENT = 64  # instruments whose bars stay unpacked, about 100 to 300 kB each


class Intraday:
    """Kept minutes by symbol."""

    def __init__(self, hours: Hours, clock: Clock) -> None:
        self._hours, self._clock = hours, clock
        self._store: MinuteBars | None = None
        self._held: dict[str, Held] = {}
        self._recent: dict[str, Kept] = {}  # unpacked; the rest stays packed
        self._looked: set[str] = set()  # instruments that the store was asked about
        self._is_telling = False
        self.wishes: dict[str, datetime] = {}  # when an engine asked for what is not known up to then
        self.refilled: Callable[[str], None] = lambda _symbol: None  # told of instruments whose bars changed

    def get(self, symbol: str) -> Kept | None:
        """What is known of an instrument, None for nothing; a wish where it does not reach up to now."""
        held = self._held.get(symbol)
        if not self._is_telling and (held is None or self._lacks(symbol, held.known)):
            self.wishes[symbol] = self._clock.now()
        return self.bars(symbol)

    def known(self, symbol: str) -> Known | None:
        """What is known of an instrument's minutes."""
        held = self._held.get(symbol)
        return None if held is None else held.known

    def bars(self, symbol: str) -> Kept | None:
        """The bars themselves, for whoever adds to them."""
        held = self._held.get(symbol)
        if held is None:
            return None
        found = self._recent.get(symbol)
        if found is None:
            found = held.bars(symbol)
            self._remember(symbol, found)
        return found

    def _remember(self, symbol: str, bars: Kept) -> None:
        """Several series of an instrument ask one after the other."""
        self._recent.pop(symbol, None)
        self._recent[symbol] = bars
        if len(self._recent) > RECENT:
            del self._recent[next(iter(self._recent))]

    def _lacks(self, symbol: str, known: Known) -> bool:
        """Whether a minute of trading or more has passed since what is known."""
        market, now = symbol.rpartition(".")[2], self._clock.now()
        return self._hours.elapsed(market, known.until, now) >= MINUTE

    async def load(self, store: MinuteBars, symbols: Iterable[str]) -> None:
        """Read what the store has of these; StoreError where it is away. Unreadable bytes are as absent."""
        self._store = store
        await self.look(symbols)

    async def look(self, symbols: Iterable[str]) -> None:
        """Read those that were not read yet."""
        new = [symbol for symbol in symbols if symbol not in self._looked]
        if self._store is None or not new:
            return
        found = await self._store.read(new)
        self._looked.update(new)
        for symbol, held in found.items():
            try:
                self._take(symbol, held, held.bars(symbol))
            except StoreError as error:
                log.warning("%s; they will be fetched again", error)

    async def write(self, symbol: str, bars: Kept, known: Known) -> None:
        """Store what is kept of an instrument from now on; memory and the engine follow when that is done."""
        if self._store is None:
            raise StoreError("no store is open for minutes")
        held = await self._store.write(symbol, bars, known, self._held.get(symbol))
        self._take(symbol, held, bars)

    def _take(self, symbol: str, held: Held, bars: Kept) -> None:
        self._held[symbol] = held
        self._remember(symbol, bars)
        self._is_telling = True
        try:
            self.refilled(symbol)
        finally:
            self._is_telling = False
