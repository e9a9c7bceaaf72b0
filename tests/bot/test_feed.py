"""What every feed fetches with: bounds, refusals, and the server's own time."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.errors import FeedError
from bot.feed import BODY_LIMIT, RefusedError, fetch, refused
from tests.bot.sources import Source, pages


async def ask(site: Source, path: str = "/q=a,b") -> bytes:
    """The body of a page."""
    async with aiohttp.ClientSession() as http:
        return (await fetch(http, site.url + path)).body


async def test_a_body_of_the_largest_size_passes_and_a_larger_one_does_not() -> None:
    """Two million bytes and not one more."""
    sizes = {"/fits": BODY_LIMIT, "/bursts": BODY_LIMIT + 1}

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * sizes[request.path])

    async with pages(answer) as site:
        assert len(await ask(site, "/fits")) == BODY_LIMIT
        with pytest.raises(FeedError, match="more than"):
            await ask(site, "/bursts")


@pytest.mark.parametrize(
    ("header", "date"),
    [
        ("Fri, 09 Aug 2024 12:00:03 GMT", datetime(2024, 8, 9, 12, 0, 3, tzinfo=UTC)),
        ("Fri, 09 Aug 2024 12:00:03 -0000", None),  # a time without a zone
        ("yesterday", None),
    ],
)
async def test_the_servers_time_is_told_where_it_can_be_read(header: str, date: datetime | None) -> None:
    """A strange or missing Date is no time."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(headers={"Date": header})

    async with pages(answer) as site, aiohttp.ClientSession() as http:
        assert (await fetch(http, site.url)).date == date


@pytest.mark.parametrize(
    ("status", "retry", "after"),
    [
        (429, "30", timedelta(seconds=30)),
        (418, None, None),
        (403, "Fri, 09 Aug 2024", None),
        (456, "-5", None),
    ],
)
def test_walls_are_told_from_faults(status: int, retry: str | None, after: timedelta | None) -> None:
    """403, 418, 429 and 456 are bans, with the time the server named where it is one; others are faults."""
    error = refused("binance", status, retry)
    assert isinstance(error, RefusedError)
    assert error.after == after
    assert not isinstance(refused("binance", 500, retry), RefusedError)


async def test_an_address_goes_out_as_it_is_written() -> None:
    """Commas and `$` are not escaped: some servers close on it."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response()

    async with pages(answer) as site:
        await ask(site, "/q=r_hk00700,us.INX,$x")
    assert site.asked == ["/q=r_hk00700,us.INX,$x"]
