"""The day's change: price / previous close - 1."""

from rules.signal import SIGNALS, Form, Parameter, Phrase, Unit


@SIGNALS.add("change")
class Change:
    """Price / previous close - 1."""

    summary = "price / previous close - 1"
    summary_zh = "涨跌幅（对昨收）"
    unit = Unit.PERCENT
    parameters: tuple[Parameter, ...] = ()
    phrases = (Phrase("", "change {op} {level}", "涨跌幅 {op} {level}", Form.STATE),)
    groups_only = False
    resets = True
    unfinished = False
