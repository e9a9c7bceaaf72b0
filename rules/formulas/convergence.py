"""MACD's state: EMA12, EMA26 and DEA = EMA9 of their difference, one bar after the other."""

from dataclasses import dataclass

from rules.adjust import Daily
from rules.formulas.recursion import carried
from rules.formulas.smoothing import Convention, numbers, smoothed

FAST, SLOW, SIGNAL = 12, 26, 9
A, B, C = 2 / (FAST + 1), 2 / (SLOW + 1), 2 / (SIGNAL + 1)
ENOUGH = SLOW + SIGNAL  # with fewer bars the seeds still speak


@dataclass(frozen=True, slots=True)
class State:
    """Both EMAs, seeded with the first close, and the EMA of their difference."""

    fast: float
    slow: float
    dea: float

    @property
    def dif(self) -> float:
        """EMA12 - EMA26."""
        return self.fast - self.slow

    def then(self, close: float) -> "State":
        """One bar later."""
        fast = A * close + (1 - A) * self.fast
        slow = B * close + (1 - B) * self.slow
        return State(fast, slow, C * (fast - slow) + (1 - C) * self.dea)

    def gap(self, close: float) -> tuple[float, float]:
        """DIF - DEA one bar later, and the EMA26 that says what is noise: `then` without a value."""
        slow = B * close + (1 - B) * self.slow
        dif = A * close + (1 - A) * self.fast - slow
        return dif - (C * dif + (1 - C) * self.dea), slow

    def price(self, dif: float) -> float:
        """The close that makes the next bar's DIF."""
        return (dif - (1 - A) * self.fast + (1 - B) * self.slow) / (A - B)


def state(bars: Daily, convention: Convention = Convention.TDX) -> State:
    """The state after the newest bar; computed once for the same bars."""
    is_talib = convention is Convention.TALIB

    def advance(now: State | None, bars: Daily, start: int, stop: int) -> State:
        closes = numbers(bars.close[start:stop])
        if now is None and is_talib:
            return _talib(closes)
        if now is None:
            now, closes = State(closes[0], closes[0], 0.0), closes[1:]
        fast, slow, dea = now.fast, now.slow, now.dea
        a, b, c, rest_a, rest_b, rest_c = A, B, C, 1 - A, 1 - B, 1 - C
        for close in closes:  # as `then` does, without a value a bar
            fast = a * close + rest_a * fast
            slow = b * close + rest_b * slow
            dea = c * (fast - slow) + rest_c * dea
        return State(fast, slow, dea)

    return carried(bars, ("macd", convention), advance, SLOW + SIGNAL - 1 if is_talib else 1)


def _talib(closes: list[float]) -> State:
    """Both averages begin at the 26th bar with plain means, of 12 and 26; DEA with the mean of 9 DIFs."""
    fast, slow = smoothed(closes[SLOW - FAST :], A, FAST), smoothed(closes, B, SLOW)
    dea = smoothed([one - other for one, other in zip(fast, slow, strict=True)], C, SIGNAL)
    return State(fast[-1], slow[-1], dea[-1])
