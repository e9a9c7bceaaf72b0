"""Where a close lies between the extremes of nine bars, smoothed twice: the state behind KDJ.

RSV = 100 x (C - LLV(L, 9)) / (HHV(H, 9) - LLV(L, 9)); TDX: K = SMA(RSV, 3, 1), D = SMA(K, 3, 1), begun with
the first RSV, J = 3 K - 2 D. TA-Lib's STOCH(9, 3, 3) takes plain means of three instead. In both a new bar
weighs a third, so K and D are straight lines over its RSV.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rules.adjust import Daily
from rules.formulas.recursion import carried
from rules.formulas.roots import pieces
from rules.formulas.smoothing import Convention, kept, numbers, smooth
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import Follows, Priced, in_currency
from rules.timeframe import BAR, enough

SPAN, SMOOTH, MOST = 9, 3, 100  # MOST: RSV of a close at the highest high
STILL_TDX, STILL_TALIB = 50.0, 0.0  # RSV of nine bars at one price


@dataclass(frozen=True, slots=True)
class Lines:
    """K, D and J of one bar."""

    k: float
    d: float

    @property
    def j(self) -> float:
        """3 K - 2 D."""
        return 3 * self.k - 2 * self.d


@dataclass(frozen=True, slots=True)
class Past:
    """What the finished bars leave to the open one."""

    last: Lines  # of the newest finished bar
    k: float  # K = k + RSV / 3
    d: float  # D = d + K / 3
    low: float  # extremes of the eight newest finished bars
    high: float
    still: float  # RSV of nine bars at one price

    def then(self, rsv: float) -> Lines:
        """The open bar's lines by its RSV."""
        k = self.k + rsv / SMOOTH
        return Lines(k, self.d + k / SMOOTH)

    def cross(self) -> float:
        """The RSV at which K = D."""
        return SMOOTH * (self.d * SMOOTH / (SMOOTH - 1) - self.k)

    def rsv_of(self, line: str, level: float) -> float:
        """The RSV at which a line is at a level."""
        k = {
            "k": level,
            "d": SMOOTH * (level - self.d),
            "j": (level + 2 * self.d) / (3 - 2 / SMOOTH),
        }[line]
        return SMOOTH * (k - self.k)


def past_of(bars: Daily, convention: Convention) -> Past:
    """The state after the newest bar; computed once for the same bars."""

    def compute() -> Past:
        bottom, top = min(numbers(bars.low[1 - SPAN :])), max(numbers(bars.high[1 - SPAN :]))
        if convention is Convention.TDX:
            last = carried(bars, ("stochastic lines", convention), _advance)
            return Past(last, last.k * 2 / SMOOTH, last.d * 2 / SMOOTH, bottom, top, STILL_TDX)
        raw = _raw(bars, max(0, len(bars) + 1 - 2 * SMOOTH), len(bars), STILL_TALIB)
        slow = [sum(raw[at - SMOOTH : at]) / SMOOTH for at in range(len(raw) - SMOOTH + 1, len(raw) + 1)]
        last = Lines(slow[-1], sum(slow) / SMOOTH)
        return Past(last, sum(raw[-2:]) / SMOOTH, sum(slow[-2:]) / SMOOTH, bottom, top, STILL_TALIB)

    return kept(bars, ("stochastic", convention), compute)


def _advance(now: Lines | None, bars: Daily, start: int, stop: int) -> Lines:
    """K and D of the terminals, begun with the first RSV."""
    raw = _raw(bars, start, stop, STILL_TDX)
    if now is None:
        now, raw = Lines(raw[0], raw[0]), raw[1:]
    k, d = now.k, now.d
    for one in raw:
        k = smooth(k, (one,), 1 / SMOOTH)
        d = smooth(d, (k,), 1 / SMOOTH)
    return Lines(k, d)


def _raw(bars: Daily, start: int, stop: int, still: float) -> list[float]:
    """RSV of each of bars[start:stop]."""
    first = max(0, start + 1 - SPAN)
    low, high, close = (numbers(column[first:stop]) for column in (bars.low, bars.high, bars.close))
    found = []
    for at in range(start - first, stop - first):
        span = slice(max(0, at + 1 - SPAN), at + 1)
        found.append(rsv(close[at], (min(low[span]), max(high[span])), still))
    return found


def rsv(price: float, extremes: tuple[float, float], still: float) -> float:
    """100 x the price's place between the extremes."""
    low, high = extremes
    return 100 * (price - low) / (high - low) if high > low else still


def extremes(past: Past, inputs: Inputs) -> tuple[float, float]:
    """The lowest and highest of eight finished bars and the open one so far, its newest price not yet in."""
    low = past.low if inputs.day_low is None else min(past.low, inputs.day_low)
    high = past.high if inputs.day_high is None else max(past.high, inputs.day_high)
    return low, high


def live(past: Past, inputs: Inputs, price: float) -> Lines:
    """The open bar's lines at a price, which may itself be the new extreme."""
    low, high = extremes(past, inputs)
    return past.then(rsv(price, (min(low, price), max(high, price)), past.still))


class Stochastic(Priced):
    """What KDJ's crosses and lines share."""

    parameters = (BAR,)
    unfinished = True
    convention = Convention.TDX

    def need(self, args: tuple[Argument, ...]) -> int:
        """Bars after which the seeds no longer decide."""
        del args
        return 10 * SPAN

    def follows(self, args: tuple[Argument, ...]) -> Follows:
        """The open bar's high and low are among the nine bars' extremes."""
        del args
        return Follows.EXTREMES

    def past(self, leaf: Leaf, inputs: Inputs) -> Past | Absent:
        """What the finished bars leave to the open one."""
        bars = enough(leaf, inputs, SPAN + 2 * SMOOTH)
        return bars if isinstance(bars, Absent) else past_of(bars, self.convention)

    def turns(
        self, past: Past, inputs: Inputs, definition: Callable[[Lines], bool], roots: tuple[float, ...]
    ) -> Region:
        """The region of a definition by its RSVs; beyond the extremes RSV is 0 and 100."""
        low, high = extremes(past, inputs)
        prices = [low, high, *(low + root / MOST * (high - low) for root in roots if 0 <= root <= MOST)]
        evidence = {
            "k": past.last.k,
            "d": past.last.d,
            "rest k": past.k,
            "rest d": past.d,
            "lowest": in_currency(inputs, low),
            "highest": in_currency(inputs, high),
        }
        return pieces(lambda price: definition(live(past, inputs, price)), prices, evidence)
