"""What the numbers beneath an alert are called: the engine's evidence by name, in both languages."""

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
    }
)
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
    if found := DEVIATION.fullmatch(name):
        return name, f"{found[1]}日偏离值%"
    return LABELS.get(name, (name, name))
