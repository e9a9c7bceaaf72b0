"""Chinese wordings of volume, turnover, size, limits, auctions, orders, funds and groups."""

from rules.language.sayings.measures import measured, reached
from rules.language.words import Friendly

_SEALED = (
    "[封涨停|封板|封死涨停|封住涨停|封上涨停|封上涨停板|封死涨停板|封住涨停板|死封涨停|涨停封死|"
    "涨停板封死|涨停封板|"
    "涨停板|涨停|封涨停板|强势涨停|冲上涨停|拉涨停|拉到涨停|直线涨停|封死|秒板|封涨停了|涨停了|拉板|上板]"
)
_SEALED_DOWN = "[封跌停|封死跌停|封住跌停|跌停封死|跌停板|跌停|封跌停板|跌停了|砸跌停|按在跌停]"
_OPENED = (
    "[炸板|炸板了|开板|涨停打开|打开涨停|打开涨停板|涨停板打开|涨停被砸开|涨停开板|破板|涨停炸板|"
    "涨停板被打开|封板打开|炸了|涨停板炸开|涨停被打开|断板|封不住|涨停被砸|涨停板被砸|涨停板被砸开|"
    "封板被砸开]"
)
_OPENED_DOWN = (
    "[跌停打开|打开跌停|打开跌停板|跌停板打开|撬板|翘板|跌停撬开|跌停开板|跌停板撬开|撬开跌停|"
    "跌停被撬开|跌停翘板|撬跌停|跌停板被撬开]"
)
_RESEALED = (
    "[回封|回封涨停|回封涨停板|重新封板|再次封板|再封涨停|再度封板|重新封涨停|回封板|再次封涨停|重新涨停|"
    "再次涨停|"
    "再度涨停|反复回封|二次封板|重新封死]"
)
_RESEALED_DOWN = "[回封跌停|重新封跌停|再次封跌停|再次跌停|再度跌停]"
_TOUCHED = "[触及|触碰|碰到|触到|摸到|摸|碰|冲击|冲到|打到|冲]涨停[板|价|]"
_NET = "[主力|主力资金|资金|大单|主力大单|超大单|今日主力|今日|今日资金|全天主力|]"
_CAP = "[总市值|市值|总市值规模|公司市值]"
_STREAK = "[连板|连板数|连续涨停|连续涨停数|连续涨停天数]"

