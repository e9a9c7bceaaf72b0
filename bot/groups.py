"""The operator's groups file, read again when it changed; what it says stands before any other source."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

from bot import files
from bot.errors import InputError
from bot.reference import Reference

log = logging.getLogger(__name__)
EVERY = timedelta(seconds=5)


def master(file: str) -> Reference:
    """The shipped master with the groups of a file, where one is named; InputError where it has a fault."""
    found = Reference.load()
    if file:
        GroupFile(Path(file), found).load()
    return found


class GroupFile:
    """One file (columns group, name, english, pinyin, members) and the master it is read into."""

    def __init__(self, path: Path, master: Reference) -> None:
        self._path, self._master = path, master
        self._seen: tuple[int, int, int] | None = None  # what the file looked like when it was read

    def load(self) -> None:
        """Read it; InputError names the file, line and column of the first fault, and nothing is taken."""
        self._seen = self._look()
        self._master.replace(str(self._path), files.groups(self._path, self._master.find))

    def refresh(self) -> bool:
        """Read it where it changed; a file with a fault is told once and changes nothing."""
        if self._look() == self._seen:
            return False
        try:
            self.load()
        except InputError as error:
            log.warning("groups stay as they were: %s", error)
            return False
        return True

    async def run(self, stopping: asyncio.Event) -> None:
        """Look at it every few seconds until stopped."""
        while not stopping.is_set():
            self.refresh()
            try:
                async with asyncio.timeout(EVERY.total_seconds()):
                    await stopping.wait()
            except TimeoutError:
                continue

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
