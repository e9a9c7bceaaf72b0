"""A sender with everything real but the far end, which is a chat held in memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.channel import Message, RetryableError
from bot.delivery import outcome
from bot.delivery.counters import Counters
from bot.delivery.limiter import Limiter
from bot.delivery.sender import Sender
from bot.delivery.stages import Shown, Tools
from bot.errors import ChannelError
from bot.store.chats import Chats
from bot.store.claims import Claims, Entry
from bot.store.client import Store
from bot.store.keys import PARTITIONS, partition
from bot.store.rows import Rows
from handlers.command import AddRule
from rules.model import Instrument, Rule
from tests.bot.delivery.values import BITCOIN, INNOLIGHT, OPTICS

INSTRUMENTS = {one.symbol: one for one in (INNOLIGHT, BITCOIN, OPTICS)}
NO_GATHER = timedelta(0)


@dataclass
class Chat:
    """A channel whose messages stay readable; `fail` plants errors for coming calls, `None` lets one pass."""

    name: str = "memory"
    sent: list[Message] = field(default_factory=list)
    edits: list[tuple[int, Message]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    fail: list[ChannelError | None] = field(default_factory=list)
    gate: asyncio.Event | None = None  # where set, calls wait for it after they were accepted
    probes: list[ChannelError | None] = field(default_factory=list)
    probed: int = 0
    deaf: bool = False  # button presses cannot be answered
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Message) -> int:
        """Accept a message, unless told to fail; its number counts from 1."""
        await self._meet()
        self.sent.append(message)
        number = len(self.sent)
        await self._linger()
        return number

    async def edit(self, number: int, message: Message) -> None:
        """Accept an edit, unless told to fail."""
        await self._meet()
        self.edits.append((number, message))
        await self._linger()

    async def answer(self, callback: str, toast: str) -> None:
        """Note the answer, unless told to fail."""
        if self.deaf:
            raise RetryableError("not sent")
        self.answers.append((callback, toast))

    async def probe(self) -> None:
        """Answer, unless told to fail."""
        self.probed += 1
        if self.probes and (error := self.probes.pop(0)) is not None:
            raise error

    async def close(self) -> None:
        """Nothing is held."""

    @property
    def texts(self) -> dict[int, Message]:
        """What stands in the chat now, edits applied."""
        now = dict(enumerate(self.sent, 1))
        now.update(dict(self.edits))
        return now

    @property
    def shown(self) -> set[str]:
        """The (rule, ring, state) of the final texts."""
        return {alert for message in self.texts.values() for alert in message.alerts}

    async def _meet(self) -> None:
        if self.fail and (error := self.fail.pop(0)) is not None:
            self.changed.set()
            raise error

    async def _linger(self) -> None:
        self.changed.set()
        if self.gate is not None:
            await self.gate.wait()


@dataclass
class Post:
    """The delivery of one test: a store, a chat, and what stands between."""

    store: Store
    chat: Chat = field(default_factory=Chat)
    counters: Counters = field(default_factory=Counters)
    seen: list[Shown] = field(default_factory=list)
    updates: int = 0

    @property
    def chats(self) -> Chats:
        """The chats of the store."""
        return Chats(self.store)

    async def arm(self, *rules: Rule) -> None:
        """Give each rule's chat the rule."""
        for one in rules:
            self.updates += 1
            await self.chats.apply(one.chat, self.updates, [AddRule(rule=one)], None)

    async def ring(self, entry: Entry, chat: str = "1") -> tuple[str, ...]:
        """Fan one event out to the chat's partition."""
        return await Claims(self.store, partition(chat), gather=NO_GATHER).hear(entry)

    def tools(self) -> Tools:
        """What a sender works with."""
        return Tools(
            rows=Rows(self.store),
            chats=self.chats,
            limiter=Limiter(self.store),
            channel=self.chat,
            instrument=self.instrument,
            counters=self.counters,
            observers=(self.seen.append,),
        )

    @staticmethod
    def instrument(symbol: str) -> Instrument:
        """The instrument of a symbol; unknown ones have no name."""
        return INSTRUMENTS.get(symbol) or Instrument(symbol=symbol)

    @asynccontextmanager
    async def sending(
        self, probe: Callable[[], Awaitable[None]] | None = None, store: Store | None = None
    ) -> AsyncIterator[Sender]:
        """A running sender, stopped at the end."""
        sender = Sender(store or self.store, self.tools(), range(PARTITIONS), probe=probe)
        stopping = asyncio.Event()
        task = asyncio.create_task(sender.run(stopping), name="sender")
        try:
            yield sender
        finally:
            stopping.set()
            await task

    async def until(self, is_so: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until the chat has come to a state; TimeoutError where it does not."""
        async with asyncio.timeout(seconds):
            while not is_so():
                self.chat.changed.clear()
                try:
                    async with asyncio.timeout(0.1):
                        await self.chat.changed.wait()
                except TimeoutError:
                    continue

    async def settled(self, seconds: float = 10) -> None:
        """Wait until no row waits any more."""
        rows = Rows(self.store)
        async with asyncio.timeout(seconds):
            while (await rows.due(range(PARTITIONS)))[1]:  # noqa: ASYNC110 -- rows announce no emptiness
                await asyncio.sleep(0.02)


@pytest.fixture
async def post(store: Store, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Delivery over the test's store, with waits a twentieth as long."""
    monkeypatch.setattr(outcome, "FIRST", 0.05)
    monkeypatch.setattr(outcome, "FOLLOW", timedelta(seconds=0.1))
    return Post(store)
