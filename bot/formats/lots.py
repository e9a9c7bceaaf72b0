"""How many shares one unit of volume is, told by the mean price: China's sources mix shares and lots."""

from dataclasses import dataclass

LOT = 100
SLACK = 0.01  # of the mean price against [low, high]: rounded amounts and lots


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """What traded in a day or bar: volume in the source's unit, amount in currency, prices in quanta."""

    volume: float | None
    amount: float | None
    low: int | None
    high: int | None


def fits(traded: Traded, lot: int, decimals: int) -> bool:
    """Whether `lot` shares a unit put the mean price between low and high; false where nothing traded."""
    volume, amount, low, high = traded.volume, traded.amount, traded.low, traded.high
    if not (volume and amount and low and high):
        return False
    mean = amount / volume * 10.0**decimals / lot
    slack = SLACK + 1 / volume
    return low * (1 - slack) <= mean <= high * (1 + slack)


def lot(traded: Traded, usual: int, decimals: int) -> int:
    """Shares in one unit of volume: `usual` unless only the other of 1 and 100 explains the amount."""
    other = LOT + 1 - usual
    return other if fits(traded, other, decimals) and not fits(traded, usual, decimals) else usual
