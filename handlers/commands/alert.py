"""/alert: a rule of one's own in words, echoed with its value and the price at which it rings."""

from handlers.alerting import make
from handlers.command import COMMANDS, Command, Reply, Request
from handlers.ports import Ports
from handlers.reply import say


async def answer(request: Request, ports: Ports) -> Reply:
    """Make the rule, or say what about the line does not fit."""
    if not request.text.strip():
        return Reply(text=say(request.language, "alert.usage"))
    return await make(request, ports, request.text.strip())


COMMANDS.put(
    "alert",
    Command(
        name="alert",
        order=3,
        usage="<symbol> <condition> [| options]",
        summary="ring at a condition: 300308 price > 560",
        summary_zh="自设提醒：300308 价格 > 560",
        answer=answer,
    ),
)
