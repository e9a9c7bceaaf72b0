"""Chinese figures as digits: 五个点, 百分之三点五, 六千亿, 九万五, 两成; weeks, months and years as days.

A year is 250 trading days, a half 120, a quarter 60, a month 20, a week 5, as in 年线, 半年线 and 季线.
"""

import re
from decimal import Decimal

from rules.language.figures import plain
from rules.language.spelling import rewrite
from rules.model import Instrument

_VALUES = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_DIGIT = "零〇一二两三四五六七八九"
_WHOLE = rf"[{_DIGIT}十百千]{{1,12}}"
NUMERAL = rf"{_WHOLE}(?:点[零一二三四五六七八九]{{1,4}})?"
_UNITS = (
    r"%|个?百分点|个?点|倍|元|块|万|亿|手|股|只|家|板|连板|天|日|周|个?月|年|秒|分|刻|个?小时|个?半小时|"
    r"次|成|均线|线"
    "|个?涨停|个?跌停|个?交易日|毛|美元|港元|支|个?跌?涨?停板|个|连涨|档"
)
_VERBS = "[到破上穿至过超达稳守在于回]"
_WORDS = (
    dict.fromkeys(("周", "个星期", "星期", "个礼拜", "礼拜"), 5) | dict.fromkeys(("个月",), 20) | {"年": 250}
)
_SPANS = {**_WORDS, "个季度": 60, "季度": 60, "季": 60}
_AFTER = (
    r"(?=(?:以来|来|内|里|之内|以内)?的?(?:累计|最大|区间)?(?:新高|新低|最高|最低|高点|低点|前高|前低|"
    r"高位|低位|涨|跌|上涨|下跌|大涨|大跌|暴|反弹))"
)
_EARNED = r"(?=(?:内|之内|以内|里|后)?(?:将|要|会|将要)?(?:发|公布|披露|有|出|财报|业绩))"


