"""MACD on daily closes with the live price as today's (terminals' convention)."""

from rules.model import Direction
from rules.signal import SIGNALS, Form, Parameter, Phrase, Unit


@SIGNALS.add("macd")
class Macd:
    """DIF = EMA12 - EMA26 against DEA = EMA9(DIF)."""

    summary = "DIF = EMA12 - EMA26 against DEA = EMA9(DIF)"
    summary_zh = "MACD（12,26,9）"
    unit = Unit.NONE
    parameters: tuple[Parameter, ...] = ()
    phrases = (
        Phrase("golden cross", "macd golden cross", "MACD金叉", Form.CROSSING, Direction.UP),
        Phrase("death cross", "macd death cross", "MACD死叉", Form.CROSSING, Direction.DOWN),
    )
    groups_only = False
    resets = False
    unfinished = True
