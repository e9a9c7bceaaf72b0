"""Frames at a chosen speed."""

import asyncio
from datetime import timedelta

import pytest

from bot.errors import FeedError
from bot.founding.pace import decode, encode, pace
from rules.model import Frame, Phase, Quote
from tests.bot.sources import BUSY, context

QUOTE = Quote(symbol="300308.SZ", time=BUSY, price=500000, phase=Phase.CONTINUOUS, source="reconstruction")


def frame(seconds: float, *quotes: Quote) -> Frame:
    """A frame received so many seconds after the beginning."""
    return Frame(market="SZ", received=BUSY + timedelta(seconds=seconds), quotes=quotes)


async def test_frames_survive_as_bytes() -> None:
    """What was put in comes out, to the microsecond."""
    given = frame(0.4, QUOTE)
    assert decode(encode(given)) == (given,)


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b"[", b'{"market":"SZ","received":"2025-11-26T02:00:00"}', b"[" * 10_000],
)
def test_other_bytes_are_an_error(payload: bytes) -> None:
    """Rubbish, and times without a zone."""
    with pytest.raises(FeedError):
        decode(payload)


async def test_market_seconds_pass_at_the_chosen_speed() -> None:
    """At 600 a market minute lasts a tenth of a second; a break counts a minute, idle frames nothing."""
    frames = [frame(0, QUOTE), frame(60, QUOTE), frame(60 + 5400, QUOTE), *map(frame, range(6000, 9000, 60))]
    clock = asyncio.get_running_loop().time
    begun = clock()
    async with context({}, speed="600") as given:
        times = [(clock() - begun, payload.received) async for payload in pace(frames, given)]
    assert [received for _, received in times] == [each.received for each in frames]
    assert 0.09 <= times[1][0] < 0.2
    assert 0.19 <= times[2][0] < 0.4
    assert times[-1][0] < 0.6


async def test_a_cursor_skips_what_was_had() -> None:
    """Frames up to the cursor are not sent again, and no time is spent on them."""
    frames = [frame(second, QUOTE) for second in range(0, 600, 60)]
    after = frames[6].received.isoformat()
    async with context({}, speed="6000", after=after) as given:
        left = [payload.received async for payload in pace(frames, given)]
    assert left == [each.received for each in frames[7:]]
