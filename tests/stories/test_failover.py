"""Two sources of one market: the plug of the better one is pulled in mid-session, and nothing is missed."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from tests.bot.china import Market, Sina, Tencent, market, sina, tencent
from tests.bot.reading import until
from tests.bot.sources import BUSY
from tests.program import Program, program
from tests.stories.test_live import alerts, ask, rang, said, telegram

SYMBOL = "300308.SZ"
RULES = ("price crosses above 10.3", "price > 10.3", "price < 9.8")

pytestmark = pytest.mark.timeout(180)


async def streaming(run: Program, *servers: Tencent | Sina) -> None:
    """Wait until every source has been asked for the instrument."""
    async with asyncio.timeout(30):
        while not all(any("sz300308" in path for path in server.site.asked) for server in servers):
            assert run.process.returncode is None, run.report("ended")
            await asyncio.sleep(0.05)
    await asyncio.sleep(1.0)


async def spike(made: Market) -> None:
    """A price above the level for one snapshot, and back; the day's high says nothing of it."""
    made.put(SYMBOL, last=10.4, time=made.stocks[SYMBOL].time + timedelta(seconds=3))
    await asyncio.sleep(0.3)
    made.put(SYMBOL, last=10.0, time=made.stocks[SYMBOL].time + timedelta(seconds=3))


@pytest.mark.parametrize("plug", ["gone", "hang", "frozen", "short"])
async def test_a_crossing_that_only_the_second_source_saw_is_rung_once(tmp_path: Path, plug: str) -> None:
    """However the first source fails, the spike rings; when it is back the next crossing rings once."""
    made = market(SYMBOL)
    async with AsyncExitStack() as first, sina(made) as second, telegram() as (ground, chat):
        server = await first.enter_async_context(tencent(made))
        env = {
            "TICKBELL_FEEDS": "tencent,sina",
            "TICKBELL_CLOCK": (BUSY + timedelta(seconds=5)).isoformat(),
            "TICKBELL_TENCENT_REST_URL": server.urls["rest"],
            "TICKBELL_SINA_REST_URL": second.urls["rest"],
            "TICKBELL_SINA_WS_URL": second.urls["ws"],
            **chat,
        }
        async with program("run", "--data", str(tmp_path), env=env) as run:
            await run.reached()
            for rule in RULES:
                await ask(ground, run, f"/alert 300308 {rule}")
            await streaming(run, server, second)
            if plug == "gone":
                await first.aclose()
            elif plug == "short":
                server.missing = {SYMBOL}
            else:
                server.behave(plug)
            await spike(made)
            heard = await rang(ground, run, 1, quiet=2.0)
            shown = {triple for bubble in said(ground) for triple in bubble.alerts}
            assert len(shown) == 2, (heard, run.report(plug))  # the crossing, and the level it stood above
            assert all("10.4" in line for line in heard), heard
            if plug in {"gone", "hang"}:  # told once it is sure
                await until(lambda: any("feed tencent: down" in line for line in run.errors))
            if plug != "gone":
                server.missing = set()
                server.behave("well")
            made.put(SYMBOL, last=9.7, low=9.7, time=made.stocks[SYMBOL].time + timedelta(seconds=3))
            await rang(ground, run, len(heard) + 1, quiet=4.0)
            shown = {triple for bubble in said(ground) for triple in bubble.alerts}
            assert len(shown) == 3, run.report(plug)
            assert all(triple.endswith(":1:fired") for triple in shown)
            assert await run.interrupt() == 0
            noted = [line for line in run.errors if "feed tencent: down" in line]
            assert len(noted) == (plug in {"gone", "hang"}), run.report(plug)


async def test_two_sources_that_disagree_ring_nothing(tmp_path: Path) -> None:
    """1 % apart at the same moments: no alert, a count, a sentence in health; agreed again, it rings."""
    made = market(SYMBOL)
    async with tencent(made) as server, sina(made) as second, telegram() as (ground, chat):
        env = {
            "TICKBELL_FEEDS": "tencent,sina",
            "TICKBELL_CLOCK": (BUSY + timedelta(seconds=5)).isoformat(),
            "TICKBELL_TENCENT_REST_URL": server.urls["rest"],
            "TICKBELL_SINA_REST_URL": second.urls["rest"],
            "TICKBELL_SINA_WS_URL": second.urls["ws"],
            **chat,
        }
        async with program("run", "--data", str(tmp_path), env=env) as run:
            await run.reached()
            await ask(ground, run, "/alert 300308 price > 10.05")
            await streaming(run, server, second)
            server.others[SYMBOL] = {"last": 10.1, "high": 10.1}
            for _ in range(3):
                made.trade(SYMBOL, 10.0)
                await asyncio.sleep(3.0)
            assert alerts(ground) == []
            told = await run.get("/counters")
            assert told["refused"]["disagreement"] >= 1
            assert "feeds disagree on 1 instruments" in (await run.get("/health"))["troubles"]
            server.others.clear()
            made.trade(SYMBOL, 10.06)
            assert len(await rang(ground, run, 1, quiet=4.0)) == 1
            assert (await run.get("/health"))["ok"]
            assert await run.interrupt() == 0
