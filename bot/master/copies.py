"""The lists in a data folder that the schedule keeps up to date: read at start, and again where they changed.

Without a network the last copy serves; a process that does not take them itself follows who does.
"""

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.files import lists
from bot.master import roll, sectors
from bot.master.reference import Reference

EVERY = timedelta(seconds=10)


class Copies:
    """The list of instruments and the boards of one data folder, and the master they are read into."""

    def __init__(self, folder: Path, master: Reference) -> None:
        self._folder, self._master = folder, master
        self._readers = {roll.FILE: self._enroll, sectors.FILE: self._regroup}
        self._seen: dict[str, tuple[int, int, int]] = {}  # what each file looked like when it was read

    def refresh(self) -> bool:
        """Read what changed since; whether anything had."""
        changed = [name for name in self._readers if self._look(name) != self._seen.get(name)]
        for name in changed:
            if looks := self._look(name):
                self._seen[name] = looks
                self._readers[name]()
        return bool(changed)

    async def run(self, stopping: asyncio.Event) -> None:
        """Look every few seconds until stopped."""
        await lists.follow(self.refresh, EVERY, stopping)

    def _enroll(self) -> None:
        self._master.enroll(roll.read(self._folder))

    def _regroup(self) -> None:
        """A copy that cannot be read takes nothing away."""
        if found := sectors.read(self._folder):
            self._master.replace(sectors.SOURCE, found)

    def _look(self, name: str) -> tuple[int, int, int] | None:
        return lists.looks(self._folder / name)
