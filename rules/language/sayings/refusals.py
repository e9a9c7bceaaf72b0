"""What traders say and no rule can mean by itself: with what would fit instead, or as not among the data."""

import re

_EN = "(?i)(?<![a-z_])"
_NO_FIGURE = r"(?![a-z_]|\(\s*\d)(?![^|()]*\d)"
_MOVES = (
    r"(?:crash\w*|tanks?|moons?|mooning|dumps?|dumping|pumps?|pumping|rips?|ripping|soars?|"
    r"plunges?|tumbles?|surges?|"
    r"spikes?|rall(?:y|ies)|explodes?|rockets|skyrockets|plummets?|dips?|sinks?|craters?|"
    r"drops?|falls?|rises?|jumps?|flies|runs)"
)
# English, looked for first.
_ENGLISH = (
    (r"trail(?:ing|s)?(?:\s+(?:stop|loss|by))*", "trailing 8% since 2026-01-05"),
    (
        r"(?:limit[\s-]?(?:ups?|downs?))(?=\s+in\s+a\s+row|\s+days?)",
        "limit_streak >= 3, limit_streak down >= 3",
    ),
    (
        (
            rf"(?:vol(?:ume)?\s+(?:spikes?|surges?|explodes?|dries\s+up)|(?:unusual|heavy|high|low|"
            rf"big|huge)\s+vol(?:ume)?){_NO_FIGURE}"
        ),
        "volume > 3x",
    ),
    (
        r"near(?=\s+\$?\d)|close\s+to(?=\s+\$?\d)|around(?=\s+\$?\d)|approach\w*(?=\s+\$?\d)",
        "price inside (99, 101)",
    ),
    (r"unless", "up 3% and not limit up sealed"),
    (r"(?:year\s+to\s+date|ytd|this\s+year|this\s+month|mtd|this\s+quarter|qtd)", "since(2026-01-05) > 20%"),
    (r"(?:this|next)\s+week|week\s+to\s+date|wtd", "change(5d) > 10% or earnings within 5d"),
    (r"(?:pre-?\s?market|after-?\s?hours|overnight)", "change > 5% | session extended"),
    (r"\d+\s+(?:bars|candles|periods)|(?:bars|candles)", "rise(15m) > 3%"),
    (r"(?:support|resistance|trend\s?line|channel|wedge|flag|triangle|pivot|supply|demand)", "price > 250"),
    (r"double\s+(?:top|bottom)|head\s+and\s+shoulders|fib\w*|order\s?block", "price > 250 or new high(20d)"),
    (r"(?:diverg\w+)", "macd golden cross or rsi(14) < 30"),
    (
        (
            r"(?:doji|hammer|engulfing|morning\s+star|shooting\s+star|inside\s+(?:bar|day)|"
            r"green\s+candle|red\s+candle)"
        ),
        "change > 3% on close",
    ),
    (
        (
            r"(?:days?|sessions?)\s+(?:in\s+a\s+row|straight|running)|(?:straight|consecutive"
            r")\s+(?:days?|sessions?)"
        ),
        "change(3d) > 10%",
    ),
    (r"cents?", "price < 0.5"),
    (r"daily\s+limit", "limit up sealed, limit up touched"),
    (
        r"(?:green|red|up|down|winning|losing)\s+(?:days?|weeks?)(?=\s+in\s+a\s+row|\s+straight)",
        "change(3d) > 10%",
    ),
    (rf"{_MOVES}{_NO_FIGURE}", "up 5%, down 5% or fall(5m) > 3%"),
    (r"(?:oversold|overbought)", "rsi(14) < 30"),
    (r"stop[\s-]?loss|take[\s-]?profit", "price < 450 or cost 500 < -5%"),
    (r"consolidat\w+|range[\s-]?bound|sideways|chop\w*", "amplitude < 2%"),
    (
        (
            r"(?:touch|test|tag|retest)(?:es|s|ed|ing)?(?=.*(?:ma\b|average|day|band|boll|vwap|"
            r"\bbb\b))|bounces\s+off"
        ),
        "near ma(20) 1%, crosses below ma(20) or boll break lower",
    ),
    (r"(?:rebound|bounce|recover)(?:s|ed|ing|y)?", "up 3% from the day's low"),
    (r"weekly|monthly", "ma(50), or bars of 1, 5, 15, 30, 60 minutes"),
)
# Looked for in a leaf that was not understood, in this order: a pattern and what could be written instead.
VAGUE = tuple(
    (re.compile(pattern), near)
    for pattern, near in (
        *((f"{_EN}(?:{said})(?![a-z_])", near) for said, near in _ENGLISH),
        (r"(?:移动|跟踪|动态|浮动)(?:止损|止盈)|回撤止盈", "自2026-01-05最高回撤 8%"),
        (r"止损|止盈", "止损450、止盈600 或 成本500亏损5%"),
        (r"(?<!成本)(?:盈利|亏损|浮盈|浮亏|赚|亏)", "成本500盈利10% 或 成本500亏损5%"),
        (r"(?:今年|年内|年初|本年|年度)(?:以来)?(?:的)?(?:新高|新低|涨|跌)?|今年",
            "250日新高 或 自2026-01-05以来涨20%"),
        (r"(?:本周|这周|本月|这个月|当月|当周)", "5日新高 或 20日涨10%"),
        (r"\d{1,2}月\d{1,2}[日号]", "自2026-01-05以来涨20%，日期须带年份"),
        ((r"(?:突破|跌破|站上|上破|下破)?(?:平台|箱体|压力位|压力线|阻力位|支撑位|支撑|颈线|趋势线|"
         r"前期高点|前期低点|前期平台|密集区)"), "突破20日高点 或 跌破480"),
        (r"(?:[234]|120|240)(?:小时|分钟)(?:级别|K线|线)?(?=.*(?i:MACD|KDJ|RSI|BOLL|布林|均线))",
            "60分钟MACD金叉"),
        (r"盘前|(?<!开)盘后|夜盘", "涨超5% | 时段 盘中,盘外"),
        (r"(?:美东|北京|东部)时间", "10:00至14:00之间，按市场当地时间"),
        (r"(?:距离?|离)\s*\d[\d.]*[万千]?(?=元|块|点|美元|不|还|仅|只|差|\s)", "价格在99到101之内"),
        (r"有效期.{0,6}(?:天|周|月|年)", "涨超5% | 至 2026-12-31"),
        (r"反包", "突破昨日高点"),
        (r"回踩|回抽", "接近20日线 1% 或 跌到480"),
        (r"企稳|止跌|见底|筑底", "从低点反弹3%"),
        (r"护盘", "有大买盘 或 大笔买入"),
        (r"冲高回落|高位回落|回落|回撤|回调", "从高点回落3%"),
        (r"探底回升|触底反弹|反弹", "从低点反弹3%"),
        (r"诱多|诱空|洗盘|出货|吸筹|建仓", "大笔卖出、大笔买入 或 放量3倍"),
        (r"即将|将要|快要", "MACD金叉、接近涨停 1% 或 接近历史新高 1%"),
        (r"红柱|绿柱", "MACD柱 > 0 或 MACD柱上穿0"),
        (r"无量", "缩量至0.5倍"),
        (r"净流入|净流出|流入|流出", "净流入超1亿"),
        (r"(?<=\d)点|(?<=\d)(?:元|块钱?)|(?<=[涨跌]\d)毛", "涨5%、5分钟涨5元 或 涨到560"),
        (r"超买|超卖", "RSI超买 或 KDJ超卖"),
        (r"(?<!MACD)(?<!KDJ)(?:金叉|死叉)", "MACD金叉 或 5日线上穿10日线"),
        (r"新高|新低", "历史新高、60日新高 或 日内新高"),
        (r"横盘|震荡|盘整", "振幅 <= 2%"),
        (r"拐头|向上发散|上翘|走平", "5日线上穿10日线"),
        (r"每[涨跌]", "涨5%、8%、10%"),
        (r"排名|第[一二三]|前\d+名?", "涨超5%"),
        (r"异动", "触发异动 或 火箭发射"),
        (r"背离|底背|顶背", "MACD金叉 或 MACD死叉"),
        (r"收口|开口|缩口|张口", "突破布林上轨"),
        ((r"(?:连|\d)(?:阳|阴)|[三四五六七八九两]连[阳阴]|收阳|收阴|阳线|阴线|十字星|长上影|长下影|锤子线|"
         r"吞没|红三兵|T字板|换手板|地天|准涨停"), "3日涨超10% 或 收盘涨超5%"),
        (r"连[涨跌]|连续(?:\d+|[两三四五六七八九十])[天日](?:上涨|下跌|涨|跌)|连续[上下涨跌]", "3日涨超10%"),
        (r"周线|月线|周K|月K", "60日线 或 60分钟线站上20均线"),
        (r"生命线|工作线|操盘线|主力成本", "站上20日线"),
        (r"(?:成交量|量能).{0,3}(?:昨日|昨天|前一日)", "成交额较昨日同期放大2倍"),
        (r"滞涨|滞跌", "放量2倍且涨幅小于1%"),
        (r"乖离率", "20日乖离率 >= 10%"),
        (r"打板|排板", "触及涨停 或 封涨停"),
        (r"[下本]周财报|财报", "7日内财报"),
        (r"地量", "缩量至0.5倍"),
        (r"\d+(?:\.\d+)?万?手|万手|万股|\d股", "放量3倍 或 成交额超过10亿"),
        (r"ATR", "真实波幅 > 2倍 ATR(14)"),
        (r"(?:接近|逼近|靠近|临近|贴近)", "接近60日线 1%、接近历史新高 1% 或 涨到560"),
        (r"普涨|普跌", "上涨占比 >= 80%"),
        (r"大涨|暴涨|飙升|上涨|走强|走高|爆拉|异动拉升", "涨超5% 或 5分钟涨超2%"),
        (r"大跌|暴跌|下跌|走弱|走低|杀跌", "跌超5% 或 5分钟跌超2%"),
        (r"(?<![突跌升击上下涨打])破", "突破560 或 跌破480"),
        (r"(?:高开|低开)", "高开3% 或 低开3%"),
        (r"昨[日天]|前[日天]|明[日天]|上个交易日|次日|第二天|隔日", "连续涨停 >= 2 或 突破昨日高点"),
        (r"跳空|缺口", "向上跳空 或 向下跳空"),
        (r"量价齐升", "放量2倍且涨超3%"),
    )
)  # fmt: skip
# Nothing that feeds bring.
ABSENT = re.compile(
    r"(?<![a-zA-Z_])(?i:p/?e(?:\s+ratio)?|p/b|eps|dividends?|(?:dividend\s+)?yield|"
    r"short\s+interest|short\s+float|"
    r"open\s+interest|funding(?:\s+rate)?|implied\s+vol(?:atility)?|iv\s+rank|"
    r"options?\s+(?:flow|volume)|gamma|"
    r"insiders?(?:\s+(?:buy|sell)s?)?|upgrades?|downgrades?|news|revenue|liquidations?|whales?|"
    r"supertrend|ichimoku|parabolic|sar|adx|obv|williams|keltner|donchian|stock\s+split|buybacks?|sentiment)"
    r"(?![a-zA-Z_])|"
    "龙虎榜|北向资金|北上资金|北向|外资|南向资金|融资余额|融资融券|融资|融券|大宗交易|解禁|减持|增持|"
    "回购|公告|利好|利空|新闻|研报|评级|分红|除权"
    "|除息|股东人数|股东|机构|游资|市盈率|市净率|PE|PB|股息率|ROE|净利润|营收|委比|委差|外盘|内盘|"
    "主力成本|筹码|获利盘|持仓量|资金费率|爆仓|隐含波动率"
    "|OBV|DMI|SAR|TRIX|BBI|MTM|WR|威廉|神奇九转|九转|缠论|尾盘集合|同比|环比|热度|人气"
)  # fmt: skip
