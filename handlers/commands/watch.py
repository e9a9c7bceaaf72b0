"""/watch: put symbols on the watchlist and arm the usual set for each."""

from handlers.command import COMMANDS, Command, Reply, Request
from handlers.naming import put, split
from handlers.ports import Ports
from handlers.reply import say
from handlers.symbols import find
from handlers.watching import watch


async def answer(request: Request, ports: Ports) -> Reply:
    """One line a symbol saying what rings at which price, with undo; after `@name` they go on that list."""
    if not request.text.strip():
        return Reply(text=say(request.language, "watch.usage"))
    lists = await ports.rulebook.lists(request.chat)
    name, rest = split(ports, request.chat, lists, request.text)
    if name and rest:
        return await put(request, ports, name, rest)
    return await watch(request, ports, find(ports.master, request.text))


COMMANDS.put(
    "watch",
    Command(
        name="watch",
        order=2,
        usage="[@list] <symbol> ...",
        summary="watch symbols or @groups; arms the usual alerts; after @list they go on a list of your own",
        summary_zh="关注代码或 @分组，自动设好常用提醒；前加 @名称 则放入自建列表",
        answer=answer,
    ),
)
