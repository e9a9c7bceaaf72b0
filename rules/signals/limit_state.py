"""States at the daily limit: sealed, opened, sealed again, one-price board, how often it opened."""

from collections.abc import Callable
from decimal import Decimal

from rules.formulas.board import Board, Seal, limit_now, regular
from rules.limits import NO_LIMIT, Side, limit_of
from rules.meter import COUNT_SCALE, Moment, beyond, encode
from rules.model import Direction, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit, in_currency

STATES: dict[str, Callable[[Seal, Moment], int]] = {
    "sealed": lambda seal, _: seal.is_sealed,
    "opened": lambda seal, _: seal.is_opened,
    "resealed": lambda seal, _: seal.is_sealed and seal.openings > 0,
}


class OnePrice:
    """Whether every trade of the session so far was at the limit: 1 or 0."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._is_broken = False

    def read(self, moment: Moment) -> int | None:
        """By the day's extremes as the feed says them, else by what was seen since the open."""
        quote, limit = regular(moment), limit_now(moment, self._side)
        if quote is None or not limit:
            return None
        known = [quote.open, quote.low if self._side is Side.UP else quote.high, moment.price]
        self._is_broken = self._is_broken or any(price and price != limit for price in known)
        if not self._is_broken and not known[1] and not moment.early:
            return None
        return encode(not self._is_broken, 1, COUNT_SCALE)

    def restart(self) -> None:
        """A new day, a new board."""
        self._is_broken = False


class State(Priced):
    """At the limit in one way or another; each is its own axis of 0 and 1."""

    unit = Unit.NONE
    resets = True
    side = Side.UP

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The state's own."""
        del inputs
        side, verb = self.side, leaf.verb
        name = f"limit {side.value} {verb}"
        if verb == "one price":
            return Own(name, (), COUNT_SCALE, percent=False, meter=lambda: OnePrice(side))
        return Own(name, (), COUNT_SCALE, percent=False, meter=lambda: Board(side, STATES[verb]))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """1 against 0."""
        del leaf
        return _limited(beyond(">=", Decimal(1), COUNT_SCALE), inputs, self.side)


def _limited(region: Region, inputs: Inputs, side: Side) -> Region | Absent:
    limit = limit_of(inputs, side)
    if not limit:
        return NO_LIMIT
    return Region(region.boundaries, region.first, region.ratios, {"limit": in_currency(inputs, limit)})


@SIGNALS.add("limit up")
class LimitUp(State):
    """Sealed, opened, sealed again, one price, at the upper limit."""

    summary = (
        "sealed at the upper limit (no sellers in two snapshots), opened after a minute or more, sealed again"
    )
    summary_zh = "封涨停、打开涨停、回封涨停、一字涨停"
    phrases = (
        Phrase("sealed", "limit up sealed", "封涨停", Form.STATE, Direction.UP),
        Phrase("opened", "limit up opened", "打开涨停", Form.CROSSING, Direction.DOWN),
        Phrase("resealed", "limit up resealed", "回封涨停", Form.STATE, Direction.UP),
        Phrase("one price", "limit up one price", "一字涨停", Form.STATE, Direction.UP),
    )


@SIGNALS.add("limit down")
class LimitDown(State):
    """Sealed, opened, sealed again, one price, at the lower limit."""

    summary = (
        "sealed at the lower limit (no buyers in two snapshots), opened after a minute or more, sealed again"
    )
    summary_zh = "封跌停、打开跌停、回封跌停、一字跌停"
    phrases = (
        Phrase("sealed", "limit down sealed", "封跌停", Form.STATE, Direction.DOWN),
        Phrase("opened", "limit down opened", "打开跌停", Form.CROSSING, Direction.UP),
        Phrase("resealed", "limit down resealed", "回封跌停", Form.STATE, Direction.DOWN),
        Phrase("one price", "limit down one price", "一字跌停", Form.STATE, Direction.DOWN),
    )
    side = Side.DOWN


class Openings(Priced):
    """How often a seal of a minute or more was opened today, as far as the session was watched."""

    unit = Unit.COUNT
    resets = True
    side = Side.UP

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The count."""
        del leaf, inputs
        side = self.side
        name = f"limit openings {side.value}"
        return Own(
            name, (), COUNT_SCALE, percent=False, meter=lambda: Board(side, lambda seal, _: seal.openings)
        )

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level itself."""
        return _limited(beyond(leaf.verb, leaf.level or Decimal(), COUNT_SCALE), inputs, self.side)


@SIGNALS.add("limit openings")
class OpeningsUp(Openings):
    """Of the upper limit."""

    summary = "how often the upper limit was opened today after a seal of a minute or more"
    summary_zh = "今日涨停打开次数"
    phrases = (Phrase("", "limit openings {op} {level}", "涨停打开次数 {op} {level}", Form.STATE),)


@SIGNALS.add("limit openings down")
class OpeningsDown(Openings):
    """Of the lower limit."""

    summary = "how often the lower limit was opened today after a seal of a minute or more"
    summary_zh = "今日跌停打开次数"
    phrases = (Phrase("", "limit openings down {op} {level}", "跌停打开次数 {op} {level}", Form.STATE),)
    side = Side.DOWN
