"""How often, until when and how loudly, in words: "..., remind me every 15 min", 只提醒一次, 直到2026-12-31.

What a condition ends in of this becomes options behind a bar, and what stands behind a bar in more words is
put shorter. Whatever is written is no longer than what it stands for, so columns stay. "Every time" is once a
minute, the shortest interval there is; a bar close is what `on close` waits for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from rules.language.figures import plain
from rules.language.sayings.numerals import NUMERAL, value

MOST = 4  # said of one line
REACH = 64  # characters of what is looked at from the end
_SHORTEST = "每1m"
_CLOSE = " on close"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_CALL = r"(?:alert|notify|remind|ping|tell|ring|repeat|warn|message|text|trigger|fire|buzz|beep)(?:s|ing)?"
_LEAD = (
    r"(?:[\s,;.–-]+(?:(?:and|then|but|please|pls|set\s+to|you\s+can)\s+){0,2}"
    r"(?:(?:only|just|keep)\s+)?"
    rf"(?:{_CALL}(?:\s+me)?(?:\s+again|\s+at|\s+about\s+it)?\s+)?"
    r"(?:(?:only|just|at\s+most|no\s+more\s+(?:often\s+)?than|max(?:imum)?|but\s+only|max\s+of)\s+)?)"
)
_SAY = r"(?:提醒|通知|报警|预警|推送|告警|告诉|触发|弹窗|响铃|响|叫|喊|说|报)"
_ONE = r"(?:一次|1次|一回|1回|一下|一遍)"
_ENOUGH = r"(?:就行了?|就好了?|即可|就够了?|就可以了?|吧)?"
_LEAD_ZH = r"(?:[\s,;。]*(?:并且?|就|则|然后|但|且|请|给我|帮我|可以)*)"


def _every(match: re.Match[str]) -> str:
    """每15m: a number, half or none, of minutes or hours."""
    count, unit = match["n"] or "1", "h" if match["u"].lower().startswith(("h", "小", "钟")) else "m"
    if count in {"半", "half"}:
        return "每30m"
    return f"每{count if count.isascii() else plain(value(count))}{unit}"


def _until(match: re.Match[str]) -> str:
    return f"至{match['date']}"


def _until_month(match: re.Match[str]) -> str:
    month = _MONTHS.index(match["month"].lower()) + 1
    return f"至{match['year']}-{month:02}-{int(match['day']):02}"


_Written: TypeAlias = Callable[[re.Match[str]], str]
_DATE = r"(?P<date>20\d\d(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2}|年\d{1,2}月\d{1,2}日?))"
_UNTIL = (
    r"(?:(?:(?:valid|good|active)\s+)?(?:until|till|til|thru|through)|expir(?:es|y|ing|ation)(?:\s+on|:)?)\s+"
)
# Words and what they are as an option; English ones behind blanks, Chinese ones behind anything.
_ENGLISH: tuple[tuple[str, _Written], ...] = (
    (
        r"(?:once|one\s+time|a\s+single\s+time|one[\s-]shot)(?:\s+only|\s+and\s+(?:stop|done))?",
        lambda _: "一次",
    ),
    (
        (
            r"(?<!the )(?<!on )(?:once\s+(?:a|per|each|every)\s+(?:trading\s+)?day|daily|"
            r"(?:every|each)\s+(?:single\s+)?(?:trading\s+)?day|once\s+daily)"
        ),
        lambda _: "每日",
    ),
    (
        (
            r"(?:every|each)\s+(?:single\s+)?time(?:\s+(?:it|that|this)\s+(?:does|happens|hits|triggers|occurs))?"
            r"|repeatedly|on\s+every\s+(?:occurrence|trigger)"
        ),
        lambda _: _SHORTEST,
    ),
    (
        (
            r"(?:(?:once\s+)?(?:every|each|per)|once(?:\s+an?)?(?=\s+(?:1\s+)?(?:minute|hour)))\s+(?:(?P<n>\d+|half)\s*-?\s*(?:an?\s+)?)?"
            r"(?P<u>minutes?|mins?|m|hours?|hrs?|h)"
        ),
        _every,
    ),
    (r"(?<!the )(?<!on )(?<!a )hourly", lambda _: "每1h"),
    (
        (
            r"(?:silently|quietly|no\s+sound|without\s+(?:a\s+)?sound|in\s+silence|on\s+silent|muted|"
            r"silent(?:\s+mode)?)"
        ),
        lambda _: "静音",
    ),
    (rf"{_UNTIL}{_DATE}", _until),
    (rf"{_UNTIL}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d)", _until_month),
    (rf"{_UNTIL}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(?P<year>20\d\d)", _until_month),
)
_CHINESE: tuple[tuple[str, _Written], ...] = (
    (
        (
            rf"(?:(?:每天|每日|每个?交易日|天天)(?:都|只|最多|仅)*{_SAY}?我?{_ONE}?"
            rf"|(?:一天|1天)(?:只|最多|仅)*{_SAY}?我?{_ONE}){_ENOUGH}"
        ),
        lambda _: "每日",
    ),
    (
        (
            rf"(?:最多)?(?:每|(?=(?:\d+|半|{NUMERAL})个?(?:分钟|小时)(?:内)?(?:最多|至多|只|仅)))(?:间?隔|过)?(?P<n>\d+|半|{NUMERAL})?个?(?P<u>分钟|分|小时|钟头)(?:内|都|只|最多|至多|仅)*"
            rf"{_SAY}?我?{_ONE}?{_ENOUGH}"
        ),
        _every,
    ),
    (
        (
            rf"(?:(?:每一?次|每回|次次)(?:触发|出现|发生|达到|满足)?(?:都|也)?(?:要|会)?(?:都)?|反复|重复|循环|多次)"
            rf"{_SAY}?我?|不限次数"
        ),
        lambda _: _SHORTEST,
    ),
    (
        r"(?:静音|静默|无声|免打扰|(?:不要?|别|无需)(?:响铃?|发出?声音|有?声音|出声|响声|铃声))(?:模式|提醒|推送)?",
        lambda _: "静音",
    ),
    (
        (
            rf"(?:一直|直|有效期?|有效期限?|提醒)?(?:到|至|截至|截止到?|截止至)[:：]?\s*{_DATE}"
            r"(?:为止|止|之?前有效|有效|到期|失效|前|过期)?"
        ),
        _until,
    ),
    (
        (
            rf"(?:(?:只需?要?|仅|就){_SAY}?我?{_ONE}|{_SAY}我?(?:一次|1次){_ENOUGH}|(?:一次|1次)就(?:够|行|好|可以)|(?:一次|1次)即可|一次性(?:的|{_SAY})?|"
            rf"不(?:要|用|再)重复(?:{_SAY})?){_ENOUGH}"
        ),
        lambda _: "一次",
    ),
)


@dataclass(frozen=True, slots=True)
class _Manner:
    at_end: re.Pattern[str]  # of a condition, with what leads to it
    within: re.Pattern[str]  # behind a bar, alone
    written: _Written


def _manner(lead: str, body: str, written: _Written) -> _Manner:
    return _Manner(
        re.compile(rf"{lead}(?:{body})$", re.IGNORECASE),
        re.compile(rf"(?<![^\s|,;])(?:(?:{lead.strip()})?(?:{body}))(?=[\s|,;]|$)", re.IGNORECASE),
        written,
    )


_MANNERS = (
    *(_manner(_LEAD, body, written) for body, written in _ENGLISH),
    *(_manner(_LEAD_ZH, body, written) for body, written in _CHINESE),
)
_BAR_CLOSE = r"(?:once\s+)?(?:per|on|at|every|each)\s+(?:the\s+)?(?:bar|candle)(?:['’]s)?\s+clos(?:e|es|ing)"
_AT_CLOSE = re.compile(rf"{_LEAD}{_BAR_CLOSE}$", re.IGNORECASE)
_ON_CLOSE = re.compile(rf"\s*{_BAR_CLOSE}(?=\s*(?:$|\|))", re.IGNORECASE)
_NOTE = re.compile(r"[\s,;]+(?:note|备注|注)[:：]?\s*(?:\"[^\"|]*\"|“[^”|]*”)$", re.IGNORECASE)
_SHARED = re.compile(
    rf"[\s,;]*(?:各自?|分别|都要?|均(?={_SAY})|依次|逐级|逐档){_SAY}?我?(?:一次|1次|一下|一声)?$"
)
_PLAIN = re.compile(r"once|daily|silent|every\s+\d+[smh]|until\s+\d{4}-\d\d-\d\d", re.IGNORECASE)
_DAY = "|每日"
_DAILY = re.compile(r"\s*(?P<day>每天|每日|每个?交易日)(?=[^\s\d次])")
_BRACKETED = re.compile(r"\s*[(（]([^()（）]{1,30})[)）]$")
_STOPS = " .!,;。！"
# Some word that all of these have; without one nothing is looked for.
_ASKED = re.compile(
    r"once|time|dail|day|every|each|per|hour|repeat|occurrence|trigger|silent|quiet|sound|mute|silence|"
    r"until|till?\b|thru|through|expires|shot|clos|note|注|次|回|遍|下|每|天|复|静|无声|扰|响|音|声|到|至|截|各|别|都|"
    r"均|依次|逐",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"(\"[^\"]*\"|“[^”]*”)")


def mannered(text: str, original: str, begin: int) -> tuple[str, str]:
    """The line and the line as typed, both with the options that words say as options behind a bar.

    `begin` is where the condition begins in both.
    """
    start, (head, bar, tail) = text[:begin], text[begin:].partition("|")
    made, behind = _moved(head), _shortened(tail) if bar else tail
    if bar and (closing := _ON_CLOSE.match(tail)):
        bar, behind = " ", f"{_CLOSE.strip().ljust(closing.end())}{behind[closing.end() :]}"
    new = f"{start}{made}{bar}{behind}"
    options = new.find("|", begin) if "|" in new[begin:] else len(new)
    kept = [(0, options), *(said.span() for said in _QUOTED.finditer(new, options))]
    typed = [*new]  # options in words are now those written, but for a note's text
    for low, high in kept:
        parts = (new[low:high], original[low:high], text[low:high])
        typed[low:high] = (b if a == c else a for a, b, c in zip(*parts, strict=True))
    return new, "".join(typed)


def _moved(head: str) -> str:
    """A condition with what it ends in behind bars."""
    place, tail = len(head), ""
    for _ in range(MOST):
        said = head[:place].rstrip(_STOPS)
        room, at = place - len(said), max(0, len(said) - REACH)
        found = _ending(said[at:], room) if _ASKED.search(said, at) else None
        if found is None:
            break
        begins = at + found[0]
        tail = f"{found[1].ljust(place - begins)}{tail}"
        place = begins
    return _led(f"{head[:place]}{tail}")


def _led(head: str) -> str:
    """每天 before a condition is its mode as well, where its end has room for that."""
    said, bare = _DAILY.match(head), head.rstrip()
    if said is None or "|" in bare or len(head) - len(bare) < len(_DAY):
        return head
    begin, end = said.span("day")
    return f"{head[:begin]}{' ' * (end - begin)}{bare[end:]}{_DAY.ljust(len(head) - len(bare))}"


def _ending(head: str, room: int) -> tuple[int, str] | None:
    """Where what a text ends in begins, and what is written for it, at most so much longer."""
    if note := _NOTE.search(head):
        return note.start(), f"|{note[0][1:]}"
    if (inner := _BRACKETED.search(head)) and (written := _alone(inner[1])):
        return inner.start(), f"|{written}"
    if closing := _AT_CLOSE.search(head):
        return closing.start(), _CLOSE
    for manner in _MANNERS:
        if (said := manner.at_end.search(head)) and said.start():
            written = f"|{manner.written(said)}"
            if len(written) <= len(said[0]) + room:
                return said.start(), written
    shared = _SHARED.search(head)
    return (shared.start(), "") if shared else None


def _alone(said: str) -> str:
    """What is written for words in brackets; nothing where they are no manner."""
    found = ((manner, manner.within.fullmatch(said.strip())) for manner in _MANNERS)
    return next((manner.written(match) for manner, match in found if match), "")


def _shortened(tail: str) -> str:
    """Options with more words than they need, but what is quoted."""
    parts = _QUOTED.split(tail)
    for at, part in enumerate(parts):
        if at % 2 == 0:
            for manner in _MANNERS:
                part = manner.within.sub(lambda said, m=manner: _padded(said, m.written), part)  # noqa: PLW2901
            parts[at] = part
    return "".join(parts)


def _padded(said: re.Match[str], written: _Written) -> str:
    text = said[0] if _PLAIN.fullmatch(said[0].strip()) else written(said)
    return text.ljust(len(said[0])) if len(text) <= len(said[0]) else said[0]
