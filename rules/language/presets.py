"""The twenty-two intraday anomalies that Chinese terminals list, as conditions of the language.

Source: conditions.md section 3 (the terminals' published list). D: the definition was published, its sizes
are ours where the text has figures; I: inferred, so the figure is ours. A preset is a name for text: the
condition it makes prints as that text, and an operator may put another condition behind a name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType


class UnknownPresetError(LookupError):
    """A name that no anomaly has."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One anomaly: its number in the list, its names, its condition in canonical words, its definition."""

    number: int
    en: str
    zh: str
    text: str
    note: str

    @property
    def names(self) -> tuple[str, ...]:
        """What may be typed for it, in lower case."""
        number = (f"anomaly {self.number}", f"异动{self.number}", f"异动 {self.number}")
        return (self.en.lower(), self.zh, *number)


PRESETS = (
    Preset(
        8201, "rocket", "火箭发射", "rise(5m) >= 3% and new high(day)", "D: fast rise, new high of the day"
    ),
    # Still 2 % beneath the half-hour's high, and 2 % above the low of the last five minutes.
    Preset(
        8202,
        "rebound",
        "快速反弹",
        "fall(30m) >= 2% and rise(5m) >= 2%",
        "D: turns from falling to fast rising",
    ),
    Preset(
        8203, "dive", "高台跳水", "rise(30m) >= 2% and fall(5m) >= 2%", "D: turns from rising to fast falling"
    ),
    Preset(
        8204,
        "slide",
        "加速下跌",
        "fall(30m) >= 3% and fall(5m) >= 2% and new low(day)",
        "D: an existing fall goes on, faster",
    ),
    Preset(
        8193, "big buy", "大笔买入", "big buy", "D by prints; ours: 3 seconds' amount 20 x the usual and 20 M"
    ),
    Preset(
        8194,
        "big sell",
        "大笔卖出",
        "big sell",
        "D by prints; ours: 3 seconds' amount 20 x the usual and 20 M",
    ),
    Preset(64, "bid wall", "有大买盘", "bid wall", "D by shares; ours: 50 M on the bid side"),
    Preset(128, "ask wall", "有大卖盘", "ask wall", "D by shares; ours: 50 M on the ask side"),
    Preset(4, "sealed up", "封涨停板", "limit up sealed", "D: trades at the limit, other side empty"),
    Preset(8, "sealed down", "封跌停板", "limit down sealed", "D: trades at the limit, other side empty"),
    Preset(16, "opened up", "打开涨停板", "limit up opened", "D: leaves a sealed limit"),
    Preset(32, "opened down", "打开跌停板", "limit down opened", "D: leaves a sealed limit"),
    Preset(
        8207, "auction up", "竞价上涨", "auction change >= 3%", "I: auction price above the previous close"
    ),
    Preset(
        8208, "auction down", "竞价下跌", "auction change <= -3%", "I: auction price below the previous close"
    ),
    Preset(8209, "opens over MA5", "高开5日线", "opens over ma(5)", "I: open beyond MA5 from its other side"),
    Preset(
        8210, "opens under MA5", "低开5日线", "opens under ma(5)", "I: open beyond MA5 from its other side"
    ),
    Preset(8211, "gap up", "向上缺口", "gap up", "I: open above the previous day's high"),
    Preset(8212, "gap down", "向下缺口", "gap down", "I: open below the previous day's low"),
    Preset(8213, "60-day high", "60日新高", "new high(60d)", "I: above the high of 60 trading days"),
    Preset(8214, "60-day low", "60日新低", "new low(60d)", "I: below the low of 60 trading days"),
    Preset(8215, "large 60-day rise", "60日大幅上涨", "change(60d) >= 60%", "I: 60 %"),
    Preset(8216, "large 60-day fall", "60日大幅下跌", "change(60d) <= -60%", "I: 60 %"),
)


# What stands between the parts of a condition.
_JOINT = re.compile(
    r"(?<![a-z_0-9])(?:and|or|not)(?![a-z_0-9])|&&?|并且|而且|且|或者|或|非|[()]", re.IGNORECASE
)


def named(presets: Iterable[Preset] = PRESETS) -> Mapping[str, str]:
    """Conditions by every name."""
    return MappingProxyType({name: preset.text for preset in presets for name in preset.names})


NAMES = named()


def with_conditions(texts: Mapping[str, str]) -> Mapping[str, str]:
    """The names with other conditions behind some of them; UnknownPresetError for a name nobody knows."""
    chosen = {preset: preset.text for preset in PRESETS}
    for name, text in texts.items():
        found = next((preset for preset in PRESETS if " ".join(name.lower().split()) in preset.names), None)
        if found is None:
            raise UnknownPresetError(name)
        chosen[found] = text
    return MappingProxyType({name: text for preset, text in chosen.items() for name in preset.names})


@dataclass(frozen=True, slots=True)
class Expansion:
    """A line with conditions in place of names, and where in the typed line each of its characters stands."""

    text: str
    places: tuple[int, ...]

    def origin(self, place: int) -> int:
        """The place in the typed line."""
        return self.places[place]


def expanded(text: str, plain: str, begin: int, names: Mapping[str, str]) -> Expansion:
    """The line with the conditions of presets in place of their names, in brackets beside other conditions.

    `plain` is the same text with signs normalised, `begin` where the condition begins in both.
    """
    end = plain.find("|", begin) if "|" in plain[begin:] else len(plain)
    joints = [match.span() for match in _JOINT.finditer(plain, begin, end)]
    edges = [begin, *(place for joint in joints for place in joint), end]
    said, places = text[:begin], list(range(begin))
    for at, (low, high) in enumerate(pairwise(edges)):
        is_call = plain.startswith("(", high)  # big buy(20) is a signal
        found = None if at % 2 or is_call else names.get(" ".join(plain[low:high].lower().split()))
        if found is None:
            said += text[low:high]
            places.extend(range(low, high))
        else:
            first = low + len(plain[low:high]) - len(plain[low:high].lstrip())
            said += f" ({found}) " if joints else f" {found} "
            places.extend([first] * (len(said) - len(places)))
    return Expansion(said + text[end:], (*places, *range(end, len(text) + 1)))
