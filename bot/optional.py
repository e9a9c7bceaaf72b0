"""Parts of a run that only some settings ask for."""

from pathlib import Path

from bot.cli import RunOptions
from bot.intake.posts import Posts
from bot.recorder.recorder import Recorder
from bot.scene import Scene
from bot.settings import Settings


def posts_of(settings: Settings, stage: Scene) -> Posts | None:
    """Where posts of quotes go, if the feed webhook runs; SettingsError for a secret that is none."""
    if "webhook" not in stage.feeds:
        return None
    return Posts(settings.get("TICKBELL_WEBHOOK_SECRET"), stage.clock.now)


def recorder_of(options: RunOptions, settings: Settings) -> Recorder | None:
    """What records live frames, if they are to be recorded."""
    folder = settings["TICKBELL_RECORD"]
    return Recorder(Path(folder)) if folder and not options.demo and "feed" in options.roles else None
