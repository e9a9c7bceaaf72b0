"""What the figures of an event are called: the engine's evidence by name, in both languages."""

import re
from collections.abc import Mapping
from types import MappingProxyType

# Names as signals give them; what is missing here is shown under its own name.
LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "reason": ("", ""),
        "first": ("first rang", "前者触发于"),
        "held": ("held", "持续"),
        "typed": ("typed", "设于"),
        "factor": ("factor", "系数"),
        "moved by": ("moved by", "平移"),
        "adjusted": ("adjusted by", "复权"),
        "ex-date": ("ex-date", "除权除息日"),
        "dif": ("yesterday's DIF", "昨DIF"),
        "dea": ("DEA", "昨DEA"),
        "since the open": ("since the open", "自开盘"),
        "since": ("since", "自"),
        "base": ("from", "基准"),
        "as of": ("as of", "日期"),
        "open": ("open", "今开"),
        "close": ("close", "收盘"),
        "extreme": ("extreme", "极值"),
        "highest": ("highest", "最高"),
        "bound": ("level", "价位"),
        "limit": ("limit", "涨跌停价"),
        "first_seal": ("first seal", "首封"),
        "openings": ("opened", "打开次数"),
        "most": ("most", "最多"),
        "shares": ("shares", "股数"),
        "shares as of": ("as of", "股本日期"),
        "float shares": ("float shares", "流通股"),
        "usual volume": ("usual volume", "常量"),
        "usual amount": ("usual amount", "平常成交额"),
        "usual move %": ("usual move %", "平常幅度%"),
        "ADR20": ("ADR20", "20日平均波幅"),
        "vwap": ("average price", "均价"),
        "index %": ("index %", "指数%"),
        "auction": ("auction", "竞价"),
        "against": ("against", "对比"),
        "milestone": ("milestone", "关口"),
        "indicative value": ("value per share", "参考净值"),
        "stale": ("stale:", "滞后："),
        "halted since": ("halted since", "停牌自"),
        "by the definition of": ("as defined by", "口径"),
        "status": ("status", "状态"),
        "earnings": ("earnings on", "财报日"),
        "before": ("before", "此前"),
        "previous close": ("previous close", "昨收"),
        "high": ("high", "最高"),
        "low": ("low", "最低"),
        "high before": ("high before", "此前最高"),
        "low before": ("low before", "此前最低"),
        "bid": ("bid", "买一"),
        "ask": ("ask", "卖一"),
        "bid size": ("bid size", "买一量"),
        "ask size": ("ask size", "卖一量"),
        "bid depth": ("bid depth", "买盘金额"),
        "ask depth": ("ask depth", "卖盘金额"),
        "amount today": ("amount today", "今日成交额"),
        "volume today": ("volume today", "今日成交量"),
        "shares that float": ("shares that float", "流通股数"),
        "market cap": ("market cap", "市值"),
        "unmatched": ("unmatched", "未匹配量"),
        "shares that seal": ("shares that seal", "封单股数"),
        "ratio as fed": ("as the feed says", "行情源数值"),
        "inflow": ("inflow", "净流入"),
        "members": ("members", "成员数"),
        "members compared": ("members compared", "可比成员数"),
        "advancers": ("advancers", "上涨家数"),
        "decliners": ("decliners", "下跌家数"),
        "leaders": ("leaders", "领涨家数"),
        "limit ups": ("limit ups", "涨停家数"),
        "limit downs": ("limit downs", "跌停家数"),
        "limit ups touched": ("limit ups touched", "触及涨停家数"),
        "value added": ("value added", "市值增量"),
        "value before": ("value before", "昨日市值"),
        "members' amount": ("members' amount", "成员成交额"),
        "members' amount yesterday": ("members' amount yesterday", "成员昨日成交额"),
        "level": ("level", "水平"),
        "average": ("average of the finished bars", "已收K线均值"),
        "lowest": ("lowest", "最低"),
        "rest k": ("K without this bar", "K既有部分"),
        "rest d": ("D without this bar", "D既有部分"),
        "k": ("yesterday's K", "前K"),
        "d": ("yesterday's D", "前D"),
        "ema 12": ("EMA12 before", "前EMA12"),
        "ema 26": ("EMA26 before", "前EMA26"),
        "rises": ("mean rise before", "前平均涨幅"),
        "falls": ("mean fall before", "前平均跌幅"),
        "mean": ("mean", "均值"),
        "mean of 19": ("mean of 19", "前19均值"),
        "deviation of 19": ("deviation of 19", "前19标准差"),
        "upper": ("upper band", "上轨"),
        "mid": ("middle band", "中轨"),
        "lower": ("lower band", "下轨"),
        "typical": ("typical price", "典型价"),
        "mean distance": ("mean distance", "平均绝对偏差"),
        "amount before": ("amount before", "此前成交额"),
        "amount then": ("amount then", "对比成交额"),
        "volume before": ("volume before", "此前成交量"),
        "volume then": ("volume then", "对比成交量"),
        "day's volume": ("volume of the day before", "昨日成交量"),
        "seconds": ("seconds", "秒数"),
        "minutes so far": ("minutes so far", "已交易分钟"),
        "minutes of a day": ("minutes of a day", "全日分钟"),
        "atr": ("ATR", "ATR"),
        "days": ("days", "天数"),
        "bars": ("bars", "K线数"),
    }
)
AVERAGE, REST, CHANGE = "average ", "rest ", " change %"
DEVIATION = re.compile(r"(\d+)-day deviation %")
# Words that signals give as evidence, in Chinese.
SAYINGS: Mapping[str, str] = MappingProxyType(
    {
        "not known: the bar ended while nobody watched": "离线时收盘，结果未知",
        "ratio": "等比",
        "affine": "加减",
        "indicative": "参考价",
        "result": "竞价结果",
        "yesterday, spread by the usual curve": "昨日成交按常规曲线分布",
        "assets abroad: the value is of their markets' last close": "境外资产，净值为其市场上次收盘",
        "00:00 UTC": "00:00 UTC（08:00）",
        "halted": "停牌",
        "suspended": "停牌",
    }
)


def label(name: str) -> tuple[str, str]:
    """What a number is called, in English and Chinese."""
    if days := DEVIATION.fullmatch(name):
        return name, f"{days[1]}日偏离值%"
    if found := LABELS.get(name):
        return found
    for begin, english, chinese in ((AVERAGE, "average", "均值"), (REST, "average before", "前均值")):
        if name.startswith(begin):
            count = name.removeprefix(begin)
            return f"{english} {count}", f"{count}期{chinese}"
    if name.endswith(CHANGE):
        return name, f"{name.removesuffix(CHANGE)} 涨跌幅%"
    return name, name
