"""How figures are read and written: numbers, percentages, amounts (K M B 万 亿), windows, spans, operators.

Each field of a template is one `Figure`: a regular expression (linear, no nested repetition), a reader, a
writer for each language, and the label by which an error offers it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from rules.language.fault import Trouble
from rules.model import Argument
from rules.signal import ParameterKind, Unit

Value: TypeAlias = Argument | Decimal

WHOLE_DIGITS, FRACTION_DIGITS = 16, 12  # what fits a 64-bit count of quanta, and then some
DIGITS = MappingProxyType({digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2})
NUMBER = r"(?P<n>[+-]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?)"
COINS = "yuan|rmb|cny|usdt|usd|hkd|dollars?|bucks"
END = rf"(?!(?!{COINS})[a-z0-9.])"  # a figure is not cut short, but money may follow at once
CASH = r"(?:(?:us|hk|cn)?[$¥€£]\s*|(?:usd|rmb|cny|hkd)\s+)?"  # before a price or an amount
CHANGE = rf"(?:\s*(?:{COINS})(?![a-z]))?"  # behind one
COUNTED = r"(?P<n>\d+|[零一二两三四五六七八九十百]+)"

SCALES: Mapping[str, Decimal] = MappingProxyType(
    {
        "": Decimal(1),
        **dict.fromkeys(("k", "thousand", "千"), Decimal(1000)),
        **dict.fromkeys(("m", "mn", "million", "百万"), Decimal(10**6)),
        **dict.fromkeys(("b", "bn", "billion", "十亿"), Decimal(10**9)),
        **dict.fromkeys(("t", "tn", "trillion", "万亿"), Decimal(10**12)),
        "万": Decimal(10**4),
        "亿": Decimal(10**8),
    }
)
SCALE = "|".join(sorted(filter(None, SCALES), key=len, reverse=True))
PRICE_SCALE = "thousand|k|千|万"  # no share costs billions: 610B is a market value
PRINTED_SCALES = MappingProxyType(
    {"en": ((10**9, "B"), (10**6, "M"), (10**3, "K")), "zh": ((10**8, "亿"), (10**4, "万"))}
)

SECONDS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒", "秒钟"), 1)
    | dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟"), 60)
    | dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时", "个小时"), 3600)
)
SECOND = "|".join(sorted(SECONDS, key=len, reverse=True))
PRINTED_SECONDS = MappingProxyType(
    {"en": ((3600, "h"), (60, "m"), (1, "s")), "zh": ((3600, "小时"), (60, "分钟"), (1, "秒"))}
)
HALF_HOUR = timedelta(minutes=30)

OPERATORS: Mapping[str, str] = MappingProxyType(
    {
        **{sign: sign for sign in (">", ">=", "<", "<=")},
        **dict.fromkeys(("≥", "=>"), ">="),
        **dict.fromkeys(("≤", "=<"), "<="),
        **dict.fromkeys(("greater than", "more than", "大于"), ">"),
        **dict.fromkeys(("less than", "小于"), "<"),
        **dict.fromkeys(("above", "over", "at least", "at or above", "reaches", "hits", "exceeds"), ">="),
        **dict.fromkeys(("高于", "超过", "超", "达到", "达", "不低于", "大于等于", "不小于"), ">="),
        **dict.fromkeys(
            ("不少于", "至少", "最少", "多于", "逾", "过", "突破", "超出", "大于或等于", "高过"), ">="
        ),
        **dict.fromkeys(("below", "under", "at most", "at or below"), "<="),
        **dict.fromkeys(("低于", "不高于", "小于等于", "不大于"), "<="),
        **dict.fromkeys(("不超过", "不多于", "至多", "最多", "少于", "小于或等于", "低过"), "<="),
    }
)
_WORDS = "|".join(re.escape(o).replace(r"\ ", r"\s+") for o in sorted(OPERATORS, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of field: how it looks, how it is read, how it is written, and what an error calls it."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Value]
    write: Callable[[Value, str], str]
    label: str


def plain(number: Decimal) -> str:
    """A number without exponent or trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(match: re.Match[str], text: str) -> Decimal:
    """A bounded decimal; Trouble where it has too many digits."""
    whole, _, fraction = text.replace(",", "").lstrip("+-").partition(".")
    if len(whole) > WHOLE_DIGITS or len(fraction) > FRACTION_DIGITS:
        raise Trouble("digits", match.start(), f"{match[0][:20]}...")
    return Decimal(text.replace(",", "")) + 0  # no negative zero


def count(match: re.Match[str]) -> int:
    """A whole number in digits or Chinese numerals up to 999."""
    text = match["n"]
    if text.isascii():
        return int(number(match, text))
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    return 100 * _digit(hundreds, 0) + 10 * _digit(tens, 1 if ten else 0) + _digit(ones, 0)


def _digit(text: str, absent: int) -> int:
    return DIGITS.get(text.lstrip("零")[-1:], absent)


def _percent(match: re.Match[str]) -> Decimal:
    return number(match, match["n"]) / 100


def _amount(match: re.Match[str]) -> Decimal:
    return number(match, match["n"]) * SCALES[(match["u"] or "").lower()]


def _window(match: re.Match[str]) -> timedelta:
    if match["half"]:
        return HALF_HOUR
    seconds = count(match) * SECONDS[match["u"].lower()]
    if seconds > timedelta(days=366).total_seconds():
        raise Trouble("digits", match.start(), match[0])
    return timedelta(seconds=seconds)


def _bar(match: re.Match[str]) -> timedelta:
    return timedelta(minutes=int(match["n"] or 60))


