"""A condition's life, driven at random: made, joined, removed; quotes, closes, nights, lost feeds, restarts.

Two engines take the same frames, one of them is restarted again and again from what a store would have kept;
the book (tests/brute) says what both must say. Whatever comes, the rules of a life hold (`Chronicle`).

Run apart (`python -m pytest tests/brute/lives.py`): it still finds a difference, a crossing inside an `or` of
a rule made between a quote without a price and the first with one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rules.adjust import appended
from rules.engine import Engine
from rules.model import (
    And,
    Bar,
    Condition,
    Event,
    Frame,
    History,
    Instrument,
    Leaf,
    Node,
    Not,
    Or,
    Phase,
    Quote,
)
from rules.rings import Row, Step
from rules.sessions import default_hours
from tests.brute.book import Book, Word
from tests.brute.clock import Calendar
from tests.brute.compare import bars_of, condition, in_order, words_of
from tests.brute.tape import Tape
from tests.rules.world import SYMBOL, history, leaf

HOURS = default_hours()
SHARE = Instrument(symbol=SYMBOL, shares=1000)
MONDAY = date(2025, 11, 24)
FIVE = timedelta(minutes=5)
CLOSES = [f"{100 + (day * 7) % 11 - 5}" for day in range(60)]
# States on the price alone: a restart loses nothing that their truth or their hysteresis is made of.
PLAIN: tuple[Node, ...] = (
    leaf("price", ">", "101"),
    leaf("price", ">=", "100.5"),
    leaf("price", "<", "99.5"),
    leaf("price", "<=", "98"),
    Leaf("price", (Decimal(99), Decimal(101)), "outside"),
    Leaf("price", (Decimal(100), Decimal("100.4")), "inside"),
    leaf("change", ">", "0.01"),
    leaf("change", "<=", "-0.01"),
    leaf("change_open", ">=", "0.005"),
    leaf("gap", ">", "0"),
    leaf("market_cap", ">", "100500"),
    leaf("ma", "above", None, 5),
    leaf("ma", "below", None, 3),
    leaf("rsi", ">", "55", 6),
    leaf("bias", "<", "-0.002", 4),
    leaf("new high", "is", None, "3d"),
    leaf("record low", "is"),
    leaf("prev high", "above"),
    leaf("boll", "below mid"),
)
# Crossings, crosses of bars, what follows the day's extremes, composites of all.
OTHERS: tuple[Node, ...] = (
    leaf("price", "crosses above", "100"),
    leaf("price", "crosses below", "100.5"),
    leaf("price", "crosses", "100"),
    Leaf("price", (Decimal(99), Decimal(100)), "enters"),
    leaf("ma", "crosses above", None, 4),
    leaf("ma", "reclaim", None, 5),
    leaf("ma pair", "crosses below", None, 3, 6),
    leaf("macd", "golden cross"),
    leaf("kdj k", ">", "60"),
    leaf("new high", "is", None, "day"),
    leaf("new low", "is", None, "day"),
    And((leaf("price", ">", "99"), leaf("change", ">", "0.005"))),
    Or((leaf("price", "crosses above", "101"), leaf("price", "<", "99"))),
    And((leaf("ma", "above", None, 5), Not(leaf("price", ">", "101.5")))),
    Or((leaf("ma", "reclaim", None, 3), And((leaf("price", ">", "100"), leaf("change", "<", "0"))))),
)
# A window's past begins with its first rule, so these are there from the start.
WINDOWS: tuple[Node, ...] = (
    leaf("move", ">", "0.005", FIVE),
    leaf("rise", ">=", "0.01", FIVE),
    leaf("amplitude", ">", "0.02"),
    And((leaf("fall", ">", "0.005", FIVE), leaf("price", "<", "101"))),
)


@dataclass
class Chronicle:
    """What one engine said, and the rules that every life obeys."""

    ring: dict[str, int] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)  # of the newest ring; armed where it is over
    told: set[str] = field(default_factory=set)  # ids of events

    def note(self, step: Step, present: set[str]) -> None:
        """One frame's step; `present` are the conditions that somebody listens to."""
        for event in step.events:
            assert event.condition in present, "a word about a condition that nobody has"
            assert event.id not in self.told, "the same word twice"
            self.told.add(event.id)
            self._move(event)
        for row in step.armed:
            assert row.condition in present
            if row.ring == self.ring.get(row.condition, 0):
                self.state[row.condition] = "armed"

    def _move(self, event: Event) -> None:
        before, state = self.state.get(event.condition, "armed"), event.state.value
        newest = self.ring.get(event.condition, 0)
        if state in ("fired", "provisional"):
            assert event.ring == newest + 1, "ring numbers increase by one"
            assert before in ("armed", "withdrawn") or self._is_rearmed_now(event), (
                "no ring without re-arming"
            )
        else:
            assert event.ring == newest, "later states are of the newest ring"
            assert before == "provisional", "states only go forward"
        self.ring[event.condition], self.state[event.condition] = event.ring, state

    def _is_rearmed_now(self, event: Event) -> bool:
        """Re-armed and rung within one frame: the row of the ring before comes with the step."""
        return (event.condition, event.ring - 1) in self.armed_now

    armed_now: set[tuple[str, int]] = field(default_factory=set)


