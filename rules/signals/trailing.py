"""A stop that trails the highest price since a date."""

from datetime import date
from decimal import Decimal

import numpy as np

from rules.formulas.relative import Base, points, risen
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import (
    SIGNALS,
    Follows,
    Form,
    Parameter,
    ParameterKind,
    Phrase,
    Priced,
    Unit,
    in_currency,
)


@SIGNALS.add("trailing")
class Trailing(Priced):
    """Price at or beneath the highest since a date, less the level.

    The date is the day the stop was armed and part of the condition, so a restart finds the same highest:
    the adjusted highs of all bars from that date on, and today's high as of the quote before, the whole
    first day included. A quote that makes a new high has fallen from none.
    """

    summary = "fall from the highest since a date (adjusted highs, today's included)"
    summary_zh = "自某日最高价回撤（移动止损）"
    unit = Unit.PERCENT
    parameters = (Parameter("date", ParameterKind.DATE, 0, 0),)
    phrases = (
        Phrase(
            "falls", "trailing {level} since {date}", "自{date}最高回撤 {level}", Form.STATE, Direction.DOWN
        ),
    )

    def need(self, args: tuple[Argument, ...]) -> int:
        """The bars since the date; how many only the session knows."""
        del args
        return 0

    def follows(self, args: tuple[Argument, ...]) -> Follows:
        """Today's high raises the stop."""
        del args
        return Follows.EXTREMES

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Highest x (1 - level), reached."""
        top = self._highest(date.fromisoformat(str(leaf.args[0])), inputs)
        if isinstance(top, Absent):
            return top
        base = Base(top, {"highest": in_currency(inputs, top), "since": str(leaf.args[0])})
        return risen("<=", base, -(leaf.level or Decimal()))

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """Percent points beneath the highest."""
        top = self._highest(date.fromisoformat(str(leaf.args[0])), inputs)
        return None if isinstance(top, Absent) else -points(top, price)

    def _highest(self, day: date, inputs: Inputs) -> float | Absent:
        session, bars = inputs.session, inputs.history
        if session is None or day > session:
            return Absent(f"it begins on {day}")
        tops = [] if inputs.day_high is None else [inputs.day_high]
        if day < session:
            if bars is None:
                return Absent(inputs.stale)
            start = int(np.searchsorted(bars.dates, np.datetime64(day, "D")))
            tops += bars.high[start:].tolist()
        return max(tops) if tops else Absent("no trade since then")
