"""A bar that ended while the program was away is decided by history, asked for before the first quote."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.app import App, opened
from bot.cli import RunOptions
from bot.feed import declared
from bot.history import upkeep
from bot.settings import load
from bot.store.chats import Chats
from handlers.command import AddRule
from rules.model import Event, Frame, Phase, Quote
from tests.bot.rig import entries, rule_of
from tests.fakes.abroad import coin, world
from tests.fakes.candles import Bourse, bourse, stamp, walk
from tests.stories.day import Hand

COIN = "BTCUSDT.BINANCE"
NOON, NEXT = stamp("2025-11-26 12:17:20"), stamp("2025-11-27 12:00:00")
OPTIONS = RunOptions(roles=("engine", "schedule", "bot"))


@asynccontextmanager
async def running(folder: Path, hand: Hand, url: str) -> AsyncIterator[App]:
    """The program with its history filled by one source; its feed is the test."""
    given = {
        "TICKBELL_WEB_PORT": "0",
        "TICKBELL_DATA_DIR": str(folder),
        "TICKBELL_FEEDS": "binance",
        "TICKBELL_BINANCE_REST_URL": url,
    }
    stopping = asyncio.Event()
    async with opened(OPTIONS, load(given, declared()), hand) as app, asyncio.TaskGroup() as group:
        (part,) = (one for one in app._parts() if one.name == "history")
        group.create_task(_run(part.run(stopping)))
        await asyncio.sleep(0)
        await upkeep.filled(app.scene, asyncio.Event())
        try:
            yield app
        finally:
            stopping.set()


async def _run(work: object) -> None:
    await work  # type: ignore[misc]


async def see(app: App, hand: Hand, price: int) -> None:
    """A quote of now."""
    assert app.watcher is not None
    quote = Quote(symbol=COIN, time=hand.time, price=price, phase=Phase.CONTINUOUS)
    await app.watcher.take(Frame(market="BINANCE", received=hand.time, quotes=(quote,)))
    await app.watcher._outbox.flush()


async def ring(app: App, hand: Hand, text: str, price: int) -> None:
    """A chat's rule rings provisionally."""
    assert app.watcher is not None
    rule = rule_of(text, "1")
    await Chats(app.store).apply("1", 1, [AddRule(rule=rule)], None)
    await app.watcher._round(None)
    await see(app, hand, price // 2)
    async with asyncio.timeout(10):
        while (found := app.watcher.engine.explain(rule.condition)) is None or found.level is None:  # noqa: ASYNC110 -- bars come
            await asyncio.sleep(0.01)
    for _ in range(2):  # the gate believes a jump when the next quote confirms it
        hand.time += timedelta(seconds=1)
        await see(app, hand, price)


async def said(app: App) -> list[Event]:
    """What the store has of the rule."""
    return [event for event, _ in await entries(app.store)]


@pytest.mark.parametrize(("mode", "seed"), [("well", 4), ("well", 5), ("gone", 4)])
async def test_a_minute_bar_is_decided_by_the_minutes_of_its_end(
    tmp_path: Path, mode: str, seed: int
) -> None:
    """By its close where the source tells it, else withdrawn as not known."""
    hand = Hand(NOON)
    async with bourse(hand.now) as sources:
        sources.bars[COIN] = walk(COIN, NOON - timedelta(days=3), NEXT, seed)
        url = sources.sites["binance"].url
        async with running(tmp_path, hand, url) as app:
            await ring(app, hand, f"{COIN} price > ma(2, 15m)", 10**14)
            assert [event.state.value for event in await said(app)] == ["provisional"]
        hand.time = NOON + timedelta(minutes=43)
        sources.mode = mode
        async with running(tmp_path, hand, url) as app:
            await see(app, hand, 10**12)
            last = next(event for event in reversed(await said(app)) if event.ring == 1)
        assert last.time == stamp("2025-11-26 12:30:00")
        if mode == "gone":
            assert (last.state.value, "not known" in str(last.evidence["reason"])) == ("withdrawn", True)
        else:
            assert (last.state.value, last.evidence["minutes"]) == (decided(sources), 15.0)
            assert last.evidence["bar"] == stamp("2025-11-26 12:15:00").isoformat()


def decided(sources: Bourse) -> str:
    """Whether the quarter of the ring closed above the one before."""
    table = sources.table(COIN, 15)
    before, mine = table.prices[3, -5:-3]
    return "confirmed" if mine > before else "withdrawn"


@pytest.mark.parametrize("seed", [3, 4])
async def test_a_day_bar_is_decided_by_the_day_that_the_source_has(tmp_path: Path, seed: int) -> None:
    """A day later: confirmed where it closed above its average, withdrawn where not, never as not known."""
    hand = Hand(NOON)
    async with AsyncExitStack() as stack:
        sources = await stack.enter_async_context(world(NOON.date()))
        truth = coin(COIN, date(2024, 1, seed), date(2025, 11, 30))
        sources.bars[COIN] = truth
        url = sources.sites["binance"].url
        async with running(tmp_path, hand, url) as app:
            await ring(app, hand, f"{COIN} price > ma(2)", 10**14)
            assert [event.state.value for event in await said(app)] == ["provisional"]
        hand.time, sources.today = NEXT, NEXT.date()
        async with running(tmp_path, hand, url) as app:
            await see(app, hand, 10**12)
            last = next(event for event in reversed(await said(app)) if event.ring == 1)
        place = truth.dates.tolist().index(NOON.date())
        is_above = truth.close[place] > truth.close[place - 1]
        assert last.state.value == ("confirmed" if is_above else "withdrawn")
        assert last.evidence == {"history": str(NOON.date())}
