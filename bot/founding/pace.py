"""Frames at a chosen speed: how the demo and a replay stand in for a live source."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from bot.errors import FeedError
from bot.feed import Context, Payload
from rules.model import Frame

SPEED = 60.0  # market seconds a second
GAP = timedelta(minutes=1)  # a longer silence is a break, of which one minute is kept
ENCODER, DECODER = msgspec.json.Encoder(), msgspec.json.Decoder(Frame)


def encode(frame: Frame) -> bytes:
    """A frame as bytes."""
    return ENCODER.encode(frame)


def decode(payload: bytes) -> tuple[Frame, ...]:
    """The frame in the bytes; FeedError where there is none."""
    try:
        frame = DECODER.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FeedError(f"no frame: {payload[:40]!r}") from error
    times = (frame.received, *(quote.time for quote in frame.quotes))
    if any(time.utcoffset() is None for time in times):
        raise FeedError(f"a frame without time zone: {payload[:40]!r}")
    return (replace(frame, quotes=tuple(frame.quotes)),)


async def pace(frames: Iterable[Frame], context: Context) -> AsyncGenerator[Payload, None]:
    """Yield frames as their times pass at option `speed`, from behind option `after` (ISO time) where given.

    Breaks are skipped: a silence counts a minute at most, and one empty frame after another nothing.
    """
    speed = float(context.options.get("speed") or SPEED)
    after = context.options.get("after")
    cursor = datetime.fromisoformat(after) if after else None
    clock = asyncio.get_running_loop().time
    due = clock()
    last: Frame | None = None
    for frame in frames:
        new = cursor is None or frame.received > cursor
        if new and last is not None and (frame.quotes or last.quotes):
            due += min(frame.received - last.received, GAP) / timedelta(seconds=speed)
        last = frame
        if new:
            await asyncio.sleep(max(0.0, due - clock()))
            yield Payload(data=encode(frame), received=frame.received)
