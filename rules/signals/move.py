"""The move within a window of trading time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from rules.calm import Calm
from rules.formulas.windows import Base, told, width
from rules.line import Line
from rules.meter import PERCENT_SCALE, Moment, encode
from rules.model import Leaf, Quote
from rules.region import FARTHEST, Absent, Inputs
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Straight, Unit

WORTH = 1  # times the prices of the last window apart: room that is worth foreseeing beyond a window


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

        Beyond a window the prices that come are bases, too. Where that leaves them too little room, up to the
        window's end, or to the first base from which it would be beyond at this price already.
        """
        price, past = moment.price, self._base.past
        assert self._found  # noqa: S101 - a number was just read
        parts = PERCENT_SCALE + (low + 1) // 2, PERCENT_SCALE + high // 2  # of the base
        until = self._base.lasting(calm.until)
        near = min(until, moment.elapsed + past.window - past.size)
        bases = [self._found, *self._base.may_come(moment, near)]
        least, most = min(bases), max(bases)
        floor, ceiling = bounds(parts, least, most)
        if not floor <= price < ceiling:
            near, least, most = self._until_beyond(moment, near, parts)
            floor, ceiling = bounds(parts, least, most)
        elif near < until and len(bases) > 1 and (room := around(parts, price)) >= WORTH * (most - least):
            near, floor, ceiling = until, max(floor, price - room), min(ceiling, price + room + 1)
        calm.hold(near)
        calm.keep(floor, ceiling)
        return True

    def _until_beyond(self, moment: Moment, until: int, parts: tuple[int, int]) -> tuple[int, int, int]:
        """When the first base comes from which it is beyond at this price; the least and most before."""
        floor, ceiling = parts
        lowest = moment.price * PERCENT_SCALE // ceiling + 1 if ceiling > 0 else FARTHEST
        highest = moment.price * PERCENT_SCALE // floor if floor > 0 else FARTHEST
        least = most = self._found or 0
        for time, number in self._base.ahead(moment, until):
            if not lowest <= number <= highest:
                return time, least, most
            least, most = min(least, number), max(most, number)
        return until, least, most

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


def bounds(parts: tuple[int, int], least: int, most: int) -> tuple[int, int]:
    """From which price on and beneath which one a move is within parts of every base from least to most."""
    return -(-most * parts[0] // PERCENT_SCALE), -(-least * parts[1] // PERCENT_SCALE)


def around(parts: tuple[int, int], price: int) -> int:
    """How far about a price others may lie so that the move from any of them to any is within these parts."""
    floor, ceiling = parts
    up = (price * (ceiling - PERCENT_SCALE) - 1) // (ceiling + PERCENT_SCALE)
    return min(up, price * (PERCENT_SCALE - floor) // (PERCENT_SCALE + floor) if floor > 0 else up)


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
