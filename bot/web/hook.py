"""POST /webhook: quotes and alerts for the feed webhook, from whoever knows the secret.

Each refusal is one sentence: too often, too large, the wrong secret, not a quote, nobody reads. The secret is
sent as `Authorization: Bearer ...`, or as the field "secret" by those that set no headers, like TradingView.
"""

import math
import time
from dataclasses import dataclass, field
from functools import partial

import msgspec
from aiohttp import web

from bot.errors import FeedError
from bot.formats.webhook import SECRET, frames, plain, rows
from bot.intake.posts import Posts
from bot.web.limits import Bucket

LARGEST = 65_536  # bytes of a post
BURST, REFILL = 60, 10.0  # posts at once, posts a second
GUESSES, AGAIN = 10, 0.2  # wrong secrets at once, and a second
WRONG = f'the secret is missing or wrong; send it as "Authorization: Bearer ..." or as "{SECRET}" in the JSON'
NOBODY = "nobody reads posts yet: they are read once somebody listens to a symbol"


class RefusedPostError(Exception):
    """A post that is not taken: a sentence, an HTTP status, and when to come back."""

    def __init__(self, sentence: str, status: int, after: float = 0.0) -> None:
        super().__init__(sentence)
        self.sentence, self.status, self.after = sentence, status, after


def _full(burst: int, refill: float) -> Bucket:
    return Bucket(burst=burst, refill=refill, level=burst, at=time.monotonic())


@dataclass(slots=True)
class Hook:
    """The route, over one process's posts."""

    posts: Posts
    bucket: Bucket = field(default_factory=partial(_full, BURST, REFILL))
    strangers: Bucket = field(default_factory=partial(_full, GUESSES, AGAIN))

    @property
    def routes(self) -> list[web.RouteDef]:
        """For the application."""
        return [web.post("/webhook", self.answer)]

    async def answer(self, request: web.Request) -> web.Response:
        """202 and the number of quotes, or a sentence with the status that fits."""
        try:
            count = await self._take(request)
        except RefusedPostError as refusal:
            headers = {"Retry-After": str(math.ceil(refusal.after))} if refusal.after else None
            body = msgspec.json.encode({"ok": False, "error": refusal.sentence})
            return web.Response(
                body=body, status=refusal.status, headers=headers, content_type="application/json"
            )
        return web.Response(
            body=msgspec.json.encode({"ok": True, "quotes": count}),
            status=202,
            content_type="application/json",
        )

    async def _take(self, request: web.Request) -> int:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if given:
            self._admit(given)
        body = await _body(request)
        try:
            if not given:
                self._admit(_secret(body))
            count = sum(len(frame.quotes) for frame in frames(body, self.posts.now()))
        except FeedError as error:
            raise RefusedPostError(str(error), 400) from error
        if not self.posts.is_open:
            raise RefusedPostError(NOBODY, 503, 60)
        if not self.posts.put(_bare(body)):
            raise RefusedPostError("more posts wait than are read; come back later", 503, 1)
        return count

    def _admit(self, secret: str) -> None:
        """Count a post, or a wrong guess; strangers use up nobody else's posts."""
        is_known, now = self.posts.knows(secret), time.monotonic()
        bucket = self.bucket if is_known else self.strangers
        if wait := bucket.wait(now):
            raise RefusedPostError("posts come too fast; come back later", 429, wait)
        bucket.take(now)
        if not is_known:
            raise RefusedPostError(WRONG, 403)


async def _body(request: web.Request) -> bytes:
    body = await request.content.read(LARGEST + 1)
    while body and len(body) <= LARGEST and (more := await request.content.read(LARGEST + 1 - len(body))):
        body += more
    if len(body) > LARGEST:
        raise RefusedPostError(f"a post has at most {LARGEST} bytes", 413)
    return body


def _secret(body: bytes) -> str:
    """The secret within a post, empty where there is none."""
    raw = bytes(rows(body)[0].get(SECRET, b'""'))
    return plain(raw) if raw.startswith(b'"') else ""


def _bare(body: bytes) -> bytes:
    """The post without its secret."""
    return msgspec.json.encode([{k: v for k, v in row.items() if k != SECRET} for row in rows(body)])
