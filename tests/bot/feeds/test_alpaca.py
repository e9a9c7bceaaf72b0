"""Alpaca: documented messages in both codecs, and a local server that allows a key one connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import FeedError
from bot.feed import Context, RefusedError
from bot.feeds.alpaca import Alpaca
from rules.model import Quote
from tests.bot.reading import fails, quotes_of, read, reading, until
from tests.bot.sources import context
from tests.bot.supervision import supervised
from tests.fakes.alpaca import KEY, NOON, SECRET, Venue, at, bar, packed, trade, venue

feed = Alpaca()
DOLLAR = 10_000
GIVEN = {"key": KEY, "secret": SECRET, "stream": "iex", "trades": "30", "codec": "json"}


@asynccontextmanager
async def served(*symbols: str, **options: str) -> AsyncIterator[tuple[Venue, Context]]:
    """A venue, and what a feed with a good key needs to reach it."""
    async with venue() as made, context(made.urls, *symbols, now=NOON, **(GIVEN | options)) as given:
        yield made, given


def quotes(*events: dict[str, Any], as_json: bool = True) -> list[Quote]:
    """All quotes of a message."""
    return quotes_of(feed, packed(list(events), as_json=as_json), received=NOON)


@pytest.mark.parametrize("as_json", [True, False])
def test_both_codecs_give_the_same_quotes(*, as_json: bool) -> None:
    """Prices are exact although they come as binary fractions; times keep their microseconds."""
    found = quotes(trade("AAPL", 126.55, 0.208), trade("BRK.B", 0.0001, 1), as_json=as_json)
    assert [(one.symbol, one.price, one.traded) for one in found] == [
        ("AAPL.US", 1_265_500, 100.0),
        ("BRK.B.US", 1, 100.0),
    ]
    assert found[0].time == datetime(2026, 4, 7, 16, 0, 0, 208_000, tzinfo=UTC)


def test_nanoseconds_are_read() -> None:
    """The stream writes times with nine digits."""
    (quote,) = quotes_of(
        feed,
        b'[{"T":"t","i":96921,"S":"AAPL","x":"D","p":126.55,"s":1,"t":"2021-02-22T15:51:44.208123456Z","c":["@"],'
        b'"z":"C"}]',
        received=NOON,
    )
    assert quote.time == datetime(2021, 2, 22, 15, 51, 44, 208_123, tzinfo=UTC)


@pytest.mark.parametrize(
    ("conditions", "tape", "second", "is_price"),
    [
        (["@"], "C", 0, True),
        (["@", "F"], "C", 0, True),
        (["@", "I"], "C", 0, False),  # odd lot
        (["W"], "C", 0, False),  # average price
        (["B"], "A", 0, False),  # average price on CTA's tapes
        (["B"], "C", 0, True),  # bunched on UTP's
        (["4"], "A", 0, False),  # derivatively priced
        (["T"], "C", 0, False),  # late report in regular hours
        (["T"], "C", 5 * 3600, True),  # after hours
        (["U"], "C", 5 * 3600, False),  # late report after hours
        ([" "], "A", 0, True),
    ],
)
def test_sale_conditions_say_what_is_a_price(
    conditions: list[str], tape: str, second: int, *, is_price: bool
) -> None:
    """Odd lots, average and contingent prices move neither the last price nor the day's high."""
    event = trade("AAPL", 126.55, second) | {"c": conditions, "z": tape}
    assert len(quotes(event)) == is_price


def test_a_minute_bar_is_told_at_its_end_and_a_reissued_one_is_none() -> None:
    """Its close is the last price of the minute; late trades that change a past minute make no price."""
    prices = (388.985, 389.13, 388.975, 389.12)
    minute, again = bar("b", "SPY", prices, at(0)), bar("u", "SPY", prices, at(0))
    (quote,) = quotes(minute)
    assert (quote.price, quote.time, quote.traded) == (3_891_200, at(60), 1000.0)
    assert (quote.high, quote.volume) == (None, None)
    assert quotes(again) == []
    assert len(feed.parse(packed([again]), NOON)) == 1


@pytest.mark.parametrize(("code", "status"), [("H", "halted"), ("2", "halted"), ("P", "halted"), ("T", "")])
def test_halts_are_told_and_resumptions_are_news_of_nothing(code: str, status: str) -> None:
    """A halted stock has no price; after a resumption trades tell it."""
    found = quotes(
        {"T": "s", "S": "AAPL", "sc": code, "sm": "Trading Halt", "rc": "T12", "t": at(0), "z": "C"}
    )
    assert [(one.price, one.status) for one in found] == ([(None, "halted")] if status else [])


def test_limit_bands_are_proof_of_life() -> None:
    """Limit-up-limit-down bands move all day and are no daily limits; a pause comes as a status."""
    (frame,) = feed.parse(packed([{"T": "l", "S": "IONM", "u": 3.24, "d": 2.65, "i": "B", "t": at(0)}]), NOON)
    assert frame.quotes == ()


