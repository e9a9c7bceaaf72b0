"""Ex-dates in a running engine: levels typed before are compiled anew, and their owners told once."""

from dataclasses import replace
from datetime import date, timedelta

from rules.adjust import Factors
from rules.columns import PART, PLAIN, Columns
from rules.dated import current, told, typed, written
from rules.events import Fact, Teller, Turn
from rules.model import Event, Leaf, State
from rules.rings import Rings

EX_DATE = "ex-date"  # the signal of such an event
RECENT = timedelta(days=30)  # an older one is no news any more


class Rescaler:
    """Follows the factors of one instrument at a time, at its session's first quote or when they change."""

    def __init__(self, columns: Columns, rings: Rings, teller: Teller) -> None:
        self._columns, self._rings, self._teller = columns, rings, teller
        self._placement = rings.placement

    def follow(self, turn: Turn) -> None:
        """Where factors changed: dated levels go off their lanes, to be compiled at the next value."""
        live = turn.live
        known, live.applied = live.applied, live.factors
        if not live.dated or (known is None and live.factors is None):
            return
        days: dict[date | None, bool] = {}  # of typing -> whether its prices moved
        moved = []
        for number in live.dated:
            made = self._columns.pattern(number).made
            if made not in days:
                days[made] = _since(known, made) != _since(live.factors, made)
            if days[made]:
                self._columns.marks[number] &= ~PLAIN
                moved.append(number)
        self._placement.unsettle(live, moved)
        if live.factors is not None:
            self._tell(turn, live.factors, known)

    def _tell(self, turn: Turn, factors: Factors, known: Factors | None) -> None:
        """One event a condition whose level the newest ex-date moved; the store knows which were told."""
        live, day = turn.live, factors.newest()
        if day + RECENT < factors.session or (known is not None and day <= known.session):
            return
        leaves: dict[int, list[Leaf]] = {}
        for number in live.dated or ():
            leaf = self._columns.leaf(number)
            if leaf.made is not None and leaf.made < day:
                is_part = self._columns.code[number] & PART
                leaves.setdefault(self._rings.owner[number] if is_part else number, []).append(leaf)
        for number, some in sorted(leaves.items()):
            self._rings.outcome.notices.append(self._event(turn, number, some, day))

    def _event(self, turn: Turn, number: int, leaves: list[Leaf], day: date) -> Event:
        leaf, inputs = self._rings.leaf(number), turn.live.now()
        direction = self._rings.direction(number, leaf)
        fact = Fact(number=number, state=State.FIRED, leaf=leaf, direction=direction)
        said = self._teller.tell(turn, fact)
        evidence = told(leaves[0], inputs) | {
            "ex-date": day.isoformat(),
            "typed": written(price for one in leaves for price in typed(one)),
            "now": written(price for one in leaves for price in typed(current(one, inputs))),
        }
        return replace(
            said, ring=0, signal=EX_DATE, value=None, level=None, level_price=None, evidence=evidence
        )


def _since(factors: Factors | None, made: date | None) -> tuple[float, float]:
    return (1.0, 0.0) if factors is None or made is None else factors.since(made)
