"""Chinese wordings of averages and oscillators.

RSI without a number is RSI(14), as in English; CCI is CCI(14); a band touched is a band passed.
"""

from rules.language.sayings.measures import crossed, measured, reached
from rules.language.words import Friendly

# 站上 and 跌破 are the terminals' CROSS on bars, 上穿 and 下穿 the live price passing.
_SIDES = (
    ("<站上>", "reclaim"), ("<跌破>", "lose"), ("<上穿>", "crosses above"), ("<下穿>", "crosses below"),
)  # fmt: skip
_STAND = (
    ("[在|位于|运行在|处于|仍在|还在|保持在|站在|]", "<上方>", "above"),
    ("[在|位于|运行在|处于|仍在|还在|保持在|]", "<下方>", "below"),
)
_BAR = "[|{bar}线|{bar}]"
_DAYS = "[{n}<日线>|MA{n}|{n}均线|均线{n}]"
_EMA = "[{n}日EMA|EMA{n}|{n}EMA|EMA({n})|{n}日指数均线|{n}日EMA线|{n}日EMA均线]"
_LEVEL = (("上轨", "upper"), ("中轨", "mid"), ("下轨", "lower"))
_INDICATORS = (("MACD", "macd"), ("KDJ", "kdj"))

_AVERAGES = tuple(
    Friendly(f"{_BAR}<价格?>{verb}{line}{beyond}", signal, meant)
    for signal, line in (("ma", _DAYS), ("ema", _EMA))
    for verb, meant in _SIDES
    for beyond in ("", "<下方>" if meant in {"lose", "crosses below"} else "<上方>")
) + tuple(
    Friendly(f"{_BAR}<价格?>{template}", signal, meant)
    for signal, line in (("ma", _DAYS), ("ema", _EMA))
    for before, after, meant in _STAND
    for template in (f"{before}{line}{after}",)
) + tuple(
    Friendly(f"{_BAR}<价格?>[{words}]{line}", signal, meant)
    for signal, line in (("ma", _DAYS), ("ema", _EMA))
    for words, meant in (("高于|大于|超过|>", "above"), ("低于|小于|不到|<", "below"))
)  # fmt: skip

_AVERAGES += tuple(
    Friendly(f"{_BAR}<价格?>[回到|涨回|重新回到]{line}<上方>", signal, "reclaim")
    for signal, line in (("ma", _DAYS), ("ema", _EMA))
)

_PAIRS = tuple(
    Friendly(template.format(first=f"{{n}}{line}", second=f"{{m}}{line}"), signal, meant)
    for signal, lines in (("ma pair", ("<日线>", "均线", "线")), ("ema pair", ("日EMA",)))
    for line in lines
    for meant, over, cross in (
        ("crosses above", "[上穿|金叉|突破|向上穿越|上穿过|穿过]", "<金叉>"),
        ("crosses below", "[下穿|死叉|跌破|向下穿越|下穿过]", "<死叉>"),
        ("above", "[在|高于|大于|>]", "<上方?>"),
        ("below", "[在|低于|小于|<]", "<下方>"),
    )
    for template in (
        (f"{{first}}{over}{{second}}{cross if meant == 'below' else '[|' + '之上|上方]'}",)
        if meant in {"above", "below"}
        else (
            f"{{first}}{over}{{second}}",
            f"{{first}}[和|与|跟|及|]{{second}}{cross}",
        )
    )
) + tuple(
    Friendly(template, "ma pair", meant)
    for meant, over, cross in (
        ("crosses above", "[上穿|金叉|突破]", "<金叉>"),
        ("crosses below", "[下穿|死叉|跌破]", "<死叉>"),
    )
    for template in (f"MA{{n}}{over}MA{{m}}", f"MA{{n}}[和|与|跟|及|]MA{{m}}{cross}")
)  # fmt: skip

