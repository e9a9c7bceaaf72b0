"""Stored states put back, and provisional rings whose bar ended while nobody watched."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from rules.columns import CROSS, KNOWN, PART, RANG, RESTORED, SEEN, SLOW, STORED, TRUE, WAIT, Columns
from rules.composite import Reading, truth
from rules.ended import Ended
from rules.levels import compiled
from rules.live import Live
from rules.market import Market
from rules.meter import Moment
from rules.model import Direction, Event, Leaf, State
from rules.past import Past, ended
from rules.region import Region
from rules.rings import Rings, Row
from rules.settle import Settler
from rules.signal import SIGNALS

RINGING = frozenset({State.FIRED, State.PROVISIONAL, State.CONFIRMED})
NOT_KNOWN = {"reason": "not known: the bar ended while nobody watched"}


class Resumer:
    """Puts rows of the store into the columns, and decides what time has decided meanwhile."""

    def __init__(self, columns: Columns, market: Market, rings: Rings, settler: Settler) -> None:
        self._columns, self._market, self._rings, self._settler = columns, market, rings, settler
        self._placement = rings.placement
        self._ended = Ended(columns, market, rings)  # what minute bars decide
        self.undecided: set[int] = set()  # provisional rings of a session this process has not seen

    def adopt(self, number: int, row: Row) -> None:
        """A condition with a row: its ring number, its state, and the quotes that were told already."""
        columns = self._columns
        columns.set_ring(number, row.ring)
        if row.state == "idle":
            return
        columns.marks[number] |= STORED
        if row.time is not None:
            self._settler.after[number] = row.time
        if row.state in RINGING:
            columns.code[number] = columns.code[number] & ~WAIT | RANG  # what rang was seen false before
            self._rings.rows[number] = row
        if row.state == State.PROVISIONAL:
            self.undecided.add(number)
            self.meet(self._placement.home(number))

    def restore(self, rows: Mapping[str, Row], seen: Iterable[str]) -> None:
        """Every condition into its stored state; without a row it never rang (see Engine.restore)."""
        columns, rings = self._columns, self._rings
        for kept in (rings.held, rings.rows, rings.leads, self._settler.after):
            kept.clear()
        self.undecided.clear()
        for live in self._market.by_number:
            live.provisional = None
            self._placement.unsettle(live, self._numbers(live))
        for number in columns:
            self._reset(number)
            row = rows.get(columns.identity(number))
            if row is not None:
                self.adopt(number, row)
            rings.redo(number, self._placement.home(number))
        for identity in seen:
            found = columns.find(identity)
            if found is not None:
                columns.marks[found] |= SEEN

    def _reset(self, number: int) -> None:
        columns = self._columns
        state = columns.code[number] & ~(RANG | WAIT)
        if state & CROSS and not state & SLOW and state & KNOWN and state & TRUE:
            state |= WAIT
        columns.code[number] = state
        columns.set_ring(number, 0)
        columns.marks[number] = (columns.marks[number] & ~(SEEN | STORED)) | RESTORED

    def _numbers(self, live: Live) -> frozenset[int]:
        """Every number on the instrument's lanes, leaves of composites excepted: those keep what they saw."""
        found = {number for lane in live.lanes for number in (*lane.numbers, *(lane.pending or ()))}
        return frozenset(number for number in found if not self._columns.code[number] & PART)

    def meet(self, live: Live) -> None:
        """The instrument's session is known: rings of it await its close, older ones are decided."""
        session = live.session
        if session is None or not self.undecided:
            return
        for number in sorted(self.undecided):
            row = self._rings.rows[number]
            if self._placement.home(number) is not live or self._is_of_minutes(number, row):
                continue
            if row.session == session.date:
                self.undecided.discard(number)
                live.note_provisional(number)
            else:
                self._decide(number, row, found=self._truth(number, live, row.session))

    def overdue(self) -> None:
        """Decide what the history can decide already."""
        for number in sorted(self.undecided):
            row, live = self._rings.rows[number], self._placement.home(number)
            if self._is_of_minutes(number, row):
                continue
            found = self._truth(number, live, row.session)
            if found is not None:
                self._decide(number, row, found=found)

    def _is_of_minutes(self, number: int, row: Row) -> bool:
        """Whether a minute bar decides: once it is over it has, while it runs the ring awaits its close."""
        slot, live = self._ended.slot(number, row), self._placement.home(number)
        if slot is None or row.session is None:
            return False
        if self._ended.is_over(number, slot):
            self._decide(number, row, found=self._ended.truth(number, row.session, slot), time=slot.end)
        elif live.session is not None and live.session.date == row.session:
            self.undecided.discard(number)
            self._ended.wait(live, number, slot)
        return True

    def _truth(self, number: int, live: Live, day: date | None) -> bool | None:
        """Whether the condition held at the close of a past session, by that day's bar in the history."""
        if day is None:
            return None
        past = self._past(live, day)
        if past is None:
            return None
        then, inputs = past, past.now()

        def literal(leaf: int) -> bool | None:
            found = self._columns.leaf(leaf)
            region = compiled(found, inputs, negated=leaf in self._placement.negated)
            value = self._value(found, then)
            return None if value is None or not isinstance(region, Region) else region.truth(value)

        tree = self._rings.trees.get(number)
        return literal(number) if tree is None else truth(tree.formula, literal, Reading.BAR)

    def _past(self, live: Live, day: date) -> Past | None:
        return ended(self._market.history(live), live.instrument, day, live.shares)

    def _value(self, leaf: Leaf, past: Past) -> int | None:
        """The leaf's number at the close of a past day, as far as daily bars alone say it."""
        own = SIGNALS[leaf.signal].axis(leaf, past.now())
        if own is None:
            return past.price
        others = [self._past(self._market.live(symbol), past.day) for symbol in own.others]
        return own.meter().read(Moment(None, past.price, 0, None, early=False, own=past, others=others))

    def _decide(self, number: int, row: Row, *, found: bool | None, time: datetime | None = None) -> None:
        """One word without a quote: the bar's end is its time, the session's unless it is given."""
        self.undecided.discard(number)
        live = self._placement.home(number)
        session = (
            None if row.session is None else self._market.hours.on(self._market.market(live), row.session)
        )
        state = State.CONFIRMED if found else State.WITHDRAWN
        if state is State.WITHDRAWN:
            self._rings.let_go(number, live)
        if row.session is None or row.time is None:
            return
        columns, leaf = self._columns, self._rings.leaf(number)
        event = Event(
            condition=row.condition,
            ring=row.ring,
            state=state,
            symbol=live.symbol,
            text=columns.text(number),
            time=time or (row.time if session is None else session.close),
            session=row.session,
            direction=self._rings.direction(number, leaf) or Direction.UP,
            signal=columns.manner(leaf).words,
            value=None,
            level=None,
            price=None,
            decimals=live.instrument.decimals,
            evidence={} if found is not None else dict(NOT_KNOWN),
        )
        self._rings.say(number, event)
