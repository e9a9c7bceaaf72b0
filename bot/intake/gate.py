"""Which quotes may be believed, and the reason for each refusal; knows phases and bands, but no rules.

A feed's word is judged by the time it was received at; everything after the gate lives by market time alone.
The reasons answer the pitfalls free sources share: zeros, yesterday's snapshot, mixed units, stray prints.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Protocol

from bot.intake.plain import FUTURE, JUMP, STALE, UNIT_TOLERANCE, Ledger, Moments, Past, passed
from rules.fixed import phase_of
from rules.limits import NEW, is_free
from rules.making import changed
from rules.model import Frame, Instrument, Kind, Phase, Quote
from rules.sessions import REGULAR_PHASES, Hours
from rules.sheet import Sheet, Shelf

CONFIRM = 0.01
LOT = 100  # China's sources round volume to lots
SAMPLES, SYMBOLS = 8, 20_000  # refusals kept for /why: per instrument, and instruments at most
TRADING = frozenset({"", "trading", NEW})
GONE = frozenset({"delisted", "unlisted"})
HALTED = "halted"
SHUT = frozenset({Phase.CLOSED, Phase.BREAK})
CHINA = frozenset({"SH", "SZ", "BJ"})
UNPRICED = frozenset({Kind.INDEX, Kind.GROUP})  # amount / volume of an index is no price
# Splits that happen, and how near a price must be to one; where it stays for so long it is no artefact.
SPLITS = (1.5, *map(float, range(2, 11)), 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 100.0)
SPLIT_SHARE, SETTLED = 0.03, timedelta(seconds=60)
SPLIT_KINDS = frozenset({Kind.STOCK, Kind.FUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One refused quote as /why shows it."""

    reason: str
    time: datetime
    received: datetime
    price: int | None
    source: str


class Judge(Protocol):
    """What an engine asks about every frame: a gate, or several with one word."""

    @property
    def counts(self) -> Counter[str]:
        """Refusals by reason."""
        ...

    @property
    def passed(self) -> int:
        """Quotes handed on."""
        ...

    def judge(self, frame: Frame) -> "Verdicts":
        """Pass or refuse each quote; an empty frame passes, for time has passed."""
        ...

    def figures(self) -> Mapping[str, int]:
        """What else is counted, where several sources are heard."""
        ...

    def refusals(self, symbol: str) -> Sequence[Refusal]:
        """The last refusals of an instrument, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A judged frame: the quotes that passed, stamped with their phase, and those that did not."""

    frame: Frame
    refused: tuple[tuple[Quote, str], ...] = ()


@dataclass(slots=True)
class _Track(Past):
    """What the gate remembers of one instrument."""

    refusals: deque[Refusal] = field(default_factory=lambda: deque(maxlen=SAMPLES))


