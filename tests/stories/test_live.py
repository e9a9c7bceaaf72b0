"""The live road: recorded markets behind local servers, through real adapters to a chat, and nothing else."""

import asyncio
import gzip
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp import web
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_websocket

from bot.web.ground import Playground
from bot.web.server import serve
from bot.web.state import Bubble, Sender
from tests.program import Program, program

DATA = Path(os.environ.get("TICKBELL_DATA", Path(__file__).parents[2] / "../shared/data"))
BINANCE = DATA / "crypto/hftbacktest/binance_spot_btcusdt_20240808.jsonl.gz"
TENCENT = DATA / "raw_http"
TOKEN = "7000000001:AAcanaryCANARYcanaryCANARYcanaryCANARY0"
CHAT = 1
BEGINS = datetime(
    2024, 8, 8, 23, 54, 15, tzinfo=UTC
)  # by the events' own clock; its receiver ran 1.3 s behind

Page: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="no recorded market data: set TICKBELL_DATA to its folder"),
    pytest.mark.timeout(180),
]


def recording(seconds: float) -> Iterator[tuple[float, str]]:
    """The first seconds of a recorded Binance stream: seconds since its start, and the frame."""
    start = None
    with gzip.open(BINANCE, "rt", encoding="utf-8") as lines:
        for line in lines:
            stamp, _, frame = line.partition(" ")
            start = int(stamp) if start is None else start
            after = (int(stamp) - start) / 1e9
            if after > seconds:
                return
            yield after, frame


def trades(seconds: float) -> list[float]:
    """The traded prices of the same frames, read without any of our code."""
    events = (json.loads(frame).get("data", {}) for _, frame in recording(seconds))
    return [float(event["p"]) for event in events if event.get("e") == "trade"]


@asynccontextmanager
async def binance(seconds: float, go: asyncio.Event) -> AsyncIterator[dict[str, str]]:
    """Binance's stream and k-lines on loopback; a connection hears the recording from when `go` is set."""

    async def play(socket: ServerConnection) -> None:
        await go.wait()
        begin = asyncio.get_running_loop().time()
        for after, frame in recording(seconds):
            await asyncio.sleep(max(0.0, begin + after - asyncio.get_running_loop().time()))
            await socket.send(frame)
        await socket.wait_closed()

    async def klines(_request: web.Request) -> web.Response:
        today = int(datetime(2024, 8, 8, tzinfo=UTC).timestamp() * 1000)
        day = 86_400_000
        rows = [
            [today - day, "56000.0", "57700.0", "54500.0", "55000.0", "40000.0", today - 1, "2e9"],
            [today, "55000.0", "62745.0", "54730.0", "61837.63", "44000.0", today + day - 1, "2.6e9"],
        ]
        return web.json_response(rows)

    async with AsyncExitStack() as stack:
        socket = await stack.enter_async_context(serve_websocket(play, "127.0.0.1", 0))
        rest = await stack.enter_async_context(pages({"/api/v3/klines": klines}))
        port = next(iter(socket.sockets)).getsockname()[1]
        yield {"TICKBELL_BINANCE_WS_URL": f"ws://127.0.0.1:{port}", "TICKBELL_BINANCE_REST_URL": rest}


