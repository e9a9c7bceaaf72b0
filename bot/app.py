"""Wires every part to the others; the only module that knows them all.

Start: store and its checks, conditions and states, delivery (drains first), updates, feeds last; stop in
reverse.
"""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from logging import getLogger

import aiohttp

from bot import plugins as plugins  # noqa: PLC0414 -- fills the registries
from bot.channels.console import Console
from bot.channels.telegram import Telegram
from bot.cli import RunOptions
from bot.delivery.counters import Counters
from bot.delivery.fanout import fan_out
from bot.delivery.limiter import Limiter
from bot.delivery.sender import Sender
from bot.delivery.stages import Shown, Tools
from bot.errors import FencedError, SettingsError, TickbellError
from bot.feed import FEEDS, Context, Feed, declared, fetch
from bot.feed import options as own_options
from bot.formats.secid import secid_of
from bot.founding import showing
from bot.health import figures, verdict
from bot.history import upkeep
from bot.intake.besides import Besides
from bot.intake.posts import Posts
from bot.intake.standby import Standby, ranking
from bot.intake.supervise import Health, supervise, trades
from bot.log import start as start_log
from bot.master.calendar import zone
from bot.master.membership import Membership
from bot.optional import posts_of, recorder_of
from bot.parts import Part
from bot.parts import run as run_parts
from bot.ports import assemble, secret_of
from bot.presets import presets
from bot.recorder.recorder import Recorder
from bot.roles.engine import Watcher
from bot.roles.scheduler import Housekeeping
from bot.roles.updates import Admins, Road, Wire
from bot.scene import Scene, scene
from bot.settings import Settings, load
from bot.store import embedded
from bot.store.chats import Chats
from bot.store.checks import check
from bot.store.client import Store
from bot.store.keys import mine
from bot.store.rows import Rows
from bot.store.updates import Inbox
from bot.web.ground import Playground
from bot.web.server import Hooks, serve
from bot.web.views import Face
from handlers.application import Application
from handlers.command import Language
from handlers.ports import Clock
from rules.model import Frame

log = getLogger(__name__)


def run(options: RunOptions) -> int:
    """Run until Ctrl-C or SIGTERM; the exit code. TickbellError where it cannot start or must stop."""
    settings = load(more=declared())
    start_log(settings["TICKBELL_LOG"], settings.secrets)
    try:
        asyncio.run(_until_told(options, settings))
    except* TickbellError as errors:
        raise _first(errors) from None
    return 0


def _first(errors: BaseExceptionGroup[TickbellError]) -> TickbellError:
    """The first error of a group, however deep."""
    found = errors.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


async def _until_told(options: RunOptions, settings: Settings) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        if stopping.is_set():
            # A second signal means now; the store's log makes that as safe as a power cut.
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    async with opened(options, settings) as app:
        app.announce()
        gc.freeze()  # what was loaded stays: the collector need not walk a million conditions again
        await app.run(stopping)


