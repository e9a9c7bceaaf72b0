"""Minute bars from quote to quote: opened, extended, closed; and what each closing decides."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TypeAlias

import numpy as np

from rules.clock import NEVER, Clock
from rules.columns import CROSS, KNOWN, LATE, PART, RANG, RESTORED, TRUE, WAIT, Columns
from rules.events import Turn
from rules.live import Live
from rules.market import Market
from rules.model import Quote
from rules.series import Series
from rules.sessions import GRACE
from rules.settle import Settler
from rules.slots import MICROSECOND, Slot, begins
from rules.table import EMPTY, Table, gathered, micros, moment_of

Prices: TypeAlias = tuple[int, int, int]  # open, high, low
NONE: frozenset[int] = frozenset()


class Bars:
    """The life of every series. A bar closes at the first market time at or after its `due`.

    `closers` are called at each closing, after provisional rings are decided and before the bar enters the
    history: truths are as of the bar's last quote, the turn's time is its end.
    """

    def __init__(
        self, columns: Columns, market: Market, settler: Settler, sync: Callable[[Live], None]
    ) -> None:
        self._columns, self._market, self._rings = columns, market, settler.rings
        self._placement = settler.placement
        self._sync = sync
        self.closers: list[Callable[[Turn, Series], None]] = []

    # Quotes

    def meet(self, turn: Turn, quote: Quote, *, regular: bool) -> None:
        """Before axes move: the session's scale, and where none is open the bar a regular quote counts in."""
        live = turn.live
        assert live.session is not None  # noqa: S101 - a quote opens a session
        for series in (live.series or {}).values():
            if not series.is_in(live.session):
                series.enter(live.session, self._market.history(live))
            series.follow(live.fed_prev)
            if regular and (series.slot is None or series.is_broken):
                series.watched(quote.time)
                self._open(turn, series)

    def _open(self, turn: Turn, series: Series) -> None:
        slot = series.slot or series.place(turn.time)
        found = self._begin(turn, series, slot) if series.is_broken else None
        if series.slot is not None and found is None:
            return
        if series.slot is None:
            turn.live.clock.expect(series, slot.due)
        series.start(slot, found)

    def _begin(self, turn: Turn, series: Series, slot: Slot) -> Prices | None:
        """Ask outside what came before; the open bar's prices so far where its beginning is known there."""
        live = turn.live
        minutes = self._market.minutes(live.symbol)
        table = EMPTY if minutes is None else gathered(minutes, self._market.hours, series.size, turn.time)
        place = int(np.searchsorted(table.begins, micros(slot.start)))
        is_begun = place < len(table) and table.begins[place] == micros(slot.start)
        known = table.rows(0, place)
        if not is_begun and not self._is_up_to_date(series, known, slot):
            known = EMPTY
        series.begin(known, self._market.history(live))
        self._placement.unsettle(live, series.numbers)
        for number in series.numbers:
            told = self._rings.rows.get(number)
            if told is not None and told.time is not None and told.time < slot.start:
                self._renew(turn, number)
        if not is_begun:
            return None
        opened, high, low = (int(price) for price in table.prices[:3, place])
        return opened, high, low

    def _is_up_to_date(self, series: Series, known: Table, slot: Slot) -> bool:
        """Whether no bar is missing between those known and the open one, as far as anybody can tell.

        The newest is of the place just before; or a session begins, and it closed at the previous close.
        """
        if not len(known):
            return False
        live, newest, session = series.live, moment_of(int(known.begins[-1])), series.session
        between = (newest, slot.start - MICROSECOND)
        if not begins(self._market.hours, self._market.market(live), series.size, between):
            return True
        is_first = session is not None and slot.start == session.open
        return is_first and known.prices[3, -1] == live.fed_prev

    def fresh(self, live: Live) -> AbstractSet[int]:
        """Numbers whose bar has no quote yet: the day's extremes of the time before touch none of them."""
        opening = [series for series in (live.series or {}).values() if series.is_opening]
        return {number for series in opening for number in series.numbers} if opening else NONE

    def extend(self, live: Live, quote: Quote, price: int) -> None:
        """Open bars with one quote more, before it is the instrument's last."""
        for series in (live.series or {}).values():
            top, bottom = self._span(series, quote, price)
            if series.extend(price, top, bottom):
                self._placement.unsettle(live, series.extremes)

    def _span(self, series: Series, quote: Quote, price: int) -> tuple[int, int]:
        """How far prices went since the last quote; the day's new extremes where they were made in this bar.

        They were if the quote before is of this bar too, or this bar is the session's first.
        """
        live, slot, old = series.live, series.slot, series.live.quote
        if live.gap or live.session is None or slot is None:
            return price, price
        if slot.start == live.session.open and series.is_whole:
            top, bottom = price, price
        elif series.is_opening or old is None or old.high is None or old.low is None:
            return price, price
        else:
            top, bottom = live.top() or price, live.bottom() or price
        high = quote.high if quote.high is not None and quote.high > top else price
        low = quote.low if quote.low is not None and quote.low < bottom else price
        return max(high, price), min(low, price)

    # Ends

    def close(self, clock: Clock, *, replay: bool = False) -> None:
        """Close the bars that are due, in their order; at the end of a replay, those that have ended."""
        due = [one for one in clock.bars if one.numbers and _is_due(one, clock, replay=replay)]
        for series in sorted(due, key=lambda one: (one.due, one.live.number, one.size)):
            self._close(series)
            self._rings.flush()

    def _close(self, series: Series) -> None:
        live, slot = series.live, series.slot
        assert slot is not None  # noqa: S101 - only an open bar closes
        self._sync(live)
        turn = Turn(live, slot.end, live.price)
        for number in sorted(live.provisional or ()):
            if self._placement.closing.get(number) == series.size:
                self._rings.close(turn, number)
        for closer in self.closers:
            closer(turn, series)
        series.finish()
        for number in series.numbers:
            self._columns.marks[number] &= ~(LATE | RESTORED)
            self._renew(turn, number)
        self._placement.unsettle(live, series.numbers)
        live.settle_quiet()

    def _renew(self, turn: Turn, number: int) -> None:
        """What each bar decides anew is armed; inside a composite a cross that came goes on standing."""
        columns, code = self._columns, self._columns.code
        if not columns.manner(number).anew:
            return
        if code[number] & PART:
            if code[number] & (CROSS | RANG | TRUE) != CROSS | RANG | TRUE:
                code[number] &= ~(RANG | WAIT | TRUE | KNOWN)
            return
        if code[number] & RANG:
            self._rings.rearm(turn, number)
        code[number] &= ~(WAIT | TRUE)

    def renew(self, live: Live) -> None:
        """Crosses inside composites that went back are crosses again, not yet seen."""
        gone, self._rings.renewed = self._rings.renewed, []
        self._placement.unsettle(live, gone)

    def lose(self, live: Live) -> None:
        """The feed was away up to now: where a bar began meanwhile, the series begins again."""
        upto = live.clock.newest
        known = [quote.time for quote in (live.quote, live.off) if quote is not None]
        for series in (live.series or {}).values():
            after = max([*known, *([series.since] if series.since else [])], default=upto)
            if upto == NEVER or not self._missed(series, after, upto):
                continue
            series.since = upto + MICROSECOND
            series.lose()
            self._placement.unsettle(live, series.numbers)

    def _missed(self, series: Series, after: datetime, upto: datetime) -> bool:
        """Whether a bar began between two moments; up to a minute after the open none has been missed."""
        market = self._market.market(series.live)
        session = self._market.hours.session(market, upto)
        if session is not None and not session.always and session.open <= upto < session.open + GRACE:
            upto = session.open - MICROSECOND
        return begins(self._market.hours, market, series.size, (after, upto))


def _is_due(series: Series, clock: Clock, *, replay: bool) -> bool:
    """Whether market time has reached the bar's due, or its session's day bar is due."""
    slot, session = series.slot, series.session
    assert slot is not None  # noqa: S101 - a clock has the series whose bar is open
    assert session is not None  # noqa: S101 - it was opened in a session
    if replay:
        return clock.quoted >= slot.end or clock.newest >= session.close
    return clock.quoted >= slot.due or clock.newest >= session.due
