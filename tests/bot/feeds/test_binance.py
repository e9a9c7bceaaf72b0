"""Binance: recorded frames, daily figures, and a local server that speaks as the real one."""

import asyncio
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from bot.errors import FeedError
from bot.feed import RefusedError
from bot.feeds.binance import IN_ADDRESS, Binance
from rules.model import Quote
from tests.bot.reading import fails, quotes_of, read, reading, until
from tests.bot.sources import context, stream
from tests.bot.supervision import HURRY, supervised
from tests.fakes.binance import DAY, MIDNIGHT, NOON, exchange, kline, trade
from tests.recorded import DATA, needs

feed = Binance()


def quotes(payload: bytes) -> list[Quote]:
    """All quotes of a payload."""
    return quotes_of(feed, payload, received=NOON)


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


def figures(name: str, moment: int, *rows: list[Any], tick: bytes = b"") -> bytes:
    """A day's k-lines as the feed tells them, alone or with a trade."""
    days = [{"name": name, "at": moment, "figures": rows}]
    return json.dumps({"days": days}, separators=(",", ":")).encode() + b"\n" + tick


def test_the_day_is_the_utc_day() -> None:
    """Open, high, low, volume and amount are today's; the previous close is yesterday's last price."""
    rows = (kline(MIDNIGHT - DAY, "1", "9", "1", "8.5"), kline(MIDNIGHT, "8.6", "10", "8.1", "9.25"))
    (quote,) = quotes(figures("BTCUSDT", MIDNIGHT + 3_600_000, *rows))
    assert (quote.open, quote.high, quote.low) == (860000000, 1000000000, 810000000)
    assert (quote.price, quote.prev_close) == (925000000, 850000000)
    assert (quote.volume, quote.amount) == (12.5, 760000.5)
    assert quote.time == datetime(2024, 8, 9, 1, tzinfo=UTC)


def test_figures_ride_on_a_trade() -> None:
    """The trade's own time and price, the day's figures with it; a trade beyond the high is the high."""
    rows = (kline(MIDNIGHT - DAY, "1", "9", "1", "8.5"), kline(MIDNIGHT, "8.6", "10", "8.1", "9.25"))
    tick = trade("BTCUSDT", "11", MIDNIGHT + 5)
    (quote,) = quotes(figures("BTCUSDT", MIDNIGHT + 3, *rows, tick=tick))
    assert (quote.price, quote.open, quote.high, quote.low) == (
        1100000000,
        860000000,
        1100000000,
        810000000,
    )
    assert (quote.prev_close, quote.volume, quote.traded) == (850000000, 12.5, 1.0)
    assert quote.time == datetime(2024, 8, 9, microsecond=5000, tzinfo=UTC)
    both = quotes(figures("ETHUSDT", MIDNIGHT + 3, *rows, tick=tick))
    assert [(one.symbol, one.price) for one in both] == [
        ("BTCUSDT.BINANCE", 1100000000),
        ("ETHUSDT.BINANCE", 925000000),
    ]


def test_figures_of_yesterday_do_not_become_todays() -> None:
    """Asked for before midnight, told with a trade after it: the day they tell of is the day before."""
    rows = (kline(MIDNIGHT - DAY, "1", "9", "1", "8.5"),)
    (quote,) = quotes(figures("BTCUSDT", MIDNIGHT - 1, *rows, tick=trade("BTCUSDT", "8.4", MIDNIGHT + 1)))
    assert (quote.open, quote.high, quote.volume, quote.prev_close) == (None, None, None, 850000000)


def test_a_day_without_trades_or_without_a_yesterday() -> None:
    """No k-line of today: no quote. No k-line of yesterday: no previous close. Nonsense: a flawed quote."""
    rows = (kline(MIDNIGHT - DAY, "1", "9", "1", "8.5"),)
    assert quotes(figures("BTCUSDT", MIDNIGHT, *rows)) == []
    (young,) = quotes(figures("BTCUSDT", MIDNIGHT, kline(MIDNIGHT, "8", "9", "7", "8")))
    assert (young.price, young.prev_close) == (800000000, None)
    (bad,) = quotes(figures("BTCUSDT", MIDNIGHT, kline(MIDNIGHT, "8", "9", "7", "x")))
    assert bad.flaw == "unreadable"
    (short,) = quotes(figures("BTCUSDT", MIDNIGHT, [MIDNIGHT, "8"]))
    assert short.flaw == "unreadable"
    (timeless,) = quotes(figures("BTCUSDT", 0, kline(MIDNIGHT, "8", "9", "7", "8")))
    assert timeless.flaw == "unreadable"


