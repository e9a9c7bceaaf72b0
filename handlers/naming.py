"""Named lists: `/watch @mine 300308 300502` puts symbols on a list, /unwatch takes them off.

A list arms nothing by itself: it is a group to ask conditions of.
"""

from collections.abc import Mapping, Sequence

from handlers.command import Effect, Language, Reply, Request, SetWatch
from handlers.lists import LISTED, LISTS, WATCHLIST, name_in, symbol_of
from handlers.ports import Ports
from handlers.reply import Html, bold, code, join, say
from handlers.rows import unknown
from handlers.symbols import Found, find
from handlers.watching import unwatch
from handlers.wording import name as called
from rules.model import Kind

NAMED = 10  # members that a row names


def split(ports: Ports, chat: str, lists: Mapping[str, Sequence[str]], text: str) -> tuple[str, str]:
    """The name of the chat's list that a text begins with and what follows; no name where it is a group."""
    first, *rest = text.split(maxsplit=1)
    name = name_in(first.replace(f"@{chat}/", "@"))
    is_group = name not in lists and ports.master.find(first) is not None
    return ("", text) if is_group or not name else (name, "".join(rest))


async def put(request: Request, ports: Ports, name: str, text: str) -> Reply:
    """Put symbols on a list, made where it is missing."""
    language = request.language
    lists = await ports.rulebook.lists(request.chat)
    found = find(ports.master, text)
    groups = [one for one in found.instruments if one.kind is Kind.GROUP]
    fresh = [one.symbol for one in found.instruments if one.kind is not Kind.GROUP]
    have = list(lists.get(name, ()))
    members = list(dict.fromkeys((*have, *fresh)))
    if len(members) > LISTED:
        return Reply(text=say(language, "named.full", name=f"@{name}", most=LISTED))
    if not have and len(lists) > LISTS:
        return Reply(text=say(language, "named.quota", most=LISTS))
    notes = join(
        (
            say(language, "named.groups", names=join((code(one.symbol) for one in groups), " "))
            if groups
            else "",
            unknown(language, ports.master, found.unknown),
        )
    )
    if not members:
        return Reply(text=notes)
    hint = say(language, "named.hint", name=f"@{name}")
    effects = [SetWatch(symbol=symbol, on=True, list=name) for symbol in fresh if symbol not in have]
    return Reply(text=join((row(language, ports, name, members), hint, notes)), effects=tuple(effects))


async def take(request: Request, ports: Ports, name: str, text: str) -> Reply:
    """Take symbols off a list; without any the list itself goes, from the watchlist as well."""
    language = request.language
    lists = await ports.rulebook.lists(request.chat)
    have = lists.get(name, ())
    found = find(ports.master, text) if text else Found(tuple(map(ports.master.get, have)), ())
    gone = [one.symbol for one in found.instruments if one.symbol in have]
    absent = join((called(one, language) for one in found.instruments if one.symbol not in have), ", ")
    effects: list[Effect] = [SetWatch(symbol=symbol, on=False, list=name) for symbol in gone]
    left = [symbol for symbol in have if symbol not in gone]
    itself = symbol_of(request.chat, name)
    if not left and itself in lists[WATCHLIST]:
        effects += unwatch(await ports.rulebook.rules(request.chat), [itself])
    parts = (
        row(language, ports, name, left) if left else say(language, "named.gone", name=f"@{name}"),
        say(language, "unwatch.absent", names=absent) if absent else "",
        unknown(language, ports.master, found.unknown),
    )
    return Reply(text=join(parts), effects=tuple(effects))


def row(language: Language, ports: Ports, name: str, members: Sequence[str]) -> Html:
    """A list in one line: its name, how many are on it, and the first of them."""
    names = join((called(ports.master.get(symbol), language) for symbol in members[:NAMED]), ", ")
    left = len(members) - NAMED
    rest = say(language, "unknown.more", count=left) if left > 0 else ""
    return say(
        language, "named.row", name=bold(f"@{name}"), count=len(members), names=join((names, rest), " ")
    )
