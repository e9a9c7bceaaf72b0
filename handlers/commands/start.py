"""/start: what the bot is, the first three steps, and that it gives no advice."""

from handlers.command import COMMANDS, Command, Language, Reply, Request
from handlers.keyboard import Keyboard
from handlers.ports import Ports
from handlers.reply import say


async def answer(request: Request, ports: Ports) -> Reply:
    """Say hello; the buttons choose a language and open the help."""
    keyboard = Keyboard(ports.secret, request.chat)
    languages = tuple(
        keyboard.button(say(language, "language.name"), "language", f"start {language}")
        for language in Language
    )
    return Reply(text=say(request.language, "start"), buttons=(languages,))


COMMANDS.put(
    "start",
    Command(
        name="start",
        order=1,
        usage="",
        summary="what this bot does and the first three steps",
        summary_zh="介绍与上手三步",
        answer=answer,
    ),
)
