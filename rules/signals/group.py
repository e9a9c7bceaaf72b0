"""What a group says of its members: how many lead (a group's change is the signal `change`)."""

from rules.signal import SIGNALS, Form, Parameter, Phrase, Unit


@SIGNALS.add("leaders")
class Leaders:
    """Members at 45 % or more of their own limit band with 500 M traded."""

    summary = "members at 45 % or more of their own limit band with 500 M traded"
    summary_zh = "领涨家数"
    unit = Unit.COUNT
    parameters: tuple[Parameter, ...] = ()
    phrases = (Phrase("", "leaders {op} {level}", "领涨家数 {op} {level}", Form.STATE),)
    groups_only = True
    resets = True
    unfinished = False
