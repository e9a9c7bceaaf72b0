"""A live program in this process whose clock a story moves: whole trading days in seconds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from bot.app import App, opened
from bot.cli import RunOptions
from bot.feed import declared
from bot.settings import load
from bot.store.chats import Chats
from bot.web.state import Bubble, Sender

CHAT = 1
PATIENCE = 20.0  # seconds for what must come; the machine may be busy


@dataclass
class Hand:
    """The clock of a story; satisfies handlers.ports.Clock."""

    time: datetime

    def now(self) -> datetime:
        """Where the story stands."""
        return self.time


@dataclass
class Live:
    """A running program, its clock, and what its one chat reads."""

    app: App
    clock: Hand
    rules: dict[str, str] = field(default_factory=dict)  # a rule's id -> its text, as they were made

    @property
    def said(self) -> list[Bubble]:
        """What the bot has said, as it stands."""
        assert self.app.playground is not None
        return [one for one in self.app.playground.messages(CHAT) if one.sender is Sender.BOT]

    @property
    def rings(self) -> int:
        """Fired and provisional rings so far."""
        assert self.app.watcher is not None
        return self.app.watcher.counts.rings

    @property
    def quotes(self) -> int:
        """Quotes that came so far, believed or not."""
        assert self.app.watcher is not None
        return self.app.watcher.counts.quotes

    @property
    def states(self) -> dict[str, str]:
        """By rule text, the state of its newest ring as the chat has been told it."""
        found = (triple.split(":") for bubble in self.said for triple in sorted(bubble.alerts))
        return {self.rules.get(rule, rule): state for rule, _, state in found}

    async def until(self, what: str, condition: Callable[[], bool]) -> None:
        """Wait for something to become true; AssertionError says what did not."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():  # noqa: ASYNC110 -- what is awaited has no event
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"{what}: {self.rings} rings, {self.states}") from None

    async def alert(self, symbol: str, *rules: str) -> None:
        """Make rules and wait until the engine has them."""
        assert self.app.playground is not None
        assert self.app.watcher is not None
        for text in rules:
            due = len(self.said) + 1
            self.app.playground.post(f"/alert {symbol} {text}", CHAT)
            await self.until(f"an answer to {text}", partial(self._has_said, due))
        found = await Chats(self.app.store).rules(str(CHAT))
        self.rules = {rule.id: rule.text.partition(" | ")[0].partition(" ")[2] for rule in found}
        engine = self.app.watcher.engine
        await self.until("rules in the engine", lambda: all(rule.condition in engine for rule in found))

    def _has_said(self, count: int) -> bool:
        return len(self.said) >= count

    async def told(self, rule: str, state: str) -> None:
        """Wait until the chat knows this state of a rule."""
        await self.until(f"{rule} {state}", lambda: self.states.get(rule) == state)


@asynccontextmanager
async def live(folder: Path, clock: Hand, **env: str) -> AsyncIterator[Live]:
    """The program with its embedded store and its playground, stopped in order at the end."""
    given = {"TICKBELL_WEB_PORT": "0", "TICKBELL_DATA_DIR": str(folder)} | env
    stopping = asyncio.Event()
    async with (
        opened(RunOptions(data=folder), load(given, declared()), clock) as app,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(app.run(stopping), name="app")
        try:
            yield Live(app, clock)
        finally:
            stopping.set()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds of polling, resting and filling pass quickly; nothing else is changed."""
    monkeypatch.setattr("bot.intake.polling.POLL", 0.05)
    monkeypatch.setattr("bot.intake.rhythm.IDLE", 0.1)
    monkeypatch.setattr("bot.history.courtesy.RATE", 6000)
    monkeypatch.setattr("bot.history.courtesy.LOOK", 0.05)
    monkeypatch.setattr("bot.intake.stream.TICK", 0.02)
    monkeypatch.setattr("bot.intake.daily.WAIT", 0.1)
