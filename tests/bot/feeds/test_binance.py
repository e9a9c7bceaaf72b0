"""Binance: recorded frames, daily figures, and a local server that speaks as the real one."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from websockets.asyncio.server import ServerConnection

from bot.errors import FeedError
from bot.feed import Context, Payload, RefusedError
from bot.feeds.binance import IN_ADDRESS, Binance
from rules.model import Quote
from tests.bot.sources import Source, context, pages, stream
from tests.recorded import DATA, needs

NOON = datetime(2024, 8, 9, 12, tzinfo=UTC)
MIDNIGHT = 1723161600000  # 2024-08-09 00:00 UTC in ms
DAY = 86_400_000
feed = Binance()


def trade(symbol: str, price: str, moment: int, kind: str = "aggTrade") -> bytes:
    """A combined-stream trade."""
    event = {"e": kind, "E": moment + 1, "s": symbol, "p": price, "q": "1", "T": moment, "m": True}
    return json.dumps({"stream": f"{symbol.lower()}@{kind}", "data": event}).encode()


def kline(start: int, *prices: str) -> list[Any]:
    """A daily k-line as REST gives it."""
    return [start, *prices, "12.5", start + DAY - 1, "760000.5", 10, "1", "1", "0"]


def quotes(payload: bytes) -> list[Quote]:
    """All quotes of a payload."""
    return [quote for frame in feed.parse(payload, NOON) for quote in frame.quotes]


@needs("crypto/hftbacktest/binance_spot_btcusdt_20240808.jsonl.gz")
def test_recorded_trades_are_quotes_and_the_rest_is_proof_of_life() -> None:
    """Each recorded trade gives its exact price and trade time; depth and book tickers give empty frames."""
    trades, others = 0, 0
    with gzip.open(DATA / "crypto/hftbacktest/binance_spot_btcusdt_20240808.jsonl.gz") as lines:
        for line in lines:
            payload = line.partition(b" ")[2]
            event = json.loads(payload).get("data")
            frames = feed.parse(payload, NOON)
            if event is None:
                assert frames == ()
                continue
            assert [frame.market for frame in frames] == ["BINANCE"]
            if event.get("e") != "trade":
                others += 1
                assert frames[0].quotes == ()
                continue
            trades += 1
            (quote,) = frames[0].quotes
            assert (quote.symbol, quote.price) == ("BTCUSDT.BINANCE", round(float(event["p"]) * 1e8))
            assert quote.time == datetime.fromtimestamp(event["T"] // 1000, UTC) + timedelta(
                milliseconds=event["T"] % 1000
            )
    assert (trades, others) == (9757, 31491)


@needs("crypto/cryptofeed/BINANCE.ws.1.0")
def test_another_recording_has_aggregated_trades_and_candles() -> None:
    """Aggregated trades are quotes; k-lines of the stream are none, for their time is no trade's."""
    found: list[Quote] = []
    for line in (DATA / "crypto/cryptofeed/BINANCE.ws.1.0").read_bytes().splitlines():
        if line[:1].isdigit():
            found += quotes(line.partition(b": ")[2])
    assert {quote.symbol for quote in found} <= {
        "NKNUSDT.BINANCE",
        "BLZETH.BINANCE",
        "LRCBTC.BINANCE",
        "RUNEEUR.BINANCE",
    }
    assert len(found) > 0
    assert all(quote.flaw is None and quote.price for quote in found)


def test_acknowledgements_say_nothing_and_refusals_are_errors() -> None:
    """An answer to SUBSCRIBE is no data; an error answer is the feed's failure."""
    assert feed.parse(b'{"result":null,"id":1}', NOON) == ()
    with pytest.raises(FeedError, match="refuses"):
        feed.parse(b'{"error":{"code":2,"msg":"Invalid request"},"id":1}', NOON)


@pytest.mark.parametrize(
    ("price", "moment", "flaw"),
    [
        ("0.000000001", MIDNIGHT, "off grid"),
        ("NaN", MIDNIGHT, "unreadable"),
        ("1e400", MIDNIGHT, "unreadable"),
        ("9" * 5000, MIDNIGHT, "unreadable"),
        ("61837.64", 1 << 60, "unreadable"),
        ("61837.64", 0, "unreadable"),
    ],
)
def test_a_bad_trade_is_a_flawed_quote(price: str, moment: int, flaw: str) -> None:
    """The gate hears which instrument sent nonsense."""
    (quote,) = quotes(trade("BTCUSDT", price, moment))
    assert (quote.symbol, quote.price, quote.flaw) == ("BTCUSDT.BINANCE", None, flaw)


