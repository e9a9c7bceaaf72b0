"""The move within a window of trading time."""

from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Phrase, Unit


@SIGNALS.add("move")
class Move:
    """Price / price w trading minutes ago - 1."""

    summary = "price / price w trading minutes ago - 1"
    summary_zh = "w 分钟涨跌幅"
    unit = Unit.PERCENT
    parameters: tuple[Parameter, ...] = (Parameter("w", ParameterKind.WINDOW, 10, 86_400),)
    phrases = (Phrase("", "move({w}) {op} {level}", "{w}涨跌幅 {op} {level}", Form.STATE),)
    groups_only = False
    resets = True
    unfinished = False
