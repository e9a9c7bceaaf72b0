"""Market value reaching a round hundred of billions."""

from rules.model import Direction, Leaf
from rules.region import Absent, Inputs, Region, threshold
from rules.signal import SIGNALS, Form, Phrase, Priced, Unit, in_currency

ROUND = 100_000_000_000  # currency


@SIGNALS.add("milestone")
class Milestone(Priced):
    """The first round hundred of billions above yesterday's market value, reached."""

    summary = "market value reaches the next round hundred of billions above yesterday's"
    summary_zh = "市值升破下一个千亿整数关口"
    unit = Unit.NONE
    phrases = (Phrase("reached", "market_cap milestone", "市值千亿整数关口", Form.CROSSING, Direction.UP),)
    resets = True

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Milestone / shares."""
        del leaf
        shares, close = inputs.shares, inputs.prev_close
        if not shares:
            return Absent("the share count is not known")
        if not close:
            return Absent("no previous close")
        unit = 10**inputs.instrument.decimals
        found = (close * shares // (ROUND * unit) + 1) * ROUND
        return threshold(">=", (found * unit, shares), {"milestone": found, "shares": shares})

    def value(self, inputs: Inputs, price: int) -> float:
        """Market value, currency."""
        return in_currency(inputs, price) * (inputs.shares or 0)
