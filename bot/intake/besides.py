"""What Eastmoney tells beside quotes, at run time: lists by the schedule; flows and anomalies in sessions.

All of it is asked for apart from the feed: whatever fails here waits longer and longer, and quotes go on.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

from bot.cli import RunOptions
from bot.feed import FEEDS, Answer, RefusedError
from bot.history.origins import ORIGINS
from bot.intake.inflows import MARKET, Inflows
from bot.intake.patrol import Patrol
from bot.intake.unusual import Unusual
from bot.master.roll import Refresher
from bot.master.sectors import SOURCE, Sectors
from bot.parts import Part
from bot.roles.engine import Watcher
from bot.roles.scheduler import Look
from bot.scene import Scene
from bot.settings import Settings
from bot.store.client import Store
from rules.model import Frame, Phase
from rules.sessions import REGULAR_PHASES

FLOWS_EVERY, ANOMALIES_EVERY = timedelta(minutes=1), timedelta(seconds=15)
Fetch = Callable[..., Awaitable[Answer]]  # bot.feed.fetch with its session


class Run(Protocol):
    """What is needed of a run."""

    options: RunOptions
    settings: Settings
    scene: Scene
    store: Store
    watcher: Watcher | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """The settings and services of one run that these parts need."""

    stage: Scene
    settings: Settings
    options: RunOptions
    store: Store
    watcher: Watcher | None
    fetch: Fetch
    take: Callable[[Frame], Awaitable[None]]

    @classmethod
    def of(cls, run: Run, fetch: Fetch, take: Callable[[Frame], Awaitable[None]]) -> "Besides":
        """The same of a run, with how it asks for pages and where its frames go."""
        return cls(
            stage=run.scene,
            settings=run.settings,
            options=run.options,
            store=run.store,
            watcher=run.watcher,
            fetch=fetch,
            take=take,
        )

    def lists(self) -> Mapping[str, Look]:
        """What the schedule refreshes, where Eastmoney is one of the sources of quotes or bars."""
        stage = self.stage
        if stage.archive is None or stage.ticking is not None or not self._is_source():
            return {}
        ask, watcher = partial(self._ask, "rest"), self.watcher
        wanted = (lambda: watcher.groups) if watcher is not None else frozenset[str]
        return {
            "instruments": Refresher(stage.folder, stage.master, ask, stage.clock).look,
            "boards": Sectors(stage.folder, stage.master, ask, stage.clock, wanted).look,
        }

    def parts(self) -> list[Part]:
        """Copies that others write are followed; flows and anomalies are asked for where the feed runs."""
        stage, watcher = self.stage, self.watcher
        found = []
        if stage.copies is not None and "schedule" not in self.options.roles:
            found.append(Part("copies", stage.copies.run))
        if watcher is None or "feed" not in self.options.roles or SOURCE not in stage.feeds:
            return found
        now, ask = stage.clock.now, partial(self._ask, "rest")
        inflows = Inflows(stage.master, lambda: watcher.groups, ask, self.take, now)
        unusual = Unusual(self.store, lambda: watcher.symbols, partial(self._ask, "changes"), now)
        flowing = Patrol("fund flows", inflows.turn, partial(self._is_in, REGULAR_PHASES), every=FLOWS_EVERY)
        phases = REGULAR_PHASES | {Phase.AUCTION}
        noted = Patrol("anomalies", unusual.turn, partial(self._is_in, phases), every=ANOMALIES_EVERY)
        return [*found, Part("fund flows", flowing.run), Part("anomalies", noted.run)]

    def _is_source(self) -> bool:
        """Whether Eastmoney is asked for quotes or bars at all."""
        return SOURCE in (*self.stage.feeds, *self.settings["TICKBELL_KLINES"].split(","))

    def _is_in(self, phases: frozenset[Phase]) -> bool:
        """Whether China is in one of these phases now."""
        return self.stage.world.hours.phase(MARKET, self.stage.clock.now()) in phases

    async def _ask(self, endpoint: str, path: str) -> bytes:
        """A page of Eastmoney's; a page for people in its place is a ban."""
        feed = FEEDS[SOURCE]
        usual = next(end.url for end in feed.endpoints if end.name == endpoint)
        url = self.settings.feed_url(SOURCE, endpoint, usual)
        body = (await self.fetch(url + path, ORIGINS[SOURCE].headers)).body
        if body.lstrip().startswith(b"<"):
            raise RefusedError("eastmoney shows a page instead of an answer")
        return body
