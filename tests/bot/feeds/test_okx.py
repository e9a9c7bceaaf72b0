"""OKX: a recorded stream, daily candles, and a local server that speaks as the real one."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import FeedError
from bot.feeds.okx import Okx
from rules.model import Quote
from tests.bot.reading import quotes_of, reading, until
from tests.bot.sources import context
from tests.bot.supervision import supervised
from tests.fakes.okx import MIDNIGHT, NOON, exchange, push, ticker, trade
from tests.recorded import DATA, needs

feed = Okx()
COIN = 10**8


def quotes(payload: bytes) -> list[Quote]:
    """All quotes of a payload."""
    return quotes_of(feed, payload, received=NOON)


@needs("crypto/cryptofeed/OKX.ws.1.0")
def test_a_recorded_stream_is_read() -> None:
    """Trades and tickers give their exact price and time, books are proof of life, answers say nothing."""
    found: dict[str, list[Quote]] = {"trades": [], "tickers": []}
    silent = 0
    for line in (DATA / "crypto/cryptofeed/OKX.ws.1.0").read_bytes().splitlines():
        payload = line.partition(b": ")[2]
        if line.startswith(b"ws") or not payload:
            continue
        message = json.loads(payload)
        frames = feed.parse(payload, NOON)
        channel = message["arg"]["channel"]
        if message.get("event"):
            assert frames == ()
        elif channel == "books":
            silent += 1
            assert [frame.quotes for frame in frames] == [()]
        else:
            (quote,) = frames[0].quotes
            (row,) = message["data"]
            assert quote.price == round(float(row.get("px") or row["last"]) * COIN)
            assert quote.time.timestamp() * 1000 == pytest.approx(int(row["ts"]))
            found[channel].append(quote)
    assert (len(found["trades"]), len(found["tickers"]), silent) == (74, 28, 290)
    assert {quote.symbol for quote in found["tickers"]} == {
        "BTC-USDT.OKX",
        "BTC-USD-220527.OKX",
        "UNI-USD-SWAP.OKX",
    }
    assert all(quote.open == quote.prev_close and quote.open for quote in found["tickers"])
    contracts = [quote for quote in found["trades"] if quote.symbol != "BTC-USDT.OKX"]
    assert {quote.traded for quote in contracts} == {None}
    assert all(quote.traded for quote in found["trades"] if quote.symbol == "BTC-USDT.OKX")


def test_a_ticker_counts_the_day_from_midnight_and_trades_nothing() -> None:
    """sodUtc0 is the day's open and what the change counts from; the rolling 24 h are left out."""
    (quote,) = quotes(ticker("BTC-USDT", "110", MIDNIGHT + 5))
    assert (quote.price, quote.open, quote.prev_close) == (110 * COIN, 100 * COIN, 100 * COIN)
    assert (quote.traded, quote.high, quote.volume) == (0.0, None, None)
    assert quote.time == datetime(2024, 8, 9, microsecond=5000, tzinfo=UTC)


def figures(pair: str, *rows: list[str], tick: bytes = b"") -> bytes:
    """Daily candles as the feed tells them."""
    told = [{"name": pair, "at": MIDNIGHT + 60_000, "figures": {"code": "0", "data": rows}}]
    return json.dumps({"days": told}, separators=(",", ":")).encode() + b"\n" + tick


@pytest.mark.parametrize(
    ("pair", "volume", "amount"), [("BTC-USDT", 7.0, 700.0), ("BTC-USDT-SWAP", 0.7, 70_000.0)]
)
def test_volume_is_in_coins(pair: str, volume: float, amount: float) -> None:
    """Spot candles begin with coins, those of contracts with contracts, of which nobody knows the size."""
    rest = ("7", "700", "700", "0") if volume > 1 else ("70", "0.7", "70000", "0")
    (quote,) = quotes(figures(pair, [str(MIDNIGHT), "100", "120", "90", "110", *rest]))
    assert (quote.volume, quote.amount) == (volume, amount)
    assert (quote.open, quote.high, quote.low, quote.price) == (100 * COIN, 120 * COIN, 90 * COIN, 110 * COIN)


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"px": "NaN"}, "unreadable"),
        ({"px": "0.000000001"}, "off grid"),
        ({"ts": "0"}, "unreadable"),
        ({"last": "1", "px": "", "sodUtc0": "x"}, "unreadable"),
    ],
)
def test_a_bad_row_is_a_flawed_quote(fields: dict[str, Any], flaw: str) -> None:
    """The gate hears which instrument sent nonsense."""
    (quote,) = quotes(push("trades", "BTC-USDT", **{"px": "1", "ts": str(MIDNIGHT), **fields}))
    assert (quote.symbol, quote.price, quote.flaw) == ("BTC-USDT.OKX", None, flaw)


def test_events_say_nothing_and_refusals_are_errors() -> None:
    """Answers, notices and pongs are no data; an error is the feed's failure."""
    for message in (b"pong", b'{"event":"notice","code":"64008","msg":"soon"}', b'{"event":"subscribe"}'):
        assert feed.parse(message, NOON) == ()
    with pytest.raises(FeedError, match="okx refuses: '60012'"):
        feed.parse(b'{"event":"error","code":"60012","msg":"Invalid request"}', NOON)


