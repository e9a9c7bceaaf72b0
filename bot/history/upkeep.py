"""The bars of a run: read from the store at start, told to the engine when they grow, kept up meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.feed import FEEDS, Answer
from bot.feed import options as options_of
from bot.history.archive import Archive
from bot.history.courtesy import Courtesy, Site, keep
from bot.history.filler import Filler, chosen
from bot.history.grains import GRAINS
from bot.history.origins import Origin
from bot.history.refill import Refill
from bot.history.sources import SOURCES
from bot.history.tidings import Tidings
from bot.intake.besides import Run
from bot.parts import Part
from bot.roles.engine import Watcher
from bot.scene import Scene
from bot.settings import Settings
from bot.store.bars import Bars
from bot.store.client import Store
from bot.store.minutes import MinuteBars
from handlers.command import Language
from rules.engine import Engine

PATIENCE = 10.0  # seconds for which feeds wait at start
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


def parts(run: Run, fetch: Fetch) -> list[Part]:
    """What fills the bars: new ones where the engine is that listens, those there are by the schedule.

    A process of neither role only follows what others write; the one that answers chats tells them when bars
    are there that they waited for. SettingsError for an unknown source.
    """
    stage, settings, roles = run.scene, run.settings, run.options.roles
    if stage.archive is None:
        return []
    is_filling = bool({"engine", "schedule"}.intersection(roles))
    origins = _origins(stage, settings) if is_filling else ()
    history = _History(stage, stage.archive, settings, run.watcher, fetch)
    found = [Part("history", partial(history.run, origins, is_scheduled="schedule" in roles))]
    if "bot" in roles:
        language = Language(settings["TICKBELL_LANGUAGE"])
        found.append(Part("tidings", Tidings(run.store, stage.archive, stage.master, language).run))
    return found


def loads(stage: Scene, settings: Settings) -> Callable[[str], bool]:
    """Whether a symbol's daily bars are not there yet and will be asked for; SettingsError as `parts`."""
    archive = stage.archive
    if archive is None:
        return lambda _: False
    origins = _origins(stage, settings)

    def is_due(symbol: str) -> bool:
        is_served = not symbol.startswith("@") and any(origin.serves(symbol) for origin in origins)
        return is_served and symbol not in archive.filled and not archive.is_own(symbol)

    return is_due


def _origins(stage: Scene, settings: Settings) -> tuple[Origin, ...]:
    """The sources of daily bars; a replay asks nobody."""
    return chosen(settings["TICKBELL_KLINES"] if stage.ticking is None else "off", stage.feeds, SOURCES)


async def filled(stage: Scene, stopping: asyncio.Event) -> None:
    """Wait, not for long, until history was asked about rings whose bars ended while the engine was away."""
    if not stage.filled.is_set():
        waits = {asyncio.create_task(event.wait()) for event in (stage.filled, stopping)}
        _, left = await asyncio.wait(waits, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()


@dataclass(frozen=True, slots=True)
class _History:
    """What keeps days and minutes up while a process runs."""

    stage: Scene
    archive: Archive
    settings: Settings
    watcher: Watcher | None
    fetch: Fetch

    async def run(self, origins: Sequence[Origin], stopping: asyncio.Event, *, is_scheduled: bool) -> None:
        """Fill what is due until stopped; at start first what stored rings wait for."""
        world, courtesy = self.stage.world, Courtesy(self._ask)
        wanted = partial(self._wanted, is_scheduled=is_scheduled)
        filler = Filler(self.archive, origins, courtesy, hours=world.hours, clock=world.clock, wanted=wanted)
        turns = [(filler.turn, "days")]
        if self.watcher is not None and self.stage.intraday is not None:
            grains = [GRAINS[one.name] for one in origins if one.name in GRAINS]
            refill = Refill(
                self.stage.intraday,
                [grain for grain in grains if not _is_late(grain, self.settings)],
                courtesy,
                hours=world.hours,
                clock=world.clock,
                wanted=self.watcher.engine.barred,
            )
            turns.append((refill.turn, "minutes"))
            if origins and self.watcher.engine.undecided():
                self.stage.filled.clear()
                turns[0] = (partial(self._first, self.watcher.engine, filler, refill), "days")
        async with asyncio.TaskGroup() as group:
            for turn, what in turns:
                group.create_task(keep(turn, stopping, f"history: filling {what}"), name=f"history: {what}")

    async def _first(self, engine: Engine, filler: Filler, refill: Refill) -> None:
        """A turn of the days; the very first asks for what decides rings that ended while nobody watched."""
        if self.stage.filled.is_set():
            await filler.turn()
            return
        try:
            sizes, due = engine.barred(), set(filler.due())
            for symbol in sorted(engine.undecided()):
                if symbol in due:
                    await filler.fill(symbol)
                if symbol in sizes:
                    await refill.fill(symbol, sizes[symbol])
        finally:
            self.stage.filled.set()

    async def _ask(self, site: Site, path: str) -> bytes:
        address, headers = _address(site, path, self.settings)
        answer = await self.fetch(address, headers)
        return answer.body

    def _wanted(self, *, is_scheduled: bool) -> Iterable[str]:
        listened = sorted(self.watcher.symbols) if self.watcher is not None else []
        if is_scheduled:
            return (*listened, *self.archive.filled)
        return [symbol for symbol in listened if symbol not in self.archive.filled]


def _is_late(site: Site, settings: Settings) -> bool:
    """Whether a source's minutes come a quarter of an hour after they were."""
    return site.name == "alpaca" and settings.get("TICKBELL_ALPACA_STREAM") == "delayed_sip"


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
