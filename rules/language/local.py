"""English words that mean what the instrument's market makes of them: parts of its day, and colours.

"In the morning", "in the first hour", "power hour" become clock times; round-the-clock markets have no such
parts. Green is a rise in America and on coins, a fall in China, so there the words are refused. What is
written is no longer than what it stands for, so columns stay.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from rules.language.fault import Trouble
from rules.model import Instrument
from rules.sessions import usual_hours

_NOON = {
    "US": (time(12), time(12)),
    "HK": (time(12), time(13)),
}  # when the morning ends, the afternoon begins
_BREAK = (time(11, 30), time(13))  # Shanghai, Shenzhen, Beijing
_Part: TypeAlias = Callable[[re.Match[str], time, time, tuple[time, time]], tuple[time, time]]
_LENGTH = r"(?:(?P<n>\d{1,3})\s*-?\s*(?:minutes?|mins?)|(?P<half>half\s+an\s+hour|half\s+hour)|(?:1\s+)?hour)"
_OF = r"(?:\s+of\s+(?:the\s+)?(?:trading(?:\s+day)?|day|session|today))"


def _shifted(clock: time, by: timedelta) -> time:
    return (datetime.combine(date(2000, 1, 2), clock) + by).time()


def _length(said: re.Match[str]) -> timedelta:
    return timedelta(minutes=int(said["n"] or (30 if said["half"] else 60)))


_PARTS: tuple[tuple[re.Pattern[str], _Part], ...] = tuple(
    (re.compile(rf"(?<![a-z_\d])(?<!\d\s)(?:{pattern})(?![a-z_])", re.IGNORECASE), part)
    for pattern, part in (
        (
            r"(?:in|during|over)\s+the\s+(?:am\s+|early\s+)?morning(?:\s+session)?|this\s+morning|(?:in|during)\s+morning\s+trading",
            lambda _said, opens, _closes, noon: (opens, noon[0]),
        ),
        (
            (
                r"(?:in|during|over)\s+the\s+(?:pm\s+|late\s+)?afternoon(?:\s+session)?|this\s+afternoon|"
                r"(?:in|during)\s+afternoon\s+trading|after\s+(?:the\s+)?lunch(?:\s+break)?"
            ),
            lambda _said, _opens, closes, noon: (noon[1], closes),
        ),
        (
            r"(?:before|by|until)\s+noon|before\s+(?:the\s+)?lunch(?:\s+break)?",
            lambda _said, opens, _closes, noon: (opens, noon[0]),
        ),
        (
            r"(?:in|during|within|over)\s+(?:the\s+)?power\s+hour",
            lambda _said, _opens, closes, _noon: (_shifted(closes, -timedelta(hours=1)), closes),
        ),
        (
            rf"(?:in|during|within)\s+the\s+(?:first|opening)\s+{_LENGTH}{_OF}?(?!\s+(?:high|low|range))",
            lambda said, opens, _closes, _noon: (opens, _shifted(opens, _length(said))),
        ),
        (
            rf"(?:in|during|within)\s+the\s+(?:final\s+{_LENGTH}{_OF}?|last\s+(?P<m>\d{{1,3}})\s*(?:minutes?|mins?){_OF})",
            lambda said, _opens, closes, _noon: (
                _shifted(closes, -(timedelta(minutes=int(said["m"])) if said["m"] else _length(said))),
                closes,
            ),
        ),
        (
            rf"(?:in|during|within)\s+the\s+(?:last\s+)?{_LENGTH}{_OF}",
            lambda said, _opens, closes, _noon: (_shifted(closes, -_length(said)), closes),
        ),
    )
)
_COLOUR = re.compile(r"(?<![a-z_])(?:green|red)(?![a-z_])", re.IGNORECASE)
_RED_IS_UP = frozenset({"SH", "SZ", "BJ", "HK", "GROUP"})
_SEAL = re.compile(r"seal", re.IGNORECASE)  # has a form of its own for the first minutes


def local(text: str, begin: int, instrument: Instrument) -> str:
    """The text with the parts of a day in its condition as clock times, those of the instrument's market.

    Trouble for a colour where it may mean either direction.
    """
    usual = usual_hours(instrument.market)
    head, bar, tail = text[begin:].partition("|")
    if instrument.market in _RED_IS_UP and (said := _COLOUR.search(head)):
        near = "crosses above prev close, crosses below prev close"
        raise Trouble("vague", begin + said.start(), said[0], near=near)
    if usual is None or _SEAL.search(head):
        return text
    noon = _NOON.get(instrument.market, _BREAK)
    for pattern, part in _PARTS:
        for said in pattern.finditer(head):
            head = head.replace(said[0], _written(said, part(said, *usual, noon)))
    return f"{text[:begin]}{head}{bar}{tail}"


def _written(said: re.Match[str], span: tuple[time, time]) -> str:
    start, end = (f"{clock:%H:%M}".removeprefix("0") for clock in span)
    written = f"{start}-{end}"
    return written.ljust(len(said[0])) if len(written) <= len(said[0]) and span[0] < span[1] else said[0]
