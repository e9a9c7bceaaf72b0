"""Massive (formerly Polygon): trades or bars of US stocks, one connection a key.

A second connection closes the first, so new wishes are subscribed to on it; no bar comes for a minute without
trades, which is no fault.
"""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.feed import FEEDS, Context, Endpoint, Needs, Payload, chosen, fetch, own
from bot.formats.massive import STATUS, day, events, quotes, snapshots
from bot.formats.tape import stock, turn
from bot.intake.daily import Answered, Asking, Join, framed, split
from bot.intake.relay import PLAIN, Mark, Plan, chunks, relayed
from bot.intake.stream import Socket
from bot.intake.wishes import Wishes, code
from rules.model import Frame

MOST, BATCH = 5000, 100  # stocks; stocks a message or a question
PULSE = "SPY"  # proof of life for lists of stocks that seldom trade
CHANNELS = ("T", "A", "AM")
JOIN = Join(source="massive", market="US", symbol=partial(stock, source="massive"), read=day)


@FEEDS.add("massive")
class Massive:
    """Trades of US stocks."""

    name = "massive"
    summary = "every trade of US stocks, or bars of a second or a minute (TICKBELL_MASSIVE_CHANNEL)"
    markets: tuple[str, ...] = ("US",)
    endpoints: tuple[Endpoint, ...] = (
        Endpoint(
            name="ws",
            url="wss://socket.massive.com",
            summary="base URL of Massive's streams; wss://delayed.massive.com where the plan is delayed",
        ),
        Endpoint(name="rest", url="https://api.massive.com", summary="base URL of Massive's REST"),
    )
    key_needed = True
    latency = "push"
    limits = "1 connection a key; slow readers are cut off"
    terms = "for the key's holder; no redistribution"
    silence = timedelta(seconds=90)
    lifetime: timedelta | None = None
    replays = False
    needs = Needs(
        follows=True,
        settings=(
            own("massive", "key", "Massive's key", key=True),
            own("massive", "channel", "T every trade, A each second, AM each minute", "T"),
        ),
    )

    def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Connect, and pass on messages until the source closes; the day's figures ride on prices."""
        key, rest = context.options["key"], context.urls["rest"]
        channel = chosen("massive", "channel", context.options, CHANNELS)

        async def ask(names: Sequence[str]) -> Answered:
            url = f"{rest}/v2/snapshot/locale/us/markets/stocks/tickers?tickers={','.join(names)}"
            answer = await fetch(context.http, url, {"Authorization": f"Bearer {key}"})
            return Answered(figures=snapshots(answer.body), date=answer.date)

        plan = Plan(
            source="massive",
            address=f"{context.urls['ws']}/stocks",
            wishes=Wishes(context, "massive", code, MOST - 1),
            greet=partial(_greet, key),
            subscribe=partial(_send, "subscribe", channel),
            unsubscribe=partial(_send, "unsubscribe", channel),
            mark=_mark,
            names=lambda data: [code(quote.symbol) for quote in quotes(data) or () if quote.price],
            fetch=ask,
            asking=Asking(batch=BATCH, turn=turn),
        )
        return relayed(context, plan)

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """Prices and a day's figures are quotes, other data an empty frame, a status nothing."""
        told, tick = split("massive", payload)
        return framed(JOIN, received, quotes(tick) if tick or not told else None, told)


async def _greet(key: str, socket: Socket) -> None:
    """Wait to be greeted, and say who we are."""
    await socket.answer(lambda message: message.startswith(STATUS))
    await socket.send({"action": "auth", "params": key})
    events(await socket.answer(lambda message: message.startswith(STATUS)))


async def _send(action: str, channel: str, socket: Socket, names: Sequence[str]) -> None:
    """A hundred stocks a message, the pulse with the first; one that we have already is not acknowledged."""
    pulse = [PULSE] if action == "subscribe" else []
    for chunk in chunks([*pulse, *(name for name in names if name != PULSE)], BATCH):
        await socket.send({"action": action, "params": ",".join(f"{channel}.{name}" for name in chunk)})


def _mark(data: bytes) -> Mark:
    """A status that says what failed ends the connection."""
    if data.startswith(STATUS):
        events(data)
    return PLAIN
