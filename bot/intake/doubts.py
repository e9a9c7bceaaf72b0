"""Quotes that the gate refused, as /why shows them: kept by reason and source, in the store for commands.

A source that is behind says the same thing of everything every few seconds, so a refusal like the one before
is counted, not kept beside it; news is written at the engine's next round, more of the same once a minute.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from bot.store.client import Store
from bot.store.keys import i_key, partition
from handlers.ports import Doubt
from rules.model import Quote

KEPT = 8  # reasons of an instrument
APART = timedelta(minutes=10)  # after which the same reason is news again
AGAIN = timedelta(minutes=1)  # between two writings of what only grew
NAME = "doubts"


class Doubts:
    """What was refused of the instruments somebody listens to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, dict[tuple[str, str], Doubt]] = {}  # by symbol, the newest last
        self._told: dict[str, datetime] = {}  # when each was due last, by receive time
        self._due: set[str] = set()

    def note(self, refused: Iterable[tuple[Quote, str]], received: datetime) -> None:
        """Count each refusal with those like it."""
        for quote, reason in refused:
            kept = self._kept.setdefault(quote.symbol, {})
            known = kept.pop((reason, quote.source), None)
            doubt = _doubt(quote, reason)
            is_news = known is None or abs(quote.time - known.time) > APART
            if known is not None and not is_news:
                doubt = replace(doubt, count=known.count + 1, since=known.since)
            kept[reason, quote.source] = doubt
            if len(kept) > KEPT:
                del kept[next(iter(kept))]
            if is_news or abs(received - self._told[quote.symbol]) >= AGAIN:
                self._told[quote.symbol] = received
                self._due.add(quote.symbol)

    async def publish(self) -> None:
        """Write what is due: one command a partition, one round trip; StoreError leaves it due."""
        fields: defaultdict[int, list[str | bytes]] = defaultdict(list)
        for symbol in self._due:
            fields[partition(symbol)] += (symbol, msgspec.json.encode(list(self._kept[symbol].values())))
        await self._store.calls([("HSET", i_key(number, NAME), *some) for number, some in fields.items()])
        self._due.clear()


def _doubt(quote: Quote, reason: str) -> Doubt:
    return Doubt(
        reason=reason, source=quote.source, price=quote.price, count=1, since=quote.time, time=quote.time
    )


async def read(store: Store, symbol: str) -> Sequence[Doubt]:
    """The stored refusals of an instrument, oldest first."""
    text = await store.call("HGET", i_key(partition(symbol), NAME), symbol)
    return () if text is None else msgspec.json.decode(text, type=tuple[Doubt, ...])
