"""Chinese wordings of prices, moves, gaps, highs and lows.

开盘涨 is a gap, 较开盘涨 the change since the open. A fast move without a window is one of five minutes,
as the terminals' 涨速 is. 创新高 alone is the record, 前高 yesterday's high.
"""

from datetime import timedelta

from rules.language.sayings.measures import reached
from rules.language.words import Friendly

FIVE = (timedelta(minutes=5),)
_W = "<近?>{w}<内?><今日?>"
_SPAN = "<近?>{span}<内?><今日?>"
_FAST = "[快速|急速|直线|瞬间|短线|迅速|急]"
_REACH = (
    "[到|上涨到|上升到|上到|上涨至|到了|涨到|升到|升至|涨至|达到|触及到|摸到|冲到|冲上|到达|来到|重回|"
    "回升到|反弹到|反弹至|升破|"
    "涨破|触到|站到|升穿|涨穿|涨过|升过|越过|站过]"
)
_SINK = (
    "[跌到|下跌到|下降到|下跌至|跌至|降到|降至|跌破|掉到|跌落到|回落至|下探到|跌穿|击穿|回调到|回调至|"
    "回踩|下破|跌下|"
    "掉下|砸到]"
)
_CHANNEL = "{low}<元?>[到|至|和|与|-|~|—]{high}<元?>"

