"""A quotes file as a feed, at a chosen speed."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import FeedError, InputError
from bot.feed import FEEDS, Context, Endpoint, Payload
from bot.files import quotes
from bot.founding.pace import decode, pace
from bot.master.listing import COINS
from bot.master.reference import Reference
from rules.model import Frame


@FEEDS.add("replay")
class Replay:
    """A recorded or made-up day from a CSV file of quotes."""

    name = "replay"
    summary = "a quotes file (TICKBELL_REPLAY_FILE), paced by its own times"
    markets: tuple[str, ...] = ("SH", "SZ", "BJ", "HK", "US", *COINS)
    endpoints: tuple[Endpoint, ...] = ()
    key_needed = False
    latency = "a market minute every second, or as --speed says"
    limits = "none"
    terms = "those of whoever recorded it"
    silence = timedelta(days=1)
    lifetime: timedelta | None = None
    replays = True

    async def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """The file once, from its beginning or from behind the cursor."""
        path = context.options.get("file")
        if not path:
            raise FeedError("replay: no file is named")
        try:
            async for payload in pace(quotes.read(Path(path), Reference.load().find), context):
                yield payload
        except InputError as error:
            raise FeedError(f"replay: {error}") from error

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:  # noqa: ARG002 -- it has its own
        """The frame in the bytes."""
        return decode(payload)
