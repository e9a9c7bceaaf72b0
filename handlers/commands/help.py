"""/help: every command, or the forms of conditions; both lists are generated."""

from handlers.command import COMMANDS, Command, Language, Reply, Request
from handlers.menu import listed, summary
from handlers.ports import Ports
from handlers.reply import Html, bold, code, escape, fit, join, say
from rules.signal import SIGNALS, Words


async def answer(request: Request, _ports: Ports) -> Reply:
    """All commands; after a command's name, that one; after /help alert, what conditions exist."""
    language = request.language
    wanted = request.text.strip().lstrip("/").lower()
    if wanted in {"alert", "conditions"}:
        rows = [row for words in SIGNALS.values() for row in _signal(words, language)]
        head = say(language, "help.conditions")
        return Reply(text=fit(head, rows, lambda left: say(language, "more", count=left)))
    if wanted in COMMANDS:
        return Reply(text=_command(COMMANDS[wanted], language))
    rows = [_command(command, language) for command in listed()]
    return Reply(text=join((say(language, "help.head"), *rows, say(language, "help.tail"))))


def _command(command: Command, language: Language) -> Html:
    usage = join((f"/{command.name}", code(command.usage) if command.usage else ""), " ")
    return join((usage, summary(command, language)), " - ")


def _signal(words: Words, language: Language) -> list[Html]:
    told = words.summary_zh if language is Language.ZH else words.summary
    templates = [phrase.zh if language is Language.ZH else phrase.en for phrase in words.phrases]
    shown = [template.format_map(_Example()) for template in templates]
    return [join((bold(escape(told)), join(map(code, shown), "  ")), ": ")]


class _Example(dict[str, str]):
    """Names a template's fields by what people type there."""

    FIELDS = {"op": ">", "level": "…", "n": "20", "w": "5m", "span": "60d"}  # noqa: RUF012 - never written

    def __missing__(self, key: str) -> str:
        return self.FIELDS.get(key, key)


COMMANDS.put(
    "help",
    Command(
        name="help",
        order=11,
        usage="[alert]",
        summary="all commands; /help alert: what alerts understand",
        summary_zh="全部命令；/help alert 看提醒条件写法",
        answer=answer,
    ),
)
