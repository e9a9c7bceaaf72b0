"""A feed read outside its supervisor."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import datetime

import pytest

from bot.errors import FeedError
from bot.feed import Context, Feed, Payload
from rules.model import Quote


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something to become true on the other side of a socket."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 -- what is awaited has no event
            await asyncio.sleep(0.005)


async def read(feed: Feed, given: Context, count: int) -> list[Payload]:
    """The first payloads of a connection."""
    found: list[Payload] = []
    async with aclosing(feed.payloads(given)) as payloads:
        async for payload in payloads:
            found.append(payload)
            if len(found) == count:
                break
    return found


async def fails(feed: Feed, given: Context, words: str = "") -> FeedError:
    """The error that a connection ends with before it brings anything."""
    with pytest.raises(FeedError, match=words) as caught:
        await read(feed, given, 1)
    return caught.value


def quotes_of(feed: Feed, *payloads: bytes, received: datetime) -> list[Quote]:
    """All quotes of some payloads."""
    return [
        quote for payload in payloads for frame in feed.parse(payload, received) for quote in frame.quotes
    ]


class Reading:
    """Payloads one after another, while a test does other things between them."""

    def __init__(self, feed: Feed, given: Context) -> None:
        self.feed = feed
        self.payloads = feed.payloads(given)

    async def next(self) -> Payload:
        """The next payload."""
        return await anext(self.payloads)

    async def until(self, found: Callable[[Payload], bool]) -> Payload:
        """The next payload that satisfies the test."""
        async for payload in self.payloads:
            if found(payload):
                return payload
        raise AssertionError

    async def quotes(self, count: int) -> list[Quote]:
        """Quotes until there are so many."""
        found: list[Quote] = []
        async for payload in self.payloads:
            found += quotes_of(self.feed, payload.data, received=payload.received)
            if len(found) >= count:
                return found
        raise AssertionError


@asynccontextmanager
async def reading(feed: Feed, given: Context) -> AsyncIterator[Reading]:
    """A connection that is put away at the end."""
    found = Reading(feed, given)
    try:
        yield found
    finally:
        await found.payloads.aclose()
