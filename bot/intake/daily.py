"""The day's figures beside a stream of trades: asked for by REST, told with the instrument's next trade.

Such streams know no open, high, low or previous close. Figures are asked for after a connect, at the turns of
the day and after lost messages. An answer's time is known to a second, so on its own it would stand behind
trades already told or before some to come: it rides on the next trade, or is told alone when none comes.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import TypeAlias

import msgspec

from bot.errors import FeedError
from bot.feed import Context, RefusedError
from bot.formats.numeral import NumeralError
from rules.frozen import quick
from rules.making import changed, made
from rules.model import Frame, OffGridError, Quote

log = logging.getLogger(__name__)

TOGETHER = 8  # requests at once
WAIT = 2.0  # seconds for which figures wait for a trade
AFRESH = 5.0  # seconds between questions about an instrument that has no figures of today
AGAIN, BANNED = timedelta(minutes=1), timedelta(minutes=2)  # after an answer that failed, or a refusal
SECOND, MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 1 << 43  # milliseconds: no time beyond the year 2248 is meant
HEAD = b'{"days":['
ABSENT = b""  # the source has no figures of today yet
UNREADABLE = (NumeralError, OffGridError, OverflowError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """An instrument's day so far; prices in quanta, volume in shares, amount in currency."""

    price: int | None = None
    open: int | None = None
    high: int | None = None
    low: int | None = None
    prev_close: int | None = None
    volume: float | None = None
    amount: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a source answered: each instrument's figures as they came, ABSENT where today has none yet."""

    figures: Mapping[str, bytes]
    date: datetime | None  # of the server


class Told(msgspec.Struct):
    """One instrument's figures within a payload."""

    name: str
    at: int  # milliseconds
    figures: msgspec.Raw


class Header(msgspec.Struct):
    """What precedes the trade that figures ride on."""

    days: list[Told]


Fetch: TypeAlias = Callable[[Sequence[str]], Awaitable[Answered]]
Reader: TypeAlias = Callable[[str, bytes, datetime], Day | None]
DECODER = msgspec.json.Decoder(Header)
quick_frame = quick(Frame)


def moment(milliseconds: int) -> datetime:
    """A source's milliseconds as UTC; OverflowError where they cannot be a time."""
    if not 0 < milliseconds < LATEST:
        raise OverflowError(milliseconds)
    return EPOCH + milliseconds * MILLISECOND


def midnight(now: datetime) -> datetime:
    """The next beginning of a UTC day, and a little, until its first figures exist."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) + 2 * SECOND


def split(source: str, payload: bytes) -> tuple[list[Told], bytes]:
    """The figures that ride on a payload, and the payload proper."""
    if not payload.startswith(HEAD):
        return [], payload
    head, newline, tick = payload.partition(b"\n")
    try:
        return DECODER.decode(head if newline else b"").days, tick
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FeedError(f"{source}: unreadable figures: {payload[:40]!r}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a source may be asked: instruments a request, seconds between rounds of TOGETHER, and when anew."""

    batch: int = 1
    pause: float = 0.0
    turn: Callable[[datetime], datetime] = midnight


class Days:
    """The figures of a connection's instruments, by the source's names."""

    def __init__(self, context: Context, source: str, fetch: Fetch | None, plan: Asking) -> None:
        self._context, self._source, self._fetch, self._plan = context, source, fetch, plan
        self._clock = asyncio.get_running_loop().time
        self._due = plan.turn(context.now())
        self._names: set[str] = set()
        self._asked: dict[str, None] = {}  # in order
        self._failed: dict[str, None] = {}
        self._again = context.now()  # when those are asked for anew
        self._lacking: dict[str, float] = {}  # no figures of today since: asked for again at a trade
        self._waiting: dict[str, tuple[bytes, datetime | None, float]] = {}  # figures, server's time, since
        self._wanted = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self._is_down = False

    @property
    def is_busy(self) -> bool:
        """Whether some trade is waited for."""
        return bool(self._waiting or self._lacking)

    def ask(self, names: Iterable[str]) -> None:
        """Get these instruments' figures, where the source has any."""
        if self._fetch is None:
            return
        asked = dict.fromkeys(names)
        self._names.update(asked)
        self._asked |= asked
        self._wanted.set()

    def tell(self, figures: Mapping[str, bytes]) -> None:
        """Figures that the stream itself has brought; they wait for a trade, however long."""
        for name, text in figures.items():
            self._waiting[name] = (text, None, inf)

    def forget(self, names: Iterable[str]) -> None:
        """Nobody listens to these any more."""
        for name in names:
            self._names.discard(name)
            for held in (self._asked, self._failed, self._waiting, self._lacking):
                held.pop(name, None)

    def ride(self, names: Iterable[str], tick: bytes) -> bytes:
        """The trade with the figures that waited for these instruments."""
        told = []
        for name in names:
            if name in self._waiting:
                told.append(_told(name, *self._waiting.pop(name)[:2], self._context.now()))
            elif self._clock() - self._lacking.get(name, inf) >= AFRESH:
                del self._lacking[name]
                self.ask([name])
        return _payload(told, tick) if told else tick

    def look(self) -> list[bytes]:
        """Once a second: figures that no trade came for, each a payload; ask anew when it is time."""
        if self.task is not None and self.task.done():
            self.task.result()  # a plug-in's mistake is the feed's failure
        now, clock = self._context.now(), self._clock()
        if now >= self._due:
            self._due = self._plan.turn(now)
            self.ask(self._names)
        if self._failed and now >= self._again:
            failed, self._failed = self._failed, {}
            self.ask(failed)
        alone = [name for name, waits in self._waiting.items() if clock - waits[2] >= WAIT]
        found = []
        for name in alone:
            figures, date, _ = self._waiting.pop(name)
            # The server's clock shows whole seconds: by the end of this one all it knew had happened.
            found.append(_payload([_told(name, figures, date and date + SECOND, now)], b""))
        return found

    async def work(self) -> None:
        """Ask for whatever is wanted, a few requests at once."""
        fetch = self._fetch
        while fetch is not None:
            await self._wanted.wait()
            self._wanted.clear()
            while self._asked:
                batch = self._plan.batch
                names = list(self._asked)[: TOGETHER * batch]
                for name in names:
                    del self._asked[name]
                chunks = [names[start : start + batch] for start in range(0, len(names), batch)]
                await asyncio.gather(*(self._get(fetch, chunk) for chunk in chunks))
                await asyncio.sleep(self._plan.pause)

    async def _get(self, fetch: Fetch, names: Sequence[str]) -> None:
        try:
            answered = await fetch(names)
            _check(answered.figures.values())
        except FeedError as error:
            self._fail(names, error)
            return
        self._is_down = False
        for name in self._names.intersection(names):
            figures = answered.figures.get(name, ABSENT)
            if figures:
                self._waiting[name] = (figures, answered.date, self._clock())
            else:
                self._lacking[name] = self._clock()

    def _fail(self, names: Sequence[str], error: FeedError) -> None:
        wait = (error.after or BANNED) if isinstance(error, RefusedError) else AGAIN
        self._again = self._context.now() + wait
        self._failed |= dict.fromkeys(names)
        if isinstance(error, RefusedError):
            self._failed |= self._asked
            self._asked.clear()
        if not self._is_down:
            log.warning("%s: no daily figures: %s", self._source, error)
        self._is_down = True


