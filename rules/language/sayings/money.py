"""English wordings of volume, turnover, market value, money flow and of what a group has."""

from rules.language.words import Friendly

_VOLUME = "[|usual |normal ]"

ROWS = (
    # Volume
    Friendly("<volume> <volume_is> <by> {level} <normal>", "volume", ">="),
    Friendly("<volume> {op:is} {level} <normal>", "volume", ""),
    Friendly("<by> {level} <usual> <volume>", "volume", ">="),
    Friendly("[trades|trading|traded|on|with|has] <by> {level} <usual> <volume>", "volume", ">="),
    Friendly("<heavy> <volume_is> <by> {level} <normal>", "volume", ">="),
    Friendly(
        "[volume spike|volume surge|volume explosion|spike in volume|surge in volume|"
        "jump in volume|volume jump|volume burst|volume blowout] <by> {level} <normal>",
        "volume",
        ">=",
    ),
    Friendly(
        "<by> {level} [volume spike|volume surge|surge in volume|spike in volume|volume "
        "jump|increase in volume|jump in volume|volume increase]",
        "volume",
        ">=",
    ),
    Friendly(
        "<volume> [dries up|shrinks|falls|drops|drops below|falls below|falls to|drops "
        "to|dries up to|below|under|contracts to] [|to |below ]{level} <normal>",
        "volume",
        "<=",
    ),
    Friendly("{w} <volume> <volume_is> <by> {level} <normal>", "volume", ">="),
    Friendly("{w} <volume> {op:is} {level} <normal>", "volume", ""),
    Friendly(
        "[|volume spike |volume surge |surge in volume |<volume> <volume_is> ]<by> {level} <normal> <in> {w}",
        "volume",
        ">=",
    ),
    Friendly("<volume> <volume_is> <by> {level} <normal> <in> {w}", "volume", ">="),
    Friendly("<volume> {op:is} {level} <normal> <in> {w}", "volume", ""),
    Friendly("<volume> <in> {w} <volume_is> <by> {level} <normal>", "volume", ">="),
    Friendly("<volume> <in> {w} {op:is} {level} <normal>", "volume", ""),
    Friendly(
        "{w} [volume spike|volume surge|volume burst|spike in volume] <by> {level} <normal>", "volume", ">="
    ),
    Friendly("<by> {level} <usual> {w} <volume>", "volume", ">="),
    Friendly("<by> {level} <usual> <volume> <in> {w}", "volume", ">="),
    Friendly(
        "[volume ratio|relative volume|rvol|rel volume|relative vol|rel vol|vol ratio] "
        "{op:is} {level}[|x| times]",
        "volume_ratio",
        "",
    ),
    Friendly(
        "[volume ratio|relative volume|rvol|rel volume|relative vol] [|of |is |at |hits ]{level}[|x| times]",
        "volume_ratio",
        ">=",
    ),
    # Turnover
    Friendly("<traded> {op:is} {level}", "turnover", ""),
    Friendly("<traded> [of |]{level}", "turnover", ">="),
    Friendly(
        "[over|more than|at least] {level} [|yuan |dollars |rmb ][traded|turnover|of "
        "turnover|in turnover|trades hands|changes hands|changed hands|in value traded|"
        "worth traded]",
        "turnover",
        ">=",
    ),
    Friendly("<traded> {op:is} {level} <yesterday>", "turnover_pace", ""),
    Friendly("<traded> <by> {level} <yesterday>", "turnover_pace", ">="),
    Friendly(
        "[turnover pace|turnover vs yesterday|turnover versus yesterday] {op:is} {level}", "turnover_pace", ""
    ),
    Friendly(
        "[turnover rate|turnover ratio|turnover percentage|share turnover|turnover %|"
        "turnover percent|turn over rate|float turnover|hand turnover] {op:is} {level}",
        "turnover_rate",
        "",
    ),
    Friendly("[turnover rate|turnover ratio|share turnover] [|of |at ]<by> {level}", "turnover_rate", ">="),
    Friendly("turnover {op:is} {level}", "turnover_rate", ""),
    Friendly(
        "<by> {level} of [float|the float|shares|its float] [traded|changes hands|trades|"
        "changed hands|turned over]",
        "turnover_rate",
        ">=",
    ),
    Friendly(
        "[free float turnover rate|free float turnover|real turnover rate|real turnover|"
        "free turnover rate|free float turnover ratio|actual turnover rate] {op:is} "
        "{level}",
        "free turnover",
        "",
    ),
    # Market value
    Friendly("<cap> {op:is} {level}", "market_cap", ""),
    Friendly("<cap> <cross_up> {level}", "market_cap", ">="),
    Friendly("<cap> <cross_down> {level}", "market_cap", "<="),
    Friendly("<cap> [|of |at |hits |reaches ]<by> {level}", "market_cap", ">="),
    Friendly(
        "[|reaches |hits |tops |becomes |becomes a |over |above |exceeds ]{level} "
        "[market cap|market value|company|valuation|market capitalization]",
        "market_cap",
        ">=",
    ),
    Friendly(
        "[market cap|market value|cap|market capitalization] [reaches|hits|crosses|"
        "passes] [a |the next |another |]milestone",
        "milestone",
        "reached",
    ),
    Friendly("<float_cap> {op:is} {level}", "float_cap", ""),
    # Money flow
    Friendly("<inflow> {op:is} {level}", "inflow", ""),
    Friendly("<inflow> <by> {level}", "inflow", ">="),
    Friendly("<by> {level} [|of |in ]<inflow>", "inflow", ">="),
    Friendly("<outflow> {op:is} {level}", "outflow", ""),
    Friendly("<outflow> <by> {level}", "outflow", ">="),
    Friendly("<by> {level} [|of |in ]<outflow>", "outflow", ">="),
    # Orders
    Friendly("<big> <buy>", "big buy", "is"),
    Friendly("<big> <sell>", "big sell", "is"),
    Friendly("<bid_wall>", "bid wall", "is"),
    Friendly("<ask_wall>", "ask wall", "is"),
    Friendly("<bid_wall> {op:is} {level}", "bid wall", ""),
    Friendly("<ask_wall> {op:is} {level}", "ask wall", ""),
    Friendly("<bid_wall> <by> {level}", "bid wall", ">="),
    Friendly("<ask_wall> <by> {level}", "ask wall", ">="),
    # Funds, and another instrument
    Friendly("<premium> {op:is} {level}", "premium", ""),
    Friendly("<premium> <by> {level}", "premium", ">=", +1),
    Friendly("<at_premium> [a |]<by> {level} premium", "premium", ">=", +1),
    Friendly("<at_premium> premium [of |over |above |]<by> {level}", "premium", ">=", +1),
    Friendly("<by> {level} premium", "premium", ">=", +1),
    Friendly("{level} [above|over] [nav|iopv|indicative value|its nav]", "premium", ">=", +1),
    Friendly("<discount> <by> {level}", "premium", "<=", -1),
    Friendly("<at_premium> [a |]<by> {level} discount", "premium", "<=", -1),
    Friendly("<at_premium> discount [of |over |above |]<by> {level}", "premium", "<=", -1),
    Friendly("<by> {level} discount", "premium", "<=", -1),
    Friendly("{level} [below|under] [nav|iopv|indicative value|its nav]", "premium", "<=", -1),
    Friendly("<stronger> {other:peer} <by> {level} <day>", "strength", ">=", +1),
    Friendly("<weaker> {other:peer} <by> {level} <day>", "strength", "<=", -1),
    # What a group has
    Friendly("<many> {level} <leaders>", "leaders", ">="),
    Friendly("<many> {level} <advancers>", "advancers", ">="),
    Friendly("<many> {level} <decliners>", "decliners", ">="),
    Friendly("<many> {level} <at_limit_up>", "limit_ups", ">="),
    Friendly("<many> {level} <at_limit_down>", "limit_downs", ">="),
    Friendly("[|number of ]<leaders> {op:is} {level}", "leaders", ""),
    Friendly("[|number of ]<advancers> {op:is} {level}", "advancers", ""),
    Friendly("[|number of ]<decliners> {op:is} {level}", "decliners", ""),
    Friendly("[|number of ]<at_limit_up> {op:is} {level}", "limit_ups", ""),
    Friendly("[|number of ]<at_limit_down> {op:is} {level}", "limit_downs", ""),
    Friendly("<breadth> {op:is} {level}", "breadth", ""),
    Friendly(
        "<by> {level} [of |][stocks|members|its members|the members|constituents] [up|"
        "rising|advancing|higher|in the green|are up|gaining]",
        "breadth",
        ">=",
    ),
    Friendly("[cap weighted change|weighted change|cap weighted move] {op:is} {level}", "cap_change", ""),
    Friendly(
        "[share of opened limits|opened share|failed limit up rate|limit up failure rate|"
        "broken limit up rate|share of broken limit ups] {op:is} {level}",
        "opened_share",
        "",
    ),
    Friendly(
        "[highest limit up streak|longest limit up streak|highest streak|longest streak|"
        "max limit up streak] {op:is} {level}",
        "highest_streak",
        "",
    ),
)
