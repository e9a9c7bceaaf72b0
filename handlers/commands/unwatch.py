"""/unwatch: take symbols off the watchlist with all that /watch armed for them."""

from handlers.command import COMMANDS, Command, Reply, Request
from handlers.lists import WATCHLIST
from handlers.naming import split, take
from handlers.ports import Ports
from handlers.reply import join, say
from handlers.rows import unknown
from handlers.symbols import Found, find
from handlers.watching import unwatch
from handlers.wording import name as called

EVERYTHING = ("all", "全部", "所有")


async def answer(request: Request, ports: Ports) -> Reply:
    """Say which names left the list; own rules stay."""
    language = request.language
    text = request.text.strip()
    if not text:
        return Reply(text=say(language, "unwatch.usage"))
    lists = await ports.rulebook.lists(request.chat)
    name, rest = split(ports, request.chat, lists, text)
    if name in lists:
        return await take(request, ports, name, rest)
    watched = lists[WATCHLIST]
    if text.lower() in EVERYTHING:
        found = Found(tuple(ports.master.get(symbol) for symbol in watched), ())
    else:
        found = find(ports.master, text)
    on = [one for one in found.instruments if one.symbol in watched]
    off = [one for one in found.instruments if one.symbol not in watched]
    rules = await ports.rulebook.rules(request.chat)
    named = [join((called(one, language) for one in some), ", ") for some in (on, off)]
    parts = [
        say(language, "unwatch.done", names=named[0]) if on else "",
        say(language, "unwatch.absent", names=named[1]) if off else "",
        unknown(language, ports.master, found.unknown),
    ]
    return Reply(
        text=join(parts) or say(language, "list.empty"),
        effects=unwatch(rules, [one.symbol for one in on]),
    )


COMMANDS.put(
    "unwatch",
    Command(
        name="unwatch",
        order=8,
        usage="[@list] <symbol> ... | all",
        summary="stop watching symbols, or take them off a list of your own",
        summary_zh="取消关注，或移出自建列表",
        answer=answer,
    ),
)
