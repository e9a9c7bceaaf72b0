"""The lives of conditions on bars by the book: rings armed, decided, taken back.

Written apart from `rules/`: everything is looked up anew at every quote, nothing is skipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from rules.model import And, Leaf, Node, Not
from tests.rules.book import (
    Open,
    Past,
    is_cross,
    is_crossing,
    is_known,
    size_of,
    stands,
    stood,
    turns,
)

H = Fraction(2, 1000)


@dataclass
class Sight:
    """What a leaf is judged by at one quote."""

    past: Past
    bar: Open
    price: int
    before: int | None  # the price of the quote before
    opening: bool  # the first quote of its bar, or session
    grid: Sequence[int]
    touched: tuple[tuple[int, int], ...] = ()  # (above, upto) that the day's new extremes passed


@dataclass
class Life:
    """One leaf's state; of a composite's part `owner` is set."""

    one: Leaf
    key: str
    part: bool = False
    negated: bool = False
    late: bool = False
    ring: int = 0
    known: bool = False
    holds: bool = False
    rang: bool = False
    waiting: bool = False
    provisional: bool = False
    moved: bool = True  # its boundaries are new
    met: bool = False

    @property
    def size(self) -> timedelta | None:
        """Of its bars."""
        return size_of(self.one)

    @property
    def anew(self) -> bool:
        """Decided anew on each bar."""
        return is_cross(self.one) or self.one.signal == "range"

    def truth(self, sight: Sight, price: Fraction | float) -> bool:
        """What the definition says at a price."""
        return self._says(sight.past, sight.bar, price)

    def _says(self, past: Past, bar: Open, price: Fraction | float) -> bool:
        held = self.part and self.rang and self.size is not None
        came = (
            not is_cross(self.one)
            or held
            or not past.kept(("stood", self.one), lambda: stood(self.one, past))
        )
        return (came and stands(self.one, past, bar, price)) is not self.negated

    def edges(self, sight: Sight) -> list[tuple[int, Fraction]]:
        """Where its truth turns."""
        key = ("turns", self.one, sight.bar, self.negated, self.part and self.rang)
        past, bar = sight.past, sight.bar
        found: list[tuple[int, Fraction]] = past.kept(
            key,
            lambda: turns(
                lambda price: self._says(past, bar, price),
                lambda price: self._says(past.rough, bar.rough(), price),
                sight.grid,
            ),
        )
        return found

    def calm(self, sight: Sight) -> list[tuple[int, int]]:
        """Spans of prices where it is false and 0.2 % from its levels."""
        edges, spans, truth = self.edges(sight), [], self.truth(sight, sight.grid[0])
        ends = [(sight.grid[0], None), *edges, (sight.grid[-1] + 1, None)]
        for (low, level), (high, other) in pairwise(ends):
            if not truth:
                first = low if level is None else max(low, -(-level * (1 + H) // 1))
                last = high - 1 if other is None else min(high - 1, other * (1 - H) // 1)
                spans.append((int(first), int(last)))
            truth = not truth
        return [(low, high) for low, high in spans if low <= high]

    def see(self, sight: Sight) -> list[str]:
        """One quote; the words it brings."""
        if not is_known(self.one, sight.past):
            self.known, self.moved, self.met = False, False, True
            return []
        said: list[str] = []
        if self.moved or not self.known or sight.before is None:
            rung = self._judge(sight, said)
        else:
            rung = self._move(sight, said)
        fresh, self.moved, self.known, self.met = not self.met, False, True, True
        if not fresh and not self.part:
            said += self._touch(sight)
        if rung and not self.part:
            said.append(self._ring(fired=not self.unfinished))
        return said

    @property
    def unfinished(self) -> bool:
        """Provisional until its bar closes."""
        return self.one.signal not in ("range", "price")

    def _judge(self, sight: Sight, said: list[str]) -> bool:
        """New boundaries: truth as it is, no way counts."""
        if not self.known:
            self._first(sight)
        rang, self.late = self.rang, False
        rung = self._turn(to=self.truth(sight, sight.price))
        if rang and any(low <= sight.price <= high for low, high in self.calm(sight)):
            said += self.rearm()
        return rung

    def _turn(self, *, to: bool) -> bool:
        """The truth now; whether it rings."""
        self.holds, rung = to, to and not (self.rang or self.waiting)
        self.waiting, self.rang = self.waiting and to, self.rang or rung
        return rung

    def _first(self, sight: Sight) -> None:
        if not self.is_crossing or self.rang:
            return
        if not sight.opening or self.late:
            self.waiting = self.waiting or self.truth(sight, sight.price)
        elif not self.anew:
            before = Past(sight.past.bars[:-1], sight.past.scale)
            if sight.past.bars and is_known(self.one, before):
                self.waiting = self.waiting or stands(self.one, before, Open(), sight.past.closes[-1])

    @property
    def is_crossing(self) -> bool:
        """Must be seen false first."""
        return is_crossing(self.one) and not self.negated

    def _move(self, sight: Sight, said: list[str]) -> bool:
        """The same boundaries: each that lies on the way is passed."""
        assert sight.before is not None
        if self.part or not (self.holds or self.rang or self.waiting):  # only where a move ends counts
            ways = self._ways(sight) if self.rang else (None, None)
            rang, rung = self.rang, self._turn(to=self.truth(sight, sight.price))
        else:
            low, high = sorted((sight.before, sight.price))
            passed = [edge for edge, _ in self.edges(sight) if low < edge <= high]
            ways = self._ways(sight) if self.rang else (None, None)
            rang, rung = self.rang, False
            for _ in passed:
                rung = self._turn(to=not self.holds) or rung
        down, up = ways
        if rang and ((down is not None and sight.price <= down) or (up is not None and sight.price >= up)):
            said += self.rearm()
        if rung and not self.holds:
            self.rang = rung = False
        return rung

    def _ways(self, sight: Sight) -> tuple[int | None, int | None]:
        """Where it re-arms, downwards and upwards from the price before."""
        calm, before = self.calm(sight), sight.before or 0
        return (
            max((high for _, high in calm if high < before), default=None),
            min((low for low, _ in calm if low > before), default=None),
        )

    def _touch(self, sight: Sight) -> list[str]:
        """The day's new high touches, then the new low; what is not true at the price is taken back."""
        said: list[str] = []
        for above, upto in sight.touched:
            is_armed = not (self.holds or self.rang or self.waiting)
            if not is_armed or not any(above < edge <= upto for edge, _ in self.edges(sight)):
                continue
            said.append(self._ring(fired=not self.unfinished))
            if self.unfinished or any(low <= sight.price <= high for low, high in self.calm(sight)):
                said += self.rearm()
        return said

    def _ring(self, *, fired: bool) -> str:
        self.ring, self.rang, self.provisional = self.ring + 1, True, not fired
        return f"{self.ring}:{'fired' if fired else 'provisional'}"

    def rearm(self) -> list[str]:
        """Back."""
        self.rang, told, self.provisional = False, self.provisional, False
        if self.part and self.anew and self.size is not None:
            self.moved = True
        return [f"{self.ring}:withdrawn"] if told else []

    def close(self) -> list[str]:
        """Its bar closes: truth alone decides a provisional ring; a cross is one of its bar alone."""
        said: list[str] = []
        if self.provisional:
            is_true = self.known and self.holds
            self.provisional = False
            self.rang = is_true
            said = [f"{self.ring}:{'confirmed' if is_true else 'withdrawn'}"]
        self.moved, self.late = True, False
        if self.anew and not (self.part and self.is_crossing and self.rang and self.holds):
            self.rang = self.waiting = self.holds = False
            self.known = self.known and not self.part
        return said

    def literal(self) -> bool | None:
        """Inside a composite: a crossing from its ring until it goes back."""
        return (self.holds and not self.waiting) if self.known else None

    def sticky(self) -> bool | None:
        """The same, held until it is back by the hysteresis."""
        found = self.literal()
        return True if found is False and self.rang else found

    def begin(self) -> None:
        """A session begins: inside a composite a crossing ends."""
        self.moved = True
        if self.part and self.is_crossing:
            self.rang, self.waiting = False, self.waiting or self.holds
        if self.part and self.anew and self.size is not None:
            self.known = self.waiting = self.holds = False


