"""Alpaca: trades of US stocks by its stream v2, minute bars for those beyond the plan's number.

A key has one connection, so new wishes are subscribed to on it. Free keys hear IEX alone, 2-3 % of the tape.
Source: docs.alpaca.markets, real-time stock data.
"""

import logging
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from bot.errors import FeedError
from bot.feed import FEEDS, Context, Endpoint, Needs, Payload, chosen, counted, fetch, own
from bot.formats.alpaca import day, events, is_answer, mark, priced, quotes, snapshots
from bot.formats.tape import stock, turn
from bot.intake.daily import Answered, Asking, Join, framed, split
from bot.intake.relay import Plan, relayed
from bot.intake.stream import Socket
from bot.intake.wishes import Wishes, code
from rules.model import Frame

log = logging.getLogger(__name__)

STREAMS = {"iex": "v2/iex", "sip": "v2/sip", "delayed_sip": "v2/delayed_sip", "test": "v2/test"}
STREAMS |= {"boats": "v1beta1/boats", "overnight": "v1beta1/overnight"}
MOST, BATCH = 1000, 100  # stocks; stocks a question
PULSE = "SPY"  # proof of life for lists of stocks that seldom trade
JOIN = Join(source="alpaca", market="US", symbol=partial(stock, source="alpaca"), read=day)


@FEEDS.add("alpaca")
class Alpaca:
    """Trades of US stocks."""

    name = "alpaca"
    summary = "trades of US stocks; minute bars for those beyond TICKBELL_ALPACA_TRADES"
    markets: tuple[str, ...] = ("US",)
    endpoints: tuple[Endpoint, ...] = (
        Endpoint(name="ws", url="wss://stream.data.alpaca.markets", summary="base URL of Alpaca's streams"),
        Endpoint(name="rest", url="https://data.alpaca.markets", summary="base URL of Alpaca's market data"),
    )
    key_needed = True
    latency = "push"
    limits = "1 connection a key; free: 30 stocks' trades, IEX alone"
    terms = "for the key's holder; no redistribution"
    silence = timedelta(seconds=60)
    lifetime: timedelta | None = None
    replays = False
    needs = Needs(
        follows=True,
        settings=(
            own("alpaca", "key", "Alpaca's key", key=True),
            own("alpaca", "secret", "Alpaca's secret", key=True),
            own("alpaca", "stream", f"which stream: {', '.join(STREAMS)}", "iex"),
            own("alpaca", "trades", "stocks with every trade: 30 with a free key", "30"),
            own("alpaca", "codec", "json or msgpack", "json"),
        ),
    )

    def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Connect, and pass on messages until the source closes; the day's figures ride on prices."""
        desk = _Desk(context)
        plan = Plan(
            source="alpaca",
            address=f"{context.urls['ws']}/{desk.path}",
            headers={"Content-Type": "application/msgpack"} if desk.is_packed else None,
            wishes=Wishes(context, "alpaca", code, MOST),
            greet=desk.greet,
            subscribe=desk.subscribe,
            unsubscribe=desk.unsubscribe,
            mark=mark,
            names=priced,
            fetch=desk.ask,
            asking=Asking(batch=BATCH, turn=turn),
        )
        return relayed(context, plan)

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """Prices, halts and a day's figures are quotes, other data an empty frame, an answer nothing."""
        told, tick = split("alpaca", payload)
        found = quotes(events(tick)) if tick or not told else None
        return framed(JOIN, received, found, told)


class _Desk:
    """One connection's conversation, in the codec of its choice."""

    def __init__(self, context: Context) -> None:
        self._context, self._given = context, context.options
        self.path = STREAMS[chosen("alpaca", "stream", context.options, STREAMS)]
        self.is_packed = chosen("alpaca", "codec", context.options, ("json", "msgpack")) == "msgpack"
        self._room = counted("alpaca", "trades", context.options, MOST) - 1  # one place is the pulse's
        self._ticking: set[str] = set()

    async def greet(self, socket: Socket) -> None:
        """Wait to be greeted, and say who we are."""
        events(await socket.answer(is_answer))
        await self._say(socket, action="auth", key=self._given["key"], secret=self._given["secret"])

    async def subscribe(self, socket: Socket, names: Sequence[str]) -> None:
        """Every trade where there is room, minute bars of the rest; halts where the plan has them."""
        room = max(0, self._room - len(self._ticking))
        self._ticking.update(names[:room])
        trades, bars = [PULSE, *names[:room]], names[room:]
        await self._say(socket, action="subscribe", trades=trades, bars=bars, dailyBars=names)
        try:
            await self._say(socket, action="subscribe", statuses=names)
        except FeedError as error:
            log.info("alpaca: no halts: %s", error)

    async def unsubscribe(self, socket: Socket, names: Sequence[str]) -> None:
        """From everything of these stocks."""
        self._ticking.difference_update(names)
        left = [name for name in names if name != PULSE]
        kinds = ("trades", "bars", "dailyBars", "statuses")
        await self._say(socket, action="unsubscribe", **dict.fromkeys(kinds, left))

    async def ask(self, names: Sequence[str]) -> Answered:
        """Snapshots by REST; the test stream's stock has none."""
        feed = self._given["stream"]
        if feed == "test":
            return Answered(figures={}, date=None)
        url = f"{self._context.urls['rest']}/v2/stocks/snapshots?symbols={','.join(names)}&feed={feed}"
        keys = {"APCA-API-KEY-ID": self._given["key"], "APCA-API-SECRET-KEY": self._given["secret"]}
        answer = await fetch(self._context.http, url, keys)
        return Answered(figures=snapshots(answer.body), date=answer.date)

    async def _say(self, socket: Socket, **words: Any) -> None:
        await socket.send(msgspec.msgpack.encode(words) if self.is_packed else words)
        events(await socket.answer(is_answer))
