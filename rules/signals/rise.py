"""How far the price rose from the lowest, or fell from the highest, within a window of trading time."""

from collections.abc import Mapping
from datetime import timedelta

from rules.formulas.windows import Extreme, told, width
from rules.line import Line
from rules.meter import PERCENT_SCALE, Moment, encode
from rules.model import Direction, Leaf
from rules.region import Absent, Inputs
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Straight, Unit


class Distance:
    """Price / lowest within w - 1 (sign +1); 1 - price / highest within w (sign -1)."""

    def __init__(self, window: timedelta, sign: int, decimals: int) -> None:
        self._extreme, self._sign, self._decimals = Extreme(window, sign), sign, decimals
        self._found: int | None = None

    def read(self, moment: Moment) -> int | None:
        """Encoded; None while not every price of the window was seen."""
        found = self._found = self._extreme.find(moment)
        return None if found is None else encode(self._sign * (moment.price - found), found, PERCENT_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """The extreme."""
        return told(self._found, self._decimals, since_open=self._extreme.is_open)

    def restart(self) -> None:
        """A session has an open of its own."""
        self._extreme.clear()


class Swing(Straight):
    """What rise and fall share: both are never negative, and count from a price of the window."""

    unit = Unit.PERCENT
    parameters: tuple[Parameter, ...] = (Parameter("w", ParameterKind.WINDOW, 10, 86_400),)
    resets = True
    sign = 1

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The window's own."""
        window, sign, decimals = width(leaf), self.sign, inputs.instrument.decimals
        return Own(
            leaf.signal,
            leaf.args,
            PERCENT_SCALE,
            percent=True,
            meter=lambda: Distance(window, sign, decimals),
        )

    def line(self, leaf: Leaf, inputs: Inputs) -> Line | Absent:
        """The level itself."""
        del leaf, inputs
        return Line(slope=PERCENT_SCALE, coded=True)


@SIGNALS.add("rise")
class Rise(Swing):
    """Price / lowest within w trading minutes - 1."""

    summary = "price / lowest price within w trading minutes - 1"
    summary_zh = "w 分钟内自最低价的涨幅"
    phrases = (Phrase("", "rise({w}) {op} {level}", "{w}最大涨幅 {op} {level}", Form.STATE, Direction.UP),)


@SIGNALS.add("fall")
class Fall(Swing):
    """1 - price / highest within w trading minutes: a fall is a positive number."""

    summary = "1 - price / highest price within w trading minutes, a positive number"
    summary_zh = "w 分钟内自最高价的跌幅（正数）"
    phrases = (Phrase("", "fall({w}) {op} {level}", "{w}最大跌幅 {op} {level}", Form.STATE, Direction.DOWN),)
    sign = -1
