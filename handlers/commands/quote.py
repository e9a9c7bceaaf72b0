"""/quote: last price, change and the day's span of symbols."""

from handlers.command import COMMANDS, Command, Reply, Request
from handlers.ports import Ports
from handlers.quoting import quote
from handlers.reply import say
from handlers.symbols import find


async def answer(request: Request, ports: Ports) -> Reply:
    """A line for each symbol, with a button to watch it."""
    if not request.text.strip():
        return Reply(text=say(request.language, "quote.usage"))
    return await quote(request, ports, find(ports.master, request.text))


COMMANDS.put(
    "quote",
    Command(
        name="quote",
        order=7,
        usage="<symbol> ...",
        summary="last price and the day so far",
        summary_zh="最新价与当日概况",
        answer=answer,
    ),
)
