"""Finnhub: captured messages, and a local server with its limits."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from bot.errors import FeedError
from bot.feed import Context, RefusedError
from bot.feeds.finnhub import Finnhub
from rules.model import Quote
from tests.bot.reading import fails, quotes_of, read, reading, until
from tests.bot.sources import context, stream
from tests.fakes.finnhub import AT, KEY, NOON, Venue, message, trade, venue

feed = Finnhub()
GIVEN = {"key": KEY, "symbols": "50"}
HOUR = 3_600_000
# As captured on 29 December 2022 after hours: 24 marks the extended session, 12 an odd lot.
CAPTURED = (
    b'{"data":[{"c":["1","8","24","12"],"p":122.1,"s":"TSLA","t":1672348887195,"v":1},'
    b'{"c":["1","24"],"p":129.575,"s":"AAPL","t":1672348887785,"v":300}],"type":"trade"}'
)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wishes follow each other quickly, questions too."""
    monkeypatch.setattr("bot.feeds.finnhub.PAUSE", 0.001)
    monkeypatch.setattr("bot.feeds.finnhub.ROUND", 0.01)


@asynccontextmanager
async def served(*symbols: str, **options: str) -> AsyncIterator[tuple[Venue, Context]]:
    """A venue, and what a feed with a good key needs to reach it."""
    async with venue() as made, context(made.urls, *symbols, now=NOON, **(GIVEN | options)) as given:
        yield made, given


def quotes(*trades: dict[str, Any]) -> list[Quote]:
    """All quotes of a message."""
    return quotes_of(feed, message(*trades), received=NOON)


def test_captured_prints_are_read() -> None:
    """The odd lot makes no price; the other is a price of the extended session."""
    (quote,) = quotes_of(feed, CAPTURED, received=NOON)
    assert (quote.symbol, quote.price, quote.traded) == ("AAPL.US", 1_295_750, None)
    assert quote.time.timestamp() == pytest.approx(1672348887.785)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (trade("AAPL", 261.74, AT), [2_617_400]),
        (trade("AAPL", 261.74, AT, "1", "12"), []),
        (trade("AAPL", 261.74, AT, "24"), []),  # late report in regular hours
        (trade("AAPL", 261.74, AT + 5 * HOUR, "24"), [2_617_400]),
    ],
)
def test_what_makes_a_price(given: dict[str, Any], expected: list[int]) -> None:
    """Condition codes tell odd lots and prints outside regular hours."""
    assert [quote.price for quote in quotes(given)] == expected


def test_pings_say_nothing_errors_are_failures_and_nonsense_is_flawed() -> None:
    """Each in its way."""
    assert feed.parse(b'{"type":"ping"}', NOON) == ()
    with pytest.raises(FeedError, match="finnhub refuses"):
        feed.parse(b'{"type":"error","msg":"no"}', NOON)
    assert [one.flaw for one in quotes(trade("AAPL", 1e300, AT), trade("AAPL", 1.0, 0))] == ["unreadable"] * 2
    with pytest.raises(FeedError, match="no stock"):
        quotes(trade("BINANCE:BTCUSDT", 1.0, AT))


async def test_the_day_rides_on_a_trade_and_no_key_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    """The key goes into the stream's address and a header of REST, and nowhere else."""
    caplog.set_level(logging.DEBUG)
    async with served("AAPL.US") as (made, given), reading(feed, given) as run:
        (alone,) = await run.quotes(1)
        await made.say(trade("AAPL", 111.5, AT + 5000))
        (tick,) = await run.quotes(1)
    assert made.paths == [f"/?token={KEY}"]
    assert made.asked == ["AAPL"]
    assert (alone.price, alone.open, alone.high, alone.low) == (1_102_500, 1_000_000, 1_205_000, 900_000)
    assert (alone.prev_close, alone.volume, tick.price) == (987_500, None, 1_115_000)
    shown = [
        record.getMessage() for record in caplog.records if not record.name.startswith("websockets.server")
    ]
    assert KEY not in f"{shown}{given!r}"


async def test_a_quote_of_another_day_is_the_day_before() -> None:
    """Before the open /quote still tells of the last session."""
    told = b'{"days":[{"name":"AAPL","at":1,"figures":{"c":110.25,"h":1,"l":1,"o":1,"pc":98.75,"t":%d}}]}\n'
    (quote,) = quotes_of(
        feed, told % (AT // 1000) + message(trade("AAPL", 111.5, AT + 20 * HOUR, "24")), received=NOON
    )
    assert (quote.prev_close, quote.open, quote.high) == (1_102_500, None, None)
    nothing = told % 0 + message(trade("AAPL", 111.5, AT))
    assert quotes_of(feed, nothing.replace(b"110.25", b"0"), received=NOON)[0].prev_close is None


async def test_a_free_key_hears_fifty(caplog: pytest.LogCaptureFixture) -> None:
    """The pulse is one of them; more wishes are said to be too many, and a refusal costs nobody else."""
    symbols = [f"A{chr(65 + number // 26)}{chr(65 + number % 26)}.US" for number in range(60)]
    async with served(*symbols) as (made, given), reading(feed, given) as run:
        await run.quotes(1)
        assert [len(names) for names in made.wished.values()] == [50]
    assert "60 symbols beyond 49" in caplog.text
    async with served(*symbols[:3]) as (made, given):
        made.most = 2
        async with reading(feed, given) as run:
            await run.quotes(1)
    assert "too many symbols" in caplog.text


async def test_new_wishes_are_taken_on_the_one_connection() -> None:
    """One connection a key."""
    wished = ["AAPL.US"]
    async with (
        served(*wished) as (made, given),
        reading(feed, replace(given, wished=lambda: tuple(wished))) as run,
    ):
        await run.quotes(1)
        wished[:] = ["MSFT.US"]
        (day,) = await run.quotes(1)
        assert list(made.wished.values()) == [["SPY", "MSFT"]]
    assert day.symbol == "MSFT.US"


@pytest.mark.parametrize(("status", "words"), [(401, "does not accept the key"), (429, "refuses with 429")])
async def test_a_refused_key_is_waited_out(status: int, words: str) -> None:
    """A wrong key, and one that is in use elsewhere; no error holds the key."""

    async def never(_: ServerConnection) -> None:
        raise AssertionError

    async with (
        stream(never, status) as ws,
        context({"ws": ws.url, "rest": ""}, "AAPL.US", now=NOON, **GIVEN) as given,
    ):
        error = await fails(feed, given, words)
    assert isinstance(error, RefusedError)
    assert KEY not in f"{error}{error.__cause__}"


async def test_a_silent_market_is_no_outage_and_a_wrong_count_is_named() -> None:
    """Pings alone are no data, but they are read; the setting is checked before anything is sent."""
    async with served("AAPL.US", symbols="none") as (made, given):
        with pytest.raises(FeedError, match="TICKBELL_FINNHUB_SYMBOLS is 'none'; a number from 1"):
            await read(feed, given, 1)
    assert made.paths == []
    async with served() as (made, given), reading(feed, given) as run:
        waiting = asyncio.ensure_future(run.next())
        await until(lambda: list(made.wished.values()) == [["SPY"]])
        assert feed.parse((await waiting).data, NOON) == ()
