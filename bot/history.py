"""Daily bars from a folder of `<symbol>.csv` files, read once each."""

import re
from collections.abc import Callable
from pathlib import Path

from bot import files
from rules.model import History, Instrument

_PLAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")  # a symbol that is a file's name and no path


class Folder:
    """History by symbol; satisfies `handlers.ports.Bars`."""

    def __init__(self, path: Path, instrument: Callable[[str], Instrument]) -> None:
        self._path = path
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
            self._read[symbol] = files.history(file, self._instrument(symbol)) if known else None
        return self._read[symbol]

    def forget(self) -> None:
        """Read files again at the next question, as after a session's close."""
        self._read.clear()
