"""Provisional rings of minute bars after a start: the bar each awaits, and what bars known by now say."""

from dataclasses import replace
from datetime import date, timedelta

from rules.columns import Columns
from rules.composite import Reading, truth
from rules.levels import compiled
from rules.live import Live
from rules.market import Market
from rules.region import Inputs, Region
from rules.rings import Rings, Row
from rules.slots import MICROSECOND, Slot, Slots
from rules.table import Table, adjusted, gathered
from rules.timeframe import size_of


class Ended:
    """Reads the series of one engine, and bars known from outside."""

    def __init__(self, columns: Columns, market: Market, rings: Rings) -> None:
        self._columns, self._market, self._rings = columns, market, rings
        self._placement = rings.placement

    def slot(self, number: int, row: Row) -> Slot | None:
        """The bar that a stored ring awaits, the one of its quote; None where a day bar decides."""
        size, live = self._placement.closing.get(number), self._placement.home(number)
        if size is None or row.session is None or row.time is None:
            return None
        session = self._market.hours.on(self._market.market(live), row.session)
        return None if session is None else Slots(session, size).at(row.time)

    def is_over(self, number: int, slot: Slot) -> bool:
        """Whether market time has closed a bar."""
        return self._placement.home(number).clock.quoted >= slot.due

    def wait(self, live: Live, number: int, slot: Slot) -> None:
        """A stored ring awaits the close of a bar that runs: it is open, though nobody watched its start."""
        live.note_provisional(number)
        assert live.series is not None  # noqa: S101 - a condition on these bars made them
        series = live.series[self._placement.closing[number]]
        if series.slot is None and live.session is not None:
            if not series.is_in(live.session):
                series.enter(live.session, self._market.history(live))
            series.start(slot)
            live.clock.expect(series, slot.due)

    def truth(self, number: int, day: date, slot: Slot) -> bool | None:
        """Whether the condition held at the close of its bar, None where the bars known do not tell."""
        live, tree = self._placement.home(number), self._rings.trees.get(number)
        table = self._table(live, self._placement.closing[number], day, slot)
        if table is None:
            return None
        close = round(float(table.prices[3, -1]))

        def literal(leaf: int) -> bool | None:
            one = self._columns.leaf(leaf)
            inputs = self._inputs(live, size_of(one), day, slot)
            found = None if inputs is None else compiled(one, inputs, negated=leaf in self._placement.negated)
            return found.truth(close) if isinstance(found, Region) else None

        return literal(number) if tree is None else truth(tree.formula, literal, Reading.BAR)

    def _inputs(self, live: Live, size: timedelta | None, day: date, slot: Slot) -> Inputs | None:
        """What a leaf saw at the end of a bar: its own bar that ended there; on day bars, today's figures."""
        now = live.now()
        if size is None:
            return now if now.session == day else None
        table = self._table(live, size, day, slot)
        if table is None:
            return None
        opened, high, low, _ = (round(float(price)) for price in table.prices[:, -1])
        past = table.rows(0, len(table) - 1).daily()
        return replace(now, open=opened, day_high=high, day_low=low, history=past, size=size)

    def _table(self, live: Live, size: timedelta, day: date, slot: Slot) -> Table | None:
        """The bars of a size up to the one that ended with another; None where that one is not known."""
        session, series = self._market.hours.on(self._market.market(live), day), live.series
        assert session is not None  # noqa: S101 - the other bar lies in it
        assert series is not None  # noqa: S101 - a condition on these bars made them
        begin = Slots(session, size).at(slot.end - MICROSECOND).start
        found = series[size].upto(begin)
        if found is not None:
            return found
        minutes = self._market.minutes(live.symbol)
        if minutes is None:
            return None
        table = gathered(minutes, self._market.hours, size, live.clock.quoted).upto(begin)
        return table and adjusted(table, len(table), self._market.history(live))
