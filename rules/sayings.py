"""How traders say it: more wordings of the table in rules/words.py, by what their words are about.

A 52-week high is that of 250 trading days; 年线, 半年线 and 季线 are the averages of 250, 120 and 60 days;
RSI without a number is RSI(14), as outside China.
"""

from datetime import timedelta

from rules.words import Friendly

HOUR = timedelta(hours=1)
_MEAN = "{n}[-day| day][| moving| simple moving] [average|ma|sma]"
_NAMED = (("年线", 250), ("半年线", 120), ("季线", 60))

SAYINGS = (
    # A price
    Friendly("[goes|rises|climbs|moves|gets] [above|over] {level}", "price", ">="),
    Friendly("[tops|breaks|breaks above|breaks through] {level}", "price", ">="),
    Friendly("[goes|falls|drops|dips|moves|gets] [below|under] {level}", "price", "<="),
    Friendly("触及{level}[|元]", "price", "crosses"),
    Friendly("[回到|站上|站稳|收复]{level}[|元][上方|以上|之上]", "price", "crosses above"),
    Friendly("[跌回|回落到|失守]{level}[|元][|下方|以下|之下]", "price", "crosses below"),
    # The day, and a window
    Friendly("+{level}[| today]", "change", ">=", +1),
    Friendly("-{level}[| today]", "change", "<=", -1),
    Friendly("[rises|gains|jumps|climbs|up] {level} [in|within] [an|one] hour", "move", ">=", +1, (HOUR,)),
    Friendly("[falls|drops|loses|slides|down] {level} [in|within] [an|one] hour", "move", "<=", -1, (HOUR,)),
    Friendly("gap up [|of |by ]{level}", "gap", ">=", +1),
    Friendly("gap down [|of |by ]{level}", "gap", "<=", -1),
    Friendly("[|高点|日内]回撤[|超|超过|达]{level}", "from_high", ">="),
    # Highs and named lines
    Friendly("[|new |a new |makes a ]52[-| ]week high", "new high", "is", fixed=("250d",)),
    Friendly("[|new |a new |makes a ]52[-| ]week low", "new low", "is", fixed=("250d",)),
    Friendly("[突破|升破|站上][前高|昨日高点|昨高]", "prev high", "crosses above"),
    Friendly("跌破[前低|昨日低点|昨低]", "prev low", "crosses below"),
    Friendly("[距|离]历史新高{level}[以内|之内|内]", "record_gap", "near"),
    # Averages and oscillators
    Friendly(f"[breaks|crosses|moves|rises|goes] above [its|the] {_MEAN}", "ma", "crosses above"),
    Friendly(f"[breaks|crosses|moves|falls|drops|goes] below [its|the] {_MEAN}", "ma", "crosses below"),
    *(Friendly(f"[站上|突破|升破|收复]{name}", "ma", "reclaim", fixed=(days,)) for name, days in _NAMED),
    *(Friendly(f"[跌破|失守]{name}", "ma", "lose", fixed=(days,)) for name, days in _NAMED),
    Friendly("rsi [is |]{op} {level}", "rsi", "", fixed=(14,)),
    # Volume, limits, orders
    Friendly("volume [|spike of |surge of ]{level} [|the ][average|usual|normal]", "volume", ">="),
    Friendly("[接近|快到]涨停{level}", "limit up near", "near"),
    Friendly("[接近|快到]跌停{level}", "limit down near", "near"),
    Friendly("{level}连板", "limit_streak", ">="),
    Friendly("[大单买入|大单扫货]", "big buy", "is"),
    Friendly("大单卖出", "big sell", "is"),
    Friendly("折价[|率][|超|超过|达]{level}", "premium", "<=", -1),
    Friendly("{level}只领涨", "leaders", ">="),
)
