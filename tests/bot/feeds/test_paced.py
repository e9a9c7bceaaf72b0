"""The two feeds that carry a clock of their own: the founding day and a quotes file."""

from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import FeedError
from bot.feed import Context, Feed
from bot.feeds.demo import Demo
from bot.feeds.replay import Replay
from bot.founding.demo import world
from bot.recorder.recorder import Recorder
from rules.model import Frame
from tests.bot.recorder.test_reels import some
from tests.bot.sources import context

HEAD = "time,symbol,price\n"


async def frames(feed: Feed, given: Context, count: int = 0) -> list[Frame]:
    """The first frames of a feed, all of them where no count is given."""
    found: list[Frame] = []
    async with aclosing(feed.payloads(given)) as payloads:
        async for payload in payloads:
            found += feed.parse(payload.data, payload.received)
            if len(found) == count:
                break
    return found


async def test_the_demo_is_the_founding_day() -> None:
    """Its frames are those of the world, from the beginning or from behind a cursor."""
    day = list(world().frames())
    async with context({}, speed="1000000") as given:
        assert await frames(Demo(), given, 40) == day[:40]
    async with context({}, speed="1000000", after=day[99].received.isoformat()) as given:
        assert await frames(Demo(), given, 10) == day[100:110]


async def test_a_quotes_file_is_played_by_its_own_times(tmp_path: Path) -> None:
    """A frame for each time, received when it was made, and then the end."""
    file = tmp_path / "day.csv"
    file.write_text(
        f"{HEAD}2025-11-26T10:00:00+08:00,300308,500\n2025-11-26T10:00:03+08:00,300308,501\n",
        encoding="utf-8",
    )
    async with context({}, speed="600", file=str(file)) as given:
        first, second = await frames(Replay(), given)
    assert [quote.price for quote in (*first.quotes, *second.quotes)] == [500000, 501000]
    assert first.received == first.quotes[0].time
    assert second.received - first.received == timedelta(seconds=3)


@pytest.mark.parametrize(
    ("body", "words"), [(f"{HEAD}yesterday,300308,500\n", "line 2, column time"), (None, "no file is named")]
)
async def test_a_bad_file_is_the_feeds_failure(tmp_path: Path, body: str | None, words: str) -> None:
    """It is told in the file reader's words."""
    options = {}
    if body is not None:
        (tmp_path / "day.csv").write_text(body, encoding="utf-8")
        options["file"] = str(tmp_path / "day.csv")
    async with context({}) as plain:
        given = Context(http=plain.http, urls={}, symbols=(), options=options)
        with pytest.raises(FeedError, match=words):
            await frames(Replay(), given)


async def test_a_recording_is_played_as_it_was_received(tmp_path: Path) -> None:
    """Empty frames and receive times too; a folder plays all its markets."""
    given = [frame for market in ("SZ", "SH") for frame in some(6, market)]
    recorder = Recorder(tmp_path / "day")
    for frame in given:
        recorder.take(frame)
    await recorder.flush()
    async with context({}, speed="1000000", file=str(tmp_path / "day")) as settings:
        played = await frames(Replay(), settings)
    assert sorted(played, key=lambda frame: frame.market) == sorted(given, key=lambda frame: frame.market)
