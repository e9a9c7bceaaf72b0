"""Minute bars of one instrument and size: the finished ones as closed forms read them, and the open one.

A bar is made of the regular quotes seen in it. Only a bar whose beginning was watched, or is known from
outside, enters the history: after any other the series begins again. Bars carry over sessions; where the
feed's previous close is not the close before, older bars are scaled by the ratio, as daily ones are.
"""

from array import array
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from rules.adjust import Daily
from rules.index import HIGHEST, LOWEST
from rules.model import History
from rules.region import Inputs
from rules.sessions import GRACE, Session
from rules.slots import Slot, Slots
from rules.table import EMPTY, KEPT, Table, adjusted

if TYPE_CHECKING:
    from rules.live import Live


class Series:
    """The bars of one size that some condition of an instrument speaks of."""

    __slots__ = (
        "_daily", "_fed", "_table", "_volume", "base", "ended", "extremes", "high", "is_broken", "is_opening",
        "is_whole", "live", "low", "numbers", "older", "open", "session", "since", "size", "slot", "slots",
    )  # fmt: skip

    def __init__(self, live: "Live", size: timedelta, since: datetime | None) -> None:
        self.live, self.size = live, size
        self.since = since  # from this market time on every quote was seen; None: before the market's first
        self.numbers = array("I")  # whose boundaries follow these bars
        self.extremes = array("I")  # of these, the ones that follow the open bar's high and low
        self.slots: Slots | None = None  # of the session last traded in
        self.session: Session | None = None
        self.slot: Slot | None = None  # of the open bar
        self.open: int | None = None
        self.high: int | None = None
        self.low: int | None = None
        self.ended: datetime | None = None  # the end of the newest bar closed
        self.is_opening = True  # the next value is a bar's first
        self.is_whole = False  # the open bar was watched from its start on
        self.is_broken = True  # nothing is known, or not up to now: ask outside before the next bar
        self.older = 0  # bars of earlier sessions, on the scale of the last of these
        self.base: float | None = None  # the close that scale is known by
        self._fed: int | None = None
        self._volume = 0.0  # of the session, up to the newest bar closed
        self._table = EMPTY
        self._daily: Daily | None = None

    def __len__(self) -> int:
        return len(self._table)

    def note(self, number: int, *, extremes: bool) -> None:
        """This number's boundaries follow the bars, maybe the open one's high and low too."""
        self.numbers.append(number)
        if extremes:
            self.extremes.append(number)

    def forget(self, number: int) -> bool:
        """Take a number off; True where none is left."""
        for listed in (self.numbers, self.extremes):
            if number in listed:
                listed.remove(number)
        return not self.numbers

    def daily(self) -> Daily:
        """The finished bars on the session's scale."""
        if self._daily is None:
            self._daily = self._scaled().daily()
        return self._daily

    def inputs(self, now: Inputs, *, held: bool = False) -> Inputs:
        """What closed forms may use: the instrument's inputs, with bars of this size in place of days."""
        return replace(
            now,
            open=self.open,
            day_high=self.high,
            day_low=self.low,
            history=self.daily(),
            size=self.size,
            held=held,
        )

    def before(self, now: Inputs) -> tuple[Inputs, int]:
        """The inputs that the newest finished bar had, and its close."""
        bars = self.daily()
        past = replace(now, open=None, day_high=None, day_low=None, history=bars.before(), size=self.size)
        return past, round(bars.last())

    def upto(self, begin: datetime) -> Table | None:
        """The finished bars up to the one that began then; None where it is not among them."""
        return self._scaled().upto(begin)

    # Sessions

    def is_in(self, session: Session) -> bool:
        """Whether this session was entered already."""
        return self.session is not None and self.session.date == session.date

    def enter(self, session: Session, history: History | None) -> None:
        """A session begins: what is finished is of earlier ones from now on."""
        self._table, self._daily = self._scaled(), None
        self.older, self._fed, self._volume = len(self._table), None, 0.0
        self.session, self.slots = session, Slots(session, self.size)
        self.base = self._base(history)

    def follow(self, fed: int | None) -> None:
        """The feed's previous close: older bars are put on its scale."""
        if fed != self._fed:
            self._fed, self._daily = fed, None

    def _scaled(self) -> Table:
        if self._fed is None or self.base is None:
            return self._table
        return self._table.scaled(self.older, self.base, self._fed)

    def _base(self, history: History | None) -> float | None:
        """The close that the next session's previous close is compared with: the day bar's, else our own."""
        if not self.older:
            return None
        day = self._table.days[self.older - 1]
        if history is not None and day in history.dates:
            return float(history.close[int(np.searchsorted(history.dates, day))])
        return float(self._table.prices[3, self.older - 1])

    # Bars

    @property
    def due(self) -> datetime:
        """When the open bar closes."""
        assert self.slot is not None  # noqa: S101 - it is open
        return self.slot.due

    def place(self, moment: datetime) -> Slot:
        """The bar a regular quote counts in: its own, the one after the newest closed where that is later."""
        assert self.slots is not None  # noqa: S101 - a session was entered
        slot = self.slots.at(moment)
        if self.ended is None or slot.start >= self.ended:
            return slot
        found = self.slots.after(self.ended)
        assert found is not None  # noqa: S101 - a session's last bar takes the session with it
        return found

    def watched(self, moment: datetime) -> None:
        """A regular quote came: from when on everything was seen, where nobody knew yet."""
        session, first = self.session, self.live.clock.first
        assert session is not None  # noqa: S101 - a session was entered
        if self.since is None:
            self.since = moment if first is None else min(first, moment)
            if not session.always and session.open <= self.since <= session.open + GRACE:
                self.since = session.open

    def begin(self, known: Table, history: History | None) -> None:
        """Start from finished bars known from outside, raw; EMPTY where none are."""
        assert self.session is not None  # noqa: S101 - a session was entered
        table = known.rows(max(len(known) - KEPT, 0), len(known))
        self.older = int(np.searchsorted(table.days, np.datetime64(self.session.date, "D")))
        self._table, self._daily = adjusted(table, self.older, history), None
        self.base, self.is_broken = self._base(history), False
        self._volume = float(table.volume[self.older :].sum())

    def start(self, slot: Slot, found: tuple[int, int, int] | None = None) -> None:
        """Open a bar; `found` are open, high and low where its beginning is known from outside."""
        self.slot, self.is_opening = slot, True
        self.is_whole = found is not None or (self.since is not None and self.since <= slot.start)
        self.open, self.high, self.low = found or (None, None, None)

    def mend(self, found: tuple[int, int, int]) -> None:
        """The open bar's prices known from outside join those that were seen."""
        opened, high, low = found
        self.open, self.is_whole = opened, True
        self.high = high if self.high is None else max(high, self.high)
        self.low = low if self.low is None else min(low, self.low)

    def extend(self, price: int, top: int, bottom: int) -> bool:
        """The open bar with one quote more, and how far prices went about it; True where an extreme moved."""
        high, low = self.high, self.low
        if self.open is None:
            self.open = price
        self.high = top if high is None else max(high, top)
        self.low = bottom if low is None else min(low, bottom)
        self.is_opening = False
        return (high, low) != (self.high, self.low)

    def finish(self) -> None:
        """The open bar ends: into the history if it was whole, else there is no history."""
        slot, session, quote = self.slot, self.session, self.live.quote
        assert slot is not None  # noqa: S101 - only an open bar ends
        assert session is not None  # noqa: S101 - it was opened in a session
        opened, high, low, is_whole = self.open, self.high, self.low, self.is_whole
        self.slot, self.ended, self.is_opening = None, slot.end, True
        self.open = self.high = self.low = None
        if not is_whole:
            self.lose()
            return
        if quote is None or quote.price is None or opened is None or high is None or low is None:
            return  # awaited by a ring of before a restart, and never quoted: no bar
        before, volume = len(self._table), quote.volume or self._volume
        prices = (opened, high, low, quote.price)
        self._table = self._table.with_bar(slot.start, session.date, prices, volume - self._volume)
        self._volume, self._daily = volume, None
        self.older -= min(self.older, before + 1 - len(self._table))

    def lose(self) -> None:
        """What is known does not reach up to now: there is no history until outside says one."""
        self.is_broken, self.is_whole, self.older, self.base = True, False, 0, None
        self._table, self._daily = EMPTY, None

    def quiet(self) -> tuple[int, int]:
        """The prices (floor, ceiling) that leave the open bar as it is; none without one."""
        if self.slot is None or self.high is None or self.low is None:
            return HIGHEST, LOWEST
        return self.low, self.high + 1
