"""Every feed with a websocket against servers that hang up, fall silent, or send what cannot be read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TypeAlias

import pytest
from aiohttp import web
from websockets.asyncio.server import ServerConnection

from bot import feeds as feeds  # noqa: PLC0414 -- fills the registry
from bot.feed import FEEDS, Feed, declared, needs, options
from bot.intake.supervise import Patience
from bot.settings import load
from tests.bot.sources import Source, pages, stream
from tests.bot.supervision import HURRY, Run, supervised

STREAMING = sorted(name for name, feed in FEEDS.items() if any(end.name == "ws" for end in feed.endpoints))
SYMBOLS = {
    "BINANCE": "ETHUSDT.BINANCE",
    "OKX": "ETH-USDT.OKX",
    "COINBASE": "ETH-USD.COINBASE",
    "US": "AAPL.US",
    "SH": "600519.SH",
}
Talk: TypeAlias = Callable[[ServerConnection], Awaitable[None]]
RUBBISH = (
    "<!DOCTYPE html><html><body>please slide</body></html>",
    '{"stream":"ethusdt@aggTrade","data":{"e":"aggTrade","s":"ETHUSDT","p":NaN,"T":Infinity}}',
    '[{"T":"t","ev":"T","S":"AAPL","sym":"AAPL","p":' + "9" * 5000 + "}]",
    "{" * 50_000,
    "",
)


@pytest.fixture(params=STREAMING)
def feed(request: pytest.FixtureRequest) -> Feed:
    """Each of them, to be changed at will."""
    made: Feed = type(FEEDS[request.param])()
    return made


async def nothing(_: web.Request) -> web.Response:
    """REST that is not there."""
    return web.Response(status=500)


@asynccontextmanager
async def met(feed: Feed, talk: Talk, patience: Patience = HURRY) -> AsyncIterator[tuple[Run, Source]]:
    """The feed under supervision against a server."""
    keys = {one.name: "cAnArY-cAnArY-cAnArY" for one in needs(feed).settings if one.secret}
    async with AsyncExitStack() as stack:
        ws = await stack.enter_async_context(stream(talk))
        rest = await stack.enter_async_context(pages(nothing))
        urls = {"ws": ws.url, "rest": rest.url}
        given = options(feed, load(keys, declared()))
        run = await stack.enter_async_context(supervised(feed, urls, patience, given))
        run.symbols[:] = [SYMBOLS[feed.markets[0]]]
        yield run, ws


async def test_a_server_that_accepts_and_hangs_up_is_met_seldom(feed: Feed) -> None:
    """Real figures a hundred times as fast: 60 connects in 5 minutes are never reached."""

    async def leave(socket: ServerConnection) -> None:
        await socket.close()

    async with met(feed, leave, Patience(first=0.01, ceiling=0.3, tick=0.01)) as (run, ws):
        await asyncio.sleep(1.5)  # stands for 150 s
    assert 3 <= len(ws.asked) <= 20
    assert (run.health.up, run.health.outages) == (False, 1)


async def test_a_socket_that_is_open_and_mute_is_given_up(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence is noticed by data, not by pings, which the server answers."""
    monkeypatch.setattr("bot.intake.stream.ANSWER", 0.5)
    feed.silence = timedelta(seconds=0.3)

    async def mute(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with met(feed, mute) as (run, ws):
        await run.until(lambda: len(ws.asked) >= 2)
    told = ("no data", "did not answer", "answered 500")  # the last by a feed that then asks its pages
    assert any(words in run.health.reason for words in told)
    assert not run.prices


async def test_what_cannot_be_read_ends_a_connection_and_is_no_price(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever comes instead of an answer or of data, the feed goes down in a sentence, and comes back."""
    monkeypatch.setattr("bot.intake.stream.ANSWER", 0.5)

    async def babble(socket: ServerConnection) -> None:
        for text in RUBBISH * 3:
            await socket.send(text)
        await socket.wait_closed()

    async with met(feed, babble, Patience(first=0.01, ceiling=0.05, tick=0.01)) as (run, ws):
        await run.until(lambda: len(ws.asked) >= 2)
    assert run.health.reason
    assert not run.prices
