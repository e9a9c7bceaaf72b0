"""The bars of a run: read from the store at start, told to the engine when they grow, kept up meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from bot.cli import RunOptions
from bot.engine import Watcher
from bot.feed import FEEDS, Answer
from bot.filler import Filler, chosen
from bot.origins import ORIGINS, Origin
from bot.parts import Part
from bot.roll import Refresher
from bot.scene import Scene
from bot.settings import Settings
from bot.store.bars import Bars
from bot.store.client import Store

Fetch = Callable[..., Awaitable[Answer]]  # bot.feed.fetch with its session


async def load(stage: Scene, store: Store, watcher: Watcher | None) -> None:
    """Read what the store has, before the engine's conditions are added; StoreError where it is away."""
    if stage.archive is not None:
        await stage.archive.load(Bars(store))
        if watcher is not None:
            stage.archive.learned = watcher.engine.learned


def parts(
    stage: Scene, settings: Settings, options: RunOptions, watcher: Watcher | None, fetch: Fetch
) -> list[Part]:
    """What fills the bars: new ones where the engine is that listens, those there are by the schedule.

    Where Eastmoney is one of the sources, the schedule also refreshes the list of instruments. A process of
    neither role only follows what others write. SettingsError for an unknown source.
    """
    archive = stage.archive
    if archive is None:
        return []
    is_live = stage.ticking is None and bool({"engine", "schedule"}.intersection(options.roles))
    origins = chosen(settings["TICKBELL_KLINES"] if is_live else "off", stage.feeds, ORIGINS)

    async def ask(origin: Origin, path: str) -> bytes:
        url = settings[f"TICKBELL_{origin.name}_KLINES_URL".upper()]
        answer = await fetch(url + path, origin.headers)
        return answer.body

    def wanted() -> Iterable[str]:
        listened = sorted(watcher.symbols) if watcher is not None else []
        if "schedule" in options.roles:
            return (*listened, *archive.filled)
        return [symbol for symbol in listened if symbol not in archive.filled]

    async def run(stopping: asyncio.Event) -> None:
        world = stage.world
        filler = Filler(archive, origins, ask, hours=world.hours, clock=world.clock, wanted=wanted)
        await filler.run(stopping)

    found = [Part("history", run)]
    if "schedule" in options.roles and any(origin.name == "eastmoney" for origin in origins):
        refresher = Refresher(stage.folder, stage.master, partial(_list, settings, fetch), stage.clock)
        found.append(Part("instruments", refresher.run))
    return found


async def _list(settings: Settings, fetch: Fetch, path: str) -> bytes:
    """A page of Eastmoney's lists."""
    feed = FEEDS["eastmoney"]
    url = settings.feed_url(feed.name, "rest", feed.endpoints[0].url)
    answer = await fetch(url + path, ORIGINS["eastmoney"].headers)
    return answer.body
