"""Chinese as it stands in chats: 除非一字板, 在480到560之间波动, 半小时内封板, 财报前三天."""

import re
from decimal import Decimal

from rules.language.figures import plain
from rules.language.sayings.joints import FIGURE
from rules.language.spelling import rewrite
from rules.model import Instrument

_YESTERDAY = r"(?:昨[天日]|前一?[天日]|上一?个?交易日)"
_SAME_TIME = r"(?:同期|同时段|同一时间|此时|这个时候|这个点)?"
_MORE, _LESS = "放大|增加|放量|增长|多出?|高出?|扩大", "萎缩|减少|缩量|缩小|下降|降低|少"
_LOW = rf"(?P<low>{FIGURE})\s*(?:到|至|-|~|—|和|与)\s*(?P<high>{FIGURE})"
_BETWEEN = r"\s*(?:元|块|点)?(?:之间|区间|范围|这个区间)?(?:之?内|里)?(?!\d)"


def _unless(match: re.Match[str], _instrument: Instrument) -> str:
    """All that follows is what must not be."""
    return f" 且 非 ({match['rest']})"


def _pace(match: re.Match[str], _instrument: Instrument) -> str:
    """放大20% is 1.2 times yesterday's by this time, 放大2倍 is said of the multiple itself."""
    share = Decimal(match["f"]) / 100
    is_more = match["way"] in _MORE.replace("?", "").split("|") or match["way"] in {"多", "高"}
    return f"成交额较昨日同期 {'>=' if is_more else '<='} {plain(1 + share if is_more else 1 - share)}倍"


REWRITES = (
    rewrite(r"(?P<n>\d)\s*个(?=[万亿千百])", "{n}", "个"),
    # Joined in other ways
    rewrite(r"[,，;]?\s*(?:除非|除了|排除|不算|剔除)(?:是|已经|已)?(?P<rest>[^|()]+?)"
        r"(?:之外|以外|的情况|的除外|的话)?\s*$",
        _unless, "除排不剔"),
    rewrite(r"[,，;]\s*(?=(?:\d{1,2}:\d{2}至\d{1,2}:\d{2}之间|在?\d{1,2}:\d{2}时)\s*$)", " ", ":"),
    rewrite(r"(?:日内|盘中|全天)(?=[从自较])", "", "日盘全"),
    # Channels
    rewrite(rf"(?:不在|不处于|脱离|超出|跑出){_LOW}{_BETWEEN}", "价格在{low}到{high}之外", "不脱超跑"),
    rewrite(r"(?P<a>之间|区间内?|之内)(?:上下)?(?:波动|震荡|运行|徘徊|整理|横盘|游走|盘整)", "{a}",
        "波震运徘整横游盘"),
    # Prices against the day before
    rewrite(r"(?:从?水下|由跌|低开后?)?(?<!MACD)(?<!柱)(?:拉|飘|杀|转|变|冲)红(?!柱)", "翻红", "红"),
    rewrite(r"(?:从?水上|由涨|高开后?)?(?<!MACD)(?<!柱)(?:飘|跳|杀|转|变|砸)绿(?!柱)", "翻绿", "绿"),
    rewrite(r"(?:跌到|跌入|跌至|落到|掉到)水下", "翻绿", "水"),
    rewrite(r"(?:拉出|浮出|站上|拉上)水面", "翻红", "水"),
    # Limits
    rewrite(r"(?:开盘后?|开市后?)(?P<w>\d+(?:分钟|小时))(?:之内|以内|内|里)(?:就|便|直接|快速)?"
            r"(?:封涨停板?|封死涨停|封上涨停|封住涨停|封板|封上|涨停)(?![价\d])",
        "开盘{w}内首次封涨停", "封停"),
    # Groups
    rewrite(r"(?:按|以)?(?:流通)?市值加权(?:的|后)?(?:平均)?涨跌?幅度?", "加权涨跌幅", "权"),
    rewrite(r"龙头股?(?:的)?(?:数量|家数|个数|数)?(?=\s*(?:达到?|超过?|至少|不少于|大于|有|>=|>))",
        "领涨家数", "龙"),
    rewrite(r"(?P<a>领涨家数)有(?=\d)", "{a}>=", "领"),
    # Turnover against the day before
    rewrite(rf"成交[额量]?(?:金额)?(?:比|较|对比|相比|同比){_YESTERDAY}{_SAME_TIME}的?(?P<way>{_MORE}|{_LESS})了?"
            r"(?:超过|超|达到|达|至少)?(?P<f>\d+(?:\.\d+)?)%(?:以上)?", _pace, "成"),
    # What is near, what comes
    rewrite(r"(?P<t>\d+(?:日均线|日线|均线)|历史新高|历史高点|涨停板?|跌停板?)附近\s*(?:上下|正负|±)?"
            r"(?P<f>\d+(?:\.\d+)?%)",
        "接近{t} {f}", "附"),
    rewrite(r"(?:财报|业绩|季报|年报)(?:公布|发布|披露|出来?)?(?:之?前)(?P<n>\d+)[天日]",
        "{n}日内财报", "前"),
    rewrite(r"(?P<n>\d+)[天日](?:之?内|后)?(?:要|将|会)?(?:公布|发布|披露|出)?(?:季报|年报|业绩)",
        "{n}日内财报", "报绩"),
)  # fmt: skip
