"""Every command, one line each, in alphabetical order; `order` in each sorts /help and Telegram's menu."""

from handlers.commands.alert import answer as alert
from handlers.commands.alerts import answer as alerts
from handlers.commands.delete import answer as delete
from handlers.commands.help import answer as help_
from handlers.commands.language import answer as language
from handlers.commands.list import answer as list_
from handlers.commands.near import answer as near
from handlers.commands.quote import answer as quote
from handlers.commands.start import answer as start
from handlers.commands.unwatch import answer as unwatch
from handlers.commands.watch import answer as watch
from handlers.commands.why import answer as why

__all__ = [
    "alert",
    "alerts",
    "delete",
    "help_",
    "language",
    "list_",
    "near",
    "quote",
    "start",
    "unwatch",
    "watch",
    "why",
]
