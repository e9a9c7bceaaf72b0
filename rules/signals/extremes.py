"""Highs and lows: of today, of N days, of all history (adjusted intraday extremes)."""

from functools import lru_cache

from rules.adjust import SHORT, Column
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region, threshold
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

SPAN = (Parameter("span", ParameterKind.SPAN, 1, 10_000),)


class Extreme(Priced):
    """Beyond the highest high or the lowest low of a span; strict, so a tie is no new extreme."""

    unit = Unit.NONE
    verb = ">"

    def need(self, args: tuple[Argument, ...]) -> int:
        """The days of the span; all history for a record is whatever there is, at least one bar."""
        if args == ("day",):
            return 0
        return _days(args[0]) if args else 1

    def follows(self, args: tuple[Argument, ...]) -> Follows:
        """Today's extreme moves while it is watched."""
        return Follows.EXTREMES if args == ("day",) else Follows.SESSION

    def fresh(self, args: tuple[Argument, ...]) -> bool:
        """Only today's extreme is measured within the session."""
        return args == ("day",)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The extreme so far, before the quote that is compared with it."""
        found = self._today(inputs) if leaf.args == ("day",) else self._before(leaf.args, inputs)
        if isinstance(found, Absent):
            return found
        # The ratio of an adjusted float is that float exactly, so the boundary needs no check.
        return threshold(self.verb, found.as_integer_ratio(), {"extreme": in_currency(inputs, found)})

    def _today(self, inputs: Inputs) -> float | Absent:
        found = inputs.day_high if self.verb == ">" else inputs.day_low
        return Absent("no trade yet today") if found is None else found

    def _before(self, args: tuple[Argument, ...], inputs: Inputs) -> float | Absent:
        bars, days = inputs.history, self.need(args)
        if bars is None:
            return Absent(inputs.stale)
        if len(bars) < days:
            return Absent(f"{days} daily bars needed, {len(bars)} known")
        key = ("extreme", self.verb, days if args else 0)
        if key not in bars.memo:
            column = (bars.high if self.verb == ">" else bars.low)[len(bars) - days if args else 0 :]
            bars.memo[key] = _most(column, highest=self.verb == ">")
        extreme: float = bars.memo[key]
        return extreme


@lru_cache
def _days(span: Argument) -> int:
    return int(str(span).removesuffix("d"))


def _most(column: Column, *, highest: bool) -> float:
    """The highest or the lowest of a column; a short one as a list, which is sooner."""
    found: float
    if len(column) <= SHORT:
        found = (max if highest else min)(column.tolist())
    else:
        found = (column.max() if highest else column.min()).item()
    return found


@SIGNALS.add("new high")
class NewHigh(Extreme):
    """Above the highest high of today or of the N trading days before."""

    summary = "above the highest high of today or of the N trading days before"
    summary_zh = "当日或 N 日新高"
    parameters = SPAN
    phrases = (Phrase("is", "new high({span})", "{span}新高", Form.STATE, Direction.UP),)
    resets = True


@SIGNALS.add("new low")
class NewLow(Extreme):
    """Below the lowest low of today or of the N trading days before."""

    summary = "below the lowest low of today or of the N trading days before"
    summary_zh = "当日或 N 日新低"
    parameters = SPAN
    phrases = (Phrase("is", "new low({span})", "{span}新低", Form.STATE, Direction.DOWN),)
    resets = True
    verb = "<"


@SIGNALS.add("record high")
class RecordHigh(Extreme):
    """Above the highest adjusted intraday high of all history."""

    summary = "above the highest adjusted intraday high of all history"
    summary_zh = "历史新高"
    phrases = (Phrase("is", "record high", "历史新高", Form.STATE, Direction.UP),)


@SIGNALS.add("record low")
class RecordLow(Extreme):
    """Below the lowest adjusted intraday low of all history."""

    summary = "below the lowest adjusted intraday low of all history"
    summary_zh = "历史新低"
    phrases = (Phrase("is", "record low", "历史新低", Form.STATE, Direction.DOWN),)
    verb = "<"
