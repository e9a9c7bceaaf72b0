"""How far an instrument usually goes in a day: true ranges of its daily bars."""

from fractions import Fraction

from rules.adjust import Daily


def adr(bars: Daily, days: int) -> Fraction | None:
    """Mean true range of the last days, each as a part of the close before it; exact on raw prices.

    None where the bars do not reach that far back.
    """
    if len(bars) <= days:
        return None
    key = ("adr", days)
    if key not in bars.memo:
        total = Fraction()
        rows = zip(bars.high[-days:], bars.low[-days:], bars.close[-days - 1 : -1], strict=True)
        for high, low, before in ((top.item(), bottom.item(), close.item()) for top, bottom, close in rows):
            total += Fraction(max(high, before) - min(low, before)) / Fraction(before)
        bars.memo[key] = total / days
    found: Fraction = bars.memo[key]
    return found