RANK = {"fired": 1, "provisional": 1, "confirmed": 2, "withdrawn": 2, "armed": 3, "idle": 4}


class Shelf:
    """What a store keeps of rings: compared and set, so that nothing goes back (protocol.md, Rings)."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.seen: set[str] = set()

    def keep(self, step: Step) -> None:
        """The script's work for one frame, re-armings of earlier rings before new ones."""
        words = [
            Row(condition=e.condition, ring=e.ring, state=e.state.value, time=e.time, session=e.session)
            for e in step.events
        ]
        for row in sorted([*step.armed, *words], key=lambda row: (row.ring, RANK[row.state])):
            old = self.rows.get(row.condition)
            if old is None or (old.ring, RANK[old.state]) < (row.ring, RANK[row.state]):
                self.rows[row.condition] = row
        self.seen |= set(step.seen)


class Lives(RuleBasedStateMachine):
    """One share over some days."""

    nodes: Sequence[Node] = (*PLAIN, *OTHERS)
    fixed: Sequence[Node] = WINDOWS

    def __init__(self) -> None:
        super().__init__()
        self.provider: History = history(CLOSES, last=date(2025, 11, 21))
        self.steady, self.restarted = self._engine(), self._engine()
        self.book = Book(Calendar(), self._tape)
        self.shelf, self.chronicles = Shelf(), (Chronicle(), Chronicle())
        self.present: dict[str, Condition] = {}
        self.frames: list[Frame] = []
        self.day, self.second, self.price, self.close = MONDAY, 0, 100_000, 100_000
        self.open = self.high = self.low = 0
        self.due: list[Word] = []  # the book's words of joinings

    def _engine(self) -> Engine:
        return Engine(HOURS, lambda _: SHARE, lambda _: self.provider, lambda _: ())

    def _tape(self, _: str) -> Tape:
        calendar = self.book.calendar
        return Tape(
            SHARE, calendar, lambda: bars_of(self.provider), "SZ", lambda *_: (None, None), shares=1000
        )

    @initialize()
    def begin(self) -> None:
        """What is there from the start."""
        for node in self.fixed:
            self._make(node)

    def _make(self, node: Node) -> None:
        made = condition(node, SYMBOL)
        if made.id in self.present:
            return
        self.present[made.id] = made
        row = self.shelf.rows.get(made.id)
        self.steady.add(made, row=row, seen=made.id in self.shelf.seen)
        self.restarted.add(made, row=row, seen=made.id in self.shelf.seen)
        self.book.add(made, 0 if row is None else row.ring, seen=made.id in self.shelf.seen)

    @rule(data=st.data())
    def make(self, data: st.DataObject) -> None:
        """A rule of a new or a forgotten condition."""
        self._make(data.draw(st.sampled_from(self.nodes)))

    @precondition(lambda self: len(self.present) > len(self.fixed))
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """The last rule of a condition goes; its row is idle and keeps its number."""
        fixed = {condition(node, SYMBOL).id for node in self.fixed}
        identity = data.draw(st.sampled_from([key for key in self.present if key not in fixed]))
        del self.present[identity]
        for engine in (self.steady, self.restarted):
            engine.remove(identity)
        self.book.remove(identity)
        self.due = [word for word in self.due if word.condition != identity]
        row = self.shelf.rows.get(identity)
        if row is not None:
            self.shelf.rows[identity] = Row(condition=identity, ring=row.ring, state="idle")
        for chronicle in self.chronicles:
            chronicle.state.pop(identity, None)

    @precondition(lambda self: self.present)
    @rule(data=st.data())
    def join(self, data: st.DataObject) -> None:
        """Another rule of a condition that may have rung."""
        identity = data.draw(st.sampled_from(list(self.present)))
        for engine in (self.steady, self.restarted):
            engine.rejoin(identity)
        self.due += self.book.rejoin(identity)

    @rule(
        steps=st.lists(
            st.sampled_from((0, 100, -100, 200, -200, 500, -500, 1500, -1500)), min_size=1, max_size=6
        ),
        beyond=st.sampled_from((0, 0, 0, 300, 1500)),
        wait=st.sampled_from((1, 3, 20, 70, 400)),
    )
    def trade(self, steps: list[int], beyond: int, wait: int) -> None:
        """Some quotes; the last one's extremes may be beyond every price shown."""
        for number, step in enumerate(steps):
            if self.second > 14_000:
                return
            self.price = min(max(self.price + step, 95_000), 105_000)
            self.open = self.open or self.price
            more = beyond if number == len(steps) - 1 else 0
            self.high = max(self.high or self.price, self.price + more)
            self.low = min(self.low or self.price, self.price - more)
            self._quote(self.price)
            self.second += wait

    @rule(price=st.sampled_from((None, 0)), phase=st.sampled_from((None, Phase.HALTED, Phase.BREAK)))
    def absent(self, price: int | None, phase: Phase | None) -> None:
        """No price, a halt, the lunch break: no word but those that were due before."""
        due = list(self.due)
        step = self._quote(price if phase is None else 104_000, phase)
        assert sorted(words_of(step)) == sorted(due)

    def _quote(self, price: int | None, phase: Phase | None = None) -> Step:
        start = datetime(self.day.year, self.day.month, self.day.day, 1, 30, tzinfo=UTC)
        lunch = timedelta(minutes=90) if self.second > 7200 else timedelta()
        time = start + timedelta(seconds=self.second) + lunch
        quote = Quote(
            symbol=SYMBOL,
            time=time,
            price=price,
            open=self.open or None,
            high=self.high or None,
            low=self.low or None,
            prev_close=self.close,
            phase=phase or HOURS.phase("SZ", time),
        )
        return self._take(Frame(market="SZ", received=time, quotes=(quote,)))

    def _take(self, frame: Frame) -> Step:
        self.frames.append(frame)
        due, self.due = self.due, []
        expected = due + self.book.take(frame)
        steps = self.steady.take(frame), self.restarted.take(frame)
        self.shelf.keep(steps[1])
        for step, chronicle in zip(steps, self.chronicles, strict=True):
            chronicle.armed_now = {(row.condition, row.ring) for row in step.armed}
            chronicle.note(step, set(self.present))
        assert in_order(words_of(steps[0]), mixed=True) == in_order(expected, mixed=True)
        steady, restarted = ({event.id for event in step.events} for step in steps)
        assert restarted == steady, "a restart is not heard"
        return steps[0]

    @precondition(lambda self: self.high)
    @rule(tell=st.booleans(), gap=st.sampled_from((0, 0, 500, -500, 2000, -2000)))
    def night(self, gap: int, *, tell: bool) -> None:
        """The bar closes, in time or with the next morning's first quote, which may gap."""
        day = self.day
        if tell:
            self._take(Frame(market="SZ", received=datetime(day.year, day.month, day.day, 7, 1, tzinfo=UTC)))
        self.fill()
        self.day += timedelta(days=3 if day.weekday() == 4 else 1)
        self.close, self.second = self.price, 0
        self.price = min(max(self.price + gap, 95_000), 105_000)
        self.open = self.high = self.low = 0
        self.trade([0], 0, 3)

    def fill(self) -> None:
        """What the night brings: nothing, the bars of the stream are enough."""

    @rule()
    def lose(self) -> None:
        """The feed was away."""
        for engine in (self.steady, self.restarted):
            engine.reconnected("SZ")
        self.book.reconnected("SZ")

    @rule()
    def restart(self) -> None:
        """The market is walked over again with rings mute, then the stored states are put back."""
        self._settle()
        self.restarted = self._engine()
        for made in self.present.values():
            self.restarted.add(made)
        for frame in self.frames:
            self.restarted.advance(frame)
        rows = [self.shelf.rows[key] for key in self.present if key in self.shelf.rows]
        self.restarted.restore(rows, self.shelf.seen & set(self.present))
        self.lose()

    def _settle(self) -> None:
        """What a joining re-armed is stored with the next frame, maybe an empty one; then the engine goes.

        A rule that no quote has met yet is looked at once: walked over again, it would have met all.
        """
        if self.due:
            self._take(Frame(market="SZ", received=self.frames[-1].received))
        if self.high and not self.present.keys() <= self.shelf.seen:
            self.trade([0], 0, 1)


class ColdLives(Lives):
    """The same where a restarted engine knows nothing but the rows, the bars and the next quote."""

    nodes = PLAIN
    fixed = ()

    def fill(self) -> None:
        """The provider has the day's bar."""
        bar = Bar(date=self.day, open=self.open, high=self.high, low=self.low, close=self.price, volume=0.0)
        self.provider = appended(self.provider, SYMBOL, bar)

    @rule()
    def restart(self) -> None:
        """In mid-session; the provider has the bars of the days before."""
        self._settle()
        self.restarted = self._engine()
        for made in self.present.values():
            row = self.shelf.rows.get(made.id)
            self.restarted.add(made, row=row, seen=made.id in self.shelf.seen)
        self.lose()
        if self.high:
            self.trade([0], 0, 1)  # without another quote of the day its bar would be decided next morning


CALM = settings(
    max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.timeout(600)
def test_lives() -> None:
    """Every kind of condition; a restart walks the market over again."""
    run_state_machine_as_test(Lives, settings=CALM)


@pytest.mark.timeout(600)
def test_cold_lives() -> None:
    """States on the price alone; a restart knows the stored rows."""
    run_state_machine_as_test(ColdLives, settings=CALM)
