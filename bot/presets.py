"""The operator's own conditions for the named anomalies, from a setting."""

from collections.abc import Mapping

from bot.errors import SettingsError
from bot.master.listing import shaped
from bot.settings import Settings
from rules.language import LanguageError, parse
from rules.language.presets import UnknownPresetError, with_conditions

NAME = "TICKBELL_PRESETS"
SAMPLE = "600000.SH"  # a share on which every anomaly has a meaning


def presets(settings: Settings) -> Mapping[str, str]:
    """Conditions by name; SettingsError where a name is unknown or what stands behind it is no condition."""
    texts: dict[str, str] = {}
    for part in filter(str.strip, settings[NAME].split(";")):
        name, equals, text = part.partition("=")
        if not equals:
            raise SettingsError(f"{NAME}: {part.strip()!r} has no condition; rocket=rise(5m) >= 4% would fit")
        texts[name.strip()] = text.strip()
    try:
        found = with_conditions(texts)
    except UnknownPresetError as error:
        raise SettingsError(f"{NAME}: {error.args[0]!r} is the name of no anomaly") from None
    for name, text in texts.items():
        try:
            parse(f"{SAMPLE} {text}", {SAMPLE: shaped(SAMPLE)}.get, presets={})
        except LanguageError as error:
            raise SettingsError(f"{NAME}: {name}: {error.reason}") from None
    return found
