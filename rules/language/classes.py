"""Words of one sense in templates: `<涨>` is any of 涨, 上涨, 大涨 ...; `<涨?>` may also be left out.

A template with a class is one path of the trie however many words the class has. The longest word counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_MONEY = "元 块钱 块 人民币 美元 美金 港元 港币 港 刀 点 USDT USD yuan dollars"
_TODAY = (
    "当前 截至目前 今日 单日 日 本日 今天 当日 当天 日内 盘中 全天 目前 现在 已经 已 股价 价格 现价 "
    "最新价 最新"
)
_UP = (
    "涨 上涨 大涨 暴涨 狂涨 猛涨 飙涨 飙升  拉升  猛拉 拉 直拉      大幅上涨 大幅拉升"
    " 上扬 走高 冲高 上冲 拉涨 上升 攀升 走强 涨幅 上涨幅度 涨势 拉高 上攻 大幅走高 上行 震荡上行 收涨 升"
)
_DOWN = (
    "跌 下跌 大跌 暴跌 狂跌 猛跌 狂泻 跳水 大跳水  重挫 下挫 杀跌 下杀 砸盘 跌幅 下跌幅度 走低 下滑 下行   "
    "   大幅下跌 闪崩 走弱 收跌 下探 大幅走低 崩跌 跌势     砸 崩 挫"
)
_RISES = (
    "升到 升至 至 涨回 升回 弹回 "
    "涨到 涨至 到 到了 达到 升破 涨破 突破 站上 冲到 冲上 增至 增加到 扩大到 扩大至 放大到 "
    "放大至 来到 上到 上升到 超"
)
_SINKS = (
    "降到 降至 跌到 跌至 跌破 回落到 回落至 下降到 降破 失守 收窄到 收窄至 缩小到 缩小至 缩到 跌穿 掉到 "
    "下到 破位"
)
_RECLAIM = (
    "站上 升穿 站回 涨回 升回 弹回 "
    "重回 收复 站稳 重新站上 重新站稳 再次站上 重返 夺回 重新收复 重上 站上了 站稳了 收回 "
    "升破 涨破 成功站上 突破并站稳 站住 守住 上破"
    " 重新站回 冲上 企稳"
)
_LOSE = (
    "跌破 失守 跌穿 击穿 下破 跌下 丢失 破位 有效跌破 跌破了 再次跌破 重新跌破 掉下 跌落 丢掉 跌回 "
    "下穿跌破 砸穿 刺穿 失去"
)
_ABOVE = "上穿 突破 向上突破 有效突破 向上穿越 穿过 向上穿过 冲破 冲过"
_BELOW = "下穿 向下穿越 向下突破 向下跌破 向下穿过 向下击穿"
_AVERAGE = "日线 日均线 天线 天均线 均线 日移动平均线 日平均线 天平均线 日MA MA 天均价线"

_ALTERNATIVE = re.compile(r"[^()?:|]+")  # of what may stand before them
# A class is words, longest first, with whatever may hang on them.
WORDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(  # name: (words, before, after)
    {
        "元": (_MONEY, "", ""),
        "今日": (_TODAY, "", "的?"),
        "涨": (_UP, "(?:累计|一度|再|又|区间)?", "(?:了|得|去|有|幅度?|幅)?"),
        "跌": (_DOWN, "(?:累计|一度|再|又|区间)?", "(?:了|得|去|有|幅度?|幅)?"),
        "反弹": ("反弹 回升 回暖 弹 反抽 拉回 反拉 弹回 拉起 上来 起来", "", "(?:了|幅度|起来)?"),
        "回落": ("回落 回撤 回调 下探 跌 下跌 跳水 回吐 调整 下来 掉下来 掉", "", "(?:了|幅度)?"),
        "高点": (
            (
                "最高点 最高价 最高 高点 高位 日内高点 日内最高 日高 盘中高点 盘中最高 顶部 日内最高点 "
                "全天高点 高处"
            ),
            "(?:今日|今天|当日|当天|日内|盘中|全天)?的?",
            "(?:处|附近|开始|位置)?",
        ),
        "低点": (
            "最低点 最低价 最低 低点 低位 日内低点 日内最低 日低 盘中低点 盘中最低 底部 日内最低点 全天低点",
            "(?:今日|今天|当日|当天|日内|盘中|全天)?的?",
            "(?:处|附近|开始|位置)?",
        ),
        "从": ("从 自 较 比 距 离 由 距离", "", ""),
        "近": ("近 最近 过去 最近的 在 任意 每 前 短短 仅", "", ""),
        "内": ("内 之内 里 以内 内的 的 时间内 之间 间 内累计 以来 来 内区间", "", ""),
        "升到": (_RISES, "", ""),
        "降到": (_SINKS, "", ""),
        "站上": (_RECLAIM, "(?:价格|股价)?", ""),
        "跌破": (_LOSE, "(?:价格|股价)?", ""),
        "上穿": (_ABOVE, "(?:价格|股价)?", ""),
        "下穿": (_BELOW, "(?:价格|股价)?", ""),
        "日线": (_AVERAGE, "", ""),
        "上方": ("上方 之上 以上 上面 上边 上", "的?", "(?:运行)?"),
        "下方": ("下方 之下 以下 下面 下边 下", "的?", "(?:运行)?"),
        "价格": (
            "价格 股价 现价 最新价 价 最新 币价 价位 点位 指数 股票 报价 现报 现货价 现货价格 成交价 交易价",
            "",
            "(?:已经|已)?在?",
        ),
        "接近": (
            "接近 临近 逼近 靠近 贴近 快到 快要到 即将到 马上到 将近 快碰到 触近",
            "(?:即将|马上|快要|快)?",
            "(?:了|于)?",
        ),
        "距": ("距离 距 离 相距 与 跟 和", "", ""),
        "不到": (
            "<= < ≤ 不足 不到 小于 低于 只有 只差 还有 还差 仅 仅差 差 不超过 仅剩 只剩 还剩 在 少于 不足约",
            "(?:的距离|距离|差距|的差距)?",
            "",
        ),
        "金叉": (
            (
                "金叉 黄金交叉 形成金叉 出现金叉 发生金叉 金叉了 出现黄金交叉 向上金叉 将金叉 死叉转金叉 "
                "交金叉 走出金叉 转金叉 上穿金叉"
            ),
            "(?:指标|线)?",
            "",
        ),
        "死叉": (
            (
                "死叉 死亡交叉 形成死叉 出现死叉 发生死叉 死叉了 出现死亡交叉 向下死叉 将死叉 金叉转死叉 "
                "走出死叉 转死叉 下穿死叉"
            ),
            "(?:指标|线)?",
            "",
        ),
        "布林": ("布林 布林带 布林线 BOLL BOLL带 BOLL线 boll", "", "的?"),
        "创": (
            (
                "创 创出 创下 刷新 再创 突破 打破 改写 破 续创 又创 再刷新 站上 升破 创了 再次创 再创出 触及 "
                "冲破"
            ),
            "(?:股价|价格|盘中|今日|今天)?",
            "(?:了|近|最近)?",
        ),
        "创低": (
            "创 创出 创下 刷新 再创 跌破 打破 改写 破 续创 又创 再刷新 创了 再次创 再创出 击穿 失守",
            "(?:股价|价格|盘中|今日|今天)?",
            "(?:了|近|最近)?",
        ),
        "新高": ("新高 最高价 最高点 最高 高点 前高 高位 新高点 内新高 高价", "(?:以来|来|内|里)?的?", ""),
        "新低": ("新低 最低价 最低点 最低 低点 前低 低位 新低点 内新低 低价", "(?:以来|来|内|里)?的?", ""),
        "股票": ("股票 个股 只股票 股 成分股 票", "", ""),
        "只": (
            "只 家 个 支 股 只个股 家公司",
            "(?:以上)?",
            "(?:股票|个股|股|成分股|成份股|公司|票|以上)?",
        ),
        "家": ("只 家 支", "", "(?:股票|个股|股|成分股|成份股|公司|票)?"),
        "平时": (
            (
                "平时 平常 均量 日均量 5日均量 五日均量 正常 平均 平日 同期 近期均量 均值 往常 前5日均量 "
                "过去5日均量 日均 平均量"
            ),
            "(?:于)?",
            "(?:水平)?的?",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Sense:
    """The words of a class: their pattern, the one an error offers, what they begin with."""

    pattern: re.Pattern[str]
    label: str
    first: str  # characters, in lower case
    is_optional: bool


def _sense(words: str, before: str, after: str, *, is_optional: bool) -> Sense:
    ordered = sorted(set(words.split()), key=len, reverse=True)
    body = f"{before}(?:{'|'.join(map(re.escape, ordered))}){after}"
    starts = (*ordered, *_ALTERNATIVE.findall(before))
    first = "".join(dict.fromkeys(word[0].lower() for word in starts))
    return Sense(re.compile(body, re.IGNORECASE), words.split(maxsplit=1)[0], first, is_optional)


CLASSES: Mapping[str, Sense] = MappingProxyType(
    {
        name + "?" * is_optional: _sense(*said, is_optional=is_optional)
        for name, said in WORDS.items()
        for is_optional in (False, True)
    }
)
