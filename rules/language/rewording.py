"""English words written shorter before a condition is read: "five minutes" is "5    minutes".

Whatever is written is no longer than what it stands for and the rest is blank, so columns stay.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from rules.language.lexicon import FALLS
from rules.language.vocabulary import verbs

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_WORDS = {word: at for at, word in enumerate(_ONES)} | {word: 10 * at for at, word in enumerate(_TENS, 2)}
_ONE = "|".join(_ONES[1:10])
_COUNT = (
    rf"(?:(?:{_ONE}|an?)\s+hundred(?:\s+(?:and\s+)?)?)?(?:(?:{'|'.join(_TENS)})"
    rf"(?:[\s-]+(?:{_ONE}))?|{'|'.join(reversed(_ONES))})?"
)
_UNITS = (
    r"%|percent|per\s+cent|pct|percentage|minutes?|mins?|seconds?|secs?|hours?|hrs?|"
    r"days?|trading|weeks?|months?|years?|sessions?|times|x|fold"
    r"|limits?|consecutive|straight|leaders?|stocks?|leading|advanc|declin|boards?|"
    r"yuan|dollars?|bucks|usd|million|billion|thousand|trillion|hundred"
    r"|periods?|bars?|m|d|h|k|members|risers|fallers|gainers|losers"
)
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_FIGURE = (
    rf"[+-]?(?:us|hk)?[$¥€£]?\s*{_NUMBER}\s*(?:%|percent|pct|k|m|bn?|thousand|million|"
    r"billion|trillion|x|times|yuan|usd|dollars|rmb)?"
)
_CLAUSE = re.compile(r"(?<![a-z_])(?:and|or|then)(?![a-z_])|[(&]", re.IGNORECASE)
_DOWN_TO = re.compile(
    rf"(?<![a-z_])(?:below|under|beneath|less\s+than|at\s+most|(?:{'|'.join(FALLS)}|"
    r"down)\s+(?:back\s+)?to)(?![a-z_])|<",
    re.IGNORECASE,
)
_BOTH_WAYS = re.compile(
    r"(?<![a-z_])(?:(?:goes|go)\s+to|at(?!\s+least)|touche[sd]|cross\w*)(?![a-z_])", re.IGNORECASE
)
# Behind a figure that is a condition of its own.
_OVER = r"(?=\s*(?:$|[|&)]|(?:and|or|then|for|at|on|in|within|today|between|before|after|by|over)(?![a-z_])))"
_SOME = r"\s+(?:an?\s+|the\s+|its\s+)?(?:[\w.]+\s+){0,4}"
_LINE = r"(?:[es]?ma[\s(]*\d+\)?|\d+(?:[\s-]*(?:day|d|period|[es]?ma)s?(?![a-z]))?)"
_UPWARD = "|".join(verbs("gain jump climb increase advance rally", "rises rise up goes\\s+up moves\\s+up"))
_DOWNWARD = "|".join(verbs("drop decline decrease slide", "falls fall down loses goes\\s+down moves\\s+down"))


def _counted(match: re.Match[str]) -> str:
    """The number that words say."""
    total = 0
    for word in re.findall(r"[a-z]+", match[0].lower()):
        total = (
            (total or 1) * 100
            if word == "hundred"
            else total + _WORDS.get(word, 1 if word in {"a", "an"} else 0)
        )
    return str(total)


def _kept(match: re.Match[str]) -> str:
    return match["kept"]


def _one(match: re.Match[str]) -> str:
    return f"{match['said']}1 "


def _swing(match: re.Match[str]) -> str:
    return f"+/- {match['figure']}"


def _at_least(match: re.Match[str]) -> str:
    return f"{match['lead']}>={match['figure']}"


def _at_most(match: re.Match[str]) -> str:
    return f"{match['lead']}<={match['figure']}"


def _confirmed(match: re.Match[str]) -> str:
    """Nothing where "or more" says again what was said, itself where it says something else."""
    said = _CLAUSE.split(match.string[: match.start()])[-1]
    downward = _DOWN_TO.search(said) is not None
    is_plain = not downward and _BOTH_WAYS.search(said) is None
    return "" if (is_plain if match["more"] else downward) else match[0]


def _slash(match: re.Match[str]) -> str:
    """Two averages, of which one at least says that it is one."""
    is_pair = re.search(r"ma|day|period", match[0], re.IGNORECASE)
    return f"{match['a']} / {match['b']}" if is_pair else match[0]


def _clocks(match: re.Match[str]) -> str:
    """Between 10 and 11am, 1 and 3pm, 10 and 2pm: the first is of the half of the day before the second."""
    first, last = int(match["a"]), int(match["b"])
    if match["half"].lower() == "p":
        last += 12 if last < _NOON else 0
        first += 12 if first < _NOON and first + 12 < last else 0
    return f"{first}:00-{last}:00" if first < last < 2 * _NOON else match[0]


def _half(match: re.Match[str]) -> str:
    return f"{match[0][0]}m"


def _ordinal(match: re.Match[str]) -> str:
    return f"{_ORDINALS.index(match[0].lower()) + 1}th"


def _tilde(match: re.Match[str]) -> str:
    head, tail = match["head"], match["tail"]
    return f"{head}{'~'.center(len(match[0]) - len(head) - len(tail))}{tail}"


_Written: TypeAlias = str | Callable[[re.Match[str]], str]
_Rule: TypeAlias = tuple[re.Pattern[str], _Written]


def _bare(pattern: str, written: _Written) -> _Rule:
    return re.compile(pattern, re.IGNORECASE | re.ASCII), written


def _rule(pattern: str, written: _Written) -> _Rule:
    """One that begins with a word of its own."""
    return _bare(rf"(?<![a-z_\d.'])(?:{pattern})", written)


_NOON = 12
_CHANNEL = re.compile(r"(?:out|in)side|enter|leav|exit|channel|between|range|band", re.IGNORECASE)
_RULES: tuple[_Rule, ...] = (
    # Typing
    _rule(
        r"(?P<kept>more|less|greater|higher|lower)\s+then(?=\s+[\d$])", lambda match: f"{match['kept']} than"
    ),
    _bare(r"(?<=\d)(?P<kept>\s*(?:yuan|usd|dollars)?)\s+(?:price\s+)?(?:level|mark|handle)(?![a-z])", _kept),
    _bare(
        r"(?P<kept>\d\s*-?\s*(?:minutes?|mins?|hours?|seconds?))\s+(?:window|period|span|"
        r"interval)(?![a-z])",
        _kept,
    ),
    _rule(r"half\s+a\s+percent(?![a-z])", "0.5%"),
    _rule(r"(?:hits|reaches|at)\s+or\s+(?:exceeds|passes|surpasses|tops|goes\s+above)(?![a-z])", ">="),
    _bare(r"(?<=to)\s+or\s+(?:above|over|below|under|beyond)(?![a-z])", ""),
    # A change without its sign; steps of a ladder
    _bare(
        r"(?<![a-z])(?:%|pct\.?|percent(?:age)?)\s*(?P<said>(?:change|chg)\s*(?:[<>]=?|is\s+above|is\s+below|above|"
        r"below|over|under)\s*[+-]?\d+(?:\.\d+)?)(?![\d.%]|\s*(?:%|percent|pct))",
        lambda match: f"{match['said']}%",
    ),
    _bare(r"(?<=%)\s*/\s*(?=[+-]?\d+(?:\.\d+)?%)", ","),
    _bare(
        r"(?<=[\d%])(?P<kept>\s*,\s*)(?:and|then|or)(?=\s+[+-]?\d+(?:\.\d+)?\s*(?:%|percent|pct|k\b|$))",
        ", ",
    ),
    _bare(
        r"(?P<said>\d%?,\s*[+-]?\d+(?:\.\d+)?%?)\s+(?:and|then|or)(?=\s+[+-]?\d+(?:\.\d+)?\s*(?:%|percent|pct|$))",
        lambda match: f"{match['said']},",
    ),
    _rule(r"s\s*&\s*p(?:\s*500)?(?![a-z])", "sp500"),
    _rule(
        r"(?P<name>strength|ratio)\s+(?:vs\.?|versus|against|to|over)\s+(?:the\s+)?(?P<peer>[a-z][\w.]*|\d{5,6}(?:\.\w+)?)"
        r"(?=\s*(?:[<>]|above|below|over|under|at\s+least))",
        lambda match: f"{match['name']}({match['peer']})",
    ),
    _rule(
        r"(?P<name>rsi(?:\s*\(?\s*\d+\s*\)?)?|change|premium|bias\(\d+\)|kdj\s+[kdj]|cci(?:\(\d+\))?)\s+(?:is\s+|stays\s+)?"
        r"(?:between|from)\s+(?P<low>-?\d+(?:\.\d+)?%?)\s*(?:and|to|-)\s*(?P<high>-?\d+(?:\.\d+)?%?)(?![\d:])",
        lambda match: f"({match['name']}>={match['low']}&{match['name']}<={match['high']})",
    ),
    _rule(
        r"(?P<head>(?:outside|inside|channel|leav\w+|enter\w+|exit\w+)(?:\s+(?:of|the|range|channel|band))*\s+"
        r"\$?\d[\d.]*k?),(?=\s+\$?\d)",
        lambda match: f"{match['head']}~",
    ),
    # A channel without blanks is no figure with thousands
    _bare(
        r"(?<=[a-z(])(?P<low>\s*\(\s*\d{1,3}),(?P<high>\d{3}\s*\))",
        lambda match: f"{match['low']}~{match['high']}" if _CHANNEL.search(match.string) else match[0],
    ),
    _rule(
        r"(?:between|from)\s+(?P<a>\d{1,2})(?:\s+(?:and|to)\s+|\s*-\s*)(?P<b>\d{1,2})\s*(?P<half>[ap])\.?m(?![a-z])",
        _clocks,
    ),
    _rule(
        r"(?P<name>leaders|advancers|decliners|limit_ups|limit_downs|limit\s+ups|limit\s+downs)\s+(?P<n>\d+)\s+or\s+more(?![a-z])",
        lambda match: f"{match['name']}>={match['n']}",
    ),
    # "Then" waits within a time; with a percentage the time would be a move's
    _rule(
        r"(?P<head>(?:then|followed\s+by)\s[^%|]*?\s)in\s+(?P<n>\d{1,3})\s*(?P<u>m|h)(?:inutes?|ins?|ours?|rs?)(?=\s*$)",
        lambda match: f"{match['head']}within {match['n']}{match['u']}",
    ),
    # Connectives
    _bare(
        r",\s(?=\s*(?:an?\s+|the\s+)?(?:vol(?:ume)?|rsi|macd|kdj|turnover|above|"
        r"below|over|under|price|market\s+cap|new|record"
        r"|gaps?|crosses|limit|rvol)(?![a-z]))",
        "& ",
    ),
    _bare(r"[,;]\s*(?=(?:and|or|but|then|while|with|plus|followed)(?![a-z_]))", " "),
    _rule(
        r"(?:and\s+also|and\s+at\s+the\s+same\s+time|as\s+well\s+as|along\s+with|"
        r"together\s+with|combined\s+with|accompanied\s+by|while(?:\s+also)?|plus|"
        r"but(?:\s+also)?)(?![a-z_\-])(?!\s+or\s+minus)",
        "and",
    ),
    _rule(r"and\s+(?=then(?![a-z_]))", ""),
    _rule(r"(?:and\s+)?(?:afterwards|subsequently|after\s+that|later\s+on)(?![a-z_])", "then"),
    _rule(r"and(?:\s+later|\s+subsequently)(?![a-z_])", "then"),
    _rule(rf"with(?={_SOME}(?:vol(?:ume)?|rvol|rsi|macd|turnover)(?![a-z]))", "&"),
    _rule(rf"on(?={_SOME}(?:vol(?:ume)?|rvol)(?![a-z]))", "&"),
    _rule(r"(?:is|does|has|do)(?:n['’]t|\s+not)(?![a-z_])", "not"),
    _rule(
        r"for(?=\s+(?:\d+|[a-z]+)\s+(?:straight|consecutive|successive|(?:days|sessions)\s+(?:in|running)))",
        "",
    ),
    # Both directions
    _rule(
        rf"(?:{_UPWARD})\s+(?:by\s+)?(?P<figure>{_FIGURE})\s+or\s+(?:{_DOWNWARD})"
        r"\s+(?:by\s+)?(?P=figure)(?![\d.])",
        _swing,
    ),
    _rule(
        rf"(?:{_UPWARD})\s+or\s+(?:{_DOWNWARD})(?=\s+(?:by\s+|more\s+than\s+|at\s+least\s+|"
        r"over\s+)*\d)",
        "+/-",
    ),
    _rule(r"(?:plus\s+or\s+minus|up\s*/\s*down|up\s+or\s+down|plus/minus)(?![a-z_])", "+/-"),
    # At least, at most
    _rule(
        r"(?:greater|more|higher)\s+than\s+or\s+equals?(?:\s+to)?(?![a-z_])|(?:at|"
        r"equal\s+to|equal)\s+or\s+(?:above|over|greater\s+than|higher\s+than|more\s+than)"
        r"(?![a-z_])|(?:above|over)\s+or\s+(?:at|equal(?:\s+to)?)(?![a-z_])",
        ">=",
    ),
    _rule(
        r"(?:less|lower|smaller)\s+than\s+or\s+equals?(?:\s+to)?(?![a-z_])|(?:at|"
        r"equal\s+to|equal)\s+or\s+(?:below|under|less\s+than|lower\s+than)(?![a-z_])|"
        r"(?:below|under)\s+or\s+(?:at|equal(?:\s+to)?)(?![a-z_])",
        "<=",
    ),
    _bare(
        rf"(?P<lead>^\s*(?:price\s+)?|(?:and|or)\s+)(?P<figure>{_FIGURE})\s+or\s+(?:higher|"
        rf"above|more|over|greater|better|beyond)(?![a-z_]){_OVER}",
        _at_least,
    ),
    _bare(
        rf"(?P<lead>^\s*(?:price\s+)?|(?:and|or)\s+)(?P<figure>{_FIGURE})\s+or\s+(?:lower|"
        rf"below|less|under|worse)(?![a-z_]){_OVER}",
        _at_most,
    ),
    _bare(
        r"(?<=\d|[%a-z])\s+or\s+(?:(?P<more>higher|above|more|over|greater|better|beyond)|lower|below|less|"
        rf"under|worse|fewer)(?![a-z_])(?!\s+(?:{_FIGURE}|than|ma|ema|\d|the|its|vwap|"
        r"yesterday|prev))",
        _confirmed,
    ),
    # Numbers
    _rule(
        r"(?P<said>(?:in|within|over|during|of)\s+(?:the\s+)?)(?:past|last|previous|next)\s+"
        r"(?=(?:hour|minute|week|month|year|quarter)(?![a-z]|\s+high|\s+low|['’]))",
        _one,
    ),
    _rule(
        rf"(?P<a>(?:of|between|on)\s+(?:the\s+)?{_LINE})\s+and\s+(?P<b>(?:the\s+)"
        rf"?(?:{_LINE}))",
        _slash,
    ),
    _rule(r"(?<=\d )?(?:p\.m\.?|a\.m\.?)", _half),
    _rule(r"for\s+(?:the|today['’]s)\s+(?:day|session)(?![a-z'’])", "today"),
    _rule(
        r"(?:in|within|over|during)\s+(?:an?|one|the|a\s+single)\s+(?:day|session)"
        r"(?![a-z'’\s]*(?:high|low))(?![a-z])",
        "today",
    ),
    _rule(r"(?:a\s+)?quarter\s+of\s+an\s+hour", "15 minutes"),
    _rule(
        r"(?:a\s+)?half[\s-]+an?[\s-]+hour|(?:a\s+)half[\s-]+hour|half[\s-]hour(?=ly|s|\s|"
        r"$)",
        "half an hour",
    ),
    _rule(r"(?:twice|doubles?|doubled|doubling)(?=\s|$)", "2x"),
    _rule(r"(?:triples?|tripled|thrice)(?=\s|$)", "3x"),
    _rule(r"quadruples?(?=\s|$)", "4x"),
    _rule(
        rf"(?=[a-z])(?!an?\s+hundred(?![a-z])|one\s+(?:day|session)(?![a-z]))(?:{_COUNT})"
        rf"(?=[\s-]+(?:{_UNITS})(?![a-z]))"
        r"(?<=[a-z])",
        _counted,
    ),
    _rule(r"(?<!half\s)(?:an?)(?=\s+(?:minute|min|hour|second|week|month|year)(?![a-z]))", "1"),
    _rule(rf"(?:an?|{_ONE})\s+hundred(?![a-z])", _counted),
    _rule(
        r"(?<=above |below |cross |under )zero(?![a-z])|(?:zero|the\s+zero\s+line|"
        r"zero\s+line)(?=\s*(?:$|\)|and|or|on|line|then))",
        "0",
    ),
    _rule(rf"(?:{'|'.join(_ORDINALS[1:])})(?=\s+(?:limit|consecutive|straight|board))", _ordinal),
    # A range's ends, a date's comma
    _rule(
        r"(?P<head>(?:between|outside|inside|range|band|channel|zone|of|within|into|from|"
        r"in|leav\w+|enter\w+|exit\w+)(?:\s+(?:of|the|range|between|channel|band))"
        rf"*\s+{_FIGURE})\s*(?:and|to|-|–)\s*(?P<tail>(?:us|hk)?[$¥€£]?\s*{_NUMBER}k?)"
        r"(?!\s*[:\d]|\s*[ap]m|-\d|\s*-?\s*(?:day|d|period|minute|min|m|ma|sma|ema)"
        r"(?![a-z]))",
        _tilde,
    ),
    _rule(
        r"(?P<kept>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2})"
        r"(?:st|nd|rd|th)?,?(?=\s*\d{4})",
        _kept,
    ),
    _bare(
        r"(?<=\d{4})/(?=\d{1,2}/\d{1,2}(?!\d))|(?<=\d{4}[/-]\d{2})/(?=\d{1,2}(?!\d))|"
        r"(?<=\d{4}[/-]\d)/(?=\d{1,2}(?!\d))",
        "-",
    ),
)
_ASKED = re.compile(r"[a-z]|\d/\d", re.IGNORECASE)


def reworded(text: str, begin: int) -> str:
    """The text with its condition, which begins there and ends at a bar, in shorter words."""
    start, (head, bar, tail) = text[:begin], text[begin:].partition("|")
    if not _ASKED.search(head):
        return text
    for pattern, written in _RULES:
        head = pattern.sub(partial(_padded, written), head)
    return f"{start}{head}{bar}{tail}"


def _padded(written: _Written, match: re.Match[str]) -> str:
    text = written if isinstance(written, str) else written(match)
    return text.ljust(len(match[0])) if len(text) <= len(match[0]) else match[0]
