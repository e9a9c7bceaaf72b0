"""Fields of English sayings that are wider than the canonical ones: `{n:mean}`, `{bar:chart}`, `{op:is}` ...

A template's `{name:form}` reads the parameter `name` by the figure `form` of this table.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from rules.language.fault import Trouble
from rules.language.figures import OPERATORS, PARAMETERS, Figure, Value, write_number
from rules.language.lexicon import FALLS, RISES
from rules.language.vocabulary import verbs
from rules.signal import ParameterKind

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = MappingProxyType(
    {"d": 1, "t": 1, "s": 1, "w": 5, "m": 20, "q": 60, "y": 250}
)  # trading days, by initial
_WEEKS_A_YEAR = 52
_MEAN = (
    r"(?:s?mas?|dmas?|sma|simple\s+moving\s+averages?|moving\s+averages?|averages?|"
    r"avg|mov(?:ing)?\s+avg|mean)"
)
_EMA = r"(?:emas?|exponential\s+moving\s+averages?|exponential\s+averages?|exp\s+ma|exponential\s+ma)"
_DAY = r"(?:\s*-?\s*(?:(?:trading\s+)?days?|d|periods?|bars?|candles?)(?![a-z])['’]?s?)"
_CHART = (
    r"(?:\s*-?\s*(?:charts?|bars?|candles?|candlesticks?|time\s*frames?|"
    r"k\s*-?\s*lines?|basis|tf|period|level)(?![a-z]))"
)
_SIZE = (
    r"(?:(60|30|15|5|1)\s*-?\s*(?:minutes?|mins?|m)(?![a-z])|"
    r"(?:1\s*-?\s*(?:hours?|hr|h)|hourly|h1)(?![a-z])"
    r"|m(60|30|15|5|1)(?!\d))"
)


def _average(words: str) -> str:
    """MA20, ma(20), 20 MA, 20-day moving average, 20DMA."""
    line = r"|\s*-?\s*day\s*-?\s*line" if words is _MEAN else ""
    bare = (
        rf"|(?P<n3>\d+){_DAY}\s*(?:line\s*)?(?=$|on\b|by\b|or\b|from\b|/|cross|above\b|below\b|over\b|under\b)"
        if words is _MEAN
        else ""
    )
    return (
        rf"{words}\s*-?\s*\(?\s*(?P<n>\d+)(?![\d.%]|\s*-?\s*(?:day|d|period)(?![a-z]))(?:{_DAY})?\s*\)?"
        rf"|(?P<n2>\d+)(?:{_DAY}?\s*-?\s*{words}(?![a-z])(?:\s+line(?![a-z]))?{line}){bare}"
    )


def _number(match: re.Match[str]) -> int:
    digits = next(filter(None, match.groups()))
    if len(digits) > 9:  # noqa: PLR2004 - more than any count has
        raise Trouble("digits", match.start(), f"{match[0][:20]}...")
    return int(digits)


def _bar(match: re.Match[str]) -> timedelta:
    return timedelta(minutes=int(next(filter(None, match.groups()), 60)))


def _span(match: re.Match[str]) -> str:
    count = _number(match)
    unit = match["u"].lower()
    if unit.startswith("w") and count == _WEEKS_A_YEAR:
        return f"{_DAYS['y']}d"
    return f"{count * _DAYS[unit[0]]}d"


def _date(match: re.Match[str]) -> str:
    if match["y"]:
        year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    else:
        name = (match["name"] or match["name2"]).lower()[:3]
        year, month, day = int(match["y2"]), _MONTHS.index(name) + 1, int(match["d2"] or match["d3"])
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise Trouble("date", match.start(), match[0]) from None


def _operator(match: re.Match[str]) -> str:
    if match["sign"]:
        return OPERATORS[match["sign"]]
    return next(sign for sign, name in _SIDES.items() if match[name])


def _one_of(*words: str) -> str:
    return "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in sorted(words, key=len, reverse=True))


_MONTH, _TH = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?", "(?:st|nd|rd|th)?"
_SIDES = MappingProxyType({">": "gt", "<": "lt", ">=": "up", "<=": "down"})
_GOES = _one_of(
    *verbs("move trade break push stay remain"),
    *["goes", "go", "went", "is", "are", "gets", "get", "comes", "hits", "runs", "sits", "stands", "holds"],
)
_CLIMBS, _SINKS = _one_of(*RISES), _one_of(*FALLS)
_UPWARD, _DOWNWARD = r"(?:\s+(?:back|out|up))?", r"(?:\s+(?:back|out|down))?"
_ABOVE = _one_of(
    "above",
    "over",
    "past",
    "beyond",
    "through",
    "higher than",
    "north of",
    "upwards of",
    "in excess of",
    "at least",
    "no less than",
    "not less than",
    "a minimum of",
    "greater than or equal to",
    "up through",
)
_BELOW = _one_of(
    "below",
    "under",
    "beneath",
    "underneath",
    "lower than",
    "south of",
    "at most",
    "no more than",
    "not more than",
    "less than or equal to",
)
_REACHES = _one_of(
    *verbs("exceed surpass reach top clear pass"),
    *["hits", "hit", "attains", "exceeding"],
    "takes out",
    "gets to",
    "at or above",
)
_UP = (
    rf"(?:(?:{_GOES}|{_CLIMBS}){_UPWARD}\s+)?(?:back\s+)?(?:{_ABOVE})|{_REACHES}|(?:{_CLIMBS}|"
    r"goes\s+up|is\s+up|moves\s+up|up|trades\s+up|increases|gets\s+up|runs\s+up)(?:\s+back)?\s+to"
    rf"|(?:breaks?|broke|breaking)(?:\s+(?:out|up))?"
)
_DOWN = (
    rf"(?:(?:{_GOES}|{_SINKS}){_DOWNWARD}\s+)?(?:back\s+)?(?:{_BELOW})|(?:{_SINKS})\s+(?:down\s+)"
    rf"?through|(?:{_SINKS}|goes\s+down|is\s+down|moves\s+down|down|trades\s+down|"
    r"decreases|gets\s+down|comes\s+down)(?:\s+back)?\s+to"
    rf"|(?:breaks?\s+down|loses)"
)
_CHINESE = _one_of(*(word for word in OPERATORS if word[0] >= "一"))
_EDGE = "(?![a-z_])"


def _figure(pattern: str, read: Callable[[re.Match[str]], Value], label: str) -> Figure:
    return Figure(re.compile(pattern, re.IGNORECASE | re.ASCII), read, write_number, label)


MEASURES: Mapping[str, Figure] = MappingProxyType(
    {
        "mean": _figure(_average(_MEAN), _number, "a 20-day average"),
        "ema": _figure(_average(_EMA), _number, "a 20-day EMA"),
        "price": PARAMETERS[ParameterKind.PRICE],
        "peer": _figure(
            r"(?:(?:the|index|benchmark)\s+)?(?P<s>[\w.]+(?:\s+[\w.]+){0,2}?)(?=\s+(?:by|"
            r"at\s+least|more|over|\d[\d.]*\s*%))",
            lambda match: match["s"],
            "a symbol",
        ),
        "count": _figure(r"(\d+)(?![\d.%])", _number, "a whole number"),
        "th": _figure(r"(\d+)(?:st|nd|rd|th)(?![a-z])", _number, "3rd"),
        "days": _figure(rf"(\d+){_DAY}", _number, "20-day"),
        "size": _figure(rf"{_SIZE}{_CHART}?", _bar, "15m"),
        "chart": _figure(
            rf"(?:(?:on|using|,)\s+(?:(?:the|a|an|its)\s+)?\(?{_SIZE}\)?{_CHART}?|\({_SIZE}\)"
            rf"|(?:(?:in|at|with|for|by)\s+)?(?:(?:the|a|an|its)\s+)?{_SIZE}{_CHART})",
            _bar,
            "on 15m",
        ),
        "span": _figure(
            r"(?P<n>\d+)\s*-?\s*(?P<u>trading\s+days?|trading\s+sessions?|days?|d|sessions?|"
            r"weeks?|wks?|w|months?|mo"
            r"|quarters?|years?|yrs?|y)(?![a-z])",
            _span,
            "a span",
        ),
        "date": _figure(
            r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"
            rf"|(?:(?P<name>{_MONTH})\s+(?P<d2>\d{{1,2}}){_TH}|(?P<d3>\d{{1,2}})"
            rf"{_TH}\s+(?:of\s+)?(?P<name2>{_MONTH}))"
            r"[\s,]+(?P<y2>\d{4})(?!\d)",
            _date,
            "a date, 2025-04-08",
        ),
        "is": _figure(
            rf"(?:(?:{_GOES})\s+)?(?P<sign>>=|<=|=>|=<|≥|≤|>|<|{_CHINESE})"
            rf"|(?:(?:{_GOES})\s+)?(?P<gt>(?:more|greater)\s+than{_EDGE})"
            rf"|(?:(?:{_GOES})\s+)?(?P<lt>less\s+than{_EDGE})"
            rf"|(?P<down>(?:{_DOWN}){_EDGE})|(?P<up>(?:{_UP}){_EDGE})",
            _operator,
            "> >= < <=",
        ),
    }
)