def test_unreadable_figures_cost_no_trade() -> None:
    """A trade stands, whatever rides on it; a header cut short is an error."""
    tick = trade("BTCUSDT", "8.4", MIDNIGHT + 1)
    (quote,) = quotes(figures("BTCUSDT", MIDNIGHT, kline(MIDNIGHT, "8", "9", "7", "x"), tick=tick))
    assert (quote.price, quote.open, quote.flaw) == (840000000, None, None)
    for rubbish in (b'{"days":[{}]}\n', b'{"days":[', b'{"days":[{"name":1}]}\n' + tick):
        with pytest.raises(FeedError, match="unreadable figures"):
            feed.parse(rubbish, NOON)


async def test_a_connection_asks_for_trades_and_the_day_rides_on_one() -> None:
    """The address names each pair's stream; the figures come with the first trade after them."""
    async with (
        exchange() as venue,
        context(venue.urls, "BTCUSDT.BINANCE", now=NOON) as given,
        reading(feed, given) as run,
    ):
        first = asyncio.create_task(run.quotes(1))
        await until(lambda: bool(venue.klines))
        assert venue.clients[0].streams == {"btcusdt@kline_1m", "btcusdt@aggTrade"}
        await asyncio.sleep(0.05)
        await venue.publish("BTCUSDT", "61837.64", MIDNIGHT + 1)
        await venue.publish("BTCUSDT", "61837.65", MIDNIGHT + 2)
        (day,) = await first
        (tick,) = await run.quotes(1)
    assert venue.klines == ["BTCUSDT"]
    assert (day.price, day.prev_close, day.open) == (6183764000000, 850000000, 860000000)
    assert (tick.price, tick.prev_close) == (6183765000000, None)
    assert venue.faults == []


async def test_figures_that_no_trade_comes_for_are_told_alone() -> None:
    """At the end of the second that the server's clock showed: all it knew had happened by then."""
    async with (
        exchange() as venue,
        context(venue.urls, "BTCUSDT.BINANCE", now=NOON) as given,
        reading(feed, given) as run,
    ):
        (day,) = await run.quotes(1)
    assert (day.price, day.time) == (925000000, datetime(2024, 8, 9, 12, 0, 4, tzinfo=UTC))


async def test_without_daily_figures_trades_go_on(caplog: pytest.LogCaptureFixture) -> None:
    """A REST that fails for one pair costs neither the other pair nor the stream, and is said once."""
    symbols = ("BADUSDT.BINANCE", "ETHUSDT.BINANCE")
    async with (
        exchange() as venue,
        context(venue.urls, *symbols, now=NOON) as given,
        reading(feed, given) as run,
    ):
        (day,) = await run.quotes(1)
        await venue.publish("BADUSDT", "2600", MIDNIGHT + 1)
        (tick,) = await run.quotes(1)
    assert (day.symbol, tick.symbol) == ("ETHUSDT.BINANCE", "BADUSDT.BINANCE")
    assert caplog.text.count("no daily figures") == 1


async def test_lost_trades_are_noticed_by_their_numbers() -> None:
    """A number is missing: what follows is marked, and the day's figures are asked for anew."""
    async with (
        exchange() as venue,
        context(venue.urls, "BTCUSDT.BINANCE", now=NOON) as given,
        reading(feed, given) as run,
    ):
        await run.quotes(1)
        for number, lost in enumerate((0, 0, 3, 0), 1):
            await venue.publish("BTCUSDT", "61837.64", MIDNIGHT + number, skip=lost)
        gaps = [(await run.next()).gap for _ in range(4)]
        (day,) = await run.quotes(1)
    assert gaps == [False, False, True, False]
    assert day.prev_close == 850000000
    assert venue.klines == ["BTCUSDT", "BTCUSDT"]


async def test_an_announced_end_is_passed_on() -> None:
    """`serverShutdown` asks for another connection before this one goes."""
    async with (
        exchange() as venue,
        context(venue.urls, "BTCUSDT.BINANCE", now=NOON) as given,
        reading(feed, given) as run,
    ):
        await run.next()
        await venue.shut()
        farewell = await run.next()
    assert farewell.closing


async def test_many_pairs_are_subscribed_in_messages() -> None:
    """What would make the address too long is asked for in SUBSCRIBE messages, at most five a second."""
    symbols = [f"C{number}USDT.BINANCE" for number in range(7 * IN_ADDRESS)]
    async with exchange() as venue, context(venue.urls, *symbols, now=NOON) as given:
        await read(feed, given, 1)
    assert venue.faults == []
    assert [len(message["params"]) for message in venue.asked] == [100] * 6 + [1]
    assert venue.asked[0]["params"][0] == f"c{IN_ADDRESS - 1}usdt@aggTrade"


