"""Exchanges through ccxt: a package of its shape, and the real one where it is installed."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import FeedError
from bot.feed import lacking
from bot.feeds.ccxt import Ccxt
from bot.intake.venues import pair_of
from bot.settings import Settings
from tests.bot.reading import fails, quotes_of, reading, until
from tests.bot.sources import context
from tests.bot.supervision import supervised
from tests.fakes.ccxt import MIDNIGHT, Exchange, install

NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)
COIN = 10**8
feed = Ccxt()


@pytest.fixture(autouse=True)
def package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package, and questions that follow each other quickly."""
    install(monkeypatch)
    monkeypatch.setattr("bot.feeds.ccxt.TICK", 0.02)
    monkeypatch.setattr("bot.feeds.ccxt.PAUSE", 0.01)


@pytest.mark.parametrize(
    ("symbol", "pair"),
    [
        ("BTC-USD.KRAKEN", "BTC/USD"),
        ("BTC-USDT-SWAP.BYBIT", "BTC/USDT:USDT"),
        ("BTC-USD-SWAP.BITMEX", "BTC/USD:BTC"),
    ],
)
def test_names_are_ccxts_own(symbol: str, pair: str) -> None:
    """Swaps settle in the stable coin, or in the coin itself."""
    assert pair_of(symbol) == pair


async def test_trades_and_the_day_of_one_exchange() -> None:
    """Exact prices, volume in coins, the day's candles with the next trade; the pulse is proof of life."""
    symbols = ("ETH-USD.KRAKEN", "ETH-USDT-SWAP.KRAKEN", "NONE-USD.KRAKEN")
    async with context({}, *symbols, now=NOON) as given, reading(feed, given) as run:
        alone = await run.quotes(2)
        (kraken,) = Exchange.made
        kraken.trade("ETH/USD", "2600.12345678")
        kraken.trade("ETH/USDT:USDT", "2601", MIDNIGHT + 6)
        kraken.trade("BTC/USD", "61000")
        kraken.trade("ETH/USD", "2602", None)
        spot, swap = await run.quotes(1) + await run.quotes(1)
        pulse = await run.next()
        (timeless,) = await run.quotes(1)
    assert [(one.symbol, one.open, one.prev_close) for one in alone] == [
        ("ETH-USD.KRAKEN", 100 * COIN, 98 * COIN),
        ("ETH-USDT-SWAP.KRAKEN", 100 * COIN, 98 * COIN),
    ]
    assert (spot.price, spot.traded, spot.source) == (260_012_345_678, 2.0, "kraken")
    assert (swap.symbol, swap.traded) == ("ETH-USDT-SWAP.KRAKEN", None)
    assert [frame.quotes for frame in feed.parse(pulse.data, NOON)] == [()]
    assert timeless.time == NOON
    assert set(kraken.watched) == {"BTC/USD", "ETH/USD", "ETH/USDT:USDT"}
    assert kraken.config == {"enableRateLimit": True}
    assert kraken.is_closed


async def test_an_exchange_with_a_stream_for_each_pair() -> None:
    """Its pairs are watched beside each other, and beside another exchange."""
    symbols = ("ETH-USD.BITSTAMP", "BTC-USD.BITSTAMP", "BTC-USD.KRAKEN")
    async with context({}, *symbols, now=NOON) as given, reading(feed, given) as run:
        await run.quotes(3)
        bitstamp, kraken = Exchange.made
        bitstamp.trade("ETH/USD", "2600")
        kraken.trade("BTC/USD", "61000")
        found = await run.quotes(1) + await run.quotes(1)
    assert {one.symbol for one in found} == {"ETH-USD.BITSTAMP", "BTC-USD.KRAKEN"}


@pytest.mark.parametrize("symbol", ["ETH-USD.KRAKEN", "ETH-USD.BITSTAMP"])
async def test_a_failure_is_told_by_its_kind_alone(symbol: str) -> None:
    """Ccxt's texts hold addresses, and perhaps keys."""
    async with context({}, symbol, now=NOON) as given, reading(feed, given) as run:
        await run.quotes(1)
        Exchange.made[0].fail()
        with pytest.raises(FeedError, match=r"ccxt: (KRAKEN|BITSTAMP): NetworkError$"):
            await run.until(lambda _: False)
    assert Exchange.made[0].is_closed


async def test_a_mute_exchange_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connected but silent, while another exchange trades on: the pulse is missed, and all connect anew."""
    monkeypatch.setattr("bot.intake.venues.SILENT", 0.1)
    patient = Ccxt()
    patient.silence = timedelta(seconds=60)
    async with supervised(patient, {}) as run:
        run.symbols[:] = ["ETH-USD.KRAKEN"]
        await run.until(lambda: run.health.outages == 1)
        assert run.health.reason == "ccxt: KRAKEN: TimeoutError"
        await run.until(lambda: run.health.connects >= 2)


async def test_without_candles_trades_go_on(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said once."""
    monkeypatch.setattr(Exchange, "has_no_candles", True)
    async with context({}, "ETH-USD.KRAKEN", now=NOON) as given, reading(feed, given) as run:
        waiting = asyncio.ensure_future(run.quotes(2))
        await until(lambda: "no daily figures: KRAKEN: BadSymbolError" in caplog.text)
        Exchange.made[0].trade("ETH/USD", "2600")
        Exchange.made[0].trade("ETH/USD", "2601")
        found = await waiting
    assert [quote.price for quote in found] == [2600 * COIN, 2601 * COIN]


def test_nonsense_is_refused_or_flawed() -> None:
    """Unknown exchanges, strange names, candles that are none."""
    for bad in (b'{"market":"NYSE"}', b'{"market":"KRAKEN","trades":[{"symbol":"../x","price":"1"}]}', b"{}"):
        with pytest.raises(FeedError):
            feed.parse(bad, NOON)
    (flawed,) = quotes_of(
        feed, b'{"market":"KRAKEN","trades":[{"symbol":"A-USD.KRAKEN","price":"NaN"}]}', received=NOON
    )
    assert flawed.flaw == "unreadable"
    other = b'{"market":"KRAKEN","trades":[{"symbol":"A-USD.GEMINI","price":"1"}]}'
    assert quotes_of(feed, other, received=NOON) == []
    told = b'{"days":[{"name":"A-USD.KRAKEN","at":%d,"figures":[[1,2]]}]}\n' % MIDNIGHT
    assert [one.flaw for one in quotes_of(feed, told, received=NOON)] == ["unreadable"]


async def test_a_missing_package_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start, and where it is taken away later."""
    monkeypatch.setitem(sys.modules, "ccxt", None)
    monkeypatch.setitem(sys.modules, "ccxt.pro", None)
    async with context({}, "ETH-USD.KRAKEN") as given:
        await fails(feed, given, r"ccxt is not installed; run: pip install 'tickbell\[ccxt\]'")
    monkeypatch.setattr("bot.feed.find_spec", lambda _: None)
    assert lacking(feed, Settings({})).startswith("the feed ccxt needs the package ccxt")
