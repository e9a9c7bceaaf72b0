"""What a run takes for the world: the founding day on its own clock, or live markets on the machine's."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.cli import RunOptions
from bot.clock import MarketClock, WallClock
from bot.errors import SettingsError
from bot.feed import FEEDS, lacking
from bot.files import quotes
from bot.founding.demo import world as founding_day
from bot.history.archive import Archive
from bot.history.folder import Folder
from bot.history.intraday import Intraday
from bot.master.calendar import hours
from bot.master.copies import Copies
from bot.master.groups import GroupFile
from bot.master.reference import Reference
from bot.master.world import World
from bot.settings import Settings
from handlers.ports import Bars, Clock
from rules.adjust import AFFINE, RATIO
from rules.model import Frame, History


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


class Remembered:
    """Daily bars that are in memory already; satisfies handlers.ports.Bars."""

    def __init__(self, histories: Callable[[str], History | None]) -> None:
        self._histories = histories

    async def daily(self, symbol: str) -> History | None:
        """Bars up to the last finished session, or None."""
        return self._histories(symbol)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Clock, master, bars and feeds of one run."""

    folder: Path
    master: Reference
    bars: Bars
    history: Callable[[str], History | None]
    clock: Clock
    feeds: tuple[str, ...]
    past: Callable[[], Iterable[Frame]] = tuple  # the day from its beginning, for a resumed demo
    label: str = ""
    ticking: MarketClock | None = None  # moved by the frames, where the feed carries its own clock
    groups: GroupFile | None = None  # the operator's
    copies: Copies | None = None  # lists kept in the data folder
    archive: Archive | None = None  # bars of the store, where there are any to keep
    intraday: Intraday | None = None  # minutes of the store, likewise
    filled: asyncio.Event = field(default_factory=_set)  # unset while stored rings wait for bars

    @property
    def world(self) -> World:
        """The engine's part of it."""
        found = World(hours=hours(), master=self.master, history=self.history, clock=self.clock)
        return found if self.intraday is None else replace(found, minutes=self.intraday.get)


def scene(options: RunOptions, settings: Settings, clock: Clock | None = None) -> Scene:
    """The demo's scene or the live one; `clock` replaces the machine's.

    SettingsError for an unknown feed, InputError for a groups file with a fault.
    """
    if options.demo:
        return _demo(options.data or settings.data_dir / "demo")
    return _live(options, settings, clock or WallClock(_start(settings["TICKBELL_CLOCK"])))


def _start(text: str) -> datetime | None:
    if not text:
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        start = None
    if start is None or start.tzinfo is None:
        raise SettingsError(f"TICKBELL_CLOCK is {text!r}; a time like 2025-05-09T09:42:10+08:00 would fit")
    return start


def _demo(folder: Path) -> Scene:
    day = founding_day()
    master = Reference.load()
    master.extend(day.instruments, day.groups)
    ticking = MarketClock(day.start)
    return Scene(
        folder=folder,
        master=master,
        bars=Remembered(day.histories.get),
        history=day.histories.get,
        clock=ticking,
        feeds=("demo",),
        past=day.frames,
        label=day.label,
        ticking=ticking,
    )


def _live(options: RunOptions, settings: Settings, clock: Clock) -> Scene:
    folder = options.data or settings.data_dir
    feeds = options.feeds or tuple(name for name in settings["TICKBELL_FEEDS"].split(",") if name)
    for name in feeds:
        if name not in FEEDS:
            raise SettingsError(f"there is no feed {name!r}; feeds: {', '.join(FEEDS)}")
        if fault := lacking(FEEDS[name], settings):
            raise SettingsError(fault)
    if "replay" in feeds and len(feeds) > 1:
        raise SettingsError("the feed replay brings its own clock, so it runs alone")
    if "demo" in feeds:
        raise SettingsError("the feed demo runs with --demo alone, so that it never mixes with live rules")
    master = Reference.load()
    copies = Copies(folder, master)
    copies.refresh()
    groups = GroupFile(Path(settings["TICKBELL_GROUPS"]), master) if settings["TICKBELL_GROUPS"] else None
    if groups is not None:
        groups.load()
    convention = settings["TICKBELL_ADJUST"]
    if convention not in (RATIO, AFFINE):
        raise SettingsError(f"TICKBELL_ADJUST is {convention!r}; ratio or affine would fit")
    own = Folder(Path(settings["TICKBELL_HISTORY"] or folder / "history"), master.get, convention=convention)
    bars = Archive(own)
    ticking = _ticking(settings["TICKBELL_REPLAY_FILE"], master) if feeds == ("replay",) else None
    return Scene(
        folder=folder,
        master=master,
        bars=bars,
        history=bars.get,
        clock=ticking or clock,
        feeds=feeds,
        ticking=ticking,
        groups=groups,
        archive=bars,
        copies=copies,
        intraday=Intraday(hours(), clock) if ticking is None else None,
    )


def _ticking(file: str, master: Reference) -> MarketClock:
    """A clock that starts with a replay's first frame."""
    if not file:
        raise SettingsError("the feed replay plays TICKBELL_REPLAY_FILE; set it to a quotes file")
    first = next(quotes.read(Path(file), master.find), None)
    if first is None:
        raise SettingsError(f"TICKBELL_REPLAY_FILE {file} holds no quotes")
    return MarketClock(first.received)
