"""Stored states put back, and provisional rings whose bar ended while nobody watched."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from rules.adjust import believed
from rules.columns import CROSS, KNOWN, PART, RANG, RESTORED, SEEN, SLOW, STORED, TRUE, WAIT, Columns
from rules.composite import truth
from rules.evidence import HISTORY
from rules.levels import compiled
from rules.live import Live
from rules.market import Market
from rules.model import Direction, Event, State
from rules.region import Inputs, Region
from rules.rings import Rings, Row
from rules.settle import Settler

RINGING = frozenset({State.FIRED, State.PROVISIONAL, State.CONFIRMED})
NOT_KNOWN = {"reason": "not known: the bar ended while nobody watched"}
DAY = timedelta(days=1)


class Resumer:
    """Puts rows of the store into the columns, and decides what time has decided meanwhile."""

    def __init__(self, columns: Columns, market: Market, rings: Rings, settler: Settler) -> None:
        self._columns, self._market, self._rings, self._settler = columns, market, rings, settler
        self._placement = rings.placement
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
            columns.code[number] = (columns.code[number] | RANG) & ~WAIT
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
            if self._placement.home(number) is not live:
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
            found = self._truth(number, live, row.session)
            if found is not None:
                self._decide(number, row, found=found)

    def _truth(self, number: int, live: Live, day: date | None) -> bool | None:
        """Whether the condition held at the close of a past session, by that day's bar in the history."""
        if day is None:
            return None
        bars, _ = believed(self._market.history(live), day + DAY, None, day)
        if bars is None:
            return None
        past, close = bars.before(), int(bars.last())
        inputs = Inputs(
            instrument=live.instrument,
            session=day,
            prev_close=round(past.last()) if len(past) else None,
            day_high=round(bars.high[-1].item()),
            day_low=round(bars.low[-1].item()),
            history=past if len(past) else None,
            shares=live.shares,
        )

        def literal(leaf: int) -> bool | None:
            region = compiled(self._columns.leaf(leaf), inputs, negated=leaf in self._placement.negated)
            return region.truth(close) if isinstance(region, Region) else None

        tree = self._rings.trees.get(number)
        return literal(number) if tree is None else truth(tree.formula, literal)

    def _decide(self, number: int, row: Row, *, found: bool | None) -> None:
        """One word without a quote: the bar's end is its time."""
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
            time=row.time if session is None else session.close,
            session=row.session,
            direction=self._rings.direction(number, leaf) or Direction.UP,
            signal=columns.manner(leaf).words,
            value=None,
            level=None,
            price=None,
            decimals=live.instrument.decimals,
            evidence={HISTORY: str(row.session)} if found is not None else dict(NOT_KNOWN),
        )
        self._rings.say(number, event)
