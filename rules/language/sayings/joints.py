"""What joins Chinese conditions: 同时, 和, a comma, 后30分钟内; one verb for several lines; 5%以上."""

import re

from rules.language.spelling import rewrite
from rules.model import Instrument

_UNIT = (
    r"(?:%|个?百分点|个点|万亿|亿|万|千)?(?:元|块钱|块|美元|美金|港元|港币|刀|倍|连板|个?涨停板?|"
    r"只|家|板|次|天|个|手)?"
)
FIGURE = rf"[+-]?\d[\d,]*(?:\.\d+)?\s*{_UNIT}"
_SAID = (
    r"大于等于|不低于|不少于|不小于|不高于|不超过|不大于|超过|达到|高于|低于|大于|小于|至少|最少|至多|"
    r"最多|突破|不足|不到|少于|超|达|逾|过|>=|<=|>|<"
)
_VERB = (
    "重新站上|重新站稳|同时站上|站上|站稳|站回|收复|重回|突破|上穿|升破|跌破|失守|跌穿|击穿|下破|下穿|"
    "接近|逼近|靠近|高于|低于"
)
_CHANNEL = re.compile(r"\d\s*(?:元|块|点)?\s*(?:到|至|-|~|—)$")  # 480到520之内
MOST_LINES = 8  # behind one verb
_CROSSINGS = ("站上", "站稳", "回到", "收复", "失守", "跌回", "回落到", "站回", "守住")
_ARRIVALS = ("到", "至", "破", "穿", "站上")
_LINE = r"(?:(?<![\d.])\d+(?![\d.%]|\s*[%分秒小])(?:日|天)?(?:均线|线)?|MA\d+(?!\d)|均线\d+(?!\d))"
_LINES = rf"{_LINE}(?:\s*(?:、|,|和|与|及|跟|以及|或者|或)?\s*{_LINE})+"
_WINDOW = r"\d+\s*(?:秒钟?|分钟?|小时|个小时)"
_CONDITION = r"(?=\s*(?:[^\s\d,、|]|\d+(?::\d|\s*(?:秒|分|小时|日|天|根|连板|板|只|家))))"


def _suffixed(match: re.Match[str], sign: str) -> str | None:
    """5%以上 -> >=5%; after a comparison or 涨到 it says nothing new, behind 站上 it is a crossing's."""
    before = match.string[: match.start()].rstrip()
    if before.endswith(_CROSSINGS) or (match[0].endswith("之内") and _CHANNEL.search(before)):
        return None
    return f"{match['op'] or ('' if before.endswith(_ARRIVALS) else sign)}{match['f']}"


def _above(match: re.Match[str], _instrument: Instrument) -> str | None:
    return _suffixed(match, ">=")


def _below(match: re.Match[str], _instrument: Instrument) -> str | None:
    return _suffixed(match, "<=")


def _each_line(match: re.Match[str], _instrument: Instrument) -> str | None:
    said = match["lines"]
    if "线" not in said and "MA" not in said.upper():
        return None
    numbers = [int(number) for number in re.findall(r"\d+", said)]
    if len(numbers) > MOST_LINES:
        return None
    joint = " 或 " if "或" in said else " 且 "
    return "(" + joint.join(f"{match['verb'].removeprefix('同时')}{number}日线" for number in numbers) + ")"


def _both_ways(match: re.Match[str], _instrument: Instrument) -> str:
    said = (match["op"] or "").strip()
    window = match["w"] or ""
    return f"({window}涨幅{said or '>='}{match['f']} 或 {window}跌幅{said or '>='}{match['f']})"


def _stronger(match: re.Match[str], _instrument: Instrument) -> str:
    other = match["other"].strip()
    other = {"大盘": "上证指数", "沪指": "上证指数", "创业板": "创业板指", "板块": "板块"}.get(other, other)
    weak = match["verb"] in {"跑输", "弱于", "落后", "落后于"}
    return f"相对 {other} 强弱 {'<= -' if weak else '>= '}{match['f']}"