async def test_it_subscribes_and_the_day_rides_on_trades() -> None:
    """Trades and tickers of each pair, and the pulse; late tickers are left out, so time never goes back."""
    async with (
        exchange() as venue,
        context(venue.urls, "ETH-USDT.OKX", now=NOON) as given,
        reading(feed, given) as run,
    ):
        (alone,) = await run.quotes(1)
        (channels,) = venue.subscribed.values()
        assert channels == {("trades", "ETH-USDT"), ("tickers", "ETH-USDT"), ("tickers", "BTC-USDT")}
        await venue.say(trade("ETH-USDT", "111", MIDNIGHT + 50, 1))
        await venue.say(ticker("ETH-USDT", "111", MIDNIGHT + 49))
        await venue.say(ticker("ETH-USDT", "112", MIDNIGHT + 51))
        told = [(await run.quotes(1))[0].price for _ in range(2)]
    assert (alone.high, alone.price) == (120 * COIN, 110 * COIN)
    assert told == [111 * COIN, 112 * COIN]
    assert venue.candles == ["ETH-USDT"]
    assert venue.faults == []


async def test_lost_trades_are_noticed_by_their_numbers() -> None:
    """Trades of one order come as one message with their count; a number nobody sent is a gap."""
    async with (
        exchange() as venue,
        context(venue.urls, "ETH-USDT.OKX", now=NOON) as given,
        reading(feed, given) as run,
    ):
        await run.quotes(1)
        for number, count in ((10, 1), (14, 4), (15, 1), (17, 1)):
            await venue.say(trade("ETH-USDT", "111", MIDNIGHT + number, number, count))
        gaps = [(await run.next()).gap for _ in range(4)]
        await until(lambda: len(venue.candles) == 2)
    assert gaps == [False, False, False, True]


async def test_it_pings_before_it_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty seconds without a message end a connection: a text ping each twenty keeps it."""
    monkeypatch.setattr("bot.feeds.okx.PING", 0.1)
    async with exchange() as venue:
        venue.idle = 0.5
        async with context(venue.urls, "ETH-USDT.OKX", now=NOON) as given, reading(feed, given) as run:
            await run.quotes(1)
            waiting = run.quotes(1)
            asked = asyncio.ensure_future(waiting)
            await until(lambda: venue.pings >= 8)
            await venue.say(trade("ETH-USDT", "111", MIDNIGHT + 50))
            assert (await asked)[0].price == 111 * COIN
    assert venue.faults == []


async def test_a_notice_asks_for_another_connection() -> None:
    """64008 comes half a minute before an upgrade: the next connection is up before the old one goes."""
    async with exchange() as venue, supervised(feed, venue.urls) as run:
        run.symbols[:] = ["ETH-USDT.OKX"]
        await run.until(lambda: any(venue.subscribed.values()))
        await venue.say(trade("ETH-USDT", "111", MIDNIGHT + 50))
        await run.until(lambda: run.health.up)
        await venue.say(b'{"event":"notice","code":"64008","msg":"The connection will soon be closed"}')
        await run.until(lambda: run.health.connects == 2)
        await run.until(lambda: all(len(channels) == 3 for channels in venue.subscribed.values()))
        await venue.say(trade("ETH-USDT", "112", MIDNIGHT + 60, 2))
        await run.until(lambda: 112 * COIN in run.prices)
        await run.until(lambda: len(venue.subscribed) == 1)
    assert (run.health.outages, run.gaps) == (0, [])


async def test_an_unknown_pair_costs_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """Its refusal is said; the others are subscribed to."""
    async with exchange() as venue, context(venue.urls, "XX-USDT.OKX", "ETH-USDT.OKX", now=NOON) as given:
        venue.unknown.add("XX-USDT")
        async with reading(feed, given) as run:
            await run.quotes(1)
    assert "XX-USDT doesn" in caplog.text


async def test_wishes_change_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """480 operations an hour: changes are gathered for a while."""
    monkeypatch.setattr("bot.feeds.okx.PAUSE", 0.3)
    wished = ["ETH-USDT.OKX"]
    async with (
        exchange() as venue,
        context(venue.urls, *wished, now=NOON) as given,
        reading(feed, replace(given, wished=lambda: tuple(wished))) as run,
    ):
        await run.quotes(1)
        wished.append("A-USDT.OKX")
        await run.quotes(1)
        wished.append("B-USDT.OKX")
        wished.append("C-USDT.OKX")
        await run.quotes(2)
    assert venue.candles == ["ETH-USDT", "A-USDT", "B-USDT", "C-USDT"]
    assert venue.asked == ["subscribe"] * 3


async def test_many_pairs_fit_in_messages() -> None:
    """At most 64 KB each."""
    symbols = [f"C{number}-USDT-SWAP.OKX" for number in range(300)]
    async with (
        exchange() as venue,
        context(venue.urls, *symbols, now=NOON) as given,
        reading(feed, given) as run,
    ):
        await run.quotes(1)
    assert (venue.asked, venue.faults) == (["subscribe"] * 4, [])
