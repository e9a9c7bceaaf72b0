"""Daily bars from a folder of `<symbol>.csv` files, read once each."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot.files import history
from rules.adjust import RATIO
from rules.model import History, Instrument

_PLAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")  # a symbol that is a file's name and no path


class Folder:
    """History by symbol; satisfies `handlers.ports.Bars`.

    Under the affine convention a file without `a` and `b` is adjusted by ratio all the same, which every
    value made of it says.
    """

    def __init__(
        self, path: Path, instrument: Callable[[str], Instrument], *, convention: str = RATIO
    ) -> None:
        self._path = path
        self._convention = convention
        self._instrument = instrument
        self._read: dict[str, History | None] = {}

    async def daily(self, symbol: str) -> History | None:
        """Bars of a symbol, None where the folder has no file of it; InputError where the file is bad."""
        return self.get(symbol)

    def get(self, symbol: str) -> History | None:
        """The same without waiting."""
        if symbol not in self._read:
            file = self._path / f"{symbol}.csv"
            known = _PLAIN.fullmatch(symbol) and file.is_file()
            found = history.read(file, self._instrument(symbol)) if known else None
            if found is not None and self._convention == RATIO:
                found = replace(found, gain=None, shift=None)
            self._read[symbol] = found
        return self._read[symbol]

    def forget(self) -> None:
        """Read files again at the next question, as after a session's close."""
        self._read.clear()
