"""Conditions that remember against their definition, evaluated for every condition on every quote."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from rules.engine import Engine
from rules.model import (
    And,
    At,
    Between,
    Condition,
    Event,
    Frame,
    Held,
    History,
    Instrument,
    Leaf,
    Node,
    Not,
    OnClose,
    Or,
    Quote,
    Then,
    decimals_of,
)
from rules.rings import Row
from rules.sessions import default_hours
from tests.rules.chronicle import Moment, Session, Trading
from tests.rules.story import Story
from tests.rules.test_oracle import Day
from tests.rules.world import history, leaf, q

CHINA = ((time(9, 30), time(11, 30)), (time(13), time(15)))
NEW_YORK = ((time(9, 30), time(16)),)
# Markets, their days and spans: a lunch break and a weekend, both changes of the clocks, round the clock.
WORLDS = {
    "300308.SZ": ("Asia/Shanghai", CHINA, ("2025-11-26", "2025-11-27", "2025-11-28", "2025-12-01")),
    "SPY.US": ("America/New_York", NEW_YORK, ("2026-03-05", "2026-03-06", "2026-03-09", "2026-03-10")),
    "AAPL.US": ("America/New_York", NEW_YORK, ("2025-10-30", "2025-10-31", "2025-11-03")),
    "BTC.BINANCE": ("UTC", (), ("2025-11-26", "2025-11-27", "2025-11-28")),
}
CLOCKS = (
    time(9, 30),
    time(10),
    time(11, 29),
    time(11, 45),
    time(12, 30),
    time(13),
    time(14, 50),
    time(14, 59),
)
SPANS = tuple(timedelta(seconds=s) for s in (10, 60, 90, 300, 900, 1800, 7200))


def sessions_of(symbol: str, closes: list[Fraction]) -> list[Session]:
    """The market's days; the bars of each are filled in as they come."""
    zone, spans, days = WORLDS[symbol]
    found = []
    for name in days:
        day = date.fromisoformat(name)
        midnight = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
        local = [
            tuple(datetime.combine(day, edge, ZoneInfo(zone)).astimezone(UTC) for edge in span)
            for span in spans
        ] or [(midnight, midnight + timedelta(days=1))]
        pairs = tuple((start, end) for start, end in local)
        found.append(Session(pairs[0][0], pairs, midnight, Day(closes[:], [], [])))
    return found


class Chance:
    """Random conditions and walks."""

    def __init__(self, seed: int, *, crossings: bool = True) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a seeded world
        self.crossings = crossings  # among the leaves

    def leaf(self, *, crossing: bool) -> Leaf:
        """A leaf with a level on or near the walk's grid."""
        pick = self.random.choice
        level = f"{pick(range(96, 105))}.{pick(('000', '100', '305', '9'))}"
        kinds = [
            leaf("price", pick((">", ">=", "<", "<=")), level),
            leaf("price", pick((">", "<")), level),
            leaf("change", pick((">", "<=")), f"{pick(range(-30, 31)) / 1000}"),
            leaf("ma", "above", None, pick((3, 5))),
            leaf("ma", "above", None, 60),
        ]
        if crossing and self.crossings:
            kinds += [
                leaf("price", "crosses above", level),
                leaf("price", "crosses below", level),
                leaf("price", "crosses", level),
                leaf("ma", "reclaim", None, 5),
            ]
        weights = [4, 4, 4, 1, 1, 3, 3, 3, 1][: len(kinds)]
        return self.random.choices(kinds, weights)[0]

    def node(self, depth: int, *, crossing: bool = True) -> Node:
        """A tree with every kind of node."""
        if not depth or self.random.random() < 0.15:
            return self.leaf(crossing=crossing)
        kind = self.random.choice(
            ("and", "or", "not", "held", "between", *(("then", "then", "at", "close") * crossing))
        )
        if kind in ("and", "or"):
            parts = tuple(
                self.node(depth - 1, crossing=crossing) for _ in range(self.random.choice((2, 2, 3)))
            )
            return And(parts) if kind == "and" else Or(parts)
        if kind == "not":
            return Not(self.node(depth - 1, crossing=False))
        if kind == "then":
            first, second = self.node(depth - 1), self.node(depth - 1)
            return Then(first, second, self.random.choice(SPANS))
        return self.qualified(kind, self.node(depth - 1, crossing=crossing))

    def qualified(self, kind: str, part: Node) -> Node:
        """A part with a qualifier."""
        if kind == "held":
            return Held(part, self.random.choice(SPANS))
        if kind == "at":
            return At(part, self.random.choice(CLOCKS))
        if kind == "close":
            return OnClose(part)
        start, end = sorted(self.random.sample(CLOCKS, 2))
        return Between(part, start, end)

    def walk(self, session: Session, price: Fraction) -> Iterator[tuple[datetime, Fraction]]:
        """Quotes of one session: repeats, steps and leaps; the edges of its spans among them."""
        for start, end in session.spans:
            now = start + timedelta(seconds=self.random.choice((0, 0, 1, 45)))
            while now < end:
                price += Fraction(self.random.choice((0, 0, 1, -1, 2, -2, 5, -5, 15, -15)), 10)
                price = min(max(price, Fraction(95)), Fraction(106))
                yield now, price
                now += timedelta(seconds=self.random.choice((1, 3, 10, 57, 60, 240, 300, 900, 1500)))
            if end != session.closed or self.random.random() < 0.5:
                yield end - timedelta(microseconds=1) * (end == session.closed), price