@dataclass(slots=True, kw_only=True)
class App:
    """One process's parts, opened and connected; `run` sets them going."""

    options: RunOptions
    settings: Settings
    scene: Scene
    store: Store
    http: aiohttp.ClientSession
    channel: Telegram
    wire: Wire
    token: str
    counters: Counters
    playground: Playground | None = None
    watcher: Watcher | None = None
    address: str = ""
    note: str = ""
    healths: dict[str, Health]
    posts: Posts | None = None
    recorder: Recorder | None = None

    def announce(self) -> None:
        """The one line a newcomer needs."""
        place = f"playground at {self.address}/" if self.playground else f"web server at {self.address}"
        day = f" -- {self.scene.label}" if self.scene.label else ""
        _say(f"Tickbell: {place}{day}" + (f" ({self.note})" if self.note else ""))

    async def run(self, stopping: asyncio.Event) -> None:
        """All parts of this process's roles until `stopping`."""
        await run_parts(self._parts(), stopping)

    def _parts(self) -> list[Part]:
        roles, numbers = self.options.roles, mine(self.options.shard)
        parts: list[Part] = []
        besides = Besides.of(self, partial(fetch, self.http), self._take)
        if self.recorder is not None:
            parts.append(Part("recorder", self.recorder.run))
        if "schedule" in roles:
            parts.append(
                Part("schedule", Housekeeping(self.store, besides.lists(), self.scene.clock.now).run)
            )
        if "deliver" in roles:
            parts.append(Part("fan-out", lambda stop: fan_out(self.store, numbers, stop, self.counters)))
            parts.append(Part("sender", self._sender(numbers).run))
        if self.watcher is not None:
            parts.append(Part("engine", self._watch))
        if "bot" in roles:
            parts.append(Part("updates", self._road().run))
            parts.append(Part("members", Membership(self.store, self.scene.master, self.scene.clock).run))
        parts += upkeep.parts(self, besides.fetch)
        parts += besides.parts()
        if self.scene.groups is not None:
            parts.append(Part("groups", self.scene.groups.run))
        if self.watcher is not None and "feed" in roles:
            parts.extend(Part(f"feed {name}", self._feeding(FEEDS[name])) for name in self.scene.feeds)
        return parts

    def _sender(self, numbers: tuple[int, ...]) -> Sender:
        tools = Tools(
            rows=Rows(self.store),
            chats=Chats(self.store),
            limiter=Limiter(self.store),
            channel=self.channel,
            instrument=self.scene.master.get,
            counters=self.counters,
            language=Language(self.settings["TICKBELL_LANGUAGE"]),
            observers=(_print_alerts(Console()),),
        )
        return Sender(self.store, tools, numbers, probe=self.channel.probe)

    def _road(self) -> Road:
        chats = Chats(self.store)
        ports = assemble(
            self.store,
            bars=self.scene.bars,
            master=self.scene.master,
            clock=self.scene.clock,
            hours=self.scene.world.hours,
            secret=secret_of("" if self.playground else self.token, self.scene.folder),
        )
        ports = replace(ports, presets=presets(self.settings), loads=upkeep.loads(self.scene, self.settings))
        language = Language(self.settings["TICKBELL_LANGUAGE"])
        application = Application(ports, chats, Admins(self.wire), language=language)
        return Road(self.wire, Inbox(self.store), chats, application)

    async def _watch(self, stopping: asyncio.Event) -> None:
        if self.watcher is None:
            return
        try:
            await self.watcher.run(stopping)
        except FencedError as error:
            log.error("the engine of this process stops: %s", error)  # noqa: TRY400 -- one line, no stack
            await stopping.wait()

    def _feeding(self, feed: Feed) -> Callable[[asyncio.Event], Awaitable[None]]:
        health = self.healths.setdefault(feed.name, Health())

        def is_open(moment: datetime) -> bool:
            return trades(self.scene.world.hours, self._context(feed).symbols, moment)

        async def run(stopping: asyncio.Event) -> None:
            if self.options.demo and self.playground is not None:
                await showing.seed(self.playground, self._is_settled)
            await upkeep.filled(self.scene, stopping)
            await supervise(
                feed,
                lambda: self._context(feed),
                self._take,
                stopping,
                is_open=is_open,
                reconnected=lambda market: self._reconnected(feed, market),
                health=health,
            )
            if feed.replays and not stopping.is_set():
                _say("The day is over. The chat still answers; Ctrl-C stops.")

        return run

    async def _take(self, frame: Frame) -> None:
        if self.watcher is None:
            return
        if self.recorder is not None:
            self.recorder.take(frame)
        if self.scene.ticking is not None:
            self.scene.ticking.advance(frame.received)
        await self.watcher.take(frame)

    def _reconnected(self, feed: Feed, market: str) -> None:
        """A gap only where no other source of the market has been there meanwhile."""
        others = (name for name, one in self.healths.items() if name != feed.name and one.up)
        if self.watcher is not None and not any(market in FEEDS[name].markets for name in others):
            self.watcher.reconnected(market)

    def _context(self, feed: Feed) -> Context:
        wished = frozenset(filter(None, self.settings["TICKBELL_SYMBOLS"].split(",")))
        listened = self.watcher.symbols if self.watcher is not None else frozenset()
        names = sorted(wished.union(listened))
        return Context(
            http=self.http,
            urls={end.name: self.settings.feed_url(feed.name, end.name, end.url) for end in feed.endpoints},
            symbols=[name for name in names if name.rpartition(".")[2] in feed.markets],
            options=own_options(feed, self.settings)
            | {
                "speed": str(self.options.speed),
                "after": self.watcher.after if self.watcher is not None else "",
                "file": self.settings["TICKBELL_REPLAY_FILE"],
            },
            groups=sorted(filter(secid_of, self.watcher.groups)) if self.watcher is not None else (),
            now=self.scene.clock.now,
            posts=self.posts,
        )

    async def _is_settled(self) -> bool:
        """Whether every update was handled and everything the demo's chat listens to is in the engine."""
        if self.playground is None or self.watcher is None:
            return True
        inbox = Inbox(self.store)
        if await inbox.offset() <= self.playground.state.last_update or not await inbox.is_idle():
            return False
        rules = await Chats(self.store).rules(str(showing.CHAT))
        return all(rule.whole or rule.condition in self.watcher.engine for rule in rules)

    def figures(self) -> Mapping[str, object]:
        """Numbers for the page and /metrics."""
        engine = self.watcher.counters() if self.watcher is not None else {}
        clock, is_paced = self.scene.clock.now(), self.scene.ticking is not None
        speed = self.options.speed if is_paced else 1
        return {
            "market_time": clock.isoformat(),
            "speed": speed,
            **figures(engine, self.counters.as_dict()),
        }

    def health(self) -> Mapping[str, object]:
        """What is wrong now, in words."""
        engine = self.watcher.counters() if self.watcher is not None else {}
        return verdict(engine, self.counters.stopped, self.healths)


