"""Frames in, events out: conditions come and go while it runs; the same frames give the same events."""

from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from rules.clock import NEVER
from rules.columns import KNOWN, LATE, RANG, RESTORED, SEEN, TRUE, UNFINISHED, Columns
from rules.dial import Dial
from rules.events import Fact, Teller, Turn
from rules.explain import Explainer, Explanation
from rules.forecast import Ahead, Forecaster
from rules.halts import Halts
from rules.live import Live
from rules.market import Market
from rules.model import (
    Condition,
    Event,
    Frame,
    History,
    Instrument,
    Leaf,
    Minutes,
    Phase,
    Quote,
    State,
)
from rules.placement import Placement, Seat
from rules.planting import Planting
from rules.rescale import Rescaler
from rules.resume import Resumer
from rules.rings import Outcome, Rings, Row, Step
from rules.sessions import Hours
from rules.settle import Settler
from rules.signal import others
from rules.turns import Turns

__all__ = ["Engine", "Row", "Step"]
NOTHING = Step()
NO_ROWS: Mapping[str, Row] = MappingProxyType({})


class Engine:
    """All conditions over all instruments; `take` is the hot path. Frames have passed the gate."""

    def __init__(
        self,
        hours: Hours,
        instrument: Callable[[str], Instrument],
        history: Callable[[str], History | None],
        members: Callable[[str], Sequence[str]],
        minutes: Callable[[str], Minutes | None] = lambda _symbol: None,
    ) -> None:
        """`minutes` are one-minute bars known from outside, up to now; without any, bars grow from quotes."""
        self._hours = hours
        self._columns = Columns()
        self._market = Market(hours, instrument, history, members, self._columns.code, minutes)
        self._placement = Placement(self._columns, self._market)
        self._teller = Teller(self._columns, self._placement)
        self._rings = Rings(self._columns, self._placement, self._teller)
        self._settler = Settler(self._columns, self._placement, self._rings)
        self._resumer = Resumer(self._columns, self._market, self._rings, self._settler)
        rescaler = Rescaler(self._columns, self._rings, self._teller)
        self._turns = Turns(self._columns, self._market, self._settler, self._resumer, rescaler)
        self._halts = Halts(self._market, self._settler, self._resumer)
        self._forecaster = Forecaster(self._columns, self._placement)
        self._explainer = Explainer(self._columns, self._placement, self._rings)

    def __contains__(self, condition_id: object) -> bool:
        return isinstance(condition_id, str) and self._columns.find(condition_id) is not None

    def __len__(self) -> int:
        return len(self._columns)

    def conditions(self) -> Iterator[Condition]:
        """Every condition, in the order of adding as far as numbers were not reused."""
        for number in self._columns:
            yield self._columns.condition(number, self._placement.home(number).symbol)

    def add(self, condition: Condition, *, row: Row | None = None, seen: bool = False) -> None:
        """Listen for a condition from its instrument's next quote on; twice is once.

        `row` is its stored state, `seen` whether it was ever evaluated; both as the store has them.
        """
        live = self._market.live(condition.symbol)
        number = self._columns.add(condition, live.number)
        if number is not None:
            self._sow(number, condition, live, row, seen=seen)
            self._seat(number, live, row)

    def add_all(
        self, conditions: Iterable[Condition], rows: Mapping[str, Row] = NO_ROWS, seen: Container[str] = ()
    ) -> None:
        """Listen for many, rows and what was seen by condition id: as if added one by one in this order.

        Instruments are seen to one after the other, conditions of one pattern together, and the directory is
        sorted once.
        """
        columns, stored = self._columns, dict[int, Row]()
        waiting: dict[int, array[int]] = {}  # by instrument
        try:
            for condition in columns.unknown(conditions):
                live, identity = self._market.live(condition.symbol), condition.id
                number, row = columns.append(condition, live.number), rows.get(identity)
                self._sow(number, condition, live, row, seen=identity in seen)
                if row is not None:
                    stored[number] = row
                waiting.setdefault(live.number, array("I")).append(number)
                if self._pairs(number, condition, live):  # it may bring instruments, in their turn
                    self._seat_all(live, waiting.pop(live.number), stored)
        finally:
            for home, numbers in waiting.items():
                self._seat_all(self._market.by_number[home], numbers, stored)
            columns.file()

    def _is_late(self, live: Live) -> bool:
        """Whether what is made now comes after its session's open; the instrument remembers which session."""
        newest, session = live.clock.newest, live.session
        if session is None or not session.open <= newest < session.close:
            session = None if newest == NEVER else self._hours.session(self._market.market(live), newest)
        if session is None or newest < session.open:
            return False
        live.lated = session.date
        return True

    def _sow(self, number: int, condition: Condition, live: Live, row: Row | None, *, seen: bool) -> None:
        """What a new condition brings with it or came too late for; numbers for a composite's leaves."""
        columns = self._columns
        stored, late = row is not None, LATE if self._is_late(live) else 0
        if seen or stored or late:
            columns.marks[number] |= (SEEN | RESTORED) * seen | RESTORED * stored | late
        if isinstance(condition.root, Leaf):
            return

        def part(leaf: Leaf, negated: bool) -> int:  # noqa: FBT001 - called by position from the walk
            found = columns.add_part(leaf, condition, live.number)
            columns.marks[found] |= late
            self._rings.owner[found] = number
            if negated:
                self._placement.negated.add(found)
            return found

        blind = seen or (row is not None and row.state != "idle")
        planting = Planting(part, partial(Dial, self._market, live), blind=blind)
        self._rings.trees[number] = planting.tree(condition.root)
        live.trees = [*(live.trees or ()), number]

    def _pairs(self, number: int, condition: Condition, live: Live) -> bool:
        """Whether a condition reads other instruments."""
        if isinstance(condition.root, Leaf):
            return self._columns.manner(number).pairs
        return bool(others(condition.root, live.instrument))

    def _seat_all(self, live: Live, numbers: Iterable[int], stored: Mapping[int, Row]) -> None:
        """Places for new conditions of one instrument, in this order."""
        seats: dict[int, Seat] = {}
        for number in numbers:
            if number in stored or number in self._columns.whole:
                self._seat(number, live, stored.get(number))
            else:
                self._market.pair(live, number, self._placement.join(number, live, seats))

    def _seat(self, number: int, live: Live, row: Row | None) -> None:
        """A place on its lane for a condition or for each of its leaves, then its stored state."""
        columns, tree = self._columns, self._rings.trees.get(number)
        for part in (number,) if tree is None else tree.parts:
            self._market.pair(live, number, self._placement.seat(part))
            if tree is not None and part in tree.open:
                columns.code[number] |= columns.code[part] & UNFINISHED
        if tree is not None:
            self._placement.await_bars(number, tree.open)
        if row is not None:
            self._resumer.adopt(number, row)
        if columns.marks[number] & RESTORED:
            self._rings.redo(number, live)
            live.settle_quiet()

    def remove(self, condition_id: str) -> None:
        """Forget a condition; an unknown id changes nothing."""
        number = self._columns.find(condition_id)
        if number is None:
            return
        live = self._placement.home(number)
        if live.paired:
            live.paired -= {number}
        tree = self._rings.trees.get(number)
        for part in (number,) if tree is None else tree.parts:
            self._placement.unseat(part)
        if tree is not None:
            live.trees = [other for other in live.trees or () if other != number]
            live.later = {other for other in live.later or () if other != number}
            live.wait(number, None)
            live.rest()
            live.forget(number)
            self._placement.closing.pop(number, None)
        for gone in (number, *(tree.parts if tree else ())):
            self._rings.forget(gone)
            self._settler.after.pop(gone, None)
            self._resumer.undecided.discard(gone)
            self._columns.remove(gone)

    def take(self, frame: Frame) -> Step:
        """Move the market by one frame (maybe empty) and say what rang, re-armed and was seen first."""
        if self._resumer.undecided:
            self._resumer.overdue()
            self._rings.flush()
        if not frame.quotes:
            self._turns.tick(frame.market, frame.received)
        lives, turns, continuous = self._market.by_symbol, self._turns, Phase.CONTINUOUS
        for quote in frame.quotes:
            try:
                live = lives[quote.symbol]
            except KeyError:
                turns.attend(quote)
                continue
            price, old = quote.price, live.quote
            # A quiet price (Live.settle_quiet) has an old quote, and nothing else of the instrument moved.
            if (
                old is not None
                and price is not None
                and live.floor <= price < live.ceiling
                and quote.phase is continuous
                and quote.time < live.until
                and quote.prev_close == old.prev_close
                and ((high := quote.high) == old.high or (high is not None and high < live.ceiling))
                and ((low := quote.low) == old.low or (low is not None and low >= live.floor))
                and ((live.open or not quote.open) and (quote.shares == live.shares or not quote.shares))
            ):
                if live.trail is None or live.trail.passes(quote, price):
                    live.quote = quote
                else:
                    turns.renew(live, live.trail, quote, price)
            else:
                turns.look(live, quote)
        for quote in frame.halted:
            self._halts.hear(quote)
        self._turns.follow()
        return self._step()

    def advance(self, frame: Frame) -> None:
        """Move the market with rings mute; `restore` follows when the stored moment is reached."""
        self.take(frame)

    def restore(self, rows: Iterable[Row], seen: Iterable[str]) -> None:
        """Put every condition into its stored state, whatever it saw before; without a row it never rang.

        Without a row state forms are armed, crossing forms if false now, else they wait to be seen false.
        """
        for live in self._market.by_number:
            self._turns.sync(live)
        self._resumer.restore({row.condition: row for row in rows}, seen)
        for live in self._market.by_number:
            live.settle_quiet()

    def rejoin(self, condition_id: str) -> None:
        """A rule joined a condition that rang: re-arm it if false now; the next step carries the word."""
        number = self._columns.find(condition_id)
        if number is None:
            return
        live = self._placement.home(number)
        self._turns.sync(live)
        if self._columns.code[number] & (RANG | KNOWN | TRUE) != RANG | KNOWN or self._rings.verdict.stands(
            number
        ):
            return
        for lane in live.lanes:
            lane.stop_waiting(number)
        self._rings.rearm(Turn(live, self._time(live), live.price), number)
        self._rings.flush()
        live.settle_quiet()

    def last_ring(self, condition_id: str) -> Event | None:
        """The event of the ring a condition is still in, for a rule that joins it; None where it is armed."""
        number = self._columns.find(condition_id)
        if number is None or not self._columns.code[number] & RANG:
            return None
        row, live = self._rings.rows.get(number), self._placement.home(number)
        if row is None or row.time is None or row.session is None or live.session is None:
            return self._rings.held.get(number)
        state = State.PROVISIONAL if self._columns.code[number] & UNFINISHED else State.FIRED
        leaf = self._rings.leaf(number)
        direction = self._rings.direction(number, leaf)
        told = Fact(number=number, state=state, leaf=leaf, direction=direction, session=row.session)
        return self._teller.tell(Turn(live, row.time, live.price), told)

    def regroup(self, symbol: str) -> None:
        """The members of a group changed: read them again. Rings nothing before a member's next quote."""
        self._market.regroup(symbol)

    def learned(self, symbol: str) -> None:
        """Its daily bars are others now: what rests on them is compiled anew. Rings nothing by itself."""
        live = self._market.by_symbol.get(symbol)
        if live is not None and live.session is not None:
            self._market.refresh(live)
            self._placement.unsettle(live, live.dynamic or ())
            live.settle_quiet()

    def barred(self) -> dict[str, frozenset[int]]:
        """Instruments that conditions on minute bars speak of, and how many minutes these have."""
        found = ((live.symbol, live.series) for live in self._market.by_number if live.series)
        return {
            symbol: frozenset(size // timedelta(minutes=1) for size in series) for symbol, series in found
        }

    def undecided(self) -> frozenset[str]:
        """Instruments with a stored ring whose bar may have ended unwatched, for the history to decide."""
        return frozenset(self._placement.home(number).symbol for number in self._resumer.undecided)

    def refilled(self, symbol: str) -> None:
        """Its minutes known outside are others now: bars begin again from them. Rings nothing by itself."""
        live = self._market.by_symbol.get(symbol)
        if live is not None and live.session is not None:
            self._turns.sync(live)
            self._turns.bars.learned(live)

    def ahead(self, symbol: str, most: int = 10) -> tuple[Ahead, ...]:
        """The next conditions beneath and above an instrument's last price, up to `most` each way."""
        live = self._market.by_symbol.get(symbol)
        if live is None:
            return ()
        self._turns.sync(live)
        return self._forecaster.ahead(live, most)

    def explain(self, condition_id: str, refusals: tuple[str, ...] = ()) -> Explanation | None:
        """Why a condition rang or is silent; `refusals` are the gate's. None for an unknown id."""
        number = self._columns.find(condition_id)
        if number is None:
            return None
        self._turns.sync(self._placement.home(number))
        return self._explainer.explain(number, refusals)

    def quiet(self, symbol: str) -> tuple[int, int]:
        """(floor, ceiling): regular quotes of this session with floor <= price < ceiling say nothing.

        The same holds for a day's high and low that is within them or did not change, until the time that
        `waits` says; (0, 0) where every quote is to be taken. For whoever has many quotes at once.
        """
        live = self._market.by_symbol.get(symbol)
        if live is None or live.measured or live.floor >= live.ceiling or live.clock.next is not None:
            return 0, 0  # own axes follow every quote, minute bars want to see each of theirs end
        return live.floor, live.ceiling

    def waits(self, symbol: str) -> datetime:
        """From this time on the next quote is to be taken whatever its price: a condition waits for it."""
        live = self._market.by_symbol.get(symbol)
        return NEVER if live is None else live.until

    def reconnected(self, market: str) -> None:
        """A feed of this market was away: its next quote's high and low touch nothing."""
        for live in self._market.by_number:
            if live.instrument.market == market:
                live.gap = True
                self._turns.bars.lose(live)
                live.settle_quiet()

    def finish(self) -> Step:
        """The end of a replay: close every session whose end is not after its market's last time."""
        for clock in self._market.clocks.values():
            for live in clock.live:
                clock.reach(self._time(live))
            self._turns.close(clock, replay=True)
        return self._step()

    def last(self, symbol: str) -> Quote | None:
        """The last quote taken of an instrument, in or out of session."""
        live = self._market.by_symbol.get(symbol)
        if live is None:
            return None
        if live.quote is None or (live.off is not None and live.off.time > live.quote.time):
            return live.off
        return live.quote

    def bytes_held(self) -> tuple[int, int]:
        """(columns with directory and boundaries, what the instruments hold beside), as allocated."""
        columns = self._columns.bytes_held()
        objects = 0
        for live in self._market.by_number:
            objects += live.__sizeof__() + 8 * len(live.lanes)
            for lane in live.lanes:
                columns += lane.bytes_held()
                objects += lane.__sizeof__()
        return columns, objects

    @staticmethod
    def _time(live: Live) -> datetime:
        return live.clock.newest if live.quote is None else live.quote.time

    def _step(self) -> Step:
        outcome = self._rings.outcome
        if not (outcome.events or outcome.armed or outcome.seen or outcome.notices):
            return NOTHING
        self._rings.outcome = Outcome()
        return Step(
            events=tuple(outcome.events),
            armed=tuple(outcome.armed),
            seen=self._columns.identities(outcome.seen),
            notices=tuple(outcome.notices),
        )