def test_a_raw_stream_frame_is_read_too() -> None:
    """`/ws/<stream>` sends events without the combined wrapper."""
    (quote,) = quotes(json.dumps({"e": "trade", "s": "ETHUSDT", "p": "2600.10", "T": MIDNIGHT}).encode())
    assert (quote.symbol, quote.price) == ("ETHUSDT.BINANCE", 260010000000)


def test_a_pair_with_a_strange_name_is_an_error() -> None:
    """A name is letters and digits: it becomes a key in the store."""
    with pytest.raises(FeedError, match="no pair"):
        feed.parse(trade("BTC USDT", "1.0", MIDNIGHT), NOON)


def snapshot(name: str, moment: int, *rows: list[Any]) -> bytes:
    """A daily snapshot as the feed wraps it."""
    return json.dumps({"snapshot": name, "time": moment, "klines": rows}).encode()


def test_the_day_is_the_utc_day() -> None:
    """Open, high, low, volume and amount are today's; the previous close is yesterday's last price."""
    rows = (kline(MIDNIGHT - DAY, "1", "9", "1", "8.5"), kline(MIDNIGHT, "8.6", "10", "8.1", "9.25"))
    (quote,) = quotes(snapshot("BTCUSDT", MIDNIGHT + 3_600_000, *rows))
    assert (quote.open, quote.high, quote.low) == (860000000, 1000000000, 810000000)
    assert (quote.price, quote.prev_close) == (925000000, 850000000)
    assert (quote.volume, quote.amount) == (12.5, 760000.5)
    assert quote.time == datetime(2024, 8, 9, 1, tzinfo=UTC)


def test_a_day_without_trades_or_without_a_yesterday() -> None:
    """No k-line of today: no quote. No k-line of yesterday: no previous close. Nonsense: a flawed quote."""
    rows = (kline(MIDNIGHT - DAY, "1", "9", "1", "8.5"),)
    assert quotes(snapshot("BTCUSDT", MIDNIGHT, *rows)) == []
    (young,) = quotes(snapshot("BTCUSDT", MIDNIGHT, kline(MIDNIGHT, "8", "9", "7", "8")))
    assert (young.price, young.prev_close) == (800000000, None)
    (bad,) = quotes(snapshot("BTCUSDT", MIDNIGHT, kline(MIDNIGHT, "8", "9", "7", "x")))
    assert bad.flaw == "unreadable"
    (timeless,) = quotes(snapshot("BTCUSDT", 0, kline(MIDNIGHT, "8", "9", "7", "8")))
    assert timeless.flaw == "unreadable"


async def read(given: Context, count: int) -> list[Payload]:
    """The first payloads of a connection."""
    found: list[Payload] = []
    async with aclosing(feed.payloads(given)) as payloads:
        async for payload in payloads:
            found.append(payload)
            if len(found) == count:
                break
    return found


async def days(request: web.Request) -> web.Response:
    """REST k-lines for any pair but one."""
    if request.query["symbol"] == "BADUSDT":
        return web.json_response({"code": -1121, "msg": "Invalid symbol."}, status=400)
    rows = [kline(MIDNIGHT - DAY, "1", "9", "1", "8.5"), kline(MIDNIGHT, "8.6", "10", "8.1", "9.25")]
    return web.json_response(rows, headers={"Date": "Fri, 09 Aug 2024 12:00:03 GMT"})


@asynccontextmanager
async def exchange(
    talk: Callable[[ServerConnection], Awaitable[None]], *symbols: str
) -> AsyncIterator[tuple[Source, Source, Context]]:
    """A stream that talks, daily figures beside it, and what a feed needs to reach both."""
    async with AsyncExitStack() as stack:
        ws = await stack.enter_async_context(stream(talk))
        rest = await stack.enter_async_context(pages(days))
        urls = {"ws": ws.url, "rest": rest.url}
        yield ws, rest, await stack.enter_async_context(context(urls, *symbols, now=NOON))


