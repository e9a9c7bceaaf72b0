"""Times of day as people say them: 下午两点半, 10点前, 尾盘, 收盘前十分钟, 开盘半小时内, 连续5分钟.

早盘 and 上午 end at noon's break, 下午 and 午后 begin after it; 尾盘 and 收盘前 are the last half hour.
"""

import re
from datetime import date, datetime, time, timedelta

from rules.language.sayings.numerals import value
from rules.language.spelling import rewrite
from rules.model import Instrument
from rules.sessions import usual_hours

LAST = timedelta(minutes=30)
MORNING_ENDS = {"HK": time(12), "US": time(12)}
AFTERNOON = time(13)
_HALVED = frozenset({"SH", "SZ", "BJ", "HK", "GROUP"})  # with a break at noon
NOON, HOURS, MINUTES = 12, 24, 60
_CN = "[零一二两三四五六七八九十]{1,3}"
_CLOCK = r"\d{1,2}:\d{2}"
_MOVES = "涨跌超过达升降落弹幅了破于"
_WINDOW = r"\d+\s*(?:秒钟?|分钟?|小时|个小时)"


def _hours(instrument: Instrument) -> tuple[time, time]:
    return usual_hours(instrument.market) or (time(), time(23, 59))


def _shifted(clock: time, by: timedelta) -> time:
    return (datetime.combine(date.min + timedelta(days=1), clock) + by).time()


def _count(text: str) -> int:
    return int(text) if text.isascii() else int(value(text))


def _clock(match: re.Match[str], instrument: Instrument) -> str | None:
    """下午两点半 -> 14:30; without the half of the day the one in which the market trades."""
    hour, said = _count(match["h"]), match["m"] or ""
    minute = {"": 0, "整": 0, "半": 30, "一刻": 15, "三刻": 45}.get(said)
    if minute is None:
        minute = _count(said.rstrip("分"))
    half = match["half"] or ""
    opens, closes = _hours(instrument)
    late = half.endswith(("下午", "午后", "晚上", "晚间", "中午")) or (
        not half
        and hour < opens.hour
        and hour + NOON <= closes.hour
        and usual_hours(instrument.market) is not None
    )
    hour += NOON if late and hour < (NOON if half != "中午" else 3) else 0
    return f"{hour:02}:{minute:02}" if hour < HOURS and minute < MINUTES else None


def _until(match: re.Match[str], instrument: Instrument) -> str:
    return f"{_hours(instrument)[0]:%H:%M}至{match['c']}之间 "


def _after(match: re.Match[str], instrument: Instrument) -> str:
    return f"{match['c']}至{_hours(instrument)[1]:%H:%M}之间 "


def _span(text: str) -> timedelta:
    number = int(re.match(r"\d+", text)[0])  # type: ignore[index]  # the pattern has one
    return timedelta(hours=number) if "小时" in text else timedelta(minutes=number)


def _morning(match: re.Match[str], instrument: Instrument) -> str | None:
    is_american = instrument.market == "US" and match[0].startswith("早")  # 上午 may be that of the reader
    if instrument.market not in _HALVED and not is_american:
        return None
    return f"{_hours(instrument)[0]:%H:%M}至{MORNING_ENDS.get(instrument.market, time(11, 30)):%H:%M}之间 "


def _afternoon(_match: re.Match[str], instrument: Instrument) -> str | None:
    if instrument.market not in _HALVED:
        return None
    return f"{AFTERNOON:%H:%M}至{_hours(instrument)[1]:%H:%M}之间 "


def _late(match: re.Match[str], instrument: Instrument) -> str | None:
    if usual_hours(instrument.market) is None:
        return None
    closes = _hours(instrument)[1]
    window = match.groupdict().get("w")
    return f"{_shifted(closes, -(_span(window) if window else LAST)):%H:%M}至{closes:%H:%M}之间 "


def _early(match: re.Match[str], instrument: Instrument) -> str | None:
    if usual_hours(instrument.market) is None:
        return None
    opens = _hours(instrument)[0]
    return f"{opens:%H:%M}至{_shifted(opens, _span(match['w'])):%H:%M}之间 "


