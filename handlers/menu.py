"""The list of commands as /help and Telegram's menu show it, generated from the registry."""

from handlers.command import COMMANDS, Command, Language


def summary(command: Command, language: Language) -> str:
    """What a command does, in the reader's language."""
    return command.summary_zh if language is Language.ZH else command.summary


def listed() -> tuple[Command, ...]:
    """Every command in the order people meet them."""
    return tuple(sorted(COMMANDS.values(), key=lambda command: command.order))


def menu(language: Language) -> tuple[tuple[str, str], ...]:
    """Name and summary of every command, as Telegram's setMyCommands takes them."""
    return tuple((command.name, summary(command, language)) for command in listed())
