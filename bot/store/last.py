"""The last quote of each instrument, as commands read it; the engine writes it at most once a second."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from bot.store.client import Store
from bot.store.keys import i_key, partition
from rules.model import Quote


class Last:
    """Satisfies handlers.ports.Quotes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def last(self, symbol: str) -> Quote | None:
        """The stored quote, at most about a second old; None where no feed has brought one."""
        text = await self._store.call("HGET", i_key(partition(symbol), "last"), symbol)
        return None if text is None else msgspec.json.decode(text, type=Quote)

    async def some(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        """The stored quotes of many instruments: one command a partition, one round trip."""
        wanted: defaultdict[int, list[str]] = defaultdict(list)
        for symbol in dict.fromkeys(symbols):
            wanted[partition(symbol)].append(symbol)
        answers = await self._store.calls(
            [("HMGET", i_key(number, "last"), *some) for number, some in wanted.items()]
        )
        return {
            symbol: msgspec.json.decode(text, type=Quote)
            for some, texts in zip(wanted.values(), answers, strict=True)
            for symbol, text in zip(some, texts, strict=True)
            if text is not None
        }

    async def write(self, quotes: Iterable[Quote]) -> None:
        """Replace the stored quotes of these instruments: one command a partition, one round trip."""
        fields: defaultdict[int, list[str | bytes]] = defaultdict(list)
        for quote in quotes:
            fields[partition(quote.symbol)] += (quote.symbol, msgspec.json.encode(quote))
        await self._store.calls([("HSET", i_key(number, "last"), *some) for number, some in fields.items()])