class Gate:
    """Judges frames in the order they came; one instance for each stream of quotes."""

    def __init__(self, hours: Hours, instrument: Callable[[str], Instrument]) -> None:
        self._hours = hours
        self._instrument = instrument
        self._tracks: dict[str, _Track] = {}
        self._ledgers = Shelf(lambda roster: Ledger(roster, [self._track(symbol) for symbol in roster]))
        self.counts: Counter[str] = Counter()  # refusals by reason
        self.passed = 0

    def judge(self, frame: Frame) -> Verdicts:
        """Pass or refuse each quote; an empty frame passes, for time has passed."""
        refused: list[tuple[Quote, str]] = []
        halted: list[Quote] = []
        moments, quotes = Moments(self._hours, frame), frame.quotes
        accepted: Sequence[Quote]
        if isinstance(quotes, Sheet):
            ledger = self._ledgers.book(quotes.roster)
            plain = ledger.passed(quotes, moments)
            waved = plain.tolist()
            rows = [row for row in quotes.rows() if not waved[row]]
            told = self._each(frame, [quotes.quote(row) for row in rows], moments, refused, halted)
            ledger.learn(rows)
            odd = {row: quote for row, quote in zip(rows, told, strict=True) if quote is not None}
            accepted = quotes.judged(plain, Phase.CONTINUOUS, odd)
        else:
            accepted = tuple(filter(None, self._each(frame, quotes, moments, refused, halted)))
        self.passed += len(accepted)
        judged = replace(frame, quotes=accepted, halted=tuple(halted))
        return Verdicts(judged, tuple(refused))

    def _each(
        self,
        frame: Frame,
        quotes: Iterable[Quote],
        moments: Moments,
        refused: list[tuple[Quote, str]],
        halted: list[Quote],
    ) -> list[Quote | None]:
        """One quote after the other, as it is handed on; None for those that are not."""
        accepted: list[Quote | None] = []
        for quote in quotes:
            track = self._tracks.get(quote.symbol) or self._track(quote.symbol)
            if track.book is not None:
                track.leave()
            if (plain := passed(quote, track, moments)) is not None:
                accepted.append(plain)
                continue
            phase = self._phase(frame, quote)
            reason = self._objection(frame, quote, phase, track)
            accepted.append(None if reason else self._believe(frame.market, quote, phase, track))
            if reason:
                refused.append((quote, reason))
                self._note(track, quote, reason, frame.received)
                if reason == HALTED and self._is_news(frame, quote):
                    halted.append(quote)
        return accepted

    def figures(self) -> Mapping[str, int]:
        """A single source has nothing else to count."""
        return {}

    def refuse(self, quote: Quote, reason: str, received: datetime) -> str:
        """Count and keep a refusal that others decided on, of a quote this gate has passed."""
        self.passed -= 1
        self._note(self._track(quote.symbol), quote, reason, received)
        return reason

    def refusals(self, symbol: str) -> Sequence[Refusal]:
        """The last refusals of an instrument, oldest first."""
        track = self._tracks.get(symbol)
        return () if track is None else tuple(track.refusals)

    def _track(self, symbol: str) -> _Track:
        track = self._tracks.get(symbol)
        if track is None:
            if len(self._tracks) >= SYMBOLS:
                self._tracks.pop(next(iter(self._tracks)))
            track = self._tracks[symbol] = _Track(self._instrument(symbol))
        return track

    def _note(self, track: _Track, quote: Quote, reason: str, received: datetime) -> None:
        self.counts[reason] += 1
        track.refusals.append(
            Refusal(reason=reason, time=quote.time, received=received, price=quote.price, source=quote.source)
        )

    def _phase(self, frame: Frame, quote: Quote) -> Phase:
        """The source's own word, else the quote's time; what comes late to a shut market is out of it."""
        if quote.phase is not None:
            return quote.phase
        if frame.received - quote.time > STALE:
            now = self._hours.phase(frame.market, frame.received)
            if now in SHUT:
                return now
            if now is Phase.AFTER_HOURS and frame.market in CHINA:
                return Phase.CLOSED  # the close, told again
        return phase_of(quote.symbol, self._hours.phase(frame.market, quote.time))

    def _objection(self, frame: Frame, quote: Quote, phase: Phase, track: _Track) -> str:
        """The first reason not to believe a quote, empty where there is none."""
        return (
            _unusable(quote, phase)
            or self._mistimed(frame, quote, track)
            or self._outside(frame.market, quote, track.instrument)
            or _mismatched(quote, track.instrument)
            or self._unadjusted(frame.market, quote, phase, track)
            or self._jumped(frame.market, quote, phase, track)
        )

    def _mistimed(self, frame: Frame, quote: Quote, track: _Track) -> str:
        if quote.time > frame.received + FUTURE:
            return "future"
        seen = track.seen
        age = frame.received - quote.time
        if age > FUTURE and (reason := self._yesterday(frame, quote)):
            return reason
        if age > STALE and self._hours.elapsed(frame.market, quote.time, frame.received) > STALE:
            return "frozen" if seen is not None and seen.time == quote.time else "stale"
        return "backwards" if seen is not None and quote.time < seen.time else ""

    def _yesterday(self, frame: Frame, quote: Quote) -> str:
        """A session's quote received on another day of its market; round-the-clock markets have none."""
        session = self._hours.session(frame.market, quote.time)
        if session is None or session.always:
            return ""
        return "" if self._hours.session(frame.market, frame.received) == session else "yesterday's snapshot"

    def _outside(self, market: str, quote: Quote, instrument: Instrument) -> str:
        """Beyond the day's limit prices: the feed's, else those of the board; never where there are none."""
        price, up, down = quote.price or 0, quote.limit_up, quote.limit_down
        if not up and not down and quote.prev_close and not self._is_free(market, quote, instrument):
            up, down = _band(quote.prev_close, instrument)
        if (up and price > up) or (down and price < down):
            return "outside the limit band"
        return ""

    def _is_free(self, market: str, quote: Quote, instrument: Instrument) -> bool:
        """Whether nothing limits it: by kind, or in the first sessions of its listing."""
        if instrument.limit is None or quote.status == NEW:
            return True
        session = self._hours.session(market, quote.time)
        return session is not None and is_free(
            instrument, session.date, lambda day: self._hours.previous(market, day)
        )

    def _unadjusted(self, market: str, quote: Quote, phase: Phase, track: _Track) -> str:
        """On a split's day stray prints come at the old price: the previous close is adjusted, they are not.

        Seen in Apple's first minute of 9 June 2014: 645.57 beside 92.23. Such a price must stand for a
        minute, or be reached step by step.
        """
        last, price = self._session_last(market, quote, track), quote.price
        before = quote.prev_close or (last.prev_close if last else None)
        if not price or not before or phase is Phase.AUCTION or not _may_split(track.instrument):
            return ""
        if (last and _near(price, last.price, JUMP)) or not _is_split(price / before):
            track.split = None
            return ""
        if track.split is None or not _near(price, track.split[0], JUMP):
            track.split = (price, quote.time)
        return "split-day artefact" if quote.time - track.split[1] < SETTLED else ""

    def _session_last(self, market: str, quote: Quote, track: _Track) -> Quote | None:
        """The newest believed quote of the session that a quote is of."""
        session = self._hours.session(market, quote.time)
        return track.last if session is not None and session.date == track.session else None

    def _is_news(self, frame: Frame, quote: Quote) -> bool:
        """Whether a halt is of this session; its price counts for nothing, and its clock may stand still."""
        return quote.time <= frame.received + FUTURE and not self._yesterday(frame, quote)

    def _jumped(self, market: str, quote: Quote, phase: Phase, track: _Track) -> str:
        """Over 5 % since the last believed quote of the session and source: wait for the next one near it."""
        seen, track.seen = track.seen, quote
        last, price = track.last, quote.price
        if last is None or price is None or phase is Phase.AUCTION or last.phase is Phase.AUCTION:
            return self._arrived(track)
        fresh = self._session_last(market, quote, track) is None or last.source != quote.source
        if fresh or _near(price, last.price, JUMP):
            return self._arrived(track)
        if _near(price, track.waiting, CONFIRM) and quote != seen:  # a page served twice is no second opinion
            return self._arrived(track)
        track.waiting = price
        return "unconfirmed jump"

    @staticmethod
    def _arrived(track: _Track) -> str:
        track.waiting = None
        return ""

    def _believe(self, market: str, quote: Quote, phase: Phase, track: _Track) -> Quote:
        session = self._hours.session(market, quote.time)
        day = None if session is None else session.date
        last = track.last if day is not None and day == track.session else None
        track.session = day
        track.last = _completed(_counted(quote, last, track.instrument.decimals), phase, last)
        return track.last


