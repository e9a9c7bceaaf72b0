"""The move within a window of trading time in currency, as chart pages' "moving up 2.5 within 15 minutes"."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from rules.formulas.windows import Base, told, width
from rules.meter import RATIO_SCALE, Moment, beyond, encode
from rules.model import Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Priced, Unit


class Difference:
    """Price - the price w ago, with the bases of move(w)."""

    def __init__(self, window: timedelta, decimals: int) -> None:
        self._base, self._decimals = Base(window), decimals
        self._found: int | None = None

    def read(self, moment: Moment) -> int | None:
        """Encoded; None while the base is unknown."""
        base = self._found = self._base.find(moment)
        self._base.note(moment)
        return None if not base else encode(moment.price - base, 10**self._decimals, RATIO_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """The base."""
        return told(self._found, self._decimals, since_open=self._base.is_open)

    def restart(self) -> None:
        """Round the clock the window runs on; elsewhere a session has an open of its own."""
        self._base.clear()


@SIGNALS.add("move_by")
class MoveBy(Priced):
    """Price - price w trading minutes ago, in currency; below zero where it fell."""

    summary = "price - price w trading minutes ago, in currency"
    summary_zh = "w 分钟涨跌金额"
    unit = Unit.NUMBER
    parameters: tuple[Parameter, ...] = (Parameter("w", ParameterKind.WINDOW, 10, 86_400),)
    phrases = (Phrase("", "move_by({w}) {op} {level}", "{w}涨跌金额 {op} {level}", Form.STATE),)
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The window's own."""
        window, decimals = width(leaf), inputs.instrument.decimals
        meter = lambda: Difference(window, decimals)  # noqa: E731 - a line of its own
        return Own("move_by", leaf.args, RATIO_SCALE, percent=False, meter=meter)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), RATIO_SCALE)
