"""What `check` can say without starting anything: settings and calendar, one line each, in words."""

from datetime import date
from pathlib import Path

from bot.calendar import LAST, left
from bot.settings import SETTINGS, Settings

SOON = 30  # days before the calendar ends in which the operator is told
LANGUAGES = ("en", "zh")
LEVELS = ("debug", "info", "warning", "error")
MOST_PORT = 65_535


def wrong(settings: Settings, today: date) -> list[str]:
    """What is wrong with the settings and the calendar, a sentence each; empty where nothing is."""
    found = [*_choices(settings), *_port(settings), *_folders(settings), *_unknown(settings)]
    if (days := left(today)) < 0:
        found.append(f"calendar: its holidays end on {LAST}; since then only weekends are closed")
    elif days < SOON:
        found.append(f"calendar: its holidays end on {LAST}, in {days} days; update the program before")
    return found


def right(settings: Settings) -> list[str]:
    """What is in force, for the operator to compare."""
    chat = "Telegram" if settings["TICKBELL_TELEGRAM_TOKEN"] else "playground (no TICKBELL_TELEGRAM_TOKEN)"
    store = "TICKBELL_REDIS_URL" if settings["TICKBELL_REDIS_URL"] else f"embedded, in {settings.data_dir}"
    return [
        f"chat: {chat}",
        f"store: {store}",
        f"feeds: {settings['TICKBELL_FEEDS']}",
        f"language of new chats: {settings['TICKBELL_LANGUAGE']}",
        f"calendar: holidays known to {LAST}",
    ]


def _choices(settings: Settings) -> list[str]:
    allowed = {"TICKBELL_LANGUAGE": LANGUAGES, "TICKBELL_LOG": LEVELS}
    return [
        f"settings: {name} is {settings[name]!r}; one of {', '.join(values)} would fit"
        for name, values in allowed.items()
        if settings[name].lower() not in values
    ]


def _port(settings: Settings) -> list[str]:
    port = settings["TICKBELL_WEB_PORT"]
    if port.isascii() and port.isdigit() and int(port) <= MOST_PORT:
        return []
    return [f"settings: TICKBELL_WEB_PORT is {port!r}; a number from 0 to {MOST_PORT} would fit"]


def _folders(settings: Settings) -> list[str]:
    found = []
    if settings.data_dir.exists() and not settings.data_dir.is_dir():
        found.append(f"settings: TICKBELL_DATA_DIR {settings.data_dir} is no folder")
    if (history := settings["TICKBELL_HISTORY"]) and not Path(history).is_dir():
        found.append(f"settings: TICKBELL_HISTORY {history} is no folder")
    return found


def _unknown(settings: Settings) -> list[str]:
    """Names that nothing reads, most likely misspelt; feeds' own settings end in _URL or _KEY."""
    known = {setting.name for setting in SETTINGS}
    known |= {f"{setting.name}_FILE" for setting in SETTINGS if setting.secret}
    return [
        f"settings: {name} is not a setting"
        for name in sorted(settings.values)
        if name not in known and not name.endswith(("_URL", "_KEY"))
    ]
