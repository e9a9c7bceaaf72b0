"""Highs and lows: of today, of N days, of all history (adjusted intraday extremes)."""

from rules.model import Direction
from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Phrase, Unit


@SIGNALS.add("new high")
class NewHigh:
    """Above the highest high of today or of the N trading days before."""

    summary = "above the highest high of today or of the N trading days before"
    summary_zh = "当日或 N 日新高"
    unit = Unit.NONE
    parameters: tuple[Parameter, ...] = (Parameter("span", ParameterKind.SPAN, 1, 10_000),)
    phrases = (Phrase("is", "new high({span})", "{span}新高", Form.STATE, Direction.UP),)
    groups_only = False
    resets = True
    unfinished = False


@SIGNALS.add("new low")
class NewLow:
    """Below the lowest low of today or of the N trading days before."""

    summary = "below the lowest low of today or of the N trading days before"
    summary_zh = "当日或 N 日新低"
    unit = Unit.NONE
    parameters: tuple[Parameter, ...] = (Parameter("span", ParameterKind.SPAN, 1, 10_000),)
    phrases = (Phrase("is", "new low({span})", "{span}新低", Form.STATE, Direction.DOWN),)
    groups_only = False
    resets = True
    unfinished = False


@SIGNALS.add("record high")
class RecordHigh:
    """Above the highest adjusted intraday high of all history."""

    summary = "above the highest adjusted intraday high of all history"
    summary_zh = "历史新高"
    unit = Unit.NONE
    parameters: tuple[Parameter, ...] = ()
    phrases = (Phrase("is", "record high", "历史新高", Form.STATE, Direction.UP),)
    groups_only = False
    resets = False
    unfinished = False


@SIGNALS.add("record low")
class RecordLow:
    """Below the lowest adjusted intraday low of all history."""

    summary = "below the lowest adjusted intraday low of all history"
    summary_zh = "历史新低"
    unit = Unit.NONE
    parameters: tuple[Parameter, ...] = ()
    phrases = (Phrase("is", "record low", "历史新低", Form.STATE, Direction.DOWN),)
    groups_only = False
    resets = False
    unfinished = False
