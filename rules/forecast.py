"""Where an instrument's conditions would ring next: the index read aloud, outwards from the last price."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor

from rules.columns import KNOWN, PART, RANG, SLOW, TRUE, Columns
from rules.levels import outlook
from rules.live import Live
from rules.meter import is_invertible
from rules.placement import Placement
from rules.region import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """One condition that is false now, and the nearest price at which it becomes true."""

    condition: str  # its id
    text: str  # canonical, without the symbol
    price: int  # quanta, on the exchange's tick, rounded away from the level
    distance: float  # price / last price - 1


class Forecaster:
    """Reads one engine's index."""

    def __init__(self, columns: Columns, placement: Placement) -> None:
        self._columns, self._placement = columns, placement

    def ahead(self, live: Live, most: int) -> tuple[Ahead, ...]:
        """Up to `most` conditions beneath the last price and as many above it, the nearest first.

        Armed conditions on the price axis of regular hours, composites and conditions on axes of their own as
        far as the price decides them, everything else being as it stands; what rang and is not back by its
        hysteresis yet is not ahead. Empty before the session's first quote.
        """
        last = live.price
        if last is None:
            return ()
        beneath = self._limited(self._down(live, last), most)
        above = self._limited(self._up(live, last), most)
        both = [*beneath, *above, *self._inverted(live, last), *self._composites(live), *self._own(live)]
        found = [self._told(number, price, last) for number, price in both]
        found.sort(key=lambda one: (abs(one.distance), one.condition))
        return (
            *[one for one in found if one.price <= last][:most],
            *[one for one in found if one.price > last][:most],
        )

    def _up(self, live: Live, last: int) -> Iterator[tuple[int, int]]:
        lane, tick = live.price_lane, live.instrument.tick
        for at in range(lane.at if lane else 0, len(lane.levels) if lane else 0):
            assert lane is not None  # noqa: S101 - the range is empty without one
            number = lane.numbers[at]
            if self._is_armed(number) and lane.levels[at] == self._edge(number, last, up=True):
                yield number, -(-lane.levels[at] // tick) * tick

    def _down(self, live: Live, last: int) -> Iterator[tuple[int, int]]:
        lane, tick = live.price_lane, live.instrument.tick
        for at in range((lane.at if lane else 0) - 1, -1, -1):
            assert lane is not None  # noqa: S101 - the range is empty without one
            number = lane.numbers[at]
            if self._is_armed(number) and lane.levels[at] == self._edge(number, last, up=False):
                yield number, (lane.levels[at] - 1) // tick * tick

    def _is_armed(self, number: int) -> bool:
        """Known, not ringing, and false unless it is a crossing both ways."""
        state = self._columns.code[number]
        return bool(state & KNOWN) and not state & (PART | RANG) and bool(state & SLOW or not state & TRUE)

    def _edge(self, number: int, last: int, *, up: bool) -> int:
        """The boundary at which it becomes true: the nearest that way, of a two-way crossing the farther."""
        region = self._placement.region(number)
        assert isinstance(region, Region)  # noqa: S101 - it has a boundary on the lane
        ahead = [edge for edge in region.boundaries if (edge > last) is up]
        farther = bool(self._columns.code[number] & SLOW)
        return max(ahead) if up is farther else min(ahead)

    @staticmethod
    def _limited(found: Iterator[tuple[int, int]], most: int) -> list[tuple[int, int]]:
        return [pair for pair, _ in zip(found, range(most), strict=False)]

    def _inverted(self, live: Live, last: int) -> Iterator[tuple[int, int]]:
        """On axes that a price stands behind: where it would be while everything else stands still."""
        unit, tick = 10**live.instrument.decimals, live.instrument.tick
        found = {number for lane in live.lanes if is_invertible(lane.meter) for number in lane.numbers}
        for number in sorted(filter(self._is_armed, found)):
            for price in self._placement.sight(number).prices(unit):
                steps = price * unit / tick
                yield number, (ceil(steps) if steps * tick > last else floor(steps)) * tick

    def _composites(self, live: Live) -> Iterator[tuple[int, int]]:
        for number in live.trees or ():
            if not self._columns.code[number] & RANG:
                seen = outlook(self._columns.whole[number], live.now(), live.quote, seen=live.seen)
                for price in seen.rings_at if seen.truth is False else ():
                    yield number, price

    def _own(self, live: Live) -> Iterator[tuple[int, int]]:
        """On the other axes of their own: where the price alone would take them."""
        lanes = [lane for lane in live.lanes if lane.own is not None and not is_invertible(lane.meter)]
        numbers = {number for lane in lanes for number in lane.numbers}
        for number in sorted(numbers):
            if self._is_armed(number):
                condition = self._columns.condition(number, live.symbol)
                seen = outlook(condition, live.now(), live.quote, seen=live.seen)
                for price in seen.rings_at if seen.truth is False else ():
                    yield number, price

    def _told(self, number: int, price: int, last: int) -> Ahead:
        return Ahead(
            condition=self._columns.identity(number),
            text=self._columns.text(number),
            price=price,
            distance=price / last - 1,
        )
