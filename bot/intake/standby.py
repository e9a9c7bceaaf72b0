"""Several sources of one market heard at once: the best is believed, the others stand by and are compared.

The order of the settings ranks them, and each has a gate of its own. Per instrument one source speaks; what
another says waits for one poll of the better ones, and is handed on if they have said nothing as new by then:
after a refusal, silence, a stale page or a short list alike. So what a source saw while a better one failed
is not lost, no exchange time is told twice, none goes backwards. A quote over 0.5 % away from what the others
believed say of its moment is held until one of them agrees, and refused if none does. Time is receive time.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from heapq import heappop, heappush
from typing import Any

from bot.feed import Feed
from bot.intake.gate import SAMPLES, SYMBOLS, Gate, Refusal, Verdicts
from rules.model import Frame, Instrument, Phase, Quote
from rules.sessions import Hours

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=3)  # one poll: how long a better source is waited for
# An exchange's snapshots are 3 s apart: stamps within that may mean one of them, within 1 s they do.
SAME, ONE = timedelta(seconds=3), timedelta(seconds=1)
ALIKE = 0.005  # how far apart two prices of one moment may be
HOLD = timedelta(seconds=4)  # another source's word on a moment is waited for: a poll and its way
LOOK = timedelta(seconds=1)  # between two looks at what waits
KEPT = 64  # prices of a source, and quotes that wait, per instrument
FRESH = timedelta(minutes=2)  # for figures that only some sources have
TALLIES = ("stood in", "repeated", "held", "dropped")
# Figures that another source completes a quote with.
EXTRAS = (
    *("inflow", "indicative", "volume_ratio", "limit_up", "limit_down", "shares", "float_shares"),
    *("market_cap", "bid_depth", "ask_depth"),
)


class Word(Enum):
    """What the other sources make of a quote."""

    PASS = "pass"  # noqa: S105 -- a verdict
    WAIT = "wait"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class _Heard:
    """A quote that its source's gate has passed."""

    rank: int
    quote: Quote
    received: datetime


@dataclass(slots=True)
class _Line:
    """One instrument: who speaks for it, up to where, and what waits, by exchange time."""

    symbol: str
    speaker: int = 0
    until: datetime | None = None  # exchange time handed on last
    waiting: list[_Heard] = field(default_factory=list)
    prices: dict[int, deque[tuple[datetime, int]]] = field(default_factory=dict)  # by rank, newest last
    newest: dict[int, Quote] = field(default_factory=dict)  # by rank
    held: datetime | None = None  # exchange time of the quote counted last as held
    is_scheduled: bool = False

    def note(self, heard: _Heard) -> None:
        """Remember what a source said."""
        quote = heard.quote
        if quote.price is not None:
            self.prices.setdefault(heard.rank, deque(maxlen=KEPT)).append((quote.time, quote.price))
        self.newest[heard.rank] = quote
        self.waiting.append(heard)
        self.waiting.sort(key=lambda one: one.quote.time)

    def is_past(self, heard: _Heard) -> bool:
        """Whether this was handed on before, or something later."""
        time, until = heard.quote.time, self.until
        return until is not None and (time < until or (time == until and heard.rank != self.speaker))

    def pass_over(self, heard: _Heard) -> None:
        """What is past says one thing yet: a better source that keeps pace speaks again."""
        if heard.rank < self.speaker and self.until is not None and self.until - heard.quote.time <= SAME:
            self.speaker = heard.rank


@dataclass(slots=True)
class _Market:
    """One market's sources, best first, and the instruments of which something waits."""

    sources: tuple[str, ...]
    due: list[tuple[datetime, str]] = field(default_factory=list)  # a heap
    ups: tuple[bool, ...] = ()  # whether each source was up when last looked

    def schedule(self, line: _Line, at: datetime) -> None:
        """Look at a line again then, unless that is planned already."""
        if not line.is_scheduled:
            line.is_scheduled = True
            heappush(self.due, (at, line.symbol))

    def is_up(self, rank: int) -> bool:
        """Whether the source of a rank is; one that the settings do not name is while it speaks."""
        return rank >= len(self.ups) or self.ups[rank]

    def ripe(self, now: datetime, *, has_changed: bool) -> list[str]:
        """Instruments to look at again: all that wait where a source went or came, else what is due."""
        if has_changed:
            found = [symbol for _, symbol in sorted(self.due)]
            self.due.clear()
            return found
        found = []
        while self.due and self.due[0][0] <= now:
            found.append(heappop(self.due)[1])
        return found