@dataclass
class Tree:
    """A composite over its parts' lives."""

    root: Node
    key: str
    parts: list[Life]
    ring: int = 0
    known: bool = False
    holds: bool = False
    rang: bool = False
    provisional: bool = False
    session: object = None

    @property
    def size(self) -> timedelta | None:
        """The largest bars among its unfinished parts; None: days, or none."""
        sizes = [part.size for part in self.parts if part.unfinished]
        return max(size for size in sizes if size) if sizes and None not in sizes else None

    def truth(self, *, sticky: bool = False) -> bool | None:
        """In three-valued logic."""
        lives = iter(self.parts)

        def walk(node: Node) -> bool | None:
            if isinstance(node, Leaf):
                life = next(lives)
                return life.sticky() if sticky else life.literal()
            if isinstance(node, Not):
                return walk(node.part)  # the leaf itself is the opposite one
            found, every = [walk(part) for part in node.parts], isinstance(node, And)
            if (not every) in found:
                return not every
            return None if None in found else every

        return walk(self.root)

    def see(self, session: object) -> list[str]:
        """After its parts moved."""
        found = self.truth()
        self.known = found is not None
        if found is None:
            return []
        self.holds = found
        if found and not self.rang:
            self.ring, self.rang, self.session = self.ring + 1, True, session
            self.provisional = any(part.unfinished for part in self.parts)
            return [f"{self.ring}:{'provisional' if self.provisional else 'fired'}"]
        return self.rearm() if not found and self.rang and self.truth(sticky=True) is False else []

    def rearm(self) -> list[str]:
        """Back."""
        self.rang, told, self.provisional = False, self.provisional, False
        return [f"{self.ring}:withdrawn"] if told else []

    def close(self) -> list[str]:
        """The bar that decides it closes."""
        if not self.provisional:
            return []
        self.provisional, self.rang = False, self.known and self.holds
        return [f"{self.ring}:{'confirmed' if self.rang else 'withdrawn'}"]

    def begin(self, session: object) -> None:
        """A session begins: what yesterday's parts made true is over where no part says so any more."""
        if self.rang and self.session != session and self.truth(sticky=True) is False:
            self.rearm()
