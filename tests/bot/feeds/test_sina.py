"""Sina against a local server that speaks and misbehaves as the real one."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.feed import Context, Payload, RefusedError
from bot.feeds.sina import Sina
from bot.formats.sinajs import key_of
from rules.model import Quote
from tests.bot.china import hang_up, market, sina
from tests.bot.sources import BUSY, context, stream
from tests.bot.supervision import HURRY, supervised

feed = Sina()
SYMBOL = "300308.SZ"


def quotes(payload: bytes) -> dict[str, Quote]:
    """The quotes of a payload by symbol."""
    return {quote.symbol: quote for frame in feed.parse(payload, BUSY) for quote in frame.quotes}


async def read(given: Context, count: int) -> list[Payload]:
    """The first payloads of a connection."""
    found: list[Payload] = []
    async with aclosing(feed.payloads(given)) as payloads, asyncio.timeout(10):
        async for payload in payloads:
            found.append(payload)
            if len(found) == count:
                break
    return found


async def test_a_snapshot_comes_first_and_then_what_changes() -> None:
    """REST with its Referer, GB18030; then the stream in UTF-8, first everything, then one code alone."""
    made = market(SYMBOL, "600519.SH")
    async with (
        sina(made) as server,
        context(server.urls, SYMBOL, "600519.SH") as given,
        aclosing(feed.payloads(given)) as payloads,
        asyncio.timeout(10),
    ):
        snapshot, first = await anext(payloads), await anext(payloads)
        made.trade(SYMBOL, 10.5)
        change = await anext(payloads)
    assert snapshot.data.decode("gb18030").startswith('var hq_str_sz300308="名称')
    assert first.data.decode().startswith("sz300308=名称")
    assert list(quotes(first.data)) == [SYMBOL, "600519.SH", "000001.SH"]
    assert {symbol: quote.price for symbol, quote in quotes(change.data).items()} == {SYMBOL: 10500}
    assert server.site.asked == ["/list=sz300308,sh600519,sh000001"]
    assert snapshot.received == BUSY


async def test_a_list_that_is_refused_is_halved() -> None:
    """One code that is refused alone is left out; where all are, Sina is out of bounds for long."""
    symbols = [f"{300001 + number}.SZ" for number in range(5)]
    made = market(*symbols)
    async with sina(made) as server, context(server.urls, *symbols) as given:
        server.poison = {"sz300003"}
        payloads = await read(given, 3)
        assert "sz300003" not in b"".join(payload.data for payload in payloads[:2]).decode("gb18030")
        server.poison = {key_of(symbol) for symbol in made.stocks}
        with pytest.raises(RefusedError, match="whole list"):
            await read(given, 1)


async def test_new_york_is_polled() -> None:
    """It has no stream: alone it is asked for again and again, beside others between their messages."""
    made = market("AAPL.US", SYMBOL)
    async with sina(made) as server:
        async with context(server.urls, "AAPL.US", interval="0.01") as given:
            await read(given, 3)
            assert server.connects == 0
            assert server.site.asked[:2] == ["/list=gb_aapl,gb_$inx"] * 2
        async with context(server.urls, "AAPL.US", SYMBOL, interval="0.01") as given:
            await read(given, 5)
            assert server.site.asked[-2:] == ["/list=gb_aapl,gb_$inx"] * 2


async def test_without_a_referer_the_door_is_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of these tests refuses as the real one does; so the header matters."""
    monkeypatch.setattr("bot.feeds.sina.HEADERS", {})
    async with sina(market(SYMBOL)) as server, context(server.urls, SYMBOL) as given:
        with pytest.raises(RefusedError, match="refuses with 403"):
            await read(given, 1)


async def test_where_there_is_no_stream_everything_is_polled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody at its address, or a page: requests alone, until it is time to try the stream anew."""

    async def nobody(_: object) -> None:
        """Never reached."""

    monkeypatch.setattr("bot.feeds.sina.AGAIN", 0.2)
    async with sina(market(SYMBOL)) as server, stream(nobody, 404) as page:
        for address in (page.url, "ws://127.0.0.1:1"):
            server.site.asked.clear()
            async with context({**server.urls, "ws": address}, SYMBOL, interval="0.05") as given:
                found = await read(given, 1000)
            assert 1 < len(found) < 1000
            assert {quotes(payload.data)[SYMBOL].price for payload in found} == {10_000}
            assert server.site.asked == ["/list=sz300308,sh000001"] * len(found)
    assert server.connects == 0


async def test_a_stream_that_is_refused_is_a_failure() -> None:
    """A handshake turned down by the wall that shuts requests out too."""

    async def nobody(_: object) -> None:
        """Never reached."""

    async with sina(market(SYMBOL)) as server, stream(nobody, 429, "30") as shut:
        async with context({**server.urls, "ws": shut.url}, SYMBOL) as given:
            with pytest.raises(RefusedError) as caught:
                await read(given, 1)
        assert caught.value.after == timedelta(seconds=30)


async def test_an_unreadable_push_is_the_parsers_affair() -> None:
    """It is passed on as it came, so that it is counted, and empty keepalives are not."""
    made = market(SYMBOL)
    async with (
        sina(made) as server,
        context(server.urls, SYMBOL) as given,
        aclosing(feed.payloads(given)) as payloads,
        asyncio.timeout(10),
    ):
        await anext(payloads)
        await anext(payloads)
        (socket,) = server.sockets
        await socket.send("")
        await socket.send("<html>")
        assert (await anext(payloads)).data == b"<html>"


async def test_the_end_of_a_stream_that_lived_long_is_no_outage() -> None:
    """Sina hangs up every few minutes: connect again at once, snapshot first; a refusal then is an outage."""
    made = market(SYMBOL)
    async with sina(made) as server, supervised(feed, server.urls, replace(HURRY, steady=0.05)) as run:
        run.symbols[:] = [SYMBOL]
        await run.until(lambda: run.health.up)
        for price in (10.1, 10.2, 10.3):
            await asyncio.sleep(0.1)
            made.trade(SYMBOL, price)
        await run.until(lambda: 10300 in run.prices)
        await hang_up(server)
        made.trade(SYMBOL, 10.4)
        await run.until(lambda: 10400 in run.prices)
        assert (run.health.outages, server.connects) == (0, 2)
        assert len(server.site.asked) == 2
        assert [gap for gap, _ in run.gaps] == list(feed.markets)
        server.behave("refuse")
        await hang_up(server)
        await run.until(lambda: "403" in run.health.reason)
    assert run.health.outages == 1


async def test_a_mute_stream_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connected, but nothing comes although the market trades."""
    monkeypatch.setattr(Sina, "silence", timedelta(seconds=0.2))
    async with sina(market(SYMBOL)) as server, supervised(feed, server.urls) as run:
        run.symbols[:] = [SYMBOL]
        await run.until(lambda: run.health.outages == 1)
    assert "no data" in run.health.reason
