"""The move within a window in units of what is usual for this instrument."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import pi, sqrt

from rules.formulas.curves import MICROSECOND
from rules.formulas.flow import daily_of
from rules.formulas.ranges import adr
from rules.formulas.windows import Base, told, width
from rules.meter import RATIO_SCALE, Moment, beyond, encode
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Priced, Unit

DAYS = 20
# The range of a random walk is on average sqrt(8 / pi) times the standard deviation of its end.
RANGE = sqrt(8 / pi)


class Deviations:
    """(Price / price w ago - 1) / its usual size."""

    def __init__(self, window: timedelta, decimals: int) -> None:
        self._base, self._decimals = Base(window), decimals
        self._found: int | None = None
        self._usual: float | None = None

    def read(self, moment: Moment) -> int | None:
        """Encoded; None while base or usual size are unknown."""
        base = self._found = self._base.find(moment)
        self._base.note(moment)
        usual = self._usual = self._size(moment)
        if not base or not usual:
            return None
        ratio = Fraction(moment.price - base, base) / Fraction(usual)
        return encode(*ratio.as_integer_ratio(), RATIO_SCALE)

    def evidence(self) -> Mapping[str, str | float]:
        """The base and the usual move in percent."""
        base = told(self._found, self._decimals, since_open=self._base.is_open)
        return base if self._usual is None else {**base, "usual move %": 100 * self._usual}

    def restart(self) -> None:
        """A session has an open of its own."""
        self._base.clear()

    def _size(self, moment: Moment) -> float | None:
        window = self._base.past.window
        if moment.profile is not None:
            return moment.profile.usual_move(window, moment.elapsed)
        bars, session = daily_of(moment), moment.session
        day = None if bars is None else adr(bars, DAYS)
        if day is None or session is None:
            return None
        return float(day) / RANGE * sqrt(window / (session.length // MICROSECOND))


@SIGNALS.add("sigma")
class Sigma(Priced):
    """move(w) / its usual size at this time of day, signed.

    Where the instrument's minutes are not known, the usual size is ADR20 / sqrt(8 / pi) x sqrt(w / session):
    a day's usual range taken for a random walk's, the same at every time of day.
    """

    summary = "move(w) / its usual size for this instrument"
    summary_zh = "w 分钟涨跌幅相当于平常幅度的倍数"
    unit = Unit.NUMBER
    parameters: tuple[Parameter, ...] = (Parameter("w", ParameterKind.WINDOW, 10, 86_400),)
    phrases = (Phrase("", "sigma({w}) {op} {level}", "{w}涨跌倍差 {op} {level}", Form.STATE),)
    resets = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """Twenty true ranges and the close before them."""
        del args
        return DAYS + 1

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The window's own."""
        window, decimals = width(leaf), inputs.instrument.decimals
        meter = lambda: Deviations(window, decimals)  # noqa: E731 - a line of its own
        return Own("sigma", leaf.args, RATIO_SCALE, percent=False, meter=meter)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), RATIO_SCALE)
