"""A chat's own lists as groups: its watchlist and the lists it named, which no other chat can reach.

Within the chat they are written `@watchlist` (自选) and `@name`; everywhere else by the full symbol
`@<chat key>/name`, so that the lists of two chats are two instruments.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from re import compile as pattern

from handlers.ports import Master, Ports
from rules.model import Instrument

WATCHLIST = "watchlist"
LISTS = 20  # a chat may name
LISTED = 100  # symbols of a named list
_WATCHLIST = frozenset(
    {
        "@watchlist",
        "watchlist",
        "my watchlist",
        "自选",
        "@自选",
        "自选股",
        "@自选股",
        "我的自选",
        "我的自选股",
    }
)
_NAME = pattern(r"@(?:chat/)?(?P<name>[a-z0-9][a-z0-9-]{0,29})")
_RESERVED = frozenset({WATCHLIST, "chat"})


def symbol_of(chat: str, name: str) -> str:
    """The full symbol of a chat's list."""
    return f"@{chat}/{name}"


def owner_of(symbol: str) -> tuple[str, str]:
    """The chat's key and the list's name behind a full symbol; both empty for any other instrument."""
    chat, slash, name = symbol.removeprefix("@").rpartition("/")
    return (chat, name) if slash and symbol.startswith("@") else ("", "")


def shown(symbol: str) -> str:
    """A symbol as its own chat writes it: `@name` for its lists."""
    _, name = owner_of(symbol)
    return f"@{name}" if name else symbol


def name_in(text: str) -> str:
    """The name of a new list as people write it, `@mine`; empty where it cannot be one."""
    found = _NAME.fullmatch(_plain(text))
    return found["name"] if found and found["name"] not in _RESERVED else ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


@dataclass(frozen=True, slots=True)
class Own:
    """The master as one chat sees it: its own lists before the groups that all share."""

    master: Master
    chat: str
    lists: Mapping[str, Sequence[str]]

    def find(self, text: str) -> Instrument | None:
        """The chat's list of that name, else whatever the text means to everybody."""
        plain = _plain(text).replace(f"@{self.chat}/", "@").replace("@chat/", "@")
        name = WATCHLIST if plain in _WATCHLIST else name_in(plain)
        if name == WATCHLIST or name in self.lists:
            return self.master.get(symbol_of(self.chat, name))
        return self.master.find(text)

    def get(self, symbol: str) -> Instrument:
        """The instrument of a full symbol."""
        return self.master.get(symbol)

    def members(self, group: str) -> Sequence[str]:
        """The instruments of a list, groups left out; of other chats' lists nothing."""
        chat, name = owner_of(group)
        if chat:
            listed = self.lists.get(name, ()) if chat == self.chat else ()
            return tuple(symbol for symbol in listed if not symbol.startswith("@"))
        return self.master.members(group)

    def also(self, symbol: str, text: str) -> Instrument | None:
        """The group that goes by the name by which a text calls an index."""
        return self.master.also(symbol, text)

    def near(self, text: str, count: int = 3) -> Sequence[Instrument]:
        """What may have been meant, of what all share."""
        return self.master.near(text, count)


async def personal(ports: Ports, chat: str) -> Ports:
    """The ports with the master as this chat sees it."""
    lists = await ports.rulebook.lists(chat)
    return replace(ports, master=Own(ports.master, chat, lists))
