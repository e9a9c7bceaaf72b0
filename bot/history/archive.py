"""All daily bars in memory: the operator's files where there are some, else the store's, unpacked when asked.

An engine asks while a quote waits, so nothing here waits: the store's bytes are read at start and followed
by `follow`; about 13 bytes a bar stay packed until somebody listens to the instrument.
"""

import logging
from collections.abc import Callable, Mapping, Sequence

from bot.errors import StoreError
from bot.history.folder import Folder
from bot.store.bars import Bars, Filled
from bot.store.packing import unpacked
from rules.model import History

log = logging.getLogger(__name__)


class Archive:
    """History by symbol; satisfies `handlers.ports.Bars`."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._store: Bars | None = None
        self._years: dict[str, dict[str, bytes]] = {}
        self._read: dict[str, History | None] = {}
        self.filled: dict[str, Filled] = {}  # what is known of the store's, by symbol
        self.learned: Callable[[str], None] = lambda _symbol: None  # told of instruments whose bars changed

    async def daily(self, symbol: str) -> History | None:
        """Bars of a symbol, None where nobody has any; InputError where the operator's file is bad."""
        return self.get(symbol)

    def get(self, symbol: str) -> History | None:
        """The same without waiting."""
        return self._folder.get(symbol) or self.stored(symbol)

    def is_own(self, symbol: str) -> bool:
        """Whether the operator's folder has a file of it, which stands before whatever a source says."""
        return self._folder.get(symbol) is not None

    def stored(self, symbol: str) -> History | None:
        """The store's bars; those that cannot be read are as absent as none, with one log line."""
        if symbol not in self._read:
            years = self._years.get(symbol)
            try:
                self._read[symbol] = unpacked(symbol, years) if years else None
            except StoreError as error:
                log.warning("%s; they will be fetched again", error)
                self._read[symbol] = None
        return self._read[symbol]

    async def load(self, store: Bars) -> None:
        """Everything that the store has; StoreError where it is away."""
        self._store = store
        await self.follow()

    async def follow(self) -> None:
        """Read again what another process has written since."""
        if self._store is None:
            return
        found = await self._store.index()
        changed = [symbol for symbol, filled in found.items() if self.filled.get(symbol) != filled]
        years = await self._store.read(changed)
        for symbol in changed:
            self._take(symbol, years.get(symbol, {}), found[symbol])

    async def write(self, symbol: str, bars: History | None, filled: Filled) -> None:
        """Store whole years of bars and what is known of them; memory follows when that is done."""
        if self._store is None:
            raise StoreError("no store is open for bars")
        years = await self._store.write(symbol, bars, filled)
        self._take(symbol, self._years.get(symbol, {}) | dict(years), filled)

    async def miss(self, symbol: str, sources: Sequence[str]) -> None:
        """Note that these sources did not answer for an instrument."""
        if self._store is not None:
            await self._store.miss(symbol, sources)

    def _take(self, symbol: str, years: Mapping[str, bytes], filled: Filled) -> None:
        is_new = self._years.get(symbol) != years
        self.filled[symbol] = filled
        if is_new:
            self._years[symbol] = dict(years)
            self._read.pop(symbol, None)
            self.learned(symbol)
