"""The live state of one instrument: its lanes, its session so far, and what makes its next quote quiet."""

from array import array
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rules.columns import DULL
from rules.index import HIGHEST, LOWEST, NEAR, Axis
from rules.limits import NO_LIMITS, Limits
from rules.meter import Meter, Moment
from rules.model import Instrument, Phase, Quote, SessionKind
from rules.region import Inputs
from rules.series import Series
from rules.sessions import GRACE
from rules.signal import Own

if TYPE_CHECKING:
    from rules.adjust import Daily
    from rules.groups import Figure, Tally
    from rules.sessions import Session

NEVER = datetime.min.replace(tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Lane(Axis):
    """One axis of one instrument for one set of session kinds, and the numbers to be judged on it."""

    __slots__ = ("code", "kinds", "known", "meter", "opening", "own", "paired", "pending")

    def __init__(self, own: Own | None, kinds: frozenset[SessionKind], code: bytearray) -> None:
        super().__init__()
        self.code = code  # states of all numbers (rules.columns)
        self.own = own
        self.paired = own is not None and bool(own.others)  # its meter reads other instruments
        self.kinds = kinds
        self.meter: Meter | None = None if own is None else own.meter()
        self.known = False  # `value` is one the axis really had
        self.opening = True  # its next value is the session's first
        self.pending: list[int] | None = None  # numbers to compile and judge at the next value

    def quiet(self, floor: int, ceiling: int) -> tuple[int, int]:
        """The part of floor <= value < ceiling around the present value in which nobody wants a look.

        Boundaries whose passing says nothing now (DULL) are flipped later, by the next move looked at.
        """
        levels, numbers, code, at = self.levels, self.numbers, self.code, self.at
        up, last = at, min(at + NEAR, len(levels))
        while up < last and DULL[code[numbers[up]]]:
            up += 1
        down, first = at - 1, max(at - NEAR, 0)
        while down >= first and DULL[code[numbers[down]]]:
            down -= 1
        if up < len(levels) and levels[up] < ceiling:
            ceiling = levels[up]
        if down >= 0 and levels[down] > floor:
            floor = levels[down]
        if self.fall >= floor:
            floor = self.fall + 1
        return floor, min(ceiling, self.rise)


class Guard:
    """What the engine's hot path reads of an instrument; a base class, so that it lies close together."""

    __slots__ = ("ceiling", "floor", "price_lane", "quote", "simple", "until")

    def __init__(self) -> None:
        self.quote: Quote | None = None  # the last regular one of the session
        self.until = NEVER  # from this time on nothing is quiet
        self.floor, self.ceiling = HIGHEST, LOWEST  # floor <= price < ceiling is quiet
        self.price_lane: Lane | None = None  # the price axis of regular hours
        self.simple = False  # nothing but that axis is watched


class Live(Guard):
    """One instrument as of its last quote."""

    __slots__ = (
        "band", "clock", "closed", "code", "daily", "dynamic", "early", "extremes", "fed_limits",
        "fed_prev", "figure", "first", "followers", "gap", "groups", "high", "inputs",
        "instrument", "lanes", "last", "later", "low", "members", "number", "off",
        "open", "paired", "prev_close", "provisional", "series", "session", "shares", "stale", "tally",
        "trees", "watched",
    )  # fmt: skip

    def __init__(self, instrument: Instrument, number: int, clock: "Clock", code: bytearray) -> None:
        super().__init__()
        self.instrument = instrument
        self.number = number
        self.clock = clock
        self.code = code
        self.off: Quote | None = None  # the last other one
        self.session: Session | None = None
        self.closed = False  # the session's bar
        self.gap = False  # the feed was away since the last quote
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
        self.inputs: Inputs | None = None
        self.lanes: list[Lane] = []
        self.dynamic: array[int] | None = None  # numbers whose boundaries follow the session
        self.extremes: array[int] | None = None  # of these, the ones that follow the day's high and low
        self.series: dict[timedelta, Series] | None = None  # minute bars, by size, where a condition asks
        self.trees: list[int] | None = None  # composites
        self.later: set[int] | None = None  # of these, the ones to follow at the next quote
        self.provisional: set[int] | None = None  # numbers whose ring awaits the bar's close
        self.groups: tuple[Live, ...] = ()
        self.members: tuple[Live, ...] = ()
        self.figure: Figure | None = None  # what this one adds to its groups
        self.tally: Tally | None = None  # a group's sums
        self.followers: tuple[Live, ...] = ()  # instruments with a condition that reads this one
        self.paired: frozenset[int] = frozenset()  # conditions of this one that read others
        self.watched = False  # every quote is looked at: other axes, groups, shares

    @property
    def symbol(self) -> str:
        """The instrument's."""
        return self.instrument.symbol

    @property
    def price(self) -> int | None:
        """The last regular price of the session."""
        return None if self.quote is None else self.quote.price

    @property
    def is_halted(self) -> bool:
        """Whether its newest quote said so."""
        off, quote = self.off, self.quote
        if off is None or off.phase is not Phase.HALTED:
            return False
        return quote is None or off.time > quote.time

    def lane(self, own: Own | None, kinds: frozenset[SessionKind]) -> Lane:
        """The lane of an axis, made where it is missing."""
        for lane in self.lanes:
            if lane.own == own and lane.kinds == kinds:
                return lane
        lane = Lane(own, kinds, self.code)
        lane.opening = self.quote is None and self.opening()
        self.lanes.append(lane)
        if own is None and kinds == {SessionKind.REGULAR}:
            self.price_lane = lane
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

    def note_provisional(self, number: int) -> None:
        """This number's ring awaits the bar's close."""
        self.provisional = self.provisional or set()
        self.provisional.add(number)

    def settled(self, number: int) -> None:
        """This number's ring awaits nothing any more."""
        self.provisional = {other for other in self.provisional or () if other != number} or None

    def forget(self, number: int) -> None:
        """Take a number off every list."""
        for listed in (self.dynamic, self.extremes):
            if listed is not None and number in listed:
                listed.remove(number)
        kept = {size: series for size, series in (self.series or {}).items() if not series.forget(number)}
        self.series = kept or None
        self.settled(number)

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
            self.inputs = Inputs(
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
                stale=self.stale,
            )
        return self.inputs

    def note_limits(self, quote: Quote) -> bool:
        """Keep the limit prices a quote says; True where they are new."""
        found = Limits(quote.limit_up or self.fed_limits.up, quote.limit_down or self.fed_limits.down)
        is_new = found != self.fed_limits
        self.fed_limits = found
        return is_new

    def yesterday(self) -> tuple[Inputs, int] | None:
        """The inputs that the previous session's last bar had, and its close; None where neither is known."""
        now = self.now()
        close = self.last if now.prev_close is None else now.prev_close
        if close is None:
            return None
        past = now.history.before() if now.history else None
        return replace(now, prev_close=None, open=None, day_high=None, day_low=None, history=past), close

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

    def settle_quiet(self) -> None:
        """Say between which prices the next quotes need no look, and whether a short one will do.

        A new high or low that the feed states is quiet too while it passes nothing; where the feed states
        none, or rules follow the day's extremes, each new one is looked at.
        """
        lane, quote = self.price_lane, self.quote
        self.simple = False
        self.floor, self.ceiling = HIGHEST, LOWEST
        waiting = self.later or (lane is not None and lane.pending)  # an axis without boundaries is false
        if self.watched or self.gap or waiting or quote is None or quote.price is None:
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
        self.floor, self.ceiling = floor, ceiling


class Clock:
    """Market time of one market, the instruments whose day bar is open, the series whose minute bar is."""

    __slots__ = ("bars", "due", "first", "live", "newest", "next", "quoted")

    def __init__(self) -> None:
        self.first: datetime | None = None
        self.newest = NEVER
        self.quoted = NEVER  # the same for minute bars, of which prints may come a minute late
        self.due: datetime | None = None
        self.live: list[Live] = []
        self.next: datetime | None = None  # when the first of the open minute bars is due
        self.bars: list[Series] = []

    def reach(self, time: datetime) -> bool:
        """Move forward to a quote's time; True where open bars are due."""
        if self.first is None:
            self.first = time
        self.newest, self.quoted = max(self.newest, time), max(self.quoted, time)
        return self._is_due()

    def wait(self, received: datetime) -> bool:
        """Nothing came up to a receive time; True where open bars are due."""
        if self.first is None:
            self.first = received
        self.newest, self.quoted = max(self.newest, received), max(self.quoted, received - GRACE)
        return self._is_due()

    def _is_due(self) -> bool:
        if self.next is not None and self.quoted >= self.next:
            return True
        return self.due is not None and self.newest >= self.due

    def expect(self, series: Series, due: datetime) -> None:
        """A minute bar opened: whatever quote of the market comes then is looked at."""
        self.bars.append(series)
        if self.next is not None and self.next <= due:
            return
        self.next = due
        until = NEVER if due <= self.quoted else due  # opened late: it ends with the very next quote
        for live in self.live:
            live.until = min(live.until, until)

    def settle(self) -> None:
        """Bars closed: when the next ones are due."""
        self.bars = [series for series in self.bars if series.slot is not None and series.numbers]
        self.next = min((series.due for series in self.bars), default=None)
        self.due = min((live.session.due for live in self.live if live.session), default=None)
        for live in self.live:
            assert live.session is not None  # noqa: S101 - its day bar is open
            live.until = live.session.due if self.next is None else min(live.session.due, self.next)
