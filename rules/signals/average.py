"""The moving average of daily closes with the live price as today's."""

from rules.model import Direction
from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Phrase, Unit


@SIGNALS.add("ma")
class Average:
    """Mean of the last n closes with the live price as today's."""

    summary = "mean of the last n closes with the live price as today's"
    summary_zh = "n 日均线（含现价）"
    unit = Unit.NONE
    parameters: tuple[Parameter, ...] = (Parameter("n", ParameterKind.COUNT, 2, 500),)
    phrases = (
        Phrase("above", "price > ma({n})", "价格 > {n}日线", Form.STATE, Direction.UP),
        Phrase("below", "price < ma({n})", "价格 < {n}日线", Form.STATE, Direction.DOWN),
        Phrase(
            "crosses above", "price crosses above ma({n})", "价格上穿{n}日线", Form.CROSSING, Direction.UP
        ),
        Phrase(
            "crosses below", "price crosses below ma({n})", "价格下穿{n}日线", Form.CROSSING, Direction.DOWN
        ),
        Phrase("reclaim", "reclaim ma({n})", "站上{n}日线", Form.CROSSING, Direction.UP),
        Phrase("lose", "lose ma({n})", "跌破{n}日线", Form.CROSSING, Direction.DOWN),
    )
    groups_only = False
    resets = False
    unfinished = True