@asynccontextmanager
async def days(context: Context, source: str, fetch: Fetch | None, plan: Asking) -> AsyncIterator[Days]:
    """Figures while a connection lasts."""
    found = Days(context, source, fetch, plan)
    found.task = asyncio.create_task(found.work(), name=f"feed {source}: daily figures")
    try:
        yield found
    finally:
        found.task.cancel()
        await asyncio.wait({found.task})


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """How a source's figures become part of its quotes."""

    source: str
    market: str
    symbol: Callable[[str], str]  # FeedError for what is no name
    read: Reader  # a name's day at a moment; NumeralError where the figures cannot be read


def framed(
    join: Join, received: datetime, quotes: Sequence[Quote] | None, told: Sequence[Told]
) -> tuple[Frame, ...]:
    """One frame of the quotes and the figures that ride on them; none where there is nothing to say."""
    if told:
        quotes = joined(quotes or (), told, join)
    if quotes is None:
        return ()
    return (quick_frame(market=join.market, received=received, quotes=tuple(quotes)),)


def joined(quotes: Sequence[Quote], told: Sequence[Told], join: Join) -> list[Quote]:
    """The quotes, each first one of an instrument with the figures that ride on it; others stand alone."""
    found = list(quotes)
    for one in told:
        name = join.symbol(one.name)
        place = next((n for n, q in enumerate(found) if q.symbol == name and q.price), None)
        if place is not None:
            found[place] = _enriched(found[place], one, join.read)
        elif (alone := _alone(name, one, join)) is not None:
            found.append(alone)
    return found


def _enriched(quote: Quote, told: Told, read: Reader) -> Quote:
    try:
        day = read(told.name, bytes(told.figures), quote.time)
    except UNREADABLE:
        day = None
    if day is None:
        return quote
    prices = [price for price in (quote.price, day.high) if price]
    bottoms = [price for price in (quote.price, day.low) if price]
    return changed(
        quote,
        open=day.open or quote.open,
        high=max(prices, default=None) if day.high else None,
        low=min(bottoms, default=None) if day.low else None,
        prev_close=day.prev_close or quote.prev_close,
        volume=day.volume if quote.volume is None else quote.volume,
        amount=day.amount if quote.volume is None else quote.amount,
    )


def _alone(symbol: str, told: Told, join: Join) -> Quote | None:
    """The figures as a quote of their own; None where the day has none yet."""
    try:
        time = moment(told.at)
        day = join.read(told.name, bytes(told.figures), time)
    except UNREADABLE:
        return made(symbol=symbol, time=EPOCH, price=None, source=join.source, flaw="unreadable")
    if day is None or not day.open:
        return None
    return made(
        symbol=symbol,
        time=time,
        price=day.price,
        open=day.open,
        high=day.high,
        low=day.low,
        prev_close=day.prev_close,
        volume=day.volume,
        amount=day.amount,
        source=join.source,
    )


def _check(figures: Iterable[bytes]) -> None:
    """Figures share a payload with trades, so what is no JSON must not come near them."""
    for text in filter(None, figures):
        try:
            msgspec.json.decode(text)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise FeedError(f"unreadable figures: {text[:40]!r}") from error


def _told(name: str, figures: bytes, date: datetime | None, now: datetime) -> bytes:
    at = ((date or now) - EPOCH) // MILLISECOND
    figures = figures.replace(b"\n", b" ").replace(b"\r", b" ")
    return b'{"name":%s,"at":%d,"figures":%s}' % (msgspec.json.encode(name), at, figures)


def _payload(told: Sequence[bytes], tick: bytes) -> bytes:
    return HEAD + b",".join(told) + b"]}\n" + tick