def value(text: str) -> Decimal:
    """The number that a Chinese numeral says: 五百六 is 560, 三点五 is 3.5."""
    whole, _, fraction = text.partition("点")
    total, digit, scale = 0, 0, 1
    for sign in whole:
        if sign in _SCALES:
            scale = _SCALES[sign]
            total, digit = total + (digit or 1) * scale, 0
        else:
            digit, scale = _VALUES[sign], 1 if _VALUES[sign] == 0 else scale
    total += digit * (scale // 10 if scale > _SCALES["十"] else 1)  # 五百六 is 560, 五百零六 is 506
    digits = "".join(str(_VALUES[sign]) for sign in fraction)
    return Decimal(f"{total}.{digits or 0}")


def _apart(match: re.Match[str]) -> str:
    """A blank behind a name that ends in a figure: 沪深300三个点."""
    before = match.string[: match.start()][-1:]
    return " " if before.isascii() and before.isdigit() else ""


def _number(match: re.Match[str], _instrument: Instrument) -> str:
    return f"{_apart(match)}{plain(value(match['n']))}"


def _percent(match: re.Match[str], _instrument: Instrument) -> str:
    said = match["n"]
    return f"{_apart(match)}{said if said[0].isascii() else plain(value(said))}%"


def _tenths(match: re.Match[str], _instrument: Instrument) -> str:
    return f"{plain(_either(match['n']) * 10 + (5 if match['half'] else 0))}%"


def _part(match: re.Match[str], _instrument: Instrument) -> str:
    """缩量至五成 is half the usual."""
    return f"{match['a']}{plain(_either(match['n']) / 10)}倍"


def _scaled(match: re.Match[str], _instrument: Instrument) -> str:
    """9万5 is 95000; 1万 and a half are 15000."""
    rest = match["rest"]
    tail = 5 if rest == "半" else _VALUES.get(rest, rest)
    return plain(_either(match["n"]) * 10000 + Decimal(tail) * 1000)


def _thousands(match: re.Match[str], _instrument: Instrument) -> str:
    """两万两千 is 22000."""
    rest = match["rest"]
    tail = Decimal(rest[0]) * 1000 + value(rest[2:]) if rest[0].isascii() else value(rest)
    return plain(_either(match["n"]) * 10000 + tail)


def _dimes(match: re.Match[str], _instrument: Instrument) -> str:
    return f"{plain(_either(match['n']) / 10)}元"


def _coins(match: re.Match[str], _instrument: Instrument) -> str:
    """38块5 is 38.5."""
    return f"{plain(_either(match['n']) + _either(match['r']) / 10)}元"


def _hour_and_half(match: re.Match[str], _instrument: Instrument) -> str:
    return f"{plain(_either(match['n']) * 60 + 30)}分钟"


def _either(text: str) -> Decimal:
    return Decimal(text) if text[0].isascii() else value(text)


def _billions(match: re.Match[str], _instrument: Instrument) -> str:
    scale = {"百": 100, "千": 1000, "万": 10000}[match["scale"]]
    return f"{plain(Decimal(match['n'] or 1) * scale)}{match['u']}"


def _span(match: re.Match[str], _instrument: Instrument) -> str:
    return f"{int(match['n']) * _SPANS[match['u']]}日"


def _weeks(match: re.Match[str], _instrument: Instrument) -> str:
    return f"{int(match['n']) * (7 if match['u'][-1] in '周期拜' else 30)}日"


REWRITES = (
    rewrite(rf"(?P<n>\d+|[一二两三四五六七八九十百]{{1,5}})万(?P<rest>(?:\d|[一二两三四五六七八九])千(?:[{_DIGIT}百十]*))"
        r"(?![万亿%])", _thousands, "万"),
    rewrite(rf"(?P<n>\d+|{NUMERAL})[块元](?P<r>[1-9一二三四五六七八九]"
        rf")[毛角]?(?![\d.%元块万分个十百千天日])", _coins, "块元"),
    rewrite(r"(?<=[单额入出值交金])(?:过|破|超|上)(?=亿)", "超过1", "亿"),
    rewrite(r"(?P<n>\d+(?:\.\d+)?|[一二两三四五六七八九])毛(?:钱)?", _dimes, "毛"),
    rewrite(rf"百分之(?P<n>\d+(?:\.\d+)?|{NUMERAL})", _percent, "之"),
    rewrite(r"(?P<n>\d+|[一二两三四五六七八九十百]{1,5})万(?P<rest>[1-9一二三四五六七八九半])"
        r"(?![\d.十百千万亿%]|\s*(?:个?小时|个?半?小时|分钟|秒|[天日个次周月]))", _scaled,
        "万"),
    rewrite(r"(?P<a>缩量?[至到]?|量[至到])(?P<n>[1-9一二两三四五六七八九])成", _part, "成"),
    rewrite(r"(?<!第)(?P<n>\d+|[一二两三四五六七八九])成(?P<half>半)?(?![交分本功])", _tenths, "成"),
    rewrite(r"(?<=[量能到至小少])(?:一半|减半|减少一半|平时的一半|平时一半)", "0.5倍", "半"),
    rewrite(r"(?P<a>放大|增加|增长|放量|激增)(?:了)?一倍", "{a}2倍", "倍"),
    rewrite(r"(?P<a>成交量|量能|交易量)翻(?:了)?(?:一)?倍", "{a}2倍", "倍"),
    rewrite(r"(?<![\d一二两三四五六七八九十百千])倍量", "放量2倍", "倍"),
    rewrite(r"(?:股价|价格)?(?:涨(?:了)?(?:一|1)倍|涨?翻(?:了)?一?倍)(?!量)", "涨100%", "倍"),
    rewrite(r"(?<=\d)(?=(?:一刻钟|半个?(?:小时|钟头)|半分钟))", " ", "半刻"),  # 站稳200半小时
    rewrite(r"(?:一|1)刻钟", "15分钟", "刻"),
    rewrite(r"(?<![\d.])(?P<n>\d|[一二两三四五六七八九])个半小时", _hour_and_half, "半"),
    rewrite(r"半个?(?:小时|钟头)", "30分钟", "半"),
    rewrite(r"半分钟", "30秒", "半"),
    rewrite(rf"(?<![任第每唯同之{_DIGIT}十百千])(?P<n>{NUMERAL})(?=\s*(?:{_UNITS}))(?<!百(?=分[点之])"
        rf")(?!千亿整数|亿整数)",
        _number),
    rewrite(rf"(?<={_VERBS})(?P<n>{NUMERAL})(?=\s*(?:$|[,、;)]|附近|左右|以上|以下|之上|之下|上方|下方|整|"
            r"一?线|关口|大关|且|或|和|到|至|就))", _number),
    rewrite(r"(?P<n>\d+(?:\.\d+)?)(?P<scale>[百千万])(?P<u>亿)(?!整数)", _billions, "亿"),
    rewrite(r"(?P<n>)(?<![\d.])(?P<scale>[百千万])(?P<u>亿)(?!整数)", _billions, "亿"),
    rewrite(r"(?P<n>\d)\s*(?:个?百分点|个点)", "{n}%", "点"),
    rewrite(r"(?P<n>\d+)钟头", "{n}小时", "钟"),
    rewrite(r"(?P<n>\d+)(?:个)?钟(?!头)(?=[内之涨跌后拉])", "{n}小时", "钟"),
    rewrite(r"(?P<n>\d+)(?P<u>周|个星期|星期|个礼拜|礼拜|个月)" + _EARNED, _weeks, "周星礼月"),
    rewrite(r"(?:52|五十二)周", "250日", "周"),
    rewrite(rf"(?P<n>\d+)(?P<u>{'|'.join(sorted(_SPANS, key=len, reverse=True))}){_AFTER}", _span,
        "周星礼月年季"),
    rewrite(rf"半年{_AFTER}", "120日", "半"),
    rewrite(r"(?<!半)年线(?!上方的)", "250日线", "年"),
    rewrite(r"半年线", "120日线", "半"),
    rewrite(r"季线", "60日线", "季"),
    rewrite(r"牛熊(?:分界线|分界|线)", "250日线", "牛"),
    rewrite(r"(?P<n>\d)[多来余]?(?P<u>%|元|块|倍|亿|万)?(?:附近|左右|上下)", "{n}{u}", "附左上"),
    rewrite(r"(?P<y>20\d\d)[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})(?!\d)", "{y}-{m}-{d}", "/."),
)  # fmt: skip
