"""The open: its distance to the previous close and to the previous day, and the price's distance to it."""

from rules.formulas.relative import Base, constant, points, risen
from rules.model import Argument, Direction, Leaf
from rules.region import Absent, Inputs, Region, threshold
from rules.signal import SIGNALS, Form, Phrase, Priced, Unit, in_currency

NO_OPEN = Absent("the open is not known")


@SIGNALS.add("change_open")
class ChangeOpen(Priced):
    """Price / today's open - 1."""

    summary = "price / today's open - 1"
    summary_zh = "涨跌幅（对今开）"
    unit = Unit.PERCENT
    phrases = (Phrase("", "change_open {op} {level}", "较今开涨跌幅 {op} {level}", Form.STATE),)
    resets = True

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Open x (1 + level)."""
        if not inputs.open:
            return NO_OPEN
        return risen(leaf.verb, Base(inputs.open, {"open": in_currency(inputs, inputs.open)}), leaf.level)

    def value(self, inputs: Inputs, price: int) -> float:
        """Percent points."""
        return points(inputs.open or price, price)


@SIGNALS.add("gap")
class Gap(Priced):
    """Open / previous close - 1: true or false for the whole session once the open is known."""

    summary = "open / previous close - 1, once the open is known"
    summary_zh = "跳空幅度（今开对昨收）"
    unit = Unit.PERCENT
    phrases = (Phrase("", "gap {op} {level}", "跳空 {op} {level}", Form.STATE),)
    resets = True

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Everywhere or nowhere: the price of now has no part in it."""
        if not inputs.open:
            return NO_OPEN
        if not inputs.prev_close:
            return Absent("no previous close")
        evidence = {"open": in_currency(inputs, inputs.open)}
        found = risen(leaf.verb, Base(inputs.prev_close, evidence), leaf.level)
        return constant(evidence, holds=found.truth(inputs.open))

    def value(self, inputs: Inputs, price: int) -> float:
        """Percent points; nothing while there is no open."""
        del price
        return points(inputs.prev_close, inputs.open) if inputs.open and inputs.prev_close else 0.0


class BeyondYesterday(Priced):
    """The open beyond an extreme of the previous day; strict, so a tie is no gap."""

    unit = Unit.NONE
    resets = True
    verb = ">"

    def need(self, args: tuple[Argument, ...]) -> int:
        """The previous day's bar."""
        del args
        return 1

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """Everywhere or nowhere: the price of now has no part in it."""
        del leaf
        if inputs.history is None:
            return Absent(inputs.stale)
        if not inputs.open:
            return NO_OPEN
        extreme = (inputs.history.high if self.verb == ">" else inputs.history.low)[-1].item()
        evidence = {"open": in_currency(inputs, inputs.open), "extreme": in_currency(inputs, extreme)}
        beyond = threshold(self.verb, extreme.as_integer_ratio()).truth(inputs.open)
        return constant(evidence, holds=beyond)


@SIGNALS.add("gap up")
class GapUp(BeyondYesterday):
    """Open above the previous day's high."""

    summary = "open above the previous day's high"
    summary_zh = "今开高于昨日最高"
    phrases = (Phrase("is", "gap up", "向上跳空", Form.STATE, Direction.UP),)


@SIGNALS.add("gap down")
class GapDown(BeyondYesterday):
    """Open below the previous day's low."""

    summary = "open below the previous day's low"
    summary_zh = "今开低于昨日最低"
    phrases = (Phrase("is", "gap down", "向下跳空", Form.STATE, Direction.DOWN),)
    verb = "<"
