"""Two supervised feeds and one word of theirs, inside one process: how soon the second stands in."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.feed import FEEDS, Context
from bot.intake.standby import Standby, ranking
from bot.intake.supervise import Health, supervise
from bot.master.reference import Reference
from rules.model import Frame, Quote
from rules.sessions import default_hours
from tests.bot.china import Market, Server, eastmoney, market, sina, tencent
from tests.bot.sources import BUSY, context
from tests.bot.supervision import HURRY

SYMBOL = "300308.SZ"
LATER = timedelta(seconds=60)  # the market's clock may run so far ahead of ours, a second each trade
FEED_NAMES = ("tencent", "sina", "eastmoney")


@dataclass
class Run:
    """What came out of the sources, in order, and how they are."""

    healths: dict[str, Health]
    standby: Standby
    out: list[Quote] = field(default_factory=list)

    def take(self, frame: Frame) -> None:
        """What a supervisor hands on."""
        believed = self.standby.judge(frame).frame
        self.out += [quote for quote in believed.quotes if quote.symbol == SYMBOL]

    @property
    def prices(self) -> list[int]:
        """Prices handed on, repeats of one snapshot left out."""
        moments = {quote.time: quote.price or 0 for quote in self.out}
        assert [quote.time for quote in self.out] == sorted(quote.time for quote in self.out)
        return list(moments.values())

    async def until(self, price: int) -> None:
        """Wait for a price."""
        async with asyncio.timeout(10):
            while price not in self.prices:  # noqa: ASYNC110 -- what is awaited has no event
                await asyncio.sleep(0.005)


@asynccontextmanager
async def running(servers: Mapping[str, Server]) -> AsyncIterator[Run]:
    """Each feed under its supervisor, all before one standby."""
    healths = {name: Health(patience=HURRY) for name in servers}
    standby = Standby(
        default_hours(),
        Reference.load().get,
        ranking(FEEDS[name] for name in servers),
        lambda name: healths[name].up,
    )
    run, stopping = Run(healths, standby), asyncio.Event()
    start = asyncio.get_running_loop().time()

    def now() -> datetime:
        return BUSY + LATER + timedelta(seconds=asyncio.get_running_loop().time() - start)

    async def sink(frame: Frame) -> None:
        run.take(frame)

    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        for name, server in servers.items():
            given = await stack.enter_async_context(context(server.urls, SYMBOL, interval="0.02"))
            given = replace(given, now=now)

            def wanted(given: Context = given) -> Context:
                return given

            group.create_task(
                supervise(
                    FEEDS[name],
                    wanted,
                    sink,
                    stopping,
                    is_open=lambda _: True,
                    reconnected=lambda _: None,
                    health=healths[name],
                ),
                name=name,
            )
        try:
            yield run
        finally:
            stopping.set()
            await asyncio.sleep(0.05)


@asynccontextmanager
async def all_three(made: Market) -> AsyncIterator[dict[str, Server]]:
    """Every source of the same market."""
    async with tencent(made) as one, sina(made) as two, eastmoney(made) as three:
        yield {"tencent": one, "sina": two, "eastmoney": three}


@pytest.mark.parametrize("mode", ["refuse", "html", "abort", "empty"])
async def test_a_refusal_is_followed_by_the_next_source_at_once(mode: str) -> None:
    """Bans, captchas, cut connections and empty bodies: the second's word is handed on without waiting."""
    made = market(SYMBOL)
    async with all_three(made) as servers, running(servers) as run:
        made.trade(SYMBOL, 10.1, 1.0)
        await run.until(10_100)
        clock = asyncio.get_running_loop().time
        servers["tencent"].behave(mode)
        made.trade(SYMBOL, 10.2, 1.0)
        begin = clock()
        await run.until(10_200)
        assert clock() - begin < 2
        made.trade(SYMBOL, 10.3, 1.0)
        await run.until(10_300)
        assert run.prices[-3:] == [10_100, 10_200, 10_300]
        assert run.out[-1].source != "tencent"
        servers["tencent"].behave("well")
        async with asyncio.timeout(10):
            while run.out[-1].source != "tencent":
                made.trade(SYMBOL, 10.3, 1.0)
                await asyncio.sleep(0.1)


async def test_the_third_source_is_the_last_hope() -> None:
    """With two gone the third speaks; when all are gone nobody does, and the first back speaks."""
    made = market(SYMBOL)
    async with all_three(made) as servers, running(servers) as run:
        made.trade(SYMBOL, 10.1, 1.0)
        await run.until(10_100)
        servers["tencent"].behave("refuse")
        servers["sina"].behave("refuse")
        for socket in list(servers["sina"].sockets):
            socket.transport.abort()
        made.trade(SYMBOL, 10.2, 1.0)
        await run.until(10_200)
        async with asyncio.timeout(10):
            while run.healths["sina"].up or run.out[-1].source != "eastmoney":
                made.trade(SYMBOL, 10.2, 1.0)
                await asyncio.sleep(0.05)
        servers["eastmoney"].behave("refuse")
        async with asyncio.timeout(10):
            while run.healths["eastmoney"].up:  # noqa: ASYNC110 -- the same
                await asyncio.sleep(0.01)
        servers["sina"].behave("well")
        made.trade(SYMBOL, 10.3, 1.0)
        await run.until(10_300)
        assert run.out[-1].source == "sina"
    assert [run.healths[name].outages for name in FEED_NAMES] == [1, 1, 1]


async def test_the_flow_of_the_third_completes_the_quotes_of_the_first() -> None:
    """Tencent speaks, and its quotes carry the net inflow that only Eastmoney tells."""
    made = market(SYMBOL)
    made.put(SYMBOL, inflow=5e7)
    async with all_three(made) as servers, running(servers) as run:
        async with asyncio.timeout(10):
            while not any(quote.source == "tencent" and quote.inflow == 5e7 for quote in run.out):
                made.trade(SYMBOL, 10.1, 1.0)
                await asyncio.sleep(0.05)
    assert run.standby.counts["disagreement"] == 0