def _date(match: re.Match[str]) -> str:
    try:
        return date(
            int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"])
        ).isoformat()
    except ValueError:
        raise Trouble("date", match.start(), match[0]) from None


def _span(match: re.Match[str]) -> str:
    return f"{count(match)}d" if match["n"] else "day"


def _operator(match: re.Match[str]) -> str:
    return OPERATORS[" ".join(match[0].lower().split())]


def write_number(value: Value, _language: str) -> str:
    """560, 0.05, 3."""
    return plain(value) if isinstance(value, Decimal) else str(value)


def write_percent(value: Value, _language: str) -> str:
    """5%, from the fraction 0.05."""
    return f"{plain(Decimal(str(value)) * 100)}%"


def write_amount(value: Value, language: str) -> str:
    """610B or 6100亿: the largest unit that does not exceed the amount, exact."""
    amount = Decimal(str(value))
    for size, unit in PRINTED_SCALES[language]:
        if abs(amount) >= size:
            return f"{plain(amount / size)}{unit}"
    return plain(amount)


def write_levels(unit: Unit, levels: Sequence[Decimal], language: str) -> str:
    """The levels of a ladder; where the last amount has a scale, each has one, for it would be taken over."""
    written = [LEVELS[unit].write(level, language) for level in levels]
    if unit is Unit.AMOUNT and not written[-1][-1].isdigit():
        size, scale = PRINTED_SCALES[language][-1]
        written = [
            f"{plain(level / size)}{scale}" if text[-1].isdigit() else text
            for level, text in zip(levels, written, strict=True)
        ]
    return ("、" if language == "zh" else ", ").join(written)


def write_window(value: Value, language: str) -> str:
    """5m, 90s, 1h or 5分钟: the largest unit that divides the window."""
    assert isinstance(value, timedelta)  # noqa: S101 - the parameter's kind says so
    seconds = round(value.total_seconds())
    size, unit = next(pair for pair in PRINTED_SECONDS[language] if seconds % pair[0] == 0)
    return f"{seconds // size}{unit}"


def write_times(value: Value, language: str) -> str:
    """5x or 5倍."""
    return write_number(value, language) + ("x" if language == "en" else "倍")


def write_bar(value: Value, language: str) -> str:
    """15m or 15分钟; an hour is 60m."""
    assert isinstance(value, timedelta)  # noqa: S101 - the parameter's kind says so
    return f"{value // timedelta(minutes=1)}" + ("m" if language == "en" else "分钟")


def write_date(value: Value, _language: str) -> str:
    """2025-04-08."""
    return str(value)


def write_span(value: Value, language: str) -> str:
    """60d or 60日; day or 当日."""
    if language == "en":
        return str(value)
    return "当日" if value == "day" else str(value).replace("d", "日")


def _figure(
    pattern: str, read: Callable[[re.Match[str]], Value], write: Callable[[Value, str], str], label: str
) -> Figure:
    return Figure(re.compile(pattern, re.IGNORECASE | re.ASCII), read, write, label)


_plain_number = _figure(NUMBER, lambda match: number(match, match["n"]), write_number, "a number")

PRICE = rf"{CASH}{NUMBER}\s*(?P<u>{PRICE_SCALE})?{END}{CHANGE}"
LEVELS: Mapping[Unit, Figure] = MappingProxyType(
    {
        Unit.PRICE: _figure(PRICE, _amount, write_number, "a price"),
        Unit.PERCENT: _figure(NUMBER, _percent, write_percent, "a percentage"),
        Unit.AMOUNT: _figure(
            rf"{CASH}{NUMBER}\s*(?P<u>{SCALE})?{END}{CHANGE}", _amount, write_amount, "an amount"
        ),
        Unit.COUNT: _plain_number,
        Unit.NUMBER: _plain_number,
        Unit.TIMES: _figure(
            rf"{NUMBER}\s*(?:x|times|-?\s*folds?|倍)(?![a-z])",
            lambda m: number(m, m["n"]),
            write_times,
            "a multiple, 3x",
        ),
    }
)
PARAMETERS: Mapping[ParameterKind, Figure] = MappingProxyType(
    {
        ParameterKind.COUNT: _figure(COUNTED, count, write_number, "a whole number"),
        ParameterKind.WINDOW: _figure(
            rf"(?:(?P<half>半个?小时|half an hour|half hour)|{COUNTED}\s*-?\s*(?P<u>{SECOND})(?![a-z]))",
            _window,
            write_window,
            "a window",
        ),
        ParameterKind.BAR: _figure(
            r"(?:(?P<n>60|30|15|5|1)\s*(?:(?:minutes?|mins?|m)(?![a-z])|分钟|分)"
            r"|1\s*(?:(?:hours?|h)(?![a-z])|小时))",
            _bar,
            write_bar,
            "1m 5m 15m 30m 60m",
        ),
        ParameterKind.DATE: _figure(
            r"(?P<y>\d{4})(?:-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)|年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日?)",
            _date,
            write_date,
            "a date, 2025-04-08",
        ),
        ParameterKind.PRICE: _figure(PRICE, _amount, write_number, "a price"),
        ParameterKind.SYMBOL: _figure(
            r"[^(),|<>=]+?(?=\s*(?:[(),|<>=]|强弱|比价))",
            lambda match: match[0].strip(),
            write_number,
            "a symbol",
        ),
        ParameterKind.SPAN: _figure(
            rf"(?:day(?![a-z])|today|当日|今日|日内|{COUNTED}\s*-?\s*(?:(?:days?|d)(?![a-z])|个?交易日|日|天))",
            _span,
            write_span,
            "a span",
        ),
    }
)
OPERATOR = _figure(rf"(?:{_WORDS})(?![a-z])", _operator, write_number, "> >= < <=")
