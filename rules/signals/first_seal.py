"""The day's first seal at a limit, and how soon after the open it came."""

from datetime import timedelta
from decimal import Decimal

from rules.formulas.board import Board, Seal
from rules.limits import NO_LIMIT, Side, has_limits, limit_of
from rules.meter import COUNT_SCALE, Moment, beyond
from rules.model import Direction, Instrument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Priced, Unit

MICROSECOND = timedelta(microseconds=1)


class First(Priced):
    """Sealed for the first time today, at any time or within w of the open; its opening undoes nothing."""

    unit = Unit.NONE
    parameters: tuple[Parameter, ...] = (Parameter("w", ParameterKind.WINDOW, 60, 14_400),)
    resets = True
    side = Side.UP

    def exists(self, instrument: Instrument) -> bool:
        """Where there are limits."""
        return has_limits(instrument)

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """1 from the first seal on."""
        del inputs
        side = self.side
        window = next((one // MICROSECOND for one in leaf.args if isinstance(one, timedelta)), None)

        def count(seal: Seal, moment: Moment) -> int:
            del moment
            return seal.first is not None and (window is None or seal.first_elapsed <= window)

        name = f"first seal {side.value}"
        return Own(name, leaf.args, COUNT_SCALE, percent=False, meter=lambda: Board(side, count))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """1 against 0."""
        del leaf
        return beyond(">=", Decimal(1), COUNT_SCALE) if limit_of(inputs, self.side) else NO_LIMIT


@SIGNALS.add("first seal")
class FirstUp(First):
    """At the upper limit."""

    summary = "the day's first seal at the upper limit, at all or within w of the open"
    summary_zh = "当日首次封涨停（可限开盘后 w 内）"
    phrases = (
        Phrase("is", "first seal", "首次封涨停", Form.STATE, Direction.UP),
        Phrase("is", "first seal within {w}", "开盘{w}内首次封涨停", Form.STATE, Direction.UP),
    )


@SIGNALS.add("first seal down")
class FirstDown(First):
    """At the lower limit."""

    summary = "the day's first seal at the lower limit, at all or within w of the open"
    summary_zh = "当日首次封跌停（可限开盘后 w 内）"
    phrases = (
        Phrase("is", "first seal down", "首次封跌停", Form.STATE, Direction.DOWN),
        Phrase("is", "first seal down within {w}", "开盘{w}内首次封跌停", Form.STATE, Direction.DOWN),
    )
    side = Side.DOWN
