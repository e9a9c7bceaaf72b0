"""Friendly words, English and Chinese, as one table: a row says in other words what a signal's phrase says.

`[a|b|]` is a choice, empty allowed; fields are those of the signal. Friendly comparisons include the level
(conditions.md section 1: the friendly phrases mean >=). With a `sign` the figure is written without one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

from rules.model import Argument, SessionKind


@dataclass(frozen=True, slots=True)
class Friendly:
    """Another wording of a leaf: the template, the signal, its verb ("" where {op} gives it).

    A verb "a|b" is two leaves, either of which will do; where it has a `sign`, the second takes the opposite.
    """

    template: str
    signal: str
    verb: str
    sign: int = 0
    fixed: tuple[Argument, ...] = ()  # arguments the words imply, before those they say
    level: Decimal | None = None  # the level they imply


EITHER = "|"  # between two verbs of which either will do
HALF_HOUR = timedelta(minutes=30)  # the opening range where no length is said
_RISES = "[rises|rise|rises by|gains|gain|is up|up|jumps|climbs]"
_FALLS = "[falls|fall|falls by|loses|drops|drop|is down|down|slides]"
_WITHIN = "[in|within|over]"
_UP = "[涨|上涨|涨超|涨超过|上涨超|上涨超过|涨幅超|涨幅超过|涨幅达|涨幅达到|涨逾|拉升|拉升超]"
_DOWN = "[跌|下跌|跌超|跌超过|下跌超|下跌超过|跌幅超|跌幅超过|跌幅达|跌幅达到|跌逾|跳水|跳水超]"
_COIN = "[yuan|usd|dollars]"
_MONEY = "[|元|块|块钱|美元|港元|yuan|usd|dollars]"

FRIENDLY = (
    # With a word of comparison 涨跌幅 is either way, with a sign it is the change itself.
    *(
        Friendly(f"{window}{noun}[超过|超|达到|达|大于|逾|高于|超出]{{level}}", signal, ">=|<=", +1)
        for window, signal in (("", "change"), ("{w}", "move"), ("{span}", "interval change"))
        for noun in ("涨跌幅", "涨跌")
    ),
    Friendly(f"[|price is|trades|is|股价|最新价|现价|价格] {{op}} {{level}}{_MONEY}", "price", ""),
    Friendly(f"[|price] [reaches|hits] {{level}}{_MONEY}", "price", ">="),
    Friendly(f"[|价格|股价]到价{{level}}{_MONEY}", "price", ">="),
    Friendly(f"[|价格|股价][到|涨到|升到|升至|涨至|突破|升破|涨破]{{level}}{_MONEY}", "price", ">="),
    Friendly(f"[|价格|股价][跌到|跌至|跌破|降到|降至]{{level}}{_MONEY}", "price", "<="),
    Friendly(f"[falls|drops|down] to {{level}}{_MONEY}", "price", "<="),
    Friendly(f"[rises|climbs|up] to {{level}}{_MONEY}", "price", ">="),
    Friendly("[crosses|穿越] {level}", "price", "crosses"),
    Friendly("[crosses above|crosses up|crosses over|上穿] {level}", "price", "crosses above"),
    Friendly("[crosses below|crosses down|crosses under|下穿] {level}", "price", "crosses below"),
    Friendly("[|change is|is|涨跌|涨幅] {op} {level}", "change", ""),
    Friendly(f"{_RISES} {{level}} [|today|on the day]", "change", ">=", +1),
    Friendly(f"{_RISES} [more than|over|at least] {{level}} [|today]", "change", ">=", +1),
    Friendly(f"{_FALLS} {{level}} [|today|on the day]", "change", "<=", -1),
    Friendly(f"{_FALLS} [more than|over|at least] {{level}} [|today]", "change", "<=", -1),
    Friendly(f"[|今日|今天|当日|日内]{_UP}{{level}}", "change", ">=", +1),
    Friendly(f"[|今日|今天|当日|日内]{_DOWN}{{level}}", "change", "<=", -1),
    Friendly("跌幅大于{level}", "change", "<", -1),
    Friendly(f"{_RISES} [|more than|over|at least] {{level}} {_WITHIN} {{w}}", "move", ">=", +1),
    Friendly(f"{_FALLS} [|more than|over|at least] {{level}} {_WITHIN} {{w}}", "move", "<=", -1),
    Friendly(f"{{w}}[|内|之内]{_UP}{{level}}", "move", ">=", +1),
    Friendly(f"{{w}}[|内|之内]{_DOWN}{{level}}", "move", "<=", -1),
    Friendly("{w}涨[速|幅] {op} {level}", "move", ""),
    Friendly("[|makes a |a |hits a |new ]{span} high", "new high", "is"),
    Friendly("[|makes a |a |hits a |new ]{span} low", "new low", "is"),
    Friendly("[创|创出|刷新]{span}新高", "new high", "is"),
    Friendly("[创|创出|刷新]{span}新低", "new low", "is"),
    Friendly("[new |]high of the day", "new high", "is", fixed=("day",)),
    Friendly("[new |]low of the day", "new low", "is", fixed=("day",)),
    Friendly(
        "[all time high|all-time high|new record high|new record|ath|makes a record high]",
        "record high",
        "is",
    ),
    Friendly("[all time low|all-time low|new record low|atl|makes a record low]", "record low", "is"),
    Friendly("[创|创出|刷新|破]历史新高", "record high", "is"),
    Friendly("[创|创出|刷新|破]历史新低", "record low", "is"),
    Friendly("[above|price above|over] [the |]ma({n})", "ma", "above"),
    Friendly("[below|price below|under] [the |]ma({n})", "ma", "below"),
    Friendly("[above|over] [the |]{n}[-| ]day [|moving ]average", "ma", "above"),
    Friendly("[below|under] [the |]{n}[-| ]day [|moving ]average", "ma", "below"),
    Friendly("[|价格|股价]在{n}[日|天][线|均线]之上", "ma", "above"),
    Friendly("[|价格|股价]在{n}[日|天][线|均线]之下", "ma", "below"),
    Friendly("[reclaims|reclaim|regains] [the |]{n}[-| ]day [|moving ]average", "ma", "reclaim"),
    Friendly("[reclaims|regains] [the |]ma({n})", "ma", "reclaim"),
    Friendly("[loses|lose|breaks] [the |]{n}[-| ]day [|moving ]average", "ma", "lose"),
    Friendly("[loses|breaks] [the |]ma({n})", "ma", "lose"),
    Friendly("[站上|站回|重回|收复|站稳]{n}[日|天][线|均线]", "ma", "reclaim"),
    Friendly("[跌破|失守|跌穿|击穿]{n}[日|天][线|均线]", "ma", "lose"),
    Friendly("[crosses above|crosses over] [|the ]ma({n})", "ma", "crosses above"),
    Friendly("[crosses below|crosses under] [|the ]ma({n})", "ma", "crosses below"),
    Friendly("[|价格|股价][上穿|突破]{n}[日|天][线|均线]", "ma", "crosses above"),
    Friendly("[|价格|股价]下穿{n}[日|天][线|均线]", "ma", "crosses below"),
    Friendly("macd [bullish cross|crosses up|turns up]", "macd", "golden cross"),
    Friendly("macd [bearish cross|crosses down|turns down]", "macd", "death cross"),
    Friendly("[{bar}MACD金叉|{bar} macd golden cross|{bar} macd bullish cross]", "macd", "golden cross"),
    Friendly("[{bar}MACD死叉|{bar} macd death cross|{bar} macd bearish cross]", "macd", "death cross"),
    Friendly("[{bar}KDJ金叉|{bar} kdj golden cross|{bar} kdj bullish cross]", "kdj", "golden cross"),
    Friendly("[{bar}KDJ死叉|{bar} kdj death cross|{bar} kdj bearish cross]", "kdj", "death cross"),
    Friendly("{bar}[|线]站上{n}[均线|日均线|日线|]", "ma", "reclaim"),
    Friendly("{bar}[|线]跌破{n}[均线|日均线|日线|]", "ma", "lose"),
    Friendly("[出现|形成]MACD金叉", "macd", "golden cross"),
    Friendly("[出现|形成]MACD死叉", "macd", "death cross"),
    Friendly("[market cap|market value|cap] [|is ]{op} {level}[|元|人民币|yuan|usd]", "market_cap", ""),
    Friendly("[市值|总市值][|突破|站上|升破|升至|达]{level}[|元|美元|港元]", "market_cap", ">="),
    Friendly("[市值|总市值][跌破|跌至|降至]{level}[|元|美元|港元]", "market_cap", "<="),
    Friendly("[总市值] {op} {level}[|元]", "market_cap", ""),
    Friendly("[放量|成交量放大|量能放大]{level}", "volume", ">="),
    Friendly("volume [is |]{op} {level} [usual|normal|average]", "volume", ""),
    Friendly("{w}[内|]放量{level}", "volume", ">="),
    Friendly("[volume ratio|量比] [is |]{op} {level}", "volume_ratio", ""),
    Friendly("[turnover|traded] [over|above|exceeds] {level}[|元|yuan]", "turnover", ">="),
    Friendly("[成交额|成交]超{level}[|元]", "turnover", ">="),
    Friendly("[turnover rate|换手率|换手] {op} {level}", "turnover_rate", ""),
    Friendly("[rises|rebounds|jumps] {level} [from|off] [its |the |]low within {w}", "rise", ">="),
    Friendly("{w}[内|]最大涨{level}", "rise", ">="),
    Friendly("{w}[内|]最大跌{level}", "fall", ">="),
    Friendly("[pulls back|falls|drops] {level} [from|off] [the |its |][day's |]high", "from_high", ">="),
    Friendly("[从|自][高点|最高|日内高点]回落{level}", "from_high", ">="),
    Friendly("[rebounds|bounces|rises] {level} [from|off] [the |its |][day's |]low", "from_low", ">="),
    Friendly("[从|自][低点|最低|日内低点]反弹{level}", "from_low", ">="),
    Friendly("[swings|range of] {level}", "amplitude", ">="),
    Friendly("振幅[超|超过|达|达到]{level}", "amplitude", ">="),
    Friendly("[opens up|gaps up|gap up of] {level}", "gap", ">=", +1),
    Friendly("[opens down|gaps down|gap down of] {level}", "gap", "<=", -1),
    Friendly("[高开|跳空高开]{level}", "gap", ">=", +1),
    Friendly("[低开|跳空低开]{level}", "gap", "<=", -1),
    Friendly("[gaps up|跳空高开|向上跳空缺口]", "gap up", "is"),
    Friendly("[gaps down|跳空低开|向下跳空缺口]", "gap down", "is"),
    Friendly("[up|rises|gains] {level} [since|from] [the |][open|today's open]", "change_open", ">=", +1),
    Friendly("[down|falls|drops] {level} [since|from] [the |][open|today's open]", "change_open", "<=", -1),
    Friendly("[较|比]开盘涨{level}", "change_open", ">=", +1),
    Friendly("[较|比]开盘跌{level}", "change_open", "<=", -1),
    Friendly("[up|rises|gains] {level} since {date}", "since", ">=", +1),
    Friendly("[down|falls] {level} since {date}", "since", "<=", -1),
    Friendly("自{date}以来涨{level}", "since", ">=", +1),
    Friendly("自{date}以来跌{level}", "since", "<=", -1),
    Friendly("rsi{n} [is |]{op} {level}", "rsi", ""),
    Friendly("RSI{n}跌破{level}", "rsi", "<="),
    Friendly("[KDJ形成金叉|出现KDJ金叉|kdj bullish cross|kdj crosses up]", "kdj", "golden cross"),
    Friendly("[KDJ形成死叉|出现KDJ死叉|kdj bearish cross|kdj crosses down]", "kdj", "death cross"),
    Friendly("[上穿布林上轨|突破布林带上轨|breaks above the upper band]", "boll", "break upper"),
    Friendly("[下穿布林下轨|跌破布林带下轨|breaks below the lower band]", "boll", "break lower"),
    Friendly("站上{n}日EMA[线|均线]", "ema", "reclaim"),
    Friendly("{n}日[线|均线]金叉{m}日[线|均线]", "ma pair", "crosses above"),
    Friendly("{n}日[线|均线]死叉{m}日[线|均线]", "ma pair", "crosses below"),
    Friendly("{n}-day average crosses above {m}-day average", "ma pair", "crosses above"),
    Friendly("{n}-day average crosses below {m}-day average", "ma pair", "crosses below"),
    Friendly("[limit up|hits limit up|涨停|封板|涨停封板|封死涨停]", "limit up", "sealed"),
    Friendly("[limit down|hits limit down|跌停|封死跌停]", "limit down", "sealed"),
    Friendly("[limit up breaks|炸板|开板|涨停打开]", "limit up", "opened"),
    Friendly("[limit down breaks|跌停打开|翘板]", "limit down", "opened"),
    Friendly("[回封|再次封板]", "limit up", "resealed"),
    Friendly("[一字板|一字涨停板]", "limit up", "one price"),
    Friendly("[连板|连板数] {op} {level}", "limit_streak", ""),
    Friendly("[touches limit up|触板|摸板|触及涨停板]", "limit up touched", "is"),
    Friendly("[距|离]涨停[不足|不到]{level}", "limit up near", "near"),
    Friendly("within {level} of limit up", "limit up near", "near"),
    Friendly("[跌破均价线|跌破分时均线|falls below vwap|drops below vwap]", "vwap", "crosses below"),
    Friendly("[站上均价线|突破分时均线|rises above vwap|breaks above vwap]", "vwap", "crosses above"),
    Friendly("[主力净流入|净流入][超|超过|达]{level}[|元]", "inflow", ">="),
    Friendly("[主力净流出|净流出][超|超过|达]{level}[|元]", "outflow", ">="),
    Friendly("涨停[家数|数][超过|达到|至少]{level}[只|家]", "limit_ups", ">="),
    Friendly("[trades |]at a premium [of|over] {level}", "premium", ">=", +1),
    Friendly("[溢价|溢价超|溢价率超]{level}", "premium", ">=", +1),
    Friendly("[流通市值|流通盘][超|超过|达]{level}[|元]", "float_cap", ">="),
    Friendly("[距|离]历史新高[不足|不到]{level}", "record_gap", "near"),
    Friendly("within {level} of [its |the |a |][record|record high|all-time high]", "record_gap", "near"),
    Friendly(
        f"{_RISES} [|more than|over|at least] {{level}} in the [opening |]auction", "auction change", ">=", +1
    ),
    Friendly(
        f"{_FALLS} [|more than|over|at least] {{level}} in the [opening |]auction", "auction change", "<=", -1
    ),
    Friendly("[集合|]竞价[涨|涨超|上涨|涨幅超|高开]{level}", "auction change", ">=", +1),
    Friendly("[集合|]竞价[跌|跌超|下跌|跌幅超|低开]{level}", "auction change", "<=", -1),
    Friendly("[集合|]竞价[成交额|成交|金额][超|超过|达|达到]{level}[|元]", "auction amount", ">="),
    Friendly("竞昨比[超|超过|达|达到]{level}", "auction_ratio", ">="),
    Friendly(
        f"{_RISES} [|more than|over|at least] {{level}} in the closing auction", "closing move", ">=", +1
    ),
    Friendly(
        f"{_FALLS} [|more than|over|at least] {{level}} in the closing auction", "closing move", "<=", -1
    ),
    Friendly("[尾盘|收盘]竞价[涨|涨超|拉升|拉升超]{level}", "closing move", ">=", +1),
    Friendly("[尾盘|收盘]竞价[跌|跌超|跳水|跳水超]{level}", "closing move", "<=", -1),
    Friendly("[折价|折价超|折价率超]{level}", "premium", "<=", -1),
    Friendly("[trades |]at a discount [of|over] {level}", "premium", "<=", -1),
    Friendly(f"[moving|moves] up {{level}}{_MONEY} {_WITHIN} {{w}}", "move_by", ">=", +1),
    Friendly(f"[moving|moves] down {{level}}{_MONEY} {_WITHIN} {{w}}", "move_by", "<=", -1),
    Friendly(f"[moving|moves] up {{level}} {_WITHIN} {{w}}", "move", ">=", +1),
    Friendly(f"[moving|moves] down {{level}} {_WITHIN} {{w}}", "move", "<=", -1),
    Friendly(f"{_RISES} {{level}} {_COIN} {_WITHIN} {{w}}", "move_by", ">=", +1),
    Friendly(f"{_FALLS} {{level}} {_COIN} {_WITHIN} {{w}}", "move_by", "<=", -1),
    Friendly(f"{{w}}[|内|之内]{_UP}{{level}}[元|块|块钱|美元|港元]", "move_by", ">=", +1),
    Friendly(f"{{w}}[|内|之内]{_DOWN}{{level}}[元|块|块钱|美元|港元]", "move_by", "<=", -1),
    Friendly(
        f"{_RISES} [|more than|over|at least] {{level}} {_WITHIN} {{span}}", "interval change", ">=", +1
    ),
    Friendly(
        f"{_FALLS} [|more than|over|at least] {{level}} {_WITHIN} {{span}}", "interval change", "<=", -1
    ),
    Friendly(f"{{span}}[|内|之内]{_UP}{{level}}", "interval change", ">=", +1),
    Friendly(f"{{span}}[|内|之内]{_DOWN}{{level}}", "interval change", "<=", -1),
    Friendly("[adr|20日平均波幅|日均波幅] [is |]{op} {level}", "adr", "", fixed=(20,)),
    Friendly("opens [above|over] [its |the |]{n}[-| ]day [|moving ]average", "opens", "over"),
    Friendly("opens [below|under] [its |the |]{n}[-| ]day [|moving ]average", "opens", "under"),
    Friendly("[next |reaches a |a |]market [cap|value] milestone", "milestone", "reached"),
    Friendly("市值[突破|升破|站上|到达][千亿|]整数关[口|]", "milestone", "reached"),
    Friendly("[首次封板|首封|首次封死涨停]", "first seal", "is"),
    Friendly("first [limit-up |limit up |]seal of the day", "first seal", "is"),
    Friendly("[real|free-float|free float] turnover rate [is |]{op} {level}", "free turnover", ""),
    Friendly("[实际换手|自由流通换手率|自由换手率] {op} {level}", "free turnover", ""),
    Friendly(
        "[breaks|breaks above|crosses above] [yesterday's|the previous day's] high",
        "prev high",
        "crosses above",
    ),
    Friendly(
        "[breaks|breaks below|crosses below] [yesterday's|the previous day's] low",
        "prev low",
        "crosses below",
    ),
    Friendly("[突破|升破|站上]昨日[高点|最高|最高价]", "prev high", "crosses above"),
    Friendly("[跌破|失守|击穿]昨日[低点|最低|最低价]", "prev low", "crosses below"),
    Friendly("[翻红|由绿翻红|由跌转涨|turns positive]", "prev close", "crosses above"),
    Friendly("[翻绿|由红翻绿|由涨转跌|turns negative]", "prev close", "crosses below"),
    Friendly("breaks above the opening range", "opening high", "crosses above", fixed=(HALF_HOUR,)),
    Friendly("breaks below the opening range", "opening low", "crosses below", fixed=(HALF_HOUR,)),
    Friendly("[突破|升破]开盘{w}[高点|最高|区间]", "opening high", "crosses above"),
    Friendly("[跌破|击穿]开盘{w}[低点|最低|区间]", "opening low", "crosses below"),
    Friendly("缩量[到|至]{level}", "volume", "<="),
    Friendly("成交额[较|比]昨日[同期|同时段|此时][放大|增加|多|达]{level}", "turnover_pace", ">="),
    Friendly("turnover [is |]{op} {level} [yesterday's|yesterday]", "turnover_pace", ""),
    Friendly("炸板率[超|超过|达|达到]{level}", "opened_share", ">="),
    Friendly("share of opened limits [is |]{op} {level}", "opened_share", ""),
    Friendly("最高连板[数|][超过|达到|至少|达]{level}[板|]", "highest_streak", ">="),
    Friendly("[longest|highest] limit-up streak [is |]{op} {level}", "highest_streak", ""),
    Friendly("[trading halt|is halted|gets halted|trading is halted|suspended]", "halt", "halted"),
    Friendly("[resumes trading|trading resumes|trades again|halt ends]", "halt", "resumed"),
    Friendly("[临停|盘中临停|临时停牌|被停牌|盘中停牌]", "halt", "halted"),
    Friendly("[恢复交易|临停结束|停牌结束|盘中复牌]", "halt", "resumed"),
    Friendly(
        f"{_RISES} [|more than|over|at least] {{level}} [after hours|after the close]",
        "after_hours change",
        ">=",
        +1,
    ),
    Friendly(
        f"{_FALLS} [|more than|over|at least] {{level}} [after hours|after the close]",
        "after_hours change",
        "<=",
        -1,
    ),
    Friendly("盘后[涨|涨超|上涨|拉升]{level}", "after_hours change", ">=", +1),
    Friendly("盘后[跌|跌超|下跌|跳水]{level}", "after_hours change", "<=", -1),
    Friendly("[reports earnings|earnings] [in|within] {span}", "earnings", "within"),
    Friendly("{span}[后|内|之内][将|][发布|公布|披露|发|有|]财报", "earnings", "within"),
    Friendly("{span} deviation [is |]{op} {level}", "deviation", ""),
    Friendly("{span}[累计|]涨幅偏离值[|累计][超|超过|达|达到]{level}", "deviation", ">=", +1),
    Friendly("{span}[累计|]跌幅偏离值[|累计][超|超过|达|达到]{level}", "deviation", "<=", -1),
    Friendly("[触发|构成|达到]异常波动", "abnormal move", "is"),
    Friendly("[触发|构成|达到]严重异常波动", "severe abnormal move", "is"),
    Friendly("[at least |]{level} leaders", "leaders", ">="),
    Friendly("[领涨|领涨股|领涨家数][|超过|达到|至少]{level}[只|家]", "leaders", ">="),
)

# Words of forms that come later.
LATER_CHINESE = re.compile("龙虎|突破区间")

SESSION_WORDS: Mapping[str, SessionKind] = MappingProxyType(
    {
        **{kind.value: kind for kind in SessionKind},
        "竞价": SessionKind.AUCTION,
        "盘中": SessionKind.REGULAR,
        "盘外": SessionKind.EXTENDED,
    }
)
# What connects and surrounds, as written in each language; the grammar reads both.
WRITTEN: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "and": " and ", "or": " or ", "not": "not ", "open": "(", "close": ")", "any": "any ",
            "once": "once", "daily": "daily", "every": "every ", "until": "until ", "session": "session ",
            "note": "note ", "silent": "silent", "hysteresis": "hysteresis ", "made": "as of ",
            "auction": "auction", "regular": "regular", "extended": "extended",
            "then": "{first} then {second} within {window}", "held": "{part} for {window}",
            "at": "{part} at {clock}", "on close": "{part} on close",
            "between": "{part} between {start} and {end}",
        },
        "zh": {
            "and": " 且 ", "or": " 或 ", "not": "非 ", "open": "（", "close": "）", "any": "任一 ",
            "once": "一次", "daily": "每日", "every": "每", "until": "至 ", "session": "时段 ",
            "note": "备注 ", "silent": "静音", "hysteresis": "回差 ", "made": "定价日 ",
            "auction": "竞价", "regular": "盘中", "extended": "盘外",
            "then": "{first} 然后 {second} {window}内", "held": "{part} 持续{window}",
            "at": "{part} 在{clock}", "on close": "{part} 收盘时",
            "between": "{part} {start}至{end}之间",
        },
    }
)  # fmt: skip
ANY = ("any", "任一", "任意")
