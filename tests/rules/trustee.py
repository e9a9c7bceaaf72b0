"""Composites by the book: their parts' lives under three-valued logic.

Written apart from `rules/`: every part is asked at every quote.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from rules.model import And, Leaf, Node, Not
from rules.nodes import parts_of
from tests.rules.clerk import Life


@dataclass
class Tree:
    """A composite over its parts' lives."""

    root: Node
    key: str
    parts: list[Life]
    ring: int = 0
    rang: bool = False
    provisional: bool = False
    session: object = None

    @property
    def size(self) -> timedelta | None:
        """The largest bars among its unfinished parts; None: days, or none."""
        sizes = [part.size for part in self.parts if part.unfinished]
        return max(size for size in sizes if size) if sizes and None not in sizes else None

    def truth(self, says: Callable[[Life], bool | None] = Life.literal) -> bool | None:
        """In three-valued logic, by what each part says."""
        lives = iter(self.parts)

        def walk(node: Node) -> bool | None:
            if isinstance(node, Leaf):
                return says(next(lives))
            found, every = [walk(part) for part in parts_of(node)], isinstance(node, And)
            if isinstance(node, Not):
                return found[0]  # the leaf itself is the opposite one
            if (not every) in found:
                return not every
            return None if None in found else every

        return walk(self.root)

    def see(self, session: object) -> list[str]:
        """After its parts moved."""
        found = self.truth()
        if found is None:
            return []
        if found and not self.rang:
            self.ring, self.rang, self.session = self.ring + 1, True, session
            self.provisional = any(part.unfinished for part in self.parts)
            return [f"{self.ring}:{'provisional' if self.provisional else 'fired'}"]
        return self.rearm() if not found and self.rang and self.truth(Life.sticky) is False else []

    def rearm(self) -> list[str]:
        """Back."""
        self.rang, told, self.provisional = False, self.provisional, False
        return [f"{self.ring}:withdrawn"] if told else []

    def close(self, *, to: bool | None) -> list[str]:
        """The bar that decides it closes."""
        if not self.provisional:
            return []
        self.provisional, self.rang = False, bool(to)
        return [f"{self.ring}:{'confirmed' if self.rang else 'withdrawn'}"]

    def begin(self, session: object) -> None:
        """A session begins: what yesterday's parts made true is over where no part says so any more."""
        if self.rang and self.session != session and self.truth(Life.sticky) is False:
            self.rearm()