_PAIRS += tuple(
    Friendly(template, "ema pair", meant)
    for meant, over, cross in (
        ("crosses above", "[上穿|金叉|突破]", "<金叉>"),
        ("crosses below", "[下穿|死叉|跌破]", "<死叉>"),
    )
    for template in (f"EMA{{n}}{over}EMA{{m}}", f"EMA{{n}}[和|与|跟|及|]EMA{{m}}{cross}")
)
_PAIRS += tuple(
    Friendly(f"{{n}}[日|日线|日均线][和|与|跟|]{{m}}<日线>{cross}", "ma pair", meant)
    for meant, cross in (("crosses above", "<金叉>"), ("crosses below", "<死叉>"))
)
_PAIRS += tuple(
    Friendly(f"{{n}}[和|与]{{m}}<日线>{cross}", "ma pair", meant)
    for meant, cross in (("crosses above", "<金叉>"), ("crosses below", "<死叉>"))
)

_PAIRS += tuple(
    Friendly(template, "ma pair", meant)
    for meant, over, cross in (
        ("crosses above", "[上穿|金叉|突破]", "<金叉>"),
        ("crosses below", "[下穿|死叉|跌破]", "<死叉>"),
    )
    for template in (
        f"{{bar}}线MA{{n}}{over}MA{{m}}",
        f"{{bar}}线{{n}}<日线>{over}{{m}}<日线>",
        f"{{bar}}线{{n}}<日线>[和|与|跟|及|]{{m}}<日线>{cross}",
    )
)

_CROSSES = tuple(
    Friendly(f"{_BAR}{name}{words}", signal, meant)
    for name, signal in _INDICATORS
    for words, meant in (("<金叉>", "golden cross"), ("<死叉>", "death cross"))
) + tuple(
    Friendly(f"{_BAR}[出现|形成|发生|走出|]{name}{words}", signal, meant)
    for name, signal in _INDICATORS
    for words, meant in (("<金叉>", "golden cross"), ("<死叉>", "death cross"))
) + tuple(
    Friendly(f"{_BAR}{fast}{between}{slow}{after}", "macd", meant)
    for meant, verb, cross in (
        ("golden cross", "[线上穿|上穿|金叉|突破]", "<金叉>"),
        ("death cross", "[线下穿|下穿|死叉|跌破]", "<死叉>"),
    )
    for between, after in ((verb, ""), ("[和|与|跟|线与|]", cross))
    for fast, slow in (("DIF", "DEA[线|]"), ("快线", "慢线"), ("MACD快线", "慢线"))
) + tuple(
    Friendly(f"{_BAR}{template}", "kdj", meant)
    for meant, template in (
        ("low golden cross", "KDJ[在|][低位|超卖区|低位区|底部]<金叉>"),
        ("low golden cross", "[低位|超卖区]KDJ<金叉>"),
        ("high death cross", "KDJ[在|][高位|超买区|高位区|顶部]<死叉>"),
        ("high death cross", "[高位|超买区]KDJ<死叉>"),
        ("golden cross", "[K线上穿D线|K值上穿D值|K上穿D]"),
        ("death cross", "[K线下穿D线|K值下穿D值|K下穿D]"),
    )
)  # fmt: skip

_NUMBERS = (
    ("RSI{n}", "rsi", ()), ("RSI({n})", "rsi", ()), ("{n}日RSI", "rsi", ()), ("RSI[指标|值|]", "rsi", (14,)),
    ("CCI({n})", "cci", ()), ("CCI{n}", "cci", ()), ("CCI[指标|值|]", "cci", (14,)),
    ("[KDJ|KDJ的|]J[值|线|]", "kdj j", ()), ("[KDJ|KDJ的|]K[值|线|]", "kdj k", ()), ("[KDJ|KDJ的|]D[值|线|]",
        "kdj d", ()),
    ("[MACD|MACD的|]DIF[值|线|]", "macd dif", ()), ("MACD[柱|柱子|红绿柱|柱值|柱线]", "macd bar", ()),
)  # fmt: skip
# Arguments that the words imply would push a bar's own out, so such names stand without bars.
_OSCILLATORS = tuple(
    row
    for name, signal, fixed in _NUMBERS
    for head in (f"{'' if fixed else _BAR}{name}[在|已经|已|]",)
    for row in (*measured(head, signal, fixed=fixed), *crossed(head, signal, fixed=fixed))
)

