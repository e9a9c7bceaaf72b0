"""From one usual day's range on one side of the previous close through it to the other."""

from rules.formulas.ranges import adr
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region, never, threshold
from rules.signal import SIGNALS, Follows, Form, Phrase, Priced, Unit

DAYS = 20


@SIGNALS.add("reversal")
class Reversal(Priced):
    """The day's low at least ADR20 beneath the previous close and the price above it; down: the other way.

    ADR20 is the mean true range of 20 days in percent of each day's previous close. The extreme is that of
    the day as of the quote before; the price through the previous close is strict.
    """

    summary = "from a usual day's range (ADR20) on one side of the previous close through it"
    summary_zh = "日内反转：偏离昨收达到 20 日平均真实波幅后反穿昨收"
    unit = Unit.NONE
    phrases = (
        Phrase("up", "reversal up", "反转上涨", Form.STATE, Direction.UP),
        Phrase("down", "reversal down", "反转下跌", Form.STATE, Direction.DOWN),
    )
    resets = True

    def need(self, args: tuple[Argument, ...]) -> int:
        """Twenty true ranges and the close before them."""
        del args
        return DAYS + 1

    def follows(self, args: tuple[Argument, ...]) -> Follows:
        """How far the day has been."""
        del args
        return Follows.EXTREMES

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The previous close, once the day has been far enough on the other side; nowhere until then."""
        base, bars, rising = inputs.prev_close, inputs.history, leaf.verb == "up"
        if bars is None:
            return Absent(inputs.stale)
        usual = adr(bars, DAYS)
        if usual is None or not base:
            return Absent(f"{DAYS + 1} daily bars needed, {len(bars)} known")
        evidence = {"ADR20": float(100 * usual)}
        reach = inputs.day_low if rising else inputs.day_high
        if reach is None or (base - reach if rising else reach - base) < usual * base:
            return never(evidence)
        return threshold(">" if rising else "<", (base, 1), evidence)
