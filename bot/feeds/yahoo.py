"""Yahoo's streamer: US stocks and indices, coins in dollars; base64 of protocol buffers, no key."""

import binascii
from base64 import b64decode
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta

import msgspec

from bot.errors import FeedError
from bot.feed import FEEDS, Context, Endpoint, Needs, Payload, decoded
from bot.formats.protobuf import fields
from bot.formats.yahoo import name_of, quote
from bot.intake.relay import PLAIN, Plan, every, relayed
from bot.intake.stream import Socket
from bot.intake.wishes import Wishes
from rules.model import Frame

MOST, AGAIN = (
    500,
    15.0,
)  # instruments; seconds between two wishes for the same, as Yahoo's own page sends them
PULSE = "BTC-USD"  # trades round the clock: proof of life


class Message(msgspec.Struct):
    """What the streamer sends."""

    type: str = ""
    message: str = ""


MESSAGES = msgspec.json.Decoder(Message)


@FEEDS.add("yahoo")
class Yahoo:
    """Prices of Yahoo's streamer."""

    name = "yahoo"
    summary = "prices of US stocks and indices with extended hours, and of coins (BTC-USD.YAHOO)"
    markets: tuple[str, ...] = ("US", "YAHOO")
    endpoints: tuple[Endpoint, ...] = (
        Endpoint(name="ws", url="wss://streamer.finance.yahoo.com", summary="base URL of Yahoo's streamer"),
    )
    key_needed = False
    latency = "push"
    limits = f"{MOST} instruments; prices have seven digits"
    terms = "personal use only; undocumented, may change or refuse at any time"
    silence = timedelta(seconds=60)
    lifetime: timedelta | None = None
    replays = False
    needs = Needs(follows=True)

    def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Connect, and pass on messages until the source closes; wishes are said again and again."""
        wishes = Wishes(context, "yahoo", name_of, MOST)

        async def subscribe(socket: Socket, names: Sequence[str]) -> None:
            await socket.send({"subscribe": [PULSE, *names]})

        async def unsubscribe(socket: Socket, names: Sequence[str]) -> None:
            await socket.send({"unsubscribe": [name for name in names if name != PULSE]})

        plan = Plan(
            source="yahoo",
            address=f"{context.urls['ws']}/?version=2",
            wishes=wishes,
            subscribe=subscribe,
            unsubscribe=unsubscribe,
            mark=lambda _: PLAIN,
            names=lambda _: (),
            each_second=every(AGAIN, lambda: {"subscribe": [PULSE, *wishes.names]}),
        )
        return relayed(context, plan)

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """A price is a quote of its market, another message nothing."""
        message = decoded("yahoo", MESSAGES, payload)
        if message.type != "pricing":
            return ()
        try:
            found = quote(fields(b64decode(message.message, validate=True)), received)
        except (binascii.Error, ValueError) as error:
            raise FeedError(f"yahoo: unreadable prices: {message.message[:40]!r}") from error
        if found is None:
            return ()
        return (Frame(market=found.symbol.rpartition(".")[2], received=received, quotes=(found,)),)