_BANDS = tuple(
    Friendly(f"{_BAR}<价格?>{verb}<布林>{zh}[线|]", "boll", meant)
    for zh, en in _LEVEL
    for verb, meant in (
        ("<站上>", f"reclaim {en}"),
        ("<跌破>" if en != "lower" else "[跌破|失守|跌穿|下破|丢失]", f"lose {en}"),
        *([("<上穿>", f"crosses above {en}")] if en != "upper" else []),
        *([("<下穿>", f"crosses below {en}")] if en != "lower" else []),
        ("[高于|大于]", f"above {en}"),
        ("[低于|小于]", f"below {en}"),
    )
) + tuple(
    Friendly(f"{_BAR}<价格?>[在|位于|运行在|]<布林>{zh}{side}", "boll", f"{meant} {en}")
    for zh, en in _LEVEL
    for side, meant in (("<上方>", "above"), ("<下方>", "below"))
) + (
    Friendly(f"{_BAR}[上穿|突破|向上突破|有效突破|向上穿越|冲破]<布林>上轨[线|]", "boll", "break upper"),
    Friendly(f"{_BAR}[下穿|击穿|砸穿|向下突破|向下跌破|向下穿越]<布林>下轨[线|]", "boll", "break lower"),
    Friendly(f"{_BAR}<价格?>[触及|碰到|触碰|到达|触到|打到|触]<布林>上轨[线|]", "boll", "break upper"),
    Friendly(f"{_BAR}<价格?>[触及|碰到|触碰|到达|触到|打到|触]<布林>下轨[线|]", "boll", "break lower"),
)  # fmt: skip

_VWAP = (
    "[均价线|分时均线|均价|分时均价|日内均价|日均价|黄线|黄白线均价|VWAP|当日均价|日内均价线|分时均价线|"
    "分时黄线|今日均价|全天均价|成交均价]"
)

ROWS = (
    *_AVERAGES,
    *_PAIRS,
    *_CROSSES,
    *_OSCILLATORS,
    *_BANDS,
    # Near a line
    Friendly(f"{_BAR}<价格?><接近>{_DAYS}<不到?> {{level}}", "near ma", "near"),
    Friendly(f"{_BAR}<价格?><距>{_DAYS}<不到?> {{level}}", "near ma", "near"),
    *reached("{n}日乖离率[|BIAS]", "bias"),
    *reached("[乖离率|BIAS]{n}", "bias"),
    *measured("BIAS({n})", "bias"),
    *reached("[向上|正|上]<从?>偏离{n}<日线>", "bias", "", +1),
    *reached("[高于|高出|超出]{n}<日线>", "bias", "", +1),
    *reached("[向下|负|下]<从?>偏离{n}<日线>", "bias", "", -1),
    *reached("低于{n}<日线>", "bias", "", -1),
    # The day's mean price
    Friendly(f"<价格?>[<上穿>|<站上>|回到]{_VWAP}[|上方|之上]", "vwap", "crosses above"),
    Friendly(f"<价格?>[<下穿>|<跌破>|跌回]{_VWAP}[|下方|之下]", "vwap", "crosses below"),
    Friendly(f"<价格?>[在|位于|运行在|处于|高于|大于|]{_VWAP}<上方>", "vwap", ">="),
    Friendly(f"<价格?>[高于|大于]{_VWAP}", "vwap", ">="),
    Friendly(f"<价格?>[在|位于|运行在|处于|]{_VWAP}<下方>", "vwap", "<="),
    Friendly(f"<价格?>[低于|小于]{_VWAP}", "vwap", "<="),
    *reached("[波动|真实波幅|波幅|振幅|今日振幅][是|为|]", "range", " ATR({n})"),
    *reached("[ADR|adr]", "adr", fixed=(20,)),
)
