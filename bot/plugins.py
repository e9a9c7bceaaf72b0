"""Imports every plug-in folder once, so that each registry is full before anyone looks a name up."""

import bot.channels
import bot.feeds
import handlers.commands
import rules.signals
from bot.channel import CHANNELS
from bot.feed import FEEDS
from handlers.command import COMMANDS
from rules.signal import SIGNALS

FOLDERS = (rules.signals, handlers.commands, bot.feeds, bot.channels)
REGISTRIES = (SIGNALS, COMMANDS, FEEDS, CHANNELS)
