"""/help: every command, an example of every condition, all forms of one, or the anomalies; all generated."""

from handlers.command import COMMANDS, Command, Language, Reply, Request
from handlers.menu import listed, summary
from handlers.ports import Ports
from handlers.reply import Html, bold, code, escape, fit, join, say
from rules.language.presets import PRESETS, Preset
from rules.signal import SIGNALS, Words

ANOMALIES = frozenset({"anomalies", "anomaly", "异动", "盘口异动"})


async def answer(request: Request, ports: Ports) -> Reply:
    """All commands; a command's name: that one; alert: what conditions exist; a condition's: its forms."""
    language = request.language
    wanted = request.text.strip().lstrip("/").lower()
    if wanted in {"alert", "conditions"}:
        rows = [code(_forms(words, language)[0]) for words in SIGNALS.values()]
        head = say(language, "help.conditions")
        return Reply(text=fit(head, rows, lambda left: say(language, "more", count=left)))
    if wanted in ANOMALIES:
        rows = [_anomaly(preset, ports, language) for preset in PRESETS]
        return Reply(text=join((say(language, "help.anomalies"), *rows)))
    if wanted in COMMANDS:
        return Reply(text=_command(COMMANDS[wanted], language))
    if asked := [words for name, words in SIGNALS.items() if wanted in (name, name.split()[0])]:
        return Reply(text=join([_signal(words, language) for words in asked]))
    rows = [_command(command, language) for command in listed()]
    return Reply(text=join((say(language, "help.head"), *rows, say(language, "help.tail"))))


def _command(command: Command, language: Language) -> Html:
    usage = join((f"/{command.name}", code(command.usage) if command.usage else ""), " ")
    return join((usage, summary(command, language)), " - ")


def _anomaly(preset: Preset, ports: Ports, language: Language) -> Html:
    """A name and the condition in force behind it."""
    name = preset.zh if language is Language.ZH else preset.en
    return join((escape(name), code(ports.presets[preset.zh])), ": ")


def _signal(words: Words, language: Language) -> Html:
    told = words.summary_zh if language is Language.ZH else words.summary
    return join((bold(escape(told)), join(map(code, _forms(words, language)), "  ")), ": ")


def _forms(words: Words, language: Language) -> list[str]:
    """What can be said today; minute bars are read already and built later."""
    phrases = [phrase for phrase in words.phrases if "{bar}" not in phrase.en]
    templates = [phrase.zh if language is Language.ZH else phrase.en for phrase in phrases]
    return [template.format_map(_Example()) for template in templates]


class _Example(dict[str, str]):
    """Names a template's fields by what people type there."""

    FIELDS = {  # noqa: RUF012 - never written
        "op": ">", "level": "…", "n": "20", "m": "60", "w": "5m", "span": "60d", "date": "2025-04-08",
        "price": "512.3", "low": "480", "high": "560", "other": "000001.SH",
    }  # fmt: skip

    def __missing__(self, key: str) -> str:
        return self.FIELDS.get(key, key)


COMMANDS.put(
    "help",
    Command(
        name="help",
        order=12,
        usage="[alert|rsi|anomalies|...]",
        summary="all commands; /help alert: what alerts understand; /help rsi: the forms of one",
        summary_zh="全部命令；/help alert 看提醒写法，/help rsi 看某一条件，/help 异动 看盘口异动",
        answer=answer,
    ),
)