def _near(price: int, other: int | None, share: float) -> bool:
    return bool(other) and abs(price - (other or 0)) <= share * (other or 0)


def _unusable(quote: Quote, phase: Phase) -> str:
    """What a quote says against itself: the parser's flaw, a halt, no price, no trade yet."""
    if quote.flaw:
        return quote.flaw.partition(":")[0]
    if quote.status in GONE:
        return quote.status
    if quote.status not in TRADING or phase is Phase.HALTED:
        return HALTED
    if quote.inflow is not None and quote.symbol.startswith("@"):
        return ""  # a group's own quote has figures, no price
    if not quote.price or quote.price < 0:
        return "untraded" if quote.open == 0 and phase in REGULAR_PHASES else "absent price"
    # Sources write open 0.00 until the first trade; what they call the price before it is indicative in an
    # auction, where the phase says so, and the previous close elsewhere.
    return "untraded" if quote.open == 0 and phase is not Phase.AUCTION else ""


def _may_split(instrument: Instrument) -> bool:
    """Shares whose price nothing else limits; coins never split."""
    return instrument.kind in SPLIT_KINDS and instrument.limit is None


def _is_split(ratio: float) -> bool:
    """Whether a price is to the previous close as before a split, or as before shares were put together."""
    return any(abs(max(ratio, 1 / ratio) / split - 1) < SPLIT_SHARE for split in SPLITS)