def test_corrected_and_cancelled_prints_are_told_to_the_gate() -> None:
    """The print that rang may be undone: the reason is there for /why."""
    correction = {
        "T": "c",
        "S": "EEM",
        "oi": 1,
        "op": 39.1582,
        "os": 440,
        "cp": 39.1809,
        "cs": 440,
        "t": at(1),
    }
    cancel = {"T": "x", "S": "GOOGL", "i": 465, "p": 1292.86, "s": 1, "a": "C", "t": at(2)}
    assert [one.flaw for one in quotes(correction, cancel)] == [
        "corrected print: 39.1582 is 39.1809",
        "cancelled print: 1292.86",
    ]


@pytest.mark.parametrize(
    ("change", "flaw"),
    [({"p": 126.55123}, "off grid"), ({"p": 1e300}, "unreadable"), ({"p": float("nan")}, "unreadable")],
)
def test_a_bad_price_is_a_flawed_quote(change: dict[str, Any], flaw: str) -> None:
    """The gate hears which stock sent nonsense; MessagePack can even carry no number."""
    (quote,) = quotes(trade("AAPL", 1.0, 0) | change, as_json=False)
    assert (quote.symbol, quote.price, quote.flaw) == ("AAPL.US", None, flaw)


def test_strange_names_and_times_are_refused() -> None:
    """A name is a ticker; a time has a zone and can be told in UTC."""
    with pytest.raises(FeedError, match="no stock"):
        quotes(trade("AA PL", 1.0, 0))
    with pytest.raises(FeedError, match="unreadable"):
        feed.parse(b'[{"T":"t","S":"AAPL","p":1,"t":"2021-02-22T15:51:44"}]', NOON)
    assert quotes({"T": "b", "S": "AAPL", "c": 1, "t": datetime.max.replace(tzinfo=UTC)}) == []


@pytest.mark.parametrize(
    ("code", "words", "is_waited_out"),
    [
        (402, "does not accept the key", True),
        (406, "allows one", True),
        (409, "plan", True),
        (405, "more symbols", False),
        (407, "too slowly", False),
        (500, "internal", False),
    ],
)
def test_errors_are_sentences(code: int, words: str, *, is_waited_out: bool) -> None:
    """What asking again soon would make no better is waited out."""
    with pytest.raises(FeedError, match=words) as caught:
        feed.parse(packed([{"T": "error", "code": code, "msg": "internal error"}]), NOON)
    assert isinstance(caught.value, RefusedError) is is_waited_out


@pytest.mark.parametrize("codec", ["json", "msgpack"])
async def test_it_greets_subscribes_and_the_day_rides_on_a_price(codec: str) -> None:
    """Snapshots by REST, then the stream's own daily bars, come with the next price of their stock."""
    async with served("AAPL.US", codec=codec) as (made, given), reading(feed, given) as run:
        (alone,) = await run.quotes(1)
        await made.say(trade("AAPL", 111.5, 5))
        (tick,) = await run.quotes(1)
        await made.say(bar("d", "AAPL", (100.0, 130.0, 80.0, 111.5), at(-3600 * 12), 9000))
        await made.say(trade("AAPL", 111.75, 65))
        (later,) = await run.quotes(1)
    assert made.paths == ["/v2/iex"]
    assert [asked["action"] for asked in made.asked] == ["auth", "subscribe", "subscribe"]
    assert made.asked[1] == {
        "action": "subscribe",
        "trades": ["SPY", "AAPL"],
        "bars": [],
        "dailyBars": ["AAPL"],
    }
    assert made.snapshots == ["AAPL"]
    assert (alone.price, alone.open, alone.high) == (1_102_500, 100 * DOLLAR, 1_205_000)
    assert (alone.prev_close, alone.volume, alone.amount) == (987_500, 5000.0, 505_000.0)
    assert (tick.price, tick.high) == (1_115_000, None)
    assert (later.price, later.high, later.low, later.volume) == (
        1_117_500,
        130 * DOLLAR,
        80 * DOLLAR,
        9000.0,
    )
    assert later.prev_close is None


async def test_a_correction_asks_for_the_day_anew() -> None:
    """The undone print may have been the day's high."""
    async with served("AAPL.US") as (made, given), reading(feed, given) as run:
        await run.quotes(1)
        await made.say({"T": "x", "S": "AAPL", "i": 465, "p": 1292.86, "s": 1, "a": "C", "t": at(2)})
        (cancelled, day) = await run.quotes(2)
    assert (cancelled.flaw, day.high) == ("cancelled print: 1292.86", 1_205_000)
    assert made.snapshots == ["AAPL", "AAPL"]


