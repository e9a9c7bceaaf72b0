"""What tests of the runtime share: seconds of streaming feeds pass quickly."""

import pytest


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second's work is done fifty times a second, and figures wait for no trade for long."""
    monkeypatch.setattr("bot.intake.stream.TICK", 0.02)
    monkeypatch.setattr("bot.intake.daily.WAIT", 0.1)
    monkeypatch.setattr("bot.intake.daily.AFRESH", 0.0)
