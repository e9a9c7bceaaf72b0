"""What `check` can say of settings and calendar alone, in words; probe.py beside it asks store and feeds."""

import ipaddress
from datetime import date
from pathlib import Path

from bot import feeds as feeds  # noqa: PLC0414 -- fills the registry
from bot.errors import InputError, SettingsError
from bot.feed import FEEDS, declared
from bot.master.calendar import LAST, OWN, TABLES, ending
from bot.master.closures import read
from bot.master.groups import master
from bot.master.reference import Reference
from bot.presets import presets
from bot.settings import SETTINGS, Settings
from rules.adjust import AFFINE, RATIO

CHOICES = {
    "TICKBELL_LANGUAGE": ("en", "zh"),
    "TICKBELL_LOG": ("debug", "info", "warning", "error"),
    "TICKBELL_ADJUST": (RATIO, AFFINE),
}
MOST_PORT = 65_535


def right(settings: Settings) -> list[str]:
    """What is in force, for the operator to compare; no secrets."""
    chat = "Telegram" if settings["TICKBELL_TELEGRAM_TOKEN"] else "playground (no TICKBELL_TELEGRAM_TOKEN)"
    store = "TICKBELL_REDIS_URL" if settings["TICKBELL_REDIS_URL"] else f"embedded, in {settings.data_dir}"
    return [
        f"chat: {chat}",
        f"store: {store}",
        f"feeds: {settings['TICKBELL_FEEDS']}",
        f"language of new chats: {settings['TICKBELL_LANGUAGE']}",
        f"calendar: holidays known to {', '.join(f'{day} ({table})' for table, day in LAST.items())}",
    ]


def wrong(settings: Settings, today: date) -> list[str]:
    """What is wrong with settings and calendar, a sentence each; empty where nothing is."""
    found = [
        *_choices(settings),
        *_address(settings),
        *_folders(settings),
        *_unknown(settings),
        *_groups(settings),
        *_symbols(settings),
        *_presets(settings),
    ]
    return [*found, *_calendar(settings, today)]


def _calendar(settings: Settings, today: date) -> list[str]:
    """Tables that end, and faults of the operator's own file."""
    found = ending(today)
    if own := settings[OWN]:
        try:
            read(Path(own), TABLES)
        except InputError as error:
            found.append(f"calendar: {error}")
    return found


def _choices(settings: Settings) -> list[str]:
    return [
        f"settings: {name} is {settings[name]!r}; one of {', '.join(values)} would fit"
        for name, values in CHOICES.items()
        if settings[name].lower() not in values
    ]


def _address(settings: Settings) -> list[str]:
    found = []
    port, host = settings["TICKBELL_WEB_PORT"], settings["TICKBELL_WEB_HOST"]
    if not (port.isascii() and port.isdigit() and int(port) <= MOST_PORT):
        found.append(f"settings: TICKBELL_WEB_PORT is {port!r}; a number from 0 to {MOST_PORT} would fit")
    try:
        is_local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_local = False
    if not is_local:
        found.append(
            f"settings: TICKBELL_WEB_HOST is {host!r}; a loopback address such as 127.0.0.1 would fit"
        )
    return found


def _folders(settings: Settings) -> list[str]:
    found = []
    if settings.data_dir.exists() and not settings.data_dir.is_dir():
        found.append(f"settings: TICKBELL_DATA_DIR {settings.data_dir} is no folder")
    if (record := settings["TICKBELL_RECORD"]) and Path(record).exists() and not Path(record).is_dir():
        found.append(f"settings: TICKBELL_RECORD {record} is no folder")
    if (history := settings["TICKBELL_HISTORY"]) and not Path(history).is_dir():
        found.append(f"settings: TICKBELL_HISTORY {history} is no folder")
    return found


def _unknown(settings: Settings) -> list[str]:
    """Names that nothing reads, most likely misspelt."""
    declarations = (*SETTINGS, *declared())
    known = {setting.name for setting in declarations}
    known |= {f"{setting.name}_FILE" for setting in declarations if setting.secret}
    known |= {f"TICKBELL_{f.name}_{end.name}_URL".upper() for f in FEEDS.values() for end in f.endpoints}
    return [f"settings: {name} is not a setting" for name in sorted(settings.values) if name not in known]


def _groups(settings: Settings) -> list[str]:
    try:
        master(settings["TICKBELL_GROUPS"])
    except InputError as error:
        return [f"settings: TICKBELL_GROUPS: {error}"]
    return []


def _presets(settings: Settings) -> list[str]:
    try:
        presets(settings)
    except SettingsError as error:
        return [f"settings: {error}"]
    return []


def _symbols(settings: Settings) -> list[str]:
    known = Reference.load()
    symbols = [text.strip() for text in settings["TICKBELL_SYMBOLS"].split(",") if text.strip()]
    return [f"settings: TICKBELL_SYMBOLS: {text!r} is not known" for text in symbols if not known.find(text)]
