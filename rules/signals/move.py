"""The move within a window of trading time."""

from collections import deque
from datetime import timedelta
from decimal import Decimal

from rules.meter import PERCENT_SCALE, Moment, beyond, encode
from rules.model import Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Parameter, ParameterKind, Phrase, Priced, Unit

SECOND = 1_000_000  # microseconds
BUCKETS = 60


class Window:
    """The price w ago: at the end of the last bucket that ended w ago or earlier.

    Buckets of max(1 s, w / 60) of trading time. While w has not passed since the open, the open is the base;
    round the clock there is no open, and a window not seen whole is absent.
    """

    def __init__(self, window: timedelta) -> None:
        self._window = window // timedelta(microseconds=1)
        self._size = max(SECOND, self._window // BUCKETS)
        self._ends: deque[tuple[int, int]] = deque()  # (end of a bucket, its last price)
        self._base: int | None = None
        self._first: tuple[int, int] | None = None

    def read(self, moment: Moment) -> int | None:
        """Price / base - 1, encoded."""
        base = self._find(moment)
        self._note(moment)
        return None if not base else encode(moment.price - base, base, PERCENT_SCALE)

    def restart(self) -> None:
        """Round the clock the window runs on; elsewhere a session has an open of its own."""
        self._ends.clear()
        self._base = self._first = None

    def _note(self, moment: Moment) -> None:
        end = (moment.elapsed // self._size + 1) * self._size
        if self._ends and self._ends[-1][0] == end:
            self._ends.pop()
        self._ends.append((end, moment.price))
        if self._first is None:
            self._first = (moment.elapsed, moment.price)

    def _find(self, moment: Moment) -> int | None:
        ago = moment.elapsed - self._window
        if moment.open is not None and ago < 0:
            return moment.open
        while self._ends and self._ends[0][0] <= ago:
            self._base = self._ends.popleft()[1]
        if self._base is not None:
            return self._base
        if moment.open is not None and moment.early:
            return moment.open
        return self._first[1] if self._first is not None and self._first[0] <= ago else None


@SIGNALS.add("move")
class Move(Priced):
    """Price / price w trading minutes ago - 1."""

    summary = "price / price w trading minutes ago - 1"
    summary_zh = "w 分钟涨跌幅"
    unit = Unit.PERCENT
    parameters: tuple[Parameter, ...] = (Parameter("w", ParameterKind.WINDOW, 10, 86_400),)
    phrases = (Phrase("", "move({w}) {op} {level}", "{w}涨跌幅 {op} {level}", Form.STATE),)
    resets = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The window's own."""
        del inputs
        (window,) = leaf.args
        width = window if isinstance(window, timedelta) else timedelta()
        return Own("move", leaf.args, PERCENT_SCALE, percent=True, meter=lambda: Window(width))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        del inputs
        return beyond(leaf.verb, leaf.level or Decimal(), PERCENT_SCALE)
