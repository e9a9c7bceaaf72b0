"""The intraday anomalies every Chinese terminal lists, as conditions of the language.

Source: the terminals' published list of twenty-two kinds. Where no definition was published the thresholds
are ours. A preset is a name for text: the condition it makes prints as that text. Those of the
auction, of opening beyond the five-day average and of sixty-day swings are not built yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Preset:
    """One anomaly: its number in the list, its names, and the condition in canonical words."""

    number: int
    en: str
    zh: str
    text: str


PRESETS = (
    Preset(8201, "rocket", "火箭发射", "rise(5m) >= 3% and new high(day)"),
    # Still 2 % beneath the half-hour's high, and 2 % above the low of the last five minutes.
    Preset(8202, "rebound", "快速反弹", "fall(30m) >= 2% and rise(5m) >= 2%"),
    Preset(8203, "dive", "高台跳水", "rise(30m) >= 2% and fall(5m) >= 2%"),
    Preset(8204, "slide", "加速下跌", "fall(30m) >= 3% and fall(5m) >= 2% and new low(day)"),
    Preset(8193, "big buy", "大笔买入", "big buy"),
    Preset(8194, "big sell", "大笔卖出", "big sell"),
    Preset(64, "bid wall", "有大买盘", "bid wall"),
    Preset(128, "ask wall", "有大卖盘", "ask wall"),
    Preset(4, "sealed up", "封涨停板", "limit up sealed"),
    Preset(8, "sealed down", "封跌停板", "limit down sealed"),
    Preset(16, "opened up", "打开涨停板", "limit up opened"),
    Preset(32, "opened down", "打开跌停板", "limit down opened"),
    Preset(8211, "gap up", "向上缺口", "gap up"),
    Preset(8212, "gap down", "向下缺口", "gap down"),
    Preset(8213, "60-day high", "60日新高", "new high(60d)"),
    Preset(8214, "60-day low", "60日新低", "new low(60d)"),
)
NAMES: Mapping[str, str] = MappingProxyType(
    {name: preset.text for preset in PRESETS for name in (preset.en, preset.zh)}
)


def expanded(text: str, plain: str, begin: int) -> str:
    """The line with a preset's name in its condition's place, if that is the whole condition.

    `plain` is the same text with signs normalised, `begin` where the condition begins in both.
    """
    end = plain.find("|", begin) if "|" in plain[begin:] else len(plain)
    found = NAMES.get(" ".join(plain[begin:end].lower().split()))
    return text if found is None else f"{text[:begin]} {found} {text[end:]}"
