"""Settings come from the environment, secrets from files that nobody else can read."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import SETTINGS, load


def test_defaults_stand_where_nothing_is_set() -> None:
    """An empty environment gives every setting its default."""
    settings = load({})
    assert {setting.name: settings[setting.name] for setting in SETTINGS} == {
        setting.name: setting.default for setting in SETTINGS
    }
    assert settings.data_dir == Path(".tickbell")
    assert settings.secrets == ()


def test_the_environment_replaces_defaults_and_feeds_have_base_urls() -> None:
    """A TICKBELL_ variable wins; other variables are nobody's business."""
    settings = load({"TICKBELL_LANGUAGE": "zh", "TICKBELL_BINANCE_WS_URL": "ws://127.0.0.1:1", "HOME": "/x"})
    assert settings["TICKBELL_LANGUAGE"] == "zh"
    assert settings.feed_url("binance", "ws", "wss://real") == "ws://127.0.0.1:1"
    assert settings.feed_url("binance", "rest", "https://real") == "https://real"
    assert "HOME" not in settings.values
    assert "zh" not in repr(settings)


def test_a_secret_is_read_from_its_file(tmp_path: Path) -> None:
    """NAME_FILE wins over NAME where only its owner can read it."""
    file = tmp_path / "token"
    file.write_text(" 123:abc \n", encoding="utf-8")
    file.chmod(0o600)
    settings = load({"TICKBELL_TELEGRAM_TOKEN_FILE": str(file), "TICKBELL_TELEGRAM_TOKEN": "old"})
    assert settings["TICKBELL_TELEGRAM_TOKEN"] == "123:abc"
    assert settings.secrets == ("123:abc",)


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """The sentence names the file and the remedy, never the secret."""
    file = tmp_path / "token"
    file.write_text("123:abc", encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600") as caught:
        load({"TICKBELL_TELEGRAM_TOKEN_FILE": str(file)})
    assert "123:abc" not in str(caught.value)


def test_a_secret_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A missing file is one clear sentence."""
    with pytest.raises(SettingsError, match="cannot be read"):
        load({"TICKBELL_TELEGRAM_TOKEN_FILE": str(tmp_path / "absent")})