ROWS = (
    # Volume
    *reached("[放量|成交量放大|量能放大|量能|放大量能|放巨量|成交量|交易量|爆量|量|量放大]", "volume")[:1],
    *(
        row
        for window in ("", "<近?>{w}<内?>")
        for row in (
            *reached(f"{window}[放量|成交量|交易量|量能|爆量|巨量]", "volume"),
            Friendly(f"{window}[放量|成交量|交易量|量能]<升到>{{level}}", "volume", ">="),
            *reached(f"{window}[成交量|量能|交易量|放量|量][放大|增加|增大|放大到|放大至|放大了|扩大|增长|"
                     "激增|暴增|增|增至]", "volume"),
            *reached(f"{window}[成交量|量能|交易量|放量|成交量放大][是|为|到|至|达|达到|超|超过|大于]"
                     "<平时>", "volume")[:1],
            Friendly(f"{window}[成交量|量能|交易量|量|][较|比|大于]<平时>[放大|增加|增大|放大到|多|放量|"
                     "大|高|]{level}", "volume", ">="),
            Friendly(f"{window}[成交量|量能|交易量|放量|成交量放大|量能放大|][是|为|到|至|达|达到|超|超过|"
                     "]<平时>{level}", "volume", ">="),
            Friendly(f"{window}[放|放出|][|出]{{level}}[量|成交量|放量|量能|的量|天量]", "volume", ">="),
            Friendly(f"{window}[成交量|量能|交易量|放量|放量到|量能放大到|成交量放大到]<平时?>[的|][超|"
                     "超过|达|达到|是|为|到|放大到|放大|]{level}<平时?>[以上|]", "volume", ">="),
            Friendly(f"{window}[成交量|量能|交易量|放量|][放大到|达到|达|到|是|为|超过|超|放大至|大于|"
                     "高于]<平时>[的|]{level}", "volume", ">="),
            Friendly(f"{window}[缩量|成交量缩小|量能萎缩|成交量萎缩|缩量萎缩|量能缩小|地量][到|至|了|]"
                     "[不足|不到|低于|]<平时?>[的|]{level}", "volume", "<="),
            Friendly(f"{window}[成交量|量能][缩到|缩至|缩小到|萎缩到|降到|萎缩至|低于|不到|不足]"
                     "<平时?>[的|]{level}", "volume", "<="),
        )
    ),
    *measured("量比[值|]<价格?>", "volume_ratio"),
    *reached("[量比|即时量比]", "volume_ratio")[:1],
    # Turnover, sizes
    *reached("[成交额|成交金额|成交总额|成交|今日成交额|全天成交额|总成交额|累计成交额|成交额累计|"
             "日成交额]<价格?>", "turnover", "<元?>"),
    Friendly("[成交额|成交金额|成交|成交额累计|全天成交]<升到>{level}<元?>", "turnover", ">="),
    Friendly("[成交额|成交金额|成交][破|放大到|放量到|突破了]{level}<元?>", "turnover", ">="),
    *reached("<今日?>[换手率|换手|换手率在|换手率累计|全天换手|累计换手]<今日?>", "turnover_rate"),
    Friendly("[换手率|换手]<升到>{level}", "turnover_rate", ">="),
    *reached("[实际换手率|真实换手率|自由流通换手率|实际换手|真实换手|自由换手率|自由流通换手]",
        "free turnover"),
    *measured(f"{_CAP}[在|已经|]", "market_cap", "<元?>"),
    Friendly(f"{_CAP}[破|冲破|冲上|站上|站稳|升破|冲击|首次突破|首破|重回|首超]{{level}}<元?>[大关|"
             "关口|整数关口|]", "market_cap", ">="),
    Friendly(f"{_CAP}[突破|超过|达到|达|超|]{{level}}<元?>[大关|关口|市值|]", "market_cap", ">="),
    Friendly(f"{_CAP}[跌回|缩水到|缩水至|蒸发到|失守|降破]{{level}}<元?>[大关|关口|以内|]", "market_cap",
        "<="),
    *measured("[流通市值|流通盘|流通值][在|]", "float_cap", "<元?>"),
    Friendly("[流通市值|流通盘|流通值]{level}<元?>", "float_cap", ">="),
    Friendly("[流通市值|流通盘]破{level}<元?>", "float_cap", ">="),
    Friendly("[突破|站上|升破|到达|达到|越过|跨过]市值[千亿|]整数关[口|]", "milestone", "reached"),
    Friendly("市值[突破|站上|升破|越过|跨过|上|达到|触及|到达][一个|新的|][千亿|新][整数关|整数关口|关口|"
             "大关|"
             "整数大关|台阶|级别]",
        "milestone", "reached"),
    # Limits
    Friendly(f"<今日?>{_SEALED}", "limit up", "sealed"),
    Friendly(f"<今日?>{_SEALED_DOWN}", "limit down", "sealed"),
    Friendly(_OPENED, "limit up", "opened"),
    Friendly(_OPENED_DOWN, "limit down", "opened"),
    Friendly(_RESEALED, "limit up", "resealed"),
    Friendly(_RESEALED_DOWN, "limit down", "resealed"),
    Friendly("[一字板|一字涨停|一字涨停板|开盘一字板|一字板涨停|一字封板|一字封死|一字]", "limit up",
        "one price"),
    Friendly("[一字跌停|一字跌停板|一字板跌停]", "limit down", "one price"),
    Friendly(_TOUCHED, "limit up touched", "is"),
    Friendly("[触及|触碰|碰到|触到|摸到|打到|碰|摸]跌停[板|价|]", "limit down touched", "is"),
    *(
        row
        for side in ("up", "down")
        for stop in ("涨停" if side == "up" else "跌停",)
        for row in (
            Friendly(f"<接近>{stop}[板|价|]<不到?>{{level}}", f"limit {side} near", "near"),
            Friendly(f"<距>{stop}[板|价|]<不到?>{{level}}", f"limit {side} near", "near"),
            Friendly(f"[首次封{stop}|首次{stop}|首封{stop}|首次封死{stop}|今日首次{stop}|当日首次{stop}|"
                     f"第一次{stop}|第一次封{stop}]", "first seal" + " down" * (side == "down"), "is"),
            *reached(f"{stop}[打开次数|打开|开板次数|被打开]", "limit openings" + " down" * (side == "down"),
                "[次|]"),
            *measured(f"[{stop}|][封单|封单额|封单金额|封单资金|封单量]".replace("[涨停|]",
                "[涨停|涨停板|]") if side ==
                "up" else "跌停[封单|封单额|封单金额|封单资金|封单量]", "seal" + " down" * (side == "down"),
                    "<元?>"),
            *reached(f"{stop}[封单占比|封单占流通盘|封单占流通股]",
                "seal_ratio" + " down" * (side == "down")),
            Friendly(f"{stop}[封单减半|封单量减半|封单额减半|封单腰斩|封单骤减|封单减少一半|封单锐减|"
                     "封单大减]", "seal" + " down" * (side == "down"), "halved"),
            *reached("{span}<内?>" + stop + "[次数|]", "limits" + " down" * (side == "down"), "[次|个|]"),
            *reached("{span}<内?>[有|出现|]", "limits" + " down" * (side == "down"), f"[次|个]{stop}"),
            *reached(f"[连续|]{stop}", "limit_streak" + " down" * (side == "down"), "[天|日|板|个|连板]"),
            *reached("[连续|连收|收获|]", "limit_streak" + " down" * (side == "down"),
                f"[个|天|日|次|]{stop}[板|]"),
        )
    ),
    *reached("{span}<内?>", "limits", "板"),
    *reached("[封单|封单额|封单金额|涨停封单额|涨停封单金额]", "seal", "<元?>"),
    Friendly("[封单减半|封单量减半|封单额减半|封单腰斩|封单骤减|封单减少一半|封单锐减|封单大减|封单量骤减]",
        "seal", "halved"),
    *reached("[封单占比|封单占流通盘|封单占流通市值|封单占流通股|封单比例]", "seal_ratio"),
    *reached("[炸板|开板|打开涨停|炸板次数|开板次数]", "limit openings", "[次|]"),
    *reached("[炸|开]", "limit openings", "次[板|]"),
    *reached("[实现|走出|晋级|达到|拿下|]", "limit_streak", "[连板|板|连板以上]"),
    *reached(_STREAK, "limit_streak", "[板|天|个|连板|]"),
    *reached("[连续跌停|连续跌停数|连续跌停天数]", "limit_streak down", "[天|个|板|]"),
    # Auctions
    *reached("[集合竞价|竞价|早盘竞价|开盘竞价|集合竞价阶段|竞价阶段][涨幅|涨|上涨|高开|大涨|拉升|涨了]",
        "auction change", "", +1),
    *reached("[集合竞价|竞价|早盘竞价|开盘竞价|集合竞价阶段|竞价阶段][跌幅|跌|下跌|低开|大跌|跳水|跌了]",
        "auction change", "", -1),
    *reached("[集合竞价|竞价|早盘竞价][成交额|成交|金额|成交金额|资金|额]", "auction amount", "<元?>"),
    *reached("[集合竞价|竞价][成交额|成交|金额|成交金额|量|成交量][是|为|较|比|达到|达|到|超|超过|][昨日|"
             "昨天|昨日竞价|昨天竞价|前一日][的|]", "auction growth"),
    *reached("[竞价未匹配买单|竞价未匹配买量|竞价买单未匹配]", "unmatched buy", "<元?>"),
    *reached("[竞价未匹配卖单|竞价未匹配卖量]", "unmatched sell", "<元?>"),
    *reached("竞昨比", "auction_ratio"),
    *reached("[尾盘竞价|收盘竞价|收盘集合竞价|尾盘集合竞价][涨|涨幅|上涨|拉升|急拉|抢筹]", "closing move",
        "", +1),
    *reached("[尾盘竞价|收盘竞价|收盘集合竞价|尾盘集合竞价][跌|跌幅|下跌|跳水|砸盘|杀跌]", "closing move",
        "", -1),
    *reached("盘后<涨>", "after_hours change", "", +1),
    *reached("盘后<跌>", "after_hours change", "", -1),
    *reached("[盘后交易|夜盘|盘后时段]<涨>", "after_hours change", "", +1),
    *reached("[盘后交易|夜盘|盘后时段]<跌>", "after_hours change", "", -1),
    # Orders
    Friendly("[大单买入|大单扫货|大单扫盘|大笔买单|出现大笔买入|出现大单买入|出现大笔买单|有大单买入|"
             "大买单|有大笔买入|主力扫货|大单抢筹|主力大单买入|主力买入|超大单买入|大单买进|大笔买进|"
             "大资金买入]", "big buy", "is"),
    Friendly("[大单卖出|大单砸盘|大笔卖单|出现大笔卖出|出现大单卖出|出现大笔卖单|有大单卖出|大卖单|"
             "有大笔卖出|大单出货|主力大单卖出|主力卖出|超大单卖出|大单抛售|大笔抛售|大资金卖出]",
                 "big sell", "is"),
    Friendly("[出现|有|][大买盘|大托单|大单托盘|托单|大买单挂单|大笔买盘|大额买单托底|护盘大单]", "bid wall",
        "is"),
    Friendly("[出现|有|][大卖盘|大压单|大单压盘|压单|大笔卖盘|大额卖单压盘]", "ask wall", "is"),
    *reached("[买盘|托单|买盘挂单|买单挂单|买一挂单|买一托单|五档买盘|买一到买五|买盘总额]", "bid wall",
        "<元?>"),
    *reached("[卖盘|压单|卖盘挂单|卖单挂单|卖一挂单|卖一压单|五档卖盘|卖一到卖五|卖盘总额]", "ask wall",
        "<元?>"),
    # Moves the exchange calls abnormal, premium, halts, earnings
    *reached("{span}<内?>[累计|][涨幅偏离|涨幅偏离值|偏离|偏离值|偏离度][累计|]", "deviation", "", +1),
    *reached("{span}<内?>[累计|][跌幅偏离|跌幅偏离值][累计|]", "deviation", "", -1),
    Friendly("[触发异动|触及异动|触发股价异动|触发交易异动|股票异常波动|构成异动|触发异常波动|"
             "达到异动]", "abnormal move", "is"),
    Friendly("[严重异动|触发严重异动|触及严重异动|股票严重异常波动|构成严重异动]", "severe abnormal move",
        "is"),
    *reached("[溢价率|溢价|ETF溢价|基金溢价|基金溢价率|溢价率在|场内溢价]", "premium", "", +1),
    *reached("[折价率|折价|基金折价|基金折价率|ETF折价|折价率在|场内折价]", "premium", "", -1),
    Friendly("[停牌了|股票停牌|被临停|触发熔断|熔断|盘中熔断|临时停牌了]", "halt", "halted"),
    Friendly("[复牌了|恢复交易了|熔断结束|解除停牌|复牌交易]", "halt", "resumed"),
    Friendly("{span}<内?>[要|将|会|将要|][发布|公布|披露|发|有|出|][财报|业绩|季报|年报|业绩报告|中报]",
        "earnings", "within"),
    Friendly("[财报|业绩|财报发布|距财报|离财报|距离财报]<不到?>{span}<内?>", "earnings", "within"),
    # Groups
    *reached("[上涨|涨|红盘][家数|股票数|个股|股票|只数]", "advancers", "<只?>"),
    *reached("[有|]", "advancers", "<只>[上涨|翻红|红盘|在涨]"),
    *reached("[下跌|跌|绿盘][家数|股票数|个股|股票|只数]", "decliners", "<只?>"),
    *reached("[有|]", "decliners", "<只>[下跌|翻绿|绿盘|在跌]"),
    *reached("[涨停家数|涨停数|涨停数量|涨停股数量|涨停股|涨停|涨停股票|涨停个股|涨停板家数|涨停只数]",
        "limit_ups", "<只>"),
    *reached("[涨停家数|涨停数|涨停数量|涨停股数|涨停个股数]", "limit_ups"),
    *reached("[有|出现|]", "limit_ups", "<家>涨停"),
    *reached("[跌停家数|跌停数|跌停股|跌停|跌停股票|跌停个股]", "limit_downs", "<只>"),
    *reached("[有|出现|]", "limit_downs", "<家>跌停"),
    *reached("[领涨|领涨股|领涨股数量|领涨数量|领涨股数|领涨家数|领涨股票|龙头股|龙头]", "leaders",
        "<只?>"),
    *reached("[有|出现|]", "leaders", "<只>[领涨|龙头领涨]"),
    *reached("[上涨占比|上涨比例|上涨家数占比|红盘率|红盘比例|上涨股票占比]", "breadth"),
    *reached("[炸板率|炸板比例]", "opened_share"),
    *reached("[最高连板|最高连板数|连板高度|最高板|空间板|市场高度|最高标]", "highest_streak", "[板|连板|]"),
    *reached("[加权涨幅|加权涨]", "cap_change", "", +1),
    *reached("[加权跌幅|加权跌]", "cap_change", "", -1),
    *reached(f"{_NET}[净流入|净买入|净流入额|流入]", "inflow", "<元?>"),
    *reached(f"{_NET}[净流出|净卖出|净流出额|流出]", "outflow", "<元?>"),
    *reached("[成交额|两市成交额|两市成交|成交][较|比][昨日同期|昨天同期|昨日此时|昨日同时段|昨天此时|"
             "上一日同期|昨日|昨天][放大|增加|多|达|放量|放大到|]", "turnover_pace"),
    *reached("[成交额|两市成交额|成交][是|达|达到|为][昨日同期|昨天同期|昨日此时|昨日同时段|昨天此时][的|]",
        "turnover_pace"),
)  # fmt: skip
