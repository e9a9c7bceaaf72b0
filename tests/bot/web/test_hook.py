"""POST /webhook: what is taken, and each refusal in one sentence."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bot.intake.posts import Posts
from bot.web.hook import BURST, GUESSES, LARGEST
from bot.web.server import Hooks, serve

SECRET = "cAnArY-secret-of-the-webhook"
QUOTE = {"symbol": "AAPL", "price": 261.74}
KNOWN = {"Authorization": f"Bearer {SECRET}"}


@dataclass(frozen=True)
class Poster:
    """Somebody who posts."""

    url: str
    http: aiohttp.ClientSession
    posts: Posts

    async def post(self, body: Any, **headers: str) -> tuple[int, dict[str, Any], str]:
        """Status, answer and when to come back."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.http.post(f"{self.url}/webhook", data=data, headers=headers) as answer:
            return answer.status, await answer.json(), answer.headers.get("Retry-After", "")


@asynccontextmanager
async def served(*, is_read: bool = True) -> AsyncIterator[Poster]:
    """A web server that takes posts, and the feed's end of them."""
    posts = Posts(SECRET, lambda: datetime(2026, 4, 7, 16, tzinfo=UTC))
    posts.is_open = is_read
    async with serve("127.0.0.1", 0, hooks=Hooks(posts=posts)) as bound, aiohttp.ClientSession() as http:
        yield Poster(bound.url, http, posts)


@pytest.mark.parametrize("cell", [b"\xe0\x28", b"\\ud800", b"\\q"])
async def test_a_secret_that_is_no_text_is_refused(cell: bytes) -> None:
    """A stranger's bytes are answered like any other post that is none."""
    async with served() as poster:
        assert (await poster.post(b'{"secret": "' + cell + b'"}'))[0] == 400


async def test_an_alert_in_words_carries_the_secret_too() -> None:
    """TradingView sets no headers; what is handed on is JSON without it."""
    words = f"NASDAQ:AAPL, price = 277.01, secret = {SECRET}"
    async with served() as poster:
        assert (await poster.post(words.encode()))[0] == 202
        assert (await poster.post(words.encode()[:-1]))[0] == 403
        body = await anext(poster.posts.bodies())
    assert json.loads(body) == [{"ticker": "NASDAQ:AAPL", "price": "277.01"}]


async def test_a_post_with_the_secret_is_taken() -> None:
    """In a header, or in the body, from which it is taken out before anybody else sees it."""
    async with served() as poster:
        assert await poster.post(QUOTE, **KNOWN) == (202, {"ok": True, "quotes": 1}, "")
        assert (await poster.post(QUOTE | {"secret": SECRET}))[0] == 202
        assert (await poster.post({"secret": SECRET, "ticker": "AAPL", "close": 1}))[:2] == (
            202,
            {"ok": True, "quotes": 1},
        )
        assert (await poster.post([QUOTE, QUOTE], **KNOWN))[1] == {"ok": True, "quotes": 2}
        bodies = [await anext(poster.posts.bodies()) for _ in range(4)]
    assert [json.loads(body)[0].get("symbol") for body in bodies] == ["AAPL", "AAPL", None, "AAPL"]
    assert not any(SECRET.encode() in body for body in bodies)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (QUOTE, {}),
        (QUOTE, {"Authorization": "Bearer wrong"}),
        (QUOTE, {"Authorization": f"Bearer {SECRET}x"}),
        (QUOTE | {"secret": "wrong"}, {}),
        (QUOTE | {"secret": 1}, {}),
        (QUOTE | {"secret": SECRET}, {"Authorization": "Bearer wrong"}),
    ],
)
async def test_without_the_secret_nothing_is_taken(
    body: Any, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """One sentence that says how to send it, and holds none."""
    caplog.set_level(logging.DEBUG)
    async with served() as poster:
        status, told, _ = await poster.post(body, **headers)
        assert status == 403
        assert told["error"].startswith("the secret is missing or wrong; send it as")
        assert SECRET not in json.dumps(told) + caplog.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>", "a JSON object"),
        (b"", "a JSON object"),
        ({"symbol": "AAPL", "price": "x"}, "post, line 1, column price: 'x' is not a price"),
    ],
)
async def test_what_is_no_quote_is_refused_with_the_reason(body: Any, words: str) -> None:
    """The sender is told what to mend."""
    async with served() as poster:
        status, told, _ = await poster.post(body, **KNOWN)
    assert (status, words in told["error"]) == (400, True)


async def test_a_large_post_is_refused_unread() -> None:
    """Whether or not its length is said beforehand."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 4096

    async with served() as poster:
        status, told, _ = await poster.post(b" " * (LARGEST + 1), **KNOWN)
        assert (status, told["error"]) == (413, f"a post has at most {LARGEST} bytes")
        async with poster.http.post(f"{poster.url}/webhook", data=pieces(), headers=KNOWN) as answer:
            assert answer.status == 413
        whole = json.dumps(QUOTE).encode().ljust(LARGEST)
        assert (await poster.post(whole, **KNOWN))[0] == 202


async def test_posts_that_come_too_fast_are_told_when_to_come_back() -> None:
    """So are guesses, which use up nobody else's posts."""
    async with served() as poster:
        guesses = [await poster.post(QUOTE, Authorization="Bearer wrong") for _ in range(GUESSES + 2)]
        assert [status for status, _, _ in guesses[:GUESSES]] == [403] * GUESSES
        assert guesses[-1][0] == 429
        assert int(guesses[-1][2]) >= 1
        statuses = await asyncio.gather(*(poster.post(QUOTE, **KNOWN) for _ in range(BURST + 40)))
        assert {status for status, _, _ in statuses} == {202, 429}
        assert sum(status == 202 for status, _, _ in statuses) >= BURST


async def test_where_nobody_reads_a_post_is_not_taken() -> None:
    """Before the feed is up, and when too many wait."""
    async with served(is_read=False) as poster:
        status, told, after = await poster.post(QUOTE, **KNOWN)
        assert (status, after) == (503, "60")
        assert told["error"].startswith("nobody reads posts yet")
    async with served() as poster:
        while poster.posts.put(b"x"):
            pass
        assert (await poster.post(QUOTE, **KNOWN))[0] == 503


async def test_without_the_feed_there_is_no_such_page() -> None:
    """Nobody can post where no feed takes posts."""
    async with (
        serve("127.0.0.1", 0) as bound,
        aiohttp.ClientSession() as http,
        http.post(f"{bound.url}/webhook", json=QUOTE) as answer,
    ):
        assert answer.status == 404
