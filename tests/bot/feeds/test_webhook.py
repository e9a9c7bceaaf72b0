"""Posts as quotes: the file's columns as JSON, TradingView's alerts, and a sentence for everything else."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import FeedError, SettingsError
from bot.feeds.webhook import Webhook
from bot.intake.posts import MOST, Posts
from rules.model import Quote
from tests.bot.reading import fails, quotes_of, reading, until
from tests.bot.sources import context

NOON = datetime(2025, 11, 26, 4, tzinfo=UTC)
SECRET = "sixteen characters"
feed = Webhook()


def quotes(body: Any) -> list[Quote]:
    """All quotes of a post."""
    return quotes_of(feed, json.dumps(body).encode(), received=NOON)


def test_a_quote_has_the_columns_of_the_file() -> None:
    """Numbers as numbers or as text, exact either way; what has no time is of now."""
    (quote,) = quotes(
        {
            "time": "2025-11-26T10:00:00+08:00",
            "symbol": "300308",
            "price": 540.25,
            "prev_close": "479.66",
            "volume": 1000000,
            "phase": "continuous",
            "source": "mine",
            "bid": None,
        }
    )
    assert (quote.symbol, quote.price, quote.prev_close) == ("300308.SZ", 540_250, 479_660)
    assert (quote.volume, quote.source, quote.bid) == (1e6, "mine", None)
    assert quote.time == datetime(2025, 11, 26, 2, tzinfo=UTC)
    (now,) = quotes({"symbol": "中际旭创", "price": 540})
    assert (now.symbol, now.time, now.source) == ("300308.SZ", NOON, "webhook")


def test_lists_are_read_in_order_of_time_a_frame_a_market() -> None:
    """However they were posted."""
    rows = [
        {"time": "2025-11-26T10:00:03+08:00", "symbol": "300308.SZ", "price": 541},
        {"symbol": "BTC-USD.COINBASE", "price": "0.00000001"},
        {"time": "2025-11-26T10:00:00+08:00", "symbol": "300308.SZ", "price": 540},
    ]
    for body in (rows, {"quotes": rows, "secret": "x"}):
        stocks, coins = feed.parse(json.dumps(body).encode(), NOON)
        assert [quote.price for quote in stocks.quotes] == [540_000, 541_000]
        assert [(coins.market, quote.price) for quote in coins.quotes] == [("COINBASE", 1)]


@pytest.mark.parametrize(
    ("ticker", "exchange", "symbol"),
    [
        ("AAPL", "NASDAQ", "AAPL.US"),
        ("NYSE:BRK.B", "", "BRK.B.US"),
        ("700", "HKEX", "00700.HK"),
        ("300308", "SZSE", "300308.SZ"),
        ("600519", "SSE", "600519.SH"),
        ("BTCUSDT", "BINANCE", "BTCUSDT.BINANCE"),
        ("BTCUSD", "COINBASE", "BTC-USD.COINBASE"),
        ("ETHBTC", "KRAKEN", "ETH-BTC.KRAKEN"),
        ("BTCUSDT.P", "BYBIT", "BTC-USDT-SWAP.BYBIT"),
        ("BTC-USDT", "OKX", "BTC-USDT.OKX"),
        ("aapl", "", "AAPL.US"),
    ],
)
def test_tradingviews_names_are_understood(ticker: str, exchange: str, symbol: str) -> None:
    """With the exchange in a field of its own, before a colon, or not at all."""
    alert = {"ticker": ticker, "exchange": exchange, "close": 261.74, "interval": "5", "note": "hi"}
    (quote,) = quotes(alert)
    assert (quote.symbol, quote.time) == (symbol, NOON)


@pytest.mark.parametrize(
    ("text", "symbol", "price"),
    [
        ("NASDAQ:AAPL, price = 277.01, volume = 1200", "AAPL.US", 2_770_100),
        ("SZSE:300308,close=521.5,timenow=2025-11-26T02:22:33Z\n", "300308.SZ", 521_500),
        (
            "BYBIT:BTCUSDT.P, interval = 5, Price = , price = 87000.1",
            "BTC-USDT-SWAP.BYBIT",
            8_700_010_000_000,
        ),
    ],
)
def test_an_alert_in_words_is_understood(text: str, symbol: str, price: int) -> None:
    """As TradingView's manual writes it with its placeholders: the ticker, then what it tells."""
    (quote,) = quotes_of(feed, text.encode(), received=NOON)
    assert (quote.symbol, quote.price) == (symbol, price)
    assert quote.time == (datetime(2025, 11, 26, 2, 22, 33, tzinfo=UTC) if "timenow" in text else NOON)


@pytest.mark.parametrize(
    "text", ["AAPL Crossing 277.00", "NASDAQ:AAPL", "{{ticker}} {{close}}", "\xff", "NASDAQ:A, b"]
)
def test_words_without_a_price_are_none(text: str) -> None:
    """The level that was crossed is not the price; the sentence says what would fit."""
    with pytest.raises(FeedError, match="or an alert such as `NASDAQ:AAPL, price = "):
        quotes_of(feed, text.encode("latin-1"), received=NOON)


