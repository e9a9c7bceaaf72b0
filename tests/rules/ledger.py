"""A market by the book: its time, its bars, its conditions' lives, one quote after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TypeAlias

from rules.model import Condition, Frame, Leaf, Node, Not, Quote
from rules.nodes import parts_of
from tests.rules.book import EXTREMES, Candle, Open, Past
from tests.rules.clerk import MINUTE, Life, Shelf, Sight, Slot, bars
from tests.rules.trustee import Tree

Word: TypeAlias = tuple[str, datetime]  # an event's id and time
FAR = 10**9
STATED = ("SH", "SZ")  # markets whose previous close is an ex-date's reference price
JUMP = Fraction(1, 10)  # elsewhere a split makes it differ by more
MICROSECOND = timedelta(microseconds=1)


@dataclass
class Desk:
    """One instrument."""

    symbol: str
    days: list[Candle]  # raw
    ratio: Fraction = Fraction(1)
    shelves: dict[timedelta, Shelf] = field(default_factory=dict)
    lives: list[Life | Tree] = field(default_factory=list)
    opened: datetime | None = None  # its session
    closed: datetime | None = None  # the one before
    last: Quote | None = None
    seen: datetime | None = None  # the newest quote's time
    high: int | None = None
    low: int | None = None
    gap: bool = False
    unseen: bool = False  # the close of its newest day

    def leaves(self) -> Iterator[Life]:
        """Every leaf, in order."""
        for life in self.lives:
            yield from life.parts if isinstance(life, Tree) else [life]

    def trees(self) -> Iterator[Tree]:
        """Every composite, in order."""
        return (life for life in self.lives if isinstance(life, Tree))


def flat(node: Node, *, negated: bool = False) -> Iterator[tuple[Leaf, bool]]:
    """Its leaves in the order they are written, and whether each stands negated."""
    if isinstance(node, Leaf):
        yield node, negated
    else:
        for part in parts_of(node):
            yield from flat(part, negated=negated is not isinstance(node, Not))


@dataclass
class Ledger:
    """One market."""

    market: str
    scale: int
    grid: Sequence[int]  # prices that quotes and levels lie among
    desks: dict[str, Desk] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    first: datetime | None = None
    newest: datetime | None = None
    quoted: datetime | None = None
    said: list[Word] = field(default_factory=list)

    def enlist(self, symbol: str, closes: Sequence[int]) -> None:
        """An instrument and its daily closes."""
        candles = [Candle(Fraction(close), Fraction(close), Fraction(close)) for close in closes]
        self.desks[symbol] = Desk(symbol, candles)

    def add(self, made: Condition) -> None:
        """A condition."""
        desk, root = self.desks[made.symbol], made.root
        late = self.newest is not None and self.newest >= self._bars(self.newest)[0].start
        self.order[made.id] = len(self.order)
        since = None if self.newest is None else self.newest + MICROSECOND
        parts = [
            Life(one, made.id, part=root is not one, negated=negated, late=late)
            for one, negated in flat(root)
        ]
        desk.lives.append(parts[0] if isinstance(root, Leaf) else Tree(root, made.id, parts))
        for size in {life.size for life in parts if life.size is not None}:
            desk.shelves.setdefault(size, Shelf(self.market, size, self.scale, since))

    def take(self, frame: Frame) -> list[Word]:
        """One frame and what it brings."""
        self.said = []
        if not frame.quotes:
            self._pass(frame.received, frame.received - MINUTE)
        for quote in frame.quotes:
            self._pass(quote.time, quote.time)
            self._quote(self.desks[quote.symbol], quote)
        return self.said

    def lose(self) -> None:
        """The feed was away up to now."""
        upto = self.newest
        for desk in self.desks.values():
            desk.gap = True
            for shelf in desk.shelves.values():
                after = max((known for known in (desk.seen, shelf.since) if known), default=None)
                if upto is None or after is None or not self._missed(shelf.size, after, upto):
                    continue
                shelf.since, shelf.done, shelf.memo = upto + MICROSECOND, [], None
                if shelf.bar is not None:
                    shelf.bar.whole = False
                for life in desk.leaves():
                    life.moved = life.moved or life.size == shelf.size

    def _missed(self, size: timedelta, after: datetime, upto: datetime) -> bool:
        opened = self._bars(upto)[0].start
        if self.market != "BINANCE" and opened <= upto < opened + MINUTE:
            upto = opened - MICROSECOND
        day, found = after, []
        while day < upto + timedelta(days=1):
            found += [bar.start for bar in bars(self.market, size, day)]
            day += timedelta(days=1)
        return any(after < start <= upto for start in found)

    def _bars(self, moment: datetime) -> tuple[Slot, ...]:
        return bars(self.market, MINUTE, moment)

    # Time

    def _pass(self, newest: datetime, quoted: datetime) -> None:
        self.first = self.first or newest
        self.newest = newest = max(self.newest or newest, newest)
        self.quoted = quoted = max(self.quoted or quoted, quoted)
        ends = []
        for at, desk in enumerate(self.desks.values()):
            over = desk.opened is not None and newest >= self._bars(desk.opened)[-1].due
            ends += [
                (shelf.bar.slot.due, at, size, desk, shelf)
                for size, shelf in desk.shelves.items()
                if shelf.bar is not None and (quoted >= shelf.bar.slot.due or over)
            ]
        for _, _, size, desk, shelf in sorted(ends, key=lambda end: end[:3]):
            self._close(desk, shelf, size)
        start = len(self.said)
        for desk in self.desks.values():
            if desk.opened is not None and newest >= self._bars(desk.opened)[-1].due:
                self._end(desk, self._bars(desk.opened)[-1].end)
        self._sort(start)

    def _close(self, desk: Desk, shelf: Shelf, size: timedelta) -> None:
        """A minute bar ends."""
        assert shelf.bar is not None
        start, end = len(self.said), shelf.bar.slot.end
        for life in desk.lives:
            if life.size == size:
                self._say(life, life.close(to=self._finished(desk, life)), end)
        for tree in desk.trees():
            for part in tree.parts:
                if part.size == size:
                    part.close()
        shelf.close((desk.last.price if desk.last else None) or 0)
        self._sort(start)

    def _end(self, desk: Desk, end: datetime) -> None:
        """A day bar ends."""
        for life in desk.lives:
            if life.size is None:
                self._say(life, life.close(to=self._finished(desk, life)), end)
        if desk.last is not None:
            close = Fraction(desk.last.price or 0)
            if self.market in STATED or abs(desk.ratio - 1) > JUMP:
                desk.days = [bar.times(desk.ratio) for bar in desk.days]
            desk.days.append(Candle(Fraction(desk.high or 0), Fraction(desk.low or 0), close))
            desk.unseen = desk.last.time < end
        desk.opened, desk.closed = None, desk.opened

    def _finished(self, desk: Desk, life: Life | Tree) -> bool | None:
        """The truth that a closing bar decides by."""
        price = (desk.last.price if desk.last else None) or 0

        def says(one: Life) -> bool | None:
            if one.size is None or desk.shelves[one.size].bar is None:
                return one.literal()
            return one.finished(self._sight(desk, one, price, ()))

        return life.truth(says) if isinstance(life, Tree) else says(life)

    def _say(self, life: Life | Tree, words: Sequence[str], time: datetime) -> None:
        self.said += [(f"{life.key}:{word}", time) for word in words]

    def _sort(self, start: int) -> None:
        """What one instant says is told in the order of conditions."""
        self.said[start:] = sorted(self.said[start:], key=lambda word: self.order[word[0].partition(":")[0]])

    # Quotes

    def _quote(self, desk: Desk, quote: Quote) -> None:
        price, opened, start = quote.price or 0, self._bars(quote.time)[0].start, len(self.said)
        if opened == desk.closed:
            desk.seen = quote.time
            return
        if desk.opened != opened:
            desk.opened, desk.last, desk.high, desk.low = opened, None, None, None
            self._rescale(desk, quote.prev_close)
            for life in desk.leaves():
                life.begin()
            for tree in desk.trees():
                tree.begin(opened)
        for shelf in desk.shelves.values():
            self._watch(shelf, quote, opened)
            shelf.open(quote.time)
        touched = self._touched(desk, quote)
        for life in desk.leaves():
            self._say(life, life.see(self._sight(desk, life, price, touched)), quote.time)
        for tree in desk.trees():
            self._say(tree, tree.see(opened), quote.time)
        self._sort(start)
        self._extend(desk, quote, price)

    def _rescale(self, desk: Desk, prev_close: int | None) -> None:
        """Bars before a session are put on the scale on which the last close is the previous close.

        Of a day whose last quote was not the session's last the previous close is the close nobody saw.
        """
        last, desk.ratio = desk.days[-1], Fraction(1)
        if prev_close:
            desk.ratio = Fraction(prev_close) / last.close
        if prev_close and desk.unseen and abs(desk.ratio - 1) <= JUMP:
            close = Fraction(prev_close)
            desk.days[-1] = Candle(max(last.high, close), min(last.low, close), close)
            desk.ratio = Fraction(1)
        desk.unseen = False
        for shelf in desk.shelves.values():
            shelf.done, shelf.memo = [bar.times(desk.ratio) for bar in shelf.done], None

    def _watch(self, shelf: Shelf, quote: Quote, opened: datetime) -> None:
        if shelf.since is None:
            shelf.since = min(self.first or quote.time, quote.time)
            if self.market != "BINANCE" and opened <= shelf.since < opened + MINUTE:
                shelf.since = opened

    def _touched(self, desk: Desk, quote: Quote) -> tuple[tuple[int, int], ...]:
        """Spans of prices the day's high and low passed since the last quote, the price itself left out."""
        old, price, found = desk.last, quote.price or 0, []
        if old is None or desk.gap:
            return ()
        if quote.high is not None and old.high is not None:
            found.append((max(desk.high or 0, price), quote.high))
        if quote.low is not None and old.low is not None:
            found.append((quote.low, min(desk.low or FAR, price)))
        return tuple(span for span in found if span[0] < span[1])

    def _sight(self, desk: Desk, life: Life, price: int, touched: tuple[tuple[int, int], ...]) -> Sight:
        before = None if desk.last is None else desk.last.price
        if life.size is None:
            past = Past(tuple(bar.times(desk.ratio) for bar in desk.days[-9:]), self.scale)
            return Sight(past, Open(), price, before, desk.last is None, self.grid, touched)
        shelf = desk.shelves[life.size]
        opening = shelf.bar is None or shelf.bar.fresh
        extremes = Open() if shelf.bar is None else shelf.bar.extremes()
        return Sight(shelf.past(), extremes, price, before, opening, self.grid, () if opening else touched)

    def _extend(self, desk: Desk, quote: Quote, price: int) -> None:
        """Open bars and the day with this quote; new extremes of the day where they were made in the bar."""
        old, top, bottom = desk.last, desk.high, desk.low
        for shelf in desk.shelves.values():
            bar = shelf.bar
            if bar is None:
                continue
            stated = old is not None and old.high is not None and old.low is not None
            within = not desk.gap and ((bar.slot.opens and bar.whole) or (not bar.fresh and stated))
            high = [price] + [quote.high or 0] * (
                within and (bar.slot.opens or (quote.high or 0) > (top or 0))
            )
            low = [price] + [quote.low or FAR] * (
                within and (bar.slot.opens or (quote.low or FAR) < (bottom or FAR))
            )
            if bar.take(max(high), min(low)):
                for life in desk.leaves():
                    life.moved = life.moved or (life.size == shelf.size and life.one.signal in EXTREMES)
        desk.high = max(price, top or 0, quote.high or 0)
        desk.low = min(price, bottom or FAR, quote.low or FAR)
        desk.last, desk.seen, desk.gap = quote, quote.time, False
