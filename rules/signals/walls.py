"""Walls: much money waiting on one side of the book."""

from decimal import Decimal

from rules.formulas.flow import exact
from rules.meter import AMOUNT_SCALE, Moment, beyond, encode
from rules.model import Direction, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Own, Phrase, Priced, Unit

WALL = Decimal(50_000_000)  # currency


class Depth:
    """Currency on one side of the book, on all levels the feed shows."""

    def __init__(self, *, is_bid: bool) -> None:
        self._is_bid = is_bid

    def read(self, moment: Moment) -> int | None:
        """Encoded; None where the feed has no such figure."""
        quote = moment.quote
        depth = None if quote is None else (quote.bid_depth if self._is_bid else quote.ask_depth)
        return None if depth is None else encode(*exact(depth).as_integer_ratio(), AMOUNT_SCALE)

    def restart(self) -> None:
        """Nothing is carried from quote to quote."""


class Wall(Priced):
    """At least 50 M, or what the rule says."""

    unit = Unit.AMOUNT
    resets = True
    is_bid = True

    def axis(self, leaf: Leaf, inputs: Inputs) -> Own | None:
        """The money."""
        del inputs
        is_bid = self.is_bid
        return Own(leaf.signal, leaf.args, AMOUNT_SCALE, percent=False, meter=lambda: Depth(is_bid=is_bid))

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The level, fifty million where none is said."""
        del inputs
        verb = ">=" if leaf.verb == "is" else leaf.verb
        return beyond(verb, WALL if leaf.level is None else leaf.level, AMOUNT_SCALE)


@SIGNALS.add("bid wall")
class BidWall(Wall):
    """50 M or more bid."""

    summary = "50 M or more on the bid side of the book"
    summary_zh = "有大买盘：买盘金额不低于 5000 万"
    phrases = (
        Phrase("is", "bid wall", "有大买盘", Form.STATE, Direction.UP),
        Phrase("", "bid wall {op} {level}", "买盘金额 {op} {level}", Form.STATE, Direction.UP),
    )


@SIGNALS.add("ask wall")
class AskWall(Wall):
    """50 M or more offered."""

    summary = "50 M or more on the ask side of the book"
    summary_zh = "有大卖盘：卖盘金额不低于 5000 万"
    phrases = (
        Phrase("is", "ask wall", "有大卖盘", Form.STATE, Direction.DOWN),
        Phrase("", "ask wall {op} {level}", "卖盘金额 {op} {level}", Form.STATE, Direction.DOWN),
    )
    is_bid = False