@pytest.mark.parametrize("cell", [b"\xe0\x28", b"\\ud800", b"\\q"])
@pytest.mark.parametrize("name", [b"symbol", b"note", b"ticker"])
def test_bytes_that_are_no_text_are_a_sentence(name: bytes, cell: bytes) -> None:
    """Wrong UTF-8 and wrong escapes are met wherever they stand, and never raise anything else."""
    body = b'{"price": 1, "time": "2025-11-26T02:22:33Z", "' + name + b'": "' + cell + b'"}'
    with pytest.raises(FeedError, match="webhook: a post is a JSON object"):
        quotes_of(feed, body, received=NOON)


def test_a_long_line_of_words_costs_nothing() -> None:
    """Strangers' posts are read for their secret: what nearly fits is refused at once."""
    text = b"NASDAQ:A" + b",a=b   " * 9_000 + b",!"
    with pytest.raises(FeedError, match="or an alert"):
        quotes_of(feed, text, received=NOON)


def test_an_alert_may_call_its_close_a_price() -> None:
    """People write {"ticker": "{{ticker}}", "price": {{close}}} at least as often."""
    assert quotes({"ticker": "BINANCE:BTCUSDT", "price": "87000.1"})[0].price == 8_700_010_000_000
    assert quotes({"ticker": "AAPL", "price": "1", "close": "2"})[0].price == 20_000


@pytest.mark.parametrize("count", [1764170553, "1764170553", 1764170553000, "1764170553000"])
def test_a_time_may_be_a_count_since_1970(count: int | str) -> None:
    """As scripts have it, in seconds or milliseconds."""
    (quote,) = quotes({"symbol": "AAPL", "price": 277.01, "time": count})
    assert quote.time == datetime(2025, 11, 26, 15, 22, 33, tzinfo=UTC)


def test_an_alerts_time_is_when_it_was_sent() -> None:
    """{{time}} is the beginning of a bar; {{timenow}} comes before it."""
    alert = {"ticker": "AAPL", "close": "261.74", "time": "2026-04-07T16:00:00Z"}
    assert quotes(alert)[0].time == datetime(2026, 4, 7, 16, tzinfo=UTC)
    alert["timenow"] = "2026-04-07T16:04:59Z"
    (quote,) = quotes(alert)
    assert (quote.time, quote.price) == (datetime(2026, 4, 7, 16, 4, 59, tzinfo=UTC), 2_617_400)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "1 to 1000 quotes, this one 0"),
        ("hello", "a JSON object"),
        ({"quotes": 1}, "a JSON object"),
        ({"symbol": "300308", "price": 1, "colour": "red"}, "post, line 1, column colour: unknown column"),
        ({"symbol": "nobody", "price": 1}, "column symbol: 'nobody' is not a known symbol"),
        ({"price": 1}, "column symbol: a value is missing"),
        ([{"symbol": "300308", "price": 1}, {"symbol": "300308", "price": "x"}], "line 2, column price"),
        ({"symbol": "300308", "price": 1.23456}, "off the grid"),
        ({"symbol": "300308", "price": True}, "column price: a text or a number would fit"),
        ({"symbol": "300308", "price": [1]}, "column price: a text or a number would fit"),
        ({"symbol": "300308", "price": 1, "time": "noon"}, "column time: 'noon' is not an ISO 8601 time"),
        ({"symbol": "300308", "price": 1, "time": "2025-11-26T10:00:00"}, "has no offset"),
        ({"ticker": "AAPL", "exchange": "MARS", "close": 1}, "column exchange: 'MARS' is not known"),
        ({"symbol": "300308", "price": 10**400}, "column price"),
    ],
)
def test_what_is_no_quote_is_one_clear_sentence(body: Any, words: str) -> None:
    """The number of the quote, the column and the reason."""
    with pytest.raises(FeedError) as caught:
        quotes(body)
    assert words in str(caught.value)


def test_a_quote_without_a_price_is_the_gates_matter() -> None:
    """As in a file: zero and empty are absent."""
    assert [quote.price for quote in quotes([{"symbol": "300308", "price": ""}])] == [None]


async def test_posts_are_passed_on_while_the_feed_runs() -> None:
    """In order; new wishes need no second connection, and at its end nobody reads any more."""
    posts = Posts(SECRET)
    async with context({}, "AAPL.US", now=NOON) as given:
        async with reading(feed, replace(given, posts=posts)) as run:
            waiting = asyncio.ensure_future(run.quotes(2))
            await until(lambda: posts.is_open)
            for price in (1, 2):
                assert posts.put(json.dumps({"symbol": "AAPL", "price": price}).encode())
            assert [quote.price for quote in await waiting] == [10_000, 20_000]
        assert not posts.is_open
        await fails(feed, given, "no web server")


def test_the_row_is_bounded_and_the_secret_is_long() -> None:
    """Nothing grows without bound; a short secret is no secret."""
    posts = Posts(SECRET)
    assert [posts.put(b"x") for _ in range(MOST + 1)] == [True] * MOST + [False]
    assert (posts.knows(SECRET), posts.knows(SECRET + "x"), posts.knows("")) == (True, False, False)
    with pytest.raises(SettingsError, match="shorter than 16"):
        Posts("short")