async def test_new_wishes_are_taken_on_the_open_connection() -> None:
    """A pair that somebody begins to watch is subscribed to and its day asked for; one left is left."""
    wished = ["BTCUSDT.BINANCE"]
    async with (
        exchange() as venue,
        context(venue.urls, *wished, now=NOON) as given,
        reading(feed, replace(given, wished=lambda: wished)) as run,
    ):
        await run.quotes(1)
        wished[:] = ["ETHUSDT.BINANCE"]
        (day,) = await run.quotes(1)
        assert venue.clients[0].streams == {"btcusdt@kline_1m", "ethusdt@aggTrade"}
    assert day.symbol == "ETHUSDT.BINANCE"
    assert [message["method"] for message in venue.asked] == ["UNSUBSCRIBE", "SUBSCRIBE"]


async def test_a_refused_subscription_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """The other streams go on."""

    async def talk(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send('{"error":{"code":2,"msg":"Invalid request"},"id":1}')
        await socket.send(trade("BTCUSDT", "1", MIDNIGHT + 1).decode())
        await socket.wait_closed()

    symbols = [f"C{number}USDT.BINANCE" for number in range(IN_ADDRESS)]
    async with stream(talk) as ws, context({"ws": ws.url, "rest": "http://127.0.0.1:1"}, *symbols) as given:
        (payload,) = await read(feed, given, 1)
    assert quotes(payload.data)[0].price == 100000000
    assert "binance refuses" in caplog.text


async def test_a_day_turns_on_the_open_connection() -> None:
    """Two seconds after midnight UTC the new day's figures are asked for, and ride on the next trade."""
    clock = [datetime(2024, 8, 8, 23, 59, 59, tzinfo=UTC)]
    async with (
        exchange() as venue,
        context(venue.urls, "BTCUSDT.BINANCE", now=clock[0]) as given,
        reading(feed, replace(given, now=lambda: clock[0])) as run,
    ):
        await run.quotes(1)
        clock[0] = datetime(2024, 8, 9, 0, 0, 2, tzinfo=UTC)
        while len(venue.klines) < 2:
            await venue.publish("BTCUSDT", "9.3", MIDNIGHT + 2000)
            await run.next()
        await asyncio.sleep(0.05)
        await venue.publish("BTCUSDT", "9.4", MIDNIGHT + 2050)
        day = await run.until(lambda payload: payload.data.startswith(b'{"days"'))
    (quote,) = quotes(day.data)
    assert (quote.price, quote.open, quote.prev_close) == (940000000, 860000000, 850000000)


@pytest.mark.parametrize(("status", "after"), [(429, timedelta(seconds=7)), (403, None), (418, None)])
async def test_a_refused_handshake_is_a_ban(status: int, after: timedelta | None) -> None:
    """403, 418 and 429 name the time to stay away where the server did."""

    async def never(_: ServerConnection) -> None:
        raise AssertionError

    retry = "" if after is None else "7"
    async with stream(never, status, retry) as ws, context({"ws": ws.url, "rest": ""}) as given:
        error = await fails(feed, given, "refuses with")
    assert isinstance(error, RefusedError)
    assert error.after == after


async def test_a_lost_connection_is_an_error() -> None:
    """Hanging up without a word, and not being there at all, are each said in a sentence."""

    async def drop(socket: ServerConnection) -> None:
        socket.transport.abort()
        await asyncio.sleep(0)

    async with stream(drop) as ws, context({"ws": ws.url, "rest": ""}) as given:
        await fails(feed, given, "connection lost")
    async with context({"ws": ws.url, "rest": ""}) as given:
        await fails(feed, given, "could not be reached")


async def test_more_pairs_than_a_connection_carries_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """Binance takes 1024 streams a connection: the rest is not dropped in silence."""
    symbols = [f"C{number}USDT.BINANCE" for number in range(1030)]
    async with context({"ws": "ws://127.0.0.1:1", "rest": ""}, *symbols) as given:
        await fails(feed, given, "could not be reached")
    assert "1030 symbols beyond 1023" in caplog.text


@pytest.mark.parametrize("reason", ["old age", "announced"])
async def test_a_planned_reconnect_loses_and_repeats_nothing(reason: str) -> None:
    """Before 24 h, or when the server says goodbye: the next connection is up before the old one goes.

    The exchange trades on all the while; the engine sees every price once, in order.
    """
    plan = Binance()
    plan.lifetime = timedelta(seconds=0.2) if reason == "old age" else None
    count = 400
    patient = replace(HURRY, linger=0.3)
    async with exchange() as venue, supervised(plan, venue.urls, patient) as run:
        await run.until(lambda: run.health.up)
        for number in range(1, count + 1):
            await venue.publish("BTCUSDT", f"{100000 + number}", MIDNIGHT + 1000 * number)
            if reason == "announced" and number % 100 == 50:
                await venue.shut()
            await asyncio.sleep(0.002)
        last = (100000 + count) * 10**8
        await run.until(lambda: last in run.prices)
    trades = [price for price in run.prices if price is not None and price > 10**12]
    assert trades == [(100000 + number) * 10**8 for number in range(1, count + 1)]
    assert run.health.connects >= 3
    assert (run.health.outages, run.gaps, venue.faults) == (0, [], [])
