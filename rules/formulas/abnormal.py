"""The exchanges' measures of abnormal moves: a stock's return over some days minus its base index's.

Source: conditions.md section 1 (the trading rules of Shanghai, Shenzhen and Beijing). A return counts from
the close before the interval's first day, today being its last day. That the exchange counts anew once it has
announced a move is not modelled here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from rules.limits import BOND, CHINEXT, STAR
from rules.meter import PERCENT_SCALE, Moment, Standing, encode
from rules.model import Instrument, Kind

BOARD_B = ("900", "200")  # shares in foreign currency are measured against indices of their own
MAIN, WIDE, BEIJING = Fraction(20, 100), Fraction(30, 100), Fraction(40, 100)


class Measure(NamedTuple):
    """So many days, and the deviations up and down that count."""

    days: int
    up: Fraction
    down: Fraction  # negative


SEVERE = (
    Measure(10, Fraction(1), Fraction(-50, 100)),
    Measure(30, Fraction(2), Fraction(-70, 100)),
)


def benchmark(instrument: Instrument) -> str | None:
    """The index an exchange measures a stock against; None for what it does not measure."""
    symbol = instrument.symbol
    if instrument.kind is not Kind.STOCK or BOND.fullmatch(symbol) or symbol.startswith(BOARD_B):
        return None
    if instrument.market == "BJ":
        return "899050.BJ"
    if instrument.market == "SH":
        return "000688.SH" if STAR.fullmatch(symbol) else "000002.SH"
    if instrument.market == "SZ":
        return "399102.SZ" if CHINEXT.fullmatch(symbol) else "399107.SZ"
    return None


def usual(instrument: Instrument) -> tuple[Measure, ...]:
    """The board's measure of a plain abnormal move."""
    if instrument.market == "BJ":
        size = BEIJING
    else:
        wide = STAR.fullmatch(instrument.symbol) or CHINEXT.fullmatch(instrument.symbol)
        size = WIDE if wide else MAIN
    return (Measure(3, size, -size),)


@dataclass(frozen=True, slots=True)
class Interval:
    """The closes that a deviation counts from, and the index's price now; all in quanta."""

    base: Fraction
    index_base: Fraction
    index: int

    def deviation(self, price: int) -> Fraction:
        """Return here minus return there."""
        return price / self.base - self.index / self.index_base

    def price_of(self, deviation: Fraction) -> Fraction:
        """The price that makes a deviation while the index stands still."""
        return self.base * (deviation + self.index / self.index_base)


def interval(own: Standing | None, others: Sequence[Standing | None], days: int) -> Interval | None:
    """The interval that ends today; None until both have traded, and where a history is too short."""
    index = others[0] if others else None
    if own is None or index is None or not own.price or not index.price:
        return None
    base, index_base = _close(own, days), _close(index, days)
    return None if not base or not index_base else Interval(base, index_base, index.price)


def _close(standing: Standing, days: int) -> Fraction | None:
    bars = standing.daily
    return None if bars is None or len(bars) < days else Fraction(bars.close[-days].item())


class Deviation:
    """Return over some days minus the base index's, as of the end of a frame."""

    def __init__(self, days: int, decimals: int) -> None:
        self._days, self._unit = days, 10**decimals
        self._found: Interval | None = None

    def read(self, moment: Moment) -> int | None:
        """Encoded; None while a side is unknown."""
        own = moment.own
        found = self._found = interval(own, moment.others, self._days)
        if found is None or own is None:
            return None
        return encode(*found.deviation(own.price or 0).as_integer_ratio(), PERCENT_SCALE)

    def price_of(self, number: Fraction) -> Fraction | None:
        """The price in quanta at which the deviation is so much."""
        return None if self._found is None else self._found.price_of(number)

    def evidence(self) -> Mapping[str, str | float]:
        """The close it counts from, and how far the index went since."""
        found = self._found
        if found is None:
            return {}
        moved = found.index / found.index_base - 1
        return {"base": float(found.base / self._unit), "index %": float(100 * moved)}

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


class Share:
    """How much of a measure's deviation is reached, the most of several measures; 1 where it counts.

    A sign of +1 or -1 looks at one direction alone, 0 at both.
    """

    def __init__(self, measures: Sequence[Measure], sign: int, decimals: int) -> None:
        self._measures, self._sign, self._unit = measures, sign, 10**decimals
        self._found: list[tuple[Measure, Interval]] = []
        self._price = 0

    def read(self, moment: Moment) -> int | None:
        """Encoded; None while every measure is unknown."""
        own = moment.own
        self._found = [
            (measure, found)
            for measure in self._measures
            if (found := interval(own, moment.others, measure.days)) is not None
        ]
        if own is None or not self._found:
            return None
        self._price = price = own.price or 0
        most = max(found.deviation(price) / bound for _, found, bound in self._bounds())
        return encode(*most.as_integer_ratio(), PERCENT_SCALE)

    def price_of(self, number: Fraction) -> Fraction | None:
        """The nearest price in quanta at which a measure is reached to this share."""
        prices = [found.price_of(bound * number) for _, found, bound in self._bounds()]
        return min(prices, key=lambda price: abs(price - self._price), default=None)

    def evidence(self) -> Mapping[str, str | float]:
        """Each measure's deviation in percent."""
        return {
            f"{measure.days}-day deviation %": float(100 * found.deviation(self._price))
            for measure, found in self._found
        }

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""

    def _bounds(self) -> list[tuple[Measure, Interval, Fraction]]:
        return [
            (measure, found, bound)
            for measure, found in self._found
            for bound in (measure.up, measure.down)
            if not self._sign or (bound > 0) is (self._sign > 0)
        ]
