"""Days that closed at the limit: in a row, and among the last n; today counts while sealed."""

from decimal import Decimal

from rules.formulas.board import Board, Seal
from rules.limits import Side, closed_at, streak
from rules.meter import COUNT_SCALE, Moment, beyond
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Priced, Unit

BARS = 30  # enough for any streak that was ever seen and then some


class Streak(Priced):
    """Closes at the limit in a row up to the last session, one more while sealed today."""

    unit = Unit.COUNT
    resets = True
    side = Side.UP

    def need(self, args: tuple[Argument, ...]) -> int:
        """A streak's length is not known before."""
        del args
        return BARS

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The count."""
        del leaf, inputs
        side = self.side

        def count(seal: Seal, moment: Moment) -> int | None:
            own = moment.own
            if own is None or own.daily is None:
                return None
            return streak(own.instrument, own.daily, side) + seal.is_sealed

        return Own(
            f"limit_streak {side.value}", (), COUNT_SCALE, percent=False, meter=lambda: Board(side, count)
        )

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself, where history can tell."""
        if inputs.history is None:
            return Absent(inputs.stale)
        return beyond(leaf.verb, leaf.level or Decimal(), COUNT_SCALE)


@SIGNALS.add("limit_streak")
class StreakUp(Streak):
    """Of the upper limit."""

    summary = "days in a row that closed at the upper limit; today counts while sealed"
    summary_zh = "连续涨停天数（今日封住才算）"
    phrases = (Phrase("", "limit_streak {op} {level}", "连续涨停 {op} {level}", Form.STATE),)


@SIGNALS.add("limit_streak down")
class StreakDown(Streak):
    """Of the lower limit."""

    summary = "days in a row that closed at the lower limit; today counts while sealed"
    summary_zh = "连续跌停天数（今日封住才算）"
    phrases = (Phrase("", "limit_streak down {op} {level}", "连续跌停 {op} {level}", Form.STATE),)
    side = Side.DOWN


class Among(Priced):
    """How many of the last n sessions, today included, closed at the limit; today counts while sealed."""

    unit = Unit.COUNT
    parameters: tuple[Parameter, ...] = (Parameter("span", ParameterKind.SPAN, 2, 250),)
    resets = True
    side = Side.UP

    def need(self, args: tuple[Argument, ...]) -> int:
        """The sessions before today, and the close before the first of them."""
        return _days(args)

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The count."""
        del inputs
        side, days = self.side, _days(leaf.args)

        def count(seal: Seal, moment: Moment) -> int | None:
            own = moment.own
            if own is None or own.daily is None or len(own.daily) < days:
                return None
            key, memo = ("limits", side, days), own.daily.memo
            if key not in memo:
                places = range(len(own.daily) - days + 1, len(own.daily))
                memo[key] = sum(closed_at(own.instrument, own.daily, place, side) for place in places)
            return int(memo[key]) + seal.is_sealed

        return Own(
            f"limits {side.value}", leaf.args, COUNT_SCALE, percent=False, meter=lambda: Board(side, count)
        )

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself, where history can tell."""
        days = _days(leaf.args)
        if inputs.history is None:
            return Absent(inputs.stale)
        if len(inputs.history) < days:
            return Absent(f"{days} daily bars needed, {len(inputs.history)} known")
        return beyond(leaf.verb, leaf.level or Decimal(), COUNT_SCALE)


def _days(args: tuple[Argument, ...]) -> int:
    return int(str(args[0]).removesuffix("d"))


@SIGNALS.add("limits")
class AmongUp(Among):
    """Of the upper limit."""

    summary = "how many of the last n sessions closed at the upper limit; today counts while sealed"
    summary_zh = "n 日内涨停次数（今日封住才算）"
    phrases = (Phrase("", "limits({span}) {op} {level}", "{span}涨停次数 {op} {level}", Form.STATE),)


@SIGNALS.add("limits down")
class AmongDown(Among):
    """Of the lower limit."""

    summary = "how many of the last n sessions closed at the lower limit; today counts while sealed"
    summary_zh = "n 日内跌停次数（今日封住才算）"
    phrases = (Phrase("", "limits down({span}) {op} {level}", "{span}跌停次数 {op} {level}", Form.STATE),)
    side = Side.DOWN
