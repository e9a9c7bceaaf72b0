"""Chats that wait for bars: noted with the rules that need them, told and forgotten in one script."""

import json

from bot.store.awaited import Awaited, Wait
from bot.store.bars import Bars, Filled
from bot.store.chatkeys import queue_key
from bot.store.chats import Chats
from bot.store.client import Store
from bot.store.rows import Letter, Rows
from handlers.command import AwaitBars
from tests.bot.store.test_bars import NOW, SYMBOL, bars

OTHER = "300502.SZ"


async def test_waiting_begins_with_the_update_and_keeps_its_beginning(store: Store) -> None:
    """Asked again while waiting, an instrument waits on as before; an update handled twice adds nothing."""
    chats, awaited = Chats(store), Awaited(store)
    assert await chats.apply("1", 10, [AwaitBars(symbols=(SYMBOL,))], None)
    now, (first,) = await awaited.read()
    assert first.chat == "1"
    assert list(first.symbols) == [SYMBOL]
    assert 0 <= now - first.symbols[SYMBOL].at < 10_000
    assert await chats.apply("1", 11, [AwaitBars(symbols=(SYMBOL, OTHER))], None)
    assert not await chats.apply("1", 11, [AwaitBars(symbols=("AAPL.US",))], None)
    _, (second,) = await awaited.read()
    assert set(second.symbols) == {SYMBOL, OTHER}
    assert second.symbols[SYMBOL] == first.symbols[SYMBOL]


async def test_being_told_and_waiting_no_more_are_one_script(store: Store) -> None:
    """The letter is a row of the lane of replies; who waits for something new meanwhile is not told yet."""
    chats, awaited = Chats(store), Awaited(store)
    await chats.apply("1", 10, [AwaitBars(symbols=(SYMBOL,))], None)
    now, (old,) = await awaited.read()
    await chats.apply("1", 11, [AwaitBars(symbols=(OTHER,))], None)
    assert not await awaited.tell(old, {}, "too early", now)
    assert await store.call("ZRANGE", queue_key("1", 0), 0, -1) == []
    now, (new,) = await awaited.read()
    left = {OTHER: Wait(new.symbols[OTHER].at, 1)}
    assert await awaited.tell(new, left, "here", now)
    assert not await awaited.tell(new, left, "here", now)
    (row,) = await store.call("ZRANGE", queue_key("1", 0), 0, -1)
    letter = await Rows(store).read("1", row.decode())
    assert isinstance(letter, Letter)
    assert letter.text == "here"
    _, (kept,) = await awaited.read()
    assert kept.symbols == left
    assert json.loads(kept.text)[OTHER]["told"] == 1
    assert await awaited.tell(kept, {}, "", now)
    assert (await awaited.read())[1] == []
    assert len(await store.call("ZRANGE", queue_key("1", 0), 0, -1)) == 1


async def test_silent_sources_are_known_until_one_answers(store: Store) -> None:
    """Bars that are written take it back."""
    kept = Bars(store)
    assert await kept.silent([SYMBOL]) == {}
    await kept.miss(SYMBOL, ["tencent", "eastmoney"])
    assert await kept.silent([SYMBOL, OTHER]) == {SYMBOL: ["tencent", "eastmoney"]}
    await kept.write(SYMBOL, bars(3), Filled(source="tencent", checked=NOW, days=3))
    assert await kept.silent([SYMBOL]) == {}
