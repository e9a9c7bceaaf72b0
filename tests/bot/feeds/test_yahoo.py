"""Yahoo's streamer: one recorded frame, made ones, and a local server that forgets old wishes."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import FeedError
from bot.feeds.yahoo import Yahoo
from bot.formats.yahoo import name_of
from rules.model import Phase, Quote
from tests.bot.reading import quotes_of, reading, until
from tests.bot.sources import context
from tests.fakes.yahoo import message, venue
from tests.recorded import DATA, needs

FRAME = "us/yahoo/btcusd_20250110_frame.json"
NOON = datetime(2026, 4, 7, 16, tzinfo=UTC)
AT = round(NOON.timestamp() * 1000)
feed = Yahoo()


def quote(name: str, **fields: float) -> Quote:
    """The one quote of a message."""
    given = {"price": 261.74, "time": AT, "market_hours": 1, "price_hint": 2, "quote_type": 8} | fields
    (found,) = quotes_of(feed, message(name, **given), received=NOON)
    return found


@needs(FRAME)
def test_the_recorded_frame_is_read() -> None:
    """A float of 32 bits becomes the price it was made from; a coin's day counts from its open."""
    (found,) = quotes_of(feed, (DATA / FRAME).read_bytes(), received=NOON)
    assert (found.symbol, found.price) == ("BTC-USD.YAHOO", 9_474_508_000_000)
    assert found.time == datetime(2025, 1, 10, 11, 39, tzinfo=UTC)
    assert (found.open, found.prev_close) == (9_252_999_000_000, 9_252_999_000_000)
    assert (found.high, found.low) == (9_522_755_000_000, 9_251_722_000_000)
    assert (found.volume, found.phase) == (None, None)


def test_a_stock_has_its_day() -> None:
    """Price, high, low and volume as they are; the previous close from the change where it is not said."""
    found = quote("AAPL", day_high=263.31, day_low=260.68, day_volume=45_000_000, change=2.29)
    assert (found.symbol, found.price, found.time) == ("AAPL.US", 2_617_400, NOON)
    assert (found.high, found.low, found.volume) == (2_633_100, 2_606_800, 45_000_000.0)
    assert (found.prev_close, found.phase) == (2_594_500, None)
    assert quote("AAPL", change=2.29, previous_close=259.4).prev_close == 2_594_000


@pytest.mark.parametrize(
    ("hours", "phase"), [(0, Phase.PRE_OPEN), (1, None), (2, Phase.AFTER_HOURS), (3, Phase.AFTER_HOURS)]
)
def test_hours_are_the_sources_word(hours: int, phase: Phase | None) -> None:
    """Zero is left out of the message and means before the open; then the day's figures are another day's."""
    found = quote("AAPL", market_hours=hours, day_high=263.31, change=2.29)
    assert found.phase is phase
    assert (found.high is None) is (hours != 1)
    assert (found.prev_close is None) is (hours != 1)


@pytest.mark.parametrize(
    ("price", "hint", "expected"),
    [
        (261.74, 2, 2_617_400),
        (0.0123, 4, 123),
        (1285.57, 0, 12_855_700),  # a hint of zero is left out like any zero: the shortest number is meant
        (0.1, 0, 1000),
        (16777216.0, 2, 167_772_160_000),
    ],
)
def test_floats_are_rounded_to_what_they_mean(price: float, hint: int, expected: int) -> None:
    """0.1 as a float of 32 bits is 0.10000000149."""
    assert quote("AAPL", price=price, price_hint=hint).price == expected


@pytest.mark.parametrize(
    ("name", "symbol"),
    [("AAPL", "AAPL.US"), ("BRK-B", "BRK.B.US"), ("^GSPC", "SPX.US"), ("^DJI", "DJI.US")],
)
def test_names_are_the_sources_own(name: str, symbol: str) -> None:
    """Both ways."""
    assert quote(name).symbol == symbol
    assert name_of(symbol) == name


def test_an_index_is_finer_than_a_stock() -> None:
    """Its quantum is that of indices."""
    assert quote("^GSPC", price=6812.61).price == 681_261_000_000


@pytest.mark.parametrize("name", ["0700.HK", "600519.SS", "EURUSD=X", "not a name"])
def test_other_markets_say_nothing(name: str) -> None:
    """They are delayed or no instruments of ours."""
    given = {"price": 1.0, "time": AT, "market_hours": 1, "quote_type": 8}
    assert feed.parse(message(name, **given), NOON) == ()


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"price": float("nan"), "price_hint": 2}, "unreadable"),
        ({"price": float("inf")}, "unreadable"),
        ({"time": 1 << 60}, "unreadable"),
        ({"time": -5}, "unreadable"),
        ({"price": 0.000_012_3, "price_hint": 7}, "off grid"),
    ],
)
def test_a_bad_field_is_a_flawed_quote(fields: dict[str, float], flaw: str) -> None:
    """The gate hears which instrument sent nonsense."""
    found = quote("AAPL", **fields)
    assert (found.symbol, found.price, found.flaw) == ("AAPL.US", None, flaw)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"type":"pricing","message":"!!!"}',
        b'{"type":"pricing","message":"CgdCVEMtVVNEFYoM"}',
        b'{"type":"pricing","message":"CgH/"}',
        b'{"type":"pricing","message":1}',
    ],
)
def test_what_is_no_message_is_an_error(payload: bytes) -> None:
    """No base64, cut short, not ASCII, not text."""
    with pytest.raises(FeedError, match="unreadable"):
        feed.parse(payload, NOON)
    assert feed.parse(b'{"type":"status","message":"hello"}', NOON) == ()


async def test_wishes_are_said_again_before_they_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The streamer forgets; every fifteen seconds it hears all wishes anew, new ones among them."""
    monkeypatch.setattr("bot.feeds.yahoo.AGAIN", 0.1)
    wished = ["AAPL.US"]
    async with (
        venue() as made,
        context({"ws": made.ws}, *wished, now=NOON) as given,
        reading(feed, replace(given, wished=lambda: tuple(wished))) as run,
    ):
        made.memory = 0.4
        told = asyncio.ensure_future(run.quotes(1))
        await until(lambda: len(made.asked) >= 8)
        await made.say("AAPL", price=261.74, time=AT, market_hours=1, price_hint=2, quote_type=8)
        (first,) = await told
        wished[:] = ["MSFT.US"]
        told = asyncio.ensure_future(run.quotes(1))
        await until(lambda: "MSFT" in json.dumps(made.asked))
        await made.say("AAPL", price=1.0, time=AT + 1, market_hours=1, price_hint=2, quote_type=8)
        await made.say("MSFT", price=401.5, time=AT + 1, market_hours=1, price_hint=2, quote_type=8)
        (second,) = await told
    assert made.paths == ["/?version=2"]
    assert made.asked[0] == {"subscribe": ["BTC-USD", "AAPL"]}
    assert {"unsubscribe": ["AAPL"]} in made.asked
    assert (first.price, second.symbol, second.price) == (2_617_400, "MSFT.US", 4_015_000)
