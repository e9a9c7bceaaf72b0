"""The live state of one instrument: its lanes, its session so far, and what makes its next quote quiet."""

from array import array
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rules.calm import Trail, calm_after, trail_from
from rules.clock import NEVER, Clock
from rules.frozen import quick
from rules.guard import Guard
from rules.index import HIGHEST, LOWEST
from rules.lane import Lane
from rules.limits import NO_LIMITS, Limits
from rules.meter import Moment
from rules.model import REGULAR, Instrument, Phase, Quote, SessionKind
from rules.region import Inputs
from rules.series import Series
from rules.signal import Own

if TYPE_CHECKING:
    from datetime import date

    from rules.adjust import Daily, Factors
    from rules.groups import Figure, Tally
    from rules.sessions import Session

__all__ = ("Lane", "Live")
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
quick_inputs = quick(Inputs)


class Live(Guard):
    """One instrument as of its last quote."""

    __slots__ = (
        "applied", "band", "clock", "closed", "code", "daily", "dated", "dynamic", "early", "extremes",
        "factors", "fed_limits", "fed_prev", "figure", "first", "followers", "gap", "groups", "high",
        "inputs", "instrument", "lanes", "last", "lated", "later", "low", "members", "number", "off",
        "open", "paired", "past", "prev_close", "provisional", "series", "session", "shares", "stale",
        "tally", "trees", "unlimited", "waits", "watched",
    )  # fmt: skip

    def __init__(self, instrument: Instrument, number: int, clock: Clock, code: bytearray) -> None:
        super().__init__()
        self.instrument = instrument
        self.number = number
        self.clock = clock
        self.code = code
        self.off: Quote | None = None  # the last other one
        self.session: Session | None = None
        # The session's bar; the feed was away since the last quote; every quote is looked at, for its other
        # axes, groups or shares; the feed calls it a new listing, which has no limits.
        self.closed = self.gap = self.watched = self.unlimited = False
        self.fed_prev: int | None = None
        self.fed_limits = self.band = NO_LIMITS  # as the feed says, as the exchange's table has them
        self.open: int | None = None  # None where the session was joined late and no feed says it
        self.first: int | None = None  # the first price seen of the session
        self.high: int | None = None
        self.low: int | None = None
        self.prev_close: int | None = None
        self.last: int | None = None  # the previous session's last regular price
        self.shares = instrument.shares
        self.early = False
        self.daily: Daily | None = None
        self.stale = "no history"
        self.factors: Factors | None = None  # how prices of earlier days read today; None: as they were
        self.applied: Factors | None = None  # the same as dated levels were last compiled with
        self.inputs: Inputs | None = None
        self.past: tuple[Inputs, Inputs] | None = None  # some inputs, and what `yesterday` made of them
        self.lanes: list[Lane] = []
        self.dynamic: array[int] | None = None  # numbers whose boundaries follow the session
        self.extremes: array[int] | None = None  # of these, the ones that follow the day's high and low
        self.dated: array[int] | None = None  # numbers whose level is a price of the day it was typed
        self.series: dict[timedelta, Series] | None = None  # minute bars, by size, where a condition asks
        self.trees: list[int] | None = None  # composites
        self.later: set[int] | None = None  # of these, the ones to follow at the next quote
        self.lated: date | None = None  # the session in which conditions were made after its open
        self.waits: dict[int, datetime] | None = None  # composites, and when the next quote is one to follow
        self.provisional: set[int] | None = None  # numbers whose ring awaits the bar's close
        self.groups: tuple[Live, ...] = ()
        self.members: tuple[Live, ...] = ()
        self.figure: Figure | None = None  # what this one adds to its groups
        self.tally: Tally | None = None  # a group's sums
        self.followers: tuple[Live, ...] = ()  # instruments with a condition that reads this one
        self.paired: frozenset[int] = frozenset()  # conditions of this one that read others

    @property
    def symbol(self) -> str:
        """The instrument's."""
        return self.instrument.symbol

    @property
    def is_halted(self) -> bool:
        """Whether its newest quote said so."""
        off, quote = self.off, self.quote
        if off is None or off.phase is not Phase.HALTED:
            return False
        return quote is None or off.time > quote.time

    def lane(self, own: Own | None, kinds: frozenset[SessionKind]) -> Lane:
        """The lane of an axis, made where it is missing."""
        if own is None and kinds == REGULAR and self.price_lane is not None:
            return self.price_lane
        for lane in self.lanes:
            other = lane.own
            if own is None or other is None:
                is_same = other is own
            else:
                is_same = other is own or (other.name == own.name and other == own)  # most differ by name
            if is_same and lane.kinds == kinds:
                return lane
        self.catch_up()  # a new meter knows of nothing that passed before it
        lane = Lane(own, kinds, self.code)
        lane.opening = self.quote is None and self.opening()
        self.lanes.append(lane)
        if own is None and kinds == REGULAR:
            self.price_lane = lane
        elif lane.foreseen is not None:
            self.measured = True
        else:
            self.watched = True
        return lane

    def note_dynamic(self, number: int, *, extremes: bool) -> None:
        """This number's boundaries follow the session, maybe the day's high and low too."""
        if self.dynamic is None:
            self.dynamic = array("I")
        self.dynamic.append(number)
        if extremes:
            self.extremes = array("I") if self.extremes is None else self.extremes
            self.extremes.append(number)

    def note_bars(self, number: int, size: timedelta, *, extremes: bool) -> None:
        """This number's boundaries follow minute bars, maybe the open one's high and low too."""
        self.series = {} if self.series is None else self.series
        if size not in self.series:
            newest = self.clock.newest
            self.series[size] = Series(self, size, None if newest == NEVER else newest + MICROSECOND)
        self.series[size].note(number, extremes=extremes)

    def note_dated(self, number: int) -> None:
        """This number's level is a price of the day it was typed."""
        self.dated = array("I") if self.dated is None else self.dated
        self.dated.append(number)

    def undate(self, number: int) -> None:
        """This number goes, and its day with it."""
        if self.dated is not None and number in self.dated:
            self.dated.remove(number)

    def note_provisional(self, number: int) -> None:
        """This number's ring awaits the bar's close."""
        self.provisional = self.provisional or set()
        self.provisional.add(number)

    def settled(self, number: int) -> None:
        """This number's ring awaits nothing any more."""
        if self.provisional:
            self.provisional = {other for other in self.provisional if other != number} or None

    def forget(self, number: int) -> None:
        """Take a number off every list."""
        for listed in (self.dynamic, self.extremes, self.dated):
            if listed is not None and number in listed:
                listed.remove(number)
        kept = {size: series for size, series in (self.series or {}).items() if not series.forget(number)}
        self.series = kept or None
        self.settled(number)

    def wait(self, number: int, moment: datetime | None) -> None:
        """Follow this composite at the first quote from a moment on; None: it waits for none."""
        if moment is None:
            if self.waits:
                self.waits.pop(number, None)
            return
        self.waits = {} if self.waits is None else self.waits
        self.waits[number] = moment
        self.stay_until(min(self.until, moment))  # of a closed bar it is NEVER, and stays so

    def wake(self, time: datetime, among: AbstractSet[int] | None = None) -> None:
        """Composites whose moment has come are followed at this quote; `among` them where it is another's."""
        if not self.waits or time < self.until:
            return
        due = {number for number, moment in self.waits.items() if moment <= time}
        due = due if among is None else due & among
        self.waits = {number: moment for number, moment in self.waits.items() if number not in due}
        self.later = {*(self.later or ()), *due} or None
        self.rest()

    def rest(self) -> None:
        """From when on nothing is quiet: day bar due, the market's next bar, what composites wait for."""
        if self.session is None or self.closed:
            return
        until = min([self.session.due, *(self.waits or {}).values()])
        self.stay_until(until if self.clock.next is None else min(until, self.clock.next))

    def opening(self) -> bool:
        """Whether the session was watched from its open on, so that the first quote here is its first."""
        return self.session is None or self.early

    def seen(self, size: timedelta | None, *, held: bool = False) -> Inputs:
        """The inputs of closed forms on bars of a size; None: on days."""
        now = self.now()
        if size is None:
            return now
        assert self.series is not None  # noqa: S101 - a condition on these bars made them
        return self.series[size].inputs(now, held=held)

    def now(self) -> Inputs:
        """The inputs of closed forms on day bars, as known before the next quote."""
        if self.inputs is None:
            self.inputs = quick_inputs(
                instrument=self.instrument,
                session=None if self.session is None else self.session.date,
                prev_close=self.prev_close,
                open=self.open,
                day_high=self.top(),
                day_low=self.bottom(),
                limit_up=self.fed_limits.up or self.band.up,
                limit_down=self.fed_limits.down or self.band.down,
                history=self.daily,
                shares=self.shares,
                shares_as_of=self._shares_as_of(),
                stale=self.stale,
                factors=self.factors,
            )
        return self.inputs

    def _shares_as_of(self) -> "date | None":
        """The day of the share count: a count that differs from the master's came with a quote."""
        if self.shares == self.instrument.shares:
            return self.instrument.shares_as_of
        return None if self.session is None else self.session.date

    def note_limits(self, quote: Quote) -> bool:
        """Keep the limit prices a quote says; True where they are new."""
        if not quote.limit_up and not quote.limit_down:
            return False
        found = Limits(quote.limit_up or self.fed_limits.up, quote.limit_down or self.fed_limits.down)
        is_new = found != self.fed_limits
        self.fed_limits = found
        return is_new

    def close_before(self) -> int | None:
        """The previous session's close, on this one's scale where the feed says it."""
        return self.last if self.prev_close is None else self.prev_close

    def yesterday(self) -> tuple[Inputs, int] | None:
        """The inputs that the previous session's last bar had, and its close; None where neither is known."""
        now, close = self.now(), self.close_before()
        if close is None:
            return None
        if self.past is None or self.past[0] is not now:
            bars, past, top, bottom = now.history, None, None, None
            if bars is not None:
                past = bars.before() if len(bars) > 1 else None
                top, bottom = round(bars.high[-1].item()), round(bars.low[-1].item())
            then = replace(now, prev_close=None, open=None, day_high=top, day_low=bottom, history=past)
            self.past = now, then
        return self.past[1], close

    def opened(self, size: timedelta | None, lane: Lane) -> tuple[bool, tuple[Inputs, int] | None]:
        """Whether a lane's next value is a session's or bar's first, and what the one before ended with."""
        if size is None:
            return lane.opening, self.yesterday() if lane.opening else None
        assert self.series is not None  # noqa: S101 - a condition on these bars made them
        series = self.series[size]
        return series.is_opening, series.before(self.now()) if series.is_opening else None

    def standing(self) -> "tuple[Live, ...]":
        """The members that have traded on the day of the group's sums."""
        day = None if self.tally is None else self.tally.day
        return tuple(member for member in self.members if member.figure and member.figure.day == day)

    def moment(self, quote: Quote | None, price: int, time: datetime) -> Moment:
        """What meters read at a quote."""
        session = self.session
        if session is None or session.always:
            elapsed = (time - EPOCH) // MICROSECOND
        else:
            elapsed = session.elapsed(time) // MICROSECOND
        around = session is not None and session.always
        opened = None if around else self.open
        return Moment(quote, price, elapsed, opened, self.early, own=self, session=session)

    def top(self) -> int | None:
        """The regular session's high so far: of every price, and as the feed says."""
        fed = None if self.quote is None else self.quote.high
        return self.high if fed is None or (self.high is not None and self.high >= fed) else fed

    def bottom(self) -> int | None:
        """The regular session's low so far."""
        fed = None if self.quote is None else self.quote.low
        return self.low if fed is None or (self.low is not None and self.low <= fed) else fed

    def extend(self, quote: Quote, price: int) -> None:
        """The regular session's extremes with one quote more."""
        high, low, fed_high, fed_low = self.high, self.low, quote.high, quote.low
        if high is None or low is None:
            self.high = self.low = high = low = price
        top = price if fed_high is None or fed_high < price else fed_high
        bottom = price if fed_low is None or fed_low > price else fed_low
        if top > high:
            self.high = top
        if bottom < low:
            self.low = bottom

    def is_told_more(self, quote: Quote) -> bool:
        """Whether a quote is the first to say the session's open, or says another share count."""
        if self.open is None and quote.open:
            return True
        return bool(quote.shares) and quote.shares != self.shares

    def foresee(self, moment: Moment | None, read: Collection[Lane]) -> Trail | None:
        """How far the next quotes may go for the axes of its own, which were just read; None: nowhere."""
        quote = self.quote
        if moment is None or self.watched or quote is None:
            return None
        calm = calm_after(moment, self.number)
        for lane in self.lanes:
            if lane is self.price_lane or not lane.is_regular:
                continue
            if lane.foreseen is None or lane.pending or lane not in read:
                return None
            if not lane.foreseen.foresee(calm, moment, *lane.quiet(LOWEST, HIGHEST)):
                return None
        return trail_from(calm, moment, quote)

    def catch_up(self, newest: Quote | None = None) -> None:
        """The meters of axes that were foreseen follow what passed since the last look, up to the newest."""
        newest = newest or self.quote
        if self.trail is not None and self.trail.log and newest is not None:
            self.trail.lead(
                [lane.foreseen for lane in self.lanes if lane.is_regular and lane.foreseen], newest
            )

    def settle_quiet(self, trail: Trail | None = None) -> None:
        """Say between which prices the next quotes need no look, and whether a short one will do.

        `trail` is how far they may go for the axes of its own; without one these are looked at every time.
        A new high or low that the feed states is quiet too while it passes nothing; where the feed states
        none, or rules follow the day's extremes, each new one is looked at.
        """
        lane, quote = self.price_lane, self.quote
        self.rouse()
        waiting = self.later or (lane is not None and lane.pending)  # an axis without boundaries is false
        if self.watched or self.gap or waiting or quote is None or quote.price is None:
            return
        if self.measured and trail is None:
            return
        floor, ceiling = 1, HIGHEST  # a price of nought is none
        if quote.high is None or quote.low is None or self.extremes:
            floor, ceiling = self.bottom() or 1, (self.top() or 0) + 1
        for series in self.series.values() if self.series else ():
            bottom, top = series.quiet()
            floor, ceiling = max(floor, bottom), min(ceiling, top)
        if lane is not None:
            self.simple = not self.extremes and not self.series
            floor, ceiling = lane.quiet(floor, ceiling)
        self.trail = trail
        self.allow(floor, ceiling)
