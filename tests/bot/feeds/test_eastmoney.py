"""Eastmoney against a local server: events with changes and heartbeats, lists, bans, cut connections."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import FeedError
from bot.feed import Context, Payload, RefusedError
from bot.feeds.eastmoney import ROWS, Eastmoney
from rules.model import Quote
from tests.bot.china import eastmoney, market
from tests.bot.sources import BUSY, context
from tests.bot.supervision import supervised

feed = Eastmoney()
FUND, STOCK, SMALL = "588330.SH", "300308.SZ", "920002.BJ"


def quotes(payload: Payload) -> dict[str, Quote]:
    """The quotes of a payload by symbol."""
    return {quote.symbol: quote for frame in feed.parse(payload.data, BUSY) for quote in frame.quotes}


async def read(given: Context, count: int) -> list[Payload]:
    """The first payloads of a connection."""
    found: list[Payload] = []
    async with aclosing(feed.payloads(given)) as payloads, asyncio.timeout(10):
        async for payload in payloads:
            found.append(payload)
            if len(found) == count:
                break
    return found


async def test_the_stream_gives_all_and_then_what_changed() -> None:
    """By the right names (the fund is 1., Beijing 0.); a change of two fields comes out as a whole quote."""
    made = market(FUND, STOCK, SMALL)
    async with (
        eastmoney(made) as server,
        context(server.urls, FUND, STOCK, SMALL) as given,
        aclosing(feed.payloads(given)) as payloads,
        asyncio.timeout(10),
    ):
        first = await anext(payloads)
        made.trade(STOCK, 10.5)
        change = await anext(payloads)
        await server.beat(2)
        made.trade(FUND, 1.234, 6)
        after = await anext(payloads)
    assert set(quotes(first)) == {FUND, STOCK, SMALL, "000001.SH"}
    assert {symbol: (quote.price, quote.open) for symbol, quote in quotes(change).items()} == {
        STOCK: (10500, 10000)
    }
    assert [quote.price for quote in quotes(after).values()] == [1234]
    (path,) = server.site.asked
    assert "secids=1.588330,0.300308,0.920002,1.000001" in path
    assert "fltt=2" in path


async def test_a_board_that_somebody_listens_to_is_asked_for() -> None:
    """Its own quote brings the inflow, in a frame of Shanghai's hours; groups of ours are no boards."""
    made = market(STOCK)
    made.put("@bk1128", inflow=6.2e9)
    async with eastmoney(made) as server, context(server.urls, STOCK) as given:
        (payload,) = await read(replace(given, groups=("@bk1128", "@optical-modules")), 1)
    frames = feed.parse(payload.data, BUSY)
    assert [frame.market for frame in frames] == ["SZ", "SH"]
    assert quotes(payload)["@bk1128"].inflow == 6.2e9
    assert "90.BK1128" in server.site.asked[0]
    assert "optical" not in server.site.asked[0]


async def test_without_a_stream_the_list_is_polled() -> None:
    """An address that answers with something else than events is left for the list."""
    async with eastmoney(market(STOCK)) as server, context(server.urls, STOCK, interval="0.01") as given:
        server.behave("no sse")
        payloads = await read(given, 3)
    assert [list(quotes(payload)) for payload in payloads] == [[STOCK, "000001.SH"]] * 3
    assert ["sse" in path for path in server.site.asked[:3]] == [True, False, False]


async def test_long_lists_are_polled_in_pages() -> None:
    """At most a hundred rows each."""
    symbols = [f"{300001 + number}.SZ" for number in range(ROWS)]
    async with eastmoney(market(*symbols)) as server, context(server.urls, *symbols) as given:
        payloads = await read(given, 2)
    assert [len(quotes(payload)) for payload in payloads] == [100, 1]
    assert all("ulist.np" in path for path in server.site.asked)


@pytest.mark.parametrize("mode", ["refuse", "abort", "html"])
async def test_a_ban_is_never_retried_soon(mode: str) -> None:
    """A refusal, a connection cut without an answer, and a slider captcha are bans, on either road."""
    symbols = [f"{300001 + number}.SZ" for number in range(ROWS)]
    async with eastmoney(market(STOCK)) as server:
        server.behave(mode)
        for asked in ((STOCK,), symbols):
            async with context(server.urls, *asked) as given:
                with pytest.raises(RefusedError):
                    await read(given, 1)


async def test_nobody_there_is_an_ordinary_failure() -> None:
    """A refused connection is no ban; nor is an answer that is a fault."""
    async with context({"rest": "http://127.0.0.1:1"}, STOCK) as given:
        with pytest.raises(FeedError, match="connection lost: ClientConnectorError") as caught:
            await read(given, 1)
    assert not isinstance(caught.value, RefusedError)
    symbols = [f"{300001 + number}.SZ" for number in range(ROWS)]
    async with eastmoney(market(STOCK)) as server, context(server.urls, *symbols) as given:
        server.behave("empty")
        (payload,) = await read(given, 1)
        with pytest.raises(FeedError):
            feed.parse(payload.data, BUSY)


async def test_a_stream_that_ends_is_met_again_from_the_start() -> None:
    """After the end of a stream the next one is told everything anew."""
    made = market(STOCK)
    async with eastmoney(made) as server, supervised(feed, server.urls) as run:
        run.symbols[:] = [STOCK]
        await run.until(lambda: run.health.up)
        server.behave("refuse")
        made.trade(STOCK, 10.4)
        await run.until(lambda: run.health.outages == 1)
        server.behave("well")
        await run.until(lambda: 10400 in run.prices)
    assert server.connects >= 2


async def test_heartbeats_are_no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that beats but tells nothing new while the market trades is dead."""
    monkeypatch.setattr(Eastmoney, "silence", timedelta(seconds=0.2))
    async with eastmoney(market(STOCK)) as server, supervised(feed, server.urls) as run:
        run.symbols[:] = [STOCK]
        await run.until(lambda: run.health.outages == 1)
        assert server.heartbeats > 2
    assert "no data" in run.health.reason
