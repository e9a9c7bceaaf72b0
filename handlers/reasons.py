"""Why a condition cannot be told right now: the engine's reasons in the chat's language."""

from re import compile as pattern

from handlers.command import Language
from handlers.reply import Html, join, say

# rules.levels joins the reasons of several parts with this.
_BETWEEN = "; "
_REASONS = (
    (pattern(r"the price alone does not decide it"), "reason.own"),
    (pattern(r"no history"), "reason.history"),
    (pattern(r"stale history"), "reason.stale"),
    (pattern(r"no session today"), "reason.session"),
    (pattern(r"no previous close"), "reason.close"),
    (pattern(r"no trade yet today"), "reason.trade"),
    (pattern(r"(?P<wanted>\d+) (?P<size>\d+)m bars needed, 0 known"), "reason.minutes"),
    (pattern(r"(?P<wanted>\d+) (?P<size>\d+)m bars needed, (?P<known>\d+) known"), "reason.growing"),
    (pattern(r"(?P<wanted>\d+) daily bars needed, (?P<known>\d+) known"), "reason.bars"),
)


def reason(language: Language, absent: str) -> Html:
    """The reasons in one sentence each; one without a translation as it is."""
    return join((_one(language, part) for part in absent.split(_BETWEEN)), say(language, "semicolon"))


def _one(language: Language, part: str) -> Html:
    for known, key in _REASONS:
        if match := known.fullmatch(part):
            return say(language, key, **match.groupdict())
    return say(language, "reason.other", reason=part)
