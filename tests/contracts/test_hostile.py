"""Every live feed under its supervisor before servers that misbehave: met seldom, never believed.

The server speaks HTTP and websockets on one port and does the same to both. Time runs a hundred times as
fast: the patience of the program and each feed's silence are divided by a hundred.
"""

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from bot import feeds as feeds  # noqa: PLC0414 -- fills the registry
from bot.errors import FeedError
from bot.feed import FEEDS, Context, Feed, needs, options
from bot.intake.gate import Gate
from bot.intake.supervise import Health, Patience, supervise
from bot.master.calendar import hours
from bot.master.reference import Reference
from bot.settings import load
from rules.model import Frame
from tests.bot.sources import BUSY, Source, pages
from tests.contracts.case import Case
from tests.contracts.cases import every
from tests.recorded import DATA

CASES = every()
# Those that connect to a server of their own: a webhook is asked, a library connects by itself.
LIVE = sorted(name for name, feed in FEEDS.items() if feed.endpoints)
CANARY = "canary0key1canary2key"
FAST = 100
SECONDS = 1.5  # stand for 150
PATIENCE = Patience(
    first=0.01,
    ceiling=0.3,
    refused=1.2,
    banned=3600.0,
    proof=0.01,
    steady=0.6,
    window=3.0,
    tick=0.01,
    settle=0.05,
    linger=0.01,
)
MANNERS = ("close", "refuse", "page", "empty", "rubbish", "mute", "bomb", "frozen")
RUBBISH = (b"\x00\xff", b"null", b"[" * 5000, b'{"data":{"diff":[{"f2":NaN}]}}', b'v_sz300308="1~')


class Hostile:
    """A server with one bad manner."""

    def __init__(self, manner: str, recording: bytes) -> None:
        self.manner, self.recording = manner, recording
        self.bomb = gzip.compress(b"data: " + b"v" * 30_000_000) if manner == "bomb" else b""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Do it to whoever comes."""
        if request.headers.get("Upgrade", "").lower() == "websocket" and self.manner not in {
            "refuse",
            "page",
        }:
            return await self.talk(request)
        if self.manner == "close":
            assert request.transport is not None
            request.transport.abort()
        if self.manner == "refuse":
            return web.Response(status=403)
        if self.manner == "mute":
            await asyncio.sleep(3600)
        is_stream = "sse" in request.path and self.manner in {"bomb", "empty", "rubbish"}
        headers = {"Content-Type": "text/event-stream" if is_stream else "text/html"}
        if self.manner == "bomb":
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=self.body(), headers=headers)

    def body(self) -> bytes:
        """What is answered with status 200."""
        bodies = {"page": b"<html>slide to continue</html>", "bomb": self.bomb, "frozen": self.recording}
        return bodies.get(self.manner, RUBBISH[3] if self.manner == "rubbish" else b"")

    async def talk(self, request: web.Request) -> web.WebSocketResponse:
        """The same on a websocket."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if self.manner == "close":
            await socket.close()
        turn = 0
        while not socket.closed:
            message = {
                "empty": b"",
                "rubbish": RUBBISH[turn % len(RUBBISH)],
                "bomb": b"v" * 3_000_000,
                "frozen": self.recording,
            }
            with suppress(ConnectionError):
                if self.manner in message:
                    await socket.send_bytes(message[self.manner])
            with suppress(TimeoutError):
                await socket.receive(timeout=0.02)
            turn += 1
        return socket


def given_by(feed: Feed) -> dict[str, str]:
    """A feed's own settings as they are by default, its secrets made up."""
    own = needs(feed).settings
    return options(feed, load({one.name: CANARY for one in own if one.secret}))


@asynccontextmanager
async def serving(manner: str, recording: bytes) -> AsyncIterator[Source]:
    """A running one."""
    async with pages(Hostile(manner, recording).answer) as site:
        yield site


async def met(feed: Feed, case: Case, manner: str, recording: bytes) -> tuple[Health, list[Frame]]:
    """The health of a feed that was supervised before such a server for a while, and what it handed on."""
    health, stopping, frames = Health(patience=PATIENCE), asyncio.Event(), list[Frame]()

    async def sink(frame: Frame) -> None:
        frames.append(frame)

    async with serving(manner, recording) as site, aiohttp.ClientSession() as http:
        urls = {end.name: _base(end.url, site.url) for end in feed.endpoints}
        given = Context(
            http=http,
            urls=urls,
            symbols=case.symbols,
            options={**given_by(feed), "interval": "0.03", **case.options},
            now=lambda: BUSY,
        )
        task = asyncio.create_task(
            supervise(
                feed,
                lambda: given,
                sink,
                stopping,
                is_open=lambda _: True,
                reconnected=lambda _: None,
                health=health,
            )
        )
        await asyncio.sleep(SECONDS)
        stopping.set()
        async with asyncio.timeout(5):
            await task
    return health, frames