@asynccontextmanager
async def pages(handlers: Mapping[str, Page]) -> AsyncIterator[str]:
    """An HTTP server on loopback; its base URL."""
    app = web.Application()
    for path, handler in handlers.items():
        app.router.add_get(path, handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def telegram() -> AsyncIterator[tuple[Playground, dict[str, str]]]:
    """A strict Bot API server that is not the program's own, and the settings that lead to it."""
    ground = Playground(None, TOKEN)
    try:
        async with serve("127.0.0.1", 0, playground=ground) as bound:
            yield ground, {"TICKBELL_TELEGRAM_URL": bound.url, "TICKBELL_TELEGRAM_TOKEN": TOKEN}
    finally:
        ground.close()


def said(ground: Playground) -> list[Bubble]:
    """What the bot has said in the chat, as it stands."""
    return [bubble for bubble in ground.messages(CHAT) if bubble.sender is Sender.BOT]


def alerts(ground: Playground) -> list[str]:
    """First lines of the messages that carry alerts."""
    return [bubble.text.splitlines()[0] for bubble in said(ground) if bubble.alerts]


async def ask(ground: Playground, run: Program, text: str) -> str:
    """Type a command and wait for its answer."""
    before = len(said(ground))
    ground.post(text, CHAT)
    async with asyncio.timeout(20):
        while len(said(ground)) == before:
            assert run.process.returncode is None, run.report("ended")
            await asyncio.sleep(0.02)
    return said(ground)[-1].text


async def rang(ground: Playground, run: Program, count: int, quiet: float = 3.0) -> list[str]:
    """Wait for `count` alerts, then make sure that no other follows."""
    async with asyncio.timeout(40):
        while len(alerts(ground)) < count:
            assert run.process.returncode is None, run.report("ended")
            await asyncio.sleep(0.05)
    await asyncio.sleep(quiet)
    return alerts(ground)


async def test_a_recorded_binance_stream_rings_what_it_crossed(tmp_path: Path) -> None:
    """Trades of a recorded stream ring the level they fell through, and no level they did not reach."""
    seconds = 6.0
    prices = trades(seconds)
    assert min(prices) < 61830 < prices[0] <= max(prices) < 61840
    first = next(price for price in prices if price < 61830)
    go = asyncio.Event()
    async with binance(seconds, go) as feed, telegram() as (ground, chat):
        env = {"TICKBELL_FEEDS": "binance", "TICKBELL_CLOCK": BEGINS.isoformat(), **feed, **chat}
        async with program("run", "--data", str(tmp_path), env=env) as run:
            await run.reached()
            for rule in ("price > 61840", "price crosses below 61830", "change < 0%"):
                await ask(ground, run, f"/alert BTCUSDT {rule}")
            answer = await ask(ground, run, "/alert BTCUSDT price < 61830")
            assert "61830" in answer.replace(",", "")
            go.set()
            heard = await rang(ground, run, 1)
            shown = {triple for bubble in said(ground) for triple in bubble.alerts}
            assert await run.interrupt() == 0
    assert len({triple.split(":")[0] for triple in shown}) == 2, heard
    assert all(triple.endswith(":1:fired") for triple in shown)
    assert f"{first:,.2f}" in heard[0]
    assert TOKEN not in run.report("")


@pytest.mark.parametrize("is_resting", [False, True])
async def test_recorded_tencent_snapshots_ring_and_the_auction_does_not(
    tmp_path: Path, *, is_resting: bool
) -> None:
    """An auction snapshot raises nothing; twenty minutes later the same stock rings what is true by then."""
    recorded = (
        ("tencent_gostock_1_20250509092233", datetime(2025, 5, 9, 1, 22, 35, tzinfo=UTC), 0),
        ("tencent_gostock_2_20250509094209", datetime(2025, 5, 9, 1, 42, 11, tzinfo=UTC), 2),
    )
    # Indicative 22.26 is above 22.00 and 0.04 % below the previous close; at 09:42 it is 21.92, -1.57 %.
    rules = ("002241 price < 22", "002241 change < -1.5%", "002241 price > 22.2", "002241 change > 0%")
    async with telegram() as (ground, chat):
        for name, clock, count in recorded[is_resting:]:
            body = (TENCENT / f"{name}.gb18030.bin").read_bytes()

            async def quotes(_request: web.Request, body: bytes = body) -> web.Response:
                return web.Response(body=body, content_type="application/javascript", charset="GB18030")

            async with pages({"/q={codes:.*}": quotes}) as rest:
                env = {"TICKBELL_FEEDS": "tencent", "TICKBELL_TENCENT_REST_URL": rest, **chat}
                env["TICKBELL_CLOCK"] = (clock - timedelta(seconds=2)).isoformat()
                async with program("run", "--data", str(tmp_path), env=env) as run:
                    await run.reached()
                    for rule in () if count and not is_resting else rules:
                        await ask(ground, run, f"/alert {rule}")
                    heard = await rang(ground, run, min(count, 1), quiet=4.0)
                    shown = {triple for bubble in said(ground) for triple in bubble.alerts}
                    assert len(shown) == count, (heard, run.report(""))
                    assert await run.interrupt() == 0


@pytest.mark.parametrize("is_interrupted", [False, True])
async def test_a_high_made_while_the_feed_was_away_touches_nothing(
    tmp_path: Path, *, is_interrupted: bool
) -> None:
    """A day's high that moved between two snapshots is a touch; one that moved in an outage rings nothing."""
    name = "tencent_gostock_2_20250509094209.gb18030.bin"
    first = (TENCENT / name).read_text("gb18030")
    assert (first.count("~22.16~21.84~"), first.count("20250509094209")) == (2, 1)
    later = first.replace("~22.16~21.84~", "~22.60~21.84~").replace("20250509094209", "20250509094214")
    answers = [first]
    asked: list[int] = []

    async def more_asked(count: int) -> None:
        wanted = len(asked) + count
        async with asyncio.timeout(20):
            while len(asked) < wanted:  # noqa: ASYNC110 -- the program is another process
                await asyncio.sleep(0.02)

    async def quotes(_request: web.Request) -> web.Response:
        asked.append(len(answers[0]))
        body = answers[0].encode("gb18030")
        status = 200 if body else 503
        return web.Response(
            body=body, status=status, content_type="application/javascript", charset="GB18030"
        )

    async with telegram() as (ground, chat), pages({"/q={codes:.*}": quotes}) as rest:
        env = {"TICKBELL_FEEDS": "tencent", "TICKBELL_TENCENT_REST_URL": rest, **chat}
        env["TICKBELL_CLOCK"] = datetime(2025, 5, 9, 1, 42, 9, tzinfo=UTC).isoformat()
        async with program("run", "--data", str(tmp_path), env=env) as run:
            await run.reached()
            for rule in ("002241 price > 22.5", "002241 price < 21.95"):
                await ask(ground, run, f"/alert {rule}")
            await more_asked(1)
            await asyncio.sleep(0.5)  # for the answer to be judged
            if is_interrupted:
                answers[0] = ""
                await more_asked(2)
            answers[0] = later
            heard = await rang(ground, run, 2 - is_interrupted, quiet=5.0)
            assert len(heard) == 2 - is_interrupted, (heard, run.report(""))
            assert any("22.5" in line for line in heard) is not is_interrupted
            assert await run.interrupt() == 0
