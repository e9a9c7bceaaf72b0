"""Every channel, one line each, in alphabetical order."""

from bot.channels.console import Console as Console
from bot.channels.telegram import Telegram as Telegram
