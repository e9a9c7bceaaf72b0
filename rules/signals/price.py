"""The last trade against a price the user typed."""

from rules.model import Direction
from rules.signal import SIGNALS, Form, Parameter, Phrase, Unit


@SIGNALS.add("price")
class Price:
    """Last trade."""

    summary = "last trade"
    summary_zh = "最新价"
    unit = Unit.PRICE
    parameters: tuple[Parameter, ...] = ()
    phrases = (
        Phrase("", "price {op} {level}", "价格 {op} {level}", Form.STATE),
        Phrase("crosses", "price crosses {level}", "价格穿越 {level}", Form.CROSSING),
        Phrase(
            "crosses above", "price crosses above {level}", "价格上穿 {level}", Form.CROSSING, Direction.UP
        ),
        Phrase(
            "crosses below", "price crosses below {level}", "价格下穿 {level}", Form.CROSSING, Direction.DOWN
        ),
    )
    groups_only = False
    resets = False
    unfinished = False