ROWS = (
    # A price
    Friendly("[触及|触碰|回到]{level}<元?>", "price", "crosses"),
    Friendly("[回到|站上|站稳|收复]{level}<元?>[上方|以上|之上]", "price", "crosses above"),
    Friendly("[跌回|回落到|失守]{level}<元?>[|下方|以下|之下]", "price", "crosses below"),
    *(
        Friendly(f"<价格?>{verb}[了|]{{level}}<元?>{tail}", "price", side)
        for verb, side, tails in (
            (_REACH, ">=", ("[|大关|关口|整数关口|整数关|的时候]",)),
            (_SINK, "<=", ("[|大关|关口|整数关口|整数关]",)),
        )
        for tail in tails
    ),
    Friendly("<价格?>[站上|站稳|突破|站回|重新站上|重新站稳|重上|上破|冲破|站住|守住|企稳|收复|夺回]"
             "{level}<元?>[|大关|关口|整数关口|整数关]", "price", ">="),
    Friendly("<价格?> {op} {level}<元?>", "price", ""),
    Friendly("[止盈|止盈价|止盈位|目标价|止盈点][|到|在|:|设在|设为|为]{level}<元?>", "price", ">="),
    Friendly("[止损|止损价|止损位|止损线|止损点][|到|在|:|设在|设为|为]{level}<元?>", "price", "<="),
    Friendly("[跌破|跌回|低于]<价格?>成本[价|]{level}<元?>", "price", "<="),
    Friendly("[回到|站上|涨回|高于]<价格?>成本[价|]{level}<元?>", "price", ">="),
    Friendly(f"<价格?>[介于|在|处于|位于]{_CHANNEL}[之间|区间|之内|内|间|区间内]", "price", "inside"),
    Friendly(f"<价格?>[不在|在|超出]{_CHANNEL}[之外|以外|外|区间外|区间之外]", "price", "outside"),
    Friendly(f"<价格?>[跌出|离开|突破|超出|脱离|走出|跑出]{_CHANNEL}[区间|箱体|之间|范围|]", "price",
        "leaves"),
    Friendly(f"<价格?>[进入|回到|跌入|跌进|涨入|落入|回落到]{_CHANNEL}[区间|箱体|之间|范围|]", "price",
        "enters"),
    Friendly(f"<价格?>{_CHANNEL}[之外|以外|外]", "price", "outside"),
    Friendly(f"<价格?>{_CHANNEL}[之间|之内]", "price", "inside"),
    # The day
    *reached("<今日?><涨>", "change", "<今日?>", +1),
    *reached("<今日?><跌>", "change", "<今日?>", -1),
    Friendly("<今日?><涨>[到|至|超出]{level}", "change", ">=", +1),
    Friendly("<今日?><跌>[到|至|破]{level}", "change", "<=", -1),
    Friendly("<今日?><涨><升到>{level}", "change", ">=", +1),
    Friendly("<今日?><跌><升到>{level}", "change", "<=", -1),
    Friendly("<今日?><涨><降到>{level}", "change", "<=", +1),
    Friendly("<今日?><跌><降到>{level}", "change", ">=", -1),
    Friendly("[至少|最少]<涨>{level}", "change", ">=", +1),
    Friendly("[至少|最少]<跌>{level}", "change", "<=", -1),
    *reached("[较|比|较于]昨[收|日收盘|日收盘价|天收盘|天收盘价|日|天]<涨>", "change", "", +1),
    *reached("[较|比|较于]昨[收|日收盘|日收盘价|天收盘|天收盘价|日|天]<跌>", "change", "", -1),
    *reached("[日内|盘中|今日|今天|当日|全天]最大涨幅", "change", "", +1),
    *reached("[日内|盘中|今日|今天|当日|全天]最大跌幅", "change", "", -1),
    # A window, a number of days
    *reached(f"{_W}[快速|急速|直线|瞬间|短线|迅速|急|]<涨>", "move", "", +1),
    *reached(f"{_W}[快速|急速|直线|瞬间|短线|迅速|急|]<跌>", "move", "", -1),
    *reached(f"{_W}<反弹>", "move", "", +1),
    *reached(f"{_W}<回落>", "move", "", -1),
    *reached("{w}<内?>[涨速|涨幅速度]", "move", "", +1),
    *reached("{w}<内?>跌速", "move", "", -1),
    *reached("涨速", "move", "", +1, FIVE),
    *reached("跌速", "move", "", -1, FIVE),
    *reached(f"{_FAST}<涨>", "rise", "", 0, FIVE),
    *reached(f"{_FAST}<跌>", "fall", "", 0, FIVE),
    *reached(f"{_W}[从|自|由|较]<低点><涨>", "rise"),
    *reached(f"{_W}[从|自|由|较]<低点><反弹>", "rise"),
    *reached(f"{_W}[从|自|由|较]<高点><跌>", "fall"),
    *reached(f"{_W}[从|自|由|较]<高点><回落>", "fall"),
    *reached(f"{_W}最大[涨幅|升幅]", "rise"),
    *reached(f"{_W}最大[跌幅|回撤|降幅]", "fall"),
    *(Friendly(f"{_W}<涨>[|超|超过|达|达到]{{level}}[{coin}]", "move_by", ">=", +1) for coin in (
        "元|块|块钱|美元|港元|美金|刀",)),
    *(Friendly(f"{_W}<跌>[|超|超过|达|达到]{{level}}[{coin}]", "move_by", "<=", -1) for coin in (
        "元|块|块钱|美元|港元|美金|刀",)),
    *reached(f"{_SPAN}<涨>", "interval change", "", +1),
    *reached(f"{_SPAN}<跌>", "interval change", "", -1),
    # Since the open, a date, a cost
    *reached("[较|比|从|自|相对|距]<今日?>开盘[价|]<涨>", "change_open", "", +1),
    *reached("[较|比|从|自|相对|距]<今日?>开盘[价|]<跌>", "change_open", "", -1),
    *reached("[较|比|从|自|相对]今开<涨>", "change_open", "", +1),
    *reached("[较|比|从|自|相对]今开<跌>", "change_open", "", -1),
    *reached("[开盘以来|开盘后|开盘至今]<涨>", "change_open", "", +1),
    *reached("[开盘以来|开盘后|开盘至今]<跌>", "change_open", "", -1),
    *reached("[自|从|]{date}[收盘|][以来|至今|起|到现在|开始|到今天|]<涨>", "since", "", +1),
    *reached("[自|从|]{date}[收盘|][以来|至今|起|到现在|开始|到今天|]<跌>", "since", "", -1),
    *reached("[自|从|]{date}[的|]<低点>[以来|至今|起|到现在|]<涨>", "since low", "", +1),
    *reached("[自|从|较]{price}<元?>[以来|起|]<涨>", "since price", "", +1),
    *reached("[自|从|较]{price}<元?>[以来|起|]<跌>", "since price", "", -1),
    *reached("[持仓|持股|买入|我的|我|]成本[价|]{price}<元?>[盈利|赚|浮盈|盈|获利|收益|收益率|涨|赚了|"
             "上涨]", "cost", "", +1),
    *reached("[持仓|持股|买入|我的|我|]成本[价|]{price}<元?>[亏损|亏|浮亏|亏了|跌|下跌|套|回撤|止损]",
        "cost", "", -1),
    *reached("{price}<元?>[买入|买的|买进|进的|入手|建仓|成本]<价格?>[盈利|赚|浮盈|盈|获利|涨|赚了]",
        "cost", "", +1),
    *reached("{price}<元?>[买入|买的|买进|进的|入手|建仓|成本]<价格?>[亏损|亏|浮亏|亏了|跌]", "cost",
        "", -1),
    Friendly("[自|从]{date}[以来的|起|以来|]<高点>[回撤|回落|跌]{level}", "trailing", "falls"),
    # Gaps and ranges
    *reached("<今日?>[大幅|小幅|跳空|直接|集合竞价后|]高开[幅度|]", "gap", "", +1),
    *reached("<今日?>[大幅|小幅|跳空|直接|]低开[幅度|]", "gap", "", -1),
    *reached("[向上|上]跳空[幅度|]", "gap", "", +1),
    *reached("[向下|下]跳空[幅度|]", "gap", "", -1),
    *reached("<今日?>开盘<涨>", "gap", "", +1),
    *reached("<今日?>开盘<跌>", "gap", "", -1),
    Friendly("[留下|出现|形成|有|]向上[跳空|][缺口|的缺口|跳空缺口|跳空]", "gap up", "is"),
    Friendly("[留下|出现|形成|有|]向下[跳空|][缺口|的缺口|跳空缺口|跳空]", "gap down", "is"),
    Friendly("[出现|形成|][向上|上跳|跳空|向上跳空]高开[缺口|]", "gap up", "is"),
    Friendly("[出现|形成|][向下|下跳|跳空|向下跳空]低开[缺口|]", "gap down", "is"),
    *reached("<今日?>[振幅|震幅|波幅|振荡幅度|最大振幅]<今日?>", "amplitude"),
    Friendly("<今日?>振幅<升到>{level}", "amplitude", ">="),
    *reached("<从?><高点>[算起|以来|]<回落>", "from_high"),
    *reached("<从?><高点><跌>", "from_high"),
    *reached("<今日?>[冲高回落|冲高后回落|高位回落|高位跳水|冲高跳水|高点回撤]", "from_high"),
    *reached("<今日?>[回落|回撤|回调|回吐]", "from_high"),
    *reached("<从?><低点>[算起|以来|]<反弹>", "from_low"),
    *reached("<从?><低点>[算起|以来|]<涨>", "from_low"),
    *reached("<今日?>[探底回升|触底反弹|低位反弹|低位回升|底部反弹|探底反弹|低位拉升|见底反弹]", "from_low"),
    *reached("<今日?>[反弹|回升]", "from_low"),
    # Highs and lows
    Friendly("<创?>[近|最近|过去|]{span}<新高>", "new high", "is"),
    Friendly("<创低?>[近|最近|过去|]{span}<新低>", "new low", "is"),
    Friendly("<创?>[盘中|日内|当日|今日|今天|当天|全天|今天的|分时]<新高>", "new high", "is",
        fixed=("day",)),
    Friendly("<创低?>[盘中|日内|当日|今日|今天|当天|全天|今天的|分时]<新低>", "new low", "is", fixed=(
        "day",)),
    Friendly("[盘中|日内|今天]创[出|]新高", "new high", "is", fixed=("day",)),
    Friendly("[盘中|日内|今天]创[出|]新低", "new low", "is", fixed=("day",)),
    Friendly("<创?>[历史|上市|上市以来|上市后|有史以来|史上][的|]<新高>", "record high", "is"),
    Friendly("<创低?>[历史|上市|上市以来|上市后|有史以来|史上][的|]<新低>", "record low", "is"),
    Friendly("[创|创出|再创|刷新|创下|续创|又创|屡创|不断创|继续创|创了|股价创]新高[了|]", "record high",
        "is"),
    Friendly("[创|创出|再创|刷新|创下|续创|又创|屡创|不断创|继续创|创了|股价创]新低[了|]", "record low",
        "is"),
    Friendly("<接近>历史<新高><不到?>{level}", "record_gap", "near"),
    Friendly("<距>历史<新高><不到?>{level}", "record_gap", "near"),
    # Named levels
    *(
        Friendly(f"<价格?>{verb}{words}{beyond}", signal, f"crosses {side}")
        for signal, words in (
            ("prev high", "[昨日|昨天|前一日|上一交易日|前日][的|]<高点>"),
            ("prev high", "[昨高|前高]"),
            ("prev low", "[昨日|昨天|前一日|上一交易日|前日][的|]<低点>"),
            ("prev low", "[昨低|前低]"),
            ("prev close", ("[昨收|昨收价|昨日收盘|昨日收盘价|昨天收盘|昨天收盘价|前收盘|前收盘价|平盘|"
                           "零轴|水面|平盘线|0轴]")),
            ("open", "[今开|开盘价|今日开盘|今日开盘价|今天开盘价|当日开盘价|今天的开盘价|今开价]"),
            ("opening high", "开盘{w}[内|的|内的|][高点|最高|最高点|最高价|区间上沿|区间高点]"),
            ("opening low", "开盘{w}[内|的|内的|][低点|最低|最低点|最低价|区间下沿|区间低点]"),
            ("premarket high", "盘前[的|][高点|最高|最高价|最高点]"),
            ("premarket low", "盘前[的|][低点|最低|最低价|最低点]"),
        )
        for verb, side, beyond in (
            ("<上穿>", "above", ""), ("<站上>", "above", ""), ("[回到|站上|收复|重回]", "above",
                "<上方>"),
            ("<下穿>", "below", ""), ("<跌破>", "below", ""), ("[跌回|跌破|跌到]", "below", "<下方>"),
        )
    ),
    Friendly("[水下|绿盘|由绿|绿][翻红|变红|转红]", "prev close", "crosses above"),
    Friendly("[红盘|由红|冲高后|红][翻绿|变绿|转绿|跌绿]", "prev close", "crosses below"),
    Friendly("[重新|再次|再度|成功|][翻红|转红|变红|拉红|由跌转升|跌转涨|翻红盘][|了]", "prev close",
        "crosses above"),
    Friendly("[重新|再次|再度|][翻绿|转绿|变绿|涨转跌|翻水|跌绿|由升转跌][|了]", "prev close",
        "crosses below"),
    Friendly("[反转向上|向上反转|V型反转上涨|反转大涨]", "reversal", "up"),
    Friendly("[反转向下|向下反转|反转大跌]", "reversal", "down"),
)  # fmt: skip