async def test_stocks_beyond_the_plan_are_told_each_minute() -> None:
    """A free key hears thirty stocks' trades, the pulse among them; the others come as bars."""
    symbols = [f"A{chr(65 + number // 26)}{chr(65 + number % 26)}.US" for number in range(40)]
    async with served(*symbols) as (made, given), reading(feed, given) as run:
        await run.quotes(1)
        (client,) = made.clients
        assert (len(client.channels["trades"]), len(client.channels["bars"])) == (30, 11)
        assert not client.channels["trades"] & client.channels["bars"]
        assert len(client.channels["dailyBars"]) == 40
    assert made.snapshots == [",".join(symbol.removesuffix(".US") for symbol in symbols)]


async def test_new_wishes_are_taken_on_the_one_connection() -> None:
    """A second connection would be refused."""
    wished = ["AAPL.US"]
    async with (
        served(*wished) as (made, given),
        reading(feed, replace(given, wished=lambda: tuple(wished))) as run,
    ):
        await run.quotes(1)
        wished[:] = ["MSFT.US"]
        (day,) = await run.quotes(1)
        (client,) = made.clients
    assert day.symbol == "MSFT.US"
    assert client.channels["trades"] == {"SPY", "MSFT"}


async def test_a_second_connection_is_refused_and_waited_out(caplog: pytest.LogCaptureFixture) -> None:
    """One sentence that says what to do, five minutes until the next try, and no key anywhere."""
    async with served("AAPL.US") as (made, given), reading(feed, given) as first:
        await first.next()
        error = await fails(feed, given, "has a connection with this key already")
        assert isinstance(error, RefusedError)
        assert error.after == timedelta(minutes=5)
        wrong = replace(given, options=GIVEN | {"secret": "wrong"})
        made.clients.clear()
        refused = await fails(feed, wrong, "does not accept the key")
        assert isinstance(refused, RefusedError)
        shown = f"{caplog.text}{error!r}{refused!r}{given!r}{error.__cause__!r}"
    assert KEY not in shown
    assert SECRET not in shown


async def test_under_supervision_new_wishes_open_no_second_connection() -> None:
    """The supervisor leaves them to a feed that follows."""
    async with venue() as made, supervised(feed, made.urls, options=GIVEN) as run:
        run.symbols[:] = ["AAPL.US"]
        await run.until(lambda: bool(run.prices))
        run.symbols.append("MSFT.US")
        await run.until(lambda: bool(made.clients) and "MSFT" in made.clients[0].channels["trades"])
    assert (run.health.connects, run.health.outages) == (1, 0)


async def test_a_plan_without_halts_has_no_halts() -> None:
    """Their refusal costs nothing else."""
    async with served("AAPL.US") as (made, given):
        made.has_statuses = False
        async with reading(feed, given) as run:
            await run.quotes(1)
            await made.say(trade("AAPL", 111.5, 5))
            (tick,) = await run.quotes(1)
    assert tick.price == 1_115_000


async def test_the_test_stream_has_no_figures() -> None:
    """FAKEPACA trades round the clock on a stream of its own."""
    async with served("FAKEPACA.US", stream="test") as (made, given), reading(feed, given) as run:
        told = asyncio.ensure_future(run.quotes(1))
        await until(lambda: bool(made.clients) and "statuses" in made.clients[0].channels)
        await made.say(trade("FAKEPACA", 133.85, 1))
        (quote,) = await told
    assert (quote.symbol, quote.price) == ("FAKEPACA.US", 1_338_500)
    assert (made.paths, made.snapshots) == (["/v2/test"], [])


@pytest.mark.parametrize("wrong", [{"stream": "xyz"}, {"codec": "xml"}, {"trades": "many"}])
async def test_a_wrong_setting_is_named(wrong: dict[str, str]) -> None:
    """Before anything is sent."""
    async with served("AAPL.US", **wrong) as (made, given):
        with pytest.raises(FeedError, match=r"TICKBELL_ALPACA_[A-Z]+ is .*; .* would fit"):
            await read(feed, given, 1)
    assert made.paths == []


async def test_a_day_of_another_date_is_the_day_before() -> None:
    """Before the open the newest daily bar is the last session's: its close is the previous close."""
    early = b'{"name":"AAPL","at":1775635200000,"figures":{"dailyBar":%s,"prevDailyBar":%s}}'
    newest = b'{"t":"2026-04-07T04:00:00Z","o":100,"h":120.5,"l":90,"c":110.25,"v":5000,"vw":101}'
    tick = packed([trade("AAPL", 111.5, 86_400 - 4 * 3600, "T")])  # 08:00 of the next day
    (quote,) = quotes_of(feed, b'{"days":[' + early % (newest, newest) + b"]}\n" + tick, received=NOON)
    assert (quote.price, quote.prev_close, quote.open) == (1_115_000, 1_102_500, None)