def _base(real: str, local: str) -> str:
    """The local server by the protocol of the real one."""
    return local.replace("http", "ws", 1) if real.startswith("ws") else local


@pytest.fixture(params=LIVE)
def feed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Feed:
    """Each live feed, with a hundredth of its silence."""
    found = FEEDS[request.param]
    monkeypatch.setattr(type(found), "silence", found.silence / FAST)
    return found


@pytest.fixture
def recording(feed: Feed) -> bytes:
    """Its recording; skips where the recorded data is absent."""
    case = CASES[feed.name]
    if case.file and not (DATA / case.file).exists():
        pytest.skip(f"recorded data is absent: {case.file}")
    return case.payload()


async def test_no_server_is_met_too_often_or_believed(
    feed: Feed, recording: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """At most 60 connects in five minutes, an outage that is noticed, in two lines, no key in any of them."""
    caplog.set_level(logging.DEBUG)
    case = CASES[feed.name]
    assert case.symbols, "a live feed says in its case what it may be asked for"
    found = await asyncio.gather(*(met(feed, case, manner, recording) for manner in MANNERS))
    for manner, (health, frames) in zip(MANNERS, found, strict=True):
        assert 1 <= health.connects <= 60 * SECONDS * FAST / 300, manner
        assert health.outages >= 1, f"{manner} goes unnoticed"
        assert health.reason, manner
        prices = [quote.price for frame in frames for quote in frame.quotes if not quote.flaw]
        assert manner == "frozen" or not any(prices), manner
    ours = [record for record in caplog.records if record.name.startswith("bot.")]
    downs = [
        record for record in ours if record.levelno >= logging.WARNING and ": down: " in record.getMessage()
    ]
    assert len(downs) <= sum(health.outages for health, _ in found)
    theirs = "aiohttp.access"  # the server's own log has every address it was asked for
    told = [record.getMessage() for record in caplog.records if record.name != theirs]
    assert CANARY not in "".join(told)
    assert CANARY not in "".join(health.reason for health, _ in found)


@pytest.mark.parametrize("name", [name for name in LIVE if CASES[name].mixed])
def test_a_mixed_unit_is_refused(name: str) -> None:
    """Where volume is in another unit than the amount says, the parser puts it right or the gate refuses.

    Sources that tell no amount beside their volume have no such case.
    """
    feed, mixed = FEEDS[name], CASES[name].mixed
    assert mixed is not None
    gate = Gate(hours(), Reference.load().get)
    reasons: list[str] = []
    for frame in feed.parse(mixed(), BUSY):
        judged = gate.judge(Frame(market=frame.market, received=frame.quotes[0].time, quotes=frame.quotes))
        reasons += [reason for _, reason in judged.refused]
        for quote in judged.frame.quotes:
            assert quote.amount
            assert quote.volume
            assert quote.low
            assert quote.high
            mean = quote.amount / quote.volume * 1000
            assert quote.low * 0.98 <= mean <= quote.high * 1.02
    assert set(reasons) <= {"unit mismatch"}


def test_a_live_feeds_quotes_bear_its_name(feed: Feed, recording: bytes) -> None:
    """Where a market has several sources they are told apart by it."""
    for frame in feed.parse(recording, BUSY):
        assert {quote.source for quote in frame.quotes} <= {feed.name}


async def test_a_feed_without_symbols_is_not_asked_for_any(feed: Feed) -> None:
    """The supervisor does not connect while nobody listens; one that is made all the same ends well."""
    async with aiohttp.ClientSession() as http:
        nowhere = {end.name: _base(end.url, "http://127.0.0.1:1") for end in feed.endpoints}
        given = Context(http=http, urls=nowhere, symbols=(), options=given_by(feed))
        stream = feed.payloads(given)
        with suppress(FeedError, TimeoutError):
            async with asyncio.timeout(0.3):
                await anext(stream)
        await stream.aclose()


def test_the_figures_stand_for_real_ones() -> None:
    """The patience of this suite is the shipped one, a hundred times as fast."""
    shipped, fast = Patience(), PATIENCE
    for name in ("first", "ceiling", "refused", "proof", "steady", "window", "settle"):
        assert getattr(fast, name) * FAST == pytest.approx(getattr(shipped, name)), name
    assert (fast.connects, fast.unreadable) == (shipped.connects, shipped.unreadable)
    assert timedelta(seconds=1) <= min(FEEDS[name].silence for name in LIVE)
