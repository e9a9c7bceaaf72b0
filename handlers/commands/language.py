"""/language: English or Chinese."""

from handlers.command import COMMANDS, Command, Language, Reply, Request, SetLanguage
from handlers.keyboard import Keyboard
from handlers.ports import Ports
from handlers.reply import say

NAMES = {
    **dict.fromkeys(("en", "english", "英文", "英语"), Language.EN),
    **dict.fromkeys(("zh", "cn", "chinese", "中文", "汉语"), Language.ZH),
}


async def answer(request: Request, ports: Ports) -> Reply:
    """Switch at once, or offer both as buttons."""
    chosen = NAMES.get(request.text.strip().lower())
    if chosen is not None:
        return Reply(text=say(chosen, "language.set"), effects=(SetLanguage(language=chosen),))
    keyboard = Keyboard(ports.secret, request.chat)
    buttons = tuple(
        keyboard.button(say(language, "language.name"), "language", language) for language in Language
    )
    return Reply(text=say(request.language, "language.ask"), buttons=(buttons,))


COMMANDS.put(
    "language",
    Command(
        name="language",
        order=11,
        usage="en | zh",
        summary="English or 中文",
        summary_zh="English 或 中文",
        answer=answer,
    ),
)
