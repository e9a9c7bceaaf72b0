"""Finnhub: trades of US stocks, one connection a key; its address holds the key, so no error shows one."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote as quoted

from bot.feed import FEEDS, Context, Endpoint, Needs, Payload, counted, fetch, own
from bot.formats.finnhub import day, quotes
from bot.formats.tape import stock, turn
from bot.intake.daily import Answered, Asking, Join, framed, split
from bot.intake.relay import PLAIN, SKIPPED, Mark, Plan, relayed
from bot.intake.stream import Socket
from bot.intake.wishes import Wishes, code
from rules.model import Frame

log = logging.getLogger(__name__)

MOST, PAUSE, ROUND = 10_000, 0.05, 8.0  # stocks; seconds between wishes; between 8 questions: 60 a minute
PULSE = "SPY"  # proof of life for lists of stocks that seldom trade
JOIN = Join(source="finnhub", market="US", symbol=partial(stock, source="finnhub"), read=day)


@FEEDS.add("finnhub")
class Finnhub:
    """Trades of US stocks."""

    name = "finnhub"
    summary = "trades of US stocks; no volume of the day"
    markets: tuple[str, ...] = ("US",)
    endpoints: tuple[Endpoint, ...] = (
        Endpoint(name="ws", url="wss://ws.finnhub.io", summary="base URL of Finnhub's stream"),
        Endpoint(name="rest", url="https://finnhub.io", summary="base URL of Finnhub's REST"),
    )
    key_needed = True
    latency = "push"
    limits = "1 connection a key; free: 50 stocks, 60 questions a minute"
    terms = "for the key's holder; no redistribution"
    silence = timedelta(seconds=60)
    lifetime: timedelta | None = None
    replays = False
    needs = Needs(
        follows=True,
        settings=(
            own("finnhub", "key", "Finnhub's key", key=True),
            own("finnhub", "symbols", "stocks a connection: 50 with a free key", "50"),
        ),
    )

    def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Connect, and pass on messages until the source closes; the day's figures ride on trades."""
        key, rest = context.options["key"], context.urls["rest"]
        most = counted("finnhub", "symbols", context.options, MOST)

        async def ask(names: Sequence[str]) -> Answered:
            url = f"{rest}/api/v1/quote?symbol={names[0]}"
            answer = await fetch(context.http, url, {"X-Finnhub-Token": key})
            return Answered(figures={names[0]: answer.body}, date=answer.date)

        plan = Plan(
            source="finnhub",
            address=f"{context.urls['ws']}/?token={quoted(key, safe='')}",
            wishes=Wishes(context, "finnhub", code, most - 1),  # one place is the pulse's
            greet=lambda socket: _send("subscribe", socket, [PULSE]),
            subscribe=partial(_send, "subscribe"),
            unsubscribe=partial(_send, "unsubscribe"),
            mark=_mark,
            names=lambda data: [code(quote.symbol) for quote in quotes(data) or () if quote.price],
            fetch=ask,
            asking=Asking(pause=ROUND, turn=turn),
        )
        return relayed(context, plan)

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """Trades and a day's figures are quotes, pings say nothing."""
        told, tick = split("finnhub", payload)
        return framed(JOIN, received, quotes(tick) if tick or not told else None, told)


def _mark(data: bytes) -> Mark:
    """A stock that is refused costs no other."""
    if b'"type":"error"' not in data[-80:] + data[:80]:
        return PLAIN
    log.warning("finnhub refuses: %s", data[:160])
    return SKIPPED


async def _send(kind: str, socket: Socket, names: Sequence[str]) -> None:
    """One stock a message; nothing is acknowledged."""
    for name in names:
        await socket.send({"type": kind, "symbol": name})
        await asyncio.sleep(PAUSE)