Words = list[tuple[str, int, str, datetime]]


class Play:
    """A random world, by the engine and by the book."""

    depth = 3
    late = 0.02  # how often a condition is made after a quote

    def __init__(self, seed: int, symbol: str, *, crossings: bool = True) -> None:
        self.chance, self.symbol = Chance(seed, crossings=crossings), symbol
        pick = self.chance.random
        self.closes = [Fraction(pick.randrange(970, 1030), 10) for _ in range(12)]
        first = date.fromisoformat(WORLDS[symbol][2][0])
        self.bars = self.history(first)
        self.engine = self.fresh()
        self.sessions = sessions_of(symbol, self.closes)
        self.trading = Trading(self.sessions)
        self.quotes: list[Moment] = []
        self.stories: dict[str, Story] = {}
        self.told: list[Event] = []

    def history(self, day: date) -> History:
        """The bars before a day."""
        closes = [f"{float(close):.4f}" for close in self.closes]
        return history(closes, self.symbol, last=day - timedelta(days=1))

    def fresh(self) -> Engine:
        """An engine that has seen nothing."""
        made = Instrument(symbol=self.symbol, decimals=decimals_of(self.symbol))
        return Engine(default_hours(), lambda _: made, {self.symbol: self.bars}.get, lambda _: ())

    def add(self, made: datetime | None) -> None:
        """One condition more, from the next quote on."""
        root = self.chance.node(self.depth)
        while isinstance(root, Leaf):
            root = self.chance.node(self.depth)
        condition = Condition(symbol=self.symbol, root=root, text=f"{len(self.stories)} {root!r}")
        self.engine.add(condition)
        self.stories[condition.id] = Story(root, self.trading, self.quotes, made)

    def take(self, time: datetime, *quotes: Quote) -> None:
        """A frame, maybe empty."""
        market = self.symbol.rpartition(".")[2]
        self.told.extend(self.engine.take(Frame(market=market, received=time, quotes=quotes)).events)

    def play(self, count: int) -> None:
        """All days, with a condition made now and then in their course."""
        for _ in range(count):
            self.add(None)
        for session in self.sessions:
            session.bars.closes[:] = self.closes
            self.day(session)
        self.told.extend(self.engine.finish().events)

    def day(self, session: Session) -> None:
        """One session."""
        for story in self.stories.values():
            story.begin()
        start = len(self.quotes)
        for now, price in self.chance.walk(session, self.closes[-1]):
            moment = Moment(now, session, price, is_first=len(self.quotes) == start)
            self.quotes.append(moment)
            self.see(moment)
            for story in self.stories.values():
                story.look(moment)
            if self.chance.random.random() < self.late:
                self.add(now)
        self.closes.append(self.quotes[-1].price)
        for story in self.stories.values():
            story.close(Moment(session.closed, session, self.closes[-1], is_close=True))
        if session is self.sessions[-1] or self.chance.random.random() < 0.5:
            self.take(session.closed + timedelta(seconds=60))

    def see(self, moment: Moment) -> None:
        """One quote for the engine, as the gate would leave it; the day's high and low on some days alone."""
        hours, market = default_hours(), self.symbol.rpartition(".")[2]
        quote = Quote(
            symbol=self.symbol,
            time=moment.time,
            price=q(float(moment.price), self.symbol),
            prev_close=q(float(moment.session.bars.closes[-1]), self.symbol),
            phase=hours.phase(market, moment.time),
        )
        today = [one.price for one in self.quotes if one.session is moment.session]
        if self.sessions.index(moment.session) % 2:
            high, low = (q(float(end), self.symbol) for end in (max(today), min(today)))
            quote = replace(quote, high=high, low=low)
        self.take(moment.time, quote)

    def words(self) -> tuple[Words, Words]:
        """What each said, condition by condition."""
        told = [(one.condition, one.ring, one.state.value, one.time) for one in self.told]
        said = [(name, *word) for name, story in self.stories.items() for word in story.said]
        order = {name: at for at, name in enumerate(self.stories)}
        return sorted(told, key=lambda word: (order[word[0]], word[1])), said