def _late_hour(match: re.Match[str], instrument: Instrument) -> str | None:
    """2:50 -> 14:50 where the market trades then and not at the other."""
    opens, closes = _hours(instrument)
    hour = int(match["h"])
    is_late = usual_hours(instrument.market) is not None and hour < opens.hour and hour + NOON <= closes.hour
    return f"{hour + NOON}:{match['m']}" if is_late else None


CLOCKS = (
    rewrite(r"收市价?(?=[\u4e00-\u9fff\d<>])", "收盘", "市"),
    rewrite(r"开市(?=[\u4e00-\u9fff\d])", "开盘", "市"),  # before figures are made digits
    rewrite(
        rf"(?P<half>凌晨|早上|上午|中午|下午|午后|晚上|晚间)\s*(?P<h>\d{{1,2}}|{_CN})(?:点钟?|时)"
        rf"(?P<m>整|半|[一三]刻|\d{{1,2}}分?|{_CN}分?)?(?![\d.%个])",
        _clock,
        "点时",
    ),
    rewrite(r"(?:早上|上午|中午|下午|午后|晚上)\s*(?P<c>(?:9|1\d|2\d):\d{2})", "{c}", ":"),
    rewrite(
        rf"(?P<half>)(?<![\d.个{_MOVES}])(?<![涨跌升降落弹]到)(?P<h>\d{{1,2}}|{_CN})点(?P<m>半|整|[一三]刻|"
        rf"\d{{1,2}}分|\d{{2}}|{_CN}分|[二三四五]?十[一二三四五六七八九]?)(?![\d.%个])",
        _clock,
        "点",
    ),
    rewrite(
        rf"(?P<half>)(?P<m>)(?:(?<![^\s从自在到至,、和~-]))(?<![涨跌]到)(?P<h>\d{{1,2}}|{_CN})点钟?(?=前|后|之|"
        r"以|到|至|时|-|~|站|跌|涨|突|还|仍|就|,|起|开始)",
        _clock,
        "点",
    ),
)  # fmt: skip
REWRITES = (
    rewrite(r"(?<![\d:.])(?P<h>[1-5]):(?P<m>[0-5]\d)(?![\d:])", _late_hour, ":"),
    rewrite(rf"(?P<a>[上下]方|之[上下]|之间|以[上下]|区间|之[内外]|之外)(?:运行|震荡|波动|横盘|徘徊|停留|维持|保持|待|站稳|持续)?"
            rf"(?:了|超过|满|达到|达|至少)*\s*(?P<w>{_WINDOW})(?:以上)?\s*$", "{a} 持续{w} ", "上下间内外"),
    rewrite(rf"(?P<c>{_CLOCK})分(?!钟)", "{c}", "分"),
    rewrite(
        rf"(?:从|在)?(?P<c>{_CLOCK})\s*(?:到|至|-|~|—|和|与)\s*(?P<h>\d{{1,2}}|{_CN})点钟?(?P<m>)(?P<half>)",
        lambda m, i: f"{m['c']}至{_clock(m, i)}",
        "点",
    ),
    rewrite(
        rf"(?:从|在)?(?P<c>{_CLOCK})\s*(?:到|至|-|~|—|和|与)\s*(?P<d>{_CLOCK})\s*(?:之间|期间|这段时间内?|"
        r"间|内|以内|时段)?",
        "{c}至{d}之间 ",
        ":",
    ),
    rewrite(rf"(?<!至)(?:在)?(?P<c>{_CLOCK})\s*(?:之前|以前|前)(?!高|低)", _until, ":"),
    rewrite(rf"(?<!至)(?:在)?(?P<c>{_CLOCK})\s*(?:之后|以后|后|过后|起|开始)(?!\s*\d)", _after, ":"),
    rewrite(rf"(?<![至a-z\d])(?<![a-z]\s)在?(?P<c>{_CLOCK})(?!\s*[ap]m)(?:的?时候|时刻|时分|时|的时点)"
            r"?(?![\d至])", "{c}时 ", ":"),
    rewrite(r"(?:开盘后|开盘|开市后|开市)(?:的)?(?:前)?(?P<w>\d+(?:分钟?|小时|个小时))(?:之内|以内|内)"
            r"(?!首|的?[高低最]|封)", _early, "开"),
    rewrite(r"尾盘的?最后(?P<w>\d+(?:分钟?|小时|个小时))(?:之?内|里)?(?!\d)", _late, "尾"),
    rewrite(r"(?:开盘后|开盘|开市后|开市)(?:的)?(?:前)?(?P<w>\d+(?:分钟?|小时|个小时))(?=涨|跌|放量|拉|急|大涨|大跌|跳水)",
            _early, "开"),
    rewrite(r"(?:收盘|尾盘|闭市)(?:之)?前的?(?:最后)?(?P<w>\d+(?:分钟?|小时|个小时))(?:之?内|里)?", _late,
        "收尾闭"),
    rewrite(r"尾盘(?:期间|阶段|时段|时)?(?:拉升|急拉|抢筹|上攻|直线拉升|快速拉升|异动拉升)(?=[超过达]*\d)",
        lambda m, i: None if _late(m, i) is None else
        f"{_late(m, i)}30分钟内涨", "尾"),
    rewrite(r"尾盘(?:期间|阶段|时段|时)?(?:跳水|砸盘|杀跌|急跌)(?=[超过达]*\d)", lambda m,
        i: None if _late(m, i) is None else
        f"{_late(m, i)}30分钟内跌", "尾"),
    rewrite(r"尾盘(?:急拉|抢筹|抢盘)(?!\d)", "尾盘快速拉升", "尾"),
    rewrite(r"尾盘(?:期间|阶段|时段|时)?(?!集合|竞价)", _late, "尾"),
    rewrite(r"(?:收盘|闭市)之?前(?!高|低)", _late, "收闭"),
    rewrite(r"(?:早盘|上午盘|上午|早市)(?:期间|阶段|时段|时|收盘前)?(?!集合|竞价|高|低|最)", _morning,
        "早上"),
    rewrite(r"(?:下午盘|下午|午后|午盘|午市)(?:开盘后|期间|阶段|时段|时)?(?!高|低|最)", _afternoon, "下午"),
    # The close
    rewrite(r"(?:以|按|照)收盘价?(?:计算|计|为准|算)?(?!时)", "收盘时", "盘"),
    rewrite(
        r"(?<![昨前较比日天])(?:今日|今天|当日)?收盘价?(?:确认|有效)?后?(?:能|仍|还|依然|依旧)?"
        r"(?!价|竞价|集合|前|后|时|确认|有效|为准|[高低]点)(?=[\u4e00-\u9fff\d<>A-Z])",
        "收盘时", "盘"),
    rewrite(r"(?:报收|收)(?:于|在|报)", "收盘时在", "收"),
    rewrite(r"收(?=[涨跌]\s*\d|[涨跌][超过幅停]|阳|红|绿)(?<![回昨]收)", "收盘时", "收"),
    rewrite(r"(?<=.)(?:\s*[,，]?\s*)(?:收盘确认|收盘有效|以收盘为准|收盘价为准|收盘价确认)\s*$", "收盘时",
        "收"),
    # Held for a time
    rewrite(r"(?:且|并且|并|,)?\s*(?:持续|维持|保持|坚持|站稳|守住|站住)(?:时间)?(?:了|超过|达到|达|满|至少|不少于)"
            rf"?\s*(?P<w>{_WINDOW})(?:以上|之上)?(?!内|之内|涨|跌)", "持续{w} ", "持续维保坚站守"),
    rewrite(rf"连续\s*(?P<w>{_WINDOW})(?:都|均|以上)?\s*(?=站|高于|低于|在|超|大于|小于|跌破|价格|股价|维|"
            r"保|守|突破|$|位于|不)", "持续{w} ", "连"),
    rewrite(r"(?P<a>(?:站上|站稳|站住|守住)[^,且或]*[\d元线价万千亿刀])\s*(?:超过|达到|达|满|至少|\s|(?<=[线元价万千亿刀]))"
            rf"\s*(?P<w>{_WINDOW})(?:以上)?\s*$", "{a} 持续{w} ", "站守"),
)  # fmt: skip
