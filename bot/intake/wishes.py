"""What a connection has subscribed to, and what has been wished for since."""

import logging
from collections.abc import Callable
from time import monotonic

from bot.feed import Context

log = logging.getLogger(__name__)


def code(symbol: str) -> str:
    """A symbol without its market: the name that most sources use."""
    return symbol.rpartition(".")[0]


class Wishes:
    """The source's names of instruments: at most so many a connection, changed while it is open."""

    def __init__(
        self, context: Context, source: str, name: Callable[[str], str], most: int, pause: float = 0.0
    ) -> None:
        self._context, self._source, self._name, self._most = context, source, name, most
        self._pause, self._due = pause, 0.0  # seconds between changes, and when the next may be
        self._is_told = False
        self._seen = tuple(context.symbols)
        self.names: dict[str, None] = self._wanted()

    def changes(self) -> tuple[list[str], list[str]]:
        """Names to subscribe to and to leave; they count as done."""
        wished = None if self._context.wished is None else tuple(self._context.wished())
        now = monotonic()
        if wished is None or wished == self._seen or now < self._due:
            return [], []
        self._seen, self._due = wished, now + self._pause
        old, self.names = self.names, self._wanted()
        added = [name for name in self.names if name not in old]
        return added, [name for name in old if name not in self.names]

    def _wanted(self) -> dict[str, None]:
        names = dict.fromkeys(map(self._name, self._seen))
        if len(names) > self._most and not self._is_told:
            self._is_told = True
            log.warning("%s: %d symbols beyond %d a connection", self._source, len(names), self._most)
        return dict.fromkeys(list(names)[: self._most])