def _band(prev_close: int, instrument: Instrument) -> tuple[int, int]:
    """Limit prices in quanta, rounded to the exchange's tick (Beijing rounds inwards, the others half up)."""
    share, tick = instrument.limit or Decimal(0), Decimal(instrument.tick)
    inwards = instrument.market == "BJ"
    up = (prev_close * (1 + share) / tick).to_integral_value(ROUND_FLOOR if inwards else ROUND_HALF_UP)
    down = (prev_close * (1 - share) / tick).to_integral_value(ROUND_CEILING if inwards else ROUND_HALF_UP)
    return int(up * tick), int(down * tick)


def _mismatched(quote: Quote, instrument: Instrument) -> str:
    """Amount / volume is the mean price of the day and lies between its low and high, or a unit is wrong."""
    volume, amount, low, high = quote.volume, quote.amount, quote.low, quote.high
    if not (volume and amount and low and high) or instrument.kind in UNPRICED:
        return ""
    mean = amount / volume * 10**instrument.decimals
    slack = UNIT_TOLERANCE + (LOT / volume if instrument.market in CHINA else 0.0)
    return "" if low * (1 - slack) <= mean <= high * (1 + slack) else "unit mismatch"


def _counted(quote: Quote, last: Quote | None, decimals: int) -> Quote:
    """A trade with the day's volume and amount: those of the quote before it, and its own."""
    if quote.traded is None or quote.volume is not None or last is None or last.volume is None:
        return quote
    paid = quote.traded * (quote.price or 0) / 10**decimals
    amount = None if last.amount is None else last.amount + paid
    return changed(quote, volume=last.volume + quote.traded, amount=amount)


def _completed(quote: Quote, phase: Phase, last: Quote | None) -> Quote:
    """The quote with its phase, and with the day's figures that an earlier quote of the session brought.

    Streams of trades carry the price alone; the snapshot taken at their start has the rest.
    """
    price = quote.price or 0
    opened = quote.open or None
    if last is None or last.phase is Phase.AUCTION:
        return changed(quote, phase=phase, open=opened, high=quote.high or None, low=quote.low or None)
    high = quote.high or (max(last.high, price) if last.high else None)
    low = quote.low or (min(last.low, price) if last.low else None)
    return changed(
        quote,
        phase=phase,
        open=opened or last.open,
        high=high,
        low=low,
        prev_close=quote.prev_close or last.prev_close,
        limit_up=quote.limit_up or last.limit_up,
        limit_down=quote.limit_down or last.limit_down,
        shares=quote.shares or last.shares,
        float_shares=quote.float_shares or last.float_shares,
    )
