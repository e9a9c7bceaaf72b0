"""MACD on daily closes with the live price as today's (terminals' convention)."""

from dataclasses import dataclass

from rules.adjust import Daily
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region, checked, never, threshold
from rules.signal import SIGNALS, Form, Phrase, Priced, Unit, in_currency

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


@SIGNALS.add("macd")
class Macd(Priced):
    """DIF = EMA12 - EMA26 against DEA = EMA9(DIF)."""

    summary = "DIF = EMA12 - EMA26 against DEA = EMA9(DIF)"
    summary_zh = "MACD（12,26,9）"
    unit = Unit.NONE
    phrases = (
        Phrase("golden cross", "macd golden cross", "MACD金叉", Form.CROSSING, Direction.UP, bars=True),
        Phrase("death cross", "macd death cross", "MACD死叉", Form.CROSSING, Direction.DOWN, bars=True),
    )
    unfinished = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """Bars after which the seeds no longer decide."""
        del args
        return 10 * SLOW

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """DIF(P) > DEA today where DIF(P) > yesterday's DEA, solved for P (performance.md 1.8)."""
        bars = inputs.history
        if bars is None:
            return Absent(inputs.stale)
        if len(bars) < ENOUGH:
            return Absent(f"{ENOUGH} daily bars needed, {len(bars)} known")
        past, golden = state(bars), leaf.verb == "golden cross"
        evidence = {"dif": in_currency(inputs, past.dif), "dea": in_currency(inputs, past.dea)}
        if past.dif > past.dea if golden else past.dif < past.dea:
            return never(evidence)
        level = (past.dea - (1 - A) * past.fast + (1 - B) * past.slow) / (A - B)

        def definition(price: int) -> bool:
            today = past.then(price)
            return today.dif > today.dea if golden else today.dif < today.dea

        return checked(threshold(">" if golden else "<", level.as_integer_ratio(), evidence), definition)


def state(bars: Daily) -> State:
    """The state after the newest bar; computed once for the same bars."""
    if "macd" not in bars.memo:
        closes = [float(close) for close in bars.close.tolist()]
        found = State(closes[0], closes[0], 0.0)
        for close in closes[1:]:
            found = found.then(close)
        bars.memo["macd"] = found
    past: State = bars.memo["macd"]
    return past