FIGURES = (
    rewrite(r"(?P<verb>跑赢|强于|领先于|领先|跑输|弱于|落后于|落后)(?P<other>[^|,]{1,20}?)(?:超过|超|"
            r"达到|达|至少|有|\s)*(?<!\d)(?P<f>\d+(?:\.\d+)?%)(?:以上)?", _stronger, "跑强领弱落"),
    # Figures with a word behind them
    rewrite(rf"(?P<op>{_SAID})?\s*在?\s*(?P<f>(?<![\d.,a-z]){FIGURE})\s*(?:及|或|和)?(?:以上|之上|往上|"
            r"上方)(?:时|的)?", _above, "上"),
    rewrite(rf"(?P<op>{_SAID})?\s*在?\s*(?P<f>(?<![\d.,a-z]){FIGURE})\s*(?:及|或|和)?(?:以下|之下|下方|"
            r"以内|之内|往下)(?!首)", _below, "下内"),
    rewrite(r"(?:今日|今天|当日|当天|日内|盘中|单日|全天|(?<!\d)每?日)(?P<w>)(?P<a>上涨或下跌|涨或跌|涨跌|上下波动|波动)(?=幅?度?\s*"
            rf"(?:{_SAID}|\d))", "{a}", "今当日盘单全"),
    rewrite(r"(?P<w>(?:近|最近)?(?:\d+\s*(?:秒钟?|分钟?|小时|日|天))(?:之内|以内|内)?)?(?:上涨或下跌|"
            rf"涨或跌|(?<!权)涨跌(?!幅度?\s*[<>])|上下波动|波动|股价波动|异动|大幅波动|上下"
            rf")\s*(?P<op>(?:幅度|幅)?(?:{_SAID})|"
            r"(?=\d))\s*(?P<f>\d+(?:\.\d+)?%)", lambda m, i: _both_ways(m, i).replace("幅幅", "幅").replace(
                "幅度", "幅"), "涨波异"),
    rewrite(r"(?P<a>\d(?:日均线|均线|日线|天线|日EMA|日|线))\s*[、,]\s*(?=\d+(?:日均线|均线|日线|天线|"
            r"日EMA|线)(?:形成|出现|发生)?(?:金叉|死叉|黄金|死亡))", "{a}和", "叉"),
    rewrite(
        r"(?P<name>涨幅|跌幅|换手率|换手|量比|振幅|RSI\d*|溢价率|总?市值|成交额)(?:在|介于|处于)"
        rf"(?P<low>{FIGURE})"
        rf"\s*(?:到|至|-|~|和|与)\s*(?P<high>{FIGURE})\s*(?:之间|区间|之内|以内|间)",
        "({name} >= {low} 且 {name} <= {high})", "在介处"),
    # Bars
    rewrite(r"(?P<verb>站上|站稳|跌破|失守|收复|突破|上穿|下穿)(?P<bar>(?:60|30|15|5|1)分钟)(?:级别|K线|"
            r"线|图)?的?"
        r"(?=\d+(?:日|天)?(?:均线|线)|MA\d)", "{bar}线{verb}", "分"),
    rewrite(r"(?P<name>MACD|KDJ|RSI\d*|布林带?|BOLL|DIF)\s*(?:的|在)?(?P<bar>(?:60|30|15|5|1)(?:分钟|分)"
            r"(?:级别|K线|线|图|周期)?)(?:上|的)?",
        "{bar}{name}", "分"),
    rewrite(r"(?P<name>MACD|KDJ|RSI\d*|布林带?|BOLL|DIF)\s*(?:的|在)?日(?:线级别|K线|线|K)(?:上|的)?(?=\D)",
        "{name}", "日"),
    rewrite(r"(?P<n>60|30|15|5|1)\s*(?:分钟|分|min|m)(?:级别|K线图?|K线|K|线图|图|周期|图表|线级别|线)"
            r"?(?:上|的)?\s*(?=MACD|KDJ|RSI|CCI|布林|BOLL|DIF|DEA|MA\d|\d+(?:日|天)?(?:均线|线)|出现MACD|"
            r"形成MACD)", "{n}分钟线", "分m"),
    rewrite(r"(?P<n>60|30|15|5|1)\s*(?:分钟|分)(?:级别|K线图?|K线|K|图|周期|图表|线级别)(?:上|的)?",
        "{n}分钟线", "分"),
    rewrite(r"(?:1小时|小时)(?:级别|K线图?|K线|线|图|周期)?(?:上|的)?(?=MACD|KDJ|RSI|CCI|布林|BOLL|DIF|站|"
            r"跌破|上穿|下穿|突破|收复|失守)(?<![\d个]小时)(?<![\d个]小时线)", "60分钟线", "时"),
    rewrite(r"1(?:个)?小时(?:级别|K线图?|K线|线|图|周期)?(?:上|的)?(?=MACD|KDJ|RSI|CCI|布林|BOLL|DIF)",
        "60分钟线", "时"),
    rewrite(r"(?:日线级别|日K线|日K|(?<!\d)日线)(?:上|的)?(?=\s*(?:出现|形成)?(?:MACD|KDJ|RSI|CCI|布林|"
            r"BOLL|DIF|站|跌破|突破))", " ", "日"),
)  # fmt: skip
FILLERS = (  # words that add nothing to a condition
    rewrite(r"(?<=[\d元块%])(?:就|则|,)?(?:止损|止盈|卖出|买入|清仓|减仓|加仓|抄底|离场|走人)\s*$", "",
        "止卖买清减加抄离走"),
    rewrite(r"(?P<a>成本价?\d+(?:\.\d+)?元?)\s*[,，]\s*(?=盈|赚|亏|浮|跌|涨)", "{a}", ",，"),
    rewrite(r"(?:今日|今天|当日|当前|目前|盘中)(?=复牌|停牌|涨停|跌停|封|炸|开板|触|站|跌破|突破|上穿|"
            r"下穿|放量|缩量|金叉|MACD|KDJ|换手|量比)", "", "今当目盘"),
    rewrite(r"持续(?=放量|缩量|上涨|拉升|下跌|走强|走弱)", "", "持"),
    rewrite(r"站在", "在", "站"),
    rewrite(r"(?:一旦|只要|要是|假如)(?=[\u4e00-\u9fff])", "", "旦只要假"),
    rewrite(r"(?:日内|盘中|分时)(?=放量|缩量|爆量|临时停牌|停牌)", "", "日盘分"),
    rewrite(r"(?:相比|相较)(?:于)?(?=昨|今|开盘)", "较", "相"),
    rewrite(r"(?:今日|今天|当日|盘中)(?=[从自较])", "", "今当盘"),
    rewrite(r"并(?:未|没有)", "没有", "并"),
    rewrite(r"(?<![%\d元倍])(?:又|再)(?=炸板|开板|跌停|涨停(?!打开)|跌破|站上)", "", "又再"),
    rewrite(r"封单(?:超过|超|达到|达|占|占到)*(?:流通盘|流通股|流通市值)(?:的|超过|超|达到|达)*(?=\d)",
        "封单占流通盘超过", "流"),
    rewrite(r"(?<![成溢差])(?:股价|价格|现价|最新价|币价|价位)(?=[\u4e00-\u9fff])", "", "价"),
    rewrite(r"(?<![\d一二三四五六七八九十])(?:1|一)[天日](?:之内|内|里)?(?=[涨跌上下大暴])", "", "天日"),
    rewrite(r"(?:跳空)?缺口向(?P<a>[上下])", "向{a}缺口", "缺"),
    rewrite(r"开盘价(?=高开|低开)", "", "开"),
    rewrite(r"一字板(?=开板|炸板|打开|被打开)", "", "一"),
    rewrite(r"(?:已经|已|直接|成功|有效|继续|一度|突然|强势|一举|果断|顺利|正式|真正|股价又|悄然|开始|"
            r"疯狂|不断|连连|依然|仍然|依旧|仍)(?=[\u4e00-\u9fff])(?<!开始)", "",
                "已直成有继一突强果顺正真悄疯不连依仍"),
    rewrite(r"(?<=[破上到过达涨跌停板叉量红绿穿超稳守复盘牌])了", "", "了"),
    rewrite(r"(?:的)?(?:信号|迹象|走势|形态|行情|情况|现象)(?=\s*(?:$|[,、;)]|且|或|并|同时|然后|后))", "",
        "信迹走形行情现"),
    rewrite(r"(?:出现|发出|形成|产生|触发)(?=MACD|KDJ|RSI|CCI|布林|\d+分钟|放量|缩量|均线|大单|涨停|跌停|"
            r"跳水|拉升)", "", "出发形产触"),
    rewrite(r"[也都](?=[\u4e00-\u9fff])", "", "也都"),
    rewrite(r"(?<!新高)(?<!涨停)(?<!跌停)(?<!停板)(?<!日线)(?<!均线)(?<!高点)(?<!最高)(?<!MA\d)(?<!MA\d\d)"
            r"(?:不足|不到)(?=\s*\d)", "低于", "不"),
    rewrite(r"(?P<a>\d)个多点", "{a}个点", "多"),
    rewrite(r"(?:,\s*)?(?:但是|但|不过|然而)(?=[\u4e00-\u9fff])", " 且 ", "但不然"),
    rewrite(r"(?P<t>\d+(?:日线|日均线|均线)|(?:布林带?|BOLL)[上中下]轨|均价线|\d+(?:\.\d+)?(?:元|块)?)"
            r"(?:整数)?(?:关口|大关|关)?(?:被|遭|遭到)?(?P<verb>失守|跌破|击穿|突破|收复|站上|上穿|下穿)"
            r"(?=\s*(?:$|[,、;)]|且|或|并|同时|然后|后))", "{verb}{t}", "失跌击突收站上下"),
)  # fmt: skip
REWRITES = (
    # Then
    rewrite(r"^\s*先(?=[^后]*(?:后|再|然后|随后|接着))", " ", "先"),
    rewrite(r"[,;]\s*(?=然后|随后|之后|并且|而且|且|或|同时|持续)", " ", ",;"),
    rewrite(r"(?:[,;]\s*)?(?:随即|接着|紧接着|紧跟着|继而|接下来|再(?=跌|涨|炸|回落|反|从|封|破|打开|站|"
            r"突破)(?<![一又]再))", "然后", "即接着紧继再来"),
    rewrite(r"(?:之后的|之后在|然后在?|随后在?|以后|过后|后的|后在|后)(?<![盘午今最日天前市牌之]后)"
            rf"\s*,?\s*(?=(?:的|在)?{_WINDOW}(?:之内|以内|内))", "之后 ", "后"),
    rewrite(r"(?P<a>[高低停板线%红绿叉口\d元])(?:以后|过后|后)(?=\s*[^\s\d])", "{a}之后 ", "后"),
    # One verb before several lines
    rewrite(rf"(?P<verb>{_VERB})\s*(?P<lines>{_LINES})(?:之上)?(?!\s*(?:金叉|死叉|上穿|下穿))", _each_line),
    rewrite(r"(?P<verb>站上|站稳|跌破|失守|突破)(?:所有|全部|各条|主要)均线", lambda m, _: "(" + " 且 ".join(
        f"{m['verb']}{n}日线" for n in (5, 10, 20, 60)) + ")", "均"),
    # Connectives
    rewrite(r"(?:并且同时|且同时|而且同时|同时又|同时还|与此同时|同时也)", " 且 ", "同"),
    rewrite(r"^\s*同时(?:满足)?", " ", "同"),
    rewrite(r"同时(?:满足)?", " 且 ", "同"),
    rewrite(r"(?:,\s*)?(?:并且|而且|外加|再加上|加上|另外|以及|还要|并(?![且列]))", " 且 ", "并而外加另以还"),
    rewrite(r"(?P<a>[高低停板线%红绿叉口倍元\d])\s*又(?=[^一])", "{a} 且 ", "又"),
    rewrite(r"(?P<a>[高低停板线%红绿叉口倍元亿\d量])\s*(?:和|与|跟|及)\s*"
        r"(?=[^\d\s]|\d+\s*(?:分钟|日|天|秒|小时))", "{a} 且 ", "和与跟及"),
    rewrite(r"(?:,\s*)?(?:要么|或是|抑或|又或者|亦或)", " 或 ", "或要"),
    rewrite(r"、(?=\s*(?:[^\s\d,、|]))", " 且 ", "、"),
    rewrite(r"[,;]" + _CONDITION, " 且 ", ",;"),
    rewrite(r"[。!！;]+\s*$", "", "。!;"),
    rewrite(r"(?:没有|并没有|并未|未能|没能|还没|尚未|不是|未|没)(?=涨停|封板|跌停|封涨停|封死|涨|跌|"
        r"触|创|新高|一字)",
        "非 ",
        "没未不"),
)  # fmt: skip
