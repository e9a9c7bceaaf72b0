"""Minute bars of every source: what a local server has comes out the same, whatever its labels and units."""

import random
from contextlib import suppress
from datetime import timedelta

import numpy as np
import pytest

from bot.errors import FeedError
from bot.history.grains import GRAINS, LENGTHS, Ask, kept, regular
from rules.kept import MINUTE, Kept
from rules.sessions import default_hours
from rules.table import micros, moment_of
from tests.fakes.candles import HOURS, bourse, stamp, walk

SYMBOLS = {
    "tencent": "300308.SZ",
    "eastmoney": "600519.SH",
    "sina": "300308.SZ",
    "binance": "BTCUSDT.BINANCE",
    "okx": "BTC-USDT.OKX",
    "coinbase": "BTC-USD.COINBASE",
    "alpaca": "AAPL.US",
}
NOON = stamp("2025-11-26 03:17:20")  # 11:17:20 in Shanghai
EVENING = stamp("2025-11-26 19:17:20")  # 14:17:20 in New York


@pytest.mark.parametrize("span", LENGTHS)
@pytest.mark.parametrize("name", SYMBOLS)
async def test_bars_come_as_they_are(name: str, span: int) -> None:
    """Begin, prices and shares of each bar; the opening auction is in the first of them."""
    symbol, grain = SYMBOLS[name], GRAINS[name]
    now = EVENING if name == "alpaca" else NOON
    if span not in grain.spans:
        return
    async with bourse(lambda: now) as made:
        made.bars[symbol] = walk(symbol, now - timedelta(days=8), now)
        ask = Ask(symbol=symbol, span=span, now=now)
        page = grain.page(await made.ask(grain, grain.path(ask)), ask)
        truth = made.table(symbol, span)
        found = regular(page.bars, HOURS)
        first = int(np.searchsorted(truth.begins, found.begins[0]))
        assert len(found.begins) > 7
        assert found.begins.tolist() == truth.begins[first:].tolist()
        for place, column in enumerate(("open", "high", "low", "close")):
            # A page that begins with the minute of the auction does not have the auction.
            assert getattr(found, column)[1:].tolist() == truth.prices[place, first + 1 :].tolist(), column
        assert found.volume[1:].tolist() == truth.volume[first + 1 :].tolist()
        assert set(found.spans.tolist()) == {span}
        assert page.bars.until >= micros(now) - MINUTE


@pytest.mark.parametrize("name", SYMBOLS)
@pytest.mark.parametrize("mode", ["empty", "odd"])
async def test_what_is_no_answer_is_a_feed_error(name: str, mode: str) -> None:
    """Whatever is in it."""
    symbol, grain = SYMBOLS[name], GRAINS[name]
    async with bourse(lambda: NOON) as made:
        made.mode = mode
        ask = Ask(symbol=symbol, span=1, now=NOON)
        body = await made.ask(grain, grain.path(ask))
        with pytest.raises(FeedError):
            grain.page(body, ask)


@pytest.mark.parametrize("name", SYMBOLS)
async def test_rubbish_is_bars_or_a_feed_error(name: str) -> None:
    """An answer cut, with bytes changed, numbers grown, or something else in its place."""
    symbol, grain, chance = SYMBOLS[name], GRAINS[name], random.Random(name)  # noqa: S311 - rubbish
    now = EVENING if name == "alpaca" else NOON
    async with bourse(lambda: now) as made:
        made.bars[symbol] = walk(symbol, now - timedelta(minutes=20), now)
        ask = Ask(symbol=symbol, span=1, now=now)
        body = await made.ask(grain, grain.path(ask))
    survived = 0
    for _ in range(400):
        with suppress(FeedError):
            survived += len(grain.page(spoilt(body, chance), ask).bars.begins) > 0
    assert survived > 20, "one changed figure is one bar less"


def spoilt(body: bytes, chance: random.Random) -> bytes:
    """The same with something wrong in it."""
    at = chance.randrange(len(body))
    wrong = chance.choice(
        (b"", b"9" * 40, b"1e400", b"-", b"null", b"NaN", b"[" * 2000, b"\xff\xfe", b'"', b"{}", b"0", b",")
    )
    return body[:at] + wrong + body[at + chance.choice((0, 1, 5)) :] if chance.random() < 0.9 else body[:at]


async def test_a_span_without_a_trade_is_an_answer_where_the_span_is_said() -> None:
    """Coinbase's says of which time it is; newest ones of nothing say nothing."""
    ask = Ask(symbol="BTC-USD.COINBASE", span=1, now=NOON)
    page = GRAINS["coinbase"].page(b'{"candles":[]}', ask)
    assert (len(page.bars.begins), moment_of(page.since)) == (0, stamp("2025-11-25 21:37:00"))
    newest = GRAINS["binance"].page(b"[]", Ask(symbol="BTCUSDT.BINANCE", span=1, now=NOON))
    assert (len(newest.bars.begins), moment_of(newest.since)) == (0, NOON)
    stock = Ask(symbol="AAPL.US", span=1, now=NOON)
    assert not len(GRAINS["alpaca"].page(b'{"bars":null}', stock).bars.begins)


async def test_an_answer_to_another_question_is_none() -> None:
    """Bars of another instrument."""
    async with bourse(lambda: NOON) as made:
        made.bars["600519.SH"] = walk("600519.SH", NOON - timedelta(hours=1), NOON)
        grain = GRAINS["tencent"]
        body = await made.ask(grain, grain.path(Ask(symbol="600519.SH", span=1, now=NOON)))
        with pytest.raises(FeedError, match=r"answers for 600519\.SH"):
            grain.page(body, Ask(symbol="300308.SZ", span=1, now=NOON))


def test_an_auction_without_a_trade_since_stands_for_the_first_minute() -> None:
    """Until 9:31 nothing else is known of it."""
    row = '["202511260930","10.00","10.00","10.00","10.00","5.00",{},"0"]'
    body = f'{{"data":{{"sz300308":{{"m1":[{row}]}}}}}}'.encode()
    page = GRAINS["tencent"].page(body, Ask(symbol="300308.SZ", span=1, now=NOON))
    assert [moment_of(one) for one in page.bars.begins] == [stamp("2025-11-26 01:30:00")]


def test_days_off_and_hours_around_sessions_make_no_bars() -> None:
    """A holiday's minute, one before the open, and the one a late print makes."""
    begins = [
        micros(stamp(f"2025-11-{text}:00")) for text in ("22 15:00", "26 14:29", "26 14:30", "26 21:00")
    ]
    column = np.ones(4, np.int64)
    prices = dict.fromkeys(("open", "high", "low", "close"), column)
    bars: Kept = kept("AAPL.US", {"begins": np.array(begins), "volume": column * 1.0, **prices}, 1)
    assert regular(bars, default_hours()).begins.tolist() == begins[2:]


def test_bars_are_made_of_the_longest_that_fit() -> None:
    """An hour of New York's is no hour of Alpaca's."""
    assert [GRAINS["alpaca"].layer(size) for size in LENGTHS] == [1, 5, 15, 30, 30]
    assert [GRAINS["okx"].layer(size) for size in LENGTHS] == list(LENGTHS)