def ranking(feeds: Iterable[Feed]) -> dict[str, list[str]]:
    """The sources of each market, in the order in which feeds are named."""
    found: dict[str, list[str]] = {}
    for feed in feeds:
        for market in feed.markets:
            found.setdefault(market, []).append(feed.name)
    return found


class Standby:
    """Judges frames as a gate does, and says of each instrument one source's word at a time."""

    def __init__(
        self,
        hours: Hours,
        instrument: Callable[[str], Instrument],
        order: Mapping[str, Sequence[str]],
        is_up: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._hours, self._instrument, self._is_up = hours, instrument, is_up
        self._markets = {name: _Market(tuple(sources)) for name, sources in order.items() if len(sources) > 1}
        self._gates: dict[str, Gate] = {"": Gate(hours, instrument)}  # "": of markets with one source
        self._lines: dict[str, _Line] = {}
        self._disputed: set[str] = set()
        self._handed = 0
        self.tally: Counter[str] = Counter()

    @property
    def counts(self) -> Counter[str]:
        """Refusals by reason, of all sources."""
        return sum((gate.counts for gate in self._gates.values()), Counter())

    @property
    def passed(self) -> int:
        """Quotes handed on."""
        return self._gates[""].passed + self._handed

    def refusals(self, symbol: str) -> Sequence[Refusal]:
        """The last refusals of an instrument by any source, oldest first."""
        found = [refusal for gate in self._gates.values() for refusal in gate.refusals(symbol)]
        return tuple(sorted(found, key=lambda refusal: refusal.received)[-SAMPLES:])

    def figures(self) -> Mapping[str, int]:
        """How often others stood in, quotes were told twice, held or dropped; instruments in dispute."""
        if not self._markets:
            return {}
        return {**dict.fromkeys(TALLIES, 0), **self.tally, "disputed": len(self._disputed)}

    def judge(self, frame: Frame) -> Verdicts:
        """What of a frame, and of what waited, is handed on, in one frame; and what was refused now."""
        market = self._markets.get(frame.market)
        if market is None:
            return self._gates[""].judge(frame)
        passed: list[Quote] = []
        refused: list[tuple[Quote, str]] = []
        ups = tuple(self._is_up(source) for source in market.sources)
        has_changed, market.ups = ups != market.ups, ups
        if frame.quotes:
            for line in self._heard(market, frame, refused):
                passed += self._settled(market, line, frame.received, refused)
        for symbol in market.ripe(frame.received, has_changed=has_changed):
            if symbol in self._lines:
                self._lines[symbol].is_scheduled = False
                passed += self._settled(market, self._lines[symbol], frame.received, refused)
        self._handed += len(passed)
        return Verdicts(replace(frame, quotes=tuple(passed)), tuple(refused))

    def _heard(self, market: _Market, frame: Frame, refused: list[tuple[Quote, str]]) -> Iterator[_Line]:
        """The lines of what a source's own gate believes, one quote noted at a time."""
        source = frame.quotes[0].source
        rank = market.sources.index(source) if source in market.sources else len(market.sources)
        verdicts = self._gate(source).judge(frame)
        refused += verdicts.refused
        for quote in verdicts.frame.quotes:
            line = self._line(quote.symbol)
            line.note(_Heard(rank, quote, frame.received))
            yield line

    def _gate(self, source: str) -> Gate:
        if source not in self._gates:
            self._gates[source] = Gate(self._hours, self._instrument)
        return self._gates[source]

    def _line(self, symbol: str) -> _Line:
        if symbol not in self._lines:
            if len(self._lines) >= SYMBOLS:
                self._lines.pop(next(iter(self._lines)))
            self._lines[symbol] = _Line(symbol)
        return self._lines[symbol]

    def _settled(
        self, market: _Market, line: _Line, now: datetime, refused: list[tuple[Quote, str]]
    ) -> list[Quote]:
        """What of a line may be handed on now, in the order of exchange time."""
        passed: list[Quote] = []
        self.tally["dropped"] += len(line.waiting[:-KEPT])
        waiting, line.waiting = line.waiting[-KEPT:], []
        for place, heard in enumerate(waiting):
            if line.is_past(heard):
                line.pass_over(heard)
                self.tally["repeated"] += 1
                continue
            if not self._may_speak(market, line, heard, now):
                line.waiting.append(heard)
                continue
            word = self._weigh(market, line, heard, now)
            if word is Word.WAIT:  # and what comes after it waits behind it
                line.waiting += waiting[place:]
                break
            if word is Word.REFUSE:
                refused.append((heard.quote, self._refuse(market, line, heard)))
            else:
                passed.append(self._handed_on(line, heard))
        if line.waiting:
            market.schedule(line, now + LOOK)
        return passed

    def _may_speak(self, market: _Market, line: _Line, heard: _Heard, now: datetime) -> bool:
        """The speaker always may, a better source too; another one when no better one is there or in time."""
        if heard.rank <= line.speaker or abs(now - heard.received) >= GRACE:  # a clock may be set back
            return True
        return not any(market.ups[: heard.rank])

    def _weigh(self, market: _Market, line: _Line, heard: _Heard, now: datetime) -> Word:
        """Whether the prices of the same moment by other sources that are up agree, if there are any."""
        quote = heard.quote
        if quote.price is None or quote.phase is Phase.AUCTION:
            return Word.PASS
        others = (
            (rank, said) for rank, said in line.prices.items() if rank != heard.rank and market.is_up(rank)
        )
        views = [view for _, said in others if (view := _view(said, quote))]
        if not views or any(is_alike for is_alike, _ in views):
            self._agree(line)
            return Word.PASS
        if all(newest >= quote.time for _, newest in views):
            return Word.REFUSE
        if abs(now - heard.received) >= HOLD:
            return Word.PASS  # they have fallen silent since
        self.tally["held"] += line.held != quote.time
        line.held = quote.time
        return Word.WAIT

    def _handed_on(self, line: _Line, heard: _Heard) -> Quote:
        """The quote, completed by figures that other sources have of the same time."""
        quote = heard.quote
        self.tally["stood in"] += heard.rank > line.speaker
        line.speaker, line.until = heard.rank, quote.time
        others = [
            other
            for rank, other in sorted(line.newest.items())
            if rank != heard.rank and abs(other.time - quote.time) < FRESH
        ]
        extras: dict[str, Any] = {}
        for name in EXTRAS if others else ():
            if getattr(quote, name) is None:
                extras[name] = next(filter(None, (getattr(other, name) for other in others)), None)
        return replace(quote, **extras) if any(extras.values()) else quote

    def _refuse(self, market: _Market, line: _Line, heard: _Heard) -> str:
        """Note a quote that stands alone; the first and the last instrument disputed are a log line each."""
        quote = heard.quote
        if not self._disputed:
            named = {rank: said[-1][1] for rank, said in sorted(line.prices.items())}
            names = [*market.sources, quote.source]
            words = ", ".join(f"{names[rank]} {price}" for rank, price in named.items())
            log.warning("feeds disagree on %s: %s (quanta)", line.symbol, words)
        self._disputed.add(line.symbol)
        return self._gate(quote.source).refuse(quote, "disagreement", heard.received)

    def _agree(self, line: _Line) -> None:
        if line.symbol in self._disputed:
            self._disputed.discard(line.symbol)
            if not self._disputed:
                log.warning("feeds no longer disagree; %s was the last", line.symbol)


def _view(said: deque[tuple[datetime, int]], quote: Quote) -> tuple[bool, datetime] | None:
    """Whether a source's prices around a moment are like a quote's, and its newest time; None without any."""
    near: list[tuple[timedelta, int]] = []
    for time, price in reversed(said):  # of one source, so in the order of time
        if time < quote.time - SAME:
            break
        if time <= quote.time + SAME:
            near.append((abs(time - quote.time), price))
    if not near or quote.price is None:
        return None
    exact = [price for apart, price in near if apart <= ONE]
    prices = exact or [price for _, price in near]
    return min(prices) * (1 - ALIKE) <= quote.price <= max(prices) * (1 + ALIKE), said[-1][0]