async def test_a_connection_asks_for_trades_and_begins_with_the_day() -> None:
    """The address names each pair's stream; the snapshot carries the server's time; trades follow."""

    async def talk(socket: ServerConnection) -> None:
        await socket.send(trade("BTCUSDT", "61837.64", MIDNIGHT + 1).decode())
        await socket.wait_closed()

    async with exchange(talk, "BTCUSDT.BINANCE") as (ws, rest, given):
        first, second = await read(given, 2)
    assert ws.asked == ["/stream?streams=btcusdt@kline_1m/btcusdt@aggTrade"]
    assert rest.asked == ["/api/v3/klines?symbol=BTCUSDT&interval=1d&limit=2"]
    (day,), (tick,) = quotes(first.data), quotes(second.data)
    assert (day.prev_close, day.time) == (850000000, datetime(2024, 8, 9, 12, 0, 3, tzinfo=UTC))
    assert (tick.price, second.received) == (6183764000000, NOON)


async def test_without_daily_figures_trades_go_on(caplog: pytest.LogCaptureFixture) -> None:
    """A REST that fails for one pair costs neither the other pair nor the stream, and is said once."""

    async def talk(socket: ServerConnection) -> None:
        await socket.send(trade("ETHUSDT", "2600", MIDNIGHT + 1).decode())
        await socket.send(b'{"e":"serverShutdown","E":1}'.decode())
        await socket.wait_closed()

    async with exchange(talk, "BADUSDT.BINANCE", "ETHUSDT.BINANCE") as (_, _, given):
        day, tick, farewell = await read(given, 3)
    assert quotes(day.data)[0].symbol == "ETHUSDT.BINANCE"
    assert quotes(tick.data)[0].price == 260000000000
    assert (tick.closing, farewell.closing) == (False, True)
    assert caplog.text.count("no daily figures") == 1


async def test_many_pairs_are_subscribed_in_messages() -> None:
    """What would make the address too long is asked for in SUBSCRIBE messages."""
    asked: list[str] = []

    async def talk(socket: ServerConnection) -> None:
        asked.extend(json.loads(await socket.recv())["params"])
        await socket.send('{"result":null,"id":1}')
        await socket.wait_closed()

    symbols = [f"C{number}USDT.BINANCE" for number in range(IN_ADDRESS + 10)]
    async with exchange(talk, *symbols) as (ws, _, given):
        await read(given, len(symbols) + 1)
    assert ws.asked[0].count("@") == IN_ADDRESS
    assert asked[0] == f"c{IN_ADDRESS - 1}usdt@aggTrade"
    assert len(asked) == 11


@pytest.mark.parametrize(("status", "after"), [(429, timedelta(seconds=7)), (403, None)])
async def test_a_refused_handshake_is_a_ban(status: int, after: timedelta | None) -> None:
    """403, 418 and 429 name the time to stay away where the server did."""

    async def never(_: ServerConnection) -> None:
        raise AssertionError

    retry = "" if after is None else "7"
    async with stream(never, status, retry) as ws, context({"ws": ws.url, "rest": ""}) as given:
        with pytest.raises(RefusedError) as caught:
            await read(given, 1)
    assert caught.value.after == after


async def test_a_lost_connection_is_an_error() -> None:
    """Hanging up without a word, and not being there at all, are told the same way."""

    async def drop(socket: ServerConnection) -> None:
        socket.transport.abort()
        await asyncio.sleep(0)

    async with stream(drop) as ws, context({"ws": ws.url, "rest": ""}) as given:
        with pytest.raises(FeedError, match="connection lost"):
            await read(given, 1)
    async with context({"ws": ws.url, "rest": ""}) as given:
        with pytest.raises(FeedError, match="connection lost"):
            await read(given, 1)


async def test_more_pairs_than_a_connection_carries_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """Binance takes 1024 streams a connection: the rest is not dropped in silence."""
    symbols = [f"C{number}USDT.BINANCE" for number in range(1030)]
    async with context({"ws": "ws://127.0.0.1:1", "rest": ""}, *symbols) as given:
        with pytest.raises(FeedError, match="connection lost"):
            await read(given, 1)
    assert "1030 symbols beyond 1023" in caplog.text
