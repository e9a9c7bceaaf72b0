"""Who is told of bars, when, and how often: against a real store, its sources' answers made by hand."""

import asyncio
from pathlib import Path

import pytest

from bot.errors import AwayError
from bot.history import courtesy, tidings
from bot.history.archive import Archive
from bot.history.folder import Folder
from bot.history.tidings import Tidings
from bot.master.listing import shaped
from bot.store.awaited import Awaited
from bot.store.bars import Bars, Filled
from bot.store.chatkeys import queue_key
from bot.store.chats import Chats
from bot.store.client import Store
from bot.store.rows import Letter, Rows
from handlers.command import AddRule, AwaitBars, DeleteRule, Effect, Language, SetLanguage, SetWatch
from tests.bot.delivery.values import rule
from tests.bot.rig import master
from tests.bot.store.test_bars import NOW, SYMBOL, bars

OTHER = "300502.SZ"


class Room:
    """A store with chats that wait, and the bars that come."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.chats, self.archive = store, Chats(store), Archive(Folder(folder, shaped))
        self.tidings = Tidings(store, self.archive, master(), Language.EN)
        self.updates = 10

    async def watch(self, *symbols: str, chat: str = "1", more: tuple[Effect, ...] = ()) -> None:
        """A chat watches instruments without bars."""
        self.updates += 1
        watched = [SetWatch(symbol=symbol, on=True) for symbol in symbols]
        await self.chats.apply(chat, self.updates, [*watched, AwaitBars(symbols=symbols), *more], None)

    async def come(self, symbol: str, days: int = 300) -> None:
        """Bars are written."""
        await self.archive.load(Bars(self.store))
        whole = bars(days) if days else None
        first = whole.dates[0].item() if whole is not None else None
        await self.archive.write(symbol, whole, Filled(source="tencent", checked=NOW, days=days, first=first))

    async def said(self, chat: str = "1") -> list[str]:
        """What waits to be sent to a chat."""
        found = []
        for row in await self.store.call("ZRANGE", queue_key(chat, 0), 0, -1):
            letter = await Rows(self.store).read(chat, row.decode())
            assert isinstance(letter, Letter)
            found.append(letter.text)
        return found


@pytest.fixture
def room(store: Store, tmp_path: Path) -> Room:
    """Nobody waits yet."""
    return Room(store, tmp_path)


async def test_everybody_is_told_once_when_all_of_it_is_there(room: Room) -> None:
    """Two chats wait, one for two instruments: it hears of both together, in its language."""
    await room.watch(SYMBOL, OTHER, more=(SetLanguage(language=Language.ZH),))
    await room.watch(SYMBOL, chat="2")
    assert await room.tidings.look() == 0
    await room.come(SYMBOL)
    assert await room.tidings.look() == 1
    assert await room.said("2") == ["<b>Innolight</b>: 300 daily bars since 2023-12-20 are loaded."]
    assert await room.said("1") == []
    await room.come(OTHER, 0)
    assert await room.tidings.look() == 1
    (text,) = await room.said("1")
    assert text.split("\n")[0] == "<b>2 个标的的日线</b>"
    assert "数据源没有它的日线" in text
    assert await room.tidings.look() == 0
    assert (await Awaited(room.store).read())[1] == []


async def test_silence_is_said_once_and_so_is_its_end(room: Room) -> None:
    """However often nobody answers; another process goes on where one stopped."""
    await room.watch(SYMBOL)
    await Bars(room.store).miss(SYMBOL, ["tencent"])
    assert await room.tidings.look() == 1
    room.tidings = Tidings(room.store, room.archive, master(), Language.EN)
    assert await room.tidings.look() == 0
    await room.come(SYMBOL)
    assert await room.tidings.look() == 1
    first, last = await room.said()
    assert "no answer from tencent" in first
    assert "are loaded" in last


async def test_a_minute_is_long(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has waited for it is told that it takes longer; after a day nobody waits."""
    await room.watch(SYMBOL)
    monkeypatch.setattr(tidings, "PATIENCE", 0)
    assert await room.tidings.look() == 1
    assert "take longer" in (await room.said())[0]
    assert await room.tidings.look() == 0
    monkeypatch.setattr(tidings, "GIVE_UP", 0)
    assert await room.tidings.look() == 0
    assert (await Awaited(room.store).read())[1] == []
    assert len(await room.said()) == 1


async def test_who_listens_no_more_is_not_told(room: Room) -> None:
    """Taken off the list, or the rule deleted: silence, and no more waiting."""
    made = rule()
    await room.chats.apply("1", 1, [AddRule(rule=made), AwaitBars(symbols=(made.symbol,))], None)
    await room.chats.apply("1", 2, [DeleteRule(rule=made.id)], None)
    await room.watch(OTHER, chat="2")
    await room.chats.apply("2", 3, [SetWatch(symbol=OTHER, on=False)], None)
    for symbol in (made.symbol, OTHER):
        await room.come(symbol)
    assert await room.tidings.look() == 0
    assert await room.said("1") == await room.said("2") == []
    assert (await Awaited(room.store).read())[1] == []


async def test_a_store_that_is_away_is_waited_for(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log, however long; then it goes on."""
    monkeypatch.setattr(courtesy, "LOOK", 0.001)
    await room.watch(SYMBOL)
    await room.come(SYMBOL)
    failures, real = [AwayError("away"), AwayError("away")], room.tidings.look

    async def look() -> int:
        if failures:
            raise failures.pop()
        return await real()

    monkeypatch.setattr(room.tidings, "look", look)
    stopping = asyncio.Event()
    running = asyncio.ensure_future(room.tidings.run(stopping))
    async with asyncio.timeout(10):
        while not await room.said():  # noqa: ASYNC110 -- the store tells nobody
            await asyncio.sleep(0.001)
    stopping.set()
    await running
    assert [one.message for one in caplog.records if "news of daily bars" in one.message] == [
        "news of daily bars: the store is waited for: away"
    ]
