"""Posted quotes: from somebody's script, or TradingView, to a chat."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from tests.program import program
from tests.stories.test_live import ask, rang, telegram

SECRET = "cAnArY-secret-of-the-webhook"

pytestmark = [pytest.mark.timeout(120)]


async def posted(http: aiohttp.ClientSession, url: str, body: Mapping[str, object]) -> None:
    """Post until somebody reads; nothing else is in the way."""
    async with asyncio.timeout(20):
        while True:
            async with http.post(url, json=body) as answer:
                if answer.status == 202:
                    return
                assert answer.status == 503
            await asyncio.sleep(0.1)


async def test_a_posted_quote_rings(tmp_path: Path) -> None:
    """An alert is set, a quote is posted below it and one above: it rings once, and no secret is printed."""
    async with telegram() as (ground, chat):
        env = {
            "TICKBELL_FEEDS": "webhook",
            "TICKBELL_WEBHOOK_SECRET": SECRET,
            "TICKBELL_LOG": "debug",
            **chat,
        }
        async with program("run", "--data", str(tmp_path), env=env) as run, aiohttp.ClientSession() as http:
            address = await run.reached()
            await ask(ground, run, "/alert BTC-USD.COINBASE price > 70000")
            for price in (69_000, 70_500):
                alert = {"secret": SECRET, "ticker": "BTCUSD", "exchange": "COINBASE", "close": price}
                await posted(http, f"{address}/webhook", alert)
            heard = await rang(ground, run, 1)
            assert await run.interrupt() == 0
    assert "70,500" in heard[0]
    assert SECRET not in run.report("")


async def test_without_a_secret_it_does_not_start(tmp_path: Path) -> None:
    """One line says what is missing; so it does where a package or a key is."""
    for feed, words in (
        ("webhook", "the feed webhook needs TICKBELL_WEBHOOK_SECRET"),
        ("alpaca", "the feed alpaca needs TICKBELL_ALPACA_KEY and TICKBELL_ALPACA_SECRET"),
    ):
        async with program("run", "--data", str(tmp_path), "--feed", feed) as run:
            assert await run.process.wait() == 2
        assert words in run.report("")
