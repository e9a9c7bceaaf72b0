"""/alerts: the chat's own rules."""

from handlers.command import COMMANDS, Command, Reply, Request
from handlers.listing import listing
from handlers.ports import Ports


async def answer(request: Request, ports: Ports) -> Reply:
    """Numbered, oldest first, with delete buttons."""
    return await listing(request, ports)


COMMANDS.put(
    "alerts",
    Command(
        name="alerts",
        order=6,
        usage="",
        summary="your own alerts, with delete buttons",
        summary_zh="自设提醒列表，可一键删除",
        answer=answer,
    ),
)
