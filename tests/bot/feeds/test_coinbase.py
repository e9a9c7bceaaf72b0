"""Coinbase: its documented messages, daily candles, and a local server that numbers what it says."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import FeedError
from bot.feeds.coinbase import Coinbase
from rules.model import Quote
from tests.bot.reading import quotes_of, reading, until
from tests.bot.sources import context
from tests.bot.supervision import supervised
from tests.fakes.coinbase import NOON, exchange, message, ticker
from tests.recorded import DATA, needs

SHAPES = "crypto/nautilus_shapes"
feed = Coinbase()
COIN = 10**8


def quotes(payload: bytes) -> list[Quote]:
    """All quotes of a payload."""
    return quotes_of(feed, payload, received=NOON)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages follow each other as fast as eight a second allow for the few there are."""
    monkeypatch.setattr("bot.feeds.coinbase.PAUSE", 0.01)


@needs(f"{SHAPES}/coinbase_ws_ticker.json", f"{SHAPES}/coinbase_ws_market_trades.json")
def test_documented_messages_are_read() -> None:
    """A ticker has the message's time; trades have their own and are told oldest first."""
    (last,) = quotes((DATA / SHAPES / "coinbase_ws_ticker.json").read_bytes())
    assert (last.symbol, last.price, last.traded) == ("BTC-USD.COINBASE", 6890050000000, None)
    assert last.time == datetime(2026, 4, 7, 14, 30, 3, tzinfo=UTC)
    assert (last.high, last.volume) == (None, None)  # those of 24 h are no day's
    early, late = quotes((DATA / SHAPES / "coinbase_ws_market_trades.json").read_bytes())
    assert (late.price, late.traded) == (6890000000000, 0.05)
    assert early.time == datetime(2026, 4, 7, 14, 30, 2, 789012, tzinfo=UTC)


@needs(f"{SHAPES}/coinbase_ws_candles.json", f"{SHAPES}/coinbase_ws_heartbeats.json")
def test_other_messages_are_proof_of_life_and_answers_say_nothing() -> None:
    """Heartbeats and candles are empty frames; answers are none."""
    for name in ("candles", "heartbeats"):
        (frame,) = feed.parse((DATA / SHAPES / f"coinbase_ws_{name}.json").read_bytes(), NOON)
        assert frame.quotes == ()
    assert feed.parse((DATA / SHAPES / "coinbase_ws_subscriptions.json").read_bytes(), NOON) == ()


def test_refusals_are_errors_and_bad_rows_flawed() -> None:
    """An error is the feed's failure; nonsense in a row is the instrument's."""
    with pytest.raises(FeedError, match="coinbase refuses: 'no such product'"):
        feed.parse(b'{"type":"error","message":"no such product"}', NOON)
    bad: list[dict[str, Any]] = [
        {"product_id": "BTC-USD", "price": "NaN"},
        {"product_id": "BTC-USD", "price": "0.000000001"},
    ]
    flaws = [quotes(json.dumps(message("ticker", {"tickers": [row]})).encode())[0].flaw for row in bad]
    assert flaws == ["unreadable", "off grid"]
    timeless = message("ticker", {"tickers": [{"product_id": "BTC-USD", "price": "1"}]}) | {"timestamp": None}
    assert quotes(json.dumps(timeless).encode())[0].flaw == "unreadable"
    with pytest.raises(FeedError, match="no pair"):
        feed.parse(json.dumps(ticker("BTC USD", "1", 1)).encode(), NOON)


async def test_it_subscribes_and_the_day_rides_on_a_price() -> None:
    """Heartbeats first, then tickers; the candles of today and yesterday come with the next price."""
    async with (
        exchange() as venue,
        context(venue.urls, "BTC-USD.COINBASE", now=NOON) as given,
        reading(feed, given) as run,
    ):
        (alone,) = await run.quotes(1)
        await venue.trade("BTC-USD", "111", 5)
        (tick,) = await run.quotes(1)
    assert [asked["channel"] for asked in venue.asked] == ["heartbeats", "ticker"]
    assert (alone.price, alone.open, alone.prev_close, alone.volume) == (
        110 * COIN,
        100 * COIN,
        98 * COIN,
        5.0,
    )
    assert (tick.price, tick.time) == (111 * COIN, datetime(2026, 4, 7, 12, 0, 5, 500_000, tzinfo=UTC))
    assert venue.faults == []


async def test_a_gap_in_the_numbers_takes_a_new_snapshot() -> None:
    """Every message of a connection is numbered: a missing one is lost, and the day is asked for anew."""
    async with (
        exchange() as venue,
        context(venue.urls, "BTC-USD.COINBASE", now=NOON) as given,
        reading(feed, given) as run,
    ):
        await run.quotes(1)
        await venue.trade("BTC-USD", "111", 5)
        await venue.trade("BTC-USD", "112", 6, lost=2)
        first = await run.until(lambda payload: b'"111"' in payload.data)
        second = await run.until(lambda payload: b'"112"' in payload.data)
        await until(lambda: len(venue.candles) == 2)
    assert (first.gap, second.gap) == (False, True)


async def test_its_own_answers_are_no_gap() -> None:
    """A pair that is wished for later is subscribed to on the open connection; the numbers still follow."""
    wished = ["BTC-USD.COINBASE"]
    async with (
        exchange() as venue,
        context(venue.urls, *wished, now=NOON) as given,
        reading(feed, replace(given, wished=lambda: tuple(wished))) as run,
    ):
        await run.quotes(1)
        wished[:] = ["ETH-USD.COINBASE"]
        gaps: list[bool] = []
        while len(venue.candles) < 2 or len(gaps) < 20:
            gaps.append((await run.next()).gap)
        assert venue.clients[0].products == {"ETH-USD"}
    assert not any(gaps)
    assert venue.candles == ["BTC-USD", "ETH-USD"]


async def test_a_pair_without_a_trade_today_is_asked_about_at_its_first() -> None:
    """Candles leave out days without trades: the open is known once there is one."""
    async with (
        exchange() as venue,
        context(venue.urls, "SLOW-USD.COINBASE", now=NOON) as given,
        reading(feed, given) as run,
    ):
        await run.next()
        await until(lambda: venue.candles == ["SLOW-USD"])
        await venue.trade("SLOW-USD", "105", 5)
        (tick,) = await run.quotes(1)
        (day,) = await run.quotes(1)
    assert (tick.price, tick.open) == (105 * COIN, None)
    assert (day.price, day.open) == (110 * COIN, 100 * COIN)


async def test_an_unknown_pair_is_an_unreadable_answer() -> None:
    """It is counted and said; the connection stands."""
    async with exchange() as venue, supervised(feed, venue.urls) as run:
        venue.unknown.add("XX-USD")
        run.symbols[:] = ["XX-USD.COINBASE"]
        await run.until(lambda: run.health.up)
        assert run.health.unreadable == 1
    assert venue.faults == []


async def test_silence_is_noticed_although_the_socket_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats are data: without them the connection is given up."""
    monkeypatch.setattr("tests.fakes.coinbase.message", lambda *_, **__: {"channel": "subscriptions"})
    mute = Coinbase()
    mute.silence = mute.silence / 50
    async with exchange() as venue, supervised(mute, venue.urls) as run:
        run.symbols[:] = ["BTC-USD.COINBASE"]
        await run.until(lambda: run.health.outages == 1)
    assert "no data" in run.health.reason