def differences(seed: int, symbol: str, count: int) -> tuple[int, list[str]]:
    """How many words a random world brought, and what the two say differently."""
    play = Play(seed, symbol)
    play.play(count)
    told, said = play.words()
    found = []
    for name, story in play.stories.items():
        ours = [word[1:] for word in told if word[0] == name]
        if ours != story.said:
            text = next(one.text for one in play.engine.conditions() if one.id == name)
            found.append(f"{text}\n  engine {ours}\n  book   {story.said}")
    return len(said), found


@pytest.mark.parametrize("symbol", WORLDS)
@pytest.mark.parametrize("seed", range(3))
def test_identical_words(seed: int, symbol: str) -> None:
    """Random trees of every node, made before and in the course of days with breaks: the same words."""
    count, found = differences(seed, symbol, 30)
    assert not found
    assert count > 15


class Restarted(Play):
    """The same world for an engine that lives on and for one that starts anew now and then."""

    depth = 2
    late = 0.01

    def __init__(self, seed: int, symbol: str) -> None:
        super().__init__(seed, symbol, crossings=False)
        self.other = self.fresh()
        self.rows: dict[str, Row] = {}
        self.seen: set[str] = set()
        self.wrong: list[str] = []
        self.known = self.looks = 0

    def add(self, made: datetime | None) -> None:
        """For both."""
        before = set(self.stories)
        super().add(made)
        for condition in self.engine.conditions():
            if condition.id not in before:
                self.other.add(condition)

    def restart(self, session: Session) -> None:
        """Conditions come back with what the store has of them."""
        self.bars = self.history((session.midnight + timedelta(hours=12)).date())
        self.other = self.fresh()
        for condition in self.engine.conditions():
            self.other.add(condition, row=self.rows.get(condition.id), seen=condition.id in self.seen)

    def take(self, time: datetime, *quotes: Quote) -> None:
        """A frame for both; what the restarted one says is stored."""
        super().take(time, *quotes)
        step = self.other.take(Frame(market=self.symbol.rpartition(".")[2], received=time, quotes=quotes))
        self.seen.update(step.seen)
        for event in step.events:
            self.rows[event.condition] = Row(
                condition=event.condition,
                ring=event.ring,
                state=event.state.value,
                time=event.time,
                session=event.session,
            )
        self.rows.update({row.condition: row for row in step.armed})

    def see(self, moment: Moment) -> None:
        """Whatever the restarted one knows is so."""
        if self.chance.random.random() < 0.05:
            self.restart(moment.session)
        super().see(moment)
        for condition in self.engine.conditions():
            ours, theirs = self.engine.explain(condition.id), self.other.explain(condition.id)
            assert ours is not None
            assert theirs is not None
            self.looks += 1
            self.known += theirs.truth is not None
            if theirs.truth not in (None, ours.truth):
                self.wrong.append(f"{condition.text} at {moment.time}: {theirs.truth}")


@pytest.mark.parametrize("symbol", WORLDS)
@pytest.mark.parametrize("seed", range(2))
def test_after_a_restart_memory_is_absent_never_wrong(seed: int, symbol: str) -> None:
    """Restarted now and then, with the store's rows: what is known is what an engine that lived on knows."""
    play = Restarted(seed, symbol)
    play.play(12)
    assert not play.wrong
    assert play.looks / 3 < play.known < play.looks
