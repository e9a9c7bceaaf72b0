"""One suite over every feed: it says what it is, parses its recording, survives whatever else it is sent."""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import feeds as feeds  # noqa: PLC0414 -- fills the registry
from bot.errors import FeedError
from bot.feed import FEEDS, Feed
from bot.settings import Settings
from rules.model import Frame
from tests.contracts.cases import every
from tests.recorded import DATA

NOW = datetime(2026, 9, 10, 3, 0, tzinfo=UTC)


CASES = every()
RUBBISH = (
    b"",
    b" ",
    b"\x00" * 100,
    b"\xff\xfe\xfd",
    b"null",
    b"[]",
    b"{",
    b"<!DOCTYPE html><html><body>Access denied</body></html>",
    "请完成验证".encode("gb18030"),
    b'{"code":-1003,"msg":"Way too many requests"}',
    b'{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT","p":NaN,"T":Infinity}}',
    b'{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT","p":1e400,"T":1}}',
    b'{"e":"trade","s":"BTCUSDT","p":"1","T":' + b"9" * 5000 + b"}",
    b'{"e":"trade","s":"BTCUSDT","p":"' + b"9" * 5000 + b'","T":1723161255342}',
    b"[" * 100_000,
    b'{"data":' * 50_000,
    b'v_sz300308="' + b"~" * 5000 + b'";',
    b'v_sz300308="51~x~300308~' + b"NaN~" * 90 + b'";',
    b'var hq_str_sz300308="' + b"," * 5000 + b'";',
    b'var hq_str_sz300308="x,' + b"NaN," * 40 + b'";',
    b'var hq_str_gb_aapl="x,' + b"9" * 5000 + b"," + b"1e400," * 40 + b'";',
    b"sz300308=" + b"Infinity," * 40,
    b'{"rc":0,"data":{"diff":[{"f12":"300308","f13":0,"f124":1,"f2":"NaN"}]}}',
    b'{"rc":0,"data":{"diff":[{"f12":"300308","f13":0,"f124":1,"f2":' + b"9" * 5000 + b"}]}}",
    b'{"rc":0,"data":{"diff":{"0":{"f12":"300308","f13":0,"f124":1e400,"f2":1}}}}',
    b'{"rc":0,"data":{"f57":"300308","f107":0,"f86":1,"f43":1e400}}',
)


def test_every_feed_is_in_this_suite() -> None:
    """A new feed brings a case with a recording."""
    assert set(CASES) == set(FEEDS)


@pytest.fixture(params=sorted(CASES))
def feed(request: pytest.FixtureRequest) -> Feed:
    """Each feed by name."""
    return FEEDS[request.param]


@pytest.fixture
def payload(feed: Feed) -> bytes:
    """Its recording; skips where the recorded data is absent."""
    case = CASES[feed.name]
    if case.file and not (DATA / case.file).exists():
        pytest.skip(f"recorded data is absent: {case.file}")
    return case.payload()


def read(feed: Feed, payload: bytes) -> tuple[Frame, ...]:
    """The frames of a payload; after a FeedError there are none, any other error fails the test."""
    with suppress(FeedError):
        return feed.parse(payload, NOW)
    return ()


def test_it_says_what_it_is(feed: Feed) -> None:
    """Each column of the generated table is filled; names are what a person types."""
    assert re.fullmatch(r"[a-z]+", feed.name)
    for text in (feed.summary, feed.latency, feed.limits, feed.terms):
        assert text
        assert "\n" not in text
    assert feed.markets
    assert feed.silence > timedelta(0)


def test_its_endpoints_can_be_replaced(feed: Feed) -> None:
    """Each base URL has a setting, is encrypted, and ends without a slash."""
    for end in feed.endpoints:
        name = f"TICKBELL_{feed.name}_{end.name}_URL".upper()
        assert Settings({name: "http://x"}).feed_url(feed.name, end.name, end.url) == "http://x"
        assert Settings({}).feed_url(feed.name, end.name, end.url) == end.url
        assert end.url.startswith(("https://", "wss://"))
        assert not end.url.endswith("/")
        assert end.summary


def test_it_parses_its_recording(feed: Feed, payload: bytes) -> None:
    """At most one frame a market, each with the time it was received at and quotes of that market."""
    frames = feed.parse(payload, NOW)
    assert sum(len(frame.quotes) for frame in frames) == CASES[feed.name].quotes
    assert len({frame.market for frame in frames}) == len(frames)
    for frame in frames:
        assert frame.market in feed.markets
        assert feed.replays or frame.received == NOW
        for quote in frame.quotes:
            assert quote.symbol.endswith(f".{frame.market}")
            assert quote.flaw is None
            assert quote.price
            assert quote.source
            assert quote.time.utcoffset() == timedelta(0)


def test_it_is_pure(feed: Feed, payload: bytes) -> None:
    """The same bytes give the same frames, whatever came between."""
    once = feed.parse(payload, NOW)
    for rubbish in RUBBISH:
        read(feed, rubbish)
    assert feed.parse(payload, NOW) == once


@pytest.mark.parametrize("rubbish", RUBBISH, ids=lambda rubbish: repr(bytes(rubbish[:20])))
def test_it_survives_rubbish(feed: Feed, rubbish: bytes) -> None:
    """Nothing but FeedError, an empty frame or a flawed quote; never a price."""
    for frame in read(feed, rubbish):
        for quote in frame.quotes:
            assert quote.price is None or quote.flaw


def test_it_survives_every_truncation(feed: Feed, payload: bytes) -> None:
    """A body cut anywhere gives no price that the whole one has not."""
    whole = {quote.price for frame in feed.parse(payload, NOW) for quote in frame.quotes}
    for length in range(0, len(payload), max(1, len(payload) // 200)):
        for frame in read(feed, payload[:length]):
            assert {quote.price for quote in frame.quotes} <= whole | {None}


def test_another_encoding_gives_no_price(feed: Feed, payload: bytes) -> None:
    """UTF-16, and UTF-8 where GB18030 is spoken, are refused or harmless."""
    prices = {quote.price for frame in feed.parse(payload, NOW) for quote in frame.quotes}
    for other in (payload.decode("gb18030").encode("utf-16"), payload.decode("gb18030").encode()):
        for frame in read(feed, other):
            assert {quote.price for quote in frame.quotes} <= prices | {None}


@given(noise=st.binary(max_size=200))
def test_noise_never_becomes_a_price(noise: bytes) -> None:
    """Random bytes raise nothing but FeedError, in every feed."""
    for each in FEEDS.values():
        for frame in read(each, noise):
            assert not any(quote.price for quote in frame.quotes)


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("esTpdata qt"), inner),
        max_leaves=12,
    )
)
def test_any_json_is_survived(value: object) -> None:
    """Well-formed documents of the wrong shape raise nothing but FeedError."""
    for each in FEEDS.values():
        read(each, json.dumps(value).encode())
        read(each, json.dumps({"data": value, "klines": value, "snapshot": "BTCUSDT", "time": 1}).encode())
        read(each, json.dumps({"data": {"diff": value, "f57": value}}).encode())