@asynccontextmanager
async def opened(options: RunOptions, settings: Settings, clock: Clock | None = None) -> AsyncIterator[App]:
    """Open and connect everything a run needs, close it in reverse; `clock` replaces the machine's."""
    _check_roles(options)
    stage = scene(options, settings, clock)
    async with AsyncExitStack() as stack:
        if options.demo:
            await showing.prepare(stage.folder, resume=options.resume)
        store = await _store(options, settings, stage, stack)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        counters, healths = Counters(), dict[str, Health]()
        playground = _playground(options, settings, stage)
        if playground is not None:
            stack.callback(playground.close)
        told: list[App] = []
        posts = posts_of(settings, stage)
        bound = await stack.enter_async_context(
            serve(
                settings["TICKBELL_WEB_HOST"],
                int(settings["TICKBELL_WEB_PORT"]),
                playground=playground,
                hooks=_hooks(told, posts),
            )
        )
        token = playground.token if playground else settings["TICKBELL_TELEGRAM_TOKEN"]
        url = bound.url if playground else settings["TICKBELL_TELEGRAM_URL"]
        channel = Telegram(token, url)
        stack.push_async_callback(channel.close)
        watcher = _watcher(options, store, stage, healths) if "engine" in options.roles else None
        await upkeep.load(stage, store, watcher)
        if watcher is not None:
            await watcher.start(stage.past() if options.demo else ())
        await upkeep.load_minutes(stage, store, watcher)
        app = App(
            options=options,
            settings=settings,
            scene=stage,
            store=store,
            http=http,
            channel=channel,
            wire=Wire(http, url, token),
            token=token,
            counters=counters,
            playground=playground,
            watcher=watcher,
            address=bound.url,
            note=bound.note,
            healths=healths,
            posts=posts,
            recorder=recorder_of(options, settings),
        )
        told.append(app)
        yield app


def _watcher(options: RunOptions, store: Store, stage: Scene, healths: Mapping[str, Health]) -> Watcher:
    """The engine role behind the word of all sources, in the order in which the settings name them."""
    gate = Standby(
        stage.world.hours,
        stage.master.get,
        ranking(FEEDS[name] for name in stage.feeds),
        lambda name: name in healths and healths[name].up,
    )
    return Watcher(store, stage.world, shard=options.shard, keeps_cursor=options.demo, gate=gate)


async def _store(options: RunOptions, settings: Settings, stage: Scene, stack: AsyncExitStack) -> Store:
    """The operator's store or the embedded one; a demo never touches the operator's."""
    url = "" if options.demo else settings["TICKBELL_REDIS_URL"]
    if not url:
        url = await stack.enter_async_context(embedded.serve(stage.folder))
    store = Store.connect(url)
    stack.push_async_callback(store.close)
    await check(store)
    return store


def _playground(options: RunOptions, settings: Settings, stage: Scene) -> Playground | None:
    """The stand-in for Telegram, for a demo and for whoever has no token."""
    if settings["TICKBELL_TELEGRAM_TOKEN"] and not options.demo:
        return None
    face = Face(
        label=stage.label,
        zone=zone("SH") if stage.ticking is not None else "",
        language=settings["TICKBELL_LANGUAGE"],
    )
    return Playground(stage.folder, showing.TOKEN, face=face, clock=stage.clock.now, settle=showing.SETTLE)


def _hooks(told: list[App], posts: Posts | None) -> Hooks:
    """What the web server tells and takes; it is up before the application is."""
    return Hooks(
        health=lambda: told[0].health() if told else {},
        counters=lambda: told[0].figures() if told else {},
        posts=posts,
    )


def _check_roles(options: RunOptions) -> None:
    if "feed" in options.roles and "engine" not in options.roles:
        raise SettingsError("the role feed hands frames to the role engine; name both in --role")


def _print_alerts(console: Console) -> Callable[[Shown], None]:
    def show(shown: Shown) -> None:
        if shown.message.alerts:
            console.show(shown.message, is_edit=shown.is_edit)

    return show


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
