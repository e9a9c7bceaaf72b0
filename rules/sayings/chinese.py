"""Chinese wordings, by what their words are about.

年线, 半年线 and 季线 are the averages of 250, 120 and 60 days.
"""

from rules.words import Friendly

_NAMED = (("年线", 250), ("半年线", 120), ("季线", 60))

ROWS = (
    # A price
    Friendly("触及{level}[|元]", "price", "crosses"),
    Friendly("[回到|站上|站稳|收复]{level}[|元][上方|以上|之上]", "price", "crosses above"),
    Friendly("[跌回|回落到|失守]{level}[|元][|下方|以下|之下]", "price", "crosses below"),
    # The day, and a window
    Friendly("[|高点|日内]回撤[|超|超过|达]{level}", "from_high", ">="),
    # Highs and named lines
    Friendly("[突破|升破|站上][前高|昨日高点|昨高]", "prev high", "crosses above"),
    Friendly("跌破[前低|昨日低点|昨低]", "prev low", "crosses below"),
    Friendly("[距|离]历史新高{level}[以内|之内|内]", "record_gap", "near"),
    # Averages and oscillators
    *(Friendly(f"[站上|突破|升破|收复]{name}", "ma", "reclaim", fixed=(days,)) for name, days in _NAMED),
    *(Friendly(f"[跌破|失守]{name}", "ma", "lose", fixed=(days,)) for name, days in _NAMED),
    # Volume, limits, orders
    Friendly("[接近|快到]涨停{level}", "limit up near", "near"),
    Friendly("[接近|快到]跌停{level}", "limit down near", "near"),
    Friendly("{level}连板", "limit_streak", ">="),
    Friendly("[大单买入|大单扫货]", "big buy", "is"),
    Friendly("大单卖出", "big sell", "is"),
    Friendly("折价[|率][|超|超过|达]{level}", "premium", "<=", -1),
    Friendly("{level}只领涨", "leaders", ">="),
)
