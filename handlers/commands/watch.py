"""/watch: put symbols on the watchlist and arm the usual set for each."""

from handlers.command import COMMANDS, Command, Reply, Request
from handlers.ports import Ports
from handlers.reply import say
from handlers.symbols import find
from handlers.watching import watch


async def answer(request: Request, ports: Ports) -> Reply:
    """One line a symbol saying what rings at which price, with undo."""
    if not request.text.strip():
        return Reply(text=say(request.language, "watch.usage"))
    return await watch(request, ports, find(ports.master, request.text))


COMMANDS.put(
    "watch",
    Command(
        name="watch",
        order=2,
        usage="<symbol> ...",
        summary="watch symbols or @groups; arms the usual alerts",
        summary_zh="关注代码或 @分组，自动设好常用提醒",
        answer=answer,
    ),
)
