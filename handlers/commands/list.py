"""/list: the watchlist with last price and change."""

from handlers.command import COMMANDS, Command, Reply, Request
from handlers.keyboard import Keyboard
from handlers.ports import Ports
from handlers.reply import fit, say
from handlers.rows import quoted


async def answer(request: Request, ports: Ports) -> Reply:
    """One row a symbol, in the order they were added."""
    language = request.language
    watched = await ports.rulebook.watchlist(request.chat)
    if not watched:
        return Reply(text=say(language, "list.empty"))
    rows = [quoted(language, ports.master.get(symbol), await ports.quotes.last(symbol)) for symbol in watched]
    refresh = Keyboard(ports.secret, request.chat).button(say(language, "button.refresh"), "refresh", "list")
    head = say(language, "list.head", count=len(rows))
    return Reply(text=fit(head, rows, lambda left: say(language, "more", count=left)), buttons=((refresh,),))


COMMANDS.put(
    "list",
    Command(
        name="list",
        order=5,
        usage="",
        summary="your watchlist with last prices",
        summary_zh="自选列表与最新价",
        answer=answer,
    ),
)
