"""The day's figures: asked for, told with the next trade or alone, asked for anew when something failed."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import FeedError
from bot.feed import Context, RefusedError
from bot.intake.daily import HEAD, Answered, Asking, Days, days, midnight
from tests.bot.reading import until
from tests.bot.sources import context

NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)


@dataclass
class Venue:
    """A source of figures that does what a test says."""

    asked: list[list[str]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    body: bytes = b"{}"

    async def fetch(self, names: Sequence[str]) -> Answered:
        """The next answer."""
        self.asked.append(list(names))
        if self.errors:
            raise self.errors.pop(0)
        found = {name: self.body for name in names if name not in self.absent}
        return Answered(figures=found, date=NOON)


@dataclass
class Clock:
    """A time that a test moves."""

    now: datetime = NOON


@asynccontextmanager
async def asking(venue: Venue, clock: Clock, batch: int = 1) -> AsyncIterator[Days]:
    """Figures of a venue."""
    async with context({}) as plain:
        given: Context = replace(plain, now=lambda: clock.now)
        async with days(given, "test", venue.fetch, Asking(batch=batch)) as found:
            yield found


def names(payload: bytes) -> list[str]:
    """Whose figures a payload has."""
    return [told["name"] for told in json.loads(payload.partition(b"\n")[0])["days"]]


async def test_figures_ride_on_the_trade_of_their_instrument() -> None:
    """Each once; the trade of another is left as it is."""
    venue = Venue()
    async with asking(venue, Clock()) as found:
        found.ask(["A", "B"])
        await until(lambda: found.is_busy and len(venue.asked) == 2)
        assert found.ride(["C"], b"tick") == b"tick"
        told = found.ride(["A", "B"], b"tick")
        assert told.startswith(HEAD)
        assert (names(told), told.partition(b"\n")[2]) == (["A", "B"], b"tick")
        assert found.ride(["A", "B"], b"tick") == b"tick"
        assert not found.is_busy


async def test_many_are_asked_for_in_batches_a_few_at_once() -> None:
    """As the source allows."""
    venue = Venue()
    async with asking(venue, Clock(), batch=10) as found:
        found.ask(map(str, range(95)))
        await until(lambda: len(venue.asked) == 10)
    assert [len(batch) for batch in venue.asked] == [10] * 9 + [5]


async def test_what_failed_is_asked_for_again_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """After a minute; after as long as a refusal says, with all that was still to be asked."""
    venue, clock = Venue(errors=[FeedError("no"), FeedError("no")]), Clock()
    async with asking(venue, clock) as found:
        found.ask(["A"])
        await until(lambda: len(venue.asked) == 1)
        assert found.look() == []
        clock.now += timedelta(seconds=61)
        await until(lambda: (found.look(), len(venue.asked) == 2)[1])
        clock.now += timedelta(seconds=61)
        await until(lambda: (found.look(), len(venue.asked) == 3)[1])
        await until(lambda: found.is_busy)
    assert caplog.text.count("no daily figures: no") == 1
    venue, clock = Venue(errors=[RefusedError("stop", timedelta(seconds=30))]), Clock()
    async with asking(venue, clock) as found:
        found.ask(map(str, range(20)))
        await until(lambda: len(venue.asked) == 8)
        await asyncio.sleep(0.05)
        assert len(venue.asked) == 8
        clock.now += timedelta(seconds=31)
        await until(lambda: (found.look(), len(venue.asked) == 8 + 13)[1])


async def test_nonsense_is_a_failed_answer(caplog: pytest.LogCaptureFixture) -> None:
    """Figures share a payload with trades: what is no JSON never comes near them."""
    venue = Venue(body=b"<html>")
    async with asking(venue, Clock()) as found:
        found.ask(["A"])
        await until(lambda: "no daily figures: unreadable figures" in caplog.text)
        assert not found.is_busy


async def test_a_new_day_asks_for_all_of_them_anew() -> None:
    """Two seconds after it begins; what nobody listens to any more is left out."""
    venue, clock = Venue(), Clock()
    async with asking(venue, clock) as found:
        found.ask(["A", "B"])
        await until(lambda: len(venue.asked) == 2)
        found.forget(["B", "C"])
        assert names(found.ride(["A", "B"], b"")) == ["A"]
        clock.now = midnight(NOON)
        assert clock.now == datetime(2026, 4, 8, 0, 0, 2, tzinfo=UTC)
        assert found.look() == []
        await until(lambda: len(venue.asked) == 3)
    assert venue.asked[2] == ["A"]


async def test_what_the_source_lacks_is_asked_for_at_its_next_trade(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before some seconds have passed."""
    venue = Venue(absent={"A"})
    async with asking(venue, Clock()) as found:
        found.ask(["A"])
        await until(lambda: found.is_busy)
        monkeypatch.setattr("bot.intake.daily.AFRESH", 60.0)
        assert found.ride(["A"], b"tick") == b"tick"
        assert found.is_busy
        monkeypatch.setattr("bot.intake.daily.AFRESH", 0.0)
        venue.absent.clear()
        assert found.ride(["A"], b"tick") == b"tick"
        await until(lambda: len(venue.asked) == 2)
        await until(lambda: names(found.ride(["A"], b"tick")) == ["A"] if found.is_busy else False)


async def test_figures_of_the_stream_wait_for_a_trade_however_long() -> None:
    """Their time is not known, so they are never told alone; a source without others asks nobody."""
    async with context({}, now=NOON) as given, days(given, "test", None, Asking()) as found:
        found.ask(["A"])
        found.tell({"A": b"{}"})
        await asyncio.sleep(0.15)
        assert found.look() == []
        assert names(found.ride(["A"], b"tick")) == ["A"]


async def test_a_mistake_of_a_plug_in_is_not_hidden() -> None:
    """It ends the connection, which the supervisor says."""
    venue = Venue(errors=[KeyError("x")])
    async with asking(venue, Clock()) as found:
        found.ask(["A"])
        await until(lambda: found.task is not None and found.task.done())
        with pytest.raises(KeyError):
            found.look()
