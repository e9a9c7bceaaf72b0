"""Massive: documented messages, and a local server on which a second connection closes the first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import FeedError
from bot.feed import Context, RefusedError
from bot.feeds.massive import Massive
from rules.model import Quote
from tests.bot.reading import fails, quotes_of, read, reading
from tests.bot.sources import context
from tests.fakes.massive import AT, KEY, NOON, Venue, bar, message, status, trade, venue

feed = Massive()
GIVEN = {"key": KEY, "channel": "T"}
HOUR = 3_600_000
TOLD = b'{"days":[{"name":"AAPL","at":1,"figures":%s}]}\n'


@asynccontextmanager
async def served(*symbols: str, **options: str) -> AsyncIterator[tuple[Venue, Context]]:
    """A venue, and what a feed with a good key needs to reach it."""
    async with venue() as made, context(made.urls, *symbols, now=NOON, **(GIVEN | options)) as given:
        yield made, given


def quotes(*events: dict[str, Any]) -> list[Quote]:
    """All quotes of a message."""
    return quotes_of(feed, message(*events), received=NOON)


@pytest.mark.parametrize(
    ("conditions", "moment", "is_price"),
    [
        ((), 0, True),
        ((0, 14, 41), 0, True),  # regular, intermarket sweep, exempt
        ((37,), 0, False),  # odd lot
        ((2,), 0, False),  # average price
        ((12,), 0, False),  # late report in regular hours
        ((12,), 5 * HOUR, True),  # after hours
        ((13,), 5 * HOUR, False),
        ((15,), 0, False),  # official close
    ],
)
def test_sale_conditions_say_what_is_a_price(
    conditions: tuple[int, ...], moment: int, *, is_price: bool
) -> None:
    """Codes of the reference list mean what the tape's letters mean."""
    assert len(quotes(trade("AAPL", 114.125, AT + moment, *conditions))) == is_price


def test_a_bar_is_told_at_its_end_with_the_day_so_far() -> None:
    """Close, official open, the day's volume and mean price."""
    for kind in ("A", "AM"):
        (quote,) = quotes(bar(kind, "SPCE", 25.39, AT, 8_642_007))
        assert (quote.price, quote.open, quote.time) == (253_900, 1_000_000, NOON)
        assert (quote.volume, quote.amount, quote.traded) == (8_642_007.0, 8_642_007.0 * 101, None)


def test_bands_and_statuses_are_no_prices() -> None:
    """A band is proof of life, an answer says nothing."""
    band = {"ev": "LULD", "T": "MSFT", "h": 218.1, "l": 197.3, "i": [17], "z": 3, "t": AT}
    (frame,) = feed.parse(message(band), NOON)
    assert frame.quotes == ()
    assert feed.parse(status("success", "subscribed to: T.AAPL"), NOON) == ()


@pytest.mark.parametrize(
    "event",
    [trade("AAPL", 1e300, AT), trade("AAPL", 1.0, 0), bar("A", "AAPL", 1.0, 0, 1), {"ev": "A", "sym": "X"}],
)
def test_nonsense_is_a_flawed_quote(event: dict[str, Any]) -> None:
    """The gate hears which stock sent it."""
    assert [one.flaw for one in quotes(event)] == ["unreadable"]
    with pytest.raises(FeedError, match="no stock"):
        quotes(event | {"sym": "A B"})


@pytest.mark.parametrize(
    ("word", "is_waited_out"),
    [("auth_failed", True), ("max_connections", True), ("error", False), ("auth_timeout", False)],
)
def test_failures_are_sentences(word: str, *, is_waited_out: bool) -> None:
    """What asking again soon would make no better is waited out."""
    with pytest.raises(FeedError, match="massive") as caught:
        feed.parse(status(word, "no"), NOON)
    assert isinstance(caught.value, RefusedError) is is_waited_out


async def test_it_greets_subscribes_and_the_day_rides_on_a_trade() -> None:
    """Snapshots of many stocks in one question."""
    async with served("AAPL.US", "MSFT.US") as (made, given), reading(feed, given) as run:
        alone = await run.quotes(2)
        assert list(made.heard.values()) == [{"T.SPY", "T.AAPL", "T.MSFT"}]
        await made.say(trade("AAPL", 111.5, AT + 5000))
        (tick,) = await run.quotes(1)
    assert made.paths == ["/stocks"]
    assert made.asked == ["AAPL,MSFT"]
    assert {one.symbol for one in alone} == {"AAPL.US", "MSFT.US"}
    assert (alone[0].price, alone[0].open, alone[0].prev_close) == (1_102_500, 1_000_000, 987_500)
    assert (alone[0].volume, alone[0].amount) == (5000.0, 505_000.0)
    assert (tick.price, tick.traded) == (1_115_000, 100.0)


async def test_new_wishes_are_taken_on_the_one_connection() -> None:
    """A second connection would close this one."""
    wished = ["AAPL.US"]
    async with (
        served(*wished, channel="A") as (made, given),
        reading(feed, replace(given, wished=lambda: tuple(wished))) as run,
    ):
        await run.quotes(1)
        wished[:] = ["MSFT.US"]
        (day,) = await run.quotes(1)
        assert list(made.heard.values()) == [{"A.SPY", "A.MSFT"}]
    assert day.symbol == "MSFT.US"


async def test_another_program_with_the_key_is_told_and_waited_out() -> None:
    """The newcomer stays; the two do not throw each other out for ever."""
    async with served("AAPL.US") as (_, given), reading(feed, given) as first:
        await first.quotes(1)
        async with reading(feed, given) as second:
            await second.quotes(1)
            with pytest.raises(RefusedError, match="another program uses the key") as caught:
                await first.until(lambda _: False)
            assert caught.value.after == timedelta(minutes=5)


async def test_a_wrong_key_and_a_plan_without_the_channel_are_said() -> None:
    """In one sentence that holds no key."""
    async with served("AAPL.US", key="wrongCANARYkey") as (_, given):
        error = await fails(feed, given, "does not accept the key")
    assert "CANARY" not in f"{error}{given}"
    async with served("AAPL.US") as (made, given):
        made.refuses = "You don't have access real-time data."
        with pytest.raises(FeedError, match="real-time"):
            await read(feed, given, 3)
    async with served("AAPL.US", channel="Q") as (_, given):
        await fails(feed, given, "TICKBELL_MASSIVE_CHANNEL is 'Q'; one of T, A, AM would fit")


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (b'{"day":{"o":1,"c":110.25},"prevDay":{"c":98.75},"updated":%d}' % (AT * 10**6), (1_102_500, None)),
        (b'{"day":{},"prevDay":{"c":98.75},"updated":%d}' % ((AT + 20 * HOUR) * 10**6), (987_500, None)),
        (b'{"day":{},"prevDay":{"c":98.75},"updated":0}', (987_500, None)),
        (b'{"day":{"o":"x"}}', (None, None)),
    ],
)
def test_a_day_of_another_date_is_the_day_before(
    figures: bytes, expected: tuple[int | None, int | None]
) -> None:
    """Before the open the newest day is the last session's, or empty."""
    tick = message(trade("AAPL", 111.5, AT + 20 * HOUR, 12))
    (quote,) = quotes_of(feed, TOLD % figures + tick, received=NOON)
    assert (quote.prev_close, quote.open) == expected
