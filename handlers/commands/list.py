"""/list: the watchlist with last price and change."""

from handlers.command import COMMANDS, Command, Reply, Request
from handlers.desk import Desk
from handlers.keyboard import Keyboard
from handlers.lists import WATCHLIST
from handlers.naming import row
from handlers.ports import Ports
from handlers.reply import fit, join, say
from handlers.rows import row as listed


async def answer(request: Request, ports: Ports) -> Reply:
    """One row a symbol, in the order they were added, then the lists the chat named."""
    language = request.language
    lists = dict(await ports.rulebook.lists(request.chat))
    watched = lists.pop(WATCHLIST)
    named = [row(language, ports, name, members) for name, members in lists.items()]
    if not watched:
        return Reply(text=join((*named, say(language, "list.empty"))))
    desk = Desk(ports)
    await desk.ahead(watched)
    rows = [listed(language, await desk.sheet(symbol)) for symbol in watched]
    refresh = Keyboard(ports.secret, request.chat).button(say(language, "button.refresh"), "refresh", "list")
    head = say(language, "list.head", count=len(rows))
    text = fit(head, [*rows, *named], lambda left: say(language, "more", count=left))
    return Reply(text=text, buttons=((refresh,),))


COMMANDS.put(
    "list",
    Command(
        name="list",
        order=5,
        usage="",
        summary="your watchlist with last prices, and your own lists",
        summary_zh="自选列表与最新价，及自建列表",
        answer=answer,
    ),
)
