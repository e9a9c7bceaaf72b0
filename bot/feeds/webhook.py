"""Quotes and alerts that others post to this program's web server."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta

from bot.errors import FeedError
from bot.feed import FEEDS, Context, Endpoint, Needs, Payload, own
from bot.formats.webhook import frames
from bot.master.listing import COINS
from rules.model import Frame


@FEEDS.add("webhook")
class Webhook:
    """POST /webhook with the secret: quotes as JSON, or TradingView's alerts."""

    name = "webhook"
    summary = "quotes posted as JSON, or TradingView's alerts, to /webhook of the web server"
    markets: tuple[str, ...] = ("SH", "SZ", "BJ", "HK", "US", *COINS)
    endpoints: tuple[Endpoint, ...] = ()
    key_needed = True
    latency = "that of whoever posts"
    limits = "64 KB and 1000 quotes a post, 10 posts a second"
    terms = "those of whoever posts"
    silence = timedelta(days=365)  # nobody promised to post
    lifetime: timedelta | None = None
    replays = False
    needs = Needs(
        follows=True,
        settings=(own("webhook", "secret", "what posts must carry, at least 16 characters", key=True),),
    )

    async def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Whatever is posted."""
        if context.posts is None:
            raise FeedError("webhook: this process has no web server to post to")
        async with aclosing(context.posts.bodies()) as bodies:
            async for body in bodies:
                yield Payload(data=body, received=context.now())

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """One frame a market; what has no time is of now."""
        return frames(payload, received)
