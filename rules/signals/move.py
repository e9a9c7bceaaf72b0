"""The move within a window of trading time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from rules.calm import HORIZON, Calm
from rules.formulas.windows import Base, told, width
from rules.line import Line
from rules.meter import PERCENT_SCALE, Moment, encode
from rules.model import Leaf, Quote
from rules.region import FARTHEST, Absent, Inputs
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Straight, Unit


class Window:
    """Price / the price w ago - 1."""

    def __init__(self, window: timedelta, decimals: int) -> None:
        self._base, self._decimals = Base(window), decimals
        self._found: int | None = None

    def read(self, moment: Moment) -> int | None:
        """Encoded; None while the base is unknown."""
        base = self._found = self._base.find(moment)
        self._base.note(moment)
        return None if not base else encode(moment.price - base, base, PERCENT_SCALE)

    def foresee(self, calm: Calm, moment: Moment, low: int, high: int) -> bool:
        """The prices that keep it there whichever of the bases that come it is counted from.

        Up to the first base from which it would be beyond at this price already.
        """
        base, now, past = self._found, moment.elapsed, self._base.past
        assert base  # noqa: S101 - a number was just read
        floor, ceiling = PERCENT_SCALE + (low + 1) // 2, PERCENT_SCALE + high // 2  # parts of the base
        lowest = moment.price * PERCENT_SCALE // ceiling + 1 if ceiling > 0 else FARTHEST
        highest = moment.price * PERCENT_SCALE // floor if floor > 0 else FARTHEST
        until = self._base.lasting(now + min(HORIZON, past.window - past.size))
        bases = [base, *self._base.may_come(moment, until)]
        if not lowest <= min(bases) <= max(bases) <= highest:
            ahead = self._base.ahead(moment, until)
            until = next((time for time, number in ahead.items() if not lowest <= number <= highest), until)
            bases = [base, *(number for time, number in ahead.items() if time < until)]
        calm.hold(until)
        calm.keep(-(-max(bases) * floor // PERCENT_SCALE), -(-min(bases) * ceiling // PERCENT_SCALE))
        return True

    def follow(
        self, origin: datetime, times: Sequence[datetime], prices: Sequence[int], newest: Quote
    ) -> None:
        """Prices to count from later on."""
        del newest
        self._base.follow(origin, times, prices)

    def evidence(self) -> Mapping[str, str | float]:
        """The base."""
        return told(self._found, self._decimals, since_open=self._base.is_open)

    def restart(self) -> None:
        """Round the clock the window runs on; elsewhere a session has an open of its own."""
        self._base.clear()


@SIGNALS.add("move")
class Move(Straight):
    """Price / price w trading minutes ago - 1."""

    summary = "price / price w trading minutes ago - 1"
    summary_zh = "w 分钟涨跌幅"
    unit = Unit.PERCENT
    parameters: tuple[Parameter, ...] = (Parameter("w", ParameterKind.WINDOW, 10, 86_400),)
    phrases = (Phrase("", "move({w}) {op} {level}", "{w}涨跌幅 {op} {level}", Form.STATE),)
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The window's own."""
        decimals = inputs.instrument.decimals
        window = width(leaf)
        return Own("move", leaf.args, PERCENT_SCALE, percent=True, meter=lambda: Window(window, decimals))

    def line(self, leaf: Leaf, inputs: Inputs) -> Line | Absent:
        """The level itself."""
        del leaf, inputs
        return Line(slope=PERCENT_SCALE, coded=True)
