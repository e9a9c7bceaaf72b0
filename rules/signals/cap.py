"""Market value: shares x price."""

from rules.signal import SIGNALS, Form, Parameter, Phrase, Unit


@SIGNALS.add("market_cap")
class MarketCap:
    """Shares x price."""

    summary = "shares x price"
    summary_zh = "总市值"
    unit = Unit.AMOUNT
    parameters: tuple[Parameter, ...] = ()
    phrases = (Phrase("", "market_cap {op} {level}", "市值 {op} {level}", Form.STATE),)
    groups_only = False
    resets = False
    unfinished = False
