"""The bars of a run: read from the store at start, told to the engine when they grow, kept up meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

from bot.cli import RunOptions
from bot.courtesy import Courtesy, Site, keep
from bot.engine import Watcher
from bot.feed import FEEDS, Answer
from bot.feed import options as options_of
from bot.filler import Filler, chosen
from bot.grains import GRAINS
from bot.origins import ORIGINS
from bot.parts import Part
from bot.refill import Refill
from bot.roll import Refresher
from bot.scene import Scene
from bot.settings import Settings
from bot.sources import SOURCES
from bot.store.bars import Bars
from bot.store.client import Store
from bot.store.minutes import MinuteBars

Fetch = Callable[..., Awaitable[Answer]]  # bot.feed.fetch with its session


async def load(stage: Scene, store: Store, watcher: Watcher | None) -> None:
    """Read the store's daily bars, before the engine's conditions are added; StoreError where it is away."""
    if stage.archive is not None:
        await stage.archive.load(Bars(store))
        if watcher is not None:
            stage.archive.learned = watcher.engine.learned


async def load_minutes(stage: Scene, store: Store, watcher: Watcher | None) -> None:
    """Read the store's minutes that the engine's conditions want; StoreError where it is away."""
    if stage.intraday is not None and watcher is not None:
        stage.intraday.refilled = watcher.engine.refilled
        await stage.intraday.load(MinuteBars(store), watcher.engine.barred())


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
    origins = chosen(settings["TICKBELL_KLINES"] if is_live else "off", stage.feeds, SOURCES)

    async def ask(site: Site, path: str) -> bytes:
        address, headers = _address(site, path, settings)
        answer = await fetch(address, headers)
        return answer.body

    def wanted() -> Iterable[str]:
        listened = sorted(watcher.symbols) if watcher is not None else []
        if "schedule" in options.roles:
            return (*listened, *archive.filled)
        return [symbol for symbol in listened if symbol not in archive.filled]

    async def run(stopping: asyncio.Event) -> None:
        world, courtesy = stage.world, Courtesy(ask)
        filler = Filler(archive, origins, courtesy, hours=world.hours, clock=world.clock, wanted=wanted)
        async with asyncio.TaskGroup() as group:
            group.create_task(filler.run(stopping), name="history: days")
            if watcher is not None and stage.intraday is not None:
                grains = [GRAINS[origin.name] for origin in origins if origin.name in GRAINS]
                refill = Refill(
                    stage.intraday,
                    grains,
                    courtesy,
                    hours=world.hours,
                    clock=world.clock,
                    wanted=watcher.engine.barred,
                )
                group.create_task(keep(refill.turn, stopping, "minutes: filling"), name="history: minutes")

    found = [Part("history", run)]
    if "schedule" in options.roles and any(origin.name == "eastmoney" for origin in origins):
        refresher = Refresher(stage.folder, stage.master, partial(_list, settings, fetch), stage.clock)
        found.append(Part("instruments", refresher.run))
    return found


def _address(site: Site, path: str, settings: Settings) -> tuple[str, Mapping[str, str]]:
    """Where a source is asked, and with which headers: Alpaca's has its key, and the feed in its address."""
    if site.place != "rest":
        return settings[f"TICKBELL_{site.name}_{site.place}_URL".upper()] + path, site.headers
    feed = FEEDS[site.name]
    url = next(end.url for end in feed.endpoints if end.name == "rest")
    address, given = settings.feed_url(feed.name, "rest", url) + path, options_of(feed, settings)
    if site.name != "alpaca":
        return address, site.headers
    keys = {"APCA-API-KEY-ID": given["key"], "APCA-API-SECRET-KEY": given["secret"]}
    return f"{address}&feed={'sip' if given['stream'] == 'sip' else 'iex'}", keys


async def _list(settings: Settings, fetch: Fetch, path: str) -> bytes:
    """A page of Eastmoney's lists."""
    feed = FEEDS["eastmoney"]
    url = settings.feed_url(feed.name, "rest", feed.endpoints[0].url)
    answer = await fetch(url + path, ORIGINS["eastmoney"].headers)
    return answer.body
