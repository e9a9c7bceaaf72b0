"""All instruments: found by symbol, sessions rolled over, day bars closed, history grown."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import numpy as np

from rules.adjust import JUMP, appended, believed, ended, factors, step_of
from rules.clock import NEVER, Clock
from rules.formulas.recursion import continued
from rules.groups import Tally, figure_of
from rules.limits import NEW, NO_LIMITS, Limits, is_free, limits
from rules.live import Lane, Live
from rules.model import Bar, History, Instrument, Kind, Minutes, Quote
from rules.sessions import GRACE, Hours, Session

NOTHING = (None, None)


class Market:
    """All instruments by symbol and by dense number."""

    def __init__(
        self,
        hours: Hours,
        instrument: Callable[[str], Instrument],
        history: Callable[[str], History | None],
        members: Callable[[str], Sequence[str]],
        code: bytearray,
        minutes: Callable[[str], Minutes | None],
    ) -> None:
        self.hours, self._code, self.minutes = hours, code, minutes
        self._instrument, self._history, self._members = instrument, history, members
        self._own: dict[str, History] = {}  # histories grown by bars of the stream
        self._open_ended: set[str] = set()  # of these, whose newest bar's close may not have been seen
        self.by_symbol: dict[str, Live] = {}
        self.by_number: list[Live] = []
        self.clocks: dict[str, Clock] = {}

    def live(self, symbol: str) -> Live:
        """The instrument's state, made where it is missing; a group's members too."""
        found = self.by_symbol.get(symbol)
        if found is not None:
            return found
        instrument = self._instrument(symbol)
        names = self._members(symbol) if instrument.kind is Kind.GROUP else ()
        members = tuple(self.live(name) for name in names)
        clock = members[0].clock if members else self.clock(instrument.market)
        found = Live(instrument, len(self.by_number), clock, self._code)
        self.by_symbol[symbol] = found
        self.by_number.append(found)
        if instrument.kind is Kind.GROUP:
            found.tally = Tally()
            self._gather(found, members)
        return found

    def _gather(self, group: Live, members: Sequence[Live]) -> None:
        """These are the members from now on, and nobody else."""
        for member in group.members:
            member.groups = tuple(other for other in member.groups if other is not group)
        group.members = tuple(members)
        for member in members:
            member.groups = (*member.groups, group)
            member.watched = True
            member.settle_quiet()
        self._count(group)

    def regroup(self, symbol: str) -> None:
        """Read a group's members again; the value follows at the next quote of any of them."""
        group = self.by_symbol.get(symbol)
        if group is None or group.tally is None:
            return
        self._gather(group, tuple(map(self.live, self._members(symbol))))
        clock = group.members[0].clock if group.members else group.clock
        if clock is not group.clock:
            if group in group.clock.live:
                group.clock.live.remove(group)
                clock.live.append(group)
                clock.due = group.until if clock.due is None else min(clock.due, group.until)
            group.clock = clock

    def _count(self, group: Live) -> None:
        """The group's sums anew: at a session's begin, and when members come and go."""
        if group.tally is None or group.session is None:
            return
        for member in group.members:
            if member.session is not None and member.price is not None:
                member.figure = figure_of(member, member.session.date)
        group.tally.begin(group.session.date, (member.figure for member in group.members))

    @staticmethod
    def weigh(live: Live) -> None:
        """A member has a new price: its groups' sums follow."""
        if live.session is None or not live.groups:
            return
        old, live.figure = live.figure, figure_of(live, live.session.date)
        for tally in filter(None, (group.tally for group in live.groups)):
            tally.replace(old, live.figure)

    def pair(self, live: Live, number: int, lane: Lane) -> None:
        """Where a condition's lane reads other instruments, their quotes stir this one."""
        if lane.own is None or not lane.paired:
            return
        live.paired |= {number}
        live.watched = True
        live.settle_quiet()
        for other in map(self.live, lane.own.others):
            if live not in other.followers:
                other.followers = (*other.followers, live)
            other.watched = True
            other.settle_quiet()

    def beside(self, live: Live, symbol: str) -> Live | None:
        """Another instrument, where it has a session of the same day; None while its numbers are older."""
        other = self.live(symbol)
        if live.session is None or other.session is None or other.session.date != live.session.date:
            return None
        return other

    def clock(self, market: str) -> Clock:
        """The clock of a market."""
        return self.clocks.setdefault(market, Clock())

    def market(self, live: Live) -> str:
        """Whose hours an instrument keeps: its own market's, a group its first member's."""
        return (live.members[0] if live.members else live).instrument.market

    def history(self, live: Live) -> History | None:
        """Raw bars: the provider's unless bars of the stream are newer."""
        given, grown = self._history(live.symbol), self._own.get(live.symbol)
        if grown is None or (given is not None and len(given.dates) and given.dates[-1] >= grown.dates[-1]):
            return given
        return grown

    def roll(self, live: Live, session: Session, quote: Quote | None, time: datetime) -> None:
        """Begin a session: yesterday's figures move back, today's are empty."""
        clock = live.clock
        live.last = live.price if live.price is not None else live.last
        if live.quote is not None:
            live.off = live.quote
        live.session, live.closed, live.quote = session, False, None
        live.open = live.first = live.high = live.low = None
        live.early = min(time, clock.first or time) <= session.open + GRACE
        clock.due = session.due if clock.due is None else min(clock.due, session.due)
        live.rest()
        clock.live.append(live)
        live.fed_prev = None if quote is None else quote.prev_close
        live.fed_limits = NO_LIMITS
        if quote is not None and (quote.limit_up, quote.limit_down) != NOTHING:
            live.fed_limits = Limits(quote.limit_up, quote.limit_down)
        live.unlimited = quote is not None and quote.status == NEW
        self.refresh(live)
        self._count(live)
        for lane in live.lanes:
            lane.opening = live.early
            if lane.meter is not None and not session.always:
                lane.meter.restart()
                lane.known = False

    def refresh(self, live: Live) -> None:
        """Take the previous close and the history that the session believes."""
        assert live.session is not None  # noqa: S101 - only called with a session
        today, history = live.session.date, self.history(live)
        market = self.market(live)
        previous = self.hours.previous(market, today)
        history = self._mended(live, history, previous)
        found, live.stale = believed(history, today, live.fed_prev, previous)
        live.daily = continued(found, live.daily)
        # Bars that needed no adjusting say that no factor changes within them, nor today.
        is_plain = found is not None and not found.adjusted
        live.factors = None if is_plain else factors(history, market, today, live.fed_prev, previous)
        live.prev_close = live.fed_prev
        if live.prev_close is None and live.daily is not None:
            live.prev_close = int(live.daily.last())
        if live.prev_close is None:
            live.prev_close = live.last
        before = partial(self.hours.previous, market)
        is_bound = live.prev_close and not live.unlimited and not is_free(live.instrument, today, before)
        live.band = limits(live.instrument, live.prev_close or 0, today) if is_bound else NO_LIMITS
        live.inputs = None

    def close(self, live: Live) -> None:
        """Append the session's day bar to the history, where it had a price."""
        session, quote = live.session, live.quote
        live.closed = True
        live.stay_until(NEVER)
        if session is None or quote is None or quote.price is None:
            return
        price, given = quote.price, self._history(live.symbol)
        if given is not None and len(given.dates) and given.dates[-1] >= np.datetime64(session.date, "D"):
            return  # the provider knows this bar already
        bar = Bar(
            date=session.date,
            open=live.open or live.first or price,
            high=live.top() or price,
            low=live.bottom() or price,
            close=price,
            volume=quote.volume or 0.0,
        )
        past = self._before(self.history(live), session.date)
        self._own[live.symbol] = appended(past, live.symbol, bar, step_of(live.factors))
        (self._open_ended.add if quote.time < session.close else self._open_ended.discard)(live.symbol)

    def _mended(self, live: Live, history: History | None, previous: date) -> History | None:
        """The history; where its newest bar is one of ours whose last quote was not the session's last.

        If that was yesterday, the feed's previous close is the close we missed, unless it is so far off that
        it is a split; the bar reaches as far.
        """
        close, symbol = live.fed_prev, live.symbol
        if (
            history is not self._own.get(symbol)
            or symbol not in self._open_ended
            or not close
            or history is None
        ):
            return history
        self._open_ended.discard(symbol)
        is_older = history.dates[-1] != np.datetime64(previous, "D")  # the days between were missed, too
        if is_older or abs(close / history.close[-1] - 1) > JUMP:
            return history
        self._own[symbol] = replace(
            history,
            high=np.append(history.high[:-1], max(history.high[-1], np.int64(close))),
            low=np.append(history.low[:-1], min(history.low[-1], np.int64(close))),
            close=np.append(history.close[:-1], np.int64(close)),
        )
        return self._own[symbol]

    @staticmethod
    def _before(history: History | None, day: date) -> History | None:
        if history is None:
            return None
        return ended(history, int((history.dates < np.datetime64(day, "D")).sum()))
