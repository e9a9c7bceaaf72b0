"""Chats' own lists as groups, for engines: the store alone knows who is on them."""

from collections.abc import Iterable

from bot.master.reference import Group
from bot.store.chatkeys import chat_key
from bot.store.client import Store
from handlers.lists import WATCHLIST, owner_of

SOURCE = "chat"


def is_list(symbol: str) -> bool:
    """Whether a symbol is a chat's own list."""
    return bool(owner_of(symbol)[0])


async def read(store: Store, symbols: Iterable[str]) -> list[Group]:
    """The lists of these full symbols with the members they have now; one that is empty has none."""
    wanted = sorted(set(symbols))
    owners = [owner_of(symbol) for symbol in wanted]
    answers = await store.calls(
        [
            ("ZRANGE", chat_key(chat, "watch" if name == WATCHLIST else "lists"), 0, -1)
            for chat, name in owners
        ]
    )
    return [
        Group(symbol=symbol, members=_members(name, answer), source=SOURCE)
        for symbol, (_, name), answer in zip(wanted, owners, answers, strict=True)
    ]


def _members(name: str, answer: Iterable[bytes]) -> tuple[str, ...]:
    """The watchlist holds symbols, the other lists of a chat together `name symbol`."""
    entries = [entry.decode() for entry in answer]
    if name == WATCHLIST:
        return tuple(entries)
    pairs = (entry.split(" ") for entry in entries)
    return tuple(symbol for listed, symbol in pairs if listed == name)
